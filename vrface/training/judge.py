"""`Judge`: all that a report says of one recording under one mode of calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration import Mode
from vrface.model.known import summaries
from vrface.model.model import Model
from vrface.training.calibrate import GAP_S, Calibrator, calibrates_itself
from vrface.training.case import Case, Seen, calibrated
from vrface.training.ceilings import ceilings_of
from vrface.training.drops import Drops
from vrface.training.metrics.geometry import ReferenceRig
from vrface.training.recording import Inferred, Recording, Trial
from vrface.training.rest import relative
from vrface.training.rivals.field import best_of, laws_of
from vrface.training.rivals.law import Floats, Law, Predictive
from vrface.training.score import Scorer
from vrface.training.shown import Shown

Report: TypeAlias = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Judged:
    """One recording under one mode, frame by frame: what stretches of it are drawn from.

    Attributes:
        recording: What was scored.
        mode: What was asked for.
        names: The shapes: hidden ones, then gaze.
        time_s: [frames] since the first.
        truth: [frames, shapes] as scored, relative to the person's rest; NaN where not scored.
        ours: What the model said under the first sensor seed; arrays [frames, shapes].
        active: [frames].
        crps: [frames, shapes] of `ours`.
        neutral_crps: [frames, shapes] of the neutral rival.
        laws: The rivals' laws, as `ours`.
    """

    recording: Recording
    mode: Mode
    names: tuple[str, ...]
    time_s: NDArray[np.float64]
    truth: Floats
    ours: Law
    active: NDArray[np.bool_]
    crps: Floats
    neutral_crps: Floats
    laws: Mapping[str, Predictive]


@dataclass(frozen=True, eq=False)
class Plan:
    """How a recording is to be run and scored under one mode.

    Attributes:
        trial: What runs.
        rest: [54] the person's, which truth is relative to.
        mode: The calibration that it gets: that asked for, or ``"none"`` where there is no source.
        calibration_s: How much calibrates it.
        seen: What rivals may learn from.
        from_frame: The first frame that is scored.
        drops: When its sensors are silenced.
    """

    trial: Trial
    rest: NDArray[np.float32]
    mode: Mode
    calibration_s: float
    seen: Seen | None
    from_frame: int
    drops: Drops

    @classmethod
    def of(
        cls,
        recording: Recording,
        calibrator: Calibrator | None,
        rest: NDArray[np.float32],
        model: Model,
        mode: Mode,
        seconds: float,
    ) -> Plan:
        """The plan of a recording.

        Args:
            recording: What is run.
            calibrator: What calibrates it; None = nothing can, or nothing was asked to.
            rest: [54] of the person.
            model: What infers.
            mode: What was asked for.
            seconds: How much of a take calibrates. A take that is long enough to calibrate itself
                loses them, and the gap, in every mode: modes compare on the same frames.
        """
        if calibrator is None or mode == "none":
            got: Mode = "none"
            calibrations, seen = calibrated(None, None, model.statistics, got)
            calibrations *= len(recording.wearers)
        else:
            got, known = mode, (calibrator.first, calibrator.features)
            calibrations, seen = calibrated(*known, model.statistics, got)
            if got == "paired":
                calibrations = calibrator.taught(model, calibrations)
        own = calibrates_itself(recording, seconds)
        from_frame = len(recording.first(seconds + GAP_S).truth.time_ns) if own else 0
        drops = Drops.after(recording.truth.time_ns, from_frame)
        silenced = drops.silence(recording.wearers[0])
        return cls(
            trial=Trial(recording, mode, calibrations, silenced),
            rest=rest,
            mode=got,
            calibration_s=0.0 if got == "none" else float(seconds),
            seen=seen,
            from_frame=from_frame,
            drops=drops,
        )


class Judge:
    """Scores one recording under one mode.

    Args:
        plan: How it was run.
        inferred: What came of it.
        model: What inferred.
        seed: Of the randomised PIT.

    Raises:
        VrfaceError: if the model or a rival gives what is no law (`Scorer.check`).
    """

    def __init__(self, plan: Plan, inferred: Inferred, model: Model, seed: int) -> None:
        self._plan, self._inferred, self._model = plan, inferred, model
        self._recording = plan.trial.recording
        summary = summaries(plan.trial.calibrations, model.statistics)
        self._case = Case(inferred.features, inferred.dt, plan.mode, summary, plan.seen)
        self._laws = laws_of(model.rivals, self._case)
        self._ours = Law(inferred.loc, inferred.scale)
        self._known_rest = plan.trial.calibrations[0].face_rest(model.statistics)
        self._scorer = Scorer(
            self._recording,
            self._known_rest,
            plan.rest,
            plan.from_frame,
            self._laws["neutral"],
            seed,
        )
        self._scorer.check(f"model {model.name!r}", self._ours)
        for name, law in self._laws.items():
            self._scorer.check(f"rival {name!r}", law)

    def entry(self, rig: ReferenceRig | None, ceilings: Report | None = None) -> Report:
        """What a report says of it.

        Args:
            rig: What errors are told in millimetres on; None = not at all.
            ceilings: Those of the same recording under another mode, if they are known.
        """
        recording, plan, scorer = self._recording, self._plan, self._scorer
        ours = scorer.score(self._ours)
        rivals = {name: {"groups": scorer.score(law).groups()} for name, law in self._laws.items()}
        best = best_of(self._model.config, recording.headset.name, plan.mode)
        frames = int(scorer.scored.sum())
        learned_from = self._model.config.get("seen", ())
        shown = Shown(recording, self._inferred, scorer, plan.rest, self._known_rest)
        lively = self._inferred.lively
        return {
            "name": recording.name,
            "person": recording.person,
            "label": recording.label,
            "frames": frames,
            "seconds": frames * recording.period_s,
            "calibration": plan.mode,
            "calibration_s": plan.calibration_s,
            "seen": not {recording.name, recording.person}.isdisjoint(learned_from),
            "groups": ours.groups() | scorer.measured(self._inferred),
            "channels": ours.channels(),
            "rivals": rivals | ({"best": {"name": best, **rivals[best]}} if best in rivals else {}),
            "ceilings": self.ceilings() if ceilings is None else ceilings,
            "reliability": ours.reliability(),
            "shown": {"groups": shown.movement()},
            "events": shown.events(),
            "liveliness": shown.liveliness(),
            "recovery": shown.recovery(plan.drops.frames(recording.truth.time_ns)),
            **({} if lively is None else {"lively": _lively(shown, lively)}),
            **({} if rig is None else {"mm": shown.millimetres(rig)}),
        }

    def judged(self) -> Judged:
        """It frame by frame."""
        scorer, time_ns = self._scorer, self._recording.truth.time_ns
        ours = cast(Law, scorer.law(self._ours, 0))
        return Judged(
            recording=self._recording,
            mode=self._plan.trial.mode,
            names=scorer.names,
            time_s=(time_ns - time_ns[0]) / 1e9,
            truth=scorer.truth,
            ours=ours,
            active=scorer.active,
            crps=ours.crps(scorer.truth),
            neutral_crps=scorer.neutral_crps,
            laws={name: scorer.law(law, 0) for name, law in self._laws.items()},
        )

    def ceilings(self) -> Report:
        """Of the hidden shapes: gaze has no rest that a ceiling could be relative to.

        They know the person's rest, as they know the rest of the take: so they are the same under
        every mode of calibration.
        """
        recording, scorer = self._recording, self._scorer
        hidden = np.isin(np.arange(len(self._plan.rest)), scorer.shapes[~scorer.is_gaze])
        told = np.where(
            scorer.scored[:, None] & hidden, recording.truth.weights, np.float32(np.nan)
        )
        regressors, _ = self._case.ridge
        label_s = recording.label_period_s or recording.period_s
        laws = ceilings_of(regressors, relative(told, self._plan.rest), recording.period_s, label_s)
        rest = self._plan.rest
        found = {name: scorer.score(law, rest).groups() for name, law in laws.items()}
        for groups in found.values():
            groups.pop("gaze", None)
        return {name: {"groups": groups} for name, groups in found.items()}


def _lively(expected: Shown, lively: Inferred) -> Report:
    """What a viewer sees of the lively stream; raises of a still face in both streams."""
    shown = replace(expected, inferred=lively)
    return {
        "groups": shown.movement(),
        "events": shown.events(),
        "still_raises": {
            "shown_per_minute": shown.still_raises(),
            "expected_per_minute": expected.still_raises(),
        },
        "liveliness": shown.liveliness(),
    }
