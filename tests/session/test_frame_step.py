"""The compiled step shows what its parts show one after the other."""

import numpy as np
import pytest

from tests.model import calibrations
from tests.session.test_pipeline import MODEL, frames
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Status, Style
from vrface.face.smoothing import Smoothing
from vrface.model import law
from vrface.outputs.blending import Blended, blended
from vrface.outputs.easing import Eased, eased
from vrface.outputs.fusion import Alive, Inferred, Kinds, fused
from vrface.outputs.lively.draw import Dice, Drawing, draw
from vrface.outputs.measured import Measured, measured
from vrface.outputs.smoothing import Settings, Smoothed, smoothed
from vrface.sensors.align import Align
from vrface.sensors.frame import SensorFrame, columns
from vrface.sensors.headset import HeadsetProfile, headset
from vrface.session.frame_step import WEIGHTS, frame_step
from vrface.session.pipeline import Pipeline

KNOWN = calibrations.resting("paired", sensors=0.2, face=0.15)


def broken(profile: HeadsetProfile, seed: int, count: int) -> list[SensorFrame]:
    """Frames of sensors that come and go, for a moment or for long; at times all are gone."""
    rng, silent_till = np.random.default_rng(seed), np.zeros(len(profile.streams))
    made = []
    for number, frame in enumerate(frames(profile, seed, count)):
        falls = rng.random(len(silent_till)) < 0.03
        until = np.where(falls, number + rng.integers(1, 90, len(falls)), 0)
        silent_till = np.maximum(silent_till, until)
        if number % 200 == 150:
            silent_till[:] = number + 90
        kept = tuple(one for one in frame.samples if silent_till[one.stream] <= number)
        for sample in kept:
            sample.values[rng.random(len(sample.values)) < 0.05] = np.nan
        made.append(SensorFrame(frame.sequence, frame.frame_time_ns, kept))
    return made


@pytest.mark.parametrize("style", ["expected", "lively"])
@pytest.mark.parametrize("smooth", ["off", "on,measured"])
@pytest.mark.parametrize("name", ["everything", "openness_gaze_mouth"])
def test_what_is_shown_is_what_its_parts_show_one_after_the_other(
    name: str, smooth: str, style: Style
) -> None:
    profile, statistics = headset(name), MODEL.statistics
    smoothing = Smoothing.parse(smooth)
    pipeline = Pipeline(profile, MODEL, 1, [KNOWN], style, [3], [smoothing])
    align, reading = Align(profile, 1), Measured(profile)
    rest = np.zeros((1, COUNT + len(profile.extras)), np.float32)
    rest[0, :COUNT] = KNOWN.face_rest(statistics)
    kinds = Kinds(reading.noise, reading.source, reading.partial, statistics["climatology_stddev"])
    laws, drawing, dice = Eased.begun(1), Drawing.begun(1), Dice(statistics, [3])
    alive, last = Alive.begun(rest, kinds), Blended.begun(rest)
    settings, calm = Settings.of([smoothing]), Smoothed.begun(*rest.shape)
    before: np.ndarray | None = None
    kinds_seen = set()
    for frame in broken(profile, 1, 500):
        pipeline.push([(0, frame)])
        samples = columns([(0, frame)], align.widths)
        align.push(samples)
        when = np.array([frame.frame_time_ns])
        got, aligned = pipeline.step(np.array([frame.sequence]), when), align.at(when)
        dt = ((when - (when if before is None else before)) / 1e9).astype(np.float32)
        before = when

        face = measured(reading.read(aligned), reading.failover)
        mean, stddev = (np.asarray(of(got.loc, got.scale)) for of in (law.mean, law.stddev))
        laws = eased(laws, mean, got.scale, dt)
        heard = got.status == Status.TRACKING
        drawing, (weights, drawn) = draw(
            drawing,
            statistics["blink_hazard"],
            dice(dt),
            (got.loc, got.scale),
            face.present[:, :COUNT],
            heard,
            dt,
        )
        drawn = drawn & (style == "lively")
        room = 1.0 - rest[:, :COUNT]
        shown = rest[:, :COUNT] + room * np.where(drawn, weights, laws.loc)
        inferred = Inferred(shown, room * stddev, drawn, heard)
        alive, whole = fused(alive, rest, kinds, face, inferred, dt)
        calm, weights = smoothed(calm, settings, whole.weights, whole.source, dt)
        last, weights = blended(last, rest, weights, whole.source, dt)
        np.testing.assert_array_equal(got.source, whole.source)
        np.testing.assert_allclose(got.weights, weights, atol=2e-5)
        np.testing.assert_allclose(got.stddev, whole.stddev, atol=2e-5)
        np.testing.assert_allclose(got.confidence, whole.confidence, atol=2e-5)
        np.testing.assert_allclose(got.gaze, face.gaze)
        kinds_seen |= set(got.source.ravel().tolist())
    assert kinds_seen >= {0, 1, 3, 4}


def test_models_of_one_architecture_share_a_step() -> None:
    step = frame_step(MODEL)
    assert frame_step(MODEL) is step
    assert frame_step(MODEL.ridge) is not step
    assert step.outcome.width == 1 + 3 * WEIGHTS + 3 + 4 + 2 * COUNT
