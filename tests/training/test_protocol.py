"""Protocol 1 is frozen: what it said of one made-up case, it says of that case for ever."""

import json

import pytest

from tests.golden.protocol.regenerate import FILE, golden
from vrface.training.evaluate import PROTOCOL


def leaves(value, path=""):
    """Every figure of a report by its path."""
    if isinstance(value, dict):
        return {k: v for key, one in value.items() for k, v in leaves(one, f"{path}/{key}").items()}
    if isinstance(value, list):
        return {k: v for n, one in enumerate(value) for k, v in leaves(one, f"{path}/{n}").items()}
    return {path: value}


def same(path, frozen, now):
    """Another machine's arithmetic may differ in the last digits that are written.

    A ceiling is chosen among near equals, so that the last digits may choose another.
    """
    rel = 3e-2 if "/ceilings/" in path else 2e-3
    close = isinstance(frozen, float) and isinstance(now, float)
    return now == (pytest.approx(frozen, rel=rel, abs=1e-5) if close else frozen)


def test_the_protocol_says_what_it_said_when_it_was_frozen():
    assert PROTOCOL == "1"
    frozen, now = leaves(json.loads(FILE.read_text(encoding="utf-8"))), leaves(golden())
    assert now.keys() == frozen.keys()
    moved = {
        path: (value, now[path])
        for path, value in frozen.items()
        if not same(path, value, now[path])
    }
    assert not moved


def test_the_case_defines_every_figure_but_an_interval():
    figures = leaves(json.loads(FILE.read_text(encoding="utf-8")))
    unknown = {path.rpartition("/")[2] for path, value in figures.items() if value is None}
    known = {path.rpartition("/")[2] for path, value in figures.items() if value is not None}
    assert unknown - known <= {"low", "high"}  # it takes five persons
    assert {"vertex_error", "came_off", "recovery_ms", "crps_neutral_active"} <= known
    calibrations = {
        value for path, value in figures.items() if path.endswith(("/calibration", "/label"))
    }
    assert calibrations == {"none", "unpaired", "paired", "simulated face, simulated sensors"}
