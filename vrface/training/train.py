"""`train`: from paired logs to a checkpoint that says how good it is."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from vrface.model import checkpoint, compile_cache
from vrface.model.architecture import Params
from vrface.model.calibration import Arrays
from vrface.model.config import NetworkConfig
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.render.curves import draw_curves
from vrface.sensors.paired import Paired
from vrface.training.card import card
from vrface.training.config import TrainConfig
from vrface.training.dataset import dataset
from vrface.training.descent import Learnable, State
from vrface.training.draws import with_draws
from vrface.training.held_out import Watch, held_out_report, write_report
from vrface.training.lessons import lessons
from vrface.training.lockstep import descended
from vrface.training.logs import (
    Steps,
    TrainingLog,
    population,
    simulated_logs,
    split,
    with_rests,
)
from vrface.training.prior import prior_of
from vrface.training.rivals import trees
from vrface.training.rivals.fit import FittedRivals, fit_rivals
from vrface.training.rivals.networks import ARCHITECTURES
from vrface.training.store import MODEL, Run, check_folder, curve
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
        report: As `vrface.training.held_out.held_out_report` gives it.
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
        BadUse: with too few wearers, logs too short, a folder that holds another run, or rivals
            whose library is not there.
        TakeError: if a wearer's face is nowhere known for half a second.
        CheckpointError: if a state to resume from is damaged.
    """
    permission.require("train")
    check_folder(folder / "run", resume)
    if "gbt" in config.rivals:
        trees.require_sklearn()
    compile_cache.enable()
    started, progress = time.monotonic(), _steps(watch)
    paireds = simulated_logs(config.simulated, progress) if logs is None else list(logs)
    to_learn, held_out = split(paireds, config.held_out)
    run = Run(folder / "run", config, paireds, resume)
    learned = with_rests(to_learn, progress)
    heard = tuple(np.flatnonzero(np.any([log.heard for log in learned], axis=0)).tolist())
    beside = {name: ARCHITECTURES[name](heard) for name in config.rivals if name in ARCHITECTURES}
    architecture = NetworkArchitecture(replace(config.network, slots=heard))
    together: dict[str, Learnable] = {MODEL: architecture, **beside}
    states = _descended(config, together, learned, held_out, run, watch)
    networks = {name: made.packed(states[name].average) for name, made in beside.items()}
    # Another headset has more channels of what is heard, or has them at other numbers.
    ships = NetworkArchitecture(architecture.config.with_all_skin())
    params = states[MODEL].average
    model = _model(folder.name, config, learned, ships, params, networks, progress)
    report = held_out_report(held_out, model, config, watch, permission)
    write_report(folder / "run", report)
    draw_curves(folder / "run" / "curves.png", curve(states[MODEL]))
    text = card(report, config, paireds, from_logs=logs is not None)
    digest = _saved(folder, ships.config, replace(model, card=text))
    return Trained(digest, report, states[MODEL].step, time.monotonic() - started)


def _steps(watch: Watch) -> Steps:
    """A watch of what has no note to tell."""
    return lambda what, done, of: watch(what, done, of, "")


def _descended(
    config: TrainConfig,
    together: Mapping[str, Learnable],
    learned: Sequence[TrainingLog],
    held_out: Sequence[Paired],
    run: Run,
    watch: Watch,
) -> dict[str, State]:
    """Where the descents end, of the model and of the networks that learn beside it."""
    statistics, progress = population(learned), _steps(watch)
    to_judge = lessons(with_rests(held_out, progress), config, progress)
    judged = list(islice(dataset(to_judge, statistics, config), HELD_OUT_BATCHES))
    taught = lessons(learned, config, progress)
    return descended(config, together, taught, statistics, judged, run, watch)


def _model(
    name: str,
    config: TrainConfig,
    learned: Sequence[TrainingLog],
    architecture: NetworkArchitecture,
    params: Params,
    networks: Mapping[str, Arrays],
    progress: Steps,
) -> Model:
    """The network with its last layer's prior and the rivals fitted on the same logs."""
    statistics = population(learned)
    rivals = fit_rivals(learned, statistics, config, networks, progress)
    poorer = config.disturbances.poorer
    prior = prior_of(learned, architecture, params, statistics, poorer, progress)
    model = Model(
        name=name,
        digest=bytes(32),  # before it is written it has none
        config=_about(config, learned, rivals),
        card="",
        statistics={
            **statistics,
            "climatology_stddev": rivals.climatology_stddev,
            **prior.named(),
        },
        rivals=rivals.arrays,
        architecture=architecture,
        params=params,
    )
    return with_draws(model, learned, poorer, progress)


def _saved(folder: Path, network: NetworkConfig, model: Model) -> bytes:
    """The digest of a model's checkpoint in a folder."""
    return checkpoint.save(
        folder,
        network=network,
        config=model.config,
        params={name: np.asarray(leaf) for name, leaf in model.params.items()},
        rivals=model.rivals,
        statistics=model.statistics,
        card=model.card,
    )


def _about(
    config: TrainConfig, learned: Sequence[TrainingLog], rivals: FittedRivals
) -> dict[str, Any]:
    """What the checkpoint's config says of its training."""
    return {
        "best_rival": rivals.best,
        "held_out_rivals": rivals.scores,
        "judging_wearers": rivals.judged_by,
        "seen": sorted({log.paired.wearer for log in learned}),
        "training": asdict(config),
    }
