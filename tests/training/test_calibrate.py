from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import index
from vrface.model.features import SLOTS, WIDTH
from vrface.training.calibrate import calibration_source, calibrations_from, sensor_rest
from vrface.training.sequences import features_of

JAW = SLOTS.index(("mouth_tracker", "jawOpen"))
SMILE = SLOTS.index(("mouth_tracker", "mouthSmileLeft"))
OPENNESS = SLOTS.index(("lids", "openness_left"))


def sensed():
    """Ten seconds: a jaw that rests but for two of them, a lid that blinks, a smile that is held
    for four.
    """
    features = np.zeros((600, 4, WIDTH), np.float32)
    noise = 0.02 * np.random.default_rng(0).normal(size=(600, 2)).astype(np.float32)
    features[:, 2, [JAW, SMILE, OPENNESS]] = 1
    features[:, 0, [JAW, SMILE]] = 0.1 + noise
    features[:, 0, OPENNESS] = 1
    features[120:240, 0, JAW] = 0.4 + 0.3 * np.sin(np.arange(120) / 5)
    features[300:540, 0, SMILE] = 1
    features[380:390, 0, OPENNESS] = 0
    return features


def test_a_slot_rests_at_what_it_reads_most_of_the_time():
    rest = sensor_rest(sensed())
    assert rest[JAW] == pytest.approx(0.1, abs=0.02)
    assert rest[SMILE] == pytest.approx(0.1, abs=0.05)
    assert rest[OPENNESS] == 1
    unseen = np.delete(rest, [JAW, SMILE, OPENNESS])
    assert np.isnan(unseen).all()


def test_a_channel_that_drops_out_counts_where_it_is_there():
    features = sensed()
    features[320:400, [0, 2], JAW] = 0
    assert sensor_rest(features)[JAW] == pytest.approx(0.1, abs=0.02)


def test_long_takes_calibrate_themselves_and_short_ones_by_their_longest_sibling(recording):
    short = recording(seed=1, seconds=20)
    medium = replace(recording(seed=2, seconds=30), person=short.person)
    long = replace(recording(seed=3, seconds=51.5), person=short.person)
    stranger = recording(seed=4, seconds=40)
    takes = [short, medium, long, stranger]
    expected = [(long, 5, long), (short, 5, long), (long, 10, medium), (stranger, 10, None)]
    for take, seconds, source in expected:
        assert calibration_source(take, takes, seconds) is source
    assert calibration_source(medium, [short, medium, stranger], 25) is None


def calibrated(seen, model, mode):
    return calibrations_from(seen, features_of(seen.wearers), model.statistics, mode)


def test_unpaired_calibration_never_looks_at_the_truth(recording, neutral_model):
    seen = recording()
    blind = replace(
        seen,
        wearers=tuple(
            replace(w, truth=replace(w.truth, weights=np.full_like(w.truth.weights, np.nan)))
            for w in seen.wearers
        ),
    )
    ours = calibrated(seen, neutral_model, "unpaired")
    theirs = calibrated(blind, neutral_model, "unpaired")
    for one, other in zip(ours, theirs, strict=True):
        assert np.array_equal(one.sensor_rest, other.sensor_rest)
        assert np.array_equal(one.face_rest, neutral_model.statistics["face_rest"])


def test_each_wearer_has_sensors_of_their_own_and_the_population_fills_the_rest(
    recording, neutral_model
):
    first, second = calibrated(recording(), neutral_model, "unpaired")
    assert not np.array_equal(first.sensor_rest, second.sensor_rest)
    unseen = SLOTS.index(("upper_face", "browDownLeft"))
    assert first.sensor_rest[unseen] == neutral_model.statistics["sensor_rest"][unseen]
    assert first.sensor_rest[OPENNESS] > 0.7


def test_paired_calibration_knows_the_resting_face(recording, neutral_model):
    seen = recording()
    calibration, _ = calibrated(seen, neutral_model, "paired")
    assert calibration.mode == "paired"
    brow = index("browInnerUpLeft")
    assert calibration.face_rest[brow] == np.median(seen.truth.weights[:, brow])
