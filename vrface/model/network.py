"""The network: sensor encoders, gated fusion, a gated linear recurrence in real time, a law head.

Everything but the recurrence looks at one instant, so one definition serves both uses: training
unrolls a whole window with a parallel scan, a session takes one step with a carry, and a test holds
the two to 1e-5 of each other at any mix of frame rates.

What is known of the wearer bends every layer a little (FiLM, Perez et al. 2018), and what the
wearer's own truth taught is added at the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model import law, modules
from vrface.model.architecture import Carry, Params, Prediction
from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.config import NetworkConfig
from vrface.model.encoders import Fusion, Kernels
from vrface.model.features import against
from vrface.model.head import LawHead, within_reach
from vrface.model.known import SUMMARY, Known, Rows, summaries
from vrface.model.recurrence import Block, Remember, one_step, scan

TRACED = 512
"""Frames that a trace is filled up to a multiple of."""


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


@dataclass(frozen=True)
class NetworkArchitecture:
    """The network as an `Architecture`.

    Attributes:
        config: Its size.
        kind: `Network`, or one that differs in a part of it.
    """

    config: NetworkConfig
    kind: type[Network] = Network

    @property
    def slots(self) -> tuple[int, ...]:
        """Places in `vrface.model.features.SLOTS` that it looks at."""
        return self.config.slots

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter."""
        return {name: leaf.shape for name, leaf in _split(self)[1].items()}

    def drawn(self, seed: int) -> Params:
        """Parameters to start training from."""
        return modules.drawn(partial(self.kind, self.config), seed)

    def new_carry(self, wearers: int) -> Carry:
        """The carry before the first frame: memories empty."""
        shape = (wearers, self.config.blocks, self.config.memory)
        return {"memory": np.zeros(shape, np.float32)}

    def known(
        self,
        params: Params,
        calibrations: Sequence[Calibration],
        positions: Rows,
        statistics: Arrays,
    ) -> Known:
        """What a step takes of W wearers.

        Args:
            params: As `shapes` says.
            calibrations: W.
            positions: [128, 3] of the headset's skin sensors, metres from the head.
            statistics: Of the checkpoint.
        """
        code, near = _known(self, params, summaries(calibrations, statistics), positions)
        none = np.zeros((self.config.width + 1, COUNT), np.float32), np.ones(COUNT, np.float32)
        touched = [none if one.touch is None else one.touch[1:] for one in calibrations]
        move, widen = (np.stack(of) for of in zip(*touched, strict=True))
        if all(one.touch is None for one in calibrations):
            move = move[:1]
        return Known(code, near, move, widen)

    def prepared(self, params: Params) -> Params:
        """Parameters as a step takes them: with the maps of groups of streams."""
        return {**params, **_kernels(self, params)}

    def step(
        self, params: Params, carry: Carry, features: Rows, dt: Rows, known: Known
    ) -> tuple[Carry, Prediction]:
        """One frame of W wearers."""
        stepped: tuple[Carry, Prediction] = _step(self, params, carry, features, dt, known)
        return stepped

    def unroll(
        self, params: Params, features: jax.Array, dt: jax.Array, summary: jax.Array, places: Rows
    ) -> Unrolled:
        """The laws at every frame of windows that start empty, in parallel.

        Args:
            params: As `shapes` says.
            features: [windows, frames, 4, 256].
            dt: [windows, frames] seconds since the frame before; the first is 0, as a session's is.
            summary: [windows, `SUMMARY`] of the wearers.
            places: [windows, 128, 3] of their skin sensors.
        """
        network = _merged(self, params)
        code = network.wearer(summary)[:, None]
        near = network.fusion.encoder.nearness(jnp.asarray(places))[:, None]
        unrolled: Unrolled = network(
            features, dt, code, near, lambda _, *gates: self.kind.scan(*gates)
        )
        return unrolled

    def trace(
        self,
        params: Params,
        features: Rows,
        dt: Rows,
        calibration: Calibration,
        positions: Rows,
        statistics: Arrays,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """The laws at every frame of one wearer's recording.

        Args:
            params: As `shapes` says.
            features: [frames, 4, 256] made with `Levels.none`.
            dt: [frames] seconds since the frame before; the first is 0.
            calibration: Of the wearer; what their own truth taught is left aside.
            positions: [128, 3] of the headset's skin sensors.
            statistics: Of the checkpoint.

        Returns:
            Location and scale, [frames, 54], and the last state, [frames, width].
        """
        frames = len(dt)
        more = -frames % TRACED  # so that recordings of any length compile few times
        seen = against(np.asarray(features), calibration.levels(statistics))
        seen = np.pad(seen, ((0, more), (0, 0), (0, 0)))
        summary = summaries([calibration], statistics)
        traced = _trace(
            self, params, seen[None], np.pad(dt, (0, more))[None], summary, positions[None]
        )
        loc, scale, state = (np.asarray(part)[0, :frames] for part in traced)
        return loc, scale, state


@partial(jax.jit, static_argnums=0)
def _trace(
    architecture: NetworkArchitecture,
    params: Params,
    features: jax.Array,
    dt: jax.Array,
    summary: jax.Array,
    positions: jax.Array,
) -> Unrolled:
    return architecture.unroll(params, features, dt, summary, positions)


@partial(jax.jit, static_argnums=0)
def _step(
    architecture: NetworkArchitecture,
    params: Params,
    carry: Carry,
    features: jax.Array,
    dt: jax.Array,
    known: Known,
) -> tuple[Carry, Prediction]:
    # Under trace these are arrays of the device already.
    before, after = jnp.asarray(carry["memory"]), []
    code, near = jnp.asarray(known.code), jnp.asarray(known.nearness)

    def remember(block: int, decay: jax.Array, drive: jax.Array) -> jax.Array:
        memory = architecture.kind.one_step(before[:, block], decay, drive)
        # What is not finite is forgotten at once: multiplied by any decay it would stay for ever.
        after.append(jnp.where(jnp.isfinite(memory), memory, 0.0))
        return after[-1]

    network = _merged(architecture, params)
    kernels = [
        Kernels(*(params[_kernel(group, name)] for name in Kernels._fields))
        for group in range(len(network.fusion.encoder.groups))
    ]
    said = network(jnp.asarray(features), jnp.asarray(dt), code, near, remember, kernels)
    return {"memory": jnp.stack(after, axis=1)}, law.prediction(*touched(said, known))


def _kernel(group: int, name: str) -> str:
    """What a map of a group is called among prepared parameters."""
    return f"group.{group}.{name}"


@partial(jax.jit, static_argnums=0)
def _kernels(architecture: NetworkArchitecture, params: Params) -> Params:
    made = _merged(architecture, params).fusion.kernels()
    return {
        _kernel(group, name): kernel
        for group, own in enumerate(made)
        for name, kernel in own._asdict().items()
    }


@partial(jax.jit, static_argnums=0)
def _known(
    architecture: NetworkArchitecture, params: Params, summary: jax.Array, positions: jax.Array
) -> tuple[jax.Array, jax.Array]:
    """Codes of wearers, and nearness of the sensors of their headset, as one row."""
    network = _merged(architecture, params)
    return network.wearer(summary), network.fusion.encoder.nearness(positions)[None]


def _merged(architecture: NetworkArchitecture, params: Params) -> Network:
    graph, shapes = _split(architecture)
    return modules.merged(graph, {name: params[name] for name in shapes})


@cache
def _split(
    architecture: NetworkArchitecture,
) -> tuple[nnx.GraphDef[Network], dict[str, jax.ShapeDtypeStruct]]:
    """The network without its parameters, and their names and shapes."""
    return modules.split(partial(architecture.kind, architecture.config))
