import pytest

from tests.serving.conftest import model as model
from tests.serving.conftest import processes as processes


@pytest.fixture
def process(processes):
    return processes()
