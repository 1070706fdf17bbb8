import asyncio
import time

import grpc
import numpy as np
import pytest

from tests.serving.harness import END, Stream, frames, opening, request, texts
from vrface.face import Expression, Status
from vrface.serving.broadcast import MAX_SPECTATORS, Broadcast, Spectator
from vrface.serving.status import Full
from vrface.wire.messages import session_pb2

PERIOD_NS = 11_111_111


def face(sequence: int) -> Expression:
    """One that is told by its sequence alone."""
    nothing, none = np.zeros(0, np.float32), np.zeros(0, np.uint8)
    return Expression(sequence, 0, 0, Status.TRACKING, nothing, nothing, none, nothing, nothing)


def accepted(rate_hz: float, jitter_ns: int = 0, count: int = 900) -> int:
    """How many of a 90 Hz session's faces a spectator of `rate_hz` is offered."""

    async def offer() -> int:
        spectator, changes = Spectator(rate_hz), 0
        for number in range(count):
            now_ns = 10**9 + number * PERIOD_NS + (jitter_ns if number % 2 else -jitter_ns)
            before = spectator._slot
            spectator.offer(face(number), now_ns)
            changes += spectator._slot is not before
        return changes

    return asyncio.run(offer())


@pytest.mark.parametrize("jitter_ns", [0, 1_500_000])
@pytest.mark.parametrize(
    ("rate_hz", "expected"), [(0, 900), (90, 900), (45, 450), (30, 300), (10, 100)]
)
def test_faces_are_thinned_to_the_rate_asked_for(rate_hz, expected, jitter_ns):
    assert accepted(rate_hz, jitter_ns) == pytest.approx(expected, rel=0.02)


def test_a_spectator_is_not_given_two_faces_at_once_after_a_gap():
    assert accepted(1, count=60) == 1


def test_a_spectator_that_lags_gets_the_newest_face_and_no_old_one():
    async def lag() -> list[int]:
        spectator = Spectator(0)
        for number in range(100):
            spectator.offer(face(number), number * PERIOD_NS)
        spectator.end()
        return [seen.sequence async for seen in spectator.faces()]

    assert asyncio.run(lag()) == [99]


def test_a_session_has_room_for_so_many_spectators():
    async def fill() -> None:
        broadcast = Broadcast(session_pb2.Opened(session_id="a", watch_token=b"b"))
        first = broadcast.join(0)
        for _ in range(MAX_SPECTATORS - 1):
            broadcast.join(0)
        with pytest.raises(Full):
            broadcast.join(0)
        broadcast.leave(first)
        broadcast.join(0)

    asyncio.run(fill())


def test_one_that_joins_after_the_end_is_told_at_once():
    async def join() -> list[Expression]:
        broadcast = Broadcast(session_pb2.Opened(session_id="a", watch_token=b"b"))
        broadcast.end()
        async with asyncio.timeout(5):
            return [face async for face in broadcast.join(0).faces()]

    assert asyncio.run(join()) == []


def test_a_watcher_sees_the_faces_of_a_session_until_it_ends(stub, server):
    made = frames(30)
    owner = Stream(stub, opening(want_stddev=False))
    opened = owner.read("opened")
    watched = stub.Watch(
        session_pb2.WatchRequest(session_id=opened.session_id, watch_token=opened.watch_token)
    )
    told = next(watched).opened
    assert (told.session_id, told.model) == (opened.session_id, opened.model)
    assert told.watch_token == b""
    for frame in made:
        owner.send(request(frame))
        mine = owner.read("expression")
        theirs = next(watched).expression
        assert theirs.sequence == mine.sequence == frame.sequence
        assert theirs.source == mine.source
        assert len(theirs.stddev) == 72
    owner.send(END)
    assert texts(watched) == ["end"]
    assert watched.code() == grpc.StatusCode.OK
    owner.close()


def test_a_watcher_is_thinned_by_its_rate(stub):
    owner = Stream(stub, opening())
    opened = owner.read("opened")
    watched = stub.Watch(
        session_pb2.WatchRequest(
            session_id=opened.session_id, watch_token=opened.watch_token, rate_hz=10
        )
    )
    next(watched)
    started = time.monotonic()
    for frame in frames(80):
        owner.send(request(frame))
        owner.read("expression")
        time.sleep(0.005)
    seconds = time.monotonic() - started
    owner.send(END)
    seen = texts(watched)
    assert seen.pop() == "end"
    assert 1 <= len(seen) <= seconds * 10 + 2
    owner.close()


def test_a_watcher_that_goes_leaves_the_session_alone(stub, server):
    owner = Stream(stub, opening())
    opened = owner.read("opened")
    watched = stub.Watch(
        session_pb2.WatchRequest(session_id=opened.session_id, watch_token=opened.watch_token)
    )
    next(watched)
    watched.cancel()
    for frame in frames(5):
        owner.send(request(frame))
        assert owner.read("expression").sequence == frame.sequence
    owner.send(END)
    owner.read("end")
    owner.close()
    assert server.stats.failed == 0
