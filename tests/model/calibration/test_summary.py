"""Summaries say of some seconds what plain NumPy says of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.face.blendshapes import COUNT
from vrface.model.calibration.summary import (
    CHANGE_S,
    FACE_FIGURES,
    FACE_QUANTILES,
    LEAST,
    QUANTILES,
    REST,
    SENSOR_FIGURES,
    of_face,
    of_sensors,
)
from vrface.model.features import WIDTH
from vrface.training.rest import relative, usual


def features(seed: int, frames: int, share: float, slots: int = 9) -> np.ndarray:
    rng = np.random.default_rng(seed)
    made = rng.normal(size=(frames, 4, slots)).astype(np.float32)
    made[:, 2] = rng.random((frames, slots)) < share
    return made


frames = st.integers(LEAST, 60)


@given(st.integers(0, 1000), frames, st.floats(0.0, 1.0))
def test_figures_of_sensors_are_those_of_what_is_present(
    seed: int, frames: int, share: float
) -> None:
    made = features(seed, frames, share)
    found = of_sensors(made)
    assert found.shape == (SENSOR_FIGURES, made.shape[2])
    assert found.dtype == np.float32
    for slot in range(made.shape[2]):
        there = made[:, 2, slot] > 0
        if there.sum() < LEAST:
            assert np.isnan(found[:, slot]).all()
            continue
        value = np.where(there, made[:, 0, slot], np.nan)
        np.testing.assert_allclose(found[:-1, slot], np.nanquantile(value, QUANTILES), atol=1e-5)
        assert found[-1, slot] == pytest.approx(np.abs(made[there, 1, slot]).mean(), rel=1e-5)


@given(st.integers(0, 1000), frames, st.floats(0.0, 1.0))
def test_figures_of_a_face_are_those_of_what_is_known(seed: int, frames: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    weights = rng.random((frames, COUNT), np.float32)
    weights[:, rng.random(COUNT) > share] = np.nan
    weights[rng.random((frames, COUNT)) < 0.1] = np.nan
    seconds = np.cumsum(rng.uniform(0.01, 0.1, frames))
    found = of_face(weights, seconds)
    assert found.shape == (FACE_FIGURES, COUNT)
    enough = np.isfinite(weights).sum(axis=0) >= LEAST
    np.testing.assert_allclose(found[0, enough], usual(weights[:, enough]), atol=1e-6)
    assert np.isnan(found[:, ~enough]).all()
    for shape in np.flatnonzero(enough):
        moved = relative(weights[:, shape], found[0, shape])
        expected = [*np.nanquantile(moved, FACE_QUANTILES), np.nanmean(moved)]
        np.testing.assert_allclose(found[1:-1, shape], expected, atol=1e-5)
        pairs = [
            (now, next((k for k in range(now, frames) if seconds[k] - then >= CHANGE_S), None))
            for now, then in enumerate(seconds)
        ]
        steps = np.array(
            [
                abs(moved[later] - moved[now]) / (seconds[later] - seconds[now])
                for now, later in pairs
                if later is not None
            ]
        )
        known = np.isfinite(steps)
        change = steps[known].mean() if known.sum() >= LEAST else np.nan
        np.testing.assert_allclose(found[-1, shape], change, rtol=1e-3)


@pytest.mark.parametrize("rate_hz", [30, 60, 144])
def test_how_busy_a_face_is_does_not_hang_on_the_frame_rate(rate_hz: int) -> None:
    seconds = np.arange(20 * rate_hz) / rate_hz
    swing = 0.5 * np.maximum(np.sin(2 * np.pi * 0.5 * seconds), 0.0)
    jitter = 0.01 * np.random.default_rng(0).normal(size=len(seconds))
    found = of_face(np.repeat((swing + jitter)[:, None], COUNT, axis=1), seconds)
    assert found[-1, 0] == pytest.approx(0.5, abs=0.15)  # up and down by .5, every 2 s


def test_a_sensors_rest_is_the_median_that_calibration_took_before() -> None:
    made = features(0, 301, 0.7)
    made[:, 2, 4] = 0.0
    value = np.where(made[:, 2] > 0, made[:, 0], np.float32(np.nan))
    np.testing.assert_allclose(of_sensors(made)[REST], usual(value), atol=1e-7)


def test_a_slot_rests_at_what_it_reads_most_of_the_time() -> None:
    made = np.zeros((600, 4, WIDTH), np.float32)
    made[:, 2, :2] = 1.0
    made[:, 0, 0] = 0.1 + 0.02 * np.random.default_rng(0).normal(size=600)
    made[120:240, 0, 0] = 0.4 + 0.3 * np.sin(np.arange(120) / 5)
    made[:, 0, 1] = 1.0
    made[380:390, 0, 1] = 0.0
    rest = of_sensors(made)[REST]
    assert rest[0] == pytest.approx(0.1, abs=0.02)
    assert rest[1] == 1.0
    assert np.isnan(rest[2:]).all()


@pytest.mark.parametrize("frames", [0, 1, LEAST - 1])
def test_of_too_little_nothing_is_said(frames: int) -> None:
    assert np.isnan(of_sensors(features(0, frames, 1.0))).all()
    assert np.isnan(of_face(np.ones((frames, COUNT)), np.arange(frames) / 60)).all()


def test_the_order_of_frames_does_not_matter_to_a_sensor() -> None:
    made = features(3, 50, 0.8)
    shuffled = np.random.default_rng(0).permutation(made)
    np.testing.assert_allclose(of_sensors(made), of_sensors(shuffled), atol=1e-6)
