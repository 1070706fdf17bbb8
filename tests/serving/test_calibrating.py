"""A wearer calibrated amid the stream: what the sensors said counts at once, and next time."""

import numpy as np
import pytest

from tests.serving.harness import Stream, frames, opening, profile, request
from tests.serving.test_track_many import Crowd, columns, opened, said
from vrface import Session
from vrface.face.blendshapes import EYE_LOOK
from vrface.model.calibration import file
from vrface.session.observation import Observation
from vrface.wire.codec import expression_from_proto
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code

EXTRAS = profile().extras
Step = session_pb2.Calibrate.Step
BEGIN, PROMPT, END = Step.STEP_BEGIN, Step.STEP_PROMPT, Step.STEP_END
RECENTRE, CANCEL = Step.STEP_RECENTRE, Step.STEP_CANCEL


def step(which: Step, prompt: str = "") -> session_pb2.TrackRequest:
    return session_pb2.TrackRequest(calibrate=session_pb2.Calibrate(step=which, prompt=prompt))


def lived(stream: Stream, made) -> list:
    found = []
    for frame in made:
        stream.send(request(frame))
        found.append(expression_from_proto(stream.read("expression"), EXTRAS))
    return found


@pytest.fixture(scope="module")
def made():
    return frames(90 * 12, seed=3)


def test_it_is_what_the_frames_say_and_counts_from_then_on(stub, model, made):
    stream = Stream(stub, opening(wearer="anna", donning="first"))
    stream.read("opened")
    stream.send(step(BEGIN))
    assert stream.read("calibrated").progress == 0.0
    stream.send(step(PROMPT, "neutral"))
    assert 0.0 <= stream.read("calibrated").progress < 1.0
    lived(stream, made[:200])
    stream.send(step(PROMPT, "speak"))
    assert 0.0 < stream.read("calibrated").progress < 1.0
    lived(stream, made[200:400])
    stream.send(step(END))
    done = stream.read("calibrated")
    assert done.progress == 1.0
    assert set(done.improved) == set(profile().occludes) - set(EYE_LOOK)

    seen = Observation(profile())
    for number, frame in enumerate(made[:400]):
        seen.add(frame, still=number < 200)
    known = file.unpacked(done.calibration)
    expected = seen.calibration(known.about)
    assert (known.about.wearer, known.about.donning) == ("anna", "first")
    assert (known.mode, known.about.headset) == ("unpaired", profile().name)
    np.testing.assert_array_equal(known.sensors, expected.sensors)

    # From the level that counted before to the one that was found, within seconds.
    later = lived(stream, made[400:900])
    with Session(headset=profile(), model=model, calibration=known) as local:
        whole = list(local.run(made[:900]))
    np.testing.assert_allclose(later[-1].weights, whole[-1].weights, atol=0.02)
    stream.close()
    again = Stream(stub, opening(calibration=done.calibration))
    again.read("opened")
    lived(again, made[:2])  # and no notice that any of it is left aside
    again.close()


def test_too_little_is_told_and_changes_nothing(stub, made):
    stream = Stream(stub, opening())
    stream.read("opened")
    stream.send(step(BEGIN))
    stream.read("calibrated")
    lived(stream, made[:20])
    stream.send(step(END))
    answer = stream.read("calibrated")
    assert not answer.calibration
    assert "too few to calibrate from" in answer.advice
    lived(stream, made[20:22])
    stream.close()


@pytest.mark.parametrize("first", [END, PROMPT])
def test_what_was_not_begun_is_passed_over_and_told(stub, made, first):
    stream = Stream(stub, opening())
    stream.read("opened")
    stream.send(step(first))
    assert stream.read("notice").code == Code.CALIBRATION
    lived(stream, made[:2])
    stream.close()


def test_cancelled_is_forgotten_and_recentred_is_found_anew(stub, server, made):
    stream = Stream(stub, opening())
    stream.read("opened")
    stream.send(step(BEGIN))
    stream.read("calibrated")
    lived(stream, made[:700])
    (cohort,) = server.service.engine._cohorts
    watched = cohort.pipeline._normaliser.held
    assert watched.seen[0] > 48
    stream.send(step(CANCEL), step(RECENTRE))
    stream.read("calibrated")
    assert stream.read("calibrated").progress == 1.0
    assert watched.seen[0] == 0
    lived(stream, made[700:702])
    stream.close()


def test_a_wearer_among_many_is_calibrated_alone(server, made):
    stream = Crowd(server, opened(1), opened(2))
    for _ in range(2):
        stream.next_control("opened")

    def calibrate(which: Step) -> None:
        stream.send(control=[said(2, calibrate=session_pb2.Calibrate(step=which))])

    calibrate(BEGIN)
    assert stream.next_control("calibrated").wearer == 2
    other = frames(400, seed=8)
    for n in range(400):
        stream.send(frames=[columns(n + 1, {1: made[n], 2: other[n]})])
        stream.next_faces()
    calibrate(END)
    known = file.unpacked(stream.next_control("calibrated").response.calibrated.calibration)
    seen = Observation(profile())
    for frame in other:
        seen.add(frame)
    expected = seen.calibration(known.about)
    np.testing.assert_allclose(known.sensors, expected.sensors, atol=1e-6)
    (cohort,) = server.service.engine._cohorts
    modes = [cohort.pipeline.given(row).mode for row in range(2)]
    assert modes == ["none", "unpaired"]
    stream.close()
