"""What finished jobs would have kept, in small and made by hand."""

import json
from copy import deepcopy

import numpy as np

from vrface.face.blendshapes import GROUPS
from vrface.training.averages import METRICS
from vrface.training.report.jobs import ABLATED, HEADSETS, jobs
from vrface.training.report.options import Options
from vrface.training.workers import kept

ABOUT = {
    "model": "mine",
    "digest": "0123456789abcdef",
    "protocol": "1",
    "sensors": "1",
    "simulation": "1",
    "machine": "an abacus",
    "command": "make report",
}
ERRORS = {
    "neutral": 0.04,
    "climatology": 0.038,
    "copy_rule": 0.041,
    "ridge": 0.025,
    "pool": 0.024,
}
PAIRED = {"calibration_climatology": 0.03, "ridge_user": 0.021}
CHANNELS = ("eyeSquintLeft", "browDownLeft", "browInnerUpRight", "cheekSquintLeft", "eyeLookUpLeft")


KNOWN = {"judging_wearers": 9, "lacks": ["knn", "gbt", "tcn"], "synthetic": True}


def metrics(crps, neutral=0.04, **others):
    """The neutral face's error is `neutral`, and twice as much while the face moves."""
    errors = {
        "crps": crps,
        "crps_raw": 1.5 * crps,
        "crps_active": 1.8 * crps,
        "crps_neutral": neutral,
        "crps_neutral_active": 2 * neutral,
    }
    shares = {"coverage90": 0.9, "still_excess": 0.002, "r2": 0.5, "ccc": 0.7}
    skills = {"skill": 1 - crps / neutral, "active_skill": 1 - 1.8 * crps / (2 * neutral)}
    return dict.fromkeys(METRICS) | errors | shares | skills | others


def groups(crps):
    larger = {group: 1 + place / 4 for place, group in enumerate(GROUPS)}
    found = {group: metrics(crps * times, 0.04 * times) for group, times in larger.items()}
    return {"hidden": metrics(crps), **found}


def measured():
    figures = {"mae": 0.02, "r2": 0.93, "ccc": 0.96, "lag_ms": 17.0}
    return dict.fromkeys(METRICS) | figures


SEEN = {
    "events": {
        "blinks": {
            "truth_per_minute": 14.0,
            "shown_per_minute": 12.0,
            "f1_50ms": 0.7,
            "f1_100ms": 0.9,
            "onset_error_ms": 18.0,
            "false_per_minute": 0.5,
            "winks": 2.0,
            "winks_kept": 1.0,
            "measured": True,
        },
        "brow_raises": {
            "truth_per_minute": 3.0,
            "shown_per_minute": 2.0,
            "beyond_truth_per_minute": 0.4,
        },
    },
    "liveliness": {
        "sides": dict.fromkeys(
            ("truth_correlation", "shown_correlation", "truth_gap", "shown_gap"), 0.1
        ),
        "windows": {"frechet": 2.0, "floor": 0.5, "multiple": 4.0},
    },
}
"""What a viewer sees, apart from drops."""


def take(
    name,
    person,
    crps,
    mode="unpaired",
    best="pool",
    label="real face, simulated sensors",
    ceiling=0.015,
    **rivals_too,
):
    """One entry of ``takes``."""
    errors = ERRORS | (PAIRED if mode == "paired" else {}) | rivals_too
    rivals = {rival: {"groups": groups(value)} for rival, value in errors.items()}
    rivals["best"] = {"name": best, **rivals[best]}
    return {
        "name": name,
        "person": person,
        "label": label,
        "frames": 3000,
        "seconds": 50.0,
        "calibration": mode,
        "calibration_s": 30.0,
        "seen": False,
        "groups": groups(crps) | {"measured": measured()},
        "channels": {channel: metrics(crps) for channel in CHANNELS},
        "rivals": rivals,
        "ceilings": {"personal": {"groups": groups(ceiling)}},
        "reliability": {"hidden": [0.05] * 20},
        **deepcopy(SEEN),
        "recovery": {
            "drop_s": 1.0,
            "drops": 4.0,
            "came_off": 3.0,
            "recovery_ms": 120.0,
            "overshoot": 0.25,
            "crps": crps,
            "crps_dropped": 2 * crps,
            "hold_last_mae": 0.05,
            "mae_dropped": 0.04,
        },
        "mm": {"vertex_error": 0.5, "neutral_error": 0.9, "mean_face_error": 0.8, "ratio": 0.6},
    }


def report(takes):
    """An evaluation of some takes; a report reads nothing else of it."""
    return {"model": {"name": "mine", "digest": ABOUT["digest"]}, "takes": takes}


def stretch(person, name, kind):
    """One entry of ``stretches``."""
    seconds = np.linspace(10.0, 18.0, 480)
    wave = 0.3 + 0.2 * np.sin(seconds)
    shape = {
        "truth": [None, *wave[1:].tolist()],
        "mean": (0.8 * wave).tolist(),
        "low": (0.5 * wave).tolist(),
        "high": (1.2 * wave).tolist(),
        "rival": (0.2 * wave).tolist(),
    }
    return {
        "person": person,
        "take": name,
        "kind": kind,
        "mode": "unpaired",
        "crps": 0.02,
        "neutral_crps": 0.04,
        "rival": "pool",
        "seconds": seconds.tolist(),
        "shapes": [{"name": name, **shape} for name in CHANNELS[:4]],
    }


def bare_take(*args, **others):
    """The same of a short take and an old checkpoint: no B, no ceiling, little that is defined."""
    whole = take(*args, **others)
    del whole["rivals"]["best"], whole["mm"]
    defined = {"crps", "crps_raw"}
    for name, metrics_of in whole["groups"].items():
        if name != "measured":
            metrics_of |= dict.fromkeys(set(METRICS) - defined)
    windows = dict.fromkeys(whole["liveliness"]["windows"])
    return whole | {
        "ceilings": {},
        "reliability": {"hidden": None},
        "liveliness": {"sides": None, "windows": windows},
        "recovery": dict.fromkeys(whole["recovery"]),
    }


def results(folder, options: Options, people=2, bare=False):
    """What finished jobs of a report would have kept."""
    one_take = bare_take if bare else take
    folder.mkdir(parents=True, exist_ok=True)
    for job in jobs(options):
        reports = {}
        for mode in job.modes:
            if job.kind == "real":
                crps = 0.026 + 0.002 * [*HEADSETS, ABLATED].index(job.headset)
                named = [(f"take-{n}", f"person-{n}") for n in range(people)]
            else:
                crps, named = 0.018, [(f"synthetic-{n}", f"wearer-{n}") for n in job.seeds]
            label = f"{job.kind} face, simulated sensors"
            takes = [one_take(name, person, crps, mode, label=label) for name, person in named]
            reports[mode] = report(takes)
        stretches = []
        if not bare and job.kind == "real" and job.headset == "openness_gaze_mouth":
            stretches = [stretch("person-0", "take-0", kind) for kind in ("good", "bad")]
        kept(folder, job.name).write_text(
            json.dumps({"model": KNOWN, "reports": reports, "stretches": stretches}),
            encoding="utf-8",
        )
