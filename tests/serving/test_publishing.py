"""--publish: the faces of every session in memory and in datagrams, beside gRPC."""

import asyncio
import time
from typing import cast

import numpy as np
import pytest

from tests.outputs.kept import Kept
from tests.serving.harness import (
    END,
    RunningServer,
    Stream,
    eventually,
    frames,
    opening,
    profile,
    request,
)
from tests.wire.frame_blocks import read
from vrface.client import FaceReader, FaceReceiver
from vrface.errors import BadUse, Refused, ServerError
from vrface.face.expression import Status
from vrface.outputs.sinks import Sinks
from vrface.serving import publishing
from vrface.serving.broadcast import Broadcast
from vrface.serving.engine import Engine
from vrface.serving.opening import opened, wish_of
from vrface.serving.server import Server
from vrface.serving.stats import Stats
from vrface.serving.status import Context
from vrface.serving.track import Track
from vrface.trackers import open_tracker
from vrface.trust.seal import Seal
from vrface.wire.address import Address
from vrface.wire.codec import expression_from_proto
from vrface.wire.faces_file import HEARTBEAT_AT
from vrface.wire.frame_block import Flags
from vrface.wire.messages import session_pb2


@pytest.fixture(autouse=True)
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "vrface"


@pytest.fixture
def publishes():
    """The targets of the server; a test may set its own before it asks for `server`."""
    return ["memory"]


@pytest.fixture
def server(model, publishes):
    with RunningServer({"small": model}, max_sessions=3, publish=publishes) as running:
        yield running


def until_published(reader, sequence: int) -> None:
    """Wait for a face that its owner has: others get it after them."""
    eventually(lambda: getattr(reader.latest(), "sequence", 0) == sequence)


@pytest.mark.parametrize(
    ("target", "host", "port"),
    [
        ("udp://127.0.0.1:50517", "127.0.0.1", 50517),
        ("udp://127.0.0.1", "127.0.0.1", 50516),
        ("udp://localhost:9", "127.0.0.1", 9),
        ("udp://[::1]:9", "::1", 9),
    ],
)
def test_targets_on_this_machine(target, host, port):
    publishing.check(["memory", target], insecure_lan=False)
    address = publishing._udp(target)
    assert (address.host, address.port) == (host, port)


@pytest.mark.parametrize(
    "target",
    [
        *("", "Memory", "udp", "udp://", "udp://:5", "udp://a:0", "udp://a:65536", "udp://a:b"),
        *("tcp://127.0.0.1:5", "127.0.0.1:5", "udp://a:5/b", "udp:a:5", "udp://[::1:5"),
        "memory,udp",
    ],
)
def test_what_is_no_target(target):
    with pytest.raises(BadUse) as raised:
        publishing.check([target], insecure_lan=True)
    assert "memory or udp://127.0.0.1:50516" in raised.value.advice


@pytest.mark.parametrize("host", ["192.168.1.2", "0.0.0.0", "example.org", "[fe80::1]"])
def test_faces_leave_this_machine_only_when_somebody_says_so(model, host):
    target = f"udp://{host}:50516"
    with pytest.raises(Refused, match="another machine") as raised:
        Server({"small": model}, publish=[target])
    assert "--insecure-lan" in raised.value.advice
    Server({"small": model}, insecure_lan=True, publish=[target])


def test_a_target_that_fails_leaves_no_other_one_open(monkeypatch):
    def refuse(*_):
        raise ServerError("no network.")

    with monkeypatch.context() as patched:
        patched.setattr(publishing, "UdpSink", refuse)
        with pytest.raises(ServerError, match="no network"):
            publishing.open_sinks(["memory", "udp://127.0.0.1"])
    publishing.open_sinks(["memory"]).close()


def test_the_faces_of_every_track_are_in_slots_of_their_own(server, stub):
    streams = [Stream(stub, opening(clock=clock)) for clock in (1, 3)]
    opened = [stream.read("opened") for stream in streams]
    readers = [FaceReader(one.session_id) for one in opened]
    assert [reader.latest() for reader in readers] == [None, None]
    for number, frame in enumerate(frames(20)):
        for stream, reader, clock in zip(streams, readers, (1, 3), strict=True):
            if clock == 3 and number % 2:
                continue
            stream.send(request(frame))
            sent = expression_from_proto(stream.read("expression"), tuple(opened[0].extras))
            until_published(reader, sent.sequence)
            face, block = reader.latest(), reader.block
            assert face is not None
            assert block is not None
            assert (face.sequence, face.frame_time_ns) == (sent.sequence, sent.frame_time_ns)
            for name in ("weights", "stddev", "source", "confidence", "gaze"):
                np.testing.assert_array_equal(getattr(face, name), getattr(sent, name))
            assert (face.extras, face.status) == (profile().extras, Status.TRACKING)
            assert face.age_ms < 1000
            assert block.clock == clock
            assert block.model_tag == opened[0].model_digest[:4]
            assert block.flags & (Flags.UPPER | Flags.LOWER) == Flags.UPPER | Flags.LOWER
            assert not block.flags & (Flags.LIVELY | Flags.RECORDING)
    periods = [reader.block.period_us for reader in readers if reader.block is not None]
    assert periods == [11_111, 22_222]
    streams[0].send(END)
    assert streams[0].read("end")
    eventually(lambda: readers[0].latest() is None)
    assert readers[1].latest() is not None
    streams[1].responses.cancel()
    eventually(lambda: readers[1].latest() is None)
    assert readers[1].alive
    server.stop()
    assert not readers[1].alive


@pytest.mark.parametrize("clock", [-1, 256, 2**31 - 1])
def test_a_clock_that_nobody_knows_is_unspecified(server, stub, clock):
    message = session_pb2.TrackRequest()
    message.CopyFrom(opening())
    message.open.clock = clock
    stream = Stream(stub, message, request(frames(1)[0]))
    with FaceReader(stream.read("opened").session_id) as reader:
        until_published(reader, stream.read("expression").sequence)
        assert reader.block is not None
        assert reader.block.clock == 0
    stream.close()


def test_the_tracker_in_the_server_is_published(model, runtime):
    tracker = open_tracker("synthetic", profile(), seed=0)
    with (
        FaceReceiver(port=0) as receiver,
        RunningServer(
            {"small": model},
            tracker=tracker,
            publish=["memory", "memory", f"udp://localhost:{receiver.port}"],
        ) as running,
        FaceReader() as reader,
    ):
        eventually(lambda: getattr(reader.latest(), "valid", False))
        eventually(lambda: getattr(receiver.latest(), "valid", False))
        resident = running.server._resident
        assert resident is not None
        for block in (reader.block, receiver.block):
            assert block is not None
            assert block.session_id == resident.broadcast.session_id
            assert block.clock == session_pb2.CLOCK_KIND_MONOTONIC
            lag_ns = time.perf_counter_ns() - block.expression.frame_time_ns
            assert -(10**9) < lag_ns < 10**10
        running.stop()
        assert reader.latest() is None
        assert not reader.alive
        assert (runtime / "faces").exists()


def test_a_server_without_a_session_lives(server, runtime):
    """Its heart goes on beating; that it does in time is for the system to see to."""
    beats: set[bytes] = set()
    with FaceReader() as reader:
        for _ in range(12):
            before = len(beats)

            def beaten(before: int = before) -> bool:
                beats.add((runtime / "faces").read_bytes()[HEARTBEAT_AT : HEARTBEAT_AT + 8])
                return len(beats) > before

            eventually(beaten, 60)
            assert reader.latest() is None
        eventually(lambda: reader.alive, 60)


class Noted(Kept):
    """A sink, and the stream of an owner, that note in which order they are given what."""

    def __init__(self) -> None:
        super().__init__()
        self.order: list[str] = []

    def publish(self, session_id: str, block: bytes) -> None:
        super().publish(session_id, block)
        self.order.append("block")

    async def write(self, response: session_pb2.TrackResponse) -> None:
        self.order.append(str(response.WhichOneof("message")))


def through_a_track(model, made, recording: bool = False) -> Noted:
    """A Track's way with some frames."""
    noted, request_ = Noted(), opening().open

    async def go() -> None:
        engine = Engine()
        engine.start()
        seat = await engine.seat(wish_of(request_, {"small": model}))
        answer = opened(seat)
        publisher = publishing.publisher_of(Sinks([noted]), answer, 2, recording)
        track = Track(seat, engine, request_, Broadcast(answer, publisher), Stats(), Seal())

        async def requests():
            for frame in made:
                yield request(frame)
                while track._life._inbox._frame is not None:
                    await asyncio.sleep(0)
            yield END

        await track.run(requests(), cast(Context, noted))
        await engine.stop()

    asyncio.run(go())
    return noted


def test_the_owner_has_each_face_before_those_who_look_on(model):
    noted = through_a_track(model, frames(3))
    assert noted.order == ["expression", "block"] * 3 + ["end"]


def test_a_face_that_is_recorded_says_so(model):
    for recording, flag in ((False, 0), (True, Flags.RECORDING)):
        ((_, data),) = through_a_track(model, frames(1), recording).blocks
        assert read(data).flags & Flags.RECORDING == flag


def test_a_second_server_is_told_and_the_first_goes_on(server, model, stub):
    with pytest.raises(ServerError, match="another server hands faces out"):
        asyncio.run(Server({"small": model}, where=Address(port=0), publish=["memory"]).start())
    stream = Stream(stub, opening(), request(frames(1)[0]))
    with FaceReader(stream.read("opened").session_id) as reader:
        until_published(reader, stream.read("expression").sequence)
    stream.close()


def test_a_sink_that_fails_ends_no_session_and_is_told_of_once(server, stub, caplog):
    server.server.service.sinks.close()

    class Broken:
        name = "broken"

        def publish(self, session_id: str, block: bytes) -> None:
            raise OSError(28, "No space left on device")

        def end(self, session_id: str) -> None: ...

        def beat(self) -> None: ...

        def close(self) -> None: ...

    server.server.service.sinks._sinks = (Broken(),)
    stream = Stream(stub, opening())
    stream.read("opened")
    for frame in frames(5):
        stream.send(request(frame))
        assert stream.read("expression").sequence == frame.sequence
    stream.send(END)
    assert stream.read("end")
    assert [record.message for record in caplog.records if "broken" in record.message] == [
        "faces do not all reach broken: [Errno 28] No space left on device"
    ]


def test_nothing_is_published_unless_asked_for(model, runtime):
    with RunningServer({"small": model}):
        assert not (runtime / "faces").exists()
