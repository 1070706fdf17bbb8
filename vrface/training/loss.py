"""The loss: the mean CRPS of every law whose truth is known, and nothing else.

A mean absolute error would reward a dead face: the median of a brow that moves rarely is a brow
that never does. The CRPS rewards saying what may be, and how sure one is of it.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp

from vrface.model import law


def loss(
    loc: jax.Array, scale: jax.Array, truth: jax.Array, counts: jax.Array, unscored: int
) -> jax.Array:
    """Mean CRPS of windows; 0 where nothing is known.

    Args:
        loc: [windows, frames, 54].
        scale: [windows, frames, 54].
        truth: [windows, frames, 54]; NaN where unknown.
        counts: [windows, 54] how much each shape counts.
        unscored: First frames of each window that do not count.
    """
    known = jnp.isfinite(truth)
    # NaN would reach the gradient even where it is not counted.
    crps = law.crps(loc, scale, jnp.where(known, truth, 0.0))
    weight = jnp.where(known[:, unscored:], counts[:, None, :], 0.0)
    total = jnp.sum(crps[:, unscored:] * weight)
    return total / jnp.maximum(jnp.sum(weight), 1e-6)
