"""The ridge as a rival says what the ridge as a model does."""

from dataclasses import replace

import numpy as np

from tests.model.calibrations import resting
from vrface.model.features import SKIN, WIDTH
from vrface.model.known import summaries
from vrface.training.case import Case, seen_by
from vrface.training.rivals.ridge import ridge
from vrface.training.sequences import features_of, seconds_between


def test_the_rival_is_the_model_of_the_same_checkpoint(recording, drawn_model):
    seen = with_a_gap(recording(seconds=6))
    calibrations = [one_calibration(seed) for seed in (0, 1)]
    features = seen_by(
        np.stack([features_of(one) for one in seen.wearers], axis=1),
        calibrations,
        drawn_model.statistics,
    )
    dt = np.stack([seconds_between(seen.truth.time_ns)] * 2, axis=1)
    summary = summaries(calibrations, drawn_model.statistics)
    law = ridge(drawn_model.rivals, Case(features, dt, "unpaired", summary, None))
    assert np.abs(law.loc).max() > 0.05
    carry = drawn_model.ridge.new_carry(2)
    known = drawn_model.ridge.known(calibrations, np.zeros((len(SKIN), 3), np.float32))
    for frame in range(len(dt)):
        carry, stepped = drawn_model.ridge.step(carry, features[frame], dt[frame], known)
        np.testing.assert_allclose(law.loc[:, frame], stepped["loc"], atol=1e-5)
        np.testing.assert_allclose(law.scale[:, frame], stepped["scale"], atol=1e-5)


def one_calibration(seed):
    rest = np.random.default_rng(seed).uniform(0, 0.2, WIDTH).astype(np.float32)
    return resting("unpaired", rest)


def with_a_gap(recording):
    """The same without frames between 2 s and 4 s."""
    kept = np.ones(len(recording.truth.time_ns), np.bool_)
    kept[120:240] = False
    times = recording.truth.time_ns[kept]
    truth = recording.truth.at(times)
    wearers = [replace(one, frame_time_ns=times, truth=truth) for one in recording.wearers]
    return replace(recording, wearers=tuple(wearers))
