"""`findings`: how simulated wearers behave beside real people, statistic by statistic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np

from vrface.face.blendshapes import indices
from vrface.face.take import Take
from vrface.training.metrics.arrays import Floats
from vrface.training.metrics.liveliness import windows
from vrface.training.realism.finding import Finding
from vrface.training.realism.published import DYNAMICS, REGIONS, STATISTICS, Statistic
from vrface.training.realism.statistics import HIDDEN, LIDS
from vrface.training.rest import relative

Told: TypeAlias = Mapping[str, float | None]
"""Figures of one face, by the names of `published`."""

WINDOWS_HZ = 60.0
"""Rate at which windows of motion are compared, as in protocol 1."""

_SHAPES = np.concatenate([LIDS, indices(HIDDEN)])


@dataclass(frozen=True)
class Apart:
    """How far faces are from one real take, as multiples of what its own halves are apart.

    Attributes:
        simulated: Of each simulated wearer.
        real: Of each other real take.
    """

    simulated: Sequence[float]
    real: Sequence[float]

    @property
    def median(self) -> float:
        """Of the simulated wearers."""
        return float(np.median(self.simulated))


class Alone(NamedTuple):
    """In how many statistics a face is like the other takes and publications, as shares.

    Attributes:
        take: Of the take that was left out.
        simulated: Of the simulated wearers, each looked at alone; the median.
    """

    take: float
    simulated: float


def alone(simulated: Sequence[Told], real: Mapping[str, Told]) -> dict[str, Alone]:
    """How often one face lies inside the range of the other real takes and publications.

    Medians over wearers lie inside wide ranges easily; this asks whether one simulated wearer is
    found there as often as one real take is.

    Args:
        simulated: Of each wearer, the figures of `statistics`.
        real: Of each take, by name.

    Returns:
        By the name of the take left out; none of one that shares no statistic with the others.
    """
    found = {}
    for name, figures in real.items():
        others = [one for whose, one in real.items() if whose != name]
        own = _inside(figures, others)
        wearers = [share for one in simulated if (share := _inside(one, others)) is not None]
        if own is not None and wearers:
            found[name] = Alone(own, float(np.median(wearers)))
    return found


def _inside(figures: Told, others: Sequence[Told]) -> float | None:
    """Share of the statistics of one face that lie in the range of other takes and in print."""
    places = []
    for statistic in STATISTICS:
        value, takes = figures.get(statistic.name), _known(statistic.name, others)
        if value is not None and takes:
            ends = [*takes, *(end for told in statistic.published for end in (told.low, told.high))]
            places.append(min(ends) <= value <= max(ends))
    return float(np.mean(places)) if places else None


def findings(simulated: Sequence[Told], real: Mapping[str, Told]) -> dict[str, list[Finding]]:
    """Each statistic over simulated wearers beside its range over real takes and in print.

    Args:
        simulated: Of each wearer, the figures of `statistics` and of `dynamics` together.
        real: The figures of `statistics` by name of the take; empty where there are no takes.

    Returns:
        By region, in the order of `published.REGIONS`. A statistic that neither a take nor a
        publication tells of is left out.
    """
    found: dict[str, list[Finding]] = {region: [] for region in REGIONS}
    for statistic in (*STATISTICS, *DYNAMICS):
        finding = _finding(statistic, simulated, [] if statistic in DYNAMICS else [*real.values()])
        if finding is not None:
            found[statistic.region].append(finding)
    return found


def untold(simulated: Sequence[Told], real: Mapping[str, Told]) -> list[str]:
    """The statistics that have no range: no take and no publication tells of them."""
    told = {one.what for group in findings(simulated, real).values() for one in group}
    return [f"{one.region}: {one.what}" for one in STATISTICS if one.what not in told]


def _finding(
    statistic: Statistic, simulated: Sequence[Told], real: Sequence[Told]
) -> Finding | None:
    takes = _known(statistic.name, real)
    ends = [*takes, *(end for told in statistic.published for end in (told.low, told.high))]
    if not ends:
        return None
    sources = [f"{_span(told.low, told.high)}: {told.who}" for told in statistic.published]
    if takes:
        count = f"{len(takes)} take{'' if len(takes) == 1 else 's'}"
        sources.insert(0, f"{_span(min(takes), max(takes))}: {count}")
    values = _known(statistic.name, simulated)
    return Finding(
        what=statistic.what,
        simulated=float(np.median(values)) if values else None,
        low=min(ends),
        high=max(ends),
        source="; ".join(sources),
        spread=_spread(values),
    )


def _known(name: str, figures: Sequence[Told]) -> list[float]:
    return [value for one in figures if (value := one.get(name)) is not None]


def _spread(values: Sequence[float]) -> tuple[float, float] | None:
    """From the 5th to the 95th percentile over wearers."""
    if not values:
        return None
    low, high = np.quantile(values, (0.05, 0.95))
    return float(low), float(high)


def _span(low: float, high: float) -> str:
    return f"{low:.3g}" if low == high else f"{low:.3g} to {high:.3g}"


def windowed(take: Take, rest: Floats) -> Floats:
    """[frames, shapes] the hidden face at `WINDOWS_HZ`, relative to rest; NaN where lost.

    Args:
        take: At any rate.
        rest: [54] of the person.
    """
    frames = np.arange(int(take.seconds * WINDOWS_HZ))
    there = take.at(take.time_ns[0] + np.round(frames * 1e9 / WINDOWS_HZ).astype(np.int64))
    return relative(there.weights, rest)[:, _SHAPES]


def distance(truth: Floats, other: Floats) -> float | None:
    """Frechet distance of windows of motion, as a multiple of that between halves of the truth.

    Args:
        truth: [frames, shapes] of `windowed`.
        other: The same of another face; of both the first frames that both have are looked at.
    """
    frames = min(len(truth), len(other))
    return windows(truth[:frames], other[:frames], 1.0 / WINDOWS_HZ)["multiple"]
