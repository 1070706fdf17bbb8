"""`Retargeting`: which of an avatar's morphs follow which shapes of a face; kept as a JSON file."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.schemes import SCHEMES, Scheme, scheme

VERSION = 1
"""Of the file: the value of its entry ``vrface_rig``."""

_ORDER = ("arkit", "canonical", "unified", "vrm1", "vrm0")
"""Schemes that avatars are made for come first where two match equally well."""


@dataclass(frozen=True)
class Channel:
    """One morph that follows one shape.

    Attributes:
        shape: Of the scheme.
        morph: The avatar's name of it.
        gain: How far the morph goes when the shape is in full.
        low: The least it gets.
        high: The most it gets.
    """

    shape: str
    morph: str
    gain: float = 1.0
    low: float = 0.0
    high: float = 1.0


@dataclass(frozen=True)
class Retargeting:
    """How an avatar's face is driven.

    Attributes:
        avatar: Name of its file.
        scheme: The scheme that its morphs are named by.
        channels: The morphs that move, in the scheme's order.
        unused: The avatar's other morphs.
    """

    avatar: str
    scheme: str
    channels: tuple[Channel, ...]
    unused: tuple[str, ...] = ()

    @classmethod
    def matched(cls, avatar: str, morphs: Sequence[str]) -> Retargeting:
        """Find the scheme that most of an avatar's morphs are named by.

        Case, separators, prefixes (``Face.eyeBlinkLeft``) and ``_L`` for ``Left`` make no
        difference.

        Args:
            avatar: Name of its file.
            morphs: The avatar's names.

        Raises:
            BadUse: if no morph has a name that any scheme knows.
        """
        own: dict[str, str] = {}
        for morph in morphs:
            own.setdefault(_plain(morph), morph)
        found = {name: _channels(scheme(name), own) for name in _by_order()}
        name = max(found, key=lambda name: len(found[name]))
        if not found[name]:
            some = ", ".join(morphs[:8]) or "none"
            raise BadUse(
                f"no morph of {avatar} has a name that vrface knows; it has {some}.",
                "Name them as ARKit, Unified Expressions or VRM do (`vrface map` lists them).",
            )
        used = {channel.morph for channel in found[name]}
        return cls(avatar, name, found[name], tuple(m for m in morphs if m not in used))

    @property
    def missing(self) -> tuple[str, ...]:
        """The scheme's shapes that a face has a value for and the avatar no morph."""
        here = {channel.shape for channel in self.channels}
        return tuple(shape for shape in _written(scheme(self.scheme)) if shape not in here)

    @property
    def moved(self) -> tuple[str, ...]:
        """The shapes of the 54 that move something."""
        return tuple(name for name, moves in zip(BLENDSHAPES, self._moves(), strict=True) if moves)

    @property
    def unmoved(self) -> tuple[str, ...]:
        """The shapes of the 54 that move nothing."""
        moved = self.moved
        return tuple(name for name in BLENDSHAPES if name not in moved)

    def values(self, weights: NDArray[np.float32]) -> NDArray[np.float32]:
        """What each channel's morph gets of a face.

        Args:
            weights: [..., 54] in [0, 1]; NaN = absent, which leaves a morph at its lowest.

        Returns:
            [..., channels].
        """
        own = scheme(self.scheme)
        places = [own.shapes.index(channel.shape) for channel in self.channels]
        gain, low, high = np.array(
            [(channel.gain, channel.low, channel.high) for channel in self.channels], np.float32
        ).T
        return np.asarray(np.clip(np.nan_to_num(own.write(weights)[..., places]) * gain, low, high))

    def to_json(self) -> str:
        """The file, made to be read and edited by people."""
        entries = {
            "vrface_rig": VERSION,
            "avatar": self.avatar,
            "scheme": self.scheme,
            "channels": [vars(channel) for channel in self.channels],
            "missing": list(self.missing),
            "unused": list(self.unused),
        }
        return json.dumps(entries, indent=2) + "\n"

    @classmethod
    def read(cls, path: Path) -> Retargeting:
        """Read the file.

        Raises:
            BadUse: if it cannot be read, or is not such a file, with the entry at fault.
            UnknownName: if its scheme is none that ships.
        """
        advice = "`vrface map AVATAR -o rig.json` makes such a file."
        try:
            entries = json.loads(path.read_text(encoding="utf-8"))
            if entries["vrface_rig"] != VERSION:
                raise ValueError(f"its version is {entries['vrface_rig']!r}, not {VERSION}")
            own = scheme(str(entries["scheme"]))
            channels = tuple(_channel(entry, own) for entry in entries["channels"])
            if not channels:
                raise ValueError("it has no channels")
            unused = tuple(map(str, entries.get("unused", ())))
            return cls(str(entries["avatar"]), own.name, channels, unused)
        except OSError as error:
            raise BadUse(f"rig {path} cannot be read: {error.strerror}.", advice) from None
        except (
            *(ValueError, KeyError, TypeError, AttributeError),
            *(OverflowError, RecursionError),
        ) as error:
            raise BadUse(f"{path} is no rig: {error}.", advice) from None

    def _moves(self) -> NDArray[np.bool_]:
        """[54] whether a shape alone, beside a face at rest, moves a morph."""
        rest, one = np.zeros(len(BLENDSHAPES), np.float32), np.eye(len(BLENDSHAPES))
        there = self.values(np.asarray(one, np.float32)) - self.values(rest)
        return np.asarray((np.abs(there) > 1e-6).any(axis=-1))


def _by_order() -> list[str]:
    return [*_ORDER, *(name for name in SCHEMES if name not in _ORDER)]


def _channels(own: Scheme, morphs: Mapping[str, str]) -> tuple[Channel, ...]:
    """What the avatar has of `_written`."""
    return tuple(Channel(s, morphs[_plain(s)]) for s in _written(own) if _plain(s) in morphs)


def _written(own: Scheme) -> list[str]:
    """The scheme's shapes that are made of a face."""
    return [row.shape for row in own.rows if row.ways]


def _plain(name: str) -> str:
    """A name without what differs between tools."""
    side = re.sub(r"[._\- ]([LlRr])$", lambda m: "Left" if m[1] in "Ll" else "Right", name.strip())
    return re.sub(r"[^a-z0-9]", "", re.split(r"[./:]", side)[-1].lower())


def _channel(entry: Mapping[str, Any], own: Scheme) -> Channel:
    """A channel as the file has it; raises errors of its own kind where it makes no sense."""
    channel = Channel(**entry)
    if not isinstance(channel.morph, str):
        raise TypeError(f"the morph of {channel.shape} is a name, got {channel.morph!r}")
    if channel.shape not in own.shapes:
        raise ValueError(f"{own.name} has no shape {channel.shape!r}")
    figures = (channel.gain, channel.low, channel.high)
    if not all(isinstance(f, int | float) and math.isfinite(f) for f in figures):
        raise ValueError(f"gain, low and high of {channel.shape} are numbers, got {figures}")
    if channel.low > channel.high:
        raise ValueError(f"low of {channel.shape} is above its high")
    return channel
