"""`shapes`: names and shapes of a network's parameters, told without its layers.

A checkpoint is held against them when it is loaded; to ask the layers would take Flax, and some
tenths of a second.
"""

from __future__ import annotations

from vrface.face.blendshapes import COUNT
from vrface.model.config import NetworkConfig
from vrface.model.features import PLANES
from vrface.model.known import SUMMARY


def shapes(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Of `vrface.model.layers.Network`, in order of name."""
    width, memory, hidden = config.width, config.memory, config.hidden
    found = {
        **_fusion(config),
        **_linear("wearer.widen", SUMMARY, config.encoder_width),
        **_linear("wearer.narrow", config.encoder_width, config.code_width),
        **_linear("bend", config.code_width, (2 * config.blocks + 1) * width),
        **_linear("head.laws", width, 2 * COUNT),
    }
    for number in range(config.blocks):
        block = f"blocks.{number}"
        found |= {
            **_linear(f"{block}.gates", width, 4 * memory),
            f"{block}.rate": (memory,),
            f"{block}.recall.kernel": (memory, width),
            **_linear(f"{block}.widen", width, 2 * hidden),
            f"{block}.narrow.kernel": (hidden, width),
        }
    return dict(sorted(found.items()))


def _fusion(config: NetworkConfig) -> dict[str, tuple[int, ...]]:
    """Of what encodes and fuses streams."""
    kinds, places = len(config.skin), config.skin_places
    sizes = [*map(len, config.named.values()), *[places] * kinds]
    streams, encoded, slot = len(sizes), config.encoder_width, config.slot_width
    found: dict[str, tuple[int, ...]] = {
        "fusion.absent": (streams, config.width),
        "fusion.encoder.narrow.kernel": (streams, encoded, slot),
        "fusion.encoder.widen.kernel": (streams, len(PLANES) * max(sizes), encoded),
        "fusion.mixer.kernel": (streams, slot + 2, 2 * config.width),
    }
    if kinds:
        found["fusion.encoder.skin.places"] = (kinds, places, 3)
        found["fusion.encoder.skin.steep"] = (kinds, places)
    return found


def _linear(name: str, inputs: int, outputs: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.bias": (outputs,), f"{name}.kernel": (inputs, outputs)}
