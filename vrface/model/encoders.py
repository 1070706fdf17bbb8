"""Encoders and fusion: every stream into a slot of its own, whatever of it is there.

A stream that is silent leaves a learned "absent" vector in its place, so the sum always means the
same to what follows, and any subset of sensors is an input like any other. All streams are encoded
at once, stacked along a leading axis: at batch 1 a step's time goes by its number of operations.
"""

from __future__ import annotations

from collections.abc import Sequence
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

_VALUE, _DIFFERENCE, _PRESENT, _AGE = (
    PLANES.index(name) for name in ("value", "difference", "present", "age")
)


class Stacked(nnx.Module):
    """A linear map for each stream: [streams, rows, inputs] -> [streams, rows, outputs].

    It has no bias: a stream's presence is among the inputs, 1 wherever the result counts; of skin
    sensors near 1 at places amid channels.

    Args:
        inputs: How many inputs each stream has; a stream with fewer than the most is filled up.
        outputs: How many outputs they all have.
        rngs: What the kernel is drawn from.
    """

    def __init__(self, inputs: Sequence[int], outputs: int, rngs: nnx.Rngs) -> None:
        drawn = jax.random.normal(rngs.params(), (len(inputs), max(inputs), outputs))
        self.kernel = nnx.Param(drawn / jnp.sqrt(jnp.array(inputs, jnp.float32))[:, None, None])

    def __call__(self, rows: jax.Array) -> jax.Array:
        """Map the rows of each stream."""
        return jnp.matmul(rows, self.kernel[...])


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


class Encoder(nnx.Module):
    """The channels of each stream -> one vector, with how much of the stream is there.

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
        sizes = [*map(len, streams), *[config.skin_places] * len(skin)]
        # A shorter stream is filled up in each plane, so all planes are as wide everywhere.
        self.longest = max(sizes)
        inputs = [len(PLANES) * size for size in sizes]
        self.widen = Stacked(inputs, config.encoder_width, rngs)
        self.narrow = Stacked([config.encoder_width] * len(sizes), config.slot_width, rngs)
        self.norm = nnx.RMSNorm(config.slot_width, use_scale=False, rngs=rngs)
        if self.kinds:
            self.skin = SkinPlaces(len(skin), config)

    def __call__(
        self, features: jax.Array, nearness: jax.Array
    ) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Encode.

        Args:
            features: [..., 4, 256]; what an absent slot holds is not looked at.
            nearness: [..., kinds, channels, places] as `nearness` gives it; axes of length 1 stand
                for any.

        Returns:
            The encodings [streams, rows, slot width], rows as flattened; presence and freshness of
            the streams, each [streams, rows, 1].
        """
        inputs, heard = [], []
        if self.streams:
            named = Heard.of(features, _places(self.streams, self.longest))
            inputs.append(jnp.concatenate(named, axis=-1))
            heard.append(named)
        if self.kinds:
            felt = Heard.of(features, self._skin_slots())
            read = self.skin(felt, nearness)
            more = self.longest - read.shape[-1]
            read = jnp.pad(read, (*[(0, 0)] * (read.ndim - 1), (0, more)))
            inputs.append(read.reshape(*read.shape[:-2], -1))
            heard.append(felt)
        encoded = self.norm(self.narrow(nnx.silu(self.widen(_by_stream(inputs)))))
        present, fresh = (
            _by_stream([plane.max(axis=-1, keepdims=True) for plane in planes])
            for planes in zip(*((of.present, of.fresh) for of in heard), strict=True)
        )
        return encoded, present, fresh

    def nearness(self, positions: jax.Array) -> jax.Array:
        """[..., kinds, channels, places] of skin sensors at [..., 128, 3]; 0 of channels beyond."""
        if not self.kinds:
            return jnp.zeros((*positions.shape[:-2], 0, 0, 0), jnp.float32)
        slots = self._skin_slots()
        sits = positions.at[..., slots - len(NAMED), :].get(mode="fill", fill_value=0.0)
        own = jnp.asarray(slots < WIDTH, jnp.float32)[..., None]
        return self.skin.nearness(sits) * jnp.broadcast_to(own, (*sits.shape[:-1], 1))

    def _skin_slots(self) -> NDArray[np.intp]:
        return _places(self.kinds, max(map(len, self.kinds)))


def _places(streams: Sequence[Sequence[int]], longest: int) -> NDArray[np.intp]:
    """[streams, longest] the slots of each; `WIDTH` where filled up."""
    places = np.full((len(streams), longest), WIDTH)
    for number, slots in enumerate(streams):
        places[number, : len(slots)] = slots
    return places


def _by_stream(parts: Sequence[jax.Array]) -> jax.Array:
    """[streams, rows, n] of parts [..., streams, n], with all their rows behind each other."""
    whole = jnp.concatenate(parts, axis=-2)
    return jnp.moveaxis(whole.reshape(-1, *whole.shape[-2:]), 1, 0)


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

    def __call__(self, features: jax.Array, nearness: jax.Array) -> jax.Array:
        """Fuse features [..., 4, 256] into [..., width]; nearness as for `Encoder`."""
        encoded, present, fresh = self.encoder(features, nearness)
        mixed = self.mixer(jnp.concatenate([encoded, present, fresh], axis=-1))
        value, gate = jnp.split(mixed, 2, axis=-1)
        total = (present * nnx.softplus(gate) * value).sum(axis=0)
        silent = jnp.matmul(1.0 - present[..., 0].T, self.absent[...])
        fused: jax.Array = self.norm(total + silent)
        return fused.reshape(*features.shape[:-2], -1)
