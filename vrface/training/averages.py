"""Averages of metrics: over sensor seeds, takes and persons, and the summary of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, geometric_mean
from typing import Any, TypeAlias

Metrics: TypeAlias = dict[str, float | None]
Groups: TypeAlias = dict[str, Metrics]

METRICS: tuple[str, ...] = (
    "mae", "rmse", "r2", "ccc", "crps", "crps_raw", "active_skill", "still_excess", "coverage90",
    "sd_ratio", "velocity_ratio", "lag_ms",
)  # fmt: skip
"""What every group, channel and rival is given, in this order."""

ERRORS = ("mae", "rmse", "crps", "crps_raw")
"""Metrics whose mean over persons is geometric, so that ratios count the same for everybody."""


def average(scores: Sequence[Metrics], geometric: bool = False) -> Metrics:
    """Mean of each metric over the scores that define it; None where none does.

    Args:
        scores: Metrics of equals: wearers of a take, takes of a person, persons.
        geometric: Whether `ERRORS` are averaged geometrically.
    """
    averaged: Metrics = {}
    for name in METRICS:
        known = [value for score in scores if (value := score[name]) is not None]
        of_ratios = geometric and name in ERRORS and all(value > 0 for value in known)
        mean = geometric_mean if of_ratios else fmean
        averaged[name] = mean(known) if known else None
    return averaged


def over_persons(scores: Sequence[tuple[str, Groups]]) -> Groups:
    """Each group's metrics averaged over each person's takes, then over persons.

    Args:
        scores: Person and groups of each take. A group that some take lacks is left out.
    """
    averaged = {}
    for group in _common(groups for _, groups in scores):
        by_person: dict[str, list[Metrics]] = {}
        for person, groups in scores:
            by_person.setdefault(person, []).append(groups[group])
        persons = [average(takes) for takes in by_person.values()]
        averaged[group] = average(persons, geometric=True)
    return averaged


def rival_over_persons(takes: Sequence[Mapping[str, Any]], rival: str) -> Groups:
    """`over_persons` of one rival of a report's ``takes``."""
    return over_persons([(take["person"], take["rivals"][rival]["groups"]) for take in takes])


def common_rivals(takes: Sequence[Mapping[str, Any]]) -> list[str]:
    """The rivals that all takes have: averages over different takes do not compare."""
    return _common(take["rivals"] for take in takes)


def summary(takes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The summary of a report: how many persons and takes, and the averages."""
    rivals = {rival: {"groups": rival_over_persons(takes, rival)} for rival in common_rivals(takes)}
    return {
        "persons": len({take["person"] for take in takes}),
        "takes": len(takes),
        "groups": over_persons([(take["person"], take["groups"]) for take in takes]),
        "rivals": rivals,
    }


def _common(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys that all have, in the first one's order."""
    first, *others = entries
    return [key for key in first if all(key in other for other in others)]
