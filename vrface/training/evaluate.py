"""`evaluate`: how well a model infers what a headset hides, beside rivals under the same law.

Protocol 1; its text, with every reason, is docs/decisions/0008-protocol.md. What it does:

- takes at 60 Hz, truth interpolated linearly, lost rows not scored; `SEEDS` sensor seeds from the
  one given on, averaged; paired logs at their own frame times, under their own sensors;
- calibration ``none``, ``unpaired`` or ``paired``, from the first seconds of a take that has 45 s
  left behind them and the second after them; else of a sibling take of the same person; else none;
  the first seconds of a take that has enough, and the second after them, are scored in no mode;
- truth relative to the person's rest over all takes given of them, and ``crps_raw`` through the
  rest that the mode knows; groups by what the headset hides; active and still frames; randomised
  PIT, drawn by the seed;
- every rival that the checkpoint has and the mode allows (`vrface.training.rivals`), as a law with
  a spread of its own; ``best``: the one that was best on the training wearers, behind this headset
  and in this mode; ceilings (`vrface.training.ceilings`);
- what a viewer sees (`vrface.training.shown`): blinks, brow raises, liveliness, what drops of all
  sensors do (`vrface.training.drops`), millimetres where a rig is given;
- averages from sensor seeds to takes to persons to a geometric mean over persons, of the takes that
  got the calibration asked for, and a bootstrap over persons (`vrface.training.averages`).

All modes asked for and all recordings run through the pipeline side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, UnknownName
from vrface.face.take import Take
from vrface.model.calibration import MODES as MODES
from vrface.model.calibration import Mode
from vrface.model.model import Model
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.simulation.occlusion.wear import wear
from vrface.training.averages import Groups, summary
from vrface.training.calibrate import MIN_CALIBRATION_S, calibrators
from vrface.training.judge import Judge, Plan
from vrface.training.judge import Judged as Judged
from vrface.training.judge import Report as Report
from vrface.training.metrics.geometry import ReferenceRig
from vrface.training.recording import Progress, Recording, Trial, inferences
from vrface.training.rest import face_rest
from vrface.training.score import groups_of
from vrface.trust.permission import Permission

PROTOCOL = "1"
SEEDS = 5
"""Sensor seeds that a full-face take is scored under."""

RATE_HZ = 60.0

ALIKE = 0.5
"""Two recordings of one person that share more of their faces than this are the same."""

_DECIMALS = 4  # of a weight: less than a face moves between frames, more than is rounded away

_RUN = 0.6
"""About the share of the work that the pipeline is: what progress counts it as."""


def evaluate_faces(
    takes: Sequence[Take],
    headset: HeadsetProfile,
    model: Model,
    *,
    calibrate: Mode = "none",
    seconds: float = 30.0,
    seed: int = 0,
    permission: Permission = Permission.local(),
    progress: Progress = lambda key, done: None,
    rig: ReferenceRig | None = None,
) -> Report:
    """Hide the headset's region in full-face recordings and score how it is inferred back.

    Args:
        takes: Of any persons; `Take.person` says whose.
        headset: Simulated over each take (`vrface.simulation.occlusion`); the report says so.
        model: What infers.
        calibrate: ``"none"``; ``"unpaired"``: from sensors alone; ``"paired"``: with truth.
        seconds: How much of a take, or of a sibling of it, calibrates.
        seed: The first of `SEEDS` sensor seeds.
        permission: To process these faces.
        progress: Told how far each take is.
        rig: What errors are told in millimetres on; None = not at all.

    Returns:
        The report, ready for JSON; undefined figures are None.

    Raises:
        BadUse: without takes, with arguments out of range, or where the headset hides nothing.
        Refused: if the permission does not open this door.
        TakeError: if a take nowhere shows the face for half a second.
        VrfaceError: if the model or a rival gives what is no law.
    """
    permission.require("evaluate")
    recordings = faces_recordings(takes, headset, seed, progress)
    return evaluations(
        recordings, model, modes=(calibrate,), seconds=seconds, seed=seed, permission=permission,
        progress=progress, rig=rig,
    )[calibrate]  # fmt: skip


def evaluate_logs(
    paireds: Sequence[Paired],
    model: Model,
    *,
    calibrate: Mode = "none",
    seconds: float = 30.0,
    seed: int = 0,
    permission: Permission = Permission.local(),
    progress: Progress = lambda key, done: None,
    rig: ReferenceRig | None = None,
) -> Report:
    """Score paired logs with their own sensors; arguments and report as `evaluate_faces`.

    Args:
        paireds: Recordings through one headset; `Paired.wearer` says whose.
        model: What infers.
        calibrate: As in `evaluate_faces`.
        seconds: As in `evaluate_faces`.
        seed: Of the randomised PIT alone: nothing is simulated here.
        permission: To process these faces.
        progress: Told how far each log is.
        rig: As in `evaluate_faces`.

    Raises:
        BadUse: also if the logs are of different headsets, or simulated and real figures would mix.
    """
    return evaluations(
        logs_recordings(paireds), model, modes=(calibrate,), seconds=seconds, seed=seed,
        permission=permission, progress=progress, rig=rig,
    )[calibrate]  # fmt: skip


def faces_recordings(
    takes: Sequence[Take],
    headset: HeadsetProfile,
    seed: int = 0,
    progress: Progress = lambda key, done: None,
) -> list[Recording]:
    """Full faces under a simulated headset, each with `SEEDS` sensor seeds from `seed` on.

    Raises:
        BadUse: if the seed is negative.
    """
    _check_seed(seed)
    recordings = []
    for take in takes:
        progress(f"{take.person}/{take.name}", 0.0)
        wearers = [
            wear(take, headset, seed=one, rate_hz=RATE_HZ) for one in range(seed, seed + SEEDS)
        ]
        label_period_s = float(np.median(np.diff(take.time_ns))) / 1e9
        recordings.append(Recording(take.name, take.person, tuple(wearers), label_period_s))
    return recordings


def logs_recordings(paireds: Sequence[Paired]) -> list[Recording]:
    """Paired logs, each with its own sensors."""
    return [Recording(paired.name, paired.wearer, (paired,)) for paired in paireds]


def evaluations(
    recordings: Sequence[Recording],
    model: Model,
    *,
    modes: Sequence[Mode] = MODES,
    seconds: float = 30.0,
    seed: int = 0,
    permission: Permission = Permission.local(),
    progress: Progress = lambda key, done: None,
    rig: ReferenceRig | None = None,
    watch: Callable[[Judged], None] | None = None,
) -> dict[Mode, Report]:
    """Score recordings through one headset under several modes of calibration at once.

    Args:
        recordings: As `faces_recordings` or `logs_recordings` makes them.
        model: What infers.
        modes: One report for each.
        seconds: As in `evaluate_faces`.
        seed: Of the randomised PIT.
        permission: To process these faces.
        progress: Told how far each recording is.
        rig: As in `evaluate_faces`.
        watch: Told of each recording under each mode, once it is scored.

    Raises:
        BadUse, Refused, TakeError, VrfaceError: As in `evaluate_faces` and `evaluate_logs`.
    """
    permission.require("evaluate")
    _check_seed(seed)
    _check(recordings, modes, seconds)
    for recording in recordings:
        progress(recording.key, 0.0)
    planned = _planned(recordings, model, modes, seconds)
    outcomes: dict[tuple[int, Mode], _Outcome] = {}
    ceilings: dict[int, Report] = {}
    for trial, inferred in inferences(
        list(planned), model, lambda key, done: progress(key, _RUN * done), lively_seed=seed
    ):
        judge = Judge(planned[trial], inferred, model, seed)
        entry = judge.entry(rig, ceilings.get(id(trial.recording)))
        ceilings[id(trial.recording)] = entry["ceilings"]
        outcome = _Outcome(entry, inferred.step_us, inferred.beside)
        outcomes[id(trial.recording), trial.mode] = outcome
        if watch is not None:
            watch(judge.judged())
        done = sum((id(trial.recording), mode) in outcomes for mode in modes) / len(modes)
        progress(trial.recording.key, _RUN + (1.0 - _RUN) * done)
    return {
        mode: _report([outcomes[id(one), mode] for one in recordings], recordings, model)
        for mode in modes
    }


def summary_rows(report: Report) -> list[tuple[str, Groups]]:
    """The summary as rows for a table: the model's name, then each rival's, then each ceiling's."""
    whole = report["summary"]
    others = {**whole["rivals"], **whole.get("ceilings", {})}
    rows = [(name, entry["groups"]) for name, entry in others.items()]
    return [(report["model"]["name"], whole["groups"]), *rows]


def _planned(
    recordings: Sequence[Recording], model: Model, modes: Sequence[Mode], seconds: float
) -> dict[Trial, Plan]:
    rests = {
        person: face_rest([r.truth for r in recordings if r.person == person])
        for person in dict.fromkeys(recording.person for recording in recordings)
    }
    calibrating = {*modes} != {"none"}
    found = calibrators(recordings, seconds) if calibrating else [None] * len(recordings)
    plans = [
        Plan.of(recording, calibrator, rests[recording.person], model, mode, seconds)
        for recording, calibrator in zip(recordings, found, strict=True)
        for mode in modes
    ]
    return {plan.trial: plan for plan in plans}


class _Outcome(NamedTuple):
    """Of one recording under one mode: its entry, and how long the model's steps took."""

    entry: Report
    step_us: NDArray[np.int64]
    beside: int


def _report(outcomes: Sequence[_Outcome], recordings: Sequence[Recording], model: Model) -> Report:
    takes = [outcome.entry for outcome in outcomes]
    step_ms = np.concatenate([outcome.step_us for outcome in outcomes]) / 1e3
    return {
        "protocol": PROTOCOL,
        "model": {"name": model.name, "digest": model.digest.hex()},
        "headset": recordings[0].headset.name,
        "takes": takes,
        "summary": summary(takes),
        "step_ms": {f"p{q}": float(np.percentile(step_ms, q)) for q in (50, 99)},
        "step_wearers": max(outcome.beside for outcome in outcomes),
    }


def _check(recordings: Sequence[Recording], modes: Sequence[Mode], seconds: float) -> None:
    for mode in modes:
        if mode not in MODES:
            raise UnknownName("calibration", mode, MODES)
    if not recordings:
        raise BadUse("nothing to evaluate.", "Give a take or a paired log.")
    if not seconds >= MIN_CALIBRATION_S:
        raise BadUse(f"calibrating takes {MIN_CALIBRATION_S:g} seconds or more, got {seconds:g}.")
    headsets = sorted({recording.headset.name for recording in recordings})
    if len(headsets) > 1:
        raise BadUse(f"several headsets: {', '.join(headsets)}.", "Score each apart.")
    for recording in recordings:
        if "hidden" not in groups_of(recording.headset, recording.truth):
            raise BadUse(f"{headsets[0]} hides nothing that {recording.name!r} knows the truth of.")
    labels = sorted({recording.label for recording in recordings})
    if len(labels) > 1:
        raise BadUse(f"figures of {' and '.join(labels)} are never mixed.", "Score each apart.")
    _check_apart(recordings)


def _check_apart(recordings: Sequence[Recording]) -> None:
    """Refuse a recording that is given twice, or whole and in part."""
    for person in dict.fromkeys(recording.person for recording in recordings):
        own = [recording for recording in recordings if recording.person == person]
        faces = [_faces(recording) for recording in own] if len(own) > 1 else []
        for (one, here), (other, there) in combinations(zip(own, faces, strict=False), 2):
            if len(here & there) > ALIKE * min(len(here), len(there)):
                raise BadUse(
                    f"{one.name!r} and {other.name!r} of {person!r} are the same recording.",
                    "Give each once: it would calibrate itself on what it is scored on.",
                )


def _faces(recording: Recording) -> set[bytes]:
    """The faces of a recording: a few of another one's are in it by chance, most of them are not.

    The resting face is one, however long it lasts.
    """
    weights = recording.truth.weights[recording.truth.tracked]
    return {row.tobytes() for row in np.round(weights, _DECIMALS)}


def _check_seed(seed: int) -> None:
    if seed < 0:
        raise BadUse(f"a seed is 0 or more, got {seed}.")
