"""`Job`: what a report measures, cut into parts that each take minutes at most.

Two kinds of evidence, which no average mixes: recorded faces that wear simulated headsets, under
several sensor seeds; and simulated faces that wear them once each.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Literal, TypeAlias

from vrface.log.importers import read_take
from vrface.model import compile_cache, pretrained
from vrface.model.calibration import Mode
from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.model.model import Model
from vrface.sensors.headset import HeadsetProfile, headset
from vrface.sensors.paired import Paired
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.config import FIRST_TEST_SEED
from vrface.training.evaluate import MODES, evaluations, faces_recordings, logs_recordings
from vrface.training.logs import HEARD
from vrface.training.metrics.geometry import ReferenceRig
from vrface.training.recording import Recording
from vrface.training.report.options import Options
from vrface.training.report.stretches import Stretches
from vrface.training.workers import Task, Tell
from vrface.trust.permission import Permission

Kind: TypeAlias = Literal["real", "simulated"]
"""Whose face it is; sensors are simulated on both."""

KINDS: tuple[Kind, ...] = ("real", "simulated")

TIERS = ("mouth_only", "openness_gaze_mouth", "eyes_and_mouth")
"""From few sensors to more."""

WORN = ("vive_pro_eye_lip", "steam_frame")
"""Headsets that are sold."""

HEADSETS = (*TIERS, *WORN, "audio_only")
"""The tiers, what is sold, and a voice with the head's motion alone."""

UNHEARD = ("audio_only",)
"""What no recorded face can wear: no take has a voice."""

SHARE = 0.5
"""Of the simulated wearers who wear what is no tier: aims are told of the tiers alone."""

FOCUS = "openness_gaze_mouth"
"""The tier that is looked at most closely: stretches, persons, and what its gaze is worth."""

ABLATED = f"{FOCUS} without gaze"
"""The same with its gaze taken away: gaze falls as lids close, and may tell of what is hidden."""

FIRST_SEED = FIRST_TEST_SEED

SCORED_S = 50.0
"""Of each simulated wearer, beside the seconds that calibrate: enough for the ceilings."""

_TOGETHER = 10
"""Simulated wearers of one job: they fill the columns of a step and fit into memory."""

_SYNTHETIC = "simulated-"
"""What the names of all synthetic wearers begin with (`vrface.simulation.wearer`)."""


@dataclass(frozen=True)
class Job:
    """One part of a report.

    Attributes:
        kind: Of the evidence.
        headset: Which is worn: one of `HEADSETS`, or `ABLATED`.
        seeds: Of the simulated wearers.
    """

    kind: Kind
    headset: str
    seeds: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What its result is kept under."""
        ends = (self.seeds[0], self.seeds[-1]) if self.seeds else ()
        return "-".join([self.kind, self.headset.replace(" ", "-"), *map(str, ends)])

    @property
    def profile(self) -> HeadsetProfile:
        """What is worn. The best rival of `ABLATED` is that of the tier which it is a part of."""
        if self.headset != ABLATED:
            return headset(self.headset)
        return replace(headset(FOCUS).without("gaze"), name=f"{ABLATED} as {FOCUS}")

    @property
    def modes(self) -> tuple[Mode, ...]:
        """Under which calibrations: `ABLATED` is looked at where a wearer has one."""
        return tuple(mode for mode in MODES if mode != "none" or self.headset != ABLATED)


def jobs(options: Options) -> list[Job]:
    """Everything to be done, the longest first."""
    worn = [name for name in (*HEADSETS, ABLATED) if name not in UNHEARD]
    real = [Job("real", name) for name in worn if options.takes]
    return real + [
        Job("simulated", name, seeds)
        for name in HEADSETS
        for seeds in _parts(options.wearers if name in TIERS else _fewer(options.wearers))
    ]


def _fewer(wearers: int) -> int:
    return max(round(SHARE * wearers), 1)


def _parts(wearers: int) -> list[tuple[int, ...]]:
    """The seeds of so many wearers, `_TOGETHER` at a time."""
    last = FIRST_SEED + wearers
    return [
        tuple(range(first, min(first + _TOGETHER, last)))
        for first in range(FIRST_SEED, last, _TOGETHER)
    ]


def tasks(options: Options) -> dict[str, Task]:
    """`jobs` as `workers.run` takes them."""
    return {job.name: partial(measure, job, options) for job in jobs(options)}


def measure(job: Job, options: Options, tell: Tell) -> dict[str, Any]:
    """Do a job.

    Returns:
        ``model``: what is to be known of it (`_known`); ``reports``: mode -> report of an
        evaluation; ``stretches``: what to draw of real takes.
    """
    compile_cache.enable()
    permission = Permission.local()
    permission.require("report")
    model = pretrained.load(options.model)
    recordings = _recordings(job, options)
    stretches = Stretches(model) if (job.kind, job.headset) == ("real", FOCUS) else None
    shares = dict.fromkeys((recording.key for recording in recordings), 0.0)

    def progress(key: str, done: float) -> None:
        shares[key] = max(shares[key], done)
        tell(sum(shares.values()) / len(shares))

    reports = evaluations(
        recordings,
        model,
        modes=job.modes,
        seconds=options.seconds,
        seed=options.seed,
        permission=permission,
        progress=progress,
        rig=ReferenceRig.read(options.rig) if options.rig is not None else None,
        watch=stretches.look if stretches is not None else None,
    )
    found = stretches.found if stretches is not None else []
    return {"model": _known(model), "reports": reports, "stretches": found}


def _known(model: Model) -> dict[str, Any]:
    """What a report says of the model beside its figures.

    ``judging_wearers``: on how many wearers B was chosen, None if its checkpoint does not say;
    ``lacks``: the learned rivals that it has not; ``synthetic``: whether no real wearer taught it.
    """
    has = {name.partition(".")[0] for name in model.rivals}
    return {
        "judging_wearers": model.config.get("judging_wearers"),
        "lacks": [name for name in LEARNED_RIVALS if name not in has],
        "synthetic": all(name.startswith(_SYNTHETIC) for name in model.config.get("seen", ())),
    }


def _recordings(job: Job, options: Options) -> list[Recording]:
    if job.kind == "real":
        takes = [read_take(path) for path in options.takes]
        return faces_recordings(takes, job.profile, options.seed)
    return logs_recordings([_worn(seed, job.profile, options) for seed in job.seeds])


def _worn(seed: int, profile: HeadsetProfile, options: Options) -> Paired:
    """A simulated wearer behind sensors of the families that nothing is trained on."""
    seconds = options.seconds + SCORED_S
    performance = perform(Wearer.drawn(seed), seed=seed, seconds=seconds)
    donning = Donning.drawn(seed, options.seed, held_out=True)
    return simulate(performance, profile, donning, streams=HEARD)
