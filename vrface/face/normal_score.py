"""Normal scores: how many standard deviations a share of a law is worth, and back.

The law of a weight is a logistic one, ``clip(loc + scale * logit(u), 0, 1)``; what moves from frame
to frame is Gaussian, with ``u`` the share of a normal law below it. So a draw needs the log-odds of
a normal share, and whoever learns how draws move needs the way back.
"""

from __future__ import annotations

from math import erfc, sqrt

import numpy as np
from numpy.typing import NDArray

_FARTHEST = 8.0
_STEP = 1.0 / 256.0
"""Between two nodes; linear in between, the log-odds are off by 4e-6 at the most."""

_SCORES = np.arange(-_FARTHEST, _FARTHEST + _STEP, _STEP)
# By erfc: 1 + erf loses the lower tail to rounding.
_BELOW = np.array([erfc(-score / sqrt(2.0)) / 2.0 for score in _SCORES.tolist()])
_LOG_ODDS = np.log(_BELOW) - np.log(_BELOW[::-1])
_DENSITY = np.exp(-np.square(_SCORES) / 2.0) / np.sqrt(2.0 * np.pi)
_MEAN_BELOW = -_DENSITY / _BELOW


def log_odds(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """``logit(Phi(score))``; a score beyond 8 counts as 8.

    Args:
        score: In standard deviations, of any shape.
    """
    return np.asarray(np.interp(score, _SCORES, _LOG_ODDS))


def score_of(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """The score whose `log_odds` these are, in -8 to 8."""
    return np.asarray(np.interp(log_odds, _LOG_ODDS, _SCORES))


def mean_below(score: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of a normal law below a score, ``-phi(score) / Phi(score)``."""
    return np.asarray(np.interp(score, _SCORES, _MEAN_BELOW))
