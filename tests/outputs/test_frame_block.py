"""Publishing: what goes into a block, what goes to whom, and that no sink disturbs a session."""

import socket

import numpy as np
import pytest

from tests.wire.frame_blocks import OTHER, SESSION, block_of, drawn
from tests.wire.test_codec import same
from vrface.errors import ServerError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Status
from vrface.outputs.frame_block import Publisher, Sinks, UdpSink
from vrface.outputs.memory import MemorySink
from vrface.wire.frame_block import Flags, names_of, unpack

BLOCK = block_of(drawn(1))


class Kept:
    """A sink that keeps what it is given."""

    def __init__(self, name: str = "kept", error: Exception | None = None) -> None:
        self.name, self.error = name, error
        self.blocks: list[tuple[str, bytes]] = []
        self.ended: list[str] = []
        self.beats = self.closed = 0

    def publish(self, session_id: str, block: bytes) -> None:
        if self.error is not None:
            raise self.error
        self.blocks.append((session_id, block))

    def end(self, session_id: str) -> None:
        self.ended.append(session_id)

    def beat(self) -> None:
        self.beats += 1

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        yield receiver


def test_a_block_holds_the_face_and_what_its_session_is():
    kept, names = Kept(), ("tongueUp",)
    publisher = Publisher(
        kept, SESSION, model_digest=bytes(range(32)), clock=2, recording=True, clock_ns=lambda: 77
    )
    face = drawn(1, names)
    publisher.publish(face)
    ((session_id, data),) = kept.blocks
    block = unpack(data, names_of(names))
    assert (session_id, block.session_id) == (SESSION, SESSION)
    assert (block.published_ns, block.clock, block.model_tag) == (77, 2, bytes(range(4)))
    assert block.flags == Flags.EYES | Flags.UPPER | Flags.LOWER | Flags.RECORDING
    assert same(block.expression, face)
    publisher.end()
    assert kept.ended == [SESSION]


@pytest.mark.parametrize("status", [Status.WITHHELD, Status.NOT_WORN, Status.WARMING_UP])
def test_a_face_without_values_is_published_without_values(status):
    nothing = np.full(COUNT, np.nan, np.float32)
    face = drawn(
        1,
        status=status,
        weights=nothing,
        stddev=nothing,
        source=np.zeros(COUNT, np.uint8),
        confidence=nothing[:3],
        gaze=nothing[:4],
    )
    kept = Kept()
    Publisher(kept, SESSION).publish(drawn(1))
    Publisher(kept, SESSION).publish(face)
    data = kept.blocks[1][1]
    assert np.isnan(np.frombuffer(data, "<f4", 7, 88)).all()
    assert np.isnan(np.frombuffer(data, "<f4", 192, 128)).all()
    assert data[896:992] == bytes(96)
    block = unpack(data)
    assert (block.expression.status, block.flags) == (status, 0)


def test_the_period_is_that_of_the_faces_and_no_gap_is_one():
    kept = Kept()
    publisher = Publisher(kept, SESSION)
    steps_us = [0, 11_000, 11_100, 11_200, 5_000_000, 11_000, -3_000, 0]
    now_us = 10**9
    for step_us in steps_us:
        now_us += step_us
        publisher.publish(drawn(1, frame_time_ns=now_us * 1000))
    periods = [unpack(data).period_us for _, data in kept.blocks]
    assert periods == [0, 11_000, 11_100, 11_100, 11_200, 11_100, 11_100, 11_000]


def test_a_period_beyond_its_field_is_the_longest_there_is():
    kept = Kept()
    publisher = Publisher(kept, SESSION)
    for frame_time_ns in (-(2**63) + 1, 2**63 - 1):
        publisher.publish(drawn(1, frame_time_ns=frame_time_ns))
    assert unpack(kept.blocks[1][1]).period_us == 2**32 - 1


def test_a_datagram_is_the_block(receiver):
    with UdpSink("127.0.0.1", receiver.getsockname()[1]) as sink:
        sink.publish(SESSION, BLOCK)
        sink.beat()
        sink.end(SESSION)
        assert receiver.recv(2048) == BLOCK
        assert sink.name == f"udp://127.0.0.1:{receiver.getsockname()[1]}"


def test_nobody_needs_to_listen():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    with UdpSink("127.0.0.1", port) as sink:
        for _ in range(5):
            sink.publish(SESSION, BLOCK)


def test_a_host_that_is_none_is_said():
    with pytest.raises(ServerError, match=r"udp://\[::1::2\]:5") as raised:
        UdpSink("::1::2", 5)
    assert raised.value.advice


def test_every_sink_gets_everything():
    kept = [Kept("a"), Kept("b")]
    with Sinks(kept) as sinks:
        assert sinks
        sinks.publish(SESSION, BLOCK)
        sinks.end(SESSION)
        sinks.beat()
    sinks.publish(SESSION, BLOCK)
    sinks.close()
    for one in kept:
        assert one.blocks == [(SESSION, BLOCK)]
        assert (one.ended, one.beats, one.closed) == ([SESSION], 1, 1)
    assert not Sinks()


def test_a_sink_that_fails_is_told_of_once_and_the_others_get_theirs(caplog):
    broken = [Kept("broken", OSError(101, "Network is unreachable")), Kept("full")]
    broken[1].error = ServerError("all 252 slots of the faces file are taken.")
    well = Kept("well")
    sinks = Sinks([*broken, well])
    for session_id in (SESSION, OTHER):
        publisher = Publisher(sinks, session_id)
        for _ in range(3):
            publisher.publish(drawn(1))
    assert len(well.blocks) == 6
    assert len(caplog.messages) == 2
    assert "do not all reach broken" in caplog.messages[0]
    assert "Network is unreachable" in caplog.messages[0]
    assert SESSION not in caplog.text
    broken[0].error = None
    Publisher(sinks, SESSION).publish(drawn(1))
    assert len(broken[0].blocks) == 1


def test_a_full_socket_drops_the_face_and_says_so_once(receiver, caplog):
    with UdpSink("127.0.0.1", receiver.getsockname()[1]) as sink:

        class Full:
            def sendto(self, *_):
                raise BlockingIOError(11, "Resource temporarily unavailable")

            def close(self):
                pass

        sink._socket.close()
        sink._socket = Full()  # type: ignore[assignment]
        sinks = Sinks([sink])
        for _ in range(3):
            sinks.publish(SESSION, BLOCK)
        assert len(caplog.messages) == 1


def test_memory_and_datagrams_at_once(tmp_path, receiver):
    path = tmp_path / "vrface" / "faces"
    with Sinks([MemorySink(path), UdpSink("127.0.0.1", receiver.getsockname()[1])]) as sinks:
        Publisher(sinks, SESSION, clock_ns=lambda: 5).publish(drawn(1))
        data, written = receiver.recv(2048), path.read_bytes()[4096 : 4096 + 1024]
        assert data[:16] + data[24:] == written[:16] + written[24:]
        assert (data[16:24], written[16:24]) == (bytes(8), (4).to_bytes(8, "little"))
