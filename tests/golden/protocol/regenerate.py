"""Writes what protocol 1 says of a made-up case: `python -m tests.golden.protocol.regenerate`.

Three takes of two made-up persons, a ridge drawn by lot and rivals that nobody fitted: every part
of the protocol has its say, and nothing that is trained or simulated beyond the frozen sensors
does. Where a figure here changes, the protocol has changed: then its version has to change too, and
figures under both are reported (docs/decisions/0008-protocol.md).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from tests.training.conftest import neutral_rivals, statistics
from vrface.face.blendshapes import COUNT, indices
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.model.checkpoint import Model
from vrface.model.ridge import RidgeArchitecture
from vrface.sensors.headset import headset
from vrface.training.evaluate import evaluations, faces_recordings

FILE = Path(__file__).resolve().parent / "report.json"
HEADSET = "openness_gaze_mouth"
SECONDS = 10.0
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


def model() -> Model:
    """A ridge drawn by lot."""
    rng = np.random.default_rng(1)
    rivals = neutral_rivals()
    weights = 0.02 * rng.normal(size=rivals["ridge_weights"].shape)
    rivals["ridge_weights"] = weights.astype(np.float32)
    shapes = RidgeArchitecture().shapes()
    return Model(
        name="golden",
        digest=bytes(32),
        config={"seen": ["two"], "best_rival": {"unpaired": {"": "pool"}, "paired": {"": "ridge"}}},
        card="",
        statistics=statistics(),
        rivals=rivals,
        architecture=RidgeArchitecture(),
        params={name: jnp.asarray(rivals[f"ridge_{name}"]) for name in shapes},
    )


def golden() -> dict[str, Any]:
    """The report, of each section as much as a reader can compare."""
    takes = [
        take("long", "one", 58.0, 0.0),
        take("short", "one", 16.0, 1.0),
        take("alone", "two", 12.0, 2.0),
    ]
    recordings = faces_recordings(takes, headset(HEADSET))
    reports = evaluations(recordings, model(), modes=("unpaired", "paired"), seconds=SECONDS)
    return {mode: _brief(report) for mode, report in reports.items()}


def _brief(report: dict[str, Any]) -> dict[str, Any]:
    summary = {key: _section(key, value) for key, value in report["summary"].items()}
    takes = [{key: _section(key, entry) for key, entry in one.items()} for one in report["takes"]]
    return {"protocol": report["protocol"], "takes": takes, "summary": summary}


def _section(name: str, value: Any) -> Any:
    if name in ("rivals", "ceilings"):
        return {key: _rounded(one["groups"].get("hidden")) for key, one in value.items()}
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
