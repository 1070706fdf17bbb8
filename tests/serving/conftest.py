import subprocess
import sys

import grpc
import pytest

from tests.serving.harness import RunningServer, small_model
from vrface.wire.messages import expression_service_pb2_grpc


@pytest.fixture(scope="session")
def model(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model") / "small")


@pytest.fixture
def server(model):
    with RunningServer({"small": model}, max_sessions=3) as running:
        yield running


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server.address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        yield channel


@pytest.fixture
def stub(channel):
    return expression_service_pb2_grpc.ExpressionServiceStub(channel)


SERVE = """
import sys
from pathlib import Path
from tests.serving.harness import small_model
from vrface.serving import serve
from vrface.wire.address import Address

serve(
    {"small": small_model(Path(sys.argv[1]))},
    where=Address(port=0),
    on_ready=lambda address: print(address, flush=True),
    on_report=lambda text: print("report:", text, flush=True),
)
"""


@pytest.fixture
def process(tmp_path):
    """A server in its own process, and its address."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-c", SERVE, str(tmp_path / "model")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
        process.kill()
