"""`Outages`: stretches in which a sensor gives nothing, at random on continuous time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Outages(NamedTuple):
    """Stretches of time; they may overlap.

    Attributes:
        start_s: [outages] increasing.
        stop_s: [outages] when each is over.
    """

    start_s: Floats
    stop_s: Floats

    @classmethod
    def drawn(
        cls,
        rng: np.random.Generator,
        seconds: float,
        per_minute: float,
        shortest_s: float,
        longest_s: float,
    ) -> Outages:
        """A Poisson process; lengths lie evenly between two, on a logarithmic scale.

        Args:
            rng: Where the randomness comes from.
            seconds: How long it goes on.
            per_minute: Mean rate.
            shortest_s: The shortest outage, above 0.
            longest_s: The longest.
        """
        count = rng.poisson(per_minute * seconds / 60.0)
        start_s = np.sort(rng.uniform(0.0, seconds, count))
        length_s = np.exp(rng.uniform(np.log(shortest_s), np.log(longest_s), count))
        return cls(start_s, start_s + length_s)

    def cover(self, time_s: Floats) -> NDArray[np.bool_]:
        """[times] whether one is going on."""
        begun = np.searchsorted(self.start_s, time_s, side="right")
        over = np.searchsorted(np.sort(self.stop_s), time_s, side="right")
        return np.asarray(begun > over)
