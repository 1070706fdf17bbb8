"""Averages of metrics: over sensor seeds, takes and persons, and the summary of a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import ceil, fsum, sqrt
from statistics import NormalDist, fmean, geometric_mean
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.training.metrics.arrays import Figures, ratio
from vrface.training.metrics.laws import skill

Groups: TypeAlias = dict[str, Figures]
Takes: TypeAlias = Sequence[Mapping[str, Any]]
"""Of a report."""

METRICS: tuple[str, ...] = (
    "mae", "rmse", "r2", "ccc", "crps", "crps_raw", "active_skill", "still_excess", "coverage90",
    "sd_ratio", "velocity_ratio", "lag_ms", "skill", "jerk_ratio", "crps_active", "crps_neutral",
    "crps_neutral_active",
)  # fmt: skip
"""What every group, channel and rival is given, in this order."""

ERRORS = ("mae", "rmse", "crps", "crps_raw", "crps_active", "crps_neutral", "crps_neutral_active")
"""Metrics whose mean over persons is geometric, so that ratios count the same for everybody."""

RATIOS = ("sd_ratio", "velocity_ratio", "jerk_ratio")
"""Metrics whose mean is always geometric: half and twice as lively make one that is right."""

SKILLS = {"skill": ("crps", "crps_neutral"), "active_skill": ("crps_active", "crps_neutral_active")}
"""Metrics that are no mean, but had from the mean errors of two: a take in which hardly anything
moves would else outweigh all others."""

SECTIONS = ("reliability", "events", "liveliness", "recovery", "mm")
"""Parts of a take whose figures are averaged as they stand."""

CONFIDENCE = 0.95
"""Of an interval over persons."""

RESAMPLES = 10_000
"""Of the bootstrap over persons: of five it looks for the outermost tenth of a percent."""

MIN_PERSONS = 5
"""Fewer give no interval."""

WORST = 10
"""One person in so many is among the worst, whose average is told apart; at least one is."""


def average(scores: Sequence[Figures], geometric: bool = False) -> Figures:
    """Mean of each metric over the scores that define it; None where none does.

    `RATIOS`, and `ERRORS` if asked for, are averaged geometrically where all are positive; `SKILLS`
    are those of the mean errors.

    Args:
        scores: Metrics of equals: wearers of a take, takes of a person, persons.
        geometric: Whether `ERRORS` are averaged geometrically, as over persons.
    """
    averaged: Figures = {}
    for name in METRICS:
        known = [value for score in scores if (value := score[name]) is not None]
        of_ratios = name in RATIOS or (geometric and name in ERRORS)
        mean = geometric_mean if of_ratios and all(value > 0 for value in known) else fmean
        averaged[name] = mean(known) if known else None
    for name, (ours, neutral) in SKILLS.items():
        averaged[name] = skill(averaged[ours], averaged[neutral])
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


def summary(takes: Takes) -> dict[str, Any]:
    """The summary of a report: how many persons and takes, and the averages.

    Takes that could not be calibrated as asked for are left out (`counted`), and so are rivals and
    ceilings that some of the others lack: averages over different takes do not compare.

    Args:
        takes: Of a report.

    Returns:
        ``persons`` and ``takes``; ``left_out``, as ``PERSON/TAKE``; ``groups``, ``rivals`` and
        ``ceilings`` averaged from takes to persons to all; ``against`` each rival (`against`);
        ``worst_decile`` (`worst`); and `SECTIONS`, averaged from takes to persons to all.
    """
    takes, left_out = counted(takes)
    whole: dict[str, Any] = {
        "persons": len({take["person"] for take in takes}),
        "takes": len(takes),
        "left_out": [f"{take['person']}/{take['name']}" for take in left_out],
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
    for stream in ("shown", "lively"):
        if all(stream in take for take in takes):
            whole[stream] = _as_shown([(take["person"], take[stream]) for take in takes])
    if "mm" in whole:
        mm = whole["mm"]
        mm["ratio"] = ratio(mm["vertex_error"], mm["mean_face_error"])
    return whole


def _as_shown(streams: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Of one stream as it was shown, by person: its groups, and whatever else is told of it."""
    seen = [(who, {k: v for k, v in own.items() if k != "groups"}) for who, own in streams]
    others: dict[str, Any] = mean_of([mean_of(own) for own in _by_person(seen).values()])
    return {"groups": over_persons([(who, own["groups"]) for who, own in streams]), **others}


def counted(takes: Takes) -> tuple[Takes, Takes]:
    """The takes that a summary is of, and those that are left out of it.

    Who is asked for a calibration and cannot have it falls back to ``"none"``: a mean over both
    would be of neither. Where all fell back, or none was asked for, all count.
    """
    fallen = [take for take in takes if take["calibration"] == "none"]
    if len(fallen) == len(takes):
        return takes, []
    return [take for take in takes if take["calibration"] != "none"], fallen


def against(takes: Takes, rival: str) -> Figures:
    """How the error of the hidden shapes compares with a rival's, person by person.

    Args:
        takes: Of a report, all with the rival.
        rival: Its name.

    Returns:
        ``ratio``: the geometric mean over persons of our CRPS over the rival's; ``low`` and
        ``high``: its 95 % interval (`interval`); None below `MIN_PERSONS`.
    """
    ours = _hidden_crps((take["person"], take["groups"]) for take in takes)
    theirs = _hidden_crps((take["person"], take["rivals"][rival]["groups"]) for take in takes)
    logs = np.array([np.log(ours[who] / theirs[who]) for who in ours if ours[who] * theirs[who]])
    if not logs.size:
        return dict.fromkeys(("ratio", "low", "high"))
    low, high = (None, None) if len(logs) < MIN_PERSONS else interval(logs)
    return {"ratio": float(np.exp(logs.mean())), "low": low, "high": high}


def interval(logs: NDArray[np.float64]) -> tuple[float, float]:
    """The 95 % interval of a geometric mean, by a bootstrap over persons.

    Percentiles of resampled means are too narrow for few persons; they are taken further out, where
    an interval by Student's t would be (the expanded percentiles of Hesterberg, The American
    Statistician 69, 2015): ``Phi(-sqrt(n / (n - 1)) t)``.

    Args:
        logs: [persons] of ratios.
    """
    n, tail = len(logs), (1.0 - CONFIDENCE) / 2.0
    outer = NormalDist().cdf(-sqrt(n / (n - 1)) * student_t(1.0 - tail, n - 1))
    drawn = np.random.default_rng(0).integers(n, size=(RESAMPLES, n))
    low, high = np.quantile(np.exp(logs[drawn].mean(axis=1)), (outer, 1.0 - outer))
    return float(low), float(high)


def student_t(share: float, freedom: int) -> float:
    """The quantile of Student's t, within .1 % for a share of .975 from 4 degrees of freedom on.

    By its expansion about the normal quantile (Cornish and Fisher; Abramowitz and Stegun 26.7.5).
    """
    z = float(NormalDist().inv_cdf(share))
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + fsum(term / freedom**power for power, term in enumerate(terms, start=1))


def worst(takes: Takes) -> Figures:
    """The metrics of the hidden shapes averaged over the persons with the highest CRPS."""
    by_person = _by_person((take["person"], take["groups"]["hidden"]) for take in takes)
    persons = [average(own) for own in by_person.values()]
    in_order = sorted(persons, key=lambda metrics: -(metrics["crps"] or 0.0))
    return average(in_order[: ceil(len(persons) / WORST)], geometric=True)


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
