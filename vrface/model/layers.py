"""The network's layers: encoders, gated fusion, a gated linear recurrence in real time, a law head.

Everything but the recurrence looks at one instant, so one definition serves both uses: training
unrolls a whole window with a parallel scan, a session takes one step with a carry, and a test holds
the two to 1e-5 of each other at any mix of frame rates.

What is known of the wearer bends every layer a little (FiLM, Perez et al. 2018), and what the
wearer's own truth taught is added at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

from vrface.model import law, modules
from vrface.model.architecture import Carry, Params, Prediction
from vrface.model.config import NetworkConfig
from vrface.model.encoders import Fusion, Kernels
from vrface.model.head import LawHead, within_reach
from vrface.model.known import SUMMARY, Known, Rows
from vrface.model.network import NetworkArchitecture, kernel_name
from vrface.model.recurrence import Block, Remember, one_step, scan


class Unrolled(NamedTuple):
    """What a network says of every frame.

    Attributes:
        loc: [..., 54] location of each rest-relative weight's law.
        scale: [..., 54] its scale.
        state: [..., width] the last state, of which the laws are linear.
    """

    loc: jax.Array
    scale: jax.Array
    state: jax.Array


def touched(said: Unrolled, known: Known) -> tuple[jax.Array, jax.Array]:
    """Location and scale of W wearers' laws, each [W, 54], with what their own truth taught."""
    scale = law.bounded(said.scale * known.widen)
    # With a 1 before the state, the move need not be cut: that would copy it in each frame.
    told = jnp.pad(said.state, ((0, 0), (1, 0)), constant_values=1.0)
    shared = known.move.shape[0] == 1
    moved = told @ known.move[0] if shared else jnp.matmul(told[:, None], known.move)[:, 0]
    return within_reach(said.loc + moved, scale), scale


class WearerEncoder(nnx.Module):
    """Summaries of wearers [..., SUMMARY] -> codes [..., code width].

    Args:
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        self.widen = nnx.Linear(SUMMARY, config.encoder_width, rngs=rngs)
        self.narrow = nnx.Linear(config.encoder_width, config.code_width, rngs=rngs)

    def __call__(self, summary: jax.Array) -> jax.Array:
        """Encode."""
        code: jax.Array = jnp.tanh(self.narrow(nnx.silu(self.widen(summary))))
        return code


class Network(nnx.Module):
    """The whole of it.

    Args:
        config: Its size.
        rngs: What its parameters are drawn from.
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        self.fusion = Fusion(config, rngs)
        self.blocks = nnx.List([Block(config, rngs) for _ in range(config.blocks)])
        self.head = LawHead(config.width, rngs)
        self.wearer = WearerEncoder(config, rngs)
        bends = (2 * config.blocks + 1) * config.width
        small = nnx.initializers.normal(0.01)
        self.bend = nnx.Linear(config.code_width, bends, kernel_init=small, rngs=rngs)

    def __call__(
        self,
        features: jax.Array,
        dt: jax.Array,
        code: jax.Array,
        nearness: jax.Array,
        remember: Remember,
        kernels: Sequence[Kernels] | None = None,
    ) -> Unrolled:
        """The law of each rest-relative weight.

        Args:
            features: [..., 4, 256].
            dt: [...] seconds since the frame before.
            code: [..., code width] of the wearers; axes of length 1 stand for any.
            nearness: [..., kinds, channels, places] of their skin sensors; likewise.
            remember: How a block's memory comes to be from its decay and drive.
            kernels: As for `Fusion`.
        """
        state = self.fusion(features, nearness, kernels)
        first, *rest = jnp.split(self.bend(code), 2 * len(self.blocks) + 1, axis=-1)
        state = state + first
        for number, block in enumerate(self.blocks):
            stretch, shift = rest[2 * number], rest[2 * number + 1]
            state = block(state, dt, partial(remember, number)) * (1.0 + stretch) + shift
        return Unrolled(*self.head(state))

    @staticmethod
    def scan(decay: jax.Array, drive: jax.Array) -> jax.Array:
        """A block's memories at every frame of windows that start empty."""
        return scan(decay, drive)

    @staticmethod
    def one_step(memory: jax.Array, decay: jax.Array, drive: jax.Array) -> jax.Array:
        """A block's memories [W, memory] after one more frame."""
        return one_step(memory, decay, drive)


def drawn(architecture: NetworkArchitecture, seed: int) -> Params:
    """Parameters to start training from."""
    return modules.drawn(_make(architecture), seed)


def shapes(architecture: NetworkArchitecture) -> dict[str, tuple[int, ...]]:
    """Name and shape of every parameter."""
    return {name: leaf.shape for name, leaf in _split(architecture)[1].items()}


def unrolled(
    architecture: NetworkArchitecture,
    params: Params,
    features: jax.Array,
    dt: jax.Array,
    summary: jax.Array,
    places: Rows,
) -> Unrolled:
    """As `NetworkArchitecture.unroll`."""
    network = _merged(architecture, params)
    code = network.wearer(summary)[:, None]
    near = network.fusion.encoder.nearness(jnp.asarray(places))[:, None]
    made: Unrolled = network(features, dt, code, near, lambda _, *gates: network.scan(*gates))
    return made


unroll = partial(jax.jit, static_argnums=0)(unrolled)
"""The same, compiled."""


def stepped(
    architecture: NetworkArchitecture,
    params: Params,
    carry: Carry,
    features: Rows,
    dt: Rows,
    known: Known,
) -> tuple[Carry, Prediction]:
    """As `NetworkArchitecture.step`."""
    network, after = _merged(architecture, params), []
    # Under trace these are arrays of the device already.
    before = jnp.asarray(carry["memory"])
    features, dt, code, near = map(jnp.asarray, (features, dt, known.code, known.nearness))

    def remember(block: int, decay: jax.Array, drive: jax.Array) -> jax.Array:
        memory = network.one_step(before[:, block], decay, drive)
        # What is not finite is forgotten at once: multiplied by any decay it would stay for ever.
        after.append(jnp.where(jnp.isfinite(memory), memory, 0.0))
        return after[-1]

    own = iter(range(len(params)))
    maps = [
        Kernels(*(params[kernel_name(next(own))] for _ in Kernels._fields))
        for _ in network.fusion.encoder.groups
    ]
    said = network(features, dt, code, near, remember, maps)
    return {"memory": jnp.stack(after, axis=1)}, law.prediction(*touched(said, known))


step = partial(jax.jit, static_argnums=0)(stepped)
"""The same, compiled."""


def kernels(architecture: NetworkArchitecture, params: Params) -> list[jax.Array]:
    """The maps of groups of streams, one after the other."""
    return [kernel for own in _merged(architecture, params).fusion.kernels() for kernel in own]


def known(
    architecture: NetworkArchitecture, params: Params, summary: jax.Array, positions: jax.Array
) -> list[jax.Array]:
    """Codes of wearers, and nearness of the sensors of their headset, as one row."""
    network = _merged(architecture, params)
    return [network.wearer(summary), network.fusion.encoder.nearness(positions)[None]]


def _merged(architecture: NetworkArchitecture, params: Params) -> Network:
    graph, own = _split(architecture)
    return modules.merged(graph, {name: params[name] for name in own})


@cache
def _split(
    architecture: NetworkArchitecture,
) -> tuple[nnx.GraphDef[Network], dict[str, jax.ShapeDtypeStruct]]:
    """The network without its parameters, and their names and shapes."""
    return modules.split(_make(architecture))


def _make(architecture: NetworkArchitecture) -> Callable[[nnx.Rngs], Network]:
    return partial(architecture.kind or Network, architecture.config)
