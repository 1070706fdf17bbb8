import socket
import subprocess
import sys
import threading
import time
from concurrent import futures
from dataclasses import replace

import grpc
import numpy as np
import pytest

from tests.serving.harness import RunningServer, eventually, frames, profile
from vrface import Session
from vrface.client import RemoteSession
from vrface.errors import BadUse, LogError, Refused, ServerError, UnknownName, VrfaceError
from vrface.face import Expression
from vrface.sensors import Sample, SensorFrame
from vrface.trackers import open_tracker
from vrface.trust.permission import Permission
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2
from vrface.wire.notice_code import Code


@pytest.fixture
def remote(server):
    with RemoteSession(server.address) as session:
        yield session


def newest(remote: RemoteSession) -> Expression:
    face = remote.latest()
    assert face is not None
    return face


def came(remote: RemoteSession, sequence: int) -> bool:
    face = remote.latest()
    return face is not None and face.sequence == sequence


def test_run_gives_the_faces_of_a_local_session_in_order(remote, model):
    made = frames(90)
    local = Session(model=model).run(made)
    for face, expected, frame in zip(remote.run(made), local, made, strict=True):
        assert face.sequence == frame.sequence
        for name in ("weights", "stddev", "source", "confidence", "gaze"):
            np.testing.assert_array_equal(getattr(face, name), getattr(expected, name), name)
    assert len(remote.round_trip_ms) == 90
    assert min(remote.round_trip_ms) > 0


def test_faces_are_as_calm_as_those_of_a_local_session(server, model):
    made, smoothing = frames(30), "on,measured,mouth=0.1:0.3"
    with (
        RemoteSession(server.address, smoothing=smoothing) as remote,
        Session(model=model, smoothing=smoothing) as local,
    ):
        for face, expected in zip(remote.run(made), local.run(made), strict=True):
            np.testing.assert_array_equal(face.weights, expected.weights)
    with pytest.raises(UnknownName, match="part of a smoothing 'calm'"):
        RemoteSession(server.address, smoothing="calm")


def test_it_knows_what_a_local_session_knows(remote, model):
    local = Session(model=model)
    for name in (
        "model_name",
        "model_digest",
        "extras",
        "missing_streams",
        "unused_streams",
        "headset",
    ):
        assert getattr(remote, name) == getattr(local, name), name
    np.testing.assert_array_equal(remote.expected_source, local.expected_source)
    assert len(remote.session_id) == 32
    assert len(remote.watch_token) == 16


def test_it_has_every_public_method_of_a_session():
    names = {name for name in vars(Session) if not name.startswith("_")} - {"connect"}
    assert names <= set(dir(RemoteSession))


def test_push_and_latest_never_wait(remote):
    assert remote.latest() is None
    made = frames(200)
    started = time.perf_counter()
    for frame in made:
        remote.push(frame)
        remote.latest()
    assert time.perf_counter() - started < 0.5
    eventually(lambda: came(remote, 200))
    assert newest(remote).age_ms < 5000
    assert newest(remote).valid


def test_pushed_frames_lose_no_sample(server, model):
    made = frames(120)
    with RemoteSession(server.address, window=1) as remote:
        for frame in made:
            remote.push(frame)
        eventually(lambda: came(remote, 120))
        face = newest(remote)
    # Whatever was merged: the newest sample that counts is the same as when none was.
    expected = list(Session(model=model).run(made))[-1]
    assert face.sample_time_ns == expected.sample_time_ns
    np.testing.assert_array_equal(face.source, expected.source)


def test_a_slow_reader_sees_new_faces(server):
    """The thread drains the stream: reading at 10 Hz what comes at 90 gives no backlog."""
    tracker = open_tracker("synthetic", profile(), seed=2)
    with RemoteSession(server.address, tracker=tracker) as remote:
        eventually(lambda: remote.latest() is not None)
        ages = []
        for _ in range(8):
            time.sleep(0.1)
            face = newest(remote)
            ages.append((time.perf_counter_ns() - face.frame_time_ns) / 1e6)
        assert np.median(ages) < 150


def test_take_goes_on_where_it_stopped(server):
    tracker = open_tracker("synthetic", profile(), seed=2, realtime=False)
    with RemoteSession(server.address, tracker=tracker) as remote:
        sequences = [face.sequence for _ in range(2) for face in remote.take(20)]
    assert sequences == list(range(1, 41))


def test_take_needs_a_tracker(remote):
    with pytest.raises(BadUse):
        remote.take(1)


def test_a_frame_that_goes_back_is_bad_use(remote):
    made = frames(2)
    list(remote.run(made))
    with pytest.raises(BadUse, match="frame 1 after frame 2"):
        remote.step(made[0])


def test_a_frame_that_cannot_be_sent_is_bad_use(remote):
    with pytest.raises(BadUse):
        remote.step(SensorFrame(1, 2**70))


def test_a_burst_larger_than_a_message_loses_its_oldest_samples_only(server, model):
    wide = replace(profile().streams[0], name="emg", channels=tuple(map(str, range(64))))
    mine = replace(profile(), name="mine", streams=(*profile().streams, wide))
    samples = tuple(
        Sample(3, number * 1_000_000, np.full(64, 0.001, np.float32)) for number in range(400)
    )
    with RemoteSession(server.address, headset=mine) as remote:
        face = remote.step(SensorFrame(1, 400_000_000, samples))
    assert face.sample_time_ns == samples[-1].sample_time_ns


def test_a_headset_of_ones_own_goes_up_whole(server):
    mine = replace(profile().without("lids"), name="mine")
    with RemoteSession(server.address, headset=mine) as remote:
        assert "lids" in remote.missing_streams


def test_notices_are_kept_and_logged(server, caplog):
    made = [replace(f, frame_time_ns=f.frame_time_ns + 10**9) for f in frames(2)]
    with RemoteSession(server.address) as remote:
        list(remote.run(made))
        assert [int(notice.code) for notice in remote.notices] == [Code.FRAME_TIME]
    assert "moved back" in caplog.text


def test_no_server_is_one_line_with_advice():
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{unused.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(ServerError, match="no server at") as raised:
            RemoteSession(address, timeout_s=0.3)
    assert "vrface serve" in raised.value.advice
    assert time.monotonic() - started < 3


def test_refusals_carry_the_servers_advice(server):
    with pytest.raises(BadUse, match="unknown model") as raised:
        RemoteSession(server.address, model="smal")
    assert raised.value.advice == "Did you mean 'small'?"
    with pytest.raises(UnknownName):
        RemoteSession(server.address, headset="vive")
    with pytest.raises(Refused):
        RemoteSession(server.address, permission=Permission("signed", "x"))
    sessions = [RemoteSession(server.address) for _ in range(3)]
    with pytest.raises(Refused, match="sessions are taken"):
        RemoteSession(server.address)
    for session in sessions:
        session.close()


def test_a_failed_opening_leaves_no_thread(server):
    before = threading.active_count()
    for _ in range(3):
        with pytest.raises(BadUse):
            RemoteSession(server.address, model="smal")
    eventually(lambda: threading.active_count() <= before)


def test_close_says_end(server):
    with RemoteSession(server.address) as remote:
        list(remote.run(frames(2)))
    eventually(lambda: server.service.sessions == 0)
    assert (server.stats.ended, server.stats.vanished) == (1, 0)
    for call in (lambda: remote.push(frames(1)[0]), remote.latest, lambda: remote.take(1)):
        with pytest.raises(BadUse, match="is closed"):
            call()
    remote.close()


def test_a_server_that_stops_is_said(model):
    running = RunningServer({"small": model})
    remote = RemoteSession(running.address, patience_s=0.0)
    made = frames(3)
    list(remote.run(made[:2]))
    started = time.monotonic()
    running.stop(grace_s=20)
    # The client leaves when it is asked to: nobody waits for the grace to pass.
    assert time.monotonic() - started < 5
    with pytest.raises(ServerError, match="goes away"):
        list(remote.run(made[2:]))
    with pytest.raises(ServerError, match="goes away"):
        remote.push(made[2])
    with pytest.raises(ServerError, match="goes away"):
        remote.latest()
    remote.close()


@pytest.mark.parametrize("with_tracker", [True, False])
def test_a_server_that_is_killed_leaves_no_frozen_face(process, with_tracker):
    running, address = process
    tracker = open_tracker("synthetic", profile()) if with_tracker else None
    with RemoteSession(address, tracker=tracker, patience_s=0.0) as remote:
        if not with_tracker:
            remote.push(frames(1)[0])
        eventually(lambda: remote.latest() is not None)
        running.kill()
        with pytest.raises(ServerError) as raised:
            eventually(lambda: remote.latest() is None)
    assert str(raised.value) == (
        f"the server at {address} is gone. Start it again, then connect anew."
    )


class _Failing:
    """A tracker that gives one frame, then fails."""

    headset = profile()

    def __init__(self, error: Exception) -> None:
        self._error = error

    def frames(self):
        yield from frames(1)
        raise self._error

    def close(self) -> None:
        pass


@pytest.mark.parametrize("error", [LogError("the log is torn."), KeyError("eye")])
def test_a_tracker_that_fails_leaves_no_frozen_face(server, error):
    with (
        RemoteSession(server.address, tracker=_Failing(error)) as remote,
        pytest.raises(VrfaceError, match=r"torn|KeyError: 'eye'"),
    ):
        eventually(lambda: came(remote, 2))  # there is none


@pytest.mark.parametrize("first", ["push", "latest"])
def test_a_session_works_one_way_or_the_other(server, first):
    made = frames(3)
    tracker = open_tracker("synthetic", profile())
    with RemoteSession(server.address, tracker=tracker) as remote:
        begun = remote.run(tracker.frames())
        next(begun)
        if first == "push":
            remote.push(replace(made[0], sequence=1000))
        else:
            remote.latest()
        for ask in (
            lambda: remote.step(made[2]),
            lambda: remote.take(1),
            lambda: next(remote.run(tracker.frames())),
            lambda: next(begun),
        ):
            with pytest.raises(BadUse, match=r"by push\(\) and latest\(\) already"):
                ask()


class _Odd(expression_service_pb2_grpc.ExpressionServiceServicer):
    """A server that answers Open with what it was told to, and frames with nothing."""

    def __init__(self, opened) -> None:
        self._opened = opened

    def Track(self, requests, context):  # noqa: N802
        for request in requests:
            if request.WhichOneof("message") == "open" and self._opened is not None:
                yield session_pb2.TrackResponse(opened=self._opened)
            if request.WhichOneof("message") == "end":
                return


@pytest.fixture
def odd_server():
    servers = []

    def start(opened) -> str:
        server = grpc.server(futures.ThreadPoolExecutor(2))
        servers.append(server)
        odd = _Odd(opened)  # type: ignore[abstract] # it has no other methods on purpose
        expression_service_pb2_grpc.add_ExpressionServiceServicer_to_server(odd, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        return f"127.0.0.1:{port}"

    yield start
    for server in servers:
        server.stop(None).wait()


def test_a_server_of_another_blendshape_set_is_refused(odd_server):
    later = session_pb2.BlendshapeSet(name="vrface", version=2, names=["x"])
    with pytest.raises(ServerError, match="version 2"):
        RemoteSession(odd_server(session_pb2.Opened(blendshapes=later)))


def test_a_server_that_does_not_answer_is_said(odd_server):
    with pytest.raises(ServerError, match="has not answered"):
        RemoteSession(odd_server(None), timeout_s=0.2)


def test_session_connect_runs_the_tracker_here(server):
    with Session.connect(server.address, tracker="synthetic", headset="mouth_only") as remote:
        assert remote.headset.name == "mouth_only"
        sequences = [face.sequence for face in remote.take(5)]
    assert sequences == sorted(set(sequences))
    assert len(sequences) == 5


CLIENT = """
import sys
import vrface
from vrface.client import Watcher

with vrface.Session.connect(sys.argv[1], tracker="synthetic") as remote:
    faces = list(remote.take(3))
    with Watcher(sys.argv[1], remote.session_id, remote.watch_token):
        pass
assert len(faces) == 3 and faces[-1].weights.shape == (72,)
heavy = sorted(name for name in sys.modules if name.split(".")[0] in ("jax", "jaxlib", "flax"))
assert not heavy, heavy
"""


def test_a_client_process_never_loads_jax(server):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", CLIENT, server.address],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
