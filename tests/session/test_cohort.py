"""Wearers come and go, and each has the face that they would have alone."""

from dataclasses import replace

import numpy as np
import pytest

from tests.model import calibrations
from tests.serving.harness import small_model
from tests.session.test_pipeline import frames, step
from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Calibration
from vrface.model.calibration.calibration import Touch
from vrface.model.model import Model
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import headset
from vrface.session.cohort import ROOM, Cohort
from vrface.session.pipeline import Pipeline
from vrface.session.stepper import warm_up

PROFILE = headset("openness_gaze_mouth")
NOBODY = Calibration.none()


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return small_model(tmp_path_factory.mktemp("model") / "small")


def test_wearers_who_come_and_go_have_the_faces_of_each_alone(model: Model) -> None:
    warm_up(model, 64)
    cohort, rng = Cohort(PROFILE, model, "lively"), np.random.default_rng(0)
    there: dict[int, tuple[Pipeline, list[SensorFrame]]] = {}
    most = came = 0
    for _ in range(150):
        if rng.random() < 0.3 or not there:
            known = [NOBODY, calibrations.resting("unpaired", sensors=0.3)][came % 2]
            alone = Pipeline(PROFILE, model, 1, [known], "lively", [came])
            coming = list(frames(PROFILE, came, 400))
            there[cohort.join(known, seed=came)] = alone, coming
            came += 1
        elif rng.random() < 0.15:
            row = int(rng.choice(list(there)))
            cohort.leave(row)
            del there[row]
        most = max(most, len(there))
        assert len(cohort) == len(there)
        due = [(row, one[1].pop(0)) for row, one in there.items() if rng.random() < 0.6]
        if due:
            (faces,) = cohort.step(due)
            for place, (row, frame) in enumerate(due):
                expected = step(there[row][0], frame)
                np.testing.assert_allclose(
                    faces.weights[place], expected.weights[0], atol=1e-5, equal_nan=True
                )
                np.testing.assert_array_equal(faces.source[place], expected.source[0])
    assert most > ROOM


def test_more_wearers_than_one_step_holds_take_several(model: Model) -> None:
    model = replace(model)  # compiled for nobody as yet
    cohort, count = Cohort(PROFILE, model), ROOM + 5
    rows = [cohort.join(NOBODY) for _ in range(count)]
    assert sorted(rows) == list(range(count))
    for frame in frames(PROFILE, 0, 3):
        parts = list(cohort.step([(row, frame) for row in rows]))
    assert [len(part.sequence) for part in parts] == [ROOM, 5]
    alone = Pipeline(PROFILE, model)
    for frame in frames(PROFILE, 0, 3):
        expected = step(alone, frame)
    for part in parts:
        np.testing.assert_allclose(
            part.weights, expected.weights.repeat(len(part.weights), axis=0), atol=1e-5
        )


def test_a_step_is_as_large_as_the_model_is_compiled_for(model: Model) -> None:
    model = replace(model)
    assert model.warm() == ()
    cohort = Cohort(PROFILE, model)
    assert model.warm() == (ROOM,)
    for wearers, touched in ((32, False), (1, False), (32, False), (8, True)):
        warm_up(model, wearers, touched)
    assert (model.warm(), model.warm(touched=True)) == ((1, 8, 32), (8,))
    rows = [cohort.join(NOBODY) for _ in range(40)]
    (frame,) = frames(PROFILE, 0, 1)
    parts = list(cohort.step([(row, frame) for row in rows]))
    assert [len(part.sequence) for part in parts] == [32, 8]


def test_a_pipeline_makes_the_same_bytes_whatever_the_model_was_compiled_for(model: Model) -> None:
    plain, used = replace(model), replace(model)
    warm_up(used, 8)
    faces = [Pipeline(PROFILE, one) for one in (plain, used)]
    assert used.warm() == (1, 8)
    for frame in frames(PROFILE, 0, 20):
        one, other = (step(pipeline, frame) for pipeline in faces)
        np.testing.assert_array_equal(one.loc, other.loc)


def test_somebody_who_was_taught_by_their_own_truth_stands_beside_others(model: Model) -> None:
    rng, width = np.random.default_rng(0), len(model.statistics["prior_mean"])
    move = rng.normal(size=(width + 1, COUNT)).astype(np.float32)
    own = Touch(model.digest, move, np.full(COUNT, 1.5, np.float32))
    taught = replace(calibrations.resting("paired", face=0.1), touch=own)
    cohort = Cohort(PROFILE, model)
    rows = [cohort.join(NOBODY), cohort.join(taught), cohort.join(NOBODY)]
    lone = [Pipeline(PROFILE, model, 1, [one]) for one in (NOBODY, taught)]
    for frame in frames(PROFILE, 0, 10):
        (faces,) = cohort.step([(row, frame) for row in rows])
        expected = [step(one, frame).weights[0] for one in lone]
    np.testing.assert_allclose(faces.weights[1], expected[1], atol=1e-5)
    for place in (0, 2):
        np.testing.assert_allclose(faces.weights[place], expected[0], atol=1e-5)
    assert np.abs(expected[0] - expected[1]).max() > 0.01
    cohort.leave(rows[1])
    assert cohort.join(NOBODY) == rows[1]
    (faces,) = cohort.step([(rows[1], frame)])
    fresh = Pipeline(PROFILE, model)
    np.testing.assert_allclose(faces.weights[0], step(fresh, frame).weights[0], atol=1e-5)
