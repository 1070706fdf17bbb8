"""Training the ridge on simulated wearers, from nothing to a checkpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, EYE_LOOK, mask
from vrface.model import checkpoint, ridge
from vrface.model.features import WIDTH, Features
from vrface.sensors.headset import headset
from vrface.simulation.behaviour import synthetic_take
from vrface.simulation.occlusion import SENSORS_VERSION, wear
from vrface.training.calibrate import still_sensors
from vrface.training.dataset import features_of, regressors_of, rested
from vrface.training.fit import (
    FOLDS,
    Rows,
    best_scale,
    best_scales,
    climatology,
    fit_ridge,
    mean_crps,
)
from vrface.training.rest import face_rest, relative
from vrface.training.rivals import copy_rule
from vrface.trust.permission import Permission

Progress = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is to do."""

STATISTICS_ROWS = 6000
"""Rows that the climatology's grid search looks at: it is one law a channel."""

GROUP = 16
"""Wearers whose features are made side by side: 16 at 90 s and 60 Hz are 94 MB."""

RIVAL_HEADSET = "vive_pro_eye_lip"
"""The headset by which the best rival is chosen."""

CARD = """# Ridge with lags, trained on synthetic wearers

Infers the blendshapes that a headset hides from its mouth tracker, lids and gaze, each with the
spread of its law. The machinery is complete; the accuracy is that of a linear model.

- Learned from: {wearers} synthetic wearers, {seconds:g} s each at {rate_hz:g} Hz, seeds from
  {seed}; sensors of `{headset}` simulated (evaluation sensors version {sensors_version}). No real
  face was used.
- Predicts: the 54 blendshapes relative to the wearer's resting face. Brows from mouth, lids and
  gaze are a guess, and their spread says so.
- Not for: judging what a person feels, medical use, identifying anyone.

CRPS x 1000 of the shapes that `vive_pro_eye_lip` hides, from the sensors it has, synthetic wearers
each predicted from others (simulated faces, simulated sensors; half calibrated, half not; each
rival's scales fitted on the same wearers):

| rival | CRPS x 1000 |
|---|---|
{scores}
"""


@dataclass(frozen=True)
class RidgeConfig:
    """How a ridge is trained on simulated wearers.

    Attributes:
        wearers: How many; wearer n is drawn from seed ``seed + n``.
        seconds: Of each wearer's take.
        rate_hz: Frames a second.
        every: Rows are taken from every n-th frame; neighbours say the same.
        seed: First seed.
        headset: Whose sensors they wear: the richest tier, so that every combination can be fitted.
    """

    wearers: int = 96
    seconds: float = 90.0
    rate_hz: float = 60.0
    every: int = 12
    seed: int = 0
    headset: str = "eyes_and_mouth"


def train_ridge(
    config: RidgeConfig,
    folder: Path,
    permission: Permission = Permission.local(),
    progress: Progress = lambda what, done, of: None,
) -> bytes:
    """Train and save.

    Every wearer is learned from twice: against their own rest, as a calibrated session sees them,
    and against everybody's, as one without calibration does.

    Args:
        config: How.
        folder: Where the checkpoint goes.
        permission: That these faces may be learned from.
        progress: Told how far it is.

    Returns:
        The checkpoint's digest, 32 bytes.

    Raises:
        Refused: if the permission does not allow training.
        BadUse: if there are too few wearers to predict each from others.
    """
    permission.require("train")
    if config.wearers < FOLDS:
        raise BadUse(f"training takes {FOLDS} wearers or more, got {config.wearers}.")
    wearers = _simulated(config, progress)
    sensor_rest = _mean_of_known([w.sensor_rest for w in wearers])
    rows, values = _rows(wearers, sensor_rest, config.every)
    fit = fit_ridge(rows, lambda done, of: progress("fitting", done, of))

    progress("statistics", 0, 1)
    truth = rows.truth.reshape(-1, COUNT)
    statistics, scores = _statistics(truth, values.reshape(-1, WIDTH))
    statistics["face_rest"] = np.mean([w.face_rest for w in wearers], axis=0, dtype=np.float32)
    statistics["sensor_rest"] = sensor_rest
    scores["ridge"] = fit.crps[_combination_of(RIVAL_HEADSET)]
    progress("statistics", 1, 1)
    by_rival = _hidden(scores)
    return checkpoint.save(
        folder,
        config={
            "kind": "ridge",
            "best_rival": min(by_rival.keys() - {"ridge"}, key=by_rival.__getitem__),
            "training": {**asdict(config), "sensors_version": SENSORS_VERSION},
            "held_out_crps": {"sensors_of": RIVAL_HEADSET, "hidden": by_rival},
            "seen": [w.person for w in wearers],
        },
        params=fit.params,
        statistics=statistics,
        card=_card(config, by_rival),
    )


@dataclass(frozen=True)
class _SimulatedWearer:
    """One wearer to learn from.

    Attributes:
        features: [frames, 4, 68] against a rest of 0.
        time_ns: [frames].
        truth: [frames, 54] rest-relative weights.
        person: Pseudonym.
        face_rest: [54].
        sensor_rest: [68]; NaN for slots the headset lacks.
    """

    features: NDArray[np.float32]
    time_ns: NDArray[np.int64]
    truth: NDArray[np.float32]
    person: str
    face_rest: NDArray[np.float32]
    sensor_rest: NDArray[np.float32]


def _simulated(config: RidgeConfig, progress: Progress) -> list[_SimulatedWearer]:
    profile = headset(config.headset)
    wearers: list[_SimulatedWearer] = []
    for first in range(0, config.wearers, GROUP):
        progress("simulating wearers", first, config.wearers)
        paireds = []
        for number in range(first, min(first + GROUP, config.wearers)):
            seed = config.seed + number
            take = synthetic_take(seed=seed, seconds=config.seconds, rate_hz=config.rate_hz)
            paireds.append(wear(take, profile, seed=seed, rate_hz=config.rate_hz))
        features = features_of(paireds)
        for number, paired in enumerate(paireds):
            rest, when = face_rest([paired.truth]), paired.frame_time_ns
            wearers.append(
                _SimulatedWearer(
                    features=features[:, number],
                    time_ns=when,
                    truth=relative(paired.truth.weights, rest),
                    person=paired.wearer,
                    face_rest=rest,
                    sensor_rest=still_sensors(features[:, number], when),
                )
            )
    progress("simulating wearers", config.wearers, config.wearers)
    return wearers


def _rows(
    wearers: list[_SimulatedWearer], population: NDArray[np.float32], every: int
) -> tuple[Rows, NDArray[np.float32]]:
    """Regressors and truth of every n-th frame, and the sensor values that rivals copy."""
    kept = slice(every - 1, len(wearers[0].time_ns) // every * every, every)
    regressors, values, truth = [], [], []
    number: list[int] = []
    for first in range(0, len(wearers), GROUP):
        group = wearers[first : first + GROUP]
        features = np.stack([w.features for w in group], axis=1)
        own = np.stack(
            [np.where(np.isnan(w.sensor_rest), population, w.sensor_rest) for w in group]
        )
        for rest in (own, np.broadcast_to(population, own.shape)):
            against = rested(features, rest)
            regressors.append(regressors_of(against, group[0].time_ns, every).swapaxes(0, 1))
            values.append(against[kept, :, 0].swapaxes(0, 1))
            truth += [w.truth[kept] for w in group]
            number += range(first, first + len(group))
    rows = Rows(np.concatenate(regressors), np.stack(truth), np.array(number))
    return rows, np.concatenate(values)


def _statistics(
    truth: NDArray[np.float32], values: NDArray[np.float32]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    """What a checkpoint says of its wearers, and each rival's mean CRPS, [54]."""
    some = truth[:: max(len(truth) // STATISTICS_ROWS, 1)]
    loc, scale = climatology(some)
    neutral, copied = np.zeros_like(truth), copy_rule(values)
    statistics = {
        "climatology_loc": loc,
        "climatology_scale": scale,
        "climatology_stddev": np.nanstd(truth, axis=0),
        "neutral_scale": best_scale(neutral, truth),
        "copy_rule_scale": best_scales(copied, truth),
    }
    scores = {
        "neutral": mean_crps(neutral, statistics["neutral_scale"], truth),
        "climatology": mean_crps(np.broadcast_to(loc, truth.shape), scale, truth),
        "copy_rule": mean_crps(copied, statistics["copy_rule_scale"], truth),
    }
    return statistics, scores


def _mean_of_known(arrays: list[NDArray[np.float32]]) -> NDArray[np.float32]:
    """Mean of what is finite; 0 where nothing is."""
    known = np.isfinite(arrays)
    total = np.where(known, arrays, 0.0).sum(axis=0, dtype=np.float32)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1), dtype=np.float32)


def _combination_of(name: str) -> int:
    """Which combination of sensors a headset has when all of them are well."""
    there = Features(headset(name)).measured
    share = [
        there[ridge.USED][sensor == ridge.SENSOR_OF].mean() for sensor in range(len(ridge.SENSORS))
    ]
    return ridge.combination_of(np.array(share) > 0.5)


def _hidden(scores: dict[str, NDArray[np.float32]]) -> dict[str, float]:
    """Each rival's mean over what `RIVAL_HEADSET` hides, from its scores by shape."""
    hidden = mask([name for name in headset(RIVAL_HEADSET).occludes if name not in EYE_LOOK])
    return {name: float(score[hidden].mean()) for name, score in sorted(scores.items())}


def _card(config: RidgeConfig, by_rival: dict[str, float]) -> str:
    scores = "\n".join(f"| {name} | {1000 * score:.2f} |" for name, score in by_rival.items())
    return CARD.format(**asdict(config), sensors_version=SENSORS_VERSION, scores=scores)
