"""`Donning`: one time that a wearer puts a headset on, as far as sensors feel it."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from vrface.simulation.simulators.registry import FAMILIES

_OWN, _DONNED, _FAMILY = 100, 101, 102
"""What a generator draws: what the wearer keeps, what a donning brings, whose sensor it is."""


@dataclass(frozen=True)
class Donning:
    """One donning of one wearer.

    Attributes:
        wearer: Seed of the wearer.
        number: Which time they put it on, from 0.
        held_out: Whether every sensor is of the family that nothing is trained on.
        offset_m: Where the headset sits beside where it was made to sit, head space.
        tilt_rad: How it is turned there, about x, y and z.
        pressure: How tight the strap is; 1 = usual.
        glasses: Whether the wearer wears glasses under it.
        beard: How much hair the lower face has, 0 to 1.
        skin: Share of near-infrared light that the skin reflects.
        families: By stream, which family of the sensor it is (its law of noise, its layout).
    """

    wearer: int
    number: int
    held_out: bool
    offset_m: tuple[float, float, float]
    tilt_rad: tuple[float, float, float]
    pressure: float
    glasses: bool
    beard: float
    skin: float
    families: Mapping[str, str]

    @classmethod
    def drawn(
        cls,
        wearer: int,
        number: int = 0,
        *,
        families: Mapping[str, tuple[str, ...]] = FAMILIES,
        held_out: bool = False,
    ) -> Donning:
        """Donning `number` of wearer `wearer`: always the same for these two.

        Glasses, beard and skin stay with the wearer, and so does the family of each sensor: the
        headset is theirs.

        Args:
            wearer: Seed of the wearer.
            number: Which time, from 0.
            families: By stream, the families there are; of several, the last one is held out.
            held_out: Draw the held-out families, else any of the others.
        """
        own = np.random.default_rng([wearer, _OWN])
        rng = np.random.default_rng([wearer, _DONNED, number])
        return cls(
            wearer=wearer,
            number=number,
            held_out=held_out,
            # Within 3 mm and 3 degrees: assumed. That donnings differ matters more to sensors on
            # the skin than how much of one is recorded (Nakabayashi et al. 2025).
            offset_m=_three(rng.uniform(-0.003, 0.003, 3)),
            tilt_rad=_three(np.deg2rad(rng.uniform(-3.0, 3.0, 3))),
            # How people differ in what follows, and how often: assumed.
            pressure=float(np.exp(rng.normal(0.0, 0.2))),
            glasses=bool(own.uniform() < 0.3),
            beard=float(max(own.uniform(-1.0, 1.0), 0.0)),
            skin=float(own.uniform(0.35, 0.65)),
            families={
                stream: names[-1] if held_out else _drawn(names, wearer, stream)
                for stream, names in sorted(families.items())
            },
        )

    def entries(self) -> dict[str, Any]:
        """All of it, as JSON holds it."""
        entries = asdict(self)
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in entries.items()
        }


def _three(values: np.ndarray[Any, np.dtype[np.float64]]) -> tuple[float, float, float]:
    x, y, z = values.tolist()
    return x, y, z


def _drawn(names: tuple[str, ...], wearer: int, stream: str) -> str:
    """One of the families that are not held out; a new stream changes no other's."""
    learned = names[:-1] or names
    rng = np.random.default_rng([wearer, _FAMILY, zlib.crc32(stream.encode())])
    return learned[int(rng.integers(len(learned)))]
