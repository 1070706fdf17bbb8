"""Rows to learn from are made by the path that serving takes."""

import jax
import numpy as np
import pytest

from vrface.model import ridge
from vrface.model.features import Features
from vrface.sensors.align import Align
from vrface.sensors.frame import columns
from vrface.sensors.headset import headset
from vrface.simulation import synthetic_take, wear
from vrface.training import sequences
from vrface.training.sequences import (
    features_of,
    regressors_of,
    seconds_between,
)

PROFILE = headset("vive_pro_eye_lip")
PAIREDS = [
    wear(synthetic_take(seed=seed, seconds=3), PROFILE, seed=seed, rate_hz=60) for seed in (1, 2)
]


def test_features_are_those_of_serving_frame_by_frame() -> None:
    for paired in PAIREDS:
        together = features_of(paired)
        align, features = Align(PROFILE, 1), Features(PROFILE)
        for k, frame in enumerate(paired.frames()):
            align.push(columns([(0, frame)], align.widths))
            now = np.array([frame.frame_time_ns])
            np.testing.assert_array_equal(together[k], features(align.at(now))[0])


def test_the_scan_equals_serving_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences, "CHUNK", 70)
    features = np.stack([features_of(paired) for paired in PAIREDS], axis=1)
    since = seconds_between(PAIREDS[0].frame_time_ns)
    dt = np.stack([since, 2 * since], axis=1)
    rows, there = regressors_of(features, dt)
    carry, instant = ridge.new_carry(2), jax.jit(ridge.regressors)
    for k in range(len(features)):
        carry, row, combination = instant(carry, features[k], dt[k])
        np.testing.assert_allclose(rows[k], row, atol=1e-5)
        np.testing.assert_array_equal(there[k], combination)
    assert len(rows) == len(features)


def test_a_step_is_as_long_as_the_pipeline_says() -> None:
    when = np.array([5, 5.5, 8.5, 8.6]) * 1e9
    np.testing.assert_allclose(seconds_between(when.astype(np.int64)), [0, 0.5, 1, 0.1], atol=1e-6)
