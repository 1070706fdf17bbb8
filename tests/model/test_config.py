"""The size of a network, as a checkpoint that anybody may have written says it."""

import json
from typing import Any

import pytest

from vrface.errors import BadUse, CheckpointError
from vrface.model.config import LARGEST, NetworkConfig
from vrface.model.features import SLOTS

SMALL = NetworkConfig(slots=(3, 1, 40), width=8, memory_s=0.2)


def test_a_config_comes_back_from_json() -> None:
    for config in (NetworkConfig(), SMALL):
        assert NetworkConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


def test_slots_travel_by_name() -> None:
    assert all("/" in name for name in SMALL.to_json()["slots"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", 0),
        ("width", LARGEST["width"] + 1),
        ("blocks", LARGEST["blocks"] + 1),
        ("width", 8.0),
        ("width", True),
        ("width", "8"),
        ("blocks", -1),
        ("memory_s", 0.0),
        ("memory_s", float("nan")),
        ("memory_s", 1),
        ("memory_s", None),
        ("slots", []),
        ("slots", None),
        ("slots", ["lids/nowhere"]),
        ("slots", ["lids/wide_left", "lids/wide_left"]),
        ("slots", [[]]),
        ("slots", [{}]),
        ("slots", [3]),
    ],
)
def test_what_is_out_of_range_is_refused(field: str, value: Any) -> None:
    with pytest.raises(CheckpointError, match=field):
        NetworkConfig.from_json({**SMALL.to_json(), field: value})


@pytest.mark.parametrize("value", [None, 3, [], "x", {}, {"width": 8}])
def test_what_is_no_config_is_refused(value: Any) -> None:
    with pytest.raises(CheckpointError, match="config lacks"):
        NetworkConfig.from_json(value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("width", 0),
        ("blocks", 17),
        ("memory_s", 1),
        ("memory_s", 0.005),
        ("slots", ()),
        ("slots", (3, 3)),
        ("slots", (256,)),
        ("slots", (-1,)),
        ("slots", ("x",)),
    ],
)
def test_a_network_that_could_not_be_read_again_is_not_made(field: str, value: Any) -> None:
    with pytest.raises(BadUse, match=field):
        NetworkConfig(**{field: value})


def test_slots_are_named_ones_and_skin_by_stream() -> None:
    config = NetworkConfig(slots=(*at("foam", 5, 2), 1, *at("emg", 7), *at("lids"), 0))
    assert config.named == {"mouth_tracker": (1, 0), "lids": at("lids")}
    assert config.skin == {"foam": at("foam", 5, 2), "emg": at("emg", 7)}
    whole = NetworkConfig()
    assert sum(map(len, (*whole.named.values(), *whole.skin.values()))) == len(SLOTS)
    assert list(whole.skin) == ["foam", "strain", "emg"]


def test_with_all_skin_hears_every_channel_of_the_kinds_it_knows() -> None:
    config = NetworkConfig(slots=(3, *at("foam", 5, 2), *at("emg", 7)))
    wide = config.with_all_skin()
    assert wide.named == config.named
    assert wide.skin == {"foam": at("foam", *range(32)), "emg": at("emg", *range(64))}
    assert wide.with_all_skin() == wide
    blind = NetworkConfig(slots=(3, 4))
    assert blind.with_all_skin() == blind


def at(stream: str, *numbers: int) -> tuple[int, ...]:
    """The slots of a skin sensor's channels, or of the openness of lids."""
    names = [str(number) for number in numbers] or ["openness_left", "openness_right"]
    return tuple(SLOTS.index((stream, name)) for name in names)


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(CheckpointError, match="config lacks"):
        NetworkConfig.from_json({**SMALL.to_json(), "depth": 3})
