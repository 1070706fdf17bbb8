"""Logs of every version that was ever written are read to the values they were written with."""

import json
import shutil
from typing import Any

import pytest

from tests.golden.logs.make import FOLDER, LOGS, make, told
from vrface.errors import LogError
from vrface.log import LogReader
from vrface.log.checkup import checkup
from vrface.log.recover import recover, survey

GOLDEN = sorted(FOLDER.glob("*.mcap"))


def test_the_first_version_is_there():
    assert {path.stem for path in GOLDEN} >= {f"v1-{name}" for name in LOGS}
    assert all(path.stat().st_size < 32_000 for path in GOLDEN)


def holds(found: Any, expected: Any, where: str = "") -> None:
    """What was known when a log was made is in what is known now; later versions may know more."""
    if isinstance(expected, dict):
        for name, value in expected.items():
            assert name in found, f"{where}.{name}"
            holds(found[name], value, f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for k, value in enumerate(expected):
            holds(found[k], value, f"{where}[{k}]")
    else:
        assert found == expected, where


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_log_is_read_to_the_same_values_for_ever(path):
    holds(told(path), json.loads(path.with_suffix(".json").read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_log_is_found_whole_and_recovered_as_it_is(path, tmp_path):
    assert checkup(LogReader(path)).seconds > 0
    assert survey(path).complete
    saved = tmp_path / "saved.mcap"
    recover(path, saved)
    assert list(LogReader(saved).entries()) == list(LogReader(path).entries())


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_golden_log_that_was_cut_gives_its_intact_chunks(path, tmp_path):
    cut, saved = tmp_path / "cut.mcap", tmp_path / "saved.mcap"
    whole = [list(chunk) for chunk in LogReader(path).chunks()]
    cut.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(LogError):
        list(LogReader(cut).entries())
    recover(cut, saved)
    entries = list(LogReader(saved).entries())
    assert entries[:-2] == [entry for chunk in whole for entry in chunk]
    assert [entry.topic for entry in entries[-2:]] == ["/event", "/event"]


def test_what_is_golden_is_never_written_over(tmp_path):
    for path in GOLDEN:
        shutil.copy(path, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(LogError, match="already"):
        make("v1", tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    assert len(make("v999", tmp_path)) == len(LOGS)
