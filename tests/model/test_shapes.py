"""`shapes`: what the layers themselves say."""

from dataclasses import replace

import pytest

from vrface.model import layers
from vrface.model.config import NetworkConfig
from vrface.model.features import NAMED, WIDTH
from vrface.model.network import NetworkArchitecture
from vrface.model.shapes import shapes

SMALL = NetworkConfig(width=10, encoder_width=6, slot_width=5, memory=7, hidden=9)
CONFIGS = {
    "default": NetworkConfig(),
    "small": replace(SMALL, blocks=2, code_width=3, skin_places=4),
    "no skin": replace(SMALL, slots=tuple(range(len(NAMED)))),
    "skin alone": replace(SMALL, slots=tuple(range(len(NAMED), WIDTH))),
    "one slot": replace(SMALL, slots=(3,), blocks=1),
    "more places than slots": replace(SMALL, skin_places=100),
    "many blocks": replace(SMALL, blocks=12),
}


@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS)
def test_they_are_those_of_the_layers(config: NetworkConfig) -> None:
    told = layers.shapes(NetworkArchitecture(config))
    assert list(shapes(config).items()) == list(told.items())
