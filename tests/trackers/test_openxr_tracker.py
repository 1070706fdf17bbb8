"""The tracker of a stub runtime: frames whatever becomes of it, and one line that says why."""

import ctypes
import itertools
import os
import threading
import time

import numpy as np
import pytest

from tests.openxr.stub import EXITING, EXTENSIONS, FOCUSED, IDLE, LOSS_PENDING
from tests.serving.harness import small_model
from tests.trackers.senders import random_face
from vrface import Session, Source
from vrface.errors import BadUse, DependencyError, ServerError
from vrface.face.blendshapes import index
from vrface.face.schemes import scheme
from vrface.sensors import headset
from vrface.trackers import TRACKERS, open_tracker
from vrface.trackers.openxr import tracker as module
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.tracker import BLIND, NAP, NOBODY, OpenxrTracker

FB2 = "XR_FB_face_tracking2"
MOST_FRAMES = 2000  # more than twenty seconds: a test that waits for so many has failed
UNAVAILABLE = -51


class Watched:
    """A tracker, what it said and what its frames held."""

    def __init__(self, worn=None):
        self.tracker = OpenxrTracker(worn)
        self.notices: list[str] = []
        self.tracker.on_notice = self.notices.append
        self._frames = self.tracker.frames()

    def until(self, condition):
        """Take frames until something holds of one, or fail; the frames."""
        taken = []
        for frame in itertools.islice(self._frames, MOST_FRAMES):
            taken.append(frame)
            if condition(frame):
                return taken
        raise AssertionError(f"did not come about in time: {self.notices}")

    def told(self, text):
        """Whether the last thing said holds a text."""
        return bool(self.notices) and text in self.notices[-1]


@pytest.fixture
def watch(runtime):
    opened: list[Watched] = []

    def begin(worn=None):
        opened.append(Watched(worn))
        return opened[-1]

    yield begin
    for each in opened:
        each.tracker.close()
    assert runtime.refusal == ""
    assert runtime.live.instance == 0


def face(frame):
    """Whether something of a face is in a frame."""
    return any(sample.stream < 3 for sample in frame.samples)


def nothing(frame):
    return not frame.samples


def until(session, condition):
    """The first face of a session of which something holds."""
    return next(filter(condition, session.take(MOST_FRAMES)))


def test_it_is_a_tracker_by_name(runtime):
    assert "openxr" in TRACKERS
    tracker = open_tracker("openxr", rate_hz=72)
    assert isinstance(tracker, OpenxrTracker)
    assert (tracker.name, tracker.headset) == ("openxr", headset("quest_pro"))
    tracker.close()
    assert list(tracker.frames()) == []
    assert open_tracker("openxr", headset("eyes_and_mouth")).headset.name == "eyes_and_mouth"
    assert runtime.live.instance == 0


def test_frames_are_on_the_sessions_clock_and_samples_never_ahead(watch):
    began_ns = time.perf_counter_ns()
    watched = watch()
    frames = watched.until(face) + watched.until(face)
    assert all(a.sequence < b.sequence for a, b in itertools.pairwise(frames))
    assert all(a.frame_time_ns < b.frame_time_ns for a, b in itertools.pairwise(frames))
    samples = [sample for frame in frames for sample in frame.samples]
    for sample in samples:
        assert began_ns < sample.sample_time_ns <= frames[-1].frame_time_ns
    assert frames[-1].frame_time_ns <= time.perf_counter_ns()


def test_a_face_is_told_of_once(watch):
    watched = watch()
    for _ in range(50):
        watched.until(face)
    assert watched.notices == [
        "stub gives the face, the gaze of each eye, one gaze for both eyes, the pose of the head"
    ]


@pytest.mark.parametrize("loss", ["session", "instance", "pending", "exiting", "epoch"])
def test_whatever_is_lost_is_made_again(runtime, watch, loss):
    watched = watch()
    watched.until(face)
    if loss in ("session", "instance"):
        runtime.lose(**{loss: True})
    elif loss == "epoch":  # another runtime is started, and counts time from elsewhere
        runtime.answer("xrPollEvent", -13)
    else:
        runtime.lead(LOSS_PENDING if loss == "pending" else EXITING)
    watched.until(nothing)
    watched.until(lambda frame: len(watched.notices) >= 2)
    assert "stub" in watched.notices[1]
    assert watched.notices[1].endswith("Waiting.")
    runtime.time_offset_ns = -(10**9)
    runtime.answer("xrPollEvent")
    runtime.lose()
    runtime.lead(FOCUSED)
    last = watched.until(face)[-1]
    assert last.samples[0].sample_time_ns <= last.frame_time_ns
    assert last.frame_time_ns - last.samples[0].sample_time_ns < 10**8
    assert watched.notices[-1] == watched.notices[0]
    assert len(watched.notices) <= 4
    assert runtime.live.session == runtime.live.face2 == 1


def test_a_nap_is_slept_through(runtime, watch):
    watched = watch()
    watched.until(face)
    session = runtime.calls("xrCreateSession")
    runtime.lead(IDLE)
    watched.until(lambda frame: watched.told(NAP))
    assert all(map(nothing, [watched.until(lambda frame: True)[0] for _ in range(10)]))
    runtime.lead(FOCUSED)
    watched.until(face)
    watched.until(lambda frame: len(watched.notices) == 3)
    assert watched.notices[0] == watched.notices[2]
    assert runtime.calls("xrCreateSession") == session


def test_a_headset_that_nobody_wears_gives_nothing(watch, pyopenxr):
    watched = watch()
    watched.until(face)
    connection = watched.tracker._connection
    assert connection is not None
    events: list[bool] = []
    poll = connection._poll

    def with_events(instance, event):  # which the stub does not have
        if not events:
            return poll(instance, event)
        told = pyopenxr.EventDataUserPresenceChangedEXT(is_user_present=events.pop())
        ctypes.memmove(event, ctypes.byref(told), ctypes.sizeof(told))
        return 0

    connection._poll = with_events
    events.append(False)
    watched.until(lambda frame: watched.told(NOBODY))
    watched.until(nothing)
    events.append(True)
    watched.until(face)


def test_a_face_that_stays_away_is_told_of(runtime, watch, monkeypatch):
    monkeypatch.setattr(module, "SILENT_S", 0.2)
    runtime.offer(*EXTENSIONS[:2], FB2)
    watched = watch(headset("quest_pro"))
    watched.until(face)
    runtime.face2.valid = 0
    watched.until(lambda frame: watched.told(BLIND))
    runtime.face2.valid = 1
    watched.until(face)
    assert len(watched.notices) == 3


def test_a_session_that_does_not_begin_is_told_of(runtime, watch, monkeypatch):
    monkeypatch.setattr(module, "SILENT_S", 0.2)
    runtime.lead(IDLE)
    watched = watch()
    watched.until(lambda frame: watched.told("is the headset on"))
    runtime.lead(FOCUSED)
    watched.until(face)


def test_a_runtime_that_is_not_there_yet_is_waited_for(runtime, watch):
    runtime.answer("xrCreateInstance", UNAVAILABLE)
    watched = watch(headset("quest_pro"))
    taken = watched.until(lambda frame: watched.told("no OpenXR runtime answers"))
    taken += [watched.until(lambda frame: True)[0] for _ in range(60)]
    assert all(map(nothing, taken))
    assert len(watched.notices) == 1
    assert runtime.calls("xrCreateInstance") < 8
    runtime.answer("xrCreateInstance")
    watched.until(face)
    assert len(watched.notices) == 2


def test_who_names_no_headset_needs_a_runtime(runtime):
    runtime.answer("xrCreateInstance", UNAVAILABLE)
    with pytest.raises(ServerError, match="no OpenXR runtime answers") as raised:
        OpenxrTracker()
    assert "name what is worn" in raised.value.advice
    runtime.answer("xrCreateInstance")
    runtime.answer("xrGetSystem", -35)
    with pytest.raises(ServerError, match="no headset now"):
        OpenxrTracker()
    runtime.answer("xrGetSystem")
    runtime.offer(*EXTENSIONS[1:])
    with pytest.raises(ServerError, match="XR_MND_headless"):
        OpenxrTracker()
    assert runtime.live.instance == 0


def test_a_runtime_without_a_clock_is_told_of(runtime, watch):
    runtime.offer("XR_MND_headless", FB2)
    watched = watch()
    watched.until(lambda frame: watched.told("stub lacks xrConvertTimespecTimeToTimeKHR"))
    watched.until(nothing)


def test_a_runtime_that_hangs_holds_no_frame_up(watch, monkeypatch):
    watched = watch()
    watched.until(face)
    hold, poll = threading.Event(), Connection.poll

    def hanging(connection):
        hold.wait(10)
        poll(connection)

    monkeypatch.setattr(Connection, "poll", hanging)
    watched.until(nothing)
    frames = [watched.until(lambda frame: True)[0] for _ in range(10)]
    assert all(map(nothing, frames))
    assert all(a.frame_time_ns < b.frame_time_ns for a, b in itertools.pairwise(frames))
    hold.set()
    after = watched.until(face)
    assert all(a.frame_time_ns < b.frame_time_ns for a, b in itertools.pairwise([*frames, *after]))


def test_our_own_layer_is_left_out(runtime, pyopenxr, monkeypatch):
    monkeypatch.delenv("VRFACE_OPENXR_LAYER", raising=False)
    create, seen = pyopenxr.create_instance, []

    def spy(info):
        seen.append(os.environ.get("VRFACE_OPENXR_LAYER"))
        return create(info)

    monkeypatch.setattr(pyopenxr, "create_instance", spy)
    OpenxrTracker().close()
    assert seen == ["off"]
    assert "VRFACE_OPENXR_LAYER" not in os.environ


def test_a_headset_that_openxr_cannot_fill_is_bad_use(runtime):
    with pytest.raises(BadUse, match="no channel"):
        OpenxrTracker(headset("emg_8"))
    with pytest.raises(BadUse, match="50 to 144"):
        OpenxrTracker(rate_hz=10.0)


def test_without_pyopenxr_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr("vrface.trackers.openxr.binding.find_spec", lambda name: None)
    with pytest.raises(DependencyError) as raised:
        OpenxrTracker(headset("quest_pro"))
    assert "vrface[openxr]" in raised.value.advice
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(DependencyError, match="no OpenXR on this system"):
        OpenxrTracker(headset("quest_pro"))


def test_a_pyopenxr_that_does_not_run_says_why(monkeypatch):
    def fail(name):
        raise AttributeError("'NoneType' object has no attribute 'glXGetCurrentContext'")

    monkeypatch.setattr("vrface.trackers.openxr.binding.find_spec", lambda name: object())
    monkeypatch.setattr("vrface.trackers.openxr.binding.import_module", fail)
    with pytest.raises(DependencyError, match="glXGetCurrentContext") as raised:
        OpenxrTracker(headset("quest_pro"))
    assert "libGL" in raised.value.advice


def test_a_quest_pro_face_comes_through_a_session_as_it_went_in(runtime, tmp_path):
    """Sensed, measured and written again: the same to 1/255; lost: held, and then no more."""
    runtime.offer(*EXTENSIONS[:2], FB2)
    shapes = scheme("fb2").shapes
    sent = random_face(np.random.default_rng(5))
    runtime.face2.weights[:] = [sent[shape] for shape in shapes]
    model = small_model(tmp_path / "model")
    with Session(OpenxrTracker(), model=model) as session:
        until(session, lambda face: (face.source == Source.MEASURED).all())
        *_, expression = session.take(15)  # what was shown before has blended into it
        written = scheme("fb2").write(expression.weights, expression.extras)
        worst = {
            shape: abs(back - sent[shape])
            for shape, back in zip(shapes, written.tolist(), strict=True)
            if not abs(back - sent[shape]) <= 1 / 255
        }
        assert worst == {}
        jaw = shapes.index("JAW_DROP"), index("jawOpen")
        runtime.face2.weights[jaw[0]] = float("nan")
        alone = until(session, lambda face: face.source[jaw[1]] != Source.MEASURED)
        assert (alone.source == Source.MEASURED).sum() == len(alone.source) - 1
        runtime.face2.valid = 0
        lost = until(session, lambda face: not (face.source == Source.MEASURED).any())
        assert Source.HELD in lost.source
        runtime.face2.weights[jaw[0]], runtime.face2.valid = 0.5, 1
        until(session, lambda face: (face.source == Source.MEASURED).all())
