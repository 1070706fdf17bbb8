"""XR_HTC_facial_tracking through OpenXR's loader: an eye and a lip tracker, apart."""

from __future__ import annotations

import numpy as np
import pytest

from tests.bindings.openxr_layer.conftest import (
    ALONE,
    FACIAL,
    SAMPLE_AGE_NS,
    live,
    read,
    seen,
    written,
)
from tests.openxr.client import xr
from tests.openxr.faces import Facial
from vrface.face.expression import Status
from vrface.face.schemes import scheme
from vrface.sensors.headset import headset

HTC = scheme("htc")
PARTS = {1: slice(0, 14), 2: slice(14, 51)}
Result = xr.Result


@pytest.fixture(params=PARTS, ids=["eyes", "lips"])
def what(request):
    return request.param


@pytest.fixture
def tracker(play, what):
    return Facial(play(FACIAL), what)


def test_the_system_sees_eyes_and_lips(play):
    facial = xr.SystemFacialTrackingPropertiesHTC()
    play(FACIAL).system_properties(facial)
    assert facial.support_eye_facial_tracking == facial.support_lip_facial_tracking == 1


def test_faces_come_through(service, tracker, what, stub):
    face = live(3, headset("vive_pro_eye_lip").extras)
    answer = seen(service, tracker, face)
    assert answer.result == Result.SUCCESS
    np.testing.assert_allclose(answer.weights, written(HTC, face)[PARTS[what]], atol=1e-6)
    assert answer.time == service.published_ns - SAMPLE_AGE_NS + stub.time_offset_ns


def test_who_is_not_tracked_has_no_face(service, tracker):
    seen(service, tracker, live(1))
    answer = read(service, tracker, live(1, status=Status.WITHHELD))
    assert (answer.result, answer.valid) == (Result.SUCCESS, False)
    assert not answer.weights.any()


def test_a_list_too_short_is_left_alone(service, tracker):
    seen(service, tracker, live(1))
    answer = tracker.read(tracker.count - 1)
    assert answer.result == Result.ERROR_SIZE_INSUFFICIENT
    assert (answer.weights == 9).all()
    assert tracker.read(tracker.count + 1).result == Result.SUCCESS


@pytest.mark.parametrize("wrong", [0, 3, -1])
def test_an_unknown_type_fails(play, wrong):
    assert Facial(play(FACIAL), wrong).made == Result.ERROR_VALIDATION_FAILURE


def test_the_dead_are_nobody(play, what):
    client = play(FACIAL)
    tracker, other = Facial(client, what), Facial(client, 3 - what)
    assert tracker.end() == Result.SUCCESS
    assert tracker.end() == tracker.read().result == Result.ERROR_HANDLE_INVALID
    xr.destroy_session(client.session)
    assert other.read().result == Result.ERROR_HANDLE_INVALID


class TestOnARuntimeWithFaces:
    """A tracker that is active there is left to it, each for itself."""

    @pytest.fixture(autouse=True)
    def theirs(self, stub, play):
        stub.offer(*ALONE, FACIAL)
        values = np.random.default_rng(9).random(51, dtype=np.float32)
        stub.facial.eye[:], stub.facial.lip[:] = values[:14].tolist(), values[14:].tolist()
        stub.facial.eye_time = stub.facial.lip_time = 77
        return values

    def test_one_may_be_theirs_and_the_other_ours(self, service, stub, play, theirs):
        client, face = play(FACIAL), live(3)
        eyes, lips = Facial(client, 1), Facial(client, 2)
        stub.facial.eye_active = 0
        answer = seen(service, eyes, face)
        np.testing.assert_allclose(answer.weights, written(HTC, face)[:14], atol=1e-6)
        answer = read(service, lips, face)
        np.testing.assert_array_equal(answer.weights, theirs[14:])
        assert (answer.valid, answer.time) == (True, 77)
        stub.facial.eye_active, stub.facial.lip_active = 1, 0
        np.testing.assert_array_equal(read(service, eyes, face).weights, theirs[:14])
        answer = read(service, lips, face)
        np.testing.assert_allclose(answer.weights, written(HTC, face)[14:], atol=1e-6)

    def test_inactive_and_without_us_it_is_as_it_was(self, stub, play, theirs):
        tracker = Facial(play(FACIAL), 1)
        stub.facial.eye_active = 0
        answer = tracker.read()
        np.testing.assert_array_equal(answer.weights, theirs[:14])
        assert not answer.valid

    def test_what_it_lacks_we_have(self, service, stub, play):
        stub.support("lip_facial")
        client = play(FACIAL)
        facial = xr.SystemFacialTrackingPropertiesHTC()
        client.system_properties(facial)
        assert facial.support_eye_facial_tracking == facial.support_lip_facial_tracking == 1
        assert seen(service, Facial(client, 1), live(1)).valid
        assert Facial(client, 2).made == Result.SUCCESS
        assert (stub.live.eye_facial, stub.live.lip_facial) == (0, 1)

    def test_its_trackers_live_and_die_with_ours(self, stub, play, what):
        client = play(FACIAL)
        tracker = Facial(client, what)
        assert stub.live.eye_facial + stub.live.lip_facial == 1
        assert tracker.end() == Result.SUCCESS
        assert stub.live.eye_facial + stub.live.lip_facial == 0

    def test_its_losses_are_told(self, stub, play, what):
        tracker = Facial(play(FACIAL), what)
        stub.lose(session=True)
        assert tracker.read().result == Result.ERROR_SESSION_LOST
