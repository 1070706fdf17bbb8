from dataclasses import replace

import numpy as np

from vrface.face.blendshapes import index
from vrface.model.calibration.summary import REST, of_face
from vrface.model.features import SLOTS, Features
from vrface.training.calibrate import calibration_source, calibrations_from, calibrators
from vrface.training.sequences import features_of, seconds_between

OPENNESS = SLOTS.index(("lids", "openness_left"))


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


def calibrated(seen, mode):
    features = np.stack([features_of(one) for one in seen.wearers], axis=1)
    return calibrations_from(seen, features, mode)


def test_unpaired_calibration_never_looks_at_the_truth(recording):
    seen = recording()
    blind = replace(
        seen,
        wearers=tuple(
            replace(w, truth=replace(w.truth, weights=np.full_like(w.truth.weights, np.nan)))
            for w in seen.wearers
        ),
    )
    for one, other in zip(calibrated(seen, "unpaired"), calibrated(blind, "unpaired"), strict=True):
        np.testing.assert_array_equal(one.sensors, other.sensors)
        assert np.isnan(one.face).all()


def test_each_wearer_has_sensors_of_their_own(recording):
    first, second = calibrated(recording(), "unpaired")
    assert not np.array_equal(first.sensors, second.sensors, equal_nan=True)
    unseen = SLOTS.index(("upper_face", "browDownLeft"))
    assert np.isnan(first.sensors[:, unseen]).all()
    assert first.sensors[REST, OPENNESS] > 0.7


def test_paired_calibration_knows_the_resting_face(recording):
    seen = recording()
    calibration, _ = calibrated(seen, "paired")
    assert calibration.mode == "paired"
    brow = index("browInnerUpLeft")
    assert calibration.face[0, brow] == np.median(seen.truth.weights[:, brow])
    seconds = (seen.truth.time_ns - seen.truth.time_ns[0]) / 1e9
    np.testing.assert_array_equal(calibration.face, of_face(seen.truth.weights, seconds))


def test_a_calibrator_teaches_each_wearer_what_its_truth_says(recording, drawn_model):
    long = recording(seed=3, seconds=51.5)
    (calibrator,) = calibrators([long], 3.0)
    assert calibrator is not None
    known = calibrations_from(calibrator.first, calibrator.features, "paired")
    taught = calibrator.taught(drawn_model, known)
    truth, positions = calibrator.first.truth, Features(long.headset).positions
    dt = seconds_between(truth.time_ns)
    moves = []
    for row, (one, before) in enumerate(zip(taught, known, strict=True)):
        features = calibrator.features[:, row]
        alone = drawn_model.taught(before, features, dt, truth.weights, positions)
        assert one.touch is not None
        assert alone.touch is not None
        assert one.touch.model == drawn_model.digest
        np.testing.assert_array_equal(one.touch.move, alone.touch.move)
        moves.append(one.touch.move)
        assert moves[-1].any()
    assert not np.array_equal(moves[0], moves[1])
