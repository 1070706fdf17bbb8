"""The README's Python runs as it stands; only the port is the test's own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.serving.harness import RunningServer
from vrface.model import pretrained

ROOT = Path(__file__).parents[1]
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)


@pytest.fixture
def server() -> Iterator[str]:
    with RunningServer({"default": pretrained.load()}) as running:
        yield running.address


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_a_session_and_a_client() -> None:
    assert len(BLOCKS) == 2
    session, client = (block.strip().splitlines() for block in BLOCKS)
    assert len(session) <= 12
    assert len(client) <= 18


def test_the_session_prints_ninety_faces_and_a_brow() -> None:
    printed = run(BLOCKS[0]).splitlines()
    assert len(printed) == 91
    assert all(line.startswith("face at ") for line in printed[:90])
    assert re.fullmatch(r"browInnerUp \d\.\d\d \+- \d\.\d\d, inferred", printed[90])


def test_the_client_gets_faces_and_never_loads_jax(server: str) -> None:
    assert "localhost:50515" in BLOCKS[1]
    code = BLOCKS[1].replace("localhost:50515", server)
    printed = run(code + "\nimport sys\nassert 'jax' not in sys.modules\n").splitlines()
    numbers = [int(line.split()[0]) for line in printed]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 90
    assert all(0.0 <= float(line.split()[1]) <= 1.0 for line in printed)


@pytest.mark.parametrize("word", ["demo", "test"])
def test_the_two_commands_are_in_readme_and_makefile(word: str) -> None:
    assert f"make {word}" in (ROOT / "README.md").read_text("utf-8")
    assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
