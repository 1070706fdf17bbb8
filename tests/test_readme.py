"""The README's Python runs as it stands; only the port is the test's own. Its verbs are real."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.harness import RunningServer
from vrface.cli.main import VERBS
from vrface.model import pretrained

ROOT = Path(__file__).parents[1]
PAGES = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"]
PAGES += [f"{folder}/README.md" for folder in ("train", "datasets", "bindings")]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture
def server() -> Iterator[str]:
    with RunningServer({"default": pretrained.load()}) as running:
        yield running.address


@pytest.fixture
def proto_alone(tmp_path: Path) -> Path:
    """A folder with what `proto/` generates and nothing else of ours."""
    package = tmp_path / "vrface"
    shutil.copytree(ROOT / "vrface" / "v1", package / "v1")
    (package / "__init__.py").touch()
    return tmp_path


def run(code: str, folder: Path = ROOT) -> str:
    """Run code that finds our package in `folder`, before any that is installed."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_a_session_and_a_client() -> None:
    assert len(BLOCKS) == 2
    session, client = ([line for line in block.splitlines() if line] for block in BLOCKS)
    assert len(session) <= 10
    assert len(client) <= 13


def test_the_session_prints_ninety_faces_and_a_brow() -> None:
    printed = run(BLOCKS[0]).splitlines()
    assert len(printed) == 91
    assert all(line.startswith("face at ") for line in printed[:90])
    assert re.fullmatch(r"\d\.\d\d \+- \d\.\d\d, inferred", printed[90])


AFTERWARDS = """
import sys, vrface
print(vrface.__file__)
print(*sorted(name for name in sys.modules if name.startswith("vrface.") or name == "jax"))
"""


def test_the_client_needs_the_proto_alone(server: str, proto_alone: Path) -> None:
    assert "localhost:50515" in BLOCKS[1]
    code = BLOCKS[1].replace("localhost:50515", server) + AFTERWARDS
    *faces, package, modules = run(code, proto_alone).splitlines()
    assert Path(package).is_relative_to(proto_alone)
    assert all(name.startswith("vrface.v1") for name in modules.split())
    numbers = [int(line.split()[0]) for line in faces]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 90
    assert all(0.0 <= float(line.split()[1]) <= 1.0 for line in faces)


@pytest.mark.parametrize("page", PAGES)
def test_every_verb_named_is_real(page: str) -> None:
    """Wherever a page shows code, `vrface VERB` is a command."""
    named = verbs_in((ROOT / page).read_text("utf-8"))
    assert named <= set(VERBS)
    assert named or page != "README.md"


def test_verbs_are_found_in_lines_and_blocks_of_code() -> None:
    text = "the vrface house: `vrface hum -o X` and\n```sh\nmake x\npip . && vrface sing\n```\n"
    assert verbs_in(text) == {"hum", "sing"}


def verbs_in(text: str) -> set[str]:
    shown = re.findall(r"(?s)```.*?```|`[^`\n]+`", text)
    return {verb for code in shown for verb in re.findall(r"\bvrface +([a-z]+)", code)}


@pytest.mark.parametrize("word", ["demo", "test"])
def test_the_two_commands_are_in_readme_and_makefile(word: str) -> None:
    assert f"make {word}" in (ROOT / "README.md").read_text("utf-8")
    assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
