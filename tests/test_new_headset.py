"""A stranger adds a headset with one TOML file, and a standard with one table: the page, run."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import write_livelink
from vrface.cli.main import main
from vrface.sensors.headset import headset
from vrface.simulation import synthetic_take

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "new-headset.md").read_text("utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", PAGE, re.DOTALL)
VERBS = [line for kind, text in BLOCKS if kind == "sh" for line in text.splitlines()]
CODE = [text for kind, text in BLOCKS if kind == "python"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every file that the page shows, by the name it gives."""
    made = tmp_path_factory.mktemp("stranger")
    for kind, text in BLOCKS:
        if kind == "toml":
            (made / text.splitlines()[0].removeprefix("# ")).write_text(text, encoding="utf-8")
    (table,) = (text for kind, text in BLOCKS if kind == "csv")
    (saved,) = re.findall(r"Saved as `(\S+\.csv)`", PAGE)
    (made / saved).write_text(table, encoding="utf-8")
    return made


def run(folder: Path, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_shows_what_it_promises(folder: Path) -> None:
    assert {path.name for path in folder.iterdir()} >= {
        "my_headset.toml",
        "grin_headset.toml",
        "grin.csv",
    }
    assert [line.split()[:2] for line in VERBS] == [
        ["vrface", verb] for verb in ("info", "simulate", "evaluate")
    ]
    assert len(CODE) == 2


def test_every_verb_runs_in_order(folder: Path) -> None:
    told = [run(folder, "-m", "vrface.cli.main", *line.split()[1:]) for line in VERBS]
    sheet, log, scores = told
    assert "my_headset, version 1" in sheet
    assert "25 ms*" in sheet
    assert "the camera's data sheet, 60 Hz" in sheet
    heard, missing = sheet.split("hears")[1].split("missing")
    assert "foam (0, 1)" in heard
    assert "gaze" in missing
    assert "720 frames" in log or "721 frames" in log
    assert "hidden" in scores


def test_the_first_session_makes_faces(folder: Path) -> None:
    face, lacks = run(folder, "-c", CODE[0]).splitlines()
    assert re.match(r"face at 0\.330 s: 5 measured, 48 inferred .*, 1 copied", face)
    lacks, unused = lacks.split(" does not use ")
    assert "gaze" in lacks
    assert unused == "()"


def test_the_second_speaks_the_standard_of_its_own(folder: Path) -> None:
    *back, face = run(folder, "-c", CODE[1]).splitlines()
    assert back == ["OPEN 0.20", "GRIN_L 0.70", "GRIN_R 0.60", "CHEEKS 0.40", "CLENCH 0.90"]
    assert "4 measured and 1 extra, 49 inferred" in face
    assert "1 copied" in face


def test_both_profiles_are_what_the_page_says(folder: Path) -> None:
    mine, grin = headset(folder / "my_headset.toml"), headset(folder / "grin_headset.toml")
    assert len(mine.measures) == 6
    assert mine.streams[2].positions[0].x == -0.04
    assert mine.streams[0].sources.assumed() == ("latency_us", "noise")
    assert grin.copies == ("cheekPuffRight",)
    assert grin.extras == ("jawClench",)


def test_a_take_can_wear_it_too(folder: Path, tmp_path: Path) -> None:
    take = write_livelink(tmp_path / "someone.csv", synthetic_take(seed=5, seconds=6.0))
    report = tmp_path / "report.json"
    profile = str(folder / "my_headset.toml")
    assert (
        main(["evaluate", "--faces", str(take), "--headset", profile, "--json", str(report)]) == 0
    )
    assert '"headset": "my_headset"' in report.read_text("utf-8")
