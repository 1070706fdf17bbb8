"""`Noise`: random numbers of W wearers, each from a seed of its own.

Counted, not carried along: number n of a seed is a hash of both (SplitMix64; Steele, Lea and Flood,
OOPSLA 2014). So a wearer draws the same numbers alone and among others, and does so in any version
of NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns

SEEDS = 2**64
"""So many seeds there are: 0 to one less."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


@dataclass
class Drawn(Columns):
    """Where each wearer's stream of numbers has come to."""

    key: NDArray[np.uint64]
    count: NDArray[np.uint64]


class Noise:
    """Streams of random numbers.

    Args:
        seeds: One for each wearer, in 0..2^64-1.
    """

    def __init__(self, seeds: Sequence[int]) -> None:
        self.held = _begun(seeds)

    def begin(self, row: int, seed: int) -> None:
        """Draw from another seed in one row."""
        self.held.put(np.array([row]), _begun([seed]))

    def uniform(self, count: int) -> NDArray[np.float64]:
        """[W, count] the next numbers, each in (0, 1)."""
        ahead: NDArray[np.uint64] = np.arange(1, count + 1, dtype=np.uint64)
        number = self.held.count[:, None] + ahead
        self.held.count += np.uint64(count)
        bits = _hashed(self.held.key[:, None] + number * _GOLDEN)
        return np.asarray(((bits >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53)

    def normal(self, count: int) -> NDArray[np.float64]:
        """[W, count] the next numbers of a unit normal law (Box and Muller 1958)."""
        half = (count + 1) // 2
        uniform = self.uniform(2 * half)
        length = np.sqrt(-2.0 * np.log(uniform[:, :half]))
        angle = 2.0 * np.pi * uniform[:, half:]
        both = np.concatenate([length * np.cos(angle), length * np.sin(angle)], axis=1)
        return both[:, :count]


def _begun(seeds: Sequence[int]) -> Drawn:
    # Hashed: the streams of two seeds that are neighbours begin nowhere near each other.
    key = _hashed(np.array(seeds, dtype=np.uint64) + _GOLDEN)
    return Drawn(key, np.zeros_like(key))


def _hashed(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    number = (number ^ (number >> np.uint64(30))) * _FIRST
    number = (number ^ (number >> np.uint64(27))) * _SECOND
    return np.asarray(number ^ (number >> np.uint64(31)))
