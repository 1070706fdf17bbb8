"""`Run`: the folder of a training run, from which it can be resumed to the same bytes.

```
config.json         what the run is: its configuration and the digest of its logs
state.safetensors   parameters, averages, moments and losses at the last save, of the model and of
                    each rival that learns beside it: one file, so all are of one step
curve.csv           the losses of the model, for people
```
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from vrface.errors import BadUse, CheckpointError
from vrface.sensors.paired import Paired
from vrface.training.config import TrainConfig
from vrface.training.descent import State

MODEL = "model"
"""The name of the state that ships; those of rivals have theirs."""

CURVE_EVERY = 50
"""Steps between two rows of the curve."""


def check_folder(folder: Path, resume: bool) -> None:
    """Check that a run's folder is as `resume` says, before anything is worked out.

    Raises:
        BadUse: if a run is there and is not to be resumed, or none is there and one is.
    """
    there = (folder / "config.json").exists()
    if resume and not there:
        raise BadUse(f"no run to resume in {folder.parent}.", "Leave --resume out.")
    if there and not resume:
        raise BadUse(f"{folder.parent} holds a run already.", "Give --resume, or another folder.")


class Run:
    """The folder of one run.

    Args:
        folder: Where it lies.
        config: What it trains.
        logs: What it learns from and is judged by.
        resume: Whether to go on with the run that is there.

    Raises:
        BadUse: as `check_folder`, or if the run that is there is another one.
    """

    def __init__(
        self, folder: Path, config: TrainConfig, logs: Sequence[Paired], resume: bool
    ) -> None:
        check_folder(folder, resume)
        self._state = folder / "state.safetensors"
        self._curve = folder / "curve.csv"
        about = folder / "config.json"
        identity = _json({"config": asdict(config), "logs": _digest(logs)})
        if resume and about.read_text(encoding="utf-8") != identity:
            raise BadUse(
                f"the run in {folder.parent} has another configuration or other logs.",
                "Resume it with those it was started with, or give another folder.",
            )
        # It shows how people's faces move, if the logs do: it is for its owner alone.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(about, identity.encode())

    def load(self, start: Mapping[str, State]) -> dict[str, State]:
        """The states of the last save, all of one step; `start` where there is none.

        Raises:
            CheckpointError: if the file does not hold states of this run.
        """
        if not self._state.exists():
            return dict(start)
        try:
            found = load_tensors(self._state.read_bytes())
            states = {name: _restored(name, state, found) for name, state in start.items()}
            if len({state.step for state in states.values()}) != 1:
                raise ValueError("states of different steps")
            return states
        except (KeyError, ValueError, SafetensorError) as error:
            raise CheckpointError(
                f"{self._state} holds no state of this run: {error}.", "Start the run again."
            ) from None

    def save(self, states: Mapping[str, State]) -> None:
        """Put states on the disk; those before are there until these are whole."""
        arrays: dict[str, NDArray[Any]] = {}
        for name, state in states.items():
            leaves = jax.tree.leaves((state.params, state.average, state.moments))
            arrays |= {f"{name}.{n:04d}": np.asarray(leaf) for n, leaf in enumerate(leaves)}
            arrays |= {f"{name}.losses": state.losses, f"{name}.held_out": state.held_out}
        _write(self._state, save_tensors(arrays))
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("step", "loss", "held_out"))
        rows.writerows(curve(states[MODEL]))
        _write(self._curve, text.getvalue().encode())


def curve(state: State) -> list[tuple[int, float, float]]:
    """Step, mean loss since the row before and held-out loss, every `CURVE_EVERY` steps."""
    last = state.step // CURVE_EVERY * CURVE_EVERY
    return [
        (
            step,
            float(np.mean(state.losses[step - CURVE_EVERY : step], dtype=np.float64)),
            float(state.held_out[step - 1]),
        )
        for step in range(CURVE_EVERY, last + 1, CURVE_EVERY)
    ]


def _restored(name: str, start: State, found: Mapping[str, NDArray[Any]]) -> State:
    """The state of one name, of the shapes that it had at the start."""
    leaves, tree = jax.tree.flatten((start.params, start.average, start.moments))
    saved = [found[f"{name}.{number:04d}"] for number in range(len(leaves))]
    if any(
        old.shape != new.shape or old.dtype != new.dtype
        for old, new in zip(leaves, saved, strict=True)
    ):
        raise ValueError("arrays of another shape")
    params, average, moments = jax.tree.unflatten(tree, [jnp.asarray(leaf) for leaf in saved])
    return State(params, average, moments, found[f"{name}.losses"], found[f"{name}.held_out"])


def _digest(logs: Sequence[Paired]) -> str:
    """SHA-256 of everything in logs that a run can learn from."""
    digest = hashlib.sha256()
    for log in logs:
        about = [log.name, log.wearer, log.donning, asdict(log.headset)]
        digest.update(json.dumps(about, default=str).encode())
        truth = log.truth
        arrays: list[NDArray[Any]] = [log.frame_time_ns, truth.weights, truth.gaze, truth.source]
        for samples in log.streams:
            arrays += [samples.sample_time_ns, samples.arrival_ns, samples.values]
        for array in arrays:
            digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def _json(value: Any) -> str:
    return json.dumps(value, indent=1, sort_keys=True) + "\n"


def _write(path: Path, data: bytes) -> None:
    fresh = path.with_name(f"{path.name}.new")
    fresh.write_bytes(data)
    fresh.replace(path)
