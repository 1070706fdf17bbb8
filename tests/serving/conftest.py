import contextlib
import subprocess
import sys

import grpc
import pytest

from tests.serving.harness import RunningServer, Stream, small_model
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


@pytest.fixture
def stream(stub):
    opened = []

    def start(*first):
        opened.append(Stream(stub, *first))
        return opened[-1]

    yield start
    for one in opened:
        one.close()
        one.responses.cancel()


SERVE = """
import sys
from pathlib import Path
from tests.serving.harness import small_model
from vrface.model import checkpoint
from vrface.serving import Limits, Server, serve
from vrface.session.token import PURPOSE
from vrface.trust.seal import Seal
from vrface.wire.address import Address

server = Server(
    {"small": small_model(Path(sys.argv[1]))},
    where=Address(port=int(sys.argv[2])),
    max_sessions=int(sys.argv[3]),
    seal=Seal(bytes(32), PURPOSE),
    limits=Limits(rate_hz=10_000.0, opens_hz=1000.0, busy=float(sys.argv[4])),
)
serve(
    server,
    load=lambda _: checkpoint.load(Path(sys.argv[1]), name="small"),
    on_ready=lambda address: print(address, flush=True),
    on_report=lambda text: print("report:", text, flush=True),
)
"""


@contextlib.contextmanager
def started(folder):
    """Starts servers in processes of their own; each goes on with the others' wearers."""
    with contextlib.ExitStack() as running:

        def start(
            port: int = 0, max_sessions: int = 32, busy: float = 1.0
        ) -> tuple[subprocess.Popen[str], str]:
            words = [str(folder / "model"), str(port), str(max_sessions), str(busy)]
            process = running.enter_context(
                subprocess.Popen(
                    [sys.executable, "-W", "error", "-c", SERVE, *words],
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            running.callback(process.kill)
            assert process.stdout is not None
            return process, process.stdout.readline().strip()

        yield start


@pytest.fixture
def processes(tmp_path):
    """Starts servers in processes of their own."""
    with started(tmp_path) as start:
        yield start


@pytest.fixture
def process(processes):
    """A server in its own process, and its address."""
    return processes()
