"""Networks of the usual kinds: a GRU and a causal TCN, with the law, data and loss of the model.

What they show is how much of the model's score is its architecture: they see the same windows in
the same order, are told the same of the wearers, go down the same loss by the same steps, and what
ships is the same running average. They have no last layer that a wearer's truth teaches.
Each window, and each recording, starts from an empty memory; a recording is inferred in chunks of
one size with the memory carried over.

In a checkpoint their arrays are ``gru.NAME`` and ``tcn.NAME``; ``gru.slots`` are the places in
`vrface.model.features.SLOTS` that were heard in training.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, ClassVar, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.errors import CheckpointError
from vrface.model import modules
from vrface.model.architecture import Carry, Params
from vrface.model.calibration import Arrays
from vrface.model.config import NetworkConfig
from vrface.model.encoders import FRESH_S
from vrface.model.features import DIFFERENCE_SCALE, PLANES, WIDTH
from vrface.model.head import LawHead
from vrface.model.layers import WearerEncoder
from vrface.training.case import Case
from vrface.training.rivals.law import Law
from vrface.training.sequences import CHUNK

KERNEL = 3
"""Frames that one convolution of the TCN looks at."""

DILATIONS = (1, 2, 4, 8, 16, 32)
"""Frames between those, block by block: the last sees 127 frames, about one window."""

LONG_S = 0.05
"""Seconds since the frame before that count as 1, as any longer ones do."""

Resumed: TypeAlias = tuple[Carry, jax.Array, jax.Array]
"""The carry after the last frame; location and scale of every frame's laws."""


class Inputs(nnx.Module):
    """The four planes of the slots that are heard, the time since the frame before, and the wearer.

    Args:
        slots: Places in `vrface.model.features.SLOTS`.
        width: Of what comes out.
        rngs: What parameters are drawn from.
    """

    def __init__(self, slots: tuple[int, ...], width: int, rngs: nnx.Rngs) -> None:
        self.slots = slots
        self.mix = nnx.Linear(len(PLANES) * len(slots) + 1, width, rngs=rngs)
        sizes = NetworkConfig()
        self.wearer = WearerEncoder(sizes, rngs)
        self.lean = nnx.Linear(sizes.code_width, width, rngs=rngs)

    def __call__(self, features: jax.Array, dt: jax.Array, summary: jax.Array) -> jax.Array:
        """Features [windows, frames, 4, 256], seconds and summaries to [windows, frames, width]."""
        value, change, present, age = jnp.moveaxis(features[..., np.array(self.slots)], -2, 0)
        heard = [value, change * DIFFERENCE_SCALE, jnp.ones_like(age), jnp.exp(-age / FRESH_S)]
        # What an absent slot holds is not looked at.
        planes = [jnp.where(present > 0.0, plane, 0.0) for plane in heard]
        since = jnp.minimum(dt / LONG_S, 1.0)[..., None]
        mixed: jax.Array = self.mix(jnp.concatenate([*planes, since], axis=-1))
        leaning: jax.Array = self.lean(self.wearer(summary))[:, None]
        return mixed + leaning


def gru_step(memory: jax.Array, recall: jax.Array, drive: jax.Array) -> jax.Array:
    """A GRU's memory [rows, width] after one more frame.

    Args:
        memory: The same before it.
        recall: [width, 3 width] weights of what is remembered: for reset, keep and fresh.
        drive: [rows, 3 width] what the input says of these.
    """
    reset, keep, fresh = jnp.split(drive, 3, axis=-1)
    to_reset, to_keep, to_fresh = jnp.split(memory @ recall, 3, axis=-1)
    fresh = jnp.tanh(fresh + nnx.sigmoid(reset + to_reset) * to_fresh)
    kept = nnx.sigmoid(keep + to_keep)
    return kept * memory + (1.0 - kept) * fresh


class Gru(nnx.Module):
    """One layer of gated recurrent units (Cho et al. 2014) between inputs and law head.

    Args:
        slots: That it hears.
        width: Of its memory.
        rngs: What parameters are drawn from.
    """

    def __init__(self, slots: tuple[int, ...], width: int, rngs: nnx.Rngs) -> None:
        self.inputs = Inputs(slots, width, rngs)
        self.drive = nnx.Linear(width, 3 * width, rngs=rngs)
        start = nnx.initializers.orthogonal()(rngs.params(), (width, 3 * width))
        self.recall = nnx.Param(start)
        self.head = LawHead(width, rngs)

    def __call__(
        self, features: jax.Array, dt: jax.Array, summary: jax.Array, carry: Carry
    ) -> Resumed:
        """Infer windows [windows, frames, ...] from where `carry` left off."""
        drives = self.drive(nnx.silu(self.inputs(features, dt, summary)))
        recall = self.recall[...]

        def frame(memory: jax.Array, drive: jax.Array) -> tuple[jax.Array, jax.Array]:
            memory = gru_step(memory, recall, drive)
            return memory, memory

        last, memories = jax.lax.scan(frame, jnp.asarray(carry["memory"]), drives.swapaxes(0, 1))
        loc, scale, _ = self.head(memories.swapaxes(0, 1))
        return {"memory": last}, loc, scale


class Tcn(nnx.Module):
    """Residual blocks of dilated causal convolutions (Bai et al. 2018, norm first) and a law head.

    A convolution is one product of a matrix with the frames it looks at, side by side.

    Args:
        slots: That it hears.
        width: Of its residual state.
        rngs: What parameters are drawn from.
    """

    def __init__(self, slots: tuple[int, ...], width: int, rngs: nnx.Rngs) -> None:
        self.inputs = Inputs(slots, width, rngs)
        self.norm = nnx.RMSNorm(width, use_scale=False, rngs=rngs)
        self.looks = nnx.List([nnx.Linear(KERNEL * width, width, rngs=rngs) for _ in DILATIONS])
        self.head = LawHead(width, rngs)

    def __call__(
        self, features: jax.Array, dt: jax.Array, summary: jax.Array, carry: Carry
    ) -> Resumed:
        """Infer windows [windows, frames, ...] from where `carry` left off."""
        state, after = self.inputs(features, dt, summary), {}
        frames = state.shape[1]
        for (name, before), look, apart in zip(carry.items(), self.looks, DILATIONS, strict=True):
            seen = jnp.concatenate([before, nnx.silu(self.norm(state))], axis=1)
            after[name] = seen[:, frames:]
            taps = [seen[:, tap * apart : tap * apart + frames] for tap in range(KERNEL)]
            state = state + look(jnp.concatenate(taps, axis=-1))
        loc, scale, _ = self.head(state)
        return after, loc, scale


@dataclass(frozen=True)
class SequenceArchitecture(ABC):
    """What the two have in common: a module whose memory is carried from chunk to chunk.

    Attributes:
        slots: Places in `vrface.model.features.SLOTS` that were heard in training.
        width: Of the memory, or of the residual state.
    """

    name: ClassVar[str]

    slots: tuple[int, ...]
    width: int

    @abstractmethod
    def module(self, rngs: nnx.Rngs) -> Gru | Tcn:
        """The module, its parameters drawn."""

    @abstractmethod
    def new_carry(self, windows: int) -> Carry:
        """What it remembers before the first frame: nothing."""

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter."""
        return {name: leaf.shape for name, leaf in _split(self)[1].items()}

    def drawn(self, seed: int) -> Params:
        """Parameters to start training from."""
        return modules.drawn(self.module, seed)

    def resumed(
        self,
        params: Params,
        carry: Carry,
        features: jax.Array,
        dt: jax.Array,
        summary: jax.Array,
    ) -> Resumed:
        """Location and scale at every frame of windows that go on from `carry`.

        Args:
            params: As `shapes` says.
            carry: From `new_carry` or the windows before.
            features: [windows, frames, 4, 256].
            dt: [windows, frames] seconds since the frame before.
            summary: [windows, `SUMMARY`] what is known of the wearers.

        Returns:
            The carry after them, and two arrays [windows, frames, 54].
        """
        module: Gru | Tcn = modules.merged(_split(self)[0], params)
        return module(features, dt, summary, carry)

    def unroll(
        self,
        params: Params,
        features: jax.Array,
        dt: jax.Array,
        summary: jax.Array,
        positions: jax.Array,
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """The same of windows that start empty.

        Returns:
            Location and scale, each [windows, frames, 54], and the memory after them.
        """
        empty = self.new_carry(len(features))
        carry, loc, scale = self.resumed(params, empty, features, dt, summary)
        return loc, scale, jax.tree.leaves(carry)[0]

    def packed(self, params: Params) -> Arrays:
        """Its arrays in a checkpoint, from which `draft` knows the architecture too."""
        arrays = {f"{self.name}.{key}": np.asarray(leaf) for key, leaf in params.items()}
        return arrays | {f"{self.name}.slots": np.array(self.slots, np.float32)}


@dataclass(frozen=True)
class GruArchitecture(SequenceArchitecture):
    """A GRU."""

    name = "gru"

    width: int = 256

    def module(self, rngs: nnx.Rngs) -> Gru:
        """The module, its parameters drawn."""
        return Gru(self.slots, self.width, rngs)

    def new_carry(self, windows: int) -> Carry:
        """What it remembers before the first frame: nothing."""
        return {"memory": jnp.zeros((windows, self.width), jnp.float32)}


@dataclass(frozen=True)
class TcnArchitecture(SequenceArchitecture):
    """A causal TCN; what it remembers is the last frames that each of its blocks looks back at."""

    name = "tcn"

    width: int = 128

    def module(self, rngs: nnx.Rngs) -> Tcn:
        """The module, its parameters drawn."""
        return Tcn(self.slots, self.width, rngs)

    def new_carry(self, windows: int) -> Carry:
        """What it remembers before the first frame: nothing."""
        return {
            f"look_{number}": jnp.zeros((windows, (KERNEL - 1) * apart, self.width), jnp.float32)
            for number, apart in enumerate(DILATIONS)
        }


ARCHITECTURES: Mapping[str, type[GruArchitecture] | type[TcnArchitecture]] = {
    kind.name: kind for kind in (GruArchitecture, TcnArchitecture)
}
"""By the name of the rival."""


def draft(name: str, arrays: Arrays, case: Case) -> Law:
    """The law that a network says of every wearer and frame of a case, causally.

    Args:
        name: ``"gru"`` or ``"tcn"``.
        arrays: A checkpoint's rivals.
        case: What was sensed.

    Raises:
        CheckpointError: if the arrays are of no such network.
    """
    architecture, params = _restored(name, arrays)
    frames, wearers = case.dt.shape
    carry, laws = architecture.new_carry(wearers), []
    for first in range(0, frames, CHUNK):
        here = slice(first, first + CHUNK)
        rest = (0, max(first + CHUNK - frames, 0))
        features = np.pad(case.features[here], (rest, (0, 0), (0, 0), (0, 0))).swapaxes(0, 1)
        dt = np.pad(case.dt[here], (rest, (0, 0))).swapaxes(0, 1)
        carry, *law = _chunk(architecture, params, carry, features, dt, case.summary)
        laws.append([np.asarray(part) for part in law])
    loc, scale = (np.concatenate(parts, axis=1)[:, :frames] for parts in zip(*laws, strict=True))
    return Law(loc, scale)


@partial(jax.jit, static_argnums=0, donate_argnums=2)
def _chunk(
    architecture: SequenceArchitecture,
    params: Params,
    carry: Carry,
    features: jax.Array,
    dt: jax.Array,
    summary: jax.Array,
) -> Resumed:
    return architecture.resumed(params, carry, features, dt, summary)


def _restored(name: str, arrays: Arrays) -> tuple[SequenceArchitecture, Params]:
    """The architecture and parameters whose `packed` arrays these are."""
    slots, laws = arrays.get(f"{name}.slots"), arrays.get(f"{name}.head.laws.kernel")
    advice = "Retrain it."
    if slots is None or laws is None or slots.ndim != 1 or laws.ndim != 2 or not slots.size:
        raise CheckpointError(f"the checkpoint's {name} has no slots, or no laws.", advice)
    if not ((slots >= 0) & (slots < WIDTH) & (slots == np.floor(slots))).all():
        raise CheckpointError(f"the checkpoint's {name} hears slots that are none.", advice)
    architecture = ARCHITECTURES[name](tuple(slots.astype(int).tolist()), width=len(laws))
    params = {}
    for key, shape in architecture.shapes().items():
        found = arrays.get(f"{name}.{key}")
        if found is None or found.shape != shape:
            got = "nothing" if found is None else found.shape
            raise CheckpointError(f"the checkpoint's {name} holds {got} as {key!r}.", advice)
        params[key] = jnp.asarray(found)
    return architecture, params


@cache
def _split(architecture: SequenceArchitecture) -> tuple[Any, dict[str, jax.ShapeDtypeStruct]]:
    return modules.split(architecture.module)
