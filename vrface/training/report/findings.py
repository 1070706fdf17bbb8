"""`Findings`: what was measured, read back from finished jobs and joined."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vrface.errors import VrfaceError
from vrface.training.evaluate import SEEDS
from vrface.training.report.evaluation import Evaluation, Evaluations
from vrface.training.report.jobs import ABLATED, FIRST_SEED, HEADSETS, Job, Kind, jobs
from vrface.training.report.options import Options
from vrface.training.workers import kept

MODES = ("unpaired", "paired")
"""The calibrations that verdict and aims are about."""

HEADLINE = MODES[0]
"""The calibration of every table that has but one: what every wearer has."""


@dataclass(frozen=True)
class Findings:
    """Everything that a page is made from.

    Attributes:
        about: ``model``, ``digest``, ``protocol``, ``sensors``, ``simulation``, ``machine`` and
            ``command``: text.
        options: What was asked for.
        known: What the jobs say of the model (`jobs.measure`).
        real: Headset -> calibration -> evaluation of recorded faces; empty where there are none.
        simulated: The same of simulated faces.
        ablated: Calibration -> evaluation of recorded faces through `jobs.ABLATED`.
        stretches: Of real takes (`stretches.Stretches.found`).
    """

    about: Mapping[str, str]
    options: Options
    known: Mapping[str, Any] = field(default_factory=dict)
    real: Evaluations = field(default_factory=dict)
    simulated: Evaluations = field(default_factory=dict)
    ablated: Mapping[str, Evaluation] = field(default_factory=dict)
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
    known: Mapping[str, Any] = {}
    stretches: list[Mapping[str, Any]] = []
    for job in jobs(options):
        result = _read(folder, job)
        known = result["model"]
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
        known=known,
        real=_evaluated(found["real"]),
        simulated=_evaluated(found["simulated"]),
        ablated=_averaged(found["real"].get(ABLATED, {})),
        stretches=stretches,
    )


def _read(folder: Path, job: Job) -> dict[str, Any]:
    result: dict[str, Any] = json.loads(kept(folder, job.name).read_text(encoding="utf-8"))
    return result


def _evaluated(
    found: Mapping[str, Mapping[str, list[Any]]],
) -> dict[str, dict[str, Evaluation]]:
    return {name: _averaged(found[name]) for name in HEADSETS if name in found}


def _averaged(modes: Mapping[str, list[Any]]) -> dict[str, Evaluation]:
    return {mode: Evaluation.of(takes) for mode, takes in modes.items()}
