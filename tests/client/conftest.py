import pytest

from tests.client.faces import Clock
from tests.serving.conftest import model as model
from tests.serving.conftest import process as process
from tests.serving.conftest import processes as processes
from tests.serving.conftest import server as server


@pytest.fixture
def clock():
    return Clock()
