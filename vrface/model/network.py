"""The network: sensor encoders, gated fusion, a gated linear recurrence in real time, a law head.

Everything but the recurrence looks at one instant, so one definition serves both uses: training
unrolls a whole window with a parallel scan, a session takes one step with a carry, and a test holds
the two to 1e-5 of each other at any mix of frame rates.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial

import jax
import jax.numpy as jnp
from flax import nnx

from vrface.model import law, modules
from vrface.model.architecture import Carry, Params, Prediction, Rows
from vrface.model.config import NetworkConfig
from vrface.model.encoders import Fusion
from vrface.model.features import SLOTS, STREAMS
from vrface.model.head import LawHead
from vrface.model.recurrence import Block, Remember, one_step, scan


class Network(nnx.Module):
    """The whole of it.

    Args:
        config: Its size.
        rngs: What its parameters are drawn from.
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        streams: dict[str, list[int]] = {}
        for slot in config.slots:
            streams.setdefault(SLOTS[slot][0], []).append(slot)
        self.fusion = Fusion(list(streams.values()), config, rngs)
        self.blocks = nnx.List([Block(config, rngs) for _ in range(config.blocks)])
        self.head = LawHead(config.width, rngs)

    def __call__(
        self, features: jax.Array, dt: jax.Array, remember: Remember
    ) -> tuple[jax.Array, jax.Array]:
        """Location and scale of each rest-relative weight's law.

        Args:
            features: [..., 4, 68].
            dt: [...] seconds since the frame before.
            remember: How a block's memory comes to be from its decay and drive.

        Returns:
            Two arrays [..., 54].
        """
        state = self.fusion(features)
        for number, block in enumerate(self.blocks):
            state = block(state, dt, partial(remember, number))
        located: tuple[jax.Array, jax.Array] = self.head(state)
        return located


@dataclass(frozen=True)
class NetworkArchitecture:
    """The network as an `Architecture`.

    Attributes:
        config: Its size.
    """

    config: NetworkConfig

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams it looks at."""
        heard = {SLOTS[slot][0] for slot in self.config.slots}
        return tuple(stream for stream in STREAMS if stream in heard)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter."""
        return {name: leaf.shape for name, leaf in _split(self.config)[1].items()}

    def drawn(self, seed: int) -> Params:
        """Parameters to start training from."""
        return modules.drawn(partial(Network, self.config), seed)

    def new_carry(self, wearers: int) -> Carry:
        """The carry before the first frame: memories empty."""
        shape = (wearers, self.config.blocks, self.config.memory)
        return {"memory": jnp.zeros(shape, jnp.float32)}

    def step(
        self, params: Params, carry: Carry, features: Rows, dt: Rows
    ) -> tuple[Carry, Prediction]:
        """One frame of W wearers."""
        stepped: tuple[Carry, Prediction] = _step(self.config, params, carry, features, dt)
        return stepped

    def unroll(
        self, params: Params, features: jax.Array, dt: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Location and scale at every frame of windows that start empty, in parallel.

        Args:
            params: As `shapes` says.
            features: [windows, frames, 4, 68].
            dt: [windows, frames] seconds since the frame before; the first is 0, as a session's is.

        Returns:
            Two arrays [windows, frames, 54].
        """
        return _merged(self.config, params)(features, dt, lambda _, *gates: scan(*gates))


@partial(jax.jit, static_argnums=0, donate_argnums=2)
def _step(
    config: NetworkConfig, params: Params, carry: Carry, features: jax.Array, dt: jax.Array
) -> tuple[Carry, Prediction]:
    before, after = carry["memory"], []

    def remember(block: int, decay: jax.Array, drive: jax.Array) -> jax.Array:
        memory = one_step(before[:, block], decay, drive)
        # What is not finite is forgotten at once: multiplied by any decay it would stay for ever.
        after.append(jnp.where(jnp.isfinite(memory), memory, 0.0))
        return after[-1]

    loc, scale = _merged(config, params)(features, dt, remember)
    prediction = {
        "loc": loc,
        "scale": scale,
        "mean": law.mean(loc, scale),
        "stddev": law.stddev(loc, scale),
    }
    return {"memory": jnp.stack(after, axis=1)}, prediction


def _merged(config: NetworkConfig, params: Params) -> Network:
    return modules.merged(_split(config)[0], params)


@cache
def _split(
    config: NetworkConfig,
) -> tuple[nnx.GraphDef[Network], dict[str, jax.ShapeDtypeStruct]]:
    """The network without its parameters, and their names and shapes."""
    return modules.split(partial(Network, config))
