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
