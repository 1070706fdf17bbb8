"""How the training wearers differ: the prior of the last layer, from what their truth says."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vrface.model.architecture import Params
from vrface.model.calibration import Arrays, Calibration
from vrface.model.calibration.last_layer import Prior, Told, fit_prior
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.training.lessons import Lesson, lesson_of
from vrface.training.logs import Steps, TrainingLog
from vrface.training.sequences import features_of
from vrface.training.tiers import reduced, without_extras

MOST = 400
"""Logs that are asked: their states are held side by side."""

TOLD_S = 30.0
"""Of each log, told to the network as a wearer's calibration is."""

EVERY = 6
"""Of the frames every n-th is kept: neighbours say the same."""


def prior_of(
    logs: Sequence[TrainingLog],
    architecture: NetworkArchitecture,
    params: Params,
    statistics: Arrays,
    tiers: Sequence[str],
    progress: Steps,
) -> Prior:
    """The prior of a network's last layer.

    Every second log is told as a poorer headset would have it: what is measured in all of them
    would teach nothing of how wrong a network is where it has to infer.

    Args:
        logs: That it learned from.
        architecture: Of the network.
        params: Its parameters.
        statistics: Of all training wearers (`vrface.training.logs.population`).
        tiers: Names of those headsets.
        progress: Told how far it is.
    """
    asked = logs[:: -(-len(logs) // MOST)]
    told = []
    for number, log in enumerate(asked):
        poorer = None
        if tiers and number % 2:
            poorer = reduced(log.paired, headset(tiers[number // 2 % len(tiers)]))
        worn = poorer or without_extras(log.paired)
        features = features_of(worn)
        lesson = lesson_of(worn, features, log.face_rest)
        told.append(_told(lesson, features, architecture, params, statistics))
        progress("asking wearers", len(told), len(asked))
    return fit_prior(told)


def _told(
    lesson: Lesson,
    features: NDArray[np.float32],
    architecture: NetworkArchitecture,
    params: Params,
    statistics: Arrays,
) -> Told:
    """What the truth of a log says of a network's laws."""
    tells = slice(0, int(np.searchsorted(lesson.time_s, TOLD_S)), EVERY)
    known = Calibration.paired(features[tells], lesson.weights[tells], lesson.time_s[tells])
    loc, scale, state = architecture.trace(
        params, features, lesson.dt, known, lesson.positions, statistics
    )
    kept = slice(EVERY - 1, None, EVERY)
    truth = lesson.truth(slice(None))[kept]
    loc, scale, state = loc[kept], scale[kept], state[kept]
    return Told(state, loc, scale, truth, lesson.seconds / max(len(state), 1))
