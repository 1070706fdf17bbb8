"""Writes a checkpoint with the statistics of its draws: see scripts/fit-draws."""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from vrface.errors import VrfaceError
from vrface.model import checkpoint
from vrface.model.config import NetworkConfig
from vrface.model.model import Model
from vrface.training.config import SimulatedWearers
from vrface.training.draws import with_draws
from vrface.training.logs import simulated_logs, with_rests

WEARERS = SimulatedWearers(wearers=24, seconds=60.0, first_seed=8000)


def main(source: Path, target: Path, first_seed: int) -> None:
    """Fit and write."""
    with tempfile.TemporaryDirectory() as folder:
        model = checkpoint.load(_of_this_version(source, Path(folder)), name=source.name)
    config = replace(WEARERS, first_seed=first_seed)
    logs = with_rests(simulated_logs(config, _told), _told)
    model = with_draws(model, logs, _told)
    digest = _save(model, target)
    checkpoint.load(target)
    print(f"vrface: {target} is {digest.hex()}, from {source}")


def _of_this_version(source: Path, folder: Path) -> Path:
    """The same checkpoint with statistics of this version; what it lacks is 0 until it is fitted.

    Every file is checked against the manifest of the source first, whatever its version.
    """
    files, _ = checkpoint.verified(source)
    statistics = load_file(source / "statistics.safetensors")
    config = checkpoint.config_of(source, files["config.json"])
    width = NetworkConfig.from_json(config["network"]).width
    for name, shape in checkpoint.statistics_of(width).items():
        statistics.setdefault(name, np.zeros(shape, np.float32))
    checkpoint.save(
        folder,
        network=NetworkConfig.from_json(config["network"]),
        config=config,
        params=load_file(source / "weights.safetensors"),
        rivals=load_file(source / "rivals.safetensors"),
        statistics=statistics,
        card=files["card.md"].decode(),
    )
    return folder


def _save(model: Model, target: Path) -> bytes:
    return checkpoint.save(
        target,
        network=NetworkConfig.from_json(model.config["network"]),
        config=model.config,
        params={name: np.asarray(leaf) for name, leaf in model.params.items()},
        rivals=model.rivals,
        statistics=model.statistics,
        card=model.card,
    )


def _told(what: str, done: int, of: int) -> None:
    """Say nothing."""


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]), int((sys.argv[3:] or ["8000"])[0]))
    except (VrfaceError, OSError) as error:
        sys.exit(f"vrface: {error}")
