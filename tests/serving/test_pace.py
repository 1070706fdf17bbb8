"""Streams that send faster than they may: held to the rate, and ended far beyond it."""

import asyncio
import itertools
import time

import grpc
import pytest

from tests.serving.harness import END, RunningServer, Stream, eventually, frames, opening, request
from tests.serving.test_status import metadata
from tests.serving.test_track_many import Crowd, columns, opened
from vrface.client import RemoteSession
from vrface.errors import Refused
from vrface.sensors.frame import SensorFrame
from vrface.serving.pace import Pace
from vrface.serving.rate import BURST_S, FLOOD, FLOOD_S, Limits
from vrface.serving.stats import Stats
from vrface.serving.status import TooFast
from vrface.wire.messages import expression_service_pb2_grpc
from vrface.wire.notice_code import Code

SLOW = Limits(rate_hz=20.0, busy=1.0)
"""A rate that every client is beyond."""

AHEAD = SLOW.rate_hz * FLOOD * FLOOD_S
"""Messages that may come at once."""


@pytest.fixture
def server(model):
    with RunningServer({"small": model}, limits=SLOW) as running:
        yield running


def test_who_is_held_back_is_asked_again_and_told_once():
    async def go():
        stats, asked, told = Stats(), asyncio.Event(), []
        pace = Pace(Limits(rate_hz=100.0), stats, asked.set, lambda: told.append(1))
        now_ns = time.perf_counter_ns()
        for _ in range(int(100.0 * BURST_S)):
            assert not pace.holds(now_ns)
            pace.made(now_ns)
        for round_ in range(1, 4):
            assert pace.holds(now_ns)
            assert pace.holds(now_ns)
            assert stats.held == round_
            await asyncio.wait_for(asked.wait(), 10)
            asked.clear()
        assert not pace.holds(now_ns + 10_000_000)
        assert told == [1]

    asyncio.run(go())


def test_messages_far_beyond_the_rate_are_refused_and_the_words_say_how_many():
    stats = Stats()
    pace = Pace(Limits(rate_hz=10.0), stats, lambda: None, lambda: None)
    most = int(10.0 * FLOOD * FLOOD_S)
    for _ in range(most):
        pace.heard(0)
    with pytest.raises(TooFast) as raised:
        pace.heard(0)
    assert "20 messages a second" in str(raised.value)
    assert f"{most} ahead" in str(raised.value)
    assert raised.value.advice
    assert stats.flooded == 1
    pace.heard(1_000_000_000)


def test_frames_beyond_the_rate_cost_no_step_and_the_newest_is_shown(server, stub):
    made = frames(60)
    began_s = time.perf_counter()
    answers = stub.Track(iter([opening(), *map(request, made), END]))
    shown, codes = [], []
    for answer in answers:
        if answer.HasField("expression"):
            shown.append(answer.expression.sequence)
        elif answer.HasField("notice"):
            codes.append(answer.notice.code)
    spent_s = time.perf_counter() - began_s
    assert answers.code() is grpc.StatusCode.OK
    assert shown[-1] == made[-1].sequence
    assert shown == sorted(shown)
    assert len(shown) <= SLOW.rate_hz * (BURST_S + spent_s) + 1
    stats = server.stats
    assert stats.frames == 60
    assert stats.overtaken == 60 - len(shown)
    assert (stats.faces, stats.held > 0, stats.flooded) == (len(shown), True, 0)
    assert codes.count(Code.FRAME_RATE) == 1


def test_who_waits_for_each_face_gets_each_at_the_rate(server):
    with RemoteSession(server.address) as session:
        began_s = time.perf_counter()
        faces = list(session.run(frames(12)))
        spent_s = time.perf_counter() - began_s
    assert [face.sequence for face in faces] == list(range(1, 13))
    assert spent_s >= 12 / SLOW.rate_hz - BURST_S - 0.1
    assert server.stats.overtaken == 0


def test_a_flood_is_ended_with_a_status_and_the_others_go_on(server, stub):
    well = Stream(stub, opening())
    well.read("opened")
    made = itertools.cycle(frames(1))
    flood = stub.Track(itertools.chain([opening()], map(request, made)))
    with pytest.raises(grpc.RpcError) as raised:
        list(flood)
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "messages a second" in str(raised.value.details())
    assert metadata(raised.value)["vrface-advice"]
    assert server.stats.flooded == 1
    assert server.stats.frames <= 2 * AHEAD
    eventually(lambda: server.service.sessions == 1)
    for frame in frames(2):
        well.send(request(frame))
        while (answer := next(well.responses)).WhichOneof("message") != "expression":
            assert not answer.HasField("notice")
        assert answer.expression.sequence == frame.sequence
    well.close()


def test_a_stream_of_many_is_held_to_the_rate_of_each(server):
    wearers = {number: frames(60, seed=number) for number in range(5)}
    crowd = Crowd(server, *(opened(number) for number in wearers))
    for _ in wearers:
        crowd.next_control("opened")
    began_s = time.perf_counter()
    for place in range(60):
        now = {number: made[place] for number, made in wearers.items()}
        crowd.send(frames=[columns(place + 1, now)])
    shown: list[int] = []
    while not shown or shown[-1] < 60:
        shown.append(crowd.next_faces().sequence)
    spent_s = time.perf_counter() - began_s
    assert shown == sorted(shown)
    assert len(shown) <= SLOW.rate_hz * (BURST_S + spent_s) + 1
    assert server.stats.faces == 5 * len(shown)
    assert server.stats.overtaken == 5 * (60 - len(shown))
    assert server.stats.held > 0
    codes = [
        int(one.response.notice.code) for one in crowd.control if one.response.HasField("notice")
    ]
    assert codes == [Code.FRAME_RATE]
    crowd.close()


def flooded(crowd: Crowd, made: dict[int, SensorFrame], count: int) -> None:
    """Send the same wearers' frame again and again, and read to the end."""
    for place in range(count):
        crowd.send(frames=[columns(place + 1, made)])
    crowd._requests.put(None)
    for _ in crowd.responses:
        pass


def test_a_stream_of_many_may_send_what_its_wearers_may(server):
    """Ten wearers, each in a message of its own, are no flood; one who sends as many is."""
    (frame,) = frames(1)
    count = int(2 * AHEAD)
    many = Crowd(server, *(opened(number) for number in range(10)))
    flooded(many, {3: frame}, count)
    assert server.stats.flooded == 0
    many.close()
    alone = Crowd(server, opened(3))
    with pytest.raises(grpc.RpcError) as raised:
        flooded(alone, {3: frame}, 10 * count)
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert server.stats.flooded == 1
    alone.close()


def test_who_opens_too_many_is_told_when_to_come_again(model):
    limits = Limits(opens_hz=0.5, busy=1.0)
    with RunningServer({"small": model}, max_sessions=4, limits=limits) as running:
        for _ in range(4):
            RemoteSession(running.address).close()
        with pytest.raises(Refused, match="sessions a second from one address") as refused:
            RemoteSession(running.address)
        assert refused.value.advice
        with grpc.insecure_channel(running.address) as channel:
            stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
            with pytest.raises(grpc.RpcError) as raised:
                list(stub.Track(iter([opening()])))
        assert running.stats.turned_away == 2
        wait_ms = int(metadata(raised.value)["vrface-retry-after-ms"])
        assert 0 < wait_ms <= 2000
        time.sleep(wait_ms / 1e3)
        RemoteSession(running.address).close()
