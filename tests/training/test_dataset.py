"""Rows to learn from are made by the path that serving takes."""

import numpy as np

from vrface.model import ridge
from vrface.model.features import WIDTH, Features
from vrface.sensors.align import Align
from vrface.sensors.frame import columns
from vrface.sensors.headset import headset
from vrface.simulation import synthetic_take, wear
from vrface.training.dataset import features_of, regressors_of, rested

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
            alone = features(align.at(now), np.zeros((1, WIDTH), np.float32))
            np.testing.assert_array_equal(together[k, number], alone[0])


def test_resting_later_equals_resting_at_once() -> None:
    rest = np.random.default_rng(0).random((1, WIDTH), dtype=np.float32)
    align, features = Align(PROFILE, 1), Features(PROFILE)
    later = rested(features_of(PAIREDS[:1]), rest)
    for k, frame in enumerate(PAIREDS[0].frames()):
        align.push(columns([(0, frame)], align.widths))
        at_once = features(align.at(np.array([frame.frame_time_ns])), rest)
        np.testing.assert_allclose(later[k], at_once, atol=1e-6)


def test_the_scan_equals_serving_step_by_step() -> None:
    features, when = features_of(PAIREDS), PAIREDS[0].frame_time_ns
    rows = regressors_of(features, when, every=4)
    carry, dt = ridge.new_carry(2), np.diff(when, prepend=when[:1]) / 1e9
    kept = []
    for k in range(len(features)):
        seconds = np.full(2, dt[k], np.float32)
        carry, row, _ = ridge.regressors(carry, features[k], seconds)
        kept.append(np.asarray(row))
    np.testing.assert_allclose(rows, kept[3::4], atol=1e-5)
