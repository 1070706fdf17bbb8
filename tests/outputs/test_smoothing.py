"""Smoothing calms what trembles and keeps what moves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, index
from vrface.face.expression import Source
from vrface.outputs.smoothing import OneEuro, Smoother, Smoothing

RATE_HZ = 90
DT = np.array([1 / RATE_HZ], np.float32)
BROW, LID = index("browDownLeft"), index("eyeBlinkLeft")


def run(
    track: np.ndarray, source: Source = Source.INFERRED, smoothing: Smoothing | None = None
) -> np.ndarray:
    """All 54 weights follow one track; what is shown, [frames, 54]."""
    smoother = Smoother(smoothing or Smoothing(), 1)
    kinds = np.full((1, COUNT), source, np.uint8)
    return np.stack(
        [smoother(np.full((1, COUNT), value, np.float32), kinds, DT)[0] for value in track]
    )


def test_what_stands_still_stands_still() -> None:
    np.testing.assert_allclose(run(np.full(50, 0.4)), 0.4, atol=1e-6)


def test_tremble_is_calmed_where_the_brows_are_inferred() -> None:
    track = 0.3 + 0.02 * np.random.default_rng(0).normal(size=900)
    shown = run(track)[100:]
    assert shown[:, BROW].std() < 0.5 * track.std()
    assert abs(shown[:, BROW].mean() - 0.3) < 0.005


def test_a_blink_is_kept_and_hardly_late() -> None:
    way = np.clip(np.arange(20) / 7, 0, 1)  # 78 ms down, held, and up again
    track = np.concatenate([np.zeros(30), way, way[::-1], np.zeros(30)])
    shown = run(track)[:, LID]
    assert shown.max() > 0.95
    half = [int(np.argmax(one > 0.5)) for one in (track, shown)]
    assert half[1] - half[0] <= 1


@pytest.mark.parametrize("source", [Source.MEASURED, Source.COPIED, Source.GENERATED, Source.HELD])
def test_only_what_is_inferred_is_smoothed_unless_asked_for_more(source: Source) -> None:
    track = np.random.default_rng(0).random(60)
    np.testing.assert_allclose(run(track, source)[:, BROW], track, atol=1e-6)
    asked = run(track, source, Smoothing(measured=True))[:, BROW]
    known = source in (Source.MEASURED, Source.COPIED)
    assert (np.abs(asked - track).max() > 0.1) == known


def test_none_shows_weights_as_they_are() -> None:
    track = np.random.default_rng(0).random(60)
    np.testing.assert_allclose(run(track, smoothing=Smoothing.none())[:, LID], track, atol=1e-6)


def test_what_was_absent_is_taken_as_it_is() -> None:
    shown = run(np.array([0.2, 0.2, np.nan, np.nan, 0.9, 0.9]))[:, BROW]
    assert np.isnan(shown[2:4]).all()
    np.testing.assert_allclose(shown[[0, 1, 4, 5]], [0.2, 0.2, 0.9, 0.9], atol=1e-6)


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=40), st.floats(0.0, 1.0))
def test_it_never_leaves_what_was_given(track: list[float], dt: float) -> None:
    smoother, kinds = Smoother(Smoothing(), 1), np.full((1, COUNT), Source.INFERRED, np.uint8)
    since = np.array([dt], np.float32)
    for value in track:
        shown = smoother(np.full((1, COUNT), value, np.float32), kinds, since)
        assert (shown >= min(track) - 1e-5).all()
        assert (shown <= max(track) + 1e-5).all()


def test_the_rate_hardly_changes_what_is_shown() -> None:
    found = []
    for rate in (60, 120):
        smoother = Smoother(Smoothing(), 1)
        kinds, dt = np.full((1, COUNT), Source.INFERRED, np.uint8), np.array([1 / rate], np.float32)
        for frame in range(rate):
            value = np.full((1, COUNT), np.clip(4 * frame / rate, 0, 1), np.float32)
            shown = smoother(value, kinds, dt)
            if frame == rate // 4:
                found.append(shown[0, BROW])
    assert found[0] == pytest.approx(found[1], abs=0.05)


def test_wearers_are_apart_and_can_be_forgotten() -> None:
    smoother, kinds = Smoother(Smoothing(), 2), np.full((2, COUNT), Source.INFERRED, np.uint8)
    dt = DT.repeat(2)
    smoother(np.zeros((2, COUNT), np.float32), kinds, dt)
    smoother.clear(1)
    shown = smoother(np.ones((2, COUNT), np.float32), kinds, dt)
    assert shown[0, BROW] < 0.9
    assert (shown[1] == 1.0).all()


@pytest.mark.parametrize("setting", [(0.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (np.nan, 0.0)])
def test_settings_out_of_range_are_refused(setting: tuple[float, float]) -> None:
    with pytest.raises(BadUse, match="above 0 Hz"):
        OneEuro(*setting)
