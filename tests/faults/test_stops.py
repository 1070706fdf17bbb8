"""Each stream stops for 50, 200 and 600 ms while the others run, in simulated time.

`python -m benchmarks.stops` draws the same.
"""

from dataclasses import dataclass

import numpy as np
import pytest

from benchmarks.stops import figures, plot
from benchmarks.stops.lanes import (
    EVERY_S,
    LENGTHS_S,
    RATE_HZ,
    Lanes,
    Stop,
    lived,
    recorded,
    stopped,
)
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.model import pretrained
from vrface.outputs.blending import MOST_PER_S
from vrface.sensors.align import MAX_AGE_S
from vrface.sensors.headset import headset, shapes_of

BACK_S = 1.0
"""So long after a stream is back the face is that of a run in which it never stopped."""

HEARD_S = 0.2
"""So long after a stream is back its weights are measured again: each channel gave a value."""

MOST = MOST_PER_S / RATE_HZ * 1.001


@dataclass(frozen=True)
class Spell:
    """One stop of one lane."""

    lane: int
    stop: Stop
    gone: slice
    after: slice


def spells(lanes: Lanes) -> list[Spell]:
    return [
        Spell(
            lane,
            stop,
            lanes.between(begin_s, begin_s + stop.seconds),
            lanes.between(begin_s + stop.seconds, begin_s + EVERY_S),
        )
        for lane, stop in enumerate(lanes.stops)
        if stop.stream
        for begin_s in lanes.begins_s
    ]


def weights_of(lanes: Lanes, stream: str) -> np.ndarray:
    """Where the weights stand that one stream measures."""
    (found,) = (one for one in lanes.recording.headset.streams if one.name == stream)
    measured = {*lanes.recording.headset.measures, *EXTRAS}
    shapes = {shape for channel in found.channels for shape in shapes_of(stream, channel)}
    names = measured & (shapes | {*found.channels})
    return np.array([place for place, name in enumerate(lanes.names) if name in names], np.intp)


def silent(lanes: Lanes, stop: Stop) -> np.ndarray:
    """[frames] whether a stream was heard, and its newest sample is too old to count."""
    heard = stopped(lanes.recording, stop, lanes.begins_s)
    samples = heard.streams[heard.headset.stream_index(stop.stream)]
    newest_ns = np.maximum.accumulate(samples.sample_time_ns)
    count = np.searchsorted(samples.arrival_ns, heard.frame_time_ns, side="right")
    age_s = (heard.frame_time_ns - newest_ns[np.maximum(count - 1, 0)]) / 1e9
    return (count > 0) & (age_s > MAX_AGE_S)


@pytest.fixture(scope="module", params=["everything", "vive_pro_eye_lip"])
def lanes(request):
    return lived(recorded(headset(request.param), 10_007, 9.0), pretrained.load())


def test_a_change_of_source_alone_moves_no_weight_faster_than_it_may(lanes):
    steps = [np.abs(figures.of_source(lanes, spell.lane)) for spell in spells(lanes)]
    assert max(one.max() for one in steps) <= MOST
    assert max(one.max() for one in steps) > 0.1 * MOST  # else there was none


def test_a_weight_says_measured_only_as_long_as_it_is(lanes):
    for lane, stop in enumerate(lanes.stops[1:], 1):
        own, quiet = weights_of(lanes, stop.stream), silent(lanes, stop)
        core, extras = own[own < COUNT], own[own >= COUNT]
        source = lanes.source[quiet, lane]
        assert (source[:, core] == Source.INFERRED).all(), stop
        without = (Source.HELD, Source.NEUTRAL, Source.ABSENT)
        assert np.isin(source[:, extras], without).all(), stop
        assert quiet.any() or stop.seconds < MAX_AGE_S


def test_nothing_else_changes_its_source(lanes):
    for lane, stop in enumerate(lanes.stops[1:], 1):
        others = np.delete(np.arange(len(lanes.names)), weights_of(lanes, stop.stream))
        assert (lanes.source[:, lane, others] == lanes.source[:, 0, others]).all(), stop


def test_what_is_measured_again_says_so_at_once(lanes):
    later = round(HEARD_S * RATE_HZ)
    for spell in spells(lanes):
        after = slice(spell.after.start + later, spell.after.stop)
        assert (lanes.source[after, spell.lane] == lanes.source[after, 0]).all(), spell


def test_a_weight_whose_source_changed_comes_back_without_a_jump(lanes):
    """Beside the face that saw no stop: that one may leap by itself."""
    for spell in spells(lanes):
        if spell.stop.seconds > MAX_AGE_S:
            apart = lanes.weights[:, spell.lane, :COUNT] - lanes.weights[:, 0, :COUNT]
            assert np.abs(np.diff(apart[spell.after], axis=0)).max() <= MOST, spell


def test_the_face_is_soon_that_of_a_run_that_saw_no_stop(lanes):
    later = round(BACK_S * RATE_HZ)
    for spell in spells(lanes):
        after = slice(spell.after.start + later, spell.after.stop)
        assert figures.away(lanes, spell.lane)[after].max() <= figures.SAME, spell


def test_a_stop_is_seen_while_it_lasts(lanes):
    """Else the test above would prove nothing."""
    for stream in ("lids", "gaze", "mouth_tracker"):
        lane = lanes.stops.index(Stop(stream, LENGTHS_S[-1]))
        assert figures.away(lanes, lane).max() > 0.1


def test_the_table_has_a_row_for_each_stop_and_the_picture_is_small(lanes, tmp_path):
    rows = figures.figures(lanes)
    assert [(row.stream, row.seconds) for row in rows] == list(lanes.stops[1:])
    assert figures.table(rows).count("\n") == len(rows) + 2
    plot.draw(lanes, "lids", path := tmp_path / "lids.png")
    assert path.read_bytes().startswith(b"\x89PNG")
    assert path.stat().st_size < 300_000
