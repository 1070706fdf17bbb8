from dataclasses import replace

import pytest

from tests.serving.harness import small_model
from vrface.model.model import Model
from vrface.serving.warm_up import WarmUp
from vrface.session.stepper import BATCHES, FIRST, SERVED


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    return small_model(tmp_path_factory.mktemp("model") / "small")


def test_what_the_first_wearers_need_is_compiled_at_once_and_the_rest_beside(model):
    one, other = replace(model), replace(model)
    warm_up = WarmUp([one, other])
    warm_up.start()
    assert set(one.warm()) >= set(FIRST) <= set(other.warm())
    warm_up.join()
    assert one.warm() == other.warm() == tuple(size for size in BATCHES if size <= SERVED)


def test_a_server_that_stops_compiles_no_more(model):
    one = replace(model)
    warm_up = WarmUp([one])
    warm_up.stop()
    warm_up.start()
    warm_up.join()
    assert one.warm() == FIRST
