from tests.cli.conftest import vrface as vrface
from tests.serving.conftest import model as model
from tests.serving.conftest import server as server
