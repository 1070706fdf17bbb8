import pytest

from tests.serving.conftest import model as model
from tests.serving.conftest import processes as processes
from tests.serving.conftest import started


@pytest.fixture
def process(processes):
    return processes()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The address of a server that nobody stops."""
    with started(tmp_path_factory.mktemp("shared")) as start:
        yield start()[1]
