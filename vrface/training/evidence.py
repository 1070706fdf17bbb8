"""`Evidence`: held-out logs that a model is judged by, and that may be averaged.

Each log is cut in two, a second apart, and each half is calibrated from the other, so that every
mode of calibration is scored on the same frames. Figures of different headsets stand apart, and so
do those of real and of simulated evidence.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired
from vrface.training.calibrate import GAP_S
from vrface.training.config import TrainConfig
from vrface.training.halves import halves_of
from vrface.training.recording import Recording
from vrface.training.tiers import reduced

WEARERS = 4
"""How many held-out wearers of each headset are looked at."""

SECONDS = 30.0
"""How much of each wearer's log is looked at."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """Held-out recordings through one headset.

    Attributes:
        headset: Its name.
        label: What kind of evidence they are: real or simulated face and sensors.
        halves: Both halves of one log of each wearer, siblings next to each other.
        tiers: The same halves as each poorer headset would have them, by its name.
    """

    headset: str
    label: str
    halves: list[Paired]
    tiers: dict[str, list[Paired]]

    @property
    def wearers(self) -> int:
        """How many."""
        return len(self.halves) // 2

    @property
    def seconds(self) -> float:
        """Of all halves together."""
        return sum(half.truth.seconds for half in self.halves)

    @property
    def calibration_s(self) -> float:
        """How much of one half calibrates the other: what the shortest has."""
        return _shortest(self.halves)


def evidences(held_out: Sequence[Paired], config: TrainConfig) -> list[Evidence]:
    """What to judge a model by, for each headset and kind of evidence.

    Args:
        held_out: Logs of wearers that nothing was learned from. Left out are logs that are too
            short to judge by, much shorter than others, or show too little of the face.
        config: Of the training: the tiers it has heard, and the seed that wearers are drawn by.
    """
    kinds: dict[tuple[str, str], list[Paired]] = {}
    for paired in held_out:
        label = Recording(paired.name, paired.wearer, (paired,)).label
        kinds.setdefault((paired.headset.name, label), []).append(paired)
    return [
        Evidence(name, label, chosen, _tiers(chosen, config))
        for (name, label), logs in sorted(kinds.items())
        if (chosen := _chosen(logs, config.seed))
    ]


def _chosen(logs: Sequence[Paired], seed: int) -> list[Paired]:
    """The halves of the longest log of each of some wearers, drawn.

    The shortest half says how much calibrates them all; so wearers whose halves are less than half
    as long as the longest are left out.
    """
    by_wearer: dict[str, list[Paired]] = {}
    for paired in sorted(logs, key=lambda log: (-log.truth.seconds, log.wearer, log.name)):
        if paired.wearer not in by_wearer and (halves := _halves(paired)):
            by_wearer[paired.wearer] = halves
    longest = max((_shortest(halves) for halves in by_wearer.values()), default=0.0)
    pairs = [halves for halves in by_wearer.values() if _shortest(halves) >= longest / 2]
    drawn = np.random.default_rng(seed).permutation(len(pairs))[:WEARERS]
    return [half for number in sorted(drawn) for half in pairs[number]]


def _halves(paired: Paired) -> list[Paired]:
    """Both halves of the first `SECONDS` of a log; nothing if one of them cannot calibrate."""
    halves = halves_of(paired, (SECONDS - GAP_S) / 2) or ()
    words = ("first", "second")
    return [
        replace(half, name=f"{paired.name}, {word} half")
        for half, word in zip(halves, words, strict=False)
    ]


def _tiers(halves: Sequence[Paired], config: TrainConfig) -> dict[str, list[Paired]]:
    """The same recordings as each tier of the training would have them, where it is poorer."""
    tiers = {}
    for name in config.disturbances.poorer:
        poorer = [reduced(half, headset(name)) for half in halves]
        if all(poorer):
            tiers[name] = [half for half in poorer if half is not None]
    return tiers


def _shortest(halves: Sequence[Paired]) -> float:
    return min(half.truth.seconds for half in halves)
