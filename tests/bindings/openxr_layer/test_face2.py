"""XR_FB_face_tracking2 through OpenXR's loader: faces, errors, what passes through."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bindings.openxr_layer.conftest import (
    ALONE,
    FACE2,
    SAMPLE_AGE_NS,
    at_once,
    live,
    read,
    seen,
    written,
)
from tests.openxr.client import xr
from tests.openxr.faces import Face2
from tests.openxr.stub import FOCUSED, VISIBLE
from vrface.face.expression import Source, Status
from vrface.face.schemes import scheme
from vrface.sensors.headset import headset

FB2 = scheme("fb2")
LOOKS = slice(14, 22)
UPPER = [k for k, row in enumerate(FB2.rows) if row.shape.startswith(("BROW", "EYES_CLOSED"))]
JAW = FB2.shapes.index("JAW_DROP")
Result = xr.Result


@pytest.fixture
def tracker(play):
    return Face2(play(FACE2))


def test_the_system_sees_faces(play):
    client = play(FACE2)
    face, other = xr.SystemFaceTrackingProperties2FB(), xr.SystemEyeTrackingPropertiesFB()
    face.supports_audio_face_tracking = other.supports_eye_tracking = 7
    client.system_properties(other, face)
    assert (face.supports_visual_face_tracking, face.supports_audio_face_tracking) == (1, 0)
    assert other.supports_eye_tracking == 7  # nobody's business


def test_faces_come_through(service, tracker):
    assert tracker.made == Result.SUCCESS
    for seed in range(3):
        face = live(seed)
        answer = seen(service, tracker, face)
        assert answer.result == Result.SUCCESS
        np.testing.assert_allclose(answer.weights, written(FB2, face), atol=1e-6)
        lower, left, right = face.confidence
        np.testing.assert_array_equal(answer.confidences, [lower, min(left, right)])
        assert (answer.eyes, answer.kind) == (True, 0)


def test_a_quest_pros_face_is_itself(service, tracker):
    """FB's 70 in, by the headset's profile, and FB's 70 out: to 1/255, and closer."""
    extras = headset("quest_pro").extras
    assert FB2.extras == extras
    rng = np.random.default_rng(5)
    given = rng.random(70, dtype=np.float32)
    weights = FB2.read(given)
    source = np.full(len(weights), Source.MEASURED, np.uint8)
    answer = seen(service, tracker, live(1, extras, weights=weights, source=source))
    np.testing.assert_allclose(answer.weights, given, atol=1e-6)


def test_what_is_absent_is_zero(service, tracker):
    weights = live(4).weights.copy()
    source = live(4).source.copy()
    weights[17], source[17] = np.nan, Source.ABSENT
    face = live(4, weights=weights, source=source, confidence=np.full(3, np.nan, np.float32))
    answer = seen(service, tracker, face)
    assert answer.weights[JAW] == 0
    assert not answer.confidences.any()
    assert np.isfinite(answer.weights).all()


@pytest.mark.parametrize(
    "status", [Status.WARMING_UP, Status.NOT_WORN, Status.STALE, Status.WITHHELD, Status.ABSENT]
)
def test_who_is_not_tracked_has_no_face(service, tracker, status):
    assert seen(service, tracker, live(1)).valid
    answer = read(service, tracker, live(2, status=status))
    assert (answer.result, answer.valid, answer.eyes) == (Result.SUCCESS, False, False)
    assert not answer.weights.any()
    assert not answer.confidences.any()


def test_eyes_that_are_not_seen_are_zero(service, tracker):
    face = live(1, gaze=np.full(4, np.nan, np.float32))
    answer = seen(service, tracker, face)
    assert not answer.eyes
    assert not answer.weights[LOOKS].any()
    assert answer.weights[JAW] == pytest.approx(face["jawOpen"])


def test_time_is_when_the_sample_was_taken(service, tracker, stub):
    answer = seen(service, tracker, live(1), age_ns=5_000_000)
    offset_ns = stub.time_offset_ns
    assert answer.time == service.published_ns - SAMPLE_AGE_NS + offset_ns
    answer = seen(service, tracker, live(2, sample_time_ns=0))
    assert answer.time == service.published_ns + offset_ns


def test_without_a_clock_time_counts_from_what_was_asked_for(service, stub, tracker):
    seen(service, tracker, live(1))
    stub.answer("xrConvertTimespecTimeToTimeKHR", Result.ERROR_TIME_INVALID)
    asked = 10**15
    answer = at_once(lambda: (service.show(live(2)), tracker.read(asked))[1])
    assert answer.valid
    assert asked - SAMPLE_AGE_NS - 50_000_000 < answer.time <= asked - SAMPLE_AGE_NS


@pytest.mark.parametrize(("weights", "confidences"), [(69, 2), (71, 2), (0, 2), (70, 1), (70, 3)])
def test_wrong_counts_fail(service, tracker, weights, confidences):
    service.show(live(1))
    answer = tracker.read(weights=weights, confidences=confidences)
    assert answer.result == Result.ERROR_VALIDATION_FAILURE
    assert (answer.weights == 9).all()


def test_a_time_that_is_none_fails(tracker):
    assert tracker.read(0).result == Result.ERROR_TIME_INVALID
    assert tracker.read(-1).result == Result.ERROR_TIME_INVALID


@pytest.mark.parametrize(
    ("sources", "more", "result"),
    [
        ((), {"expression_set": 1}, Result.ERROR_VALIDATION_FAILURE),
        ((0, 0), {}, Result.ERROR_VALIDATION_FAILURE),
        ((2,), {}, Result.ERROR_VALIDATION_FAILURE),
        ((-1,), {}, Result.ERROR_VALIDATION_FAILURE),
        ((1,), {}, Result.ERROR_FEATURE_UNSUPPORTED),
        ((0, 1), {}, Result.SUCCESS),
        ((0,), {}, Result.SUCCESS),
    ],
)
def test_a_tracker_is_asked_for_rightly(play, sources, more, result):
    assert Face2(play(FACE2), *sources, **more).made == result


def test_the_dead_are_nobody(play):
    client = play(FACE2)
    first, second = Face2(client), Face2(client)
    assert first.handle != second.handle
    assert first.end() == Result.SUCCESS
    assert first.end() == Result.ERROR_HANDLE_INVALID
    assert first.read().result == Result.ERROR_HANDLE_INVALID
    assert second.read().result == Result.SUCCESS
    xr.destroy_session(client.session)
    assert second.read().result == Result.ERROR_HANDLE_INVALID
    assert Face2(client).made == Result.ERROR_HANDLE_INVALID


def test_out_of_focus_there_is_no_face(service, play, stub):
    client = play(FACE2)
    tracker = Face2(client)
    seen(service, tracker, live(1))
    stub.lead(VISIBLE)
    client.poll()
    assert not read(service, tracker, live(2)).valid
    stub.lead(FOCUSED)
    client.poll()
    assert read(service, tracker, live(2)).valid


class TestOnARuntimeWithFaces:
    """Its own measures pass through; only the rest is filled."""

    @pytest.fixture(autouse=True)
    def _offered(self, stub, play):
        stub.offer(*ALONE, FACE2)

    @pytest.fixture
    def tracker(self, play):
        return Face2(play(FACE2))

    @pytest.fixture
    def theirs(self, stub):
        values = np.random.default_rng(9).random(70, dtype=np.float32)
        stub.face2.weights[:] = values.tolist()
        stub.face2.confidences[:] = [0.5, 0.25]
        stub.face2.time = 77
        return values

    def test_alone_it_is_as_without_us(self, tracker, theirs):
        answer = tracker.read()
        np.testing.assert_array_equal(answer.weights, theirs)
        assert (answer.valid, answer.eyes, answer.time) == (True, True, 77)
        np.testing.assert_array_equal(answer.confidences, [0.5, 0.25])

    @pytest.mark.parametrize("lower", [0, 0.5])
    @pytest.mark.parametrize("upper", [0, 0.25])
    @pytest.mark.parametrize("eyes", [0, 1])
    def test_regions_are_whose_they_are(self, service, stub, tracker, theirs, lower, upper, eyes):
        face, ours = live(3), written(FB2, live(3))
        stub.face2.valid = 0
        seen(service, tracker, face)
        stub.face2.valid = 1
        stub.face2.confidences[:], stub.face2.eyes_valid = [lower, upper], eyes
        answer = read(service, tracker, face)
        np.testing.assert_allclose(answer.weights[JAW], (theirs if lower else ours)[JAW], atol=1e-6)
        np.testing.assert_allclose(
            answer.weights[UPPER], (theirs if upper else ours)[UPPER], atol=1e-6
        )
        np.testing.assert_allclose(
            answer.weights[LOOKS], (theirs if eyes else ours)[LOOKS], atol=1e-6
        )
        down, left, right = face.confidence
        expected = [lower or down, upper or min(left, right)]
        np.testing.assert_allclose(answer.confidences, expected, atol=1e-6)
        assert (answer.time == 77) == bool(lower or upper or eyes)
        assert answer.eyes

    @pytest.mark.parametrize(("field", "value"), [("valid", 0), ("data_source", 1)])
    def test_what_it_does_not_see_is_ours(self, service, stub, tracker, theirs, field, value):
        face = live(3)
        stub.face2.valid = 0
        seen(service, tracker, face)
        stub.face2.valid = 1
        setattr(stub.face2, field, value)
        answer = read(service, tracker, face)
        np.testing.assert_allclose(answer.weights, written(FB2, face), atol=1e-6)
        service.end()
        answer = tracker.read()
        assert answer.kind == stub.face2.data_source
        np.testing.assert_array_equal(answer.weights, theirs * bool(stub.face2.valid))

    def test_its_losses_are_told_and_its_other_faults_are_not(self, service, stub, tracker):
        face = live(3)
        stub.face2.valid = 0
        seen(service, tracker, face)
        for result in (Result.ERROR_SESSION_LOST, Result.ERROR_INSTANCE_LOST):
            stub.answer("xrGetFaceExpressionWeights2FB", result)
            assert tracker.read().result == result
        stub.answer("xrGetFaceExpressionWeights2FB", Result.ERROR_RUNTIME_FAILURE)
        answer = read(service, tracker, face)
        assert answer.result == Result.SUCCESS
        np.testing.assert_allclose(answer.weights, written(FB2, face), atol=1e-6)
        stub.answer("xrGetFaceExpressionWeights2FB", Result.SESSION_LOSS_PENDING)
        assert tracker.read().result == Result.SESSION_LOSS_PENDING

    def test_sound_alone_is_left_to_it(self, service, stub, play, theirs):
        tracker = Face2(play(FACE2), 1)
        assert tracker.made == Result.SUCCESS
        stub.face2.data_source = 1
        np.testing.assert_array_equal(read(service, tracker, live(3)).weights, theirs)
        stub.face2.valid = 0
        assert not read(service, tracker, live(3)).valid

    def test_where_it_supports_nothing_we_do(self, service, stub, play):
        stub.support("gaze")
        client = play(FACE2)
        face2 = xr.SystemFaceTrackingProperties2FB()
        client.system_properties(face2)
        assert (face2.supports_visual_face_tracking, face2.supports_audio_face_tracking) == (1, 0)
        tracker = Face2(client)
        assert seen(service, tracker, live(3)).valid
        assert stub.live.face2 == 0

    def test_its_trackers_live_and_die_with_ours(self, stub, play):
        client = play(FACE2)
        trackers = [Face2(client) for _ in range(5)]
        assert stub.live.face2 == 5
        assert [tracker.end() for tracker in trackers[:3]] == [Result.SUCCESS] * 3
        assert stub.live.face2 == 2
        xr.destroy_session(client.session)
        assert stub.live.face2 == 0
        assert trackers[4].end() == Result.ERROR_HANDLE_INVALID
        assert stub.refused == 0

    def test_who_may_not_see_a_face_sees_none_of_ours(self, stub, play):
        stub.answer("xrCreateFaceTracker2FB", Result.ERROR_PERMISSION_INSUFFICIENT)
        assert Face2(play(FACE2)).made == Result.ERROR_PERMISSION_INSUFFICIENT
