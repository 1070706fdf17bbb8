"""From paired recordings to rows to learn from, by the path that serving takes."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.model import ridge
from vrface.model.features import PLANES, WIDTH, Features
from vrface.sensors.align import Align
from vrface.sensors.paired import Paired, column_frames


def features_of(paireds: Sequence[Paired]) -> NDArray[np.float32]:
    """Features of recordings through one headset, against a rest of 0.

    Args:
        paireds: W recordings; shorter ones repeat their last frame.

    Returns:
        [frames, W, 4, 68].
    """
    headset = paireds[0].headset
    align, features = Align(headset, len(paireds)), Features(headset)
    no_rest = np.zeros((len(paireds), WIDTH), np.float32)
    steps = max(len(paired.frame_time_ns) for paired in paireds)
    rows = np.empty((steps, len(paireds), len(PLANES), WIDTH), np.float32)
    for step, (frame_time_ns, samples) in enumerate(column_frames(paireds)):
        align.push(samples)
        rows[step] = features(align.at(frame_time_ns), no_rest)
    return rows


def rested(features: NDArray[np.float32], rest: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same features against another rest.

    Args:
        features: [frames, W, 4, 68] against a rest of 0.
        rest: [W, 68].
    """
    moved = features.copy()
    moved[:, :, 0] -= rest * features[:, :, 2]
    return moved


def regressors_of(
    features: NDArray[np.float32], frame_time_ns: NDArray[np.int64], every: int
) -> NDArray[np.float32]:
    """The ridge's regressors of every n-th frame, by the step that serving takes.

    Args:
        features: [frames, W, 4, 68].
        frame_time_ns: [frames] evenly spaced enough to be shared by all wearers.
        every: n.

    Returns:
        [frames / n, W, `ridge.REGRESSORS`].
    """
    dt = np.diff(frame_time_ns, prepend=frame_time_ns[:1]) / 1e9
    usable = len(features) // every * every
    blocks = features[:usable].reshape(-1, every, *features.shape[1:])
    rows = _scan(blocks, dt[:usable].astype(np.float32).reshape(-1, every))
    return np.asarray(rows)


@jax.jit
def _scan(blocks: jax.Array, dt: jax.Array) -> jax.Array:
    wearers = blocks.shape[2]

    def frame(
        carry: ridge.Carry, inputs: tuple[jax.Array, jax.Array]
    ) -> tuple[ridge.Carry, jax.Array]:
        features, seconds = inputs
        carry, rows, _ = ridge.regressors(carry, features, jnp.full((wearers,), seconds))
        return carry, rows

    def block(
        carry: ridge.Carry, inputs: tuple[jax.Array, jax.Array]
    ) -> tuple[ridge.Carry, jax.Array]:
        carry, rows = jax.lax.scan(frame, carry, inputs)
        return carry, rows[-1]

    _, rows = jax.lax.scan(block, ridge.new_carry(wearers), (blocks, dt))
    return rows
