"""The C header: it reads the vectors to the same numbers, memory while it is written, datagrams."""

import json
import re
import socket
import subprocess
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.client.test_face_reader import HAMMER as HAMMER
from tests.client.test_face_reader import hammer as hammer
from tests.client.test_face_reader import path as path
from tests.conformance.frame_block.vectors import FOLDER
from tests.wire.frame_blocks import OTHER, SESSION, block_of, drawn
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.outputs.memory_sink import MemorySink
from vrface.outputs.sinks import UdpSink
from vrface.wire.faces_file import DEAD_S, block_at
from vrface.wire.frame_block import extra_set

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).parent
HEADER = ROOT / "bindings/c/vrface_frame_block.h"
WARNINGS = ("-Wall", "-Wextra", "-pedantic", "-Werror")
LANGUAGES = {"gcc": ("-std=c99",), "g++": ("-xc++", "-std=c++17")}
VECTORS = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session", params=LANGUAGES)
def program(request, compiler, tmp_path_factory):
    """Compiles a program, as C99 and as C++17, and gives its path."""
    path = compiler(request.param)
    folder = tmp_path_factory.mktemp("c")

    def compiled(source: Path):
        target = folder / source.stem
        if not target.exists():
            options = (*LANGUAGES[request.param], *WARNINGS, "-O2", f"-I{HEADER.parent}")
            subprocess.run([path, *options, source, "-o", target], check=True)
        return target

    return compiled


@pytest.fixture
def printed(program):
    """Runs print_face: its result, its fields by name, and its weights, one row each."""
    binary = program(ROOT / "bindings/c/print_face.c")

    def run(*arguments):
        done = subprocess.run(
            [binary, *map(str, arguments)], capture_output=True, text=True, timeout=30
        )
        assert done.stderr == ""
        return fields_of(done)

    return run


def fields_of(done) -> tuple[str, dict[str, list[str]], list[list[str]]]:
    lines = [line.split() for line in done.stdout.splitlines()]
    weights = [line[1:] for line in lines if line[0] == "weight"]
    fields = {line[0]: line[1:] for line in lines if line[0] != "weight"}
    (result,) = fields["result"]
    assert done.returncode == (0 if result == "face" else 1)
    return result, fields, weights


def floats(texts) -> np.ndarray:
    return np.array([float(text) for text in texts], np.float32)


def expected_floats(values) -> np.ndarray:
    return np.array([np.nan if value is None else float(value) for value in values], np.float32)


def same_bits(texts, values) -> bool:
    """Equal numbers, the sign of a zero among them; a NaN is a NaN."""
    got, expected = floats(texts), expected_floats(values)
    nan = np.isnan(expected)
    return bool((np.isnan(got) == nan).all() and got[~nan].tobytes() == expected[~nan].tobytes())


def test_the_header_is_short():
    lines = HEADER.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 120
    assert max(map(len, lines)) <= 120


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_c_reads_the_numbers(printed, vector):
    file, expected = FOLDER / f"{vector['name']}.bin", vector.get("face")
    for now_ns, stale in vector.get("stale_at", [("0", False)]):
        result, fields, weights = printed("--block", file, now_ns)
        assert result == vector["result"]
        assert fields.get("stale", [str(int(stale))]) == [str(int(stale))]
    if expected is None:
        return
    for name in ("session", "model_tag", "sequence", "frame_time_ns", "sample_time_ns"):
        assert fields[name] == [expected[name]]
    for name in ("published_ns", "period_us", "clock", "flags", "status", "extra_set"):
        assert fields[name] == [str(expected[name])]
    for name in ("confidence", "gaze"):
        assert same_bits(fields[name], expected[name])
    assert fields["extra_count"] == [str(len(expected["extras"]))]
    places, values, spreads, sources, names = zip(*weights, strict=True)
    assert places == tuple(map(str, range(COUNT + len(expected["extras"]))))
    assert same_bits(values, expected["weights"])
    assert same_bits(spreads, expected["stddev"])
    assert list(map(int, sources)) == expected["source"]
    assert names == (*BLENDSHAPES, *["extra"] * len(expected["extras"]))


def at_once(sink: MemorySink, act):
    """What comes of an act that ended while the server's heart still counted as beating.

    On a busy machine it may take longer: then it counts for nothing and is done again.
    """
    for _ in range(20):
        sink.beat()
        began = time.perf_counter()
        found = act()
        if time.perf_counter() - began < DEAD_S / 2:
            return found
    raise AssertionError("this machine is too busy")


def test_c_reads_what_a_server_writes(printed, path):
    now_ns, slow = time.perf_counter_ns, drawn(2, ("tongueUp",))
    result, fields, _ = printed(path)
    assert (result, fields["alive"]) == ("none", ["0"])
    with MemorySink(path) as sink:

        def of_a_new_face(*arguments):
            sink.publish(SESSION, block_of(slow, now_ns(), period_us=10**6))
            return printed(*arguments)

        result, fields, _ = at_once(sink, partial(printed, path))
        assert (result, fields["alive"]) == ("none", ["1"])
        sink.publish(OTHER, block_of(drawn(1), now_ns() - 10**9, OTHER))
        assert at_once(sink, partial(printed, path))[0] == "none"  # nobody's face lives
        for arguments in ((path,), (path, SESSION)):
            result, fields, weights = at_once(sink, partial(of_a_new_face, *arguments))
            assert (result, fields["session"], fields["stale"]) == ("face", [SESSION], ["0"])
            assert fields["extra_set"] == [str(extra_set(("tongueUp",)))]
            assert same_bits([row[1] for row in weights], slow.weights)
        result, fields, _ = printed(path, OTHER)
        assert (result, fields["session"], fields["stale"]) == ("face", [OTHER], ["1"])
        assert printed(path, "ab" * 16)[0] == "none"
        with path.open("r+b") as file:
            file.seek(block_at(0) + 16)
            file.write((7).to_bytes(8, "little"))
        assert printed(path, OTHER)[0] == "torn"
        sink.end(SESSION)
        assert printed(path, SESSION)[0] == "none"
    result, fields, _ = printed(path)
    assert (result, fields["alive"]) == ("none", ["0"])


@pytest.mark.parametrize(("name", "value"), [("XDG_RUNTIME_DIR", "run"), ("TMPDIR", "")])
def test_c_finds_the_file_where_python_puts_it(printed, tmp_path, monkeypatch, name, value):
    for other in ("XDG_RUNTIME_DIR", "TMPDIR"):
        monkeypatch.delenv(other, raising=False)
    for misleading in ("TEMP", "TMP"):  # Python's tempfile looks there too
        monkeypatch.setenv(misleading, str(tmp_path / "elsewhere"))
        (tmp_path / "elsewhere").mkdir(exist_ok=True)
    monkeypatch.setenv(name, str(tmp_path / value))
    with MemorySink() as sink:
        sink.publish(SESSION, block_of(drawn(1), 0))
        result, fields, _ = printed("-", SESSION)
    assert (result, fields["session"]) == ("face", [SESSION])


@pytest.mark.parametrize("head", [b"VRFT", b"VRFS\2", b"VRFS\1\0\xfd"])
def test_c_reads_no_file_of_another_kind_or_version(printed, path, head):
    with MemorySink(path) as sink:
        sink.publish(SESSION, block_of(drawn(1), time.perf_counter_ns()))
        with path.open("r+b") as file:
            file.write(head)
        sink.beat()
        for arguments in ((path,), (path, SESSION)):
            result, fields, _ = printed(*arguments)
            assert (result, fields["alive"]) == ("unknown", ["0"])


def test_c_looks_for_no_session_once_the_server_is_gone(printed, path):
    hour_ago_ns = time.perf_counter_ns() - 3600 * 10**9
    with MemorySink(path, clock_ns=lambda: hour_ago_ns) as sink:
        sink.publish(SESSION, block_of(drawn(1), time.perf_counter_ns(), period_us=10**6))
        assert printed(path)[0] == "none"
        assert printed(path, SESSION)[0] == "face"


def test_c_has_no_undefined_behaviour_at_any_instant(tmp_path, compiler):
    """The vectors again, with each overflow and each byte read beside an array ending the run."""
    binary = tmp_path / "print_face"
    checks = ("-fsanitize=undefined,address", "-fno-sanitize-recover=all")
    source = ROOT / "bindings/c/print_face.c"
    subprocess.run([compiler("gcc"), "-std=c99", *checks, source, "-o", binary], check=True)
    for vector in VECTORS:
        for now_ns, _ in vector.get("stale_at", [("0", False)]):
            file = FOLDER / f"{vector['name']}.bin"
            done = subprocess.run([binary, "--block", file, now_ns], capture_output=True, text=True)
            assert done.stderr == ""
            assert done.stdout.startswith(f"result {vector['result']}\n")


CLOSES = """
#include "vrface_frame_block.h"
static int pages(void) { /* how much of memory this process has mapped */
  int count = -1;
  FILE *file = fopen("/proc/self/statm", "r");
  if (file && fscanf(file, "%d", &count) != 1) count = -1;
  if (file) fclose(file);
  return count;
}
int main(int count, char **given) {
  int before;
  vrface_close(count == 2 ? vrface_open(given[1]) : NULL);
  vrface_close(NULL);
  before = pages();
  for (int again = 0; again < 100; again++) vrface_close(vrface_open(given[1]));
  printf("%d\\n", pages() - before);
  return 0;
}
"""


def test_c_gives_the_file_back(program, path, tmp_path):
    source = tmp_path / "closes.c"
    source.write_text(CLOSES, encoding="utf-8")
    with MemorySink(path):
        done = subprocess.run([program(source), path], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"


def test_c_accepts_no_mixture_of_two_blocks(program):
    binary = program(HERE / "mixtures.c")
    files = [FOLDER / "full.bin", FOLDER / "most_extras.bin"]
    done = subprocess.run([binary, *files], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0
    read, refused = map(int, done.stdout.split())
    assert read + refused == 128 * 131 // 2
    # One as it is, the other whole, and what differs in the lock or not at all.
    assert 128 <= read < 1000


def test_no_face_is_torn_while_python_writes(program, hammer, path):
    binary = program(HERE / "read_many.c")
    done = subprocess.run([binary, path, "50000", "3"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout
    taken, _ = map(int, done.stdout.split())
    assert taken > 50


def test_c_receives_what_python_sends(printed, monkeypatch, program):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    binary, face = program(ROOT / "bindings/c/print_face.c"), drawn(3)
    with (
        UdpSink("127.0.0.1", port) as sink,
        subprocess.Popen([binary, "--udp", str(port)], stdout=subprocess.PIPE, text=True) as waits,
    ):
        while waits.poll() is None:  # it may not listen yet
            sink.publish(SESSION, block_of(face, 0))
            time.sleep(0.01)
        assert waits.stdout is not None
        waits_out = waits.stdout.read()
    assert waits_out.startswith(f"result face\nsession {SESSION}\n")
    assert f"sequence {face.sequence}\n" in waits_out
    assert "stale 0\n" in waits_out


SHOW = """
int main(void) {
  int shown = update();
  printf("%d %.9g\\n", shown, shown ? brow() : -1);
  return 0;
}
"""


def test_the_page_about_c_runs(program, path, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(path.parent.parent))
    page = (HEADER.parent / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"(?s)```c\n(.*?)```", page)
    source = tmp_path / "page.c"
    source.write_text(code + SHOW, encoding="utf-8")
    binary = program(source)

    def shown() -> list[str]:
        done = subprocess.run([binary], capture_output=True, text=True, check=True, timeout=30)
        return done.stdout.split()

    assert shown() == ["0", "-1"]

    def shown_of_a_new_face(sink: MemorySink) -> list[str]:
        sink.publish(SESSION, block_of(drawn(1), time.perf_counter_ns(), period_us=10**6))
        return shown()

    with MemorySink() as sink:
        one, weight = at_once(sink, partial(shown_of_a_new_face, sink))
        assert one == "1"
        assert np.float32(weight) == drawn(1).weights[BLENDSHAPES.index("browInnerUpLeft")]
        sink.publish(SESSION, block_of(drawn(1), time.perf_counter_ns() - 10**9))
        assert at_once(sink, shown) == ["0", "-1"]


@pytest.mark.parametrize("arguments", [("--block", "a"), ("--udp",) * 4, ("faces", "12")])
def test_what_is_asked_wrongly_is_said(program, arguments):
    binary = program(ROOT / "bindings/c/print_face.c")
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: ")
