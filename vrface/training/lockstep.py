"""Descents in lockstep: the model, and the rivals that learn beside it from the same batches."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from vrface.errors import VrfaceError
from vrface.model.calibration import Arrays
from vrface.training.config import TrainConfig
from vrface.training.dataset import Batch, dataset
from vrface.training.descent import Descent, Learnable, State
from vrface.training.held_out import Watch
from vrface.training.lessons import Lesson
from vrface.training.store import CURVE_EVERY, MODEL, Run


def descended(
    config: TrainConfig,
    architectures: Mapping[str, Learnable],
    lessons: Sequence[Lesson],
    statistics: Arrays,
    held_out: Sequence[Batch],
    run: Run,
    watch: Watch,
) -> dict[str, State]:
    """The states after all steps, from wherever the run stands.

    Each descends as it would alone: to make the windows is what takes time, so they are made once.

    Args:
        config: How.
        architectures: That of the model, named `MODEL`, and of rivals.
        lessons: To learn from.
        statistics: Of all training wearers (`vrface.training.logs.population`).
        held_out: Batches that the model's curve is drawn from.
        run: Where states are kept.
        watch: Told how far it is.

    Raises:
        VrfaceError: if a loss is not finite.
        CheckpointError: if the states to resume from are damaged.
    """
    descents = {name: Descent(config, made) for name, made in architectures.items()}
    states = run.load({name: descent.start() for name, descent in descents.items()})
    first = step = states[MODEL].step
    batches = _ahead(dataset(lessons, statistics, config, first=first))
    begun = time.monotonic()
    watch("training", step, config.steps, "")
    try:
        while step < config.steps:
            batch = next(batches)
            after = {name: descents[name].advance(state, batch) for name, state in states.items()}
            _check_losses(after)
            if (step + 1) % CURVE_EVERY == 0:
                after[MODEL] = descents[MODEL].looked_at(after[MODEL], held_out)
            states = after  # at once: an interrupt never saves a step that was not looked at
            step += 1
            if step % config.save_every == 0 or step == config.steps:
                run.save(states)
            rate = (step - first) / (time.monotonic() - begun)
            watch("training", step, config.steps, f"{_recent(states)}, {rate:.1f} steps/s")
    except KeyboardInterrupt:
        run.save(states)
        raise
    finally:
        batches.close()
    return states


def _check_losses(states: Mapping[str, State]) -> None:
    for name, state in states.items():
        if not np.isfinite(state.losses[-1]):
            raise VrfaceError(
                f"the loss of {name} is {state.losses[-1]} at step {state.step}.",
                "Lower the learning rate, or look for logs with wrong truth.",
            )


def _recent(states: Mapping[str, State]) -> str:
    """The mean losses of late: the model's, then those of rivals."""
    recent = {name: 1e3 * float(np.mean(one.losses[-CURVE_EVERY:])) for name, one in states.items()}
    text = f"CRPS x 1000 {recent.pop(MODEL):.1f}"
    others = ", ".join(f"{name} {loss:.1f}" for name, loss in recent.items())
    return f"{text} ({others})" if others else text


def _ahead(batches: Iterator[Batch]) -> Generator[Batch]:
    """The same batches, each made while the one before is learned from."""
    with ThreadPoolExecutor(1, thread_name_prefix="vrface-windows") as pool:
        following = pool.submit(next, batches)
        while True:
            batch = following.result()
            following = pool.submit(next, batches)
            yield batch
