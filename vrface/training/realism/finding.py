"""`Finding`: one figure of the simulation, and the range in which it is true to life."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Finding(NamedTuple):
    """One figure.

    Attributes:
        what: Is measured, in words, with its unit.
        simulated: Of simulated wearers; None = not defined there.
        low: Least that is true to life.
        high: Most that is true to life.
        source: Who says so: a publication (author, year) or the takes it was measured on.
        spread: Least and most over simulated wearers, where one each is measured.
    """

    what: str
    simulated: float | None
    low: float
    high: float
    source: str
    spread: tuple[float, float] | None = None

    @property
    def inside(self) -> bool:
        """Whether the simulated figure is true to life."""
        return self.simulated is not None and self.low <= self.simulated <= self.high


def over_wearers(
    what: str,
    values: Sequence[float] | NDArray[np.float64],
    low: float,
    high: float,
    source: str,
) -> Finding:
    """The finding whose figure is the mean over wearers, and whose spread their least and most.

    Args:
        what: As of `Finding`.
        values: [wearers] one figure each, at least one.
        low: As of `Finding`.
        high: As of `Finding`.
        source: As of `Finding`.
    """
    seen = np.asarray(values, dtype=np.float64)
    spread = (float(seen.min()), float(seen.max()))
    return Finding(what, float(seen.mean()), low, high, source, spread)
