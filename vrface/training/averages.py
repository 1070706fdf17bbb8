"""Averages of metrics: over sensor seeds, takes and persons, and the summary of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil
from statistics import fmean, geometric_mean
from typing import Any, TypeAlias

import numpy as np

Metrics: TypeAlias = dict[str, float | None]
Groups: TypeAlias = dict[str, Metrics]

METRICS: tuple[str, ...] = (
    "mae", "rmse", "r2", "ccc", "crps", "crps_raw", "active_skill", "still_excess", "coverage90",
    "sd_ratio", "velocity_ratio", "lag_ms", "skill", "jerk_ratio",
)  # fmt: skip
"""What every group, channel and rival is given, in this order."""

ERRORS = ("mae", "rmse", "crps", "crps_raw")
"""Metrics whose mean over persons is geometric, so that ratios count the same for everybody."""

SECTIONS = ("reliability", "events", "liveliness", "recovery", "mm")
"""Parts of a take whose figures are averaged as they stand."""

RESAMPLES = 2000
"""Of the bootstrap over persons."""

MIN_PERSONS = 5
"""Fewer give no interval."""

WORST = 10
"""One person in so many is among the worst, whose average is told apart; at least one is."""


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


def mean_of(sections: Sequence[Any]) -> Any:
    """The mean of nested figures of one form; what is undefined is left out, and None alone.

    Args:
        sections: Each a number, None, whether something holds (then: whether it does in all), or
            a list of or a dictionary with such. A key that one lacks is left out.
    """
    known = [section for section in sections if section is not None]
    if not known:
        return None
    first = known[0]
    if isinstance(first, Mapping):
        return {key: mean_of([section[key] for section in known]) for key in _common(known)}
    if isinstance(first, list):
        return [mean_of(parts) for parts in zip(*known, strict=True)]
    return all(known) if isinstance(first, bool) else fmean(known)


def over_persons(scores: Sequence[tuple[str, Groups]]) -> Groups:
    """Each group's metrics averaged over each person's takes, then over persons.

    Args:
        scores: Person and groups of each take. A group that some take lacks is left out.
    """
    averaged = {}
    for group in _common(groups for _, groups in scores):
        by_person = _by_person((person, groups[group]) for person, groups in scores)
        persons = [average(takes) for takes in by_person.values()]
        averaged[group] = average(persons, geometric=True)
    return averaged


def summary(takes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The summary of a report: how many persons and takes, and the averages.

    Rivals and ceilings that some take lacks are left out: averages over different takes do not
    compare.

    Args:
        takes: Of a report.

    Returns:
        ``persons`` and ``takes``; ``groups``, ``rivals`` and ``ceilings`` averaged from takes to
        persons to all; ``against`` each rival (`against`); ``worst_decile`` (`worst`); and
        `SECTIONS`, averaged from takes to persons to all.
    """
    whole: dict[str, Any] = {
        "persons": len({take["person"] for take in takes}),
        "takes": len(takes),
        "groups": over_persons([(take["person"], take["groups"]) for take in takes]),
    }
    for kind in ("rivals", "ceilings"):
        whole[kind] = {
            name: {
                "groups": over_persons(
                    [(take["person"], take[kind][name]["groups"]) for take in takes]
                )
            }
            for name in _common(take[kind] for take in takes)
        }
    whole["against"] = {rival: against(takes, rival) for rival in whole["rivals"]}
    whole["worst_decile"] = {"hidden": worst(takes)}
    for section in SECTIONS:
        if all(section in take for take in takes):
            by_person = _by_person((take["person"], take[section]) for take in takes)
            whole[section] = mean_of([mean_of(own) for own in by_person.values()])
    return whole


def against(takes: Sequence[Mapping[str, Any]], rival: str) -> Metrics:
    """How the error of the hidden shapes compares with a rival's, person by person.

    Args:
        takes: Of a report, all with the rival.
        rival: Its name.

    Returns:
        ``ratio``: the geometric mean over persons of our CRPS over the rival's; ``low`` and
        ``high``: its 95 % interval by a bootstrap over persons, pairs kept together; None below
        `MIN_PERSONS`.
    """
    ours = _hidden_crps((take["person"], take["groups"]) for take in takes)
    theirs = _hidden_crps((take["person"], take["rivals"][rival]["groups"]) for take in takes)
    logs = np.array([np.log(ours[who] / theirs[who]) for who in ours if ours[who] * theirs[who]])
    figures: Metrics = {"ratio": float(np.exp(logs.mean())) if logs.size else None}
    if len(logs) < MIN_PERSONS:
        return figures | {"low": None, "high": None}
    drawn = np.random.default_rng(0).integers(len(logs), size=(RESAMPLES, len(logs)))
    low, high = np.percentile(np.exp(logs[drawn].mean(axis=1)), (2.5, 97.5))
    return figures | {"low": float(low), "high": float(high)}


def worst(takes: Sequence[Mapping[str, Any]]) -> Metrics:
    """The metrics of the hidden shapes averaged over the persons with the highest CRPS."""
    by_person = _by_person((take["person"], take["groups"]["hidden"]) for take in takes)
    persons = [average(own) for own in by_person.values()]
    in_order = sorted(persons, key=lambda metrics: -(metrics["crps"] or 0.0))
    return average(in_order[: ceil(len(persons) / WORST)])


def _hidden_crps(scores: Iterable[tuple[str, Groups]]) -> dict[str, float]:
    """Mean CRPS of the hidden shapes of each person's takes; 0 where unknown."""
    by_person = _by_person((person, groups["hidden"]) for person, groups in scores)
    return {person: average(takes)["crps"] or 0.0 for person, takes in by_person.items()}


def _by_person(entries: Iterable[tuple[str, Any]]) -> dict[str, list[Any]]:
    by_person: dict[str, list[Any]] = {}
    for person, entry in entries:
        by_person.setdefault(person, []).append(entry)
    return by_person


def _common(entries: Iterable[Mapping[str, Any]]) -> list[str]:
    """The keys that all have, in the first one's order."""
    first, *others = entries
    return [key for key in first if all(key in other for other in others)]
