"""`train`: from paired logs to a checkpoint that says how good it is."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import VrfaceError
from vrface.model import checkpoint, compile_cache
from vrface.model.checkpoint import Model
from vrface.model.network import NetworkArchitecture
from vrface.render.curves import draw_curves
from vrface.sensors.paired import Paired
from vrface.training.card import card
from vrface.training.config import TrainConfig
from vrface.training.dataset import Batch, dataset
from vrface.training.descent import Descent, State
from vrface.training.logs import (
    TrainingLog,
    population_rest,
    simulated_logs,
    split,
    with_rests,
)
from vrface.training.report import Watch, held_out_report, write_report
from vrface.training.rival_fit import FittedRivals, fit_rivals
from vrface.training.store import CURVE_EVERY, Run, check_folder, curve
from vrface.trust.permission import Permission

HELD_OUT_BATCHES = 2
"""Batches of held-out windows that the curve is drawn from."""


def quiet(what: str, done: int, of: int, note: str) -> None:
    """Watch nothing."""


@dataclass(frozen=True)
class Trained:
    """What a run made.

    Attributes:
        digest: Of the checkpoint, 32 bytes.
        report: As `vrface.training.report.held_out_report` gives it.
        steps: Of the descent.
        seconds: That this call took.
    """

    digest: bytes
    report: dict[str, Any]
    steps: int
    seconds: float


def train(
    config: TrainConfig,
    folder: Path,
    *,
    logs: Sequence[Paired] | None = None,
    permission: Permission = Permission.local(),
    resume: bool = False,
    watch: Watch = quiet,
) -> Trained:
    """Train a network and write its checkpoint, with the run's own files in ``folder/run``.

    A run that is interrupted (Ctrl-C) saves its state first; resumed, it makes the same bytes as
    one that never was.

    Args:
        config: How.
        folder: Where the checkpoint goes.
        logs: To learn from, and to hold out; None = the config's simulated wearers.
        permission: That these faces may be learned from.
        resume: Go on with the run in `folder`.
        watch: Told how far it is.

    Raises:
        Refused: if the permission does not allow training.
        BadUse: with too few wearers, logs too short, or a folder that holds another run.
        TakeError: if a wearer's face is nowhere known for half a second.
        CheckpointError: if a state to resume from is damaged.
    """
    permission.require("train")
    check_folder(folder / "run", resume)
    compile_cache.enable()
    started = time.monotonic()

    def progress(what: str, done: int, of: int) -> None:
        watch(what, done, of, "")

    paireds = simulated_logs(config.simulated, progress) if logs is None else list(logs)
    to_learn, held_out = split(paireds, config.held_out)
    run = Run(folder / "run", config, paireds, resume)
    learned = with_rests(to_learn, progress)
    population = population_rest(learned)
    heard = np.flatnonzero(np.any([log.heard for log in learned], axis=0))
    architecture = NetworkArchitecture(replace(config.network, slots=tuple(heard.tolist())))
    judged = islice(dataset(with_rests(held_out, progress), population, config), HELD_OUT_BATCHES)
    state = _descended(config, architecture, learned, population, list(judged), run, watch)
    rivals = fit_rivals(learned, population, progress=progress)

    model = _model(folder.name, config, learned, population, rivals, architecture, state)
    report = held_out_report(held_out, model, config, watch, permission)
    write_report(folder / "run", report)
    draw_curves(folder / "run" / "curves.png", curve(state))
    digest = checkpoint.save(
        folder,
        network=architecture.config,
        config=model.config,
        params={name: np.asarray(leaf) for name, leaf in model.params.items()},
        rivals=model.rivals,
        statistics=model.statistics,
        card=card(report, config, paireds, from_logs=logs is not None),
    )
    return Trained(digest, report, state.step, time.monotonic() - started)


def _descended(
    config: TrainConfig,
    architecture: NetworkArchitecture,
    logs: Sequence[TrainingLog],
    population: NDArray[np.float32],
    held_out: Sequence[Batch],
    run: Run,
    watch: Watch,
) -> State:
    """The state after all steps, from wherever the run stands."""
    descent = Descent(config, architecture)
    state = run.load(descent.start())
    batches = _ahead(dataset(logs, population, config, first=state.step))
    begun, before = time.monotonic(), state.step
    watch("training", state.step, config.steps, "")
    try:
        while state.step < config.steps:
            after = descent.advance(state, next(batches))
            if not np.isfinite(after.losses[-1]):
                raise VrfaceError(
                    f"the loss is {after.losses[-1]} at step {after.step}.",
                    "Lower the learning rate, or look for logs with wrong truth.",
                )
            if after.step % CURVE_EVERY == 0:
                after = descent.looked_at(after, held_out)
            state = after  # at once: an interrupt never saves a step that was not looked at
            if state.step % config.save_every == 0 or state.step == config.steps:
                run.save(state)
            rate = (state.step - before) / (time.monotonic() - begun)
            recent = 1e3 * float(np.mean(state.losses[-CURVE_EVERY:]))
            note = f"CRPS x 1000 {recent:.1f}, {rate:.1f} steps/s"
            watch("training", state.step, config.steps, note)
    except KeyboardInterrupt:
        run.save(state)
        raise
    finally:
        batches.close()
    return state


def _ahead(batches: Iterator[Batch]) -> Generator[Batch]:
    """The same batches, each made while the one before is learned from."""
    with ThreadPoolExecutor(1, thread_name_prefix="vrface-windows") as pool:
        following = pool.submit(next, batches)
        while True:
            batch = following.result()
            following = pool.submit(next, batches)
            yield batch


def _model(
    name: str,
    config: TrainConfig,
    learned: Sequence[TrainingLog],
    population: NDArray[np.float32],
    rivals: FittedRivals,
    architecture: NetworkArchitecture,
    state: State,
) -> Model:
    """What was trained, before it has a card and a digest."""
    return Model(
        name=name,
        digest=bytes(32),
        config=_about(config, learned, rivals),
        card="",
        statistics={
            "face_rest": _mean_face_rest(learned),
            "sensor_rest": population,
            "climatology_stddev": rivals.climatology_stddev,
        },
        rivals=rivals.arrays,
        architecture=architecture,
        params=state.average,
    )


def _about(
    config: TrainConfig, learned: Sequence[TrainingLog], rivals: FittedRivals
) -> dict[str, Any]:
    """What the checkpoint's config says of its training."""
    return {
        "best_rival": rivals.best,
        "held_out_rivals": rivals.scores,
        "seen": sorted({log.paired.wearer for log in learned}),
        "training": asdict(config),
    }


def _mean_face_rest(logs: Sequence[TrainingLog]) -> NDArray[np.float32]:
    """[54] the mean of the wearers' resting faces; 0 for shapes that none has."""
    rests = np.stack(list({log.paired.wearer: log.face_rest for log in logs}.values()))
    known = np.isfinite(rests)
    total = np.where(known, rests, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1), dtype=np.float32)
