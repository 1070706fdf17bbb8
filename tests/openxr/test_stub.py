"""The stub runtime through OpenXR's own loader: it does what the file says, and is strict."""

from __future__ import annotations

import ctypes
import math
import subprocess
import sys

import pytest

from tests.openxr import stub as steered
from tests.openxr.client import HEADLESS, TIMESPEC, Client, xr
from tests.openxr.conftest import ROOT
from tests.openxr.stub import EXTENSIONS, FOCUSED, IDLE, LOSS_PENDING, SYNCHRONIZED

FACE2 = "XR_FB_face_tracking2"
State = xr.SessionState
UP = [State.IDLE, State.READY, State.SYNCHRONIZED, State.VISIBLE, State.FOCUSED]


@pytest.fixture
def client(stub):
    with Client(*EXTENSIONS[2:]) as client:
        yield client


def floats(count: int) -> ctypes.Array[ctypes.c_float]:
    return (ctypes.c_float * count)()


def handle(kind):
    return ctypes.pointer(kind())


def weights2(count: int = 70, confidences: int = 2):
    face = xr.FaceExpressionWeights2FB()
    buffers = floats(70), floats(2)
    face.weight_count, face.confidence_count = count, confidences
    face._weights, face._confidences = (
        ctypes.cast(each, ctypes.POINTER(ctypes.c_float)) for each in buffers
    )
    return face, *buffers


def tracker2(client: Client, **fields):
    made = handle(xr.FaceTracker2FB)
    info = xr.FaceTrackerCreateInfo2FB(**fields)
    assert client.call("xrCreateFaceTracker2FB", client.session, info, made) == xr.Result.SUCCESS
    return made.contents


def test_it_offers_what_it_is_told(stub):
    stub.offer(HEADLESS, FACE2)
    offered = {e.extension_name.decode() for e in xr.enumerate_instance_extension_properties()}
    assert offered & set(EXTENSIONS) == {HEADLESS, FACE2}
    with pytest.raises(xr.ExtensionNotPresentError):
        Client()
    assert stub.calls("xrCreateInstance") == 0  # the loader itself knew
    stub.offer(*EXTENSIONS)
    with Client(FACE2):
        assert set(stub.enabled) == {HEADLESS, TIMESPEC, FACE2}
        assert (stub.live.instance, stub.live.session) == (1, 1)
    assert (stub.live.instance, stub.live.session) == (0, 0)


def test_a_session_is_led(stub, client):
    assert client.poll() == UP
    stub.lead(SYNCHRONIZED)
    assert client.poll() == [State.VISIBLE, State.SYNCHRONIZED]
    stub.lead(IDLE)
    assert client.poll() == [State.STOPPING, State.IDLE]
    stub.lead(FOCUSED)
    assert client.poll() == UP[1:]
    xr.request_exit_session(client.session)
    down = [State.VISIBLE, State.SYNCHRONIZED, State.STOPPING, State.IDLE, State.EXITING]
    assert client.poll() == down


def test_losses_are_told(stub, client):
    client.poll()
    stub.lead(LOSS_PENDING)
    assert client.poll() == [State.LOSS_PENDING]
    stub.lose(instance=True, session=True)
    assert client.poll() == [xr.StructureType.EVENT_DATA_INSTANCE_LOSS_PENDING]
    with pytest.raises(xr.SessionLostError):
        xr.request_exit_session(client.session)


def test_time_is_its_own(stub, client):
    assert abs(client.now() - stub.now()) < 10**9
    stub.steering.time_offset_ns += 10**12
    assert abs(client.now() - stub.now()) < 10**9


def test_the_head_and_the_gaze_are_where_they_are_put(stub, client):
    half = math.sqrt(0.5)
    stub.head.pose.position[:], stub.head.pose.orientation[:] = [1, 2, 3], [0, half, 0, half]
    spaces = {
        kind: xr.create_reference_space(
            client.session, xr.ReferenceSpaceCreateInfo(reference_space_type=kind)
        )
        for kind in xr.enumerate_reference_spaces(client.session)
    }
    kinds = xr.ReferenceSpaceType
    view, local = spaces[kinds.VIEW], spaces[kinds.LOCAL]
    where = xr.locate_space(view, local, client.now())
    assert list(where.pose.position) == [1, 2, 3]
    assert where.location_flags == 15
    back = xr.locate_space(local, view, client.now())
    assert list(back.pose.position) == pytest.approx([3, -2, -1], abs=1e-6)
    stub.head.flags = 0
    assert xr.locate_space(view, local, client.now()).location_flags == 0
    with pytest.raises(xr.TimeInvalidError):
        xr.locate_space(view, local, 0)


def test_the_gaze_is_an_action(stub, client):
    path = [
        xr.string_to_path(client.instance, text)
        for text in (
            "/interaction_profiles/ext/eye_gaze_interaction",
            "/user/eyes_ext/input/gaze_ext/pose",
        )
    ]
    actions = xr.create_action_set(
        client.instance,
        xr.ActionSetCreateInfo(action_set_name="eyes", localized_action_set_name="eyes"),
    )
    gaze = xr.create_action(
        actions,
        xr.ActionCreateInfo(
            action_name="gaze",
            action_type=xr.ActionType.POSE_INPUT,
            localized_action_name="gaze",
        ),
    )
    xr.suggest_interaction_profile_bindings(
        client.instance,
        xr.InteractionProfileSuggestedBinding(
            interaction_profile=path[0],
            suggested_bindings=[xr.ActionSuggestedBinding(gaze, path[1])],
        ),
    )
    xr.attach_session_action_sets(
        client.session, xr.SessionActionSetsAttachInfo(action_sets=[actions])
    )
    eyes = xr.create_action_space(client.session, xr.ActionSpaceCreateInfo(action=gaze))
    view = xr.create_reference_space(
        client.session,
        xr.ReferenceSpaceCreateInfo(reference_space_type=xr.ReferenceSpaceType.VIEW),
    )
    stub.gaze.pose.orientation[:] = [0, 0.6, 0, 0.8]
    stub.gaze.time = 77

    def looks() -> tuple[int, int, int]:
        sync = xr.ActionsSyncInfo(active_action_sets=[xr.ActiveActionSet(actions, 0)])
        client.call("xrSyncActions", client.session, sync)
        state = xr.get_action_state_pose(client.session, xr.ActionStateGetInfo(action=gaze))
        sample = xr.EyeGazeSampleTimeEXT()
        location = xr.SpaceLocation()
        location._next = ctypes.addressof(sample)
        client.call("xrLocateSpace", eyes, view, client.now(), location)
        assert location.pose.orientation.y == pytest.approx(0.6)
        return int(state.is_active), int(location._location_flags), sample.time

    assert looks() == (0, 0, 0)
    client.poll()
    assert looks() == (1, 15, 77)
    stub.gaze.active = 0
    assert looks() == (0, 0, 0)
    stub.gaze.active = 1
    stub.support("visual")
    assert looks() == (0, 0, 0)


def test_system_properties_say_what_is_supported(stub, client):
    stub.support("visual", "lip_facial", "android")
    face, facial = xr.SystemFaceTrackingProperties2FB(), xr.SystemFacialTrackingPropertiesHTC()
    android, gaze = xr.SystemFaceTrackingPropertiesANDROID(), xr.SystemEyeTrackingPropertiesFB()
    assert client.system_properties(face, facial, android, gaze).system_name == b"stub headset"
    assert (face.supports_visual_face_tracking, face.supports_audio_face_tracking) == (1, 0)
    assert facial.support_eye_facial_tracking == 0
    assert facial.support_lip_facial_tracking == 1
    assert (android.supports_face_tracking, gaze.supports_eye_tracking) == (1, 0)


def test_faces_come_as_they_are_put(stub, client):
    face, weights, confidences = weights2()
    info = xr.FaceExpressionInfo2FB(time=client.now())
    tracker = tracker2(client)
    stub.face2.weights[24], stub.face2.weights[14] = 0.5, 0.25
    stub.face2.confidences[:], stub.face2.time = [0.5, 0.25], 99
    read = ("xrGetFaceExpressionWeights2FB", tracker, info, face)
    assert client.call(*read) == xr.Result.SUCCESS
    assert (weights[24], weights[14], list(confidences)) == (0.5, 0.25, [0.5, 0.25])
    assert (face.is_valid, face.is_eye_following_blendshapes_valid, face.time) == (1, 1, 99)
    stub.face2.eyes_valid = 0
    assert client.call(*read) == xr.Result.SUCCESS
    assert (weights[24], weights[14]) == (0.5, 0)
    stub.face2.valid = 0
    assert client.call(*read) == xr.Result.SUCCESS
    assert not any(weights)
    stub.answer("xrGetFaceExpressionWeights2FB", xr.Result.ERROR_SESSION_LOST)
    assert client.call(*read) == xr.Result.ERROR_SESSION_LOST
    stub.answer("xrGetFaceExpressionWeights2FB")
    assert stub.refused == 0


@pytest.mark.parametrize(("count", "confidences"), [(69, 2), (71, 2), (70, 1), (70, 3)])
def test_wrong_counts_are_refused(stub, client, count, confidences):
    face, *_ = weights2(count, confidences)
    info = xr.FaceExpressionInfo2FB(time=client.now())
    result = client.call("xrGetFaceExpressionWeights2FB", tracker2(client), info, face)
    assert result == xr.Result.ERROR_VALIDATION_FAILURE
    assert stub.refused == 1
    assert stub.refusal.endswith("(-1)")


def test_what_is_not_enabled_is_no_function(stub):
    with Client() as client, pytest.raises(xr.FunctionUnsupportedError):
        client.function("xrCreateFaceTracker2FB")


def test_the_dead_are_nobody(stub, client):
    face, *_ = weights2()
    info = xr.FaceExpressionInfo2FB(time=client.now())
    tracker = tracker2(client)
    assert client.call("xrDestroyFaceTracker2FB", tracker) == xr.Result.SUCCESS
    again = tracker2(client)
    for name, more in (
        ("xrDestroyFaceTracker2FB", ()),
        ("xrGetFaceExpressionWeights2FB", (info, face)),
    ):
        assert client.call(name, tracker, *more) == xr.Result.ERROR_HANDLE_INVALID
    xr.destroy_session(client.session)
    assert stub.live.face2 == 0
    assert client.call("xrDestroyFaceTracker2FB", again) == xr.Result.ERROR_HANDLE_INVALID


def test_another_process_steers_it(stub, client, tmp_path):
    script = (
        "import sys; from pathlib import Path; from tests.openxr.stub import Stub\n"
        "with Stub(Path(sys.argv[1])) as stub:\n"
        "    stub.face2.weights[3] = 0.75; print(stub.live.instance)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=ROOT, capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("1\n", "")
    face, weights, _ = weights2()
    info = xr.FaceExpressionInfo2FB(time=client.now())
    client.call("xrGetFaceExpressionWeights2FB", tracker2(client), info, face)
    assert weights[3] == 0.75


def test_a_file_of_another_size_is_no_runtime(stub, tmp_path):
    (tmp_path / "stub_openxr").write_bytes(bytes(ctypes.sizeof(steered.Steering) - 8))
    with pytest.raises(xr.RuntimeUnavailableError):
        xr.enumerate_instance_extension_properties()
