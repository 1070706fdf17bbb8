"""`Take`: full-face recordings and their truth at other times."""

import numpy as np
import pytest

from vrface.errors import TakeError
from vrface.face.expression import Source
from vrface.face.take import Take

FRAME_NS = 33_000_000


def take(weights: np.ndarray, time_ns: np.ndarray | None = None) -> Take:
    frames = len(weights)
    if time_ns is None:
        time_ns = np.arange(frames) * FRAME_NS
    return Take(
        name="t",
        person="p",
        time_ns=time_ns,
        weights=weights.astype(np.float32),
        gaze=np.zeros((frames, 4), np.float32),
        source=np.full(54, Source.MEASURED, np.uint8),
    )


def ramp(frames: int = 10) -> Take:
    return take(np.repeat(np.linspace(0, 0.9, frames)[:, None], 54, axis=1))


def test_truth_between_frames_is_linear() -> None:
    between = ramp().at(np.array([0, FRAME_NS // 2, FRAME_NS, 9 * FRAME_NS]))
    np.testing.assert_allclose(between.weights[:, 0], [0, 0.05, 0.1, 0.9], atol=1e-6)


def test_no_truth_is_made_up_in_a_gap() -> None:
    times = np.array([0, 1, 2, 8, 9]) * FRAME_NS
    gap = take(np.full((5, 54), 0.5), times).at(np.array([2, 4, 8]) * FRAME_NS)
    assert np.isfinite(gap.weights[[0, 2]]).all()
    assert np.isnan(gap.weights[1]).all()


def test_one_lost_row_is_bridged_but_not_tracked() -> None:
    weights = np.full((5, 54), 0.5)
    weights[2] = np.nan
    recording = take(weights)
    assert recording.tracked.tolist() == [True, True, False, True, True]
    assert recording.at(np.array([2 * FRAME_NS, 3 * FRAME_NS])).weights[0, 0] == 0.5


def test_nothing_is_known_outside_the_take() -> None:
    outside = ramp().at(np.array([-FRAME_NS, 0, 9 * FRAME_NS, 10 * FRAME_NS]))
    assert np.isnan(outside.weights[:, 0]).tolist() == [True, False, False, True]


def test_a_cut_keeps_its_times() -> None:
    part = ramp().cut(0.1, 0.2)
    assert (part.time_ns >= 100_000_000).all()
    assert (part.time_ns < 200_000_000).all()
    assert ramp().seconds == pytest.approx(0.297)


def test_clear_errors() -> None:
    with pytest.raises(TakeError, match="increasing"):
        take(np.zeros((3, 54)), np.array([0, 5, 5]))
    with pytest.raises(TakeError, match="increasing"):
        take(np.zeros((1, 54)))
    with pytest.raises(TakeError, match="arrays of shape"):
        take(np.zeros((3, 52)))
