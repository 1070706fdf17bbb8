"""`NetworkConfig`: the size of a network and what it listens to, as its checkpoint says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from vrface.errors import BadUse, CheckpointError
from vrface.model.features import NAMED, SLOTS, WIDTH

LARGEST = {
    "width": 2048,
    "encoder_width": 2048,
    "slot_width": 2048,
    "blocks": 16,
    "memory": 2048,
    "hidden": 2048,
    "code_width": 1024,
    "skin_places": 256,
}
"""The most that each size may be: far beyond what a CPU serves in a frame."""


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
        code_width: Of what is known of a wearer, encoded.
        skin_places: Places of the face that skin sensors are read off at, of each kind.
        memory_s: The longest time constant, seconds: what a sensor said longer ago than a few of
            these is forgotten, whatever the gates say (docs/decisions/0005-memory.md).
    """

    slots: tuple[int, ...] = tuple(range(WIDTH))
    width: int = 128
    encoder_width: int = 64
    slot_width: int = 48
    blocks: int = 3
    memory: int = 160
    hidden: int = 160
    code_width: int = 32
    skin_places: int = 24
    memory_s: float = 0.12

    def __post_init__(self) -> None:
        """Check every size.

        Raises:
            BadUse: if one is out of range.
        """
        for name, most in LARGEST.items():
            size = getattr(self, name)
            if type(size) is not int or not 1 <= size <= most:
                raise BadUse(f"a network's {name} is 1 to {most}, got {size!r}.")
        if type(self.memory_s) is not float or not 0.02 <= self.memory_s <= 60.0:
            raise BadUse(f"a network's memory_s is 0.02 to 60.0, got {self.memory_s!r}.")
        if not self.slots or len(set(self.slots)) != len(self.slots):
            raise BadUse(f"a network's slots are places, each once, got {self.slots!r}.")
        if any(type(slot) is not int or not 0 <= slot < WIDTH for slot in self.slots):
            raise BadUse(f"a network's slots are 0 to {WIDTH - 1}, got {self.slots!r}.")

    @property
    def named(self) -> dict[str, tuple[int, ...]]:
        """Slots by stream, of those that always mean the same."""
        return _by_stream(slot for slot in self.slots if slot < len(NAMED))

    @property
    def skin(self) -> dict[str, tuple[int, ...]]:
        """Slots by stream, of skin sensors."""
        return _by_stream(slot for slot in self.slots if slot >= len(NAMED))

    def with_all_skin(self) -> NetworkConfig:
        """The same, hearing every channel of each kind of skin sensor that it hears one of."""
        kinds = self.skin.keys()
        felt = [n for n, (stream, _) in enumerate(SLOTS) if n >= len(NAMED) and stream in kinds]
        named = [slot for slot in self.slots if slot < len(NAMED)]
        return replace(self, slots=(*named, *felt))

    def to_json(self) -> dict[str, Any]:
        """As a checkpoint's config holds it: slots by name, so that their places may change."""
        return asdict(self) | {"slots": ["/".join(SLOTS[slot]) for slot in self.slots]}

    @classmethod
    def from_json(cls, value: Any) -> NetworkConfig:
        """The config that `to_json` gave.

        Raises:
            CheckpointError: if anything of it is missing, unknown or out of range.
        """
        own = {f.name for f in fields(cls)}
        given = set(value) if isinstance(value, Mapping) else set()
        if given != own:
            raise CheckpointError(
                f"a network's config lacks {sorted(own - given)}, and this version knows nothing "
                f"of {sorted(map(str, given - own))}.",
                "Retrain it.",
            )
        places = {"/".join(slot): place for place, slot in enumerate(SLOTS)}
        names = value["slots"]
        if not isinstance(names, list) or any(str(name) not in places for name in names):
            raise CheckpointError(f"a network's slots are names of channels, got {names!r}.")
        try:
            return cls(**{**value, "slots": tuple(places[str(name)] for name in names)})
        except BadUse as error:
            raise CheckpointError(error.message, "Retrain it.") from None


def _by_stream(slots: Iterable[int]) -> dict[str, tuple[int, ...]]:
    """Slots by their stream, in the order given."""
    streams: dict[str, tuple[int, ...]] = {}
    for slot in slots:
        stream = SLOTS[slot][0]
        streams[stream] = (*streams.get(stream, ()), slot)
    return streams
