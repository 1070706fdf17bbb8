"""The held-out report: what a trained model is worth on wearers that nothing was learned from."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from vrface.model.calibration import Mode
from vrface.model.model import Model
from vrface.sensors.paired import Paired
from vrface.training.config import TrainConfig
from vrface.training.evaluate import MODES, PROTOCOL, Report, evaluate_logs
from vrface.training.evidence import Evidence, evidences
from vrface.training.held_out_page import report_page
from vrface.training.words import BEST
from vrface.trust.permission import Permission

Watch: TypeAlias = Callable[[str, int, int, str], None]
"""Told what is being done, how much of it is done, how much there is to do, and a note."""


def held_out_report(
    held_out: Sequence[Paired],
    model: Model,
    config: TrainConfig,
    watch: Watch,
    permission: Permission = Permission.local(),
) -> Report:
    """Score a model and its rivals on wearers that nothing was learned from.

    Args:
        held_out: Logs of wearers of whom neither the model nor its rivals saw anything.
        model: What infers.
        config: How it was trained.
        watch: Told how far it is.
        permission: To process these faces.

    Returns:
        The report, ready for JSON; the same model and logs give the same. For each `Evidence` it
        has the ``summary`` of an evaluation (`vrface.training.evaluate`) under every mode of
        calibration, and under ``unpaired`` for each tier.

    Raises:
        Refused: if the permission does not open this door.
    """
    permission.require("held_out_report")
    found = evidences(held_out, config)
    total = sum(len(one.halves) * (len(MODES) + len(one.tiers)) for one in found)
    judge = _Judge(model, config.seed, permission, watch, total)
    return {
        "protocol": PROTOCOL,
        "model": {
            "name": model.name,
            "streams": list(model.streams),
            "parameters": sum(leaf.size for leaf in model.params.values()),
        },
        "held_out": {"wearers": len({log.wearer for log in held_out}), "logs": len(held_out)},
        "seed": config.seed,
        "headsets": [judge.entry(one) for one in found],
    }


@dataclass
class _Judge:
    """Runs one evaluation after another and tells how far all of them together are.

    Attributes:
        model: What infers.
        seed: Of the randomised PIT.
        permission: To process these faces.
        watch: Told how far it is.
        total: How many halves there are to score.
        done: How many have been scored.
    """

    model: Model
    seed: int
    permission: Permission
    watch: Watch
    total: int
    done: int = 0

    def entry(self, evidence: Evidence) -> Report:
        """What a report says of one headset."""
        seconds, halves = evidence.calibration_s, evidence.halves
        return {
            "headset": evidence.headset,
            "evidence": evidence.label,
            "wearers": evidence.wearers,
            "seconds": evidence.seconds,
            "calibration_s": seconds,
            "calibrations": {mode: self._summary(halves, mode, seconds) for mode in MODES},
            "tiers": {
                name: self._summary(poorer, "unpaired", seconds)
                for name, poorer in evidence.tiers.items()
            },
        }

    def _summary(self, halves: Sequence[Paired], mode: Mode, seconds: float) -> Report:
        finished: set[str] = set()

        def told(name: str, share: float) -> None:
            if share == 1.0:
                finished.add(name)
            self.watch("judging", self.done + len(finished), self.total, "")

        report = evaluate_logs(
            halves,
            self.model,
            calibrate=mode,
            seconds=seconds,
            seed=self.seed,
            permission=self.permission,
            progress=told,
        )
        self.done += len(halves)
        self.watch("judging", self.done, self.total, "")
        return _named(report)


def _named(report: Report) -> Report:
    """The summary of an evaluation; of the best rival it also says which it is."""
    summary: Report = report["summary"]
    names = {take["rivals"][BEST]["name"] for take in report["takes"] if BEST in take["rivals"]}
    if BEST in summary["rivals"] and len(names) == 1:
        summary["rivals"][BEST]["name"] = names.pop()
    return summary


def write_report(folder: Path, report: Report) -> None:
    """Write ``report.json``, and ``report.md`` for people.

    Args:
        folder: Where to; it must exist.
        report: As `held_out_report` gives it.
    """
    text = json.dumps(report, indent=1, allow_nan=False) + "\n"
    (folder / "report.json").write_text(text, encoding="utf-8")
    (folder / "report.md").write_text(report_page(report), encoding="utf-8")
