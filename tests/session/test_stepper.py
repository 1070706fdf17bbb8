"""Wearers of one headset and model: what is remembered of each, and what follows them elsewhere."""

from dataclasses import replace

import numpy as np
import pytest

from tests.model import calibrations
from tests.serving.harness import small_model
from tests.session.test_pipeline import MODEL, frames, step
from vrface.model.calibration import Calibration
from vrface.model.features import Features
from vrface.model.model import Model
from vrface.outputs.measured import Measured
from vrface.sensors.headset import headset
from vrface.session.frame_step import EASE_S, WEIGHTS
from vrface.session.pipeline import Pipeline
from vrface.session.stepper import Stepper, warm_up

PROFILE = headset("eyes_and_mouth")
NOBODY = Calibration.none()


def stepper(model: Model, *known: Calibration) -> Stepper:
    return Stepper(model, Measured(PROFILE, WEIGHTS), Features(PROFILE).positions, known)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return small_model(tmp_path_factory.mktemp("model") / "small")


def test_what_values_are_seen_against_eases_over_and_never_jumps() -> None:
    pipeline = Pipeline(PROFILE, MODEL)
    for number, frame in enumerate(frames(PROFILE, 0, 200)):
        if number == 20:
            pipeline.calibrate(0, calibrations.resting("unpaired", sensors=0.9))
        before = pipeline._stepper.memory.levels.rest.copy()
        step(pipeline, frame)
        memory = pipeline._stepper.memory
        apart = np.abs(memory.wanted.rest - before)
        most = apart * (1.0 - np.exp(-1.0 / 90.0 / EASE_S)) + 1e-6
        assert (np.abs(memory.levels.rest - before) <= most).all()
    assert 0.05 < np.median(np.abs(memory.levels.rest - memory.wanted.rest)) < 0.2


def test_what_the_model_was_given_is_what_its_levels_make_of_the_features() -> None:
    pipeline = Pipeline(PROFILE, MODEL, 2)
    for frame in frames(PROFILE, 0, 3):
        step(pipeline, frame, (0, 1))
    seen, dt = pipeline.features()
    assert (seen.shape, dt.shape) == ((2, 4, 256), (2,))
    np.testing.assert_allclose(dt, 1.0 / 90.0, atol=1e-6)
    alone = Pipeline(PROFILE, MODEL)
    for frame in frames(PROFILE, 0, 3):
        step(alone, frame)
    np.testing.assert_allclose(alone.features()[0][0], seen[1], atol=1e-6)


def test_another_model_goes_on_with_the_wearers_of_the_one_before(small: Model) -> None:
    other = replace(small, params=dict(small.params), digest=b"another")
    known = [NOBODY, calibrations.resting("paired", sensors=0.3, face=0.2)]
    one, next_one = stepper(small, *known), stepper(other, known[0])
    rng = np.random.default_rng(0)
    one.held.numbers[:] = rng.random(one.held.numbers.shape, dtype=np.float32)
    next_one.take_over(one, known, known[:1])
    for name in ("carry", "rest", "laws", "drawing", "alive", "settings", "smoothed", "levels"):
        for own, before in zip(
            *(_leaves(getattr(part.memory, name)) for part in (next_one, one)), strict=True
        ):
            np.testing.assert_array_equal(own, before)
    assert (next_one.memory.blended.source == 255).all()


def test_of_another_architecture_nothing_is_carried_over(small: Model) -> None:
    one, ridge = stepper(MODEL, NOBODY), stepper(MODEL.ridge, NOBODY)
    one.held.numbers[:] = 0.5
    ridge.take_over(one, [NOBODY], [NOBODY])
    assert (ridge.memory.carry["memory"] == 0.0).all()
    assert (ridge.memory.alive.weights == 0.5).all()


def test_the_sizes_that_a_step_was_compiled_for_are_told(small: Model) -> None:
    model = replace(small)
    assert model.warm() == ()
    for wearers in (8, 1, 8):
        warm_up(model, wearers)
    assert (model.warm(), model.warm(touched=True)) == ((1, 8), ())


def test_a_law_that_is_no_number_is_an_error_where_it_is_checked(small: Model) -> None:
    broken = replace(small, params={k: v * np.nan for k, v in small.params.items()})
    pipeline = Pipeline(PROFILE, broken)
    (frame,) = frames(PROFILE, 0, 1)
    step(pipeline, frame)  # passed over
    pipeline.use(pipeline.replacement(broken), checked=True)
    before = pipeline.taken(0)
    with pytest.raises(FloatingPointError, match="no number"):
        step(pipeline, frame)
    after = pipeline.taken(0)
    for name in before:
        if "time_ns" not in name and "values" not in name:  # what came in came in
            np.testing.assert_array_equal(after[name], before[name], name)


def _leaves(part: object) -> list[np.ndarray]:
    if isinstance(part, np.ndarray):
        return [part]
    inner = part.values() if isinstance(part, dict) else part
    return [leaf for one in inner for leaf in _leaves(one)]  # type: ignore[attr-defined]
