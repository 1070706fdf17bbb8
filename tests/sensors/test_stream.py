"""Streams: each figure with its source, sensors with their places."""

from dataclasses import replace

import pytest

from vrface.errors import BadUse, UnknownName
from vrface.sensors.stream import Pose, Sources, Stream

ENTRIES = {
    "name": "emg",
    "channels": ["0", "1"],
    "rate_hz": 200,
    "latency_us": 10_000,
    "noise": 1e-6,
    "source": "assumed",
}
TWO = [[0.03, 0.04, -0.02], [-0.03, 0.04, -0.02, 0.0, 1.0, 0.0, 0.0]]


def stream(**changes) -> Stream:
    return Stream.from_entries({**ENTRIES, **changes})


def test_one_source_stands_for_every_figure_that_has_none_of_its_own():
    made = stream(sources={"rate_hz": "a data sheet"})
    assert made.sources == Sources("assumed", "a data sheet", "assumed", "assumed")
    assert made.sources.assumed() == ("channels", "latency_us", "noise")


def test_places_need_a_source_too():
    made = stream(positions=TWO, sources={"positions": "measured with a ruler"})
    assert made.sources.positions == "measured with a ruler"
    assert stream(positions=TWO).sources.positions == "assumed"
    assert stream().sources.positions == ""


def test_a_figure_without_a_source_is_refused_by_name():
    entries = {name: value for name, value in ENTRIES.items() if name != "source"}
    sources = dict.fromkeys(("channels", "rate_hz", "noise"), "a data sheet")
    with pytest.raises(KeyError, match="latency_us of stream emg"):
        Stream.from_entries({**entries, "sources": sources})
    with pytest.raises(UnknownName, match="'rate_hz'"):
        stream(sources={"rate": "a data sheet"})


def test_a_place_is_a_position_or_a_whole_pose():
    left, right = stream(positions=TWO).positions
    assert left == Pose(0.03, 0.04, -0.02, 0.0, 0.0, 0.0, 1.0)
    assert right.qy == 1.0
    with pytest.raises(TypeError):
        stream(positions=[[0.1, 0.2], [0.1, 0.2]])


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"channels": ("0", "0")}, "each once"),
        ({"channels": ()}, "needs channels"),
        ({"channels": ("64",)}, "unknown channel"),
        ({"rate_hz": 0.0}, "out of range"),
        ({"rate_hz": float("nan")}, "out of range"),
        ({"latency_us": -1}, "out of range"),
        ({"noise": -0.1}, "noise -0.1"),
        ({"noise": float("inf")}, "noise inf"),
        ({"positions": (Pose(0.0, 0.0, 0.0),)}, "1 positions of 2 channels"),
        ({"positions": (Pose(0.0, 2.0, 0.0),) * 2}, "within 1"),
        ({"positions": (Pose(0.0, float("nan"), 0.0),) * 2}, "within 1"),
        ({"positions": (Pose(0.0, 0.0, 0.0, 1.0),) * 2}, "of length 1"),
    ],
)
def test_an_impossible_stream_says_what_is_impossible(changes, says):
    stream().check("mine")
    with pytest.raises(BadUse, match=says):
        replace(stream(), **changes).check("mine")
