"""Writes what protocol 1 says of a made-up case: `python -m tests.golden.protocol.regenerate`.

Five takes of three made-up persons behind two sensor seeds, a ridge drawn by lot, rivals that
nobody fitted and a rig of eight vertices: one take calibrates itself, three each other, one cannot.
An interval needs five persons and is tested by itself (`tests/training/test_averages.py`). Where a
figure here changes, the protocol has changed: then its version has to change too, and figures under
both are reported (docs/decisions/0008-protocol.md). What a session finds out by itself about who is
not calibrated, how far a lively face goes, and how a shown mean is eased, are the model's affair:
here it finds out nothing, goes as far as its laws do, and shows their means as they are.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.columns import Numbers
from vrface.face.blendshapes import COUNT, indices
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.model.calibration import normaliser
from vrface.model.checkpoint import RIVALS
from vrface.model.features import WIDTH
from vrface.model.model import Model
from vrface.model.ridge import RidgeArchitecture
from vrface.outputs.blending import Blended
from vrface.outputs.easing import Eased
from vrface.outputs.lively import draw
from vrface.sensors.headset import headset
from vrface.session import frame_step
from vrface.simulation.occlusion.wear import wear
from vrface.training import livened
from vrface.training.evaluate import RATE_HZ, evaluations
from vrface.training.metrics.geometry import WITHOUT_MESH, ReferenceRig
from vrface.training.recording import Recording

FILE = Path(__file__).resolve().parent / "report.json"
HEADSET = "openness_gaze_mouth"
SECONDS = 2.0
DIGITS = 5


def take(name: str, person: str, seconds: float, phase: float) -> Take:
    """A face of slow swings, blinks every three seconds and a brow raise every seven, at 30 Hz."""
    frames = np.arange(round(seconds * 30))
    time_s = frames / 30
    shapes = np.arange(COUNT)
    swing = np.sin(2 * np.pi * (0.05 + 0.01 * shapes) * time_s[:, None] + shapes + phase)
    weights = 0.05 + 0.45 * np.maximum(swing, 0.0) ** 3
    blink = np.exp(-0.5 * (((time_s + phase) % 3.0 - 1.5) / 0.06) ** 2)
    weights[:, indices(["eyeBlinkLeft", "eyeBlinkRight"])] = 0.8 * blink[:, None]
    raised = np.exp(-0.5 * (((time_s + phase) % 7.0 - 3.5) / 0.4) ** 2)
    brows = indices(["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"])
    weights[:, brows] = 0.05 + 0.6 * raised[:, None]
    gaze = 0.2 * np.sin(time_s[:, None] * np.array([0.9, 0.7, 0.9, 0.7]) + phase)
    return Take(
        name=name,
        person=person,
        time_ns=np.round(frames * 1e9 / 30).astype(np.int64),
        weights=weights.astype(np.float32),
        gaze=gaze.astype(np.float32),
        source=np.full(COUNT, Source.MEASURED, np.uint8),
        simulated=True,
    )


def rivals() -> dict[str, NDArray[np.float32]]:
    """A ridge drawn by lot, and beside it what changes nothing and knows nothing."""
    made = {name: np.full(shape, _usual(name), np.float32) for name, shape in RIVALS.items()}
    for name in made:
        if name.endswith("_line"):
            made[name][..., 0, :] = 0.0
    made["climatology_histogram"][:] = 0.0
    made["climatology_histogram"][:, [0, 4, 40]] = 0.6, 0.3, 0.1
    weights = 0.1 * np.random.default_rng(1).normal(size=made["ridge_weights"].shape)
    made["ridge_weights"] = weights.astype(np.float32)
    return made


def _usual(name: str) -> float:
    """What an array of rivals is filled with, by what its name ends in."""
    ends = {"_share": 0.5, "_loc": 0.02, "_scale": 0.05, "_weight": 3.0}
    return next((value for end, value in ends.items() if name.endswith(end)), 1.0)


def model() -> Model:
    """The ridge, with what a checkpoint knows of wearers."""
    known = rivals()
    return Model(
        name="golden",
        digest=bytes(32),
        config={"seen": ["two"], "best_rival": {"unpaired": {"": "pool"}, "paired": {"": "ridge"}}},
        card="",
        statistics={
            "face_rest": np.full(COUNT, 0.03, np.float32),
            "sensor_rest": np.full(WIDTH, 0.04, np.float32),
            "sensor_spread": np.ones(WIDTH, np.float32),
            "climatology_stddev": np.full(COUNT, 0.1, np.float32),
            "draw_time_s": np.full(4, 0.3, np.float32),
            "draw_share": np.full((COUNT, 4), 0.25, np.float32),
            "draw_factor": np.full((COUNT, COUNT), 0.1, np.float32),
            "blink_hazard": np.full(2, -0.5, np.float32),
        },
        rivals=known,
        architecture=RidgeArchitecture(),
        params={name: jnp.asarray(known[f"ridge_{name}"]) for name in RidgeArchitecture().shapes()},
    )


def rig() -> ReferenceRig:
    """Eight vertices that each shape moves its own way, by 2 to 8 mm."""
    shapes, vertices, axes = np.ogrid[:COUNT, :8, :3]
    fields = 5.0 + 3.0 * np.sin(shapes + 2.0 * vertices + 3.0 * axes)
    fields[indices(sorted(WITHOUT_MESH))] = 0.0
    return ReferenceRig(fields.astype(np.float32))


def worn(one: Take) -> Recording:
    """A take behind two sensor seeds: more of them add time, and no rule."""
    wearers = tuple(wear(one, headset(HEADSET), seed=seed, rate_hz=RATE_HZ) for seed in (0, 1))
    return Recording(one.name, one.person, wearers, label_period_s=1 / 30)


def golden() -> dict[str, Any]:
    """The report, of each section as much as a reader can compare."""
    takes = [
        take("long", "one", 48.5, 0.0),
        take("short", "one", 9.0, 1.0),
        take("first", "two", 8.0, 2.0),
        take("second", "two", 8.0, 3.0),
        take("alone", "three", 8.0, 4.0),
    ]
    recordings = [worn(one) for one in takes]
    with (
        mock.patch.object(normaliser, "FIRST", 10**9),
        # Traced and compiled anew, and for nobody else.
        mock.patch.object(frame_step, "_frame_step", cache(frame_step._frame_step.__wrapped__)),
        mock.patch.object(frame_step, "traced", lambda name, make, *given: jax.jit(make())),
        mock.patch.object(frame_step, "eased", as_it_is),
        mock.patch.object(frame_step, "blended", unblended),
        mock.patch.object(livened, "blended", unblended),
        mock.patch.object(draw, "borne_out", lambda middle, drawn: drawn.clip(0.0, 1.0)),
    ):
        reports = evaluations(
            recordings, model(), modes=("unpaired", "paired"), seconds=SECONDS, rig=rig()
        )
    return {mode: _brief(report) for mode, report in reports.items()}


def unblended(
    held: Blended, neutral: Numbers, weights: Numbers, source: Numbers, dt: Numbers
) -> tuple[Blended, Numbers]:
    """Stands in for what blends over a change of source: there was no such thing either."""
    return held, weights


def as_it_is(held: Eased, loc: Numbers, scale: Numbers, dt: Numbers) -> Eased:
    """Stands in for what eases a shown mean: the protocol was frozen before there was such a thing.
    That of the lively style's laws was there, and stays."""
    return Eased(loc, scale)


def _brief(report: dict[str, Any]) -> dict[str, Any]:
    summary = {key: _section(key, value) for key, value in report["summary"].items()}
    takes = [{key: _section(key, entry) for key, entry in one.items()} for one in report["takes"]]
    return {"protocol": report["protocol"], "takes": takes, "summary": summary}


def _section(name: str, value: Any) -> Any:
    if name == "rivals":
        return {key: _rounded(one["groups"].get("hidden")) for key, one in value.items()}
    if name == "ceilings":
        return {key: _rounded(one["groups"]["hidden"]["crps"]) for key, one in value.items()}
    if name == "lively":
        return _rounded({**value, "groups": {"hidden": value["groups"]["hidden"]}})
    if name == "channels":
        return {key: _rounded(one["crps"]) for key, one in value.items()}
    return _rounded(value)


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_rounded(one) for one in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


if __name__ == "__main__":
    FILE.write_text(json.dumps(golden(), indent=1) + "\n", encoding="utf-8")
    print(f"{FILE} written")
