"""`Worn`: a headset on a simulated wearer: all that a simulated sensor may look at."""

from __future__ import annotations

import zlib
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from vrface.rig.rig import Rig
from vrface.sensors.headset import HeadsetProfile

if TYPE_CHECKING:
    # A donning draws among the families of all sensors, and each of these looks at what is worn.
    from vrface.simulation.donning import Donning
    from vrface.simulation.performance import Performance

_DONNED, _NOISE = range(2)


class Worn:
    """A performance with a headset on.

    Args:
        performance: What the wearer does.
        headset: What they wear.
        donning: How they put it on.
        rig: Their head; None = the one of their seed.

    Attributes:
        performance: As given.
        headset: As given.
        donning: As given.
    """

    def __init__(
        self,
        performance: Performance,
        headset: HeadsetProfile,
        donning: Donning,
        rig: Rig | None = None,
    ) -> None:
        self.performance = performance
        self.headset = headset
        self.donning = donning
        self._rig = rig

    @cached_property
    def rig(self) -> Rig:
        """Their head, built when the first sensor asks: most headsets have none that does."""
        return self._rig if self._rig is not None else Rig.drawn(self.donning.wearer)

    def family(self, stream: str) -> str:
        """Which family of a sensor it is."""
        return self.donning.families[stream]

    def donned(self, stream: str) -> np.random.Generator:
        """Draws what stays the same while the headset is on: gains, layout. No other changes it."""
        return self._generator(stream, _DONNED)

    def noise(self, stream: str) -> np.random.Generator:
        """Draws what differs from sample to sample, and from performance to performance."""
        return self._generator(stream, _NOISE, self.performance.seed)

    def _generator(self, stream: str, *more: int) -> np.random.Generator:
        donning = self.donning
        return np.random.default_rng(
            [donning.wearer, donning.number, zlib.crc32(stream.encode()), *more]
        )
