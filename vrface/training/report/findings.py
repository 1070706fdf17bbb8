"""`Findings`: what was measured, read back from finished jobs and joined."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from vrface.errors import VrfaceError
from vrface.training.averages import Groups, over_persons, summary
from vrface.training.evaluate import SEEDS
from vrface.training.report.jobs import FIRST_SEED, HEADSETS, Job, Kind, Options, jobs
from vrface.training.report.workers import kept

Summary: TypeAlias = Mapping[str, Any]

BEST = "best"
OURS = "model"
CEILING = "personal"
"""The ceiling C: a model of this very person, from other parts of the same take."""

A_WAY = 0.05
"""Shares of less than this of B's error are no way that could be gone."""

_NAMES = {
    OURS: "**this model**",
    BEST: "**B**",
    "personal": "ceiling C: personal",
    "personal_noncausal": "ceiling: personal, sees ahead",
    "label_noise": "ceiling: label noise",
}


@dataclass(frozen=True)
class Evaluation:
    """All takes of one kind of evidence through one headset under one calibration.

    Attributes:
        takes: As evaluations give them.
        summary: Of all of them together.
    """

    takes: Sequence[Mapping[str, Any]]
    summary: Summary

    @property
    def best(self) -> str | None:
        """Which rival is B here, by name."""
        names = {take["rivals"].get(BEST, {}).get("name") for take in self.takes}
        return names.pop() if len(names) == 1 else None

    def methods(self) -> dict[str, Groups]:
        """The groups of the model, of B, of every rival and of the ceilings, in that order."""
        rivals = dict(self.summary["rivals"])
        best = rivals.pop(BEST, None)
        ceilings = self.summary.get("ceilings", {})
        found = {OURS: self.summary["groups"]}
        found |= {BEST: best["groups"]} if best is not None else {}
        return found | {name: one["groups"] for name, one in {**rivals, **ceilings}.items()}

    def rivals(self) -> list[str]:
        """All rivals that every take has, `BEST` left out: it is one of them."""
        return [name for name in self.summary["rivals"] if name != BEST]

    def error(self, method: str) -> float | None:
        """CRPS of a method over all hidden shapes."""
        return figure(self.methods().get(method, {}), "hidden", "crps")

    @property
    def beside_best(self) -> float | None:
        """Error of the model over that of B."""
        ours, best = self.error(OURS), self.error(BEST)
        return ours / best if ours is not None and best else None

    @property
    def skill(self) -> float | None:
        """Share of the neutral face's error that the model saves, of the errors over persons."""
        ours, neutral = self.error(OURS), self.error("neutral")
        return 1.0 - ours / neutral if ours is not None and neutral else None

    @property
    def rank(self) -> tuple[int, int] | None:
        """The model's place by error, and among how many; None = it has no error.

        Every rival that all takes have counts, those too that B is not chosen from.
        """
        ours = self.error(OURS)
        known = [value for name in self.rivals() if (value := self.error(name)) is not None]
        if ours is None:
            return None
        return 1 + sum(value < ours for value in known), 1 + len(known)

    @property
    def closed(self) -> float | None:
        """How much of the way from B to the ceiling the model has gone.

        None where one of the two is not known, or where there is hardly a way: the ceiling is not
        below B by `A_WAY` of its error.
        """
        ours, best, ceiling = (self.error(name) for name in (OURS, BEST, CEILING))
        if ours is None or best is None or ceiling is None or ceiling > (1.0 - A_WAY) * best:
            return None
        return (best - ours) / (best - ceiling)

    @property
    def beyond_chance(self) -> bool | None:
        """Whether the interval of the error beside that of B leaves 1 out; None = there is none."""
        within = (self.summary.get("against") or {}).get(BEST) or {}
        low, high = figure(within, "low"), figure(within, "high")
        return None if low is None or high is None else low > 1.0 or high < 1.0

    def channels(self) -> Groups:
        """The model's figures by channel, those that every take has."""
        return over_persons([(take["person"], take["channels"]) for take in self.takes])


Evaluations: TypeAlias = Mapping[str, Mapping[str, Evaluation]]
"""Of one kind of evidence: headset -> calibration -> evaluation."""


@dataclass(frozen=True)
class Findings:
    """Everything that a page is made from.

    Attributes:
        about: ``model``, ``digest``, ``protocol``, ``sensors``, ``machine`` and ``command``: text.
        options: What was asked for.
        real: Headset -> calibration -> evaluation of recorded faces; empty where there are none.
        simulated: The same of simulated faces.
        stretches: Of real takes (`stretches.Stretches.found`).
    """

    about: Mapping[str, str]
    options: Options
    real: Evaluations = field(default_factory=dict)
    simulated: Evaluations = field(default_factory=dict)
    stretches: Sequence[Mapping[str, Any]] = ()

    def of(self, kind: Kind) -> Evaluations:
        """The evaluations of one kind of evidence."""
        return self.real if kind == "real" else self.simulated

    def label(self, kind: Kind) -> str:
        """What every caption says of evidence and figures, but for the calibration."""
        return (
            f"{kind} face, simulated sensors; {self.seeds(kind)}; "
            f"protocol {self.about['protocol']}; checkpoint {self.about['digest'][:8]}"
        )

    def seeds(self, kind: Kind) -> str:
        """What was drawn by which seeds."""
        seed, last = self.options.seed, FIRST_SEED + self.options.wearers - 1
        if kind == "real":
            return f"sensor seeds {seed} to {seed + SEEDS - 1}"
        return f"wearer seeds {FIRST_SEED} to {last}, sensor seed {seed}"

    def missing(self, kind: Kind) -> str:
        """Why there is no evidence of a kind; empty where there is some."""
        if self.of(kind):
            return ""
        if kind == "simulated":
            return "no simulated wearers were asked for"
        if self.options.data is None:
            return "no folder of recordings was given (`VRFACE_DATA`)"
        return "the folder of recordings has no `arkit/PERSON/TAKE.csv`"


def read(folder: Path, options: Options, about: Mapping[str, str]) -> Findings:
    """Read what `workers.run` kept.

    Args:
        folder: Of the results, all there.
        options: What was asked for.
        about: As `Findings` has it.

    Raises:
        VrfaceError: if a result is of another checkpoint.
    """
    found: dict[Kind, dict[str, dict[str, list[Any]]]] = {"real": {}, "simulated": {}}
    stretches: list[Mapping[str, Any]] = []
    for job in jobs(options):
        result = _read(folder, job)
        stretches += result["stretches"]
        modes = found[job.kind].setdefault(job.headset, {})
        for mode, report in result["reports"].items():
            if report["model"]["digest"] != about["digest"]:
                raise VrfaceError(
                    f"{kept(folder, job.name)} is of another checkpoint than the one reported on.",
                    "It changed while it was measured: report once more.",
                )
            modes.setdefault(mode, []).extend(report["takes"])
    return Findings(
        about,
        options,
        real=_evaluated(found["real"]),
        simulated=_evaluated(found["simulated"]),
        stretches=stretches,
    )


def name_of(method: str) -> str:
    """What tables call a method."""
    return _NAMES.get(method, method.replace("_", " "))


def under(evaluations: Evaluations, mode: str) -> list[tuple[str, Evaluation]]:
    """Headset and evaluation of those under one calibration."""
    return [(name, modes[mode]) for name, modes in evaluations.items() if mode in modes]


def figure(found: Mapping[str, Any], *path: str) -> float | None:
    """A figure of a nested mapping; None where it, or anything on the way to it, is not there."""
    value: Any = found
    for step in path:
        value = value.get(step) if isinstance(value, Mapping) else None
    return None if value is None else float(value)


def _read(folder: Path, job: Job) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(kept(folder, job.name).read_text(encoding="utf-8"))
    return result


def _evaluated(
    found: Mapping[str, Mapping[str, list[Any]]],
) -> dict[str, dict[str, Evaluation]]:
    return {
        name: {mode: Evaluation(takes, summary(takes)) for mode, takes in found[name].items()}
        for name in HEADSETS
        if name in found
    }
