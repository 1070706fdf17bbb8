import urllib.request

import pytest

from tests.serving.harness import RunningServer, eventually, frames
from vrface.client import RemoteSession
from vrface.client.diagnosis import Figures
from vrface.errors import ServerError
from vrface.serving.metrics import STAGES
from vrface.serving.stats import BOUNDS_US, Durations
from vrface.wire.address import Address
from vrface.wire.messages import session_pb2


@pytest.fixture
def watched(model):
    with RunningServer({"small": model}, metrics=Address(port=0)) as running:
        yield running


def read(running: RunningServer) -> str:
    where = f"http://{running.server.metrics_address}/metrics"
    with urllib.request.urlopen(where) as page:
        return str(page.read().decode())


def test_prometheus_reads_what_the_server_does(watched):
    with RemoteSession(watched.address) as remote:
        list(remote.run(frames(200)))
        figures = Figures.parse(read(watched))
        assert figures["sessions"] == 1
        assert remote.session_id not in read(watched)
    eventually(lambda: Figures.parse(read(watched))["sessions_ended"] == 1)
    assert (figures["sessions_max"], figures["sessions_opened"]) == (32, 1)
    assert figures["frames"] == 200
    assert figures["faces"] >= 199
    assert 0.0 < figures["busy_ratio"] <= 1.0
    assert figures["process_resident_memory_bytes"] > 1e6
    assert set(figures.stages) == set(STAGES)
    for stage in STAGES:
        counts = [count for _, count in figures.stages[stage]]
        assert counts == sorted(counts)
        assert counts[-1] > 0, stage
        assert stage == "loop" or figures.beyond(stage, 0.0) == 1.0
    assert f'digest="{remote.model_digest.hex()}"' in read(watched)


def test_the_server_tells_the_same_over_grpc(stub, server):
    told = stub.GetServerInfo(session_pb2.GetServerInfoRequest())
    assert Figures.parse(told.metrics)["sessions_max"] == 3
    assert server.server.metrics_address == ""


def test_a_taken_port_is_said(watched, model):
    taken = Address.parse(watched.server.metrics_address)
    with pytest.raises(ServerError, match="cannot listen on"):
        RunningServer({"small": model}, metrics=taken)


def test_durations_are_kept_in_bins():
    durations = Durations()
    for duration_us in (0, 100, 101, 11_111, 11_112, 10**9):
        durations.add(duration_us)
    assert durations.bins[0] == 2
    assert durations.bins[1] == 1
    assert durations.bins[BOUNDS_US.index(11_111)] == 1
    assert durations.bins[BOUNDS_US.index(11_111) + 1] == 1
    assert durations.bins[-1] == 1
    assert sum(durations.bins) == 6
    assert durations.sum_us == 10**9 + 22_424
