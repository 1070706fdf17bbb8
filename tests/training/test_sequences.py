"""Rows to learn from are made by the path that serving takes."""

import jax
import numpy as np
import pytest

from vrface.model import ridge
from vrface.model.features import WIDTH, Features, Levels, against
from vrface.sensors.align import Align
from vrface.sensors.frame import columns
from vrface.sensors.headset import headset
from vrface.simulation import synthetic_take, wear
from vrface.training import sequences
from vrface.training.sequences import (
    features_by_log,
    features_of,
    regressors_of,
    seconds_between,
)

PROFILE = headset("vive_pro_eye_lip")
PAIREDS = [
    wear(synthetic_take(seed=seed, seconds=3), PROFILE, seed=seed, rate_hz=60) for seed in (1, 2)
]


def test_features_are_those_of_serving_frame_by_frame() -> None:
    together = features_of(PAIREDS)
    for number, paired in enumerate(PAIREDS):
        align, features = Align(PROFILE, 1), Features(PROFILE)
        for k, frame in enumerate(paired.frames()):
            align.push(columns([(0, frame)], align.widths))
            now = np.array([frame.frame_time_ns])
            alone = features(align.at(now))
            np.testing.assert_array_equal(together[k, number], alone[0])


def test_seen_against_levels_later_is_as_at_once() -> None:
    levels = Levels(*np.random.default_rng(0).random((2, 1, WIDTH), dtype=np.float32))
    align, features = Align(PROFILE, 1), Features(PROFILE)
    later = against(features_of(PAIREDS[:1]), levels)
    for k, frame in enumerate(PAIREDS[0].frames()):
        align.push(columns([(0, frame)], align.widths))
        at_once = against(features(align.at(np.array([frame.frame_time_ns]))), levels)
        np.testing.assert_array_equal(later[k], at_once)


def test_the_scan_equals_serving_step_by_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequences, "CHUNK", 70)
    features = features_of(PAIREDS)
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


def test_logs_of_any_headset_and_length_get_their_own_features() -> None:
    take = synthetic_take(seed=3, seconds=2)
    short = wear(take, headset("mouth_only"), seed=3, rate_hz=60)
    mixed = [PAIREDS[0], short, PAIREDS[1]]
    found = dict(features_by_log(mixed))
    assert sorted(found) == [0, 1, 2]
    for number, paired in enumerate(mixed):
        np.testing.assert_array_equal(found[number], features_of([paired])[:, 0])
