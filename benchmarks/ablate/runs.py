"""Runs: from a variant to a model that is kept, in a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load as load_tensors

from benchmarks.ablate.variants import BASE, VARIANTS, Settings, Variant
from benchmarks.traces import without
from vrface.face.take import Take
from vrface.log.importers import read_take
from vrface.model import compile_cache
from vrface.model.architecture import Params
from vrface.model.calibration import Arrays
from vrface.model.features import SLOTS
from vrface.model.model import Model, on_device, packed
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired
from vrface.simulation.occlusion.wear import wear
from vrface.training.config import TrainConfig
from vrface.training.dataset import dataset
from vrface.training.descent import Descent
from vrface.training.lessons import lessons
from vrface.training.logs import TrainingLog, population, simulated_logs, with_rests
from vrface.training.prior import prior_of
from vrface.training.rivals.constants import DRAFT_SCALE
from vrface.training.rivals.correction import Correction, corrected, fit_correction
from vrface.training.rivals.law import Law
from vrface.training.workers import Tell
from vrface.trust.permission import Permission

FOLDS = 2
"""Real persons are dealt into so many parts; who is judged never taught."""

SAME = {"talk": "alex"}
"""Folders whose faces may be another's (datasets/README.md), and whose: neither teaches for the
other."""

FIRST_TAUGHT = 100
"""Sensor seed of the first donning of a real take that teaches: none of those that are judged."""

SIZED_ON = 24
"""Batches of wearers apart that laws are sized on."""

EVERY = 4
"""Of their frames every n-th: neighbours say the same."""

_CURVE = 50


def model_name(variant: str, fold: int = 0) -> str:
    """What a model is kept under."""
    return f"{variant}-{fold}" if VARIANTS[variant].faces != "simulated" else variant


def folds(variant: Variant) -> range:
    """A model for each part of the real persons, where these teach."""
    return range(1 if variant.faces == "simulated" else FOLDS)


def distinct(persons: Iterable[str]) -> list[str]:
    """Those persons who are surely others than each other, by name."""
    return sorted({SAME.get(person, person) for person in persons})


def can_teach(takes: Sequence[Path]) -> bool:
    """Whether somebody is left to judge by when real faces teach."""
    return len(distinct(take.parent.name for take in takes)) >= FOLDS


def fold_of(persons: Iterable[str]) -> dict[str, int]:
    """By which model each real person is judged."""
    named = set(persons)
    numbers = {person: number for number, person in enumerate(distinct(named))}
    return {person: numbers[SAME.get(person, person)] % FOLDS for person in named}


def learn(
    name: str,
    settings: Settings,
    takes: Sequence[Path],
    folder: Path,
    tell: Tell,
    permission: Permission = Permission.local(),
) -> Mapping[str, Any]:
    """Train a variant and keep its models in `folder`.

    Args:
        name: One of `VARIANTS`.
        settings: Of all runs.
        takes: Full-face recordings, which teach where the variant learns from real faces.
        folder: Where models are kept.
        tell: Told how far it is.
        permission: That these faces may be learned from.

    Returns:
        ``parameters``, ``steps``, ``seconds`` of faces and ``loss``, the mean of the last steps,
        of the first model; ``cpu_s`` of all.

    Raises:
        Refused: if the permission does not allow training.
    """
    permission.require("train")
    compile_cache.enable()
    variant, began = VARIANTS[name], time.process_time()
    config, numbers = variant.change(settings.config), folds(variant)
    simulated = [] if variant.faces == "real" else simulated_logs(config.simulated, _quiet)
    faces = [] if variant.faces == "simulated" else [read_take(path) for path in takes]
    found = []
    for fold in numbers:
        taught = [*simulated, *_taught(faces, fold, config.simulated.headsets, settings.donnings)]

        def told(done: float, fold: int = fold) -> None:
            tell((fold + done) / len(numbers))

        kept, about = _descended(variant, config, settings, taught, told)
        path = folder / f"{model_name(name, fold)}.safetensors"
        fresh = path.with_suffix(".part")
        fresh.write_bytes(packed(kept))
        fresh.replace(path)
        found.append(about)
    return {**found[0], "models": len(found), "cpu_s": time.process_time() - began}


def model_of(name: str, settings: Settings, folders: Sequence[Path], fold: int = 0) -> Model:
    """A model that was kept in one of some folders; of what sizes its laws see `sized`."""
    paths = [folder / f"{model_name(name, fold)}.safetensors" for folder in folders]
    arrays = load_tensors(next(path for path in paths if path.exists()).read_bytes())
    parts: dict[str, Arrays] = {"params": {}, "statistics": {}, "correction": {}}
    for key, value in arrays.items():
        part, _, rest = key.partition("/")
        parts[part][rest] = value
    slots = tuple(parts["statistics"].pop("slots").astype(int).tolist())
    return Model(
        name=name,
        digest=bytes(32),
        config={},
        card="",
        statistics=parts["statistics"],
        rivals=parts["correction"],
        architecture=_architecture(VARIANTS[name], settings.config, slots),
        params=on_device(parts["params"]),
    )


def sized(model: Model, law: Law) -> Law:
    """A model's law, with the scales that it was given after it had learned."""
    if not model.rivals:
        return law
    draft = Law(law.loc, np.full((1, 1, law.loc.shape[-1]), DRAFT_SCALE))
    return corrected(Correction(**model.rivals), draft)


def _architecture(
    variant: Variant, config: TrainConfig, slots: tuple[int, ...]
) -> NetworkArchitecture:
    return NetworkArchitecture(replace(variant.change(config).network, slots=slots), variant.kind)


def _taught(
    faces: Sequence[Take], fold: int, headsets: Sequence[str], donnings: int
) -> list[Paired]:
    """The real faces that one model learns from, behind headsets.

    A headset of which nothing can be sensed of a recorded face, like foam's, teaches nothing.
    """
    judged_by = fold_of(take.person for take in faces)
    worn = [
        wear(take, headset(name), seed=FIRST_TAUGHT + number)
        for take in faces
        if judged_by[take.person] != fold
        for name in headsets
        for number in range(donnings)
    ]
    return [one for one in worn if any(len(stream.sample_time_ns) for stream in one.streams)]


def _descended(
    variant: Variant,
    config: TrainConfig,
    settings: Settings,
    taught: Sequence[Paired],
    tell: Tell,
) -> tuple[Arrays, dict[str, Any]]:
    """A model's arrays as they are kept, and what is to be said of its training."""
    learned = with_rests(taught, _quiet)
    statistics = population(learned)
    given = [without(one, variant.deaf) for one in lessons(learned, config, _quiet)]
    slots = _heard(learned, variant.deaf)
    architecture = _architecture(variant, settings.config, slots)
    descent = Descent(config, architecture, variant.loss)
    state = descent.start()
    for batch in islice(dataset(given, statistics, config), config.steps):
        state = descent.advance(state, batch)
        tell(0.95 * state.step / config.steps)
    if variant is VARIANTS[BASE]:
        prior = prior_of(
            learned, architecture, state.average, statistics, config.disturbances.poorer, _quiet
        )
        statistics |= prior.named()
    kept = {f"params/{key}": np.asarray(leaf) for key, leaf in state.average.items()}
    kept |= {f"statistics/{key}": value for key, value in statistics.items()}
    kept["statistics/slots"] = np.array(slots, np.float32)
    if variant.sized:
        correction = _correction(architecture, state.average, statistics, config, settings)
        kept |= {f"correction/{key}": part for key, part in correction._asdict().items()}
    return kept, {
        "parameters": int(sum(leaf.size for leaf in state.params.values())),
        "steps": state.step,
        "seconds": sum(one.seconds for one in given),
        "loss": float(np.mean(state.losses[-_CURVE:])),
    }


def _heard(learned: Sequence[TrainingLog], deaf: Sequence[str]) -> tuple[int, ...]:
    """The slots that ever had a value, without those of some streams."""
    heard = np.any([log.heard for log in learned], axis=0)
    return tuple(slot for slot in np.flatnonzero(heard).tolist() if SLOTS[slot][0] not in deaf)


def _correction(
    architecture: NetworkArchitecture,
    params: Params,
    statistics: Arrays,
    config: TrainConfig,
    settings: Settings,
) -> Correction:
    """What makes honest laws of the locations, chosen on windows of wearers apart."""
    apart = with_rests(simulated_logs(settings.wearers_apart, _quiet), _quiet)
    windows = dataset(lessons(apart, config, _quiet), statistics, config)
    unroll, loc, truth = jax.jit(architecture.unroll), [], []
    for *given, came, _ in islice(windows, SIZED_ON):
        said, *_ = unroll(params, *given)
        kept = slice(config.unscored, None, EVERY)
        loc.append(np.asarray(said)[:, kept].reshape(-1, came.shape[-1]))
        truth.append(came[:, kept].reshape(-1, came.shape[-1]))
    where = np.concatenate(loc)
    return fit_correction(Law(where, np.full_like(where, DRAFT_SCALE)), np.concatenate(truth))


def neutral(settings: Settings) -> Law:
    """The resting face, always, as sure as it may be: what skill is counted from, in every row."""
    apart = with_rests(simulated_logs(settings.wearers_apart, _quiet), _quiet)
    truth = np.concatenate([log.truth[::EVERY] for log in apart])
    rests = np.zeros_like(truth)
    found = fit_correction(Law(rests, np.full_like(rests, DRAFT_SCALE)), truth, fixed=True)
    nowhere: NDArray[np.float32] = np.zeros((1, 1, truth.shape[1]), np.float32)
    return corrected(found, Law(nowhere, np.full_like(nowhere, DRAFT_SCALE)))


def _quiet(what: str, done: int, of: int) -> None:
    """Tell nobody."""
