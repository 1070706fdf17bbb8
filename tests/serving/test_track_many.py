"""Many wearers in one stream have the faces of each alone."""

import queue
from typing import Any

import grpc
import numpy as np
import pytest

from tests.serving.harness import HEADSET, RunningServer, eventually, frames, opening, profile
from vrface import Session
from vrface.sensors.frame import SensorFrame
from vrface.session.token import PURPOSE
from vrface.trust.seal import Seal
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2
from vrface.wire.notice_code import Code

WIDTH = 54 + len(profile().extras)


def columns(sequence: int, made: dict[int, SensorFrame]) -> session_pb2.FrameColumns:
    """The frames of some wearers as one message."""
    by_stream: dict[int, session_pb2.SampleColumns] = {}
    for row, frame in enumerate(made.values()):
        for sample in frame.samples:
            entry = by_stream.setdefault(
                sample.stream, session_pb2.SampleColumns(stream=sample.stream)
            )
            entry.row.append(row)
            entry.sample_time_ns.append(sample.sample_time_ns)
            entry.values.extend(sample.values.tolist())
    return session_pb2.FrameColumns(
        sequence=sequence,
        wearer=list(made),
        frame_time_ns=[frame.frame_time_ns for frame in made.values()],
        samples=by_stream.values(),
    )


def said(wearer: int, **fields) -> session_pb2.WearerRequest:
    return session_pb2.WearerRequest(wearer=wearer, request=session_pb2.TrackRequest(**fields))


def opened(wearer: int, **fields) -> session_pb2.WearerRequest:
    return said(wearer, open=opening(**fields).open)


class Crowd:
    """A TrackMany that sends what it is told when it is told."""

    def __init__(self, server: RunningServer, *first: session_pb2.WearerRequest) -> None:
        self._channel = grpc.insecure_channel(
            server.address, options=[("grpc.enable_http_proxy", 0)]
        )
        stub = expression_service_pb2_grpc.ExpressionServiceStub(self._channel)
        self._requests: queue.SimpleQueue[session_pb2.TrackManyRequest | None] = queue.SimpleQueue()
        self.responses: Any = stub.TrackMany(iter(self._requests.get, None))
        self.control: list[session_pb2.WearerResponse] = []
        self.faces: list[session_pb2.ExpressionColumns] = []
        if first:
            self.send(control=first)

    def send(self, **fields) -> None:
        self._requests.put(session_pb2.TrackManyRequest(**fields))

    def read(self) -> None:
        response = next(self.responses)
        self.control += response.control
        self.faces += response.expressions

    def next_faces(self) -> session_pb2.ExpressionColumns:
        while not self.faces:
            self.read()
        return self.faces.pop(0)

    def next_control(self, kind: str) -> session_pb2.WearerResponse:
        """The next thing said of a wearer, resume tokens aside unless one is asked for."""
        while True:
            while not self.control:
                self.read()
            one = self.control.pop(0)
            if one.response.HasField("resume_token") and kind != "resume_token":
                continue
            assert one.response.WhichOneof("message") == kind, one
            return one

    def close(self) -> None:
        self._requests.put(None)
        self.responses.cancel()
        self._channel.close()


@pytest.fixture
def big(model):
    with RunningServer({"small": model}, max_sessions=300) as running:
        yield running


@pytest.fixture
def crowd(big):
    made: list[Crowd] = []

    def start(*first, server=big) -> Crowd:
        made.append(Crowd(server, *first))
        return made[-1]

    yield start
    for one in made:
        one.close()


def weights(faces: session_pb2.ExpressionColumns) -> np.ndarray:
    return np.array(faces.weights, np.float32).reshape(len(faces.wearer), -1)


def test_each_of_many_has_the_face_of_one_alone(crowd, model):
    numbers = [7, 3, 2**32 - 1]
    made = {number: frames(40, seed=place) for place, number in enumerate(numbers)}
    expected = {
        number: list(Session(headset=profile(), model=model).run(made[number]))
        for number in numbers
    }
    stream = crowd(*(opened(number) for number in numbers))
    told = [stream.next_control("opened") for _ in numbers]
    assert [one.wearer for one in told] == numbers
    assert len({one.response.opened.session_id for one in told}) == 3
    for n in range(40):
        stream.send(frames=[columns(n + 1, {number: made[number][n] for number in numbers})])
        faces = stream.next_faces()
        assert faces.sequence == n + 1
        assert list(faces.wearer) == numbers
        assert list(faces.frame_time_ns) == [made[number][n].frame_time_ns for number in numbers]
        found = weights(faces)
        sources = np.frombuffer(faces.source, np.uint8).reshape(3, WIDTH)
        for row, number in enumerate(numbers):
            wanted = expected[number][n]
            np.testing.assert_allclose(found[row], wanted.weights, atol=1e-5)
            np.testing.assert_array_equal(sources[row], wanted.source)
            assert faces.sample_time_ns[row] == wanted.sample_time_ns
            assert faces.status[row] == wanted.status
    assert len(faces.stddev) == 3 * WIDTH
    assert len(faces.confidence) == 3 * 3
    assert len(faces.gaze) == 3 * 4


def test_some_of_them_may_come_at_a_time_and_come_and_go(crowd, model, big):
    stream = crowd(opened(1), opened(2))
    for _ in range(2):
        stream.next_control("opened")
    made = {number: frames(6, seed=number) for number in (1, 2, 3)}
    stream.send(frames=[columns(1, {2: made[2][0]})])
    assert list(stream.next_faces().wearer) == [2]
    stream.send(control=[said(1, end=session_pb2.End()), opened(3)])
    assert stream.next_control("end").wearer == 1
    assert stream.next_control("opened").wearer == 3
    assert big.service.sessions == 2
    local = Session(headset=profile(), model=model)
    for n in range(3):
        stream.send(frames=[columns(2 + n, {3: made[3][n], 2: made[2][1 + n]})])
        faces = stream.next_faces()
        assert list(faces.wearer) == [3, 2]
        expected = local.step(made[3][n])
        np.testing.assert_allclose(weights(faces)[0], expected.weights, atol=1e-5)


def test_a_wearer_who_cannot_be_let_in_stands_in_nobodys_way(crowd, big):
    stream = crowd(opened(1), opened(2, headset_name="nothing"), opened(3, calibration=b"none"))
    assert stream.next_control("opened").wearer == 1
    for number, words in ((2, "unknown headset"), (3, "calibration")):
        refused = stream.next_control("end")
        assert refused.wearer == number
        assert words in refused.response.end.reason
    stream.send(frames=[columns(1, {1: frames(1)[0]})])
    assert list(stream.next_faces().wearer) == [1]
    assert big.service.sessions == 1
    assert big.stats.refused == 2


def test_headsets_and_styles_stand_side_by_side(crowd):
    stream = crowd(opened(1), opened(2, style=2, seed=4), opened(3, headset_name="mouth_only"))
    for _ in range(3):
        stream.next_control("opened")
    made = frames(5)
    for n, frame in enumerate(made):
        stream.send(frames=[columns(n + 1, {1: frame, 2: frame, 3: frame})])
        both = [stream.next_faces(), stream.next_faces()]
        assert sorted(number for faces in both for number in faces.wearer) == [1, 2]
        assert {faces.sequence for faces in both} == {n + 1}
    # Wearer 3 has another headset on: a message is of one.
    assert stream.next_control("notice").response.notice.code == Code.SAMPLE


def test_what_nobody_knows_is_left_out_and_told_once(crowd, big):
    stream = crowd(opened(1))
    stream.next_control("opened")
    made = frames(8)
    for n in range(3):
        stream.send(frames=[columns(n + 1, {1: made[n], 9: made[n]})])
        assert list(stream.next_faces().wearer) == [1]
    stream.send(frames=[columns(2, {1: made[3]})])
    stream.send(frames=[columns(4, {1: made[4]})])
    assert stream.next_faces().sequence == 4
    wide = columns(5, {1: made[5]})
    wide.samples[0].values.append(0.5)
    stream.send(frames=[wide])
    assert stream.next_faces().sequence == 5
    codes = [stream.next_control("notice").response.notice.code for _ in range(3)]
    assert codes == [Code.UNKNOWN_REQUEST, Code.FRAME_ORDER, Code.SAMPLE]
    assert big.stats.ignored == 1


def test_of_a_wearer_with_two_rows_the_last_one_counts(crowd, big):
    stream = crowd(opened(1), opened(2))
    for _ in range(2):
        stream.next_control("opened")
    (frame,) = frames(1)
    message = columns(1, {1: frame, 2: frame})
    message.wearer.append(1)
    message.frame_time_ns.append(frame.frame_time_ns + 7)
    stream.send(frames=[message])
    faces = stream.next_faces()
    assert list(faces.wearer) == [2, 1]
    assert list(faces.frame_time_ns) == [frame.frame_time_ns, frame.frame_time_ns + 7]


def test_the_newest_frame_wins_while_there_is_no_credit(crowd, big):
    stream = crowd(opened(1, window=1), opened(2))
    for _ in range(2):
        stream.next_control("opened")
    made = frames(10)
    stream.send(frames=[columns(1, {1: made[0], 2: made[0]})])
    assert stream.next_faces().sequence == 1
    for n in range(1, 9):
        stream.send(frames=[columns(n + 1, {1: made[n], 2: made[n]})])
    eventually(lambda: big.stats.overtaken == 14)
    stream.send(ack=1)
    faces = stream.next_faces()
    assert faces.sequence == 9
    assert list(faces.wearer) == [1, 2]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"control": [opened(1)]}, "wearer 1 is open already"),
        ({"control": [said(5, end=session_pb2.End())]}, "wearer 5 is not open"),
        ({"control": [said(1, frame={"sequence": 1})]}, "a frame of one wearer in a TrackMany"),
    ],
)
def test_what_the_protocol_does_not_allow_ends_the_stream(crowd, big, fields, words):
    stream = crowd(opened(1))
    stream.next_control("opened")
    stream.send(**fields)
    with pytest.raises(grpc.RpcError) as raised:
        stream.read()
    assert raised.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert words in str(raised.value.details())
    eventually(lambda: big.service.sessions == 0)


def test_who_goes_without_a_word_gives_the_places_back(crowd, big):
    stream = crowd(*(opened(number) for number in range(20)))
    for _ in range(20):
        stream.next_control("opened")
    assert big.service.sessions == 20
    stream.close()
    eventually(lambda: big.service.sessions == 0)
    assert big.stats.vanished == 20


def test_who_sends_no_more_is_told_the_end_and_counts_as_gone(crowd, big):
    stream = crowd(opened(1), opened(2))
    for _ in range(2):
        stream.next_control("opened")
    stream._requests.put(None)
    assert {stream.next_control("end").wearer for _ in range(2)} == {1, 2}
    assert big.stats.vanished == 2


def test_a_full_server_says_so_to_the_one_too_many(model):
    with RunningServer({"small": model}, max_sessions=2) as small:
        stream = Crowd(small, *(opened(number) for number in range(3)))
        for _ in range(2):
            stream.next_control("opened")
        assert "all 2 sessions are taken" in stream.next_control("end").response.end.reason
        stream.close()


def test_each_wearer_is_given_what_it_takes_to_go_on_alone(model, monkeypatch):
    monkeypatch.setattr("vrface.serving.track_many.KEEP_NS", 10_000_000)
    seal, made = Seal(bytes(32), PURPOSE), frames(60)
    expected = list(Session(headset=profile(), model=model).run(made))
    with RunningServer({"small": model}, seal=seal) as running:
        stream = Crowd(running, opened(4, headset_name=HEADSET))
        stream.next_control("opened")
        token, after = b"", 0
        for n in range(30):
            stream.send(frames=[columns(n + 1, {4: made[n]})])
            stream.next_faces()
            for one in stream.control:
                token, after = one.response.resume_token, n + 1
            stream.control.clear()
        stream.close()
        again = Crowd(running, opened(8, resume_token=token))
        assert again.next_control("opened").response.opened.resumed
        for n in range(after, 60):
            again.send(frames=[columns(n + 1, {8: made[n]})])
            found = weights(again.next_faces())[0]
            np.testing.assert_array_equal(found, expected[n].weights)
        again.close()


def test_a_server_that_stops_asks_everybody_to_leave_and_ends(crowd, big):
    stream = crowd(opened(1), opened(2))
    for _ in range(2):
        stream.next_control("opened")
    stream.send(frames=[columns(1, {1: frames(1)[0], 2: frames(1)[0]})])
    stream.next_faces()
    big.stop(0.2)
    for response in stream.responses:
        stream.control += response.control
    kinds = [(one.wearer, one.response.WhichOneof("message")) for one in stream.control]
    for wearer in (1, 2):
        own = [kind for number, kind in kinds if number == wearer]
        assert own[-3:] == ["resume_token", "go_away", "end"]
    assert stream.responses.code() is grpc.StatusCode.OK


def test_a_wearer_among_many_can_be_watched(crowd, big):
    stream = crowd(opened(1), opened(2))
    told = [stream.next_control("opened").response.opened for _ in range(2)]
    with grpc.insecure_channel(big.address) as channel:
        stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
        watched: Any = stub.Watch(
            session_pb2.WatchRequest(session_id=told[1].session_id, watch_token=told[1].watch_token)
        )
        assert next(watched).HasField("opened")
        other = frames(2, seed=9)
        for n, frame in enumerate(frames(2)):
            stream.send(frames=[columns(n + 1, {1: frame, 2: other[n]})])
            faces = stream.next_faces()
            seen = next(watched).expression
            np.testing.assert_array_equal(seen.weights, weights(faces)[1])
        stream.send(control=[said(2, end=session_pb2.End())])
        assert next(watched).HasField("end")
