"""`fit_rivals`: the rivals of a network, fitted on the logs that it learned from.

They travel in its checkpoint, so that evaluation compares what had the same chances. A part of the
wearers is kept apart first: on them it is chosen how the others' rivals are corrected, and which
is the best. Then all wearers teach what ships.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.model import law
from vrface.model.calibration import Arrays
from vrface.training.config import TrainConfig
from vrface.training.fit import Rows, fit_ridge
from vrface.training.logs import Steps, TrainingLog
from vrface.training.rivals import neighbours, trees
from vrface.training.rivals.best import Best, Scores, best
from vrface.training.rivals.calibration import shares
from vrface.training.rivals.judging import judged
from vrface.training.rivals.rows import gathered, part
from vrface.training.rivals.trials import trials, tried_on
from vrface.training.scales import UNKNOWN_SCALE, crps_of_laws, least

EVERY = 12
"""Rows are taken from every n-th frame: neighbours say the same."""


@dataclass(frozen=True, eq=False)
class FittedRivals:
    """The rivals as a checkpoint holds them, and how well they did.

    Attributes:
        arrays: Named in `vrface.model.checkpoint.RIVALS`, and those of learned ones asked for.
        climatology_stddev: [54] spread of the rest-relative weights over wearers and time.
        scores: Headset or tier -> mode -> rival -> mean CRPS of what it hides, on wearers that the
            rivals had not learned from, so without the networks. A headset that hides nothing is
            left out.
        best: Mode -> headset or tier -> the best one but for the learned, ``""`` over all.
        judged_by: How many wearers that was chosen on.
    """

    arrays: Arrays
    climatology_stddev: NDArray[np.float32]
    scores: Scores
    best: Best
    judged_by: int


def fit_rivals(
    logs: Sequence[TrainingLog],
    statistics: Arrays,
    config: TrainConfig,
    networks: Mapping[str, Arrays] | None = None,
    progress: Steps = lambda what, done, of: None,
    every: int = EVERY,
) -> FittedRivals:
    """Fit the rivals, choose their corrections and score them.

    Args:
        logs: Of two wearers or more.
        statistics: Of all training wearers (`vrface.training.logs.population`).
        config: Which learned rivals to fit, and the tiers to try all of them behind.
        networks: Arrays of the trained networks among them, by name.
        progress: Told how far it is.
        every: Rows are taken from every n-th frame.

    Raises:
        BadUse: if the logs are of fewer wearers.
    """
    rows = gathered(logs, statistics, every, progress)
    kept_apart = tried_on(logs)
    names = np.array(sorted({log.paired.wearer for log in logs}))
    taught = part(rows, ~np.isin(names, list(kept_apart))[rows.wearer])
    trained = {key: value for arrays in (networks or {}).values() for key, value in arrays.items()}
    fitted = {**_light(_halved(taught), "without some", progress), **trained}
    if "knn" in config.rivals:
        fitted |= neighbours.fit(taught)
    if "gbt" in config.rivals:
        fitted |= trees.fit(taught, lambda done, of: progress("growing trees", done, of))
    tiers = config.disturbances.poorer
    to_try = [log for log in logs if log.paired.wearer in kept_apart]
    verdict = judged(fitted, trials(to_try, statistics, tiers, progress), every)

    shipped = {**fitted, **_light(rows, "with all", progress), **verdict.arrays}
    if "knn" in config.rivals:
        shipped |= neighbours.fit(rows)
    return FittedRivals(
        arrays=shipped,
        climatology_stddev=_stddev(rows.truth),
        scores=verdict.scores,
        best=best(verdict.scores),
        judged_by=verdict.wearers,
    )


def _light(rows: Rows, whose: str, progress: Steps) -> Arrays:
    """Ridge and climatology."""
    what = f"fitting the ridge {whose}"
    params = fit_ridge(rows, lambda done, of: progress(what, done, of))
    levels = shares(rows.truth)
    loc, scale = least(crps_of_laws(levels))
    return {
        **{f"ridge_{name}": value for name, value in params.items()},
        "climatology_loc": loc,
        "climatology_scale": scale,
        "climatology_histogram": levels,
    }


def _halved(rows: Rows) -> Rows:
    """The same rows; those of one wearer alone count as two, of whom either predicts the other."""
    if np.unique(rows.wearer).size > 1:
        return rows
    return replace(rows, wearer=(np.arange(len(rows.wearer)) * 2) // len(rows.wearer))


def _stddev(truth: NDArray[np.float32]) -> NDArray[np.float32]:
    """[54] standard deviation of each channel; an uncertain law's where it is nowhere known."""
    heard = np.isfinite(truth).any(axis=0)
    uncertain = jax.jit(law.stddev)(np.float32(0.0), UNKNOWN_SCALE)
    spread = np.full(truth.shape[1], uncertain, np.float32)
    spread[heard] = np.nanstd(truth[:, heard], axis=0, dtype=np.float64)
    return spread
