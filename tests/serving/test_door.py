"""Who finds no room though there are places: refused when that is known, unless they move here."""

import time

import grpc
import pytest

from tests.serving.harness import RunningServer, Stream, frames, opening
from tests.serving.test_status import metadata
from tests.serving.test_track_many import Crowd, opened
from vrface.serving.door import PATIENCE_S
from vrface.serving.headroom import SETTLED_S
from vrface.serving.rate import Limits
from vrface.wire.codec import frame_to_proto
from vrface.wire.messages import session_pb2

NOBODY = Limits(busy=1e-9)
"""Of whoever is in, more would be too many."""


def come_in(running: RunningServer) -> None:
    """Somebody is in, however long this machine keeps their connection waiting."""
    running.service.door.inside += 1
    running.service.door._headroom.come(1, time.perf_counter())


@pytest.fixture
def server(model):
    with RunningServer({"small": model}, limits=NOBODY) as running:
        yield running


def test_whoever_comes_too_many_waits_until_that_is_known_and_is_refused(server, stub):
    come_in(server)
    asked_s = time.monotonic()
    second = stub.Track(iter([opening()]))
    with pytest.raises(grpc.RpcError) as raised:
        next(second)
    waited_s = time.monotonic() - asked_s
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "1 sessions are all that this server keeps on time" in str(raised.value.details())
    told = metadata(raised.value)
    assert "--max-busy" in told["vrface-advice"]
    assert int(told["vrface-retry-after-ms"]) >= 1000
    assert min(SETTLED_S, PATIENCE_S) - 0.5 <= waited_s
    assert (server.stats.turned_away, server.service.sessions) == (1, 1)


def test_a_wearer_who_moves_here_is_let_in(server, stub):
    request = session_pb2.ReconstructRequest(
        open=opening(seed=5).open, frames=[frame_to_proto(frames(1)[0])]
    )
    token = stub.Reconstruct(request).resume_token
    come_in(server)
    moved = Stream(stub, opening(seed=5, resume_token=token))
    assert moved.read("opened").resumed
    forged = stub.Track(iter([opening(seed=5, resume_token=token[:-1] + b"!")]))
    with pytest.raises(grpc.RpcError) as raised:
        next(forged)
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    moved.close()


def test_the_wearers_of_one_stream_come_together(model):
    with RunningServer({"small": model}, max_sessions=40) as running:
        crowd = Crowd(running, *(opened(number) for number in range(40)))
        for _ in range(40):
            crowd.next_control("opened")
        assert running.service.sessions == 40
        crowd.close()
