from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import index
from vrface.model.features import SLOTS, WIDTH
from vrface.training.calibrate import calibration_source, calibrations_from, still_sensors
from vrface.training.rest import face_rest
from vrface.training.sequences import features_of

TIME_NS = np.round(np.arange(600) * 1e9 / 60).astype(np.int64)
JAW = SLOTS.index(("mouth_tracker", "jawOpen"))
SMILE = SLOTS.index(("mouth_tracker", "mouthSmileLeft"))
OPENNESS = SLOTS.index(("lids", "openness_left"))


def sensed():
    """Two channels that move but for seconds 5 to 8; the lid blinks just then."""
    features = np.zeros((600, 4, WIDTH), np.float32)
    values = {
        JAW: 0.4 + 0.3 * np.sin(np.arange(600) / 5),
        SMILE: 0.5 + 0.2 * np.cos(np.arange(600) / 7),
        OPENNESS: np.ones(600),
    }
    for slot, value in values.items():
        features[:, 0, slot] = value
        features[:, 2, slot] = 1
    features[300:480, 0, JAW] = 0.1
    features[300:480, 0, SMILE] = 0.2
    features[380:390, 0, OPENNESS] = 0
    return features


def test_the_sensors_rest_is_read_where_they_are_calmest():
    rest = still_sensors(sensed(), TIME_NS)
    assert rest[JAW] == pytest.approx(0.1)
    assert rest[SMILE] == pytest.approx(0.2)
    assert 0.8 < rest[OPENNESS] <= 1
    unseen = np.delete(rest, [JAW, SMILE, OPENNESS])
    assert np.isnan(unseen).all()


def test_a_channel_that_drops_out_while_still_counts_where_it_is_there():
    features = sensed()
    features[320:400, [0, 2], JAW] = 0
    assert still_sensors(features, TIME_NS)[JAW] == pytest.approx(0.1)


def test_a_record_too_short_to_be_calm_tells_nothing():
    assert np.isnan(still_sensors(sensed()[:20], TIME_NS[:20])).all()


def test_a_held_pose_that_saturates_the_sensor_is_no_rest():
    rng = np.random.default_rng(0)
    features = np.zeros((1800, 4, WIDTH), np.float32)
    features[:, 2, [JAW, SMILE]] = 1
    features[:, 0, [JAW, SMILE]] = 0.1 + 0.02 * rng.normal(size=(1800, 2))
    features[600:750, 0, [JAW, SMILE]] = 1.0
    rest = still_sensors(features, np.round(np.arange(1800) * 1e9 / 60).astype(np.int64))
    assert rest[JAW] == pytest.approx(0.1, abs=0.03)
    assert rest[SMILE] == pytest.approx(0.1, abs=0.03)


def test_long_takes_calibrate_themselves_and_short_ones_by_their_longest_sibling(recording):
    short = recording(seed=1, seconds=20)
    medium = replace(recording(seed=2, seconds=30), person=short.person)
    long = replace(recording(seed=3, seconds=50.5), person=short.person)
    stranger = recording(seed=4, seconds=40)
    takes = [short, medium, long, stranger]
    expected = [(long, 5, long), (short, 5, long), (long, 10, medium), (stranger, 10, None)]
    for take, seconds, source in expected:
        assert calibration_source(take, takes, seconds) is source
    assert calibration_source(medium, [short, medium, stranger], 25) is None


def calibrated(seen, model, mode):
    return calibrations_from(seen, features_of(seen.wearers), model, mode)


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
    assert calibration.face_rest[brow] == face_rest([seen.truth])[brow]
