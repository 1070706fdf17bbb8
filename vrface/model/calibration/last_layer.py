"""The last layer of one wearer: a model's laws, moved by what the wearer's own truth says.

Locations are linear in the network's last state. A wearer's own are the population's plus a move,
drawn from a normal prior whose variances are those between the training wearers; calibration
seconds turn the prior into a posterior, in closed form (a ridge whose penalties were measured), and
its mean is what is added. So few seconds say nothing of most directions of a state: the move is
told in the `DIRECTIONS` that the states of the training wearers vary in most.

What seconds of one wearer say is worth less than their number: frames that follow each other tell
the same. `TELLS_S` of them count as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.errors import CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model import law
from vrface.model.calibration.calibration import Arrays

DIRECTIONS = 32
"""Of a state that a move is told in. In a trial on 32 simulated wearers (seeds from 9000 on; no
command repeats it) 8, 16 and 32 gave .5-2.5 % less error, the last most; all 128 with their
covariances no more than these."""

TELLS_S = 2.0
"""Seconds of frames that count as one: in the same trial .7 to 6 s gave errors within half a per
cent."""

WIDENINGS = tuple(float(np.exp(step)) for step in np.linspace(-1.2, 1.2, 13))
"""Factors of a scale that are tried, evenly on a logarithm."""

PULL_S = 30.0
"""Seconds of a wearer's truth beside which the belief that the model's own scale is right weighs
as much as the square of a factor's logarithm, in shares of the error."""

_ROUNDS = 12  # of expectation and maximisation; the variances hardly move after ten
_START = 0.05  # of the noise: variances to begin with
_LEAST_NOISE = 1e-6  # of a thousandth of a weight

Floats = NDArray[np.float32]


class Told(NamedTuple):
    """What some seconds of one wearer say.

    Attributes:
        state: [frames, width] the last state of the network.
        loc: [frames, 54] location of its laws.
        scale: [frames, 54] their scale.
        truth: [frames, 54] rest-relative weights; NaN where unknown.
        seconds: Of a frame.
    """

    state: Floats
    loc: Floats
    scale: Floats
    truth: Floats
    seconds: float


class Prior(NamedTuple):
    """What the training wearers say of how wearers differ.

    Attributes:
        mean: [width] of the states.
        directions: [width, D] that they vary in most, each with unit variance: D is `DIRECTIONS`,
            or the width of a narrower network.
        variance: [1 + D, 54] of moves between wearers; the first is of a constant.
        noise: [54] variance of what is left over.
    """

    mean: Floats
    directions: Floats
    variance: Floats
    noise: Floats

    @staticmethod
    def shapes(width: int) -> dict[str, tuple[int, ...]]:
        """Name and shape of its arrays in a checkpoint's statistics."""
        directions = min(DIRECTIONS, width)
        return {
            "prior_mean": (width,),
            "prior_directions": (width, directions),
            "prior_variance": (1 + directions, COUNT),
            "prior_noise": (COUNT,),
        }

    @classmethod
    def of(cls, statistics: Arrays) -> Prior:
        """That of a checkpoint."""
        return cls(*(statistics[f"prior_{name}"] for name in cls._fields))

    def named(self) -> Arrays:
        """As a checkpoint's statistics hold it."""
        return {f"prior_{name}": np.asarray(part) for name, part in self._asdict().items()}

    def check(self, folder: Path) -> None:
        """Refuse variances that are none.

        Raises:
            CheckpointError: if one is not positive.
        """
        if not (self.variance.min() > 0.0 and self.noise.min() > 0.0):
            raise CheckpointError(f"checkpoint {folder}: a prior variance is 0.", "Retrain it.")

    def seen_in(self, state: Floats) -> Floats:
        """States [..., width] as a constant and their directions, [..., 1 + D]."""
        along = (state - self.mean) @ self.directions
        one = np.ones((*along.shape[:-1], 1), np.float32)
        return np.concatenate([one, along], axis=-1)

    def on_states(self, move: Floats) -> Floats:
        """Moves by directions, [1 + D, 54], as moves by states, [1 + width, 54]."""
        by_state = self.directions @ move[1:]
        constant = move[:1] - self.mean[None] @ by_state
        return np.concatenate([constant, by_state]).astype(np.float32)


class _Moments(NamedTuple):
    """What truth says of moves: [..., 54, 1 + D, 1 + D] and [..., 54, 1 + D], noise divided out."""

    square: NDArray[np.float64]
    cross: NDArray[np.float64]


def learned_from(told: Told, prior: Prior) -> tuple[Floats, Floats]:
    """A wearer's move and widening.

    Args:
        told: Of the wearer.
        prior: Of the model.

    Returns:
        [1 + width, 54] to add to locations, and [54] to multiply scales by.
    """
    seen = prior.seen_in(told.state)
    mean, _ = _posterior(_moments(seen, told, prior.noise), prior.variance)
    move = mean.astype(np.float32)
    return prior.on_states(move), _widening(told, told.loc + seen @ move)


def fit_prior(wearers: Sequence[Told]) -> Prior:
    """How wearers differ, by expectation and maximisation over them.

    Args:
        wearers: What each training wearer says; where a shape is nowhere known, it never moves.
    """
    states = np.concatenate([one.state for one in wearers]).astype(np.float64)
    mean = states.mean(axis=0)
    spread, axes = np.linalg.eigh(np.atleast_2d(np.cov(states.T)))
    most = np.argsort(spread)[::-1][:DIRECTIONS]
    directions = axes[:, most] / np.sqrt(np.maximum(spread[most], 1e-8))
    noise = _noise(np.concatenate([_missed(one) for one in wearers]))
    prior = Prior(
        mean.astype(np.float32),
        directions.astype(np.float32),
        np.tile(_START * noise, (1 + len(most), 1)).astype(np.float32),
        noise.astype(np.float32),
    )
    found = [_moments(prior.seen_in(one.state), one, prior.noise) for one in wearers]
    moments = _Moments(*(np.stack(part) for part in zip(*found, strict=True)))
    heard = moments.square[:, :, 0, 0] > 0.0
    variance = prior.variance
    for _ in range(_ROUNDS):
        move, doubt = _posterior(moments, variance)
        square = np.where(heard[:, None], np.square(move) + doubt, 0.0).sum(axis=0)
        variance = np.maximum(square / np.maximum(heard.sum(axis=0), 1), 1e-10)
    return prior._replace(variance=variance.astype(np.float32))


def _missed(told: Told) -> Floats:
    """[frames, 54] truth minus what the laws expect; NaN where unknown."""
    expected = jax.jit(law.mean)(told.loc, told.scale)
    return np.asarray(told.truth - np.asarray(expected), np.float32)


def _noise(missed: Floats) -> NDArray[np.float64]:
    """[54] mean square of what is known of [frames, 54]; the least there is where nothing is."""
    known = np.isfinite(missed)
    total = np.square(np.where(known, missed, 0.0)).sum(axis=0, dtype=np.float64)
    return np.asarray(np.maximum(total / np.maximum(known.sum(axis=0), 1), _LEAST_NOISE))


def _moments(seen: Floats, told: Told, noise: Floats) -> _Moments:
    missed = _missed(told)
    known = np.isfinite(missed)
    weight = known * (told.seconds / TELLS_S / noise.astype(np.float64))
    left = np.where(known, missed, 0.0)
    # Shapes that are known at the same instants share the sums over them.
    square = np.empty((COUNT, seen.shape[1], seen.shape[1]))
    for pattern in np.unique(known, axis=1).T:
        same = (known == pattern[:, None]).all(axis=0)
        rows = seen[pattern].astype(np.float64)
        worth = (told.seconds / TELLS_S) / noise[same].astype(np.float64)
        square[same] = (rows.T @ rows)[None] * worth[:, None, None]
    cross = seen.astype(np.float64).T @ (weight * left)
    return _Moments(square, cross.T)


def _posterior(
    moments: _Moments, variance: NDArray[np.floating]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance of moves, [..., 1 + D, 54], under a prior's variances [1 + D, 54]."""
    precision = np.zeros(moments.square.shape)
    place = np.arange(len(variance))
    precision[..., place, place] = 1.0 / variance.T
    covariance = np.linalg.inv(moments.square + precision)
    mean = np.einsum("...cij,...cj->...ic", covariance, moments.cross)
    return mean, np.moveaxis(covariance[..., place, place], -1, -2).astype(np.float64)


def _widening(told: Told, loc: Floats) -> Floats:
    """[54] the factor of each scale with the least error on a wearer's truth, held back to 1."""
    known = np.isfinite(told.truth)
    truth = np.where(known, told.truth, np.float32(0.0))
    errors = np.asarray(_errors(loc.astype(np.float32), told.scale, truth, known))
    usual = errors[len(WIDENINGS) // 2]
    logs = np.log(np.array(WIDENINGS))[:, None]
    held = PULL_S / max(told.seconds * known.any(axis=1).sum(), 1e-3)
    best = (errors / np.maximum(usual, 1e-4) + held * np.square(logs)).argmin(axis=0)
    return np.asarray(np.array(WIDENINGS, np.float32)[best])


@jax.jit
def _errors(loc: jax.Array, scale: jax.Array, truth: jax.Array, known: jax.Array) -> jax.Array:
    """[widenings, 54] mean CRPS of known weights."""

    def under(factor: jax.Array) -> jax.Array:
        crps = law.crps(loc, law.bounded(scale * factor), truth)
        total = jnp.sum(crps, axis=0, where=known)
        return total / jnp.maximum(jnp.sum(known, axis=0, dtype=jnp.float32), 1.0)

    errors: jax.Array = jax.lax.map(under, jnp.array(WIDENINGS, jnp.float32))
    return errors
