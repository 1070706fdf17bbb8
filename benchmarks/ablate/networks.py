"""Networks that differ from the product's in one part each.

Each is a `Network` with one module exchanged, so that it learns, is judged and steps as the
product's does: `NetworkArchitecture` takes either.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.face.blendshapes import COUNT
from vrface.model import law
from vrface.model.config import NetworkConfig
from vrface.model.encoders import Kernels
from vrface.model.head import START_SCALE, LawHead, sides, within_reach
from vrface.model.layers import Network, Unrolled
from vrface.model.recurrence import Remember
from vrface.training.rivals.networks import LONG_S, gru_step

GRU_SHARE = 0.75
"""A GRU's memory beside as many leaky ones: a block of either then has 100,000 weights at the usual
size, and a step takes as long, for what a step of one wearer costs is reading them."""

PERIOD_S = 1.0 / 60.0
"""Between any two frames, as a network without a clock has it."""


class GruBlock(nnx.Module):
    """A residual block like the product's, with a GRU for its memories; it is told the time.

    Args:
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        width, memory = config.width, config.memory
        self.memory_norm = nnx.RMSNorm(width, use_scale=False, rngs=rngs)
        self.drive = nnx.Linear(width + 1, 3 * memory, rngs=rngs)
        start = nnx.initializers.orthogonal()(rngs.params(), (memory, 3 * memory))
        self.remembered = nnx.Param(start)
        self.recall = nnx.Linear(memory, width, use_bias=False, rngs=rngs)
        self.unit_norm = nnx.RMSNorm(width, use_scale=False, rngs=rngs)
        self.widen = nnx.Linear(width, 2 * config.hidden, rngs=rngs)
        self.narrow = nnx.Linear(config.hidden, width, use_bias=False, rngs=rngs)

    def __call__(
        self, state: jax.Array, dt: jax.Array, remember: Callable[[jax.Array, jax.Array], jax.Array]
    ) -> jax.Array:
        """The next residual state, [..., width]."""
        since = jnp.minimum(dt / LONG_S, 1.0)[..., None]
        drive = self.drive(jnp.concatenate([self.memory_norm(state), since], axis=-1))
        state = state + self.recall(remember(self.remembered[...], drive))
        value, gate = jnp.split(self.widen(self.unit_norm(state)), 2, axis=-1)
        widened: jax.Array = state + self.narrow(value * nnx.silu(gate))
        return widened


class Gru(Network):
    """GRUs (Cho et al. 2014) for leaky memories.

    For a decay their blocks say the weights of what is remembered, [memory, 3 memory]; for a drive
    what the input says, [..., 3 memory].
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        super().__init__(config, rngs)
        blocks: list[Any] = [GruBlock(config, rngs) for _ in range(config.blocks)]
        self.blocks = nnx.List(blocks)

    @staticmethod
    def scan(decay: jax.Array, drive: jax.Array) -> jax.Array:
        """Frame after frame: a GRU's next memory is not linear in the one before."""

        def frame(memory: jax.Array, drive: jax.Array) -> tuple[jax.Array, jax.Array]:
            memory = Gru.one_step(memory, decay, drive)
            return memory, memory

        start = jnp.zeros((len(drive), len(decay)), drive.dtype)
        memories: jax.Array = jax.lax.scan(frame, start, drive.swapaxes(0, 1))[1]
        return memories.swapaxes(0, 1)

    @staticmethod
    def one_step(memory: jax.Array, decay: jax.Array, drive: jax.Array) -> jax.Array:
        """The memory after one more frame."""
        return gru_step(memory, decay, drive)


class Clockless(Network):
    """Every frame is taken to come `PERIOD_S` after the one before."""

    def __call__(
        self,
        features: jax.Array,
        dt: jax.Array,
        code: jax.Array,
        nearness: jax.Array,
        remember: Remember,
        kernels: Sequence[Kernels] | None = None,
    ) -> Unrolled:
        """As `Network`, whatever `dt` says."""
        period = jnp.full_like(dt, PERIOD_S)
        return super().__call__(features, period, code, nearness, remember, kernels)


class OneScaleHead(nnx.Module):
    """A law head whose scales are learned, one a shape, and depend on nothing.

    Args:
        width: Of the state.
        rngs: What parameters are drawn from.
    """

    def __init__(self, width: int, rngs: nnx.Rngs) -> None:
        self.norm = nnx.RMSNorm(width, use_scale=False, rngs=rngs)
        small = nnx.initializers.normal(0.01)
        self.laws = nnx.Linear(width, COUNT, kernel_init=small, rngs=rngs)
        self.spread = nnx.Param(jnp.zeros(COUNT))

    def __call__(self, state: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """As `LawHead`."""
        normed = self.norm(state)
        loc = sides(self.laws(normed))
        start = float(np.log(np.expm1(START_SCALE)))
        scale = law.bounded(law.MIN_SCALE + nnx.softplus(start + self.spread[...]))
        scale = jnp.broadcast_to(scale, loc.shape)
        return within_reach(loc, scale), scale, normed


class OneScale(Network):
    """Scales that do not depend on the input."""

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        super().__init__(config, rngs)
        self.head = OneScaleHead(config.width, rngs)  # type: ignore[assignment]


class SidesApartHead(LawHead):
    """A law head that predicts left and right each on its own."""

    def __call__(self, state: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """As `LawHead`."""
        normed = self.norm(state)
        loc, spread = jnp.split(self.laws(normed), 2, axis=-1)
        start = float(np.log(np.expm1(START_SCALE)))
        scale = law.bounded(law.MIN_SCALE + nnx.softplus(start + spread))
        return within_reach(loc, scale), scale, normed


class SidesApart(Network):
    """No means and differences of left and right."""

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        super().__init__(config, rngs)
        self.head = SidesApartHead(config.width, rngs)


class NoCode(nnx.Module):
    """Says nothing of a wearer."""

    def __call__(self, summary: jax.Array) -> jax.Array:
        """[..., 1] zeros."""
        return jnp.zeros((*summary.shape[:-1], 1), summary.dtype)


class Uncoded(Network):
    """A wearer is known by what their sensors read at rest, and by nothing else."""

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        super().__init__(replace(config, code_width=1), rngs)
        self.wearer = NoCode()  # type: ignore[assignment]
