"""XR_ANDROID_face_tracking through OpenXR's loader: two calls, states, regions."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bindings.openxr_layer.conftest import (
    ALONE,
    ANDROID,
    SAMPLE_AGE_NS,
    at_once,
    live,
    read,
    seen,
    written,
)
from tests.openxr.client import xr
from tests.openxr.faces import Android
from vrface.face.expression import Status
from vrface.face.schemes import scheme

SCHEME = scheme("android")
PAUSED, STOPPED, TRACKING = range(3)
LOWER, LEFT, RIGHT = (
    SCHEME.shapes.index(name) for name in ("JAW_DROP", "BROW_LOWERER_L", "BROW_LOWERER_R")
)
Result = xr.Result


@pytest.fixture
def tracker(play):
    return Android(play(ANDROID))


def test_the_system_sees_faces(play):
    android = xr.SystemFaceTrackingPropertiesANDROID()
    play(ANDROID).system_properties(android)
    assert android.supports_face_tracking == 1


def test_faces_come_through(service, tracker, stub):
    face = live(3)
    answer = seen(service, tracker, face)
    assert (answer.result, answer.kind) == (Result.SUCCESS, TRACKING)
    np.testing.assert_allclose(answer.weights, written(SCHEME, face), atol=1e-6)
    np.testing.assert_array_equal(answer.confidences, face.confidence)
    assert answer.time == service.published_ns - SAMPLE_AGE_NS + stub.time_offset_ns


def test_without_a_server_it_has_stopped_and_without_a_face_it_pauses(service, tracker):
    assert seen(service, tracker, live(1)).kind == TRACKING
    answer = read(service, tracker, live(1, status=Status.NOT_WORN))
    assert (answer.result, answer.valid, answer.kind) == (Result.SUCCESS, False, PAUSED)
    assert not answer.weights.any()
    assert not answer.confidences.any()
    service.close()
    answer = tracker.read()
    assert (answer.valid, answer.kind) == (False, STOPPED)


def test_lists_are_asked_for_in_two_calls(service, tracker):
    face = live(1)
    seen(service, tracker, face)
    answer = tracker.read(room=0, regions=0)
    assert answer.result == Result.SUCCESS
    assert (answer.weights == 9).all()
    assert tracker.counts == (68, 3)
    for room, regions in ((67, 3), (68, 2), (1, 1)):
        answer = tracker.read(room=room, regions=regions)
        assert answer.result == Result.ERROR_SIZE_INSUFFICIENT
        assert tracker.counts == (68, 3)
    answer = at_once(lambda: (service.show(face), tracker.read(regions=0))[1])
    assert answer.result == Result.SUCCESS
    assert (answer.confidences == 9).all()
    np.testing.assert_allclose(answer.weights, written(SCHEME, face), atol=1e-6)


def test_a_time_that_is_none_fails(tracker):
    assert tracker.read(0).result == Result.ERROR_TIME_INVALID


def test_it_knows_no_calibration(tracker):
    assert tracker.calibrated()[0] == Result.ERROR_FEATURE_UNSUPPORTED


def test_the_dead_are_nobody(play):
    client = play(ANDROID)
    tracker, other = Android(client), Android(client)
    assert tracker.end() == Result.SUCCESS
    for result in (tracker.end(), tracker.read().result, tracker.calibrated()[0]):
        assert result == Result.ERROR_HANDLE_INVALID
    xr.destroy_session(client.session)
    assert other.read().result == Result.ERROR_HANDLE_INVALID


class TestOnARuntimeWithFaces:
    """Its own measures pass through, by region; only the rest is filled."""

    @pytest.fixture(autouse=True)
    def theirs(self, stub, play):
        stub.offer(*ALONE, ANDROID)
        values = np.random.default_rng(9).random(68, dtype=np.float32)
        stub.android.parameters[:] = values.tolist()
        stub.android.time = 77
        return values

    def test_alone_it_is_as_without_us(self, stub, tracker, theirs):
        stub.android.confidences[:], stub.android.valid, stub.android.state = [0.5, 0, 0], 0, 1
        answer = tracker.read()
        np.testing.assert_array_equal(answer.weights, theirs)
        np.testing.assert_array_equal(answer.confidences, [0.5, 0, 0])
        assert (answer.valid, answer.time, answer.kind) == (False, 77, STOPPED)
        assert tracker.calibrated() == (Result.SUCCESS, 1)

    @pytest.mark.parametrize("sure", [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)])
    def test_regions_are_whose_they_are(self, service, stub, tracker, theirs, sure):
        face, ours = live(3), written(SCHEME, live(3))
        stub.android.valid = 0
        seen(service, tracker, face)
        stub.android.valid = 1
        stub.android.confidences[:] = list(sure)
        answer = read(service, tracker, face)
        for region, place in enumerate((LOWER, LEFT, RIGHT)):
            expected = (theirs if sure[region] else ours)[place]
            assert answer.weights[place] == pytest.approx(expected, abs=1e-6)
            confidence = sure[region] or face.confidence[region]
            assert answer.confidences[region] == pytest.approx(confidence)
        assert (answer.time == 77) == any(sure)
        assert (answer.valid, answer.kind) == (True, TRACKING)

    def test_its_trackers_live_and_die_with_ours(self, stub, play):
        client = play(ANDROID)
        trackers = [Android(client) for _ in range(3)]
        assert trackers[0].end() == Result.SUCCESS
        assert stub.live.android == 2
        xr.destroy_session(client.session)
        assert stub.live.android == 0
        assert stub.refused == 0

    def test_who_may_not_see_a_face_sees_none_of_ours(self, stub, play):
        stub.answer("xrCreateFaceTrackerANDROID", Result.ERROR_PERMISSION_INSUFFICIENT)
        assert Android(play(ANDROID)).made == Result.ERROR_PERMISSION_INSUFFICIENT
