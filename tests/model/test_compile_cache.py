"""The compile cache: a second process compiles nothing, and nothing about it breaks a session."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vrface.model import compile_cache
from vrface.model.compile_cache import LARGEST_BYTES

PROGRAM = """
import collections, json, sys, warnings
import jax, jax.monitoring
import jax.numpy as jnp
import numpy as np
from vrface.model import compile_cache

seen = collections.Counter()
jax.monitoring.register_event_listener(lambda name, **_: seen.update([name.rsplit("/", 1)[-1]]))
{before}
folder = compile_cache.enable()
{work}
print(json.dumps({{"folder": folder and str(folder), "result": np.ravel(result).tolist(),
                   "asked": seen["compile_requests_use_cache"], "hits": seen["cache_hits"],
                   "used": jax.config.jax_compilation_cache_dir}}))
"""
WORK = "result = jax.jit(lambda x: jnp.tanh(x) @ x.T)(np.eye(3, dtype=np.float32))"
NETWORK = """
from vrface.model.calibration import Calibration
from vrface.model.config import NetworkConfig
from vrface.model.network import NetworkArchitecture
config = NetworkConfig(width=8, encoder_width=4, slot_width=4, blocks=1, memory=4, hidden=4)
network = NetworkArchitecture(config)
params = {name: jnp.full(shape, 0.1) for name, shape in network.shapes().items()}
features, dt = np.ones((1, 4, 256), np.float32), np.full(1, 0.01, np.float32)
known = network.known(
    params,
    [Calibration.none()],
    np.zeros((128, 3), np.float32),
    {"sensor_rest": np.zeros(256, np.float32)},
)
result = network.step(network.prepared(params), network.new_carry(1), features, dt, known)[1]["loc"]
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes and owners are POSIX's")


def run(cache: Path | str | None, *, before: str = "", work: str = WORK, **env: str) -> dict:
    """What one process saw; it may print nothing of its own and not one warning."""
    names = ("VRFACE_CACHE", "JAX_COMPILATION_CACHE_DIR", "XDG_CACHE_HOME")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    named = {} if cache is None else {"VRFACE_CACHE": str(cache)}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM.format(before=before, work=work)],
        capture_output=True,
        text=True,
        env=kept | named | env,
    )
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    return {**json.loads(line), "stderr": done.stderr}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder that is nobody else's, up to the root."""
    return tmp_path / "cache"


def entries(folder: str) -> list[Path]:
    return sorted(path for path in Path(folder).iterdir() if path.suffix != ".sha256")


def test_a_second_process_compiles_nothing(place: Path) -> None:
    cold, warm = run(place, work=NETWORK), run(place, work=NETWORK)
    assert cold["hits"] == 0
    assert cold["asked"] > 0
    assert warm["hits"] == warm["asked"] == cold["asked"]
    assert warm["result"] == cold["result"]
    assert cold["stderr"] == warm["stderr"] == ""
    folder = Path(warm["folder"])
    assert folder.parent == place
    assert folder.stat().st_mode & 0o777 == 0o700


def test_it_takes_hold_also_after_jax_has_compiled_something(place: Path) -> None:
    run(place)
    late = run(place, before="jax.jit(lambda x: x * 3)(1.0); seen.clear()")
    assert late["hits"] == late["asked"] > 0


def test_off_means_off(place: Path) -> None:
    seen = run("off", XDG_CACHE_HOME=str(place))
    assert seen["folder"] is seen["used"] is None
    assert seen["hits"] == 0
    assert not place.exists()


@pytest.mark.parametrize("name", ["XDG_CACHE_HOME", "HOME"])
def test_it_lies_in_the_users_cache_folder(place: Path, name: str) -> None:
    seen = run(None, **{name: str(place)})
    assert Path(seen["folder"]).is_relative_to(place)
    assert entries(seen["folder"])


@pytest.mark.parametrize("how", ["environment", "config"])
def test_a_cache_of_the_users_own_is_left_alone(place: Path, tmp_path: Path, how: str) -> None:
    own = str(tmp_path / "own")
    before = f"jax.config.update('jax_compilation_cache_dir', {own!r})" if how == "config" else ""
    env = {"JAX_COMPILATION_CACHE_DIR": own} if how == "environment" else {}
    seen = run(place, before=before, **env)
    assert seen["folder"] is None
    assert seen["used"] == own
    assert not place.exists()


@pytest.mark.parametrize("who", ["group", "others", "others, above"])
def test_a_folder_that_others_can_write_is_refused(place: Path, who: str) -> None:
    folder = Path(run(place)["folder"])
    for entry in entries(str(folder)):
        entry.unlink()
    bit = 0o020 if who == "group" else 0o002
    where = place if who == "others, above" else folder
    where.chmod(where.stat().st_mode | bit)
    seen = run(place)
    assert seen["folder"] is seen["used"] is None
    assert "is not the user's alone" in seen["stderr"]
    assert len(seen["stderr"].splitlines()) == 1
    assert entries(str(folder)) == []


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root gives away")
def test_a_folder_of_someone_else_is_refused(place: Path) -> None:
    folder = Path(run(place)["folder"])
    os.chown(folder, 12345, -1)
    assert run(place)["folder"] is None


def test_a_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    seen = run(tmp_path / "file" / "cache")
    assert seen["folder"] is None
    assert seen["stderr"] == ""


def damaged(whole: bytes, how: str) -> bytes:
    if how == "cut short":
        return whole[: len(whole) // 2]
    if how == "one bit":
        # JAX would run it: without a check a third of such entries end the process.
        place = len(whole) // 2
        return whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]
    return {"empty": b"", "zeros": bytes(len(whole)), "garbage": b"\x00not an entry"}[how]


@pytest.mark.parametrize("how", ["cut short", "one bit", "empty", "zeros", "garbage"])
def test_a_damaged_entry_is_compiled_again_and_replaced(place: Path, how: str) -> None:
    whole = run(place)
    for entry in entries(whole["folder"]):
        entry.write_bytes(damaged(entry.read_bytes(), how))
    seen = run(place)
    assert seen["result"] == whole["result"]
    assert seen["hits"] == 0
    assert seen["stderr"] == ""
    healed = run(place)
    assert healed["hits"] == healed["asked"]


def test_an_entry_that_breaks_while_it_is_looked_at_is_compiled_again(place: Path) -> None:
    first = run(place)
    # Another process writes it just now: enabled, then half an entry.
    late = f"""
for entry in compile_cache._entries(folder):
    entry.write_bytes(entry.read_bytes()[:20])
{WORK}
"""
    seen = run(place, work=late)
    assert seen["result"] == first["result"]
    assert seen["hits"] == 0
    assert seen["stderr"] == ""


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (20, resource.RLIM_INFINITY))
"""


def test_a_full_disk_is_survived(place: Path) -> None:
    pytest.importorskip("resource")
    full = run(place, before=FULL)
    sizes = [entry.stat().st_size for entry in entries(full["folder"])]
    assert sizes
    assert max(sizes) <= 20
    assert full["stderr"] == ""
    room_again, healed = run(place), run(place)
    assert room_again["result"] == full["result"]
    assert healed["hits"] == healed["asked"]


def test_the_oldest_entries_go_when_there_are_too_many(place: Path) -> None:
    folder = Path(run(place)["folder"])
    now = time.time()
    for name, size, age_s in (("oldest", 10, 9000), ("large", LARGEST_BYTES - 10**6, 5000)):
        with (folder / name).open("wb") as file:
            file.truncate(size)
        os.utime(folder / name, (now - age_s, now - age_s))
    compile_cache._seal(folder)
    assert run(place)["hits"] > 0
    assert {"oldest", "large"} <= {path.name for path in entries(str(folder))}
    with (folder / "new").open("wb") as file:
        file.truncate(10**6)
    compile_cache._seal(folder)
    seen = run(place)
    assert seen["hits"] == seen["asked"]
    left = {path.name for path in entries(str(folder))}
    assert "new" in left
    assert not {"oldest", "large"} & left


def test_two_processes_at_once_do_not_mind_each_other(place: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", PROGRAM.format(before="", work=WORK)]
    env = {**os.environ, "VRFACE_CACHE": str(place)}
    both = [subprocess.Popen(command, stdout=-1, stderr=-1, env=env, text=True) for _ in range(2)]
    said = [process.communicate() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert [stderr for _, stderr in said] == ["", ""]
    results = [json.loads(stdout)["result"] for stdout, _ in said]
    assert results[0] == results[1] == run(place)["result"]


def test_processors_that_differ_have_folders_that_differ(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VRFACE_CACHE", str(tmp_path))
    here = compile_cache._folder()
    monkeypatch.setattr("platform.machine", lambda: "another")
    assert compile_cache._folder() != here
    assert compile_cache._folder().parent == here.parent
