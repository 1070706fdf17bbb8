"""What is each sensor worth, and does any do harm? Simulated wearers, one sensor taken away.

The same wearers, the same seconds: the model with every sensor, without one, and with one alone.
A sensor that makes a shape worse than the model is without it would be better left unread.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, NamedTuple

import jax
import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, mask
from vrface.model import law, pretrained
from vrface.model.calibration import Calibration
from vrface.model.features import SLOTS, Features
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import HeadsetProfile, headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.config import FIRST_TEST_SEED
from vrface.training.logs import HEARD
from vrface.training.rest import face_rest, relative
from vrface.training.sequences import features_of, seconds_between
from vrface.training.words import markdown_table

HARM = 1.02
"""A shape's error with a sensor, beside that without it: above this the sensor does harm."""

CALIBRATION_S, SCORED_S = 30.0, 50.0

_STREAM = np.array([stream for stream, _ in SLOTS])


class Worth(NamedTuple):
    """What one sensor is worth.

    Attributes:
        stream: Which.
        without: Error of the hidden shapes without it, beside that with all.
        alone: Error of the hidden shapes with it alone, beside that with all.
        worst: The shape that it helps least.
        worst_ratio: That shape's error with all sensors, beside that without this one.
    """

    stream: str
    without: float
    alone: float
    worst: str
    worst_ratio: float


def errors(
    model: Model, worn: HeadsetProfile, seed: int, keeps: dict[str, NDArray[np.bool_]]
) -> dict[str, NDArray[np.float64]]:
    """[54] mean CRPS of one wearer, unpaired, under each choice of slots that are kept."""
    architecture = model.architecture
    if not isinstance(architecture, NetworkArchitecture):
        raise BadUse(f"model {model.name!r} is no network.")
    performance = perform(Wearer.drawn(seed), seed=seed, seconds=CALIBRATION_S + SCORED_S)
    paired = simulate(performance, worn, Donning.drawn(seed, held_out=True), streams=HEARD)
    features, dt = features_of(paired), seconds_between(paired.frame_time_ns)
    time_s = (paired.frame_time_ns - paired.frame_time_ns[0]) / 1e9
    truth = relative(paired.truth.weights, face_rest([paired.truth]))
    found = {}
    for name, kept in keeps.items():
        heard = np.where(kept, features, np.float32(0.0))
        known = Calibration.unpaired(heard[time_s < CALIBRATION_S])
        loc, scale, _ = architecture.trace(
            model.params, heard, dt, known, Features(worn).positions, model.statistics
        )
        crps = np.asarray(jax.jit(law.crps)(loc, scale, truth))
        found[name] = crps[time_s >= CALIBRATION_S + 1.0].mean(axis=0, dtype=np.float64)
    return found


def worths(
    found: list[dict[str, NDArray[np.float64]]], streams: list[str], hidden: NDArray[np.bool_]
) -> list[Worth]:
    """What each sensor is worth, from the errors of all wearers."""
    mean = {name: np.mean([one[name] for one in found], axis=0) for name in found[0]}
    every = mean["all"]
    rows = []
    for stream in streams:
        ratio = np.where(hidden, every / np.maximum(mean[f"without {stream}"], 1e-6), 0.0)
        rows.append(
            Worth(
                stream,
                float(mean[f"without {stream}"][hidden].mean() / every[hidden].mean()),
                float(mean[f"{stream} alone"][hidden].mean() / every[hidden].mean()),
                BLENDSHAPES[int(ratio.argmax())],
                float(ratio.max()),
            )
        )
    return rows


def main(
    model: Annotated[
        str, typer.Option(help="A shipped model, or a checkpoint's folder.")
    ] = "default",
    wearers: Annotated[int, typer.Option(help="How many simulated wearers.")] = 40,
    json_path: Annotated[
        Path | None, typer.Option("--json", help="Where to write figures.")
    ] = None,
) -> None:
    """Take each sensor away from simulated wearers, and look whether one does harm."""
    console, loaded, worn = Console(), pretrained.load(model), headset("everything")
    fills = Features(worn).measured
    streams = [stream for stream in dict.fromkeys(_STREAM) if fills[stream == _STREAM].any()]
    keeps = {"all": np.ones(len(SLOTS), np.bool_)}
    keeps |= {f"without {stream}": stream != _STREAM for stream in streams}
    keeps |= {f"{stream} alone": stream == _STREAM for stream in streams}
    seeds = range(FIRST_TEST_SEED, FIRST_TEST_SEED + wearers)
    found = [
        errors(loaded, worn, seed, keeps) for seed in track(seeds, console=Console(stderr=True))
    ]
    hidden = mask(worn.occludes) & ~np.isin(np.arange(COUNT), mask(EYE_LOOK).nonzero()[0])
    rows = worths(found, streams, hidden)
    head = ["sensor", "error without it", "error with it alone", "helps least", "its error with it"]
    table = [
        (
            f"`{r.stream}`",
            f"x {r.without:.2f}",
            f"x {r.alone:.2f}",
            r.worst,
            f"x {r.worst_ratio:.3f}",
        )
        for r in rows
    ]
    console.print(markdown_table(head, table))
    harm = [row.stream for row in rows if row.worst_ratio > HARM]
    words = (
        f"worse than without them by more than 2 %: {', '.join(harm)}" if harm else "none does harm"
    )
    console.print(f"Simulated faces, simulated sensors; {wearers} wearers; {words}.")
    if json_path is not None:
        json_path.write_text(json.dumps([row._asdict() for row in rows], indent=1) + "\n")


if __name__ == "__main__":
    typer.run(main)
