"""`NetworkConfig`: the size of a network and what it listens to, as its checkpoint says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from vrface.errors import CheckpointError
from vrface.model.features import SLOTS, WIDTH

LARGEST = 4096
"""No size of a network that is read from a file may be larger."""


@dataclass(frozen=True)
class NetworkConfig:
    """The size of a network, and what it listens to.

    Attributes:
        slots: [n] places in `features.SLOTS` that were heard in training; others are not looked at.
        width: Of the residual state.
        encoder_width: Of an encoder's hidden layer.
        slot_width: Of one stream's encoding.
        blocks: How many memories follow each other.
        memory: Leaky memories of each block.
        hidden: Of each block's gated unit.
        memory_s: The longest time constant, seconds: what a sensor said longer ago than a few of
            these is forgotten, whatever the gates say (docs/decisions/0005-memory.md).
    """

    slots: tuple[int, ...] = tuple(range(WIDTH))
    width: int = 128
    encoder_width: int = 96
    slot_width: int = 64
    blocks: int = 3
    memory: int = 160
    hidden: int = 160
    memory_s: float = 0.12

    def to_json(self) -> dict[str, Any]:
        """As a checkpoint's config holds it: slots by name, so that their places may change."""
        return asdict(self) | {"slots": ["/".join(SLOTS[slot]) for slot in self.slots]}

    @classmethod
    def from_json(cls, value: Any) -> NetworkConfig:
        """The config that `to_json` gave.

        Raises:
            CheckpointError: if anything of it is missing, unknown or out of range.
        """
        if not isinstance(value, Mapping) or value.keys() != {f.name for f in fields(cls)}:
            raise CheckpointError(
                f"a network's config has the fields {[f.name for f in fields(cls)]}, got {value}.",
                "Retrain it.",
            )
        sizes = {name: size for name, size in value.items() if name not in ("slots", "memory_s")}
        for name, size in sizes.items():
            if type(size) is not int or not 1 <= size <= LARGEST:
                raise CheckpointError(f"a network's {name} is 1 to {LARGEST}, got {size!r}.")
        memory_s = value["memory_s"]
        if type(memory_s) is not float or not 0.01 <= memory_s <= 60.0:
            raise CheckpointError(f"a network's memory_s is 0.01 to 60.0, got {memory_s!r}.")
        places = {"/".join(slot): place for place, slot in enumerate(SLOTS)}
        names = value["slots"]
        if not isinstance(names, list) or not names or len(set(map(str, names))) != len(names):
            raise CheckpointError(f"a network's slots are names, each once, got {names!r}.")
        if unknown := [name for name in map(str, names) if name not in places]:
            raise CheckpointError(f"a network's slots name {unknown[0]!r}, which nobody knows.")
        return cls(slots=tuple(places[name] for name in names), memory_s=memory_s, **sizes)
