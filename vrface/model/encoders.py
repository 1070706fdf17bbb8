"""Encoders and fusion: every stream into a slot of its own, whatever of it is there.

A stream that is silent leaves a learned "absent" vector in its place, so the sum always means the
same to what follows, and any subset of sensors is an input like any other. Streams of a like size
are encoded at once, stacked along a leading axis: at batch 1 a step's time goes by its number of
operations. A step passes over such a group where nobody is heard of it: it adds nothing then.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce
from operator import add
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import NDArray

from vrface.model.config import NetworkConfig
from vrface.model.features import DIFFERENCE_SCALE, NAMED, PLANES, WIDTH
from vrface.model.skin import SkinPlaces

FRESH_S = 0.05
"""Age at which a value counts as fresh by 1/e."""

SHORT = 16
"""Streams of up to so many slots are encoded together, filled up to the longest of them."""

_VALUE, _DIFFERENCE, _PRESENT, _AGE = (
    PLANES.index(name) for name in ("value", "difference", "present", "age")
)


class Stacked(nnx.Module):
    """The kernels of a linear map for each stream, [streams, inputs, outputs].

    There is no bias: a stream's presence is among the inputs, 1 wherever the result counts; of skin
    sensors near 1 at places amid channels.

    Args:
        inputs: How many inputs each stream has; a stream with fewer than the most is filled up.
        outputs: How many outputs they all have.
        rngs: What the kernel is drawn from.
    """

    def __init__(self, inputs: Sequence[int], outputs: int, rngs: nnx.Rngs) -> None:
        drawn = jax.random.normal(rngs.params(), (len(inputs), max(inputs), outputs))
        self.kernel = nnx.Param(drawn / jnp.sqrt(jnp.array(inputs, jnp.float32))[:, None, None])


class Heard(NamedTuple):
    """Planes of some slots, as encoders take them; each [..., slots], 0 where absent.

    Attributes:
        value: Off the wearer's rest.
        change: Of it, scaled to a value's size.
        present: 1 or 0.
        fresh: 1 where it was sensed just now, falling to 0 with age.
    """

    value: jax.Array
    change: jax.Array
    present: jax.Array
    fresh: jax.Array

    @classmethod
    def of(cls, features: jax.Array, places: NDArray[np.intp]) -> Heard:
        """What features [..., 4, 256] hold at places [...]; places beyond the last are absent."""
        planes = features.at[..., places].get(mode="fill", fill_value=0.0)
        axis = features.ndim - 2
        value, change, present, age = (
            jax.lax.index_in_dim(planes, plane, axis, keepdims=False)
            for plane in (_VALUE, _DIFFERENCE, _PRESENT, _AGE)
        )
        there = present > 0.0
        return cls(
            jnp.where(there, value, 0.0),
            jnp.where(there, change, 0.0) * DIFFERENCE_SCALE,
            present,
            present * jnp.exp(-jnp.where(there, age, 0.0) / FRESH_S),
        )


class Group(NamedTuple):
    """Streams that are encoded together.

    Attributes:
        streams: Their numbers among all.
        slots: [streams, longest] the slots of each; `WIDTH` where filled up.
        felt: Whether they are kinds of skin sensor.
    """

    streams: tuple[int, ...]
    slots: NDArray[np.intp]
    felt: bool


class Kernels(NamedTuple):
    """The linear maps of a group, each [streams, inputs, outputs].

    Attributes:
        widen: From the planes of its slots; of skin sensors, of their places.
        narrow: To encodings.
        mixer: From encoding, presence and freshness to value and gate.
    """

    widen: jax.Array
    narrow: jax.Array
    mixer: jax.Array


class Encoder(nnx.Module):
    """The channels of each stream -> one vector, with how fresh it is.

    Args:
        streams: The slots of each stream whose slots always mean the same.
        skin: The slots of each kind of skin sensor.
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(
        self,
        streams: Sequence[Sequence[int]],
        skin: Sequence[Sequence[int]],
        config: NetworkConfig,
        rngs: nnx.Rngs,
    ) -> None:
        self.streams, self.kinds = tuple(map(tuple, streams)), tuple(map(tuple, skin))
        self.places = config.skin_places
        sizes = [*map(len, streams), *[self.places] * len(skin)]
        # A shorter stream is filled up in each plane, so all planes are as wide everywhere.
        inputs = [len(PLANES) * size for size in sizes]
        self.widen = Stacked(inputs, config.encoder_width, rngs)
        self.narrow = Stacked([config.encoder_width] * len(sizes), config.slot_width, rngs)
        self.norm = nnx.RMSNorm(config.slot_width, use_scale=False, rngs=rngs)
        if skin:
            self.skin = SkinPlaces(len(skin), config)

    def __call__(
        self, group: Group, own: Kernels, features: jax.Array, nearness: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        """Encode a group.

        Args:
            group: One of `groups`.
            own: Its maps.
            features: [..., 4, 256]; what an absent slot holds is not looked at.
            nearness: [..., kinds, channels, places] as `nearness` gives it; axes of length 1 stand
                for any.

        Returns:
            The encodings [streams, rows, slot width], rows as flattened, and the freshness of the
            streams [streams, rows, 1].
        """
        heard = Heard.of(features, group.slots)
        read = self.skin(heard, nearness) if group.felt else jnp.stack(heard, axis=-2)
        inputs = _by_stream(read.reshape(*read.shape[:-2], -1))
        encoded = self.norm(jnp.matmul(nnx.silu(jnp.matmul(inputs, own.widen)), own.narrow))
        return encoded, _by_stream(heard.fresh.max(axis=-1, keepdims=True))

    @property
    def groups(self) -> list[Group]:
        """Long streams alone, short ones together, and so the kinds of skin sensor."""
        every = (*self.streams, *self.kinds)
        sizes = list(enumerate(map(len, self.streams)))
        long = [[number] for number, size in sizes if size > SHORT]
        short = [number for number, size in sizes if size <= SHORT]
        felt = list(range(len(self.streams), len(every)))
        return [
            Group(tuple(of), _places([every[number] for number in of]), of is felt)
            for of in (*long, short, felt)
            if of
        ]

    def presence(self, features: jax.Array) -> jax.Array:
        """[rows, streams] 1 where anything of a stream is there, else 0; rows as flattened."""
        every = (*self.streams, *self.kinds)
        told = np.zeros((WIDTH, len(every)), np.float32)
        for number, slots in enumerate(every):
            told[list(slots), number] = 1.0
        rows = features[..., _PRESENT, :].reshape(-1, WIDTH)
        return jnp.minimum(rows @ told, 1.0)

    def kernels(self, mixer: Stacked) -> tuple[Kernels, ...]:
        """The maps of each group, no longer than its longest stream, with those of a mixer."""
        widen = self.widen.kernel[...]
        planes = widen.reshape(len(widen), len(PLANES), -1, widen.shape[-1])
        made = []
        for group in self.groups:
            streams = np.array(group.streams)
            longest = self.places if group.felt else group.slots.shape[1]
            own = planes[streams, :, :longest].reshape(len(streams), -1, widen.shape[-1])
            others = (stack.kernel[...][streams] for stack in (self.narrow, mixer))
            made.append(Kernels(own, *others))
        return tuple(made)

    def nearness(self, positions: jax.Array) -> jax.Array:
        """[..., kinds, channels, places] of skin sensors at [..., 128, 3]; 0 of channels beyond."""
        felt = [group.slots for group in self.groups if group.felt]
        if not felt:
            return jnp.zeros((*positions.shape[:-2], 0, 0, 0), jnp.float32)
        (slots,) = felt
        sits = positions.at[..., slots - len(NAMED), :].get(mode="fill", fill_value=0.0)
        own = jnp.asarray(slots < WIDTH, jnp.float32)[..., None]
        return self.skin.nearness(sits) * jnp.broadcast_to(own, (*sits.shape[:-1], 1))


def _places(streams: Sequence[tuple[int, ...]]) -> NDArray[np.intp]:
    """[streams, longest] the slots of each; `WIDTH` where filled up."""
    places = np.full((len(streams), max(map(len, streams))), WIDTH)
    for number, slots in enumerate(streams):
        places[number, : len(slots)] = slots
    return places


def _by_stream(rows: jax.Array) -> jax.Array:
    """[streams, rows, n] of [..., streams, n], with all their rows behind each other."""
    return jnp.moveaxis(rows.reshape(-1, *rows.shape[-2:]), 1, 0)


class Fusion(nnx.Module):
    """The gated sum of all streams: ``sum_i m_i g_i W_i e_i + (1 - m_i) v_i``, normed.

    ``m`` is presence, ``g`` a softplus gate of encoding, presence and freshness, ``v`` the learned
    vector of an absent stream.

    Args:
        config: Sizes, and the slots that are heard.
        rngs: What parameters are drawn from.
    """

    def __init__(self, config: NetworkConfig, rngs: nnx.Rngs) -> None:
        streams, skin = list(config.named.values()), list(config.skin.values())
        count = len(streams) + len(skin)
        self.encoder = Encoder(streams, skin, config, rngs)
        self.mixer = Stacked([config.slot_width + 2] * count, 2 * config.width, rngs)
        absent = nnx.initializers.normal(0.1)(rngs.params(), (count, config.width))
        self.absent = nnx.Param(absent)
        self.norm = nnx.RMSNorm(config.width, use_scale=False, rngs=rngs)

    def __call__(
        self,
        features: jax.Array,
        nearness: jax.Array,
        kernels: Sequence[Kernels] | None = None,
    ) -> jax.Array:
        """Fuse.

        Args:
            features: [..., 4, 256].
            nearness: As for `Encoder`.
            kernels: As `kernels` gives them, for a step: then a group of which nobody is heard is
                passed over. By default they are worked out, and nothing is.

        Returns:
            [..., width].
        """
        present = self.encoder.presence(features)
        total = jnp.matmul(1.0 - present, self.absent[...])
        for group, own in zip(self.encoder.groups, kernels or self.kernels(), strict=True):
            there = present[:, np.array(group.streams)]
            say = partial(self._said, group, own, features, nearness, there)
            nothing = partial(jnp.zeros_like, total)
            said = say() if kernels is None else jax.lax.cond(there.any(), say, nothing)
            total = total + said
        fused: jax.Array = self.norm(total)
        return fused.reshape(*features.shape[:-2], -1)

    def _said(
        self,
        group: Group,
        own: Kernels,
        features: jax.Array,
        nearness: jax.Array,
        present: jax.Array,
    ) -> jax.Array:
        """[rows, width] what a group adds, by presence [rows, streams]."""
        encoded, fresh = self.encoder(group, own, features, nearness)
        there = present.T[..., None]
        mixed = jnp.matmul(jnp.concatenate([encoded, there, fresh], axis=-1), own.mixer)
        value, gate = jnp.split(mixed, 2, axis=-1)
        # Written out, the sum is one operation with what it is of.
        said: jax.Array = reduce(add, there * nnx.softplus(gate) * value)
        return said

    def kernels(self) -> tuple[Kernels, ...]:
        """The maps of each group: they change with the parameters only."""
        return self.encoder.kernels(self.mixer)
