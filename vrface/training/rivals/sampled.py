"""Drawing rows to learn from, where all of them would be too many."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def evenly(wearer: NDArray[np.intp], count: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """Places of `count` rows, in rising order: as many of each wearer, as far as there are.

    Args:
        wearer: [rows] whose each is.
        count: How many to draw; all where there are fewer.
        rng: What they are drawn from.
    """
    drawn = rng.permutation(len(wearer))
    by_wearer = drawn[np.argsort(wearer[drawn], kind="stable")]
    _, first, of = np.unique(wearer[by_wearer], return_index=True, return_counts=True)
    rank = np.arange(len(wearer)) - np.repeat(first, of)
    return np.sort(by_wearer[np.argsort(rank, kind="stable")[:count]])
