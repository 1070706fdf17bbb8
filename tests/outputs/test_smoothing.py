"""Smoothing calms what trembles and keeps what moves."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.blendshapes import COUNT, index
from vrface.face.expression import Source
from vrface.face.smoothing import OneEuro, Smoothing
from vrface.outputs.smoothing import Settings, Smoothed, smoothed

RATE_HZ = 90
BROW, LID = index("browDownLeft"), index("eyeBlinkLeft")
USUAL = Smoothing.usual()


class Smoother:
    """Wearers whose frames are smoothed one after the other."""

    def __init__(self, *smoothings: Smoothing, width: int = COUNT) -> None:
        self.settings = Settings.of(smoothings)
        self.held = Smoothed.begun(len(smoothings), width)

    def __call__(
        self,
        weights: np.ndarray | float,
        source: np.ndarray | Source = Source.INFERRED,
        dt: float = 1 / RATE_HZ,
    ) -> np.ndarray:
        shape = self.held.given.shape
        given = np.broadcast_to(np.asarray(weights, np.float32), shape)
        kinds = np.broadcast_to(np.asarray(source, np.float32), shape)
        since = np.full(len(given), dt, np.float32)
        self.held, shown = smoothed(self.held, self.settings, given, kinds, since)
        assert {one.dtype for one in (*self.held, shown)} == {np.dtype(np.float32)}
        assert np.isfinite(self.held.shown).all()
        assert np.isfinite(self.held.speed).all()
        return np.asarray(shown)


def run(
    track: np.ndarray, source: Source = Source.INFERRED, smoothing: Smoothing = USUAL
) -> np.ndarray:
    """All 54 weights follow one track; what is shown, [frames, 54]."""
    smoother = Smoother(smoothing)
    return np.stack([smoother(value, source)[0] for value in track])


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
    assert shown.max() > 0.99
    half = [int(np.argmax(one > 0.5)) for one in (track, shown)]
    assert half[1] - half[0] <= 1


@pytest.mark.parametrize("source", [Source.MEASURED, Source.COPIED, Source.GENERATED, Source.HELD])
def test_only_what_is_inferred_is_smoothed_unless_asked_for_more(source: Source) -> None:
    track = np.random.default_rng(0).random(60).astype(np.float32)
    np.testing.assert_array_equal(run(track, source)[:, BROW], track)
    asked = run(track, source, Smoothing(measured=True, brow=USUAL.brow))[:, BROW]
    known = source in (Source.MEASURED, Source.COPIED)
    assert (np.abs(asked - track).max() > 0.1) == known


def test_parts_of_a_face_are_smoothed_apart() -> None:
    track = np.random.default_rng(0).random(60).astype(np.float32)
    shown = run(track, smoothing=Smoothing(brow=OneEuro(1.0, 0.0)))
    np.testing.assert_array_equal(shown[:, LID], track)
    assert shown[10:, BROW].std() < 0.3 * track.std()
    slower = run(track, smoothing=Smoothing(brow=OneEuro(0.5, 0.0)))
    assert slower[10:, BROW].std() < 0.8 * shown[10:, BROW].std()


def test_with_everything_off_weights_pass_bit_for_bit() -> None:
    rng, smoother = np.random.default_rng(0), Smoother(Smoothing.none(), width=COUNT + 5)
    for _ in range(60):
        weights = rng.random((1, COUNT + 5)).astype(np.float32)
        weights[rng.random(weights.shape) < 0.1] = np.nan
        np.testing.assert_array_equal(smoother(weights, rng.integers(0, 8, weights.shape)), weights)


def test_extras_are_smoothed_as_the_mouth() -> None:
    smoother = Smoother(Smoothing(measured=True, mouth=USUAL.mouth), width=COUNT + 2)
    smoother(0.0, Source.MEASURED)
    shown = smoother(1.0, Source.MEASURED)[0]
    assert shown[COUNT] == shown[index("jawOpen")] < 0.9
    assert shown[BROW] == 1.0


def test_what_was_absent_is_taken_as_it_is() -> None:
    shown = run(np.array([0.2, 0.2, np.nan, np.nan, 0.9, 0.9]))[:, BROW]
    assert np.isnan(shown[2:4]).all()
    np.testing.assert_allclose(shown[[0, 1, 4, 5]], [0.2, 0.2, 0.9, 0.9], atol=1e-6)


def test_what_is_asked_for_amid_frames_goes_on_from_what_was_shown() -> None:
    smoother = Smoother(Smoothing.none())
    for _ in range(5):
        smoother(0.2)
    smoother.settings = Settings.of([USUAL])
    assert 0.2 < smoother(0.4)[0, BROW] < 0.3


@given(
    st.lists(st.floats(0.0, 1.0) | st.just(np.nan), min_size=1, max_size=40), st.floats(0.0, 1.0)
)
def test_it_never_leaves_what_was_given(track: list[float], dt: float) -> None:
    smoother, seen = Smoother(USUAL), [value for value in track if np.isfinite(value)]
    for value in track:
        shown = smoother(value, dt=dt)
        assert np.isnan(shown).all() == np.isnan(value)
        if np.isfinite(value):
            assert (shown >= min(seen) - 1e-5).all()
            assert (shown <= max(seen) + 1e-5).all()


def test_the_rate_hardly_changes_what_is_shown() -> None:
    found = []
    for rate in (60, 120):
        smoother = Smoother(USUAL)
        for frame in range(rate):
            shown = smoother(np.clip(4 * frame / rate, 0, 1), dt=1 / rate)
            if frame == rate // 4:
                found.append(shown[0, BROW])
    assert found[0] == pytest.approx(found[1], abs=0.05)


def test_wearers_are_apart() -> None:
    smoother = Smoother(USUAL, Smoothing.none(), Smoothing(brow=OneEuro(0.1, 0.0)))
    smoother(0.0)
    shown = smoother(1.0)
    assert shown[0, BROW] < 0.9
    assert (shown[1] == 1.0).all()
    assert shown[2, BROW] < 0.1
    assert shown[2, LID] == 1.0


def test_arrays_of_jax_are_smoothed_likewise() -> None:
    rng, smoother = np.random.default_rng(0), Smoother(USUAL, Smoothing.parse("on,measured"))
    held, settings = Smoothed.begun(2), Settings.of([USUAL, Smoothing.parse("on,measured")])
    for _ in range(30):
        weights = rng.random((2, COUNT)).astype(np.float32)
        weights[rng.random(weights.shape) < 0.1] = np.nan
        source = rng.integers(0, 8, weights.shape).astype(np.float32)
        given = (Settings(*map(jnp.asarray, settings)), jnp.asarray(weights), jnp.asarray(source))
        held = Smoothed(*map(jnp.asarray, held))
        held, shown = smoothed(held, *given, jnp.full(2, 1 / RATE_HZ, jnp.float32))
        np.testing.assert_allclose(shown, smoother(weights, source), atol=1e-5)
