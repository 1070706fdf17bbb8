"""Streams: each figure with its source, sensors with their places."""

from dataclasses import replace

import pytest

from vrface.errors import BadUse
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


def test_figures_are_told_in_words_with_their_units_and_citations():
    told = stream(positions=TWO, sources={"rate_hz": "a data sheet"}).figures()
    assert told == (
        ("channels", "2", "assumed"),
        ("rate", "200 Hz", "a data sheet"),
        ("latency", "10 ms", "assumed"),
        ("noise", "1e-06 V", "assumed"),
        ("positions", "2", "assumed"),
    )
    assert [figure.name for figure in told if not figure.assumed] == ["rate"]
    placeless = stream().figures()[-1]
    assert placeless == ("positions", "-", "")
    assert not placeless.assumed


def test_a_figure_without_a_source_is_refused_by_name():
    entries = {name: value for name, value in ENTRIES.items() if name != "source"}
    sources = dict.fromkeys(("channels", "rate_hz", "noise"), "a data sheet")
    with pytest.raises(KeyError, match="latency_us of stream 'emg'"):
        Stream.from_entries({**entries, "sources": sources})


def test_a_place_is_a_position_or_a_whole_pose():
    left, right = stream(positions=TWO).positions
    assert left == Pose(0.03, 0.04, -0.02, 0.0, 0.0, 0.0, 1.0)
    assert right.qy == 1.0


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (
            {"positions": [[0.1, 0.2]]},
            r"a position of stream 'emg' is \[0.1, 0.2\]. Write \[x, y, z",
        ),
        ({"positions": [[0.1, 0.2, 0.3, 1.0]]}, "a position of stream 'emg' is"),
        ({"positions": [0.1, 0.2, 0.3]}, "a position of stream 'emg' is 0.1"),
        ({"positions": [["a", 0.2, 0.3]]}, "a position of stream 'emg' is 'a', no number"),
        ({"positions": 3}, "positions of stream 'emg' is 3, no list"),
        ({"channels": "0"}, "channels of stream 'emg' is '0', no list"),
        ({"rate_hz": "fast"}, "rate_hz of stream 'emg' is 'fast', no number"),
        ({"rate_hz": True}, "rate_hz of stream 'emg' is True, no number"),
        ({"latency_us": float("nan")}, "latency_us of stream 'emg' is nan, no number"),
        ({"noise": [0.1]}, r"noise of stream 'emg' is \[0.1\], no number"),
        (
            {"sources": "assumed"},
            r"sources of stream 'emg' is 'assumed'. Write \[streams.sources\]",
        ),
        ({"sources": {"noise": 0.1}}, "sources.noise of stream 'emg' is 0.1, no text"),
    ],
)
def test_an_entry_of_another_kind_is_named_with_its_stream(changes, says):
    with pytest.raises(BadUse, match=says):
        stream(**changes)


@pytest.mark.parametrize("entry", ["channels", "rate_hz", "latency_us", "noise"])
def test_a_missing_entry_is_named_with_its_stream(entry):
    entries = {name: value for name, value in ENTRIES.items() if name != entry}
    with pytest.raises(KeyError, match=f"{entry} of stream 'emg'"):
        Stream.from_entries(entries)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"channels": ("0", "0")}, "each once"),
        ({"channels": ()}, "needs channels"),
        ({"channels": ("64",)}, "unknown channel"),
        ({"channels": ("0", "2")}, "channels 0, 2. They are counted from 0 without a gap: 0, 1."),
        ({"channels": ("1", "0")}, "counted from 0"),
        ({"channels": ("0", "01")}, "counted from 0"),
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
