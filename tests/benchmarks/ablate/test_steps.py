"""Steps of every variant's network take turns with the base's."""

import numpy as np
import pytest

from benchmarks import measure
from benchmarks.ablate import steps
from benchmarks.ablate.variants import BASE, VARIANTS
from tests.benchmarks.ablate.settings import tiny
from vrface.model.features import WIDTH
from vrface.model.layers import Network
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture

STATISTICS = {
    "sensor_rest": np.zeros(WIDTH, np.float32),
    "sensor_spread": np.ones(WIDTH, np.float32),
}


@pytest.mark.slow
def test_each_network_that_is_another_is_timed_beside_the_base(monkeypatch, tmp_path):
    settings = tiny()
    told: list[float] = []

    def drawn(name, settings, folders):
        variant = VARIANTS[name]
        architecture = NetworkArchitecture(variant.change(settings.config).network, variant.kind)
        return Model(
            name=name, digest=bytes(32), config={}, card="", statistics=STATISTICS, rivals={},
            architecture=architecture, params=architecture.drawn(0),
        )  # fmt: skip

    monkeypatch.setattr(steps, "model_of", drawn)
    monkeypatch.setattr(measure, "pin", lambda: None)  # this process has other tests to run
    found = steps.timed(settings, tmp_path, told.append)
    assert set(found) == {BASE} | {
        name for name, one in VARIANTS.items() if one.kind is not Network
    }
    assert all(
        one["us"] > 0 and one["low"] <= one["ratio"] <= one["high"] for one in found.values()
    )
    assert found[BASE]["ratio"] == 1.0
    assert told[-1] == 1.0
