"""`evaluate`: how well a model infers what a headset hides, beside rivals under the same law.

Protocol ``1-draft``; a later version freezes it as 1. What it does:

- takes at 60 Hz, truth interpolated linearly, lost rows and calibration seconds not scored; sensor
  seeds N..N+4, averaged; paired logs at their own frame times, under their own sensors;
- truth relative to the wearer's rest over all takes given of a person, and `crps_raw` through the
  rest that the mode knows; groups, active frames, calibration modes and sibling takes, randomised
  PIT, averages from take to person to a geometric mean over persons (errors; the arithmetic mean
  for the other metrics);
- rivals: neutral, climatology, copy rule, ridge (the linear model of the checkpoint), ridge with a
  per-user update where calibration is paired, each with a scale that depends on its prediction; and
  ``best``: the one that was best on the training wearers, the two ridges apart (``best_rival`` of
  the checkpoint's config); it is left out where the config does not say. All were fitted on the
  logs that the model learned from; where the model is the ridge, that rival is the model itself.

What it does otherwise: scales are linear between 8 knots of the prediction, not constant in 8 bins;
unpaired calibration reads the sensors' rest off the calmest tenth of the seconds, not off the
calmest 2 s, which a pose that saturates a sensor wins.

What it does not do yet: the offsets of copy rule and ridge, the climatology of the calibration
seconds, the linear pool and the ceiling C are not there, so ``best`` is not yet the B of the
targets; no blink or brow-raise events, no significance over wearers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, UnknownName
from vrface.face.take import Take
from vrface.model.calibration import Calibration, Mode
from vrface.model.checkpoint import Model
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.simulation.occlusion import wear
from vrface.training.averages import Groups, summary
from vrface.training.calibrate import MIN_CALIBRATION_S, calibration_source, calibrations_from
from vrface.training.recording import Inferred, Progress, Recording, infer
from vrface.training.rest import face_rest
from vrface.training.rivals import Law, rivals_of
from vrface.training.score import Scorer, groups_of
from vrface.training.sequences import features_of
from vrface.training.user_update import UserUpdate
from vrface.trust.permission import Permission

PROTOCOL = "1-draft"
SEEDS = 5
"""Sensor seeds that a full-face take is scored under."""

RATE_HZ = 60.0
MODES: tuple[Mode, ...] = ("none", "unpaired", "paired")

Report = dict[str, Any]


def evaluate_faces(
    takes: Sequence[Take],
    headset: HeadsetProfile,
    model: Model,
    *,
    calibrate: Mode = "none",
    seconds: float = 30.0,
    seed: int = 0,
    permission: Permission = Permission.local(),
    progress: Progress = lambda name, done: None,
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

    Returns:
        The report, ready for JSON; undefined figures are None.

    Raises:
        BadUse: without takes, with arguments out of range, or where the headset hides nothing.
        Refused: if the permission does not open this door.
        TakeError: if a take nowhere shows the face for half a second.
    """
    permission.require("evaluate")
    seeds = range(seed, seed + SEEDS)
    recordings = [
        Recording(
            take.name,
            take.person,
            tuple(wear(take, headset, seed=one, rate_hz=RATE_HZ) for one in seeds),
        )
        for take in takes
    ]
    return _evaluate(recordings, model, calibrate, seconds, seed, progress)


def evaluate_logs(
    paireds: Sequence[Paired],
    model: Model,
    *,
    calibrate: Mode = "none",
    seconds: float = 30.0,
    seed: int = 0,
    permission: Permission = Permission.local(),
    progress: Progress = lambda name, done: None,
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

    Raises:
        BadUse: also if the logs are of different headsets, or simulated and real figures would mix.
    """
    permission.require("evaluate")
    recordings = [Recording(paired.name, paired.wearer, (paired,)) for paired in paireds]
    return _evaluate(recordings, model, calibrate, seconds, seed, progress)


def summary_rows(report: Report) -> list[tuple[str, Groups]]:
    """The summary as rows for a table: the model's name first, then each rival's."""
    whole = report["summary"]
    rivals = [(name, entry["groups"]) for name, entry in whole["rivals"].items()]
    return [(report["model"]["name"], whole["groups"]), *rivals]


def _evaluate(
    recordings: Sequence[Recording],
    model: Model,
    mode: Mode,
    seconds: float,
    seed: int,
    progress: Progress,
) -> Report:
    _check(recordings, mode, seconds)
    rests = {
        person: face_rest([r.truth for r in recordings if r.person == person])
        for person in {recording.person for recording in recordings}
    }
    takes, step_us = [], []
    for recording in recordings:
        source = calibration_source(recording, recordings, seconds) if mode != "none" else None
        seen = source.first(seconds) if source is not None else None
        from_frame = len(seen.truth.time_ns) if seen is not None and source is recording else 0
        entry, inferred = _score(
            recording, model, mode, seen, rests[recording.person], from_frame, seed, progress
        )
        takes.append(entry | {"calibration_s": float(seconds) if seen is not None else 0.0})
        step_us.append(inferred.step_us)
    _add_best(takes, model)
    steps = np.concatenate(step_us) / 1e3
    return {
        "protocol": PROTOCOL,
        "model": {"name": model.name, "digest": model.digest.hex()},
        "headset": recordings[0].headset.name,
        "takes": takes,
        "summary": summary(takes),
        "step_ms": {f"p{q}": float(np.percentile(steps, q)) for q in (50, 99)},
        "step_wearers": max(len(recording.wearers) for recording in recordings),
    }


def _check(recordings: Sequence[Recording], mode: Mode, seconds: float) -> None:
    if mode not in MODES:
        raise UnknownName("calibration", mode, MODES)
    if not recordings:
        raise BadUse("nothing to evaluate.", "Give a take or a paired log.")
    if mode != "none" and not seconds >= MIN_CALIBRATION_S:
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
    for number, one in enumerate(recordings):
        for other in recordings[:number]:
            if one.person == other.person and np.array_equal(
                one.truth.weights, other.truth.weights, equal_nan=True
            ):
                raise BadUse(
                    f"{one.name!r} and {other.name!r} of {one.person!r} are the same recording.",
                    "Give each once: it would calibrate itself on what it is scored on.",
                )


def _score(
    recording: Recording,
    model: Model,
    mode: Mode,
    seen: Recording | None,
    rest: NDArray[np.float32],
    from_frame: int,
    seed: int,
    progress: Progress,
) -> tuple[Report, Inferred]:
    """One entry of ``takes``, and what it was scored on.

    Args:
        recording: What to score.
        model: What infers.
        mode: As asked for.
        seen: The calibration seconds, of this recording or a sibling; None = nothing calibrates it.
        rest: [54] of the person.
        from_frame: The first frame that is scored.
        seed: Of the randomised PIT.
        progress: Told how far it is.
    """
    update = None
    if seen is None:
        mode = "none"
        calibrations = [Calibration.none(model)] * len(recording.wearers)
    else:
        features = features_of(seen.wearers)
        calibrations = calibrations_from(seen, features, model, mode)
        if mode == "paired":
            update = UserUpdate(seen, features, model.rivals, calibrations)
    inferred = infer(recording, model, calibrations, progress)
    rivals = rivals_of(model, inferred, update)
    scorer = Scorer(recording, calibrations, rest, from_frame, rivals["neutral"], seed)
    ours = Law(inferred.loc, inferred.scale)
    frames = int(scorer.scored.sum())
    entry = {
        "name": recording.name,
        "person": recording.person,
        "label": recording.label,
        "frames": frames,
        "seconds": frames * recording.period_s,
        "calibration": mode,
        "seen": not {recording.name, recording.person}.isdisjoint(model.config.get("seen", ())),
        "groups": scorer.groups_under(ours) | scorer.measured(inferred),
        "channels": scorer.channels_under(ours),
        "rivals": {name: {"groups": scorer.groups_under(law)} for name, law in rivals.items()},
    }
    return entry, inferred


def _add_best(takes: Sequence[Report], model: Model) -> None:
    """Add the rival ``best``: chosen on the training wearers, never on who is scored."""
    name = model.config.get("best_rival")
    for take in takes:
        if name in take["rivals"]:
            take["rivals"]["best"] = {"name": name, **take["rivals"][name]}
