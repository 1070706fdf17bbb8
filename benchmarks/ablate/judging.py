"""Judging: every model on the same recordings, which are made into features once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

import numpy as np

from benchmarks import shapes, traces
from benchmarks.ablate.runs import can_teach, fold_of, folds, model_of, neutral, sized
from benchmarks.ablate.variants import BASE, FIRST_JUDGED, GAZE, VARIANTS, Settings
from benchmarks.traces import Case
from vrface.log.importers import read_take
from vrface.model import compile_cache
from vrface.model.calibration import Mode
from vrface.model.model import Model
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.training.recording import Recording
from vrface.training.report.jobs import FOCUS, TIERS
from vrface.training.rivals.law import Law
from vrface.training.score import Scorer
from vrface.training.workers import Task, Tell
from vrface.trust.permission import Permission

Kind = Literal["real", "simulated"]

SENSOR_SEEDS = 2
"""Donnings of each real take that is judged, averaged."""

USUAL_HZ = 60.0

AWAY = "gaze away"
"""What the figures of the base are kept under whose gaze goes silent."""

CALIBRATIONS: tuple[tuple[Mode, float], ...] = (
    ("none", 0.0),
    *(("unpaired", seconds) for seconds in (5.0, 10.0, 30.0)),
    *(("paired", seconds) for seconds in (5.0, 10.0, 30.0, 60.0)),
)
"""Modes and seconds that the base is judged under; all on the frames behind the longest."""

LONGEST_S = max(seconds for _, seconds in CALIBRATIONS)


@dataclass(frozen=True)
class Look:
    """One model, judged in one way.

    Attributes:
        row: What its figures are kept under.
        variant: The model.
        mode: Of calibration.
        seconds: That calibrate.
        deaf: Streams that are taken away.
    """

    row: str
    variant: str
    mode: Mode = "unpaired"
    seconds: float = 30.0
    deaf: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """Recordings that models are judged on, and how.

    Attributes:
        kind: Whose faces; sensors are simulated on both.
        headset: That is worn.
        looks: At them.
        rate_hz: Frames a second.
        longest_s: The most that calibrates; what follows is scored.
        part: Tells apart what else is alike.
    """

    kind: Kind
    headset: str
    looks: tuple[Look, ...]
    rate_hz: float = USUAL_HZ
    longest_s: float = 30.0
    part: str = ""

    @property
    def name(self) -> str:
        """What its figures are kept under."""
        rate = "" if self.rate_hz == USUAL_HZ else f"{self.rate_hz:g}-hz"
        return "-".join(filter(None, (self.kind, self.headset, rate, self.part)))


def looks_of(settings: Settings, headset_name: str, faces: bool) -> tuple[Look, ...]:
    """Each model once.

    Args:
        settings: Of all runs.
        headset_name: Which is worn: the base also without its gaze, where it has any.
        faces: The models that real faces taught, or those that none did.
    """
    seconds = settings.calibrates
    looks = [
        Look(name, name, seconds=seconds, deaf=variant.deaf)
        for name, variant in VARIANTS.items()
        if (variant.faces != "simulated") == faces
    ]
    if has_gaze(headset_name) and not faces:
        looks.append(Look(AWAY, BASE, seconds=seconds, deaf=GAZE))
    return tuple(looks)


def has_gaze(headset_name: str) -> bool:
    """Whether a headset has gaze that could be taken away."""
    return any(stream.name in GAZE for stream in headset(headset_name).streams)


def calibration_row(mode: Mode, seconds: float) -> str:
    """What the figures of a calibration are kept under."""
    return mode if mode == "none" else f"{mode} {seconds:g} s"


def evidences(settings: Settings, faces: bool, taught: bool = True) -> list[Evidence]:
    """All that is to be judged.

    Args:
        settings: Of all runs.
        faces: What needs real faces, or what does not.
        taught: Whether real faces taught any model.
    """
    return _with_faces(settings, taught) if faces else _without_faces(settings)


def _without_faces(settings: Settings) -> list[Evidence]:
    longest = settings.calibrates
    found = [
        Evidence("simulated", name, looks_of(settings, name, faces=False), longest_s=longest)
        for name in TIERS
    ]
    clocks = tuple(Look(name, name, seconds=longest) for name in (BASE, "clockless"))
    rates = [
        Evidence("simulated", FOCUS, clocks, rate_hz=rate, longest_s=longest)
        for rate in settings.rates_hz
    ]
    return [*found, _calibrated("simulated"), *rates]


def _with_faces(settings: Settings, taught: bool) -> list[Evidence]:
    longest, found = settings.calibrates, []
    for name in TIERS:
        own = looks_of(settings, name, faces=True) if taught else ()
        if own:
            part = "taught-by-real"
            found.append(Evidence("simulated", name, own, longest_s=longest, part=part))
        looks = looks_of(settings, name, faces=False) + own
        found.append(Evidence("real", name, looks, longest_s=longest))
    return [*found, _calibrated("real")]


def _calibrated(kind: Kind) -> Evidence:
    """The base under every calibration."""
    looks = tuple(Look(calibration_row(*one), BASE, *one) for one in CALIBRATIONS)
    return Evidence(kind, FOCUS, looks, longest_s=LONGEST_S, part="calibration")


def tasks(
    settings: Settings, takes: Sequence[Path], models: Sequence[Path], faces: bool
) -> dict[str, Task]:
    """`evidences` as `workers.run` takes them."""
    return {
        one.name: partial(judge, one, settings, tuple(takes), tuple(models))
        for one in evidences(settings, faces, can_teach(takes))
    }


def judge(
    evidence: Evidence,
    settings: Settings,
    takes: Sequence[Path],
    models: Sequence[Path],
    tell: Tell,
    permission: Permission = Permission.local(),
) -> Mapping[str, Any]:
    """Judge models on one kind of evidence.

    Args:
        evidence: Of which kind.
        settings: Of all runs.
        takes: Recorded faces; looked at where the evidence is real.
        models: Folders that they are kept in.
        tell: Told how far it is.
        permission: To process these faces.

    Returns:
        By `Look.row`: ``person``, ``name`` and ``groups`` of each recording, as evaluations of
        protocol 1 have them, of groups only ``hidden``; ``shapes``, their errors (`shapes.errors`).

    Raises:
        Refused: if the permission does not open these faces.
    """
    permission.require("evaluate")
    compile_cache.enable()
    cases = traces.cases(_recordings(evidence, settings, takes), evidence.longest_s)
    rested = neutral(settings)
    real = evidence.kind == "real"
    judged_by = fold_of([one.recording.person for one in cases] if real else [])
    found: dict[str, list[dict[str, Any]]] = {}
    for number, look in enumerate(evidence.looks):
        made = [
            model_of(look.variant, settings, models, fold) for fold in folds(VARIANTS[look.variant])
        ]
        for case in cases:
            # A simulated wearer is judged by all: none of them can have taught.
            fold = judged_by.get(case.recording.person, 0) if len(made) > 1 else 0
            for model in made[fold : fold + 1] if real else made:
                found.setdefault(look.row, []).append(_entry(model, look, case, cases, rested))
        tell((number + 1) / len(evidence.looks))
    return found


def _entry(
    model: Model, look: Look, case: Case, cases: Sequence[Case], rested: Law
) -> dict[str, Any]:
    """The figures of one recording."""
    laws, rests = [], []
    for wearer, lesson in enumerate(case.lessons):
        source = None if case.source is None else cases[case.source].lessons[wearer]
        heard = None if source is None else traces.without(source, look.deaf)
        known = traces.calibration(model, heard, look.mode, look.seconds)
        laws.append(sized(model, traces.law(model, traces.without(lesson, look.deaf), known)))
        rests.append(known.face_rest(model.statistics))
    whole = Law(*(np.concatenate(parts) for parts in zip(*laws, strict=True)))
    scorer = Scorer(case.recording, rests[0], case.rest, case.from_frame, rested, seed=0)
    scorer.check(f"model {model.name!r}", whole)
    scored = scorer.score(whole)
    return {
        "person": case.recording.person,
        "name": case.recording.name,
        "groups": {"hidden": scored.groups()["hidden"]},
        "shapes": shapes.errors(scorer, scored),
    }


def _recordings(evidence: Evidence, settings: Settings, takes: Sequence[Path]) -> list[Recording]:
    profile = headset(evidence.headset)
    if evidence.kind == "real":
        faces = [read_take(path) for path in takes]
        return [
            Recording(
                take.name,
                take.person,
                tuple(wear(take, profile, seed=seed) for seed in range(SENSOR_SEEDS)),
            )
            for take in faces
        ]
    seeds = range(FIRST_JUDGED, FIRST_JUDGED + settings.judged)
    seconds = evidence.longest_s + settings.seconds
    return traces.simulated(profile, seeds, seconds, rate_hz=evidence.rate_hz)
