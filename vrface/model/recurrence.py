"""The gated linear recurrence: leaky memories whose time constants are seconds, not frames.

``h' = -k (h - i v)`` with a rate ``k`` and a drive ``i v`` gated by the input, solved exactly over
each frame's ``dt`` with the drive held: ``h <- a h + (1 - a) i v``, ``a = exp(-k dt)``. The same
weights then mean the same at any frame rate, and the steady state does not depend on it (which the
``sqrt(1 - a^2)`` of Griffin's RG-LRU, arXiv 2402.19427, would).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.model.config import NetworkConfig

SHORTEST_S = 0.008
"""The shortest time constant that a memory starts from, seconds: less than a frame."""

Remember: TypeAlias = Callable[[int, jax.Array, jax.Array], jax.Array]
"""From a block's number, decay and drive, each [..., memory], to its memory [..., memory]."""


class Block(nnx.Module):
    """One residual block: memories, then a gated unit.

    Args:
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        self.slowest = 1.0 / config.memory_s
        self.memory_norm = nnx.RMSNorm(config.width, use_scale=False, rngs=rngs)
        self.gates = nnx.Linear(config.width, 4 * config.memory, rngs=rngs)
        self.rate = nnx.Param(_starting_rates(config, rngs))
        self.recall = nnx.Linear(config.memory, config.width, use_bias=False, rngs=rngs)
        self.unit_norm = nnx.RMSNorm(config.width, use_scale=False, rngs=rngs)
        self.widen = nnx.Linear(config.width, 2 * config.hidden, rngs=rngs)
        self.narrow = nnx.Linear(config.hidden, config.width, use_bias=False, rngs=rngs)

    def __call__(
        self, state: jax.Array, dt: jax.Array, remember: Callable[[jax.Array, jax.Array], jax.Array]
    ) -> jax.Array:
        """The next residual state, [..., width].

        Args:
            state: [..., width].
            dt: [...] seconds since the frame before.
            remember: From decay and drive to the memory, each [..., memory].
        """
        drive, entry, release, out = jnp.split(self.gates(self.memory_norm(state)), 4, axis=-1)
        gated = jnp.broadcast_to(nnx.softplus(self.rate[...]), release.shape)
        rate = self.slowest + gated * nnx.sigmoid(release)
        decay = jnp.exp(-dt[..., None] * rate)
        memory = remember(decay, (1.0 - decay) * nnx.sigmoid(entry) * drive)
        state = state + self.recall(memory * nnx.silu(out))
        value, gate = jnp.split(self.widen(self.unit_norm(state)), 2, axis=-1)
        widened: jax.Array = state + self.narrow(value * nnx.silu(gate))
        return widened


def one_step(memory: jax.Array, decay: jax.Array, drive: jax.Array) -> jax.Array:
    """The memory after one frame, [W, memory]."""
    return decay * memory + drive


def scan(decay: jax.Array, drive: jax.Array) -> jax.Array:
    """The memory at every frame of a window that starts empty: `one_step` in parallel.

    Args:
        decay: [windows, frames, memory].
        drive: The same shape.
    """

    def both(
        early: tuple[jax.Array, jax.Array], late: tuple[jax.Array, jax.Array]
    ) -> tuple[jax.Array, jax.Array]:
        return early[0] * late[0], late[0] * early[1] + late[1]

    memory: jax.Array = jax.lax.associative_scan(both, (decay, drive), axis=1)[1]
    return memory


def _starting_rates(config: NetworkConfig, rngs: nnx.Rngs) -> jax.Array:
    """Rates whose time constants, half open, are spread log-uniformly over what is allowed."""
    low, high = np.log(SHORTEST_S), np.log(0.9 * config.memory_s)
    time_s = jnp.exp(jax.random.uniform(rngs.params(), (config.memory,), minval=low, maxval=high))
    gated = 2.0 * (1.0 / time_s - 1.0 / config.memory_s)
    return gated + jnp.log(-jnp.expm1(-gated))  # the inverse of softplus
