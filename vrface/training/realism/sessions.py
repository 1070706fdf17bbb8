"""`conversing`: sessions of simulated wearers in which people talk to each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.simulation.behaviour.plan import LISTEN, TALK
from vrface.simulation.performance import Performance, perform
from vrface.simulation.wearer import Wearer

LEAST = 0.3
"""Share of conversation from which a session is one."""


def conversing(wearers: Sequence[int], seconds: float) -> list[Performance]:
    """One session of each wearer, without those who mostly pose or sit still.

    Args:
        wearers: Seeds of wearer and session.
        seconds: How long each lasts.

    Raises:
        BadUse: if nobody talks.
    """
    every = (perform(Wearer.drawn(seed), seed=seed, seconds=seconds) for seed in wearers)
    found = [one for one in every if talked(one).mean() >= LEAST]
    if not found:
        raise BadUse(f"none of {len(wearers)} simulated wearers talks.", "Ask for more.")
    return found


def talked(performance: Performance) -> NDArray[np.bool_]:
    """[instants] whether it is conversation."""
    return np.isin(performance.activity, (TALK, LISTEN))
