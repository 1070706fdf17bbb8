"""The law head: location and scale of every weight's law, by mean and difference of the sides.

Left and right sides of a face nearly move as one (r .92-1.00 on recorded faces), so each pair is
predicted as its mean and its difference, and a face starts out symmetric.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.face.blendshapes import COUNT, MIRROR
from vrface.model import law

START_SCALE = 0.05
"""Scale of every law before training."""

SUREST = 0.925
"""No law is surer than this that a weight is exactly 0, or exactly 1.

A face at rest still trembles by a hundredth, and a censored law that puts all its mass on 0 says
that it does not: the CRPS hardly minds, but its intervals then miss the truth. Who is sure says so
by a small scale. On held-out wearers, 90 % intervals hold .94 of the truth at .90, .91 at .93 and
.70 at .95, with CRPS within 1 %.
"""

REACH = float(np.log(SUREST / (1.0 - SUREST)))
"""How far outside [0, 1] a location may be, in scales."""


class LawHead(nnx.Module):
    """From the last state to laws.

    Args:
        width: Of the state.
        rngs: What parameters are drawn from.
    """

    def __init__(self, width: int, rngs: nnx.Rngs) -> None:
        self.norm = nnx.RMSNorm(width, use_scale=False, rngs=rngs)
        self.laws = nnx.Linear(
            width, 2 * COUNT, kernel_init=nnx.initializers.normal(0.01), rngs=rngs
        )

    def __call__(self, state: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Laws from a state [..., width].

        Returns:
            Location and scale, each [..., 54], and the state, normed, that both are linear in.
        """
        normed = self.norm(state)
        laws = self.laws(normed).reshape(*state.shape[:-1], 2, COUNT)
        loc, spread = jnp.moveaxis(sides(laws), -2, 0)
        start = float(np.log(np.expm1(START_SCALE)))
        scale = law.bounded(law.MIN_SCALE + nnx.softplus(start + spread))
        return within_reach(loc, scale), scale, normed


def within_reach(loc: jax.Array, scale: jax.Array) -> jax.Array:
    """Locations no further outside [0, 1] than `SUREST` allows."""
    reach = REACH * scale
    return jnp.clip(loc, -reach, 1.0 + reach)


def sides(split: jax.Array) -> jax.Array:
    """From means and differences of pairs to sides, along the last axis: a linear map.

    The place of a pair's first shape holds the mean, that of its second one the difference; what
    is its own mirror image stays itself.
    """
    here = np.arange(COUNT)
    mean = split[..., np.minimum(here, MIRROR)]
    half = split[..., np.maximum(here, MIRROR)] * 0.5
    sign = jnp.asarray(np.sign(MIRROR - here), split.dtype)
    return mean + half * jnp.broadcast_to(sign, split.shape)
