"""Sinks: what goes to whom, and that none disturbs a session or another one."""

import socket

import pytest

from tests.outputs.kept import Kept
from tests.wire.frame_blocks import OTHER, SESSION, block_of, drawn
from vrface.errors import ServerError
from vrface.outputs.memory_sink import MemorySink
from vrface.outputs.publisher import Publisher
from vrface.outputs.sinks import Sinks, UdpSink

BLOCK = block_of(drawn(1))


@pytest.fixture
def receiver():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 0))
        receiver.settimeout(5)
        yield receiver


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


class Broken(Kept):
    """Everything it is asked for fails, in whatever way."""

    def end(self, session_id: str) -> None:
        raise ServerError("it is full.")

    def beat(self) -> None:
        raise OSError(5, "Input/output error")

    def close(self) -> None:
        super().close()
        raise BufferError("cannot close exported pointers exist")


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (lambda sinks: sinks.publish(SESSION, BLOCK), "out of range"),
        (lambda sinks: sinks.end(SESSION), "it is full"),
        (lambda sinks: sinks.beat(), "Input/output error"),
        (lambda sinks: sinks.close(), "exported pointers"),
    ],
)
def test_nothing_that_one_sink_fails_at_reaches_anybody_else(caplog, act, said):
    broken, well = Broken("broken", ValueError("out of range")), Kept("well")
    sinks = Sinks([broken, well])
    for _ in range(2):
        act(sinks)
    assert [len(well.blocks), len(well.ended), well.beats, well.closed].count(0) == 3
    assert len(caplog.messages) == 1
    assert said in caplog.text


def test_a_sink_that_cannot_be_closed_leaves_no_other_one_open():
    kept = [Broken("a"), Kept("b"), Broken("c"), Kept("d")]
    Sinks(kept).close()
    assert [one.closed for one in kept] == [1, 1, 1, 1]
