"""`Observation`: the calibration that evaluation makes of the same seconds, and what was heard."""

from dataclasses import replace

import numpy as np
import pytest

from tests.model.some_calibrations import assert_same
from tests.serving.harness import small_model
from vrface import Permission
from vrface.errors import CalibrationError, Refused
from vrface.face.blendshapes import COUNT
from vrface.model.calibration import About
from vrface.model.calibration.summary import REST
from vrface.model.features import SLOTS
from vrface.sensors import Sample, SensorFrame, headset
from vrface.session.observation import QUIET, Heard, Observation, seconds_between
from vrface.simulation import synthetic_take, wear
from vrface.training.calibrate import Calibrator, calibrations_from
from vrface.training.recording import Recording

WHO = About("w7", "w7-1")
VIVE = headset("vive_pro_eye_lip")
LIDS = next(n for n, stream in enumerate(VIVE.streams) if stream.name == "lids")


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture(scope="module")
def paired():
    return wear(synthetic_take(seed=9101, seconds=4.0), VIVE, seed=1)


@pytest.fixture(scope="module")
def observation(paired):
    return observed(paired.frames())


def observed(frames, profile=VIVE, **options):
    made = Observation(profile)
    for frame in frames:
        made.add(frame, **options)
    return made


def lid_frames(values, period_s=0.01):
    """Frames that hold a sample of the lids each; None = nothing."""
    width = len(VIVE.streams[LIDS].channels)
    for k, value in enumerate(values):
        now = round((k + 1) * period_s * 1e9)
        samples = (Sample(LIDS, now, np.full(width, value, np.float32)),) if value else ()
        yield SensorFrame(k + 1, now, samples)


def test_it_makes_of_a_recording_what_evaluation_makes_of_it(paired, observation, model):
    recording = Recording(paired.name, paired.wearer, (paired,))
    calibrator = Calibrator.of(recording, 10.0)
    about = WHO._replace(headset=VIVE.name, seconds=observation.seconds)
    (unpaired,) = calibrations_from(calibrator.first, calibrator.features, "unpaired")
    assert_same(observation.calibration(WHO), replace(unpaired, about=about))
    (told,) = calibrations_from(calibrator.first, calibrator.features, "paired")
    (taught,) = calibrator.taught(model, [told])
    found = observation.paired(paired.truth.weights, model, WHO)
    assert found.touch is not None
    assert found.touch.move.any()
    assert_same(found, replace(taught, about=about))


def test_where_the_face_is_known_to_rest_sensors_rest_at_what_they_read():
    values = [0.9] * 150 + [0.4] * 100
    made = Observation(VIVE)
    for k, frame in enumerate(lid_frames(values)):
        made.add(frame, still=k >= 180)
    openness = SLOTS.index(("lids", VIVE.streams[LIDS].channels[0]))
    found = made.calibration(WHO).sensors[:, openness]
    assert found[REST] == pytest.approx(0.4)
    assert observed(lid_frames(values)).calibration(WHO).sensors[REST, openness] == pytest.approx(
        0.9
    )
    assert found[-2] == pytest.approx(0.9)  # how far they go is of all frames


def test_it_tells_what_moved_what_was_quiet_and_what_was_silent():
    swing = 0.5 + 0.2 * np.sin(np.arange(300) / 20)
    heard = observed(lid_frames(swing)).heard()
    assert heard["lids"].share == 1.0
    assert heard["lids"].moved == pytest.approx(0.4, abs=0.02)
    assert not heard["lids"].quiet
    assert heard["gaze"] == Heard(0.0, 0.0, 0, 4)
    assert heard["gaze"].sparse
    assert heard["gaze"].quiet
    assert "pupils" not in heard or heard["pupils"].share == 0.0
    still = observed(lid_frames([0.5 + 0.2 * QUIET * np.sin(k) for k in range(300)])).heard()
    assert still["lids"].quiet
    some = observed(lid_frames([0.5 if k < 60 else None for k in range(300)])).heard()
    assert 0.2 <= some["lids"].share < 0.5
    assert some["lids"].sparse


def test_one_gaze_for_both_eyes_is_told_as_the_stream_that_the_headset_has():
    paired = wear(synthetic_take(seed=3, seconds=4.0), headset("steam_frame_steamlink"), seed=0)
    heard = observed(paired.frames(), paired.headset).heard()
    assert set(heard) == {stream.name for stream in paired.headset.streams}
    assert heard["gaze_combined"].of == 2
    assert heard["gaze_combined"].share > 0.9


def test_times_beyond_64_bits_and_a_clock_that_goes_back_are_values(paired):
    frames = list(paired.frames())
    wild = [replace(frames[0], frame_time_ns=-(2**80)), *frames, replace(frames[5], sequence=-1)]
    assert observed(wild).frame_time_ns[-1] == frames[-1].frame_time_ns
    assert len(observed([replace(frames[0], frame_time_ns=2**80), *frames]).frame_time_ns) == 1


def test_frames_that_come_again_or_late_are_left_out(paired):
    frames = list(paired.frames())
    messy = [frames[0], frames[0], *frames[1:60], frames[3], *frames[60:]]
    assert_same(observed(messy).calibration(WHO), observed(frames).calibration(WHO))


@pytest.mark.parametrize("count", [0, 1, 150])
def test_too_few_seconds_make_none(count):
    with pytest.raises(CalibrationError, match="too few to calibrate from"):
        observed(lid_frames([0.5] * count)).calibration(WHO)


def test_silence_makes_none(model):
    silent = observed(lid_frames([None] * 300))
    with pytest.raises(CalibrationError, match="no sensor of headset 'vive_pro_eye_lip'"):
        silent.calibration(WHO)
    with pytest.raises(CalibrationError, match="no sensor"):
        silent.paired(np.zeros((300, COUNT), np.float32), model, WHO)


def test_a_headset_that_no_model_hears_is_told():
    deaf = replace(VIVE, name="deaf", streams=())
    with pytest.raises(CalibrationError, match="no model listens to any stream of headset 'deaf'"):
        Observation(deaf)


def test_without_permission_nothing_is_looked_at():
    with pytest.raises(Refused):
        Observation(VIVE, Permission("hearsay", "x"))


def test_seconds_between_frames_are_those_a_model_is_told():
    times = np.array([5, 5.01, 9, 9.5]) * 1e9
    found = seconds_between(times.astype(np.int64))
    np.testing.assert_allclose(found, [0.0, 0.01, 1.0, 0.5], rtol=1e-6)
