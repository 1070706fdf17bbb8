"""Encoders and fusion: every stream into a slot of its own, whatever of it is there.

A stream that is silent leaves a learned "absent" vector in its place, so the sum always means the
same to what follows, and any subset of sensors is an input like any other. All streams are encoded
at once, stacked along a leading axis: at batch 1 a step's time goes by its number of operations.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.model.config import NetworkConfig
from vrface.model.features import PLANES, WIDTH

DIFFERENCE_SCALE = 0.05
"""Seconds that a change per second is multiplied by, so that it is of a value's size."""

FRESH_S = 0.05
"""Age at which a value counts as fresh by 1/e."""

_VALUE, _DIFFERENCE, _PRESENT, _AGE = (
    PLANES.index(name) for name in ("value", "difference", "present", "age")
)


class Stacked(nnx.Module):
    """A linear map for each stream: [streams, rows, inputs] -> [streams, rows, outputs].

    It has no bias: a stream's presence is among the inputs, 1 wherever the result counts.

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


class Encoder(nnx.Module):
    """The channels of each stream -> one vector, with how much of the stream is there.

    Args:
        streams: The slots of each stream.
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(
        self, streams: Sequence[Sequence[int]], config: NetworkConfig, rngs: nnx.Rngs
    ) -> None:
        self.streams = tuple(map(tuple, streams))
        self.longest = max(map(len, streams))
        # A shorter stream is filled up in each plane, so all four planes are as wide everywhere.
        self.widen = Stacked(
            [len(PLANES) * len(slots) for slots in streams], config.encoder_width, rngs
        )
        self.narrow = Stacked([config.encoder_width] * len(streams), config.slot_width, rngs)
        self.norm = nnx.RMSNorm(config.slot_width, use_scale=False, rngs=rngs)

    def __call__(self, features: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
        """Encode.

        Args:
            features: [rows, 4, 68]; what an absent slot holds is not looked at.

        Returns:
            The encodings [streams, rows, slot width]; presence and freshness of the streams, each
            [streams, rows, 1].
        """
        heard = self._heard(features)
        present = heard[..., _PRESENT, :]
        fresh = present * jnp.exp(-heard[..., _AGE, :] / FRESH_S)
        change = heard[..., _DIFFERENCE, :] * DIFFERENCE_SCALE
        inputs = jnp.concatenate([heard[..., _VALUE, :], change, present, fresh], axis=-1)
        encoded = self.norm(self.narrow(nnx.silu(self.widen(inputs))))
        return encoded, present.max(axis=-1, keepdims=True), fresh.max(axis=-1, keepdims=True)

    def _heard(self, features: jax.Array) -> jax.Array:
        """[streams, rows, 4, slots of the longest]: all zero where absent or filled up."""
        places = np.full((len(self.streams), self.longest), WIDTH)
        for number, slots in enumerate(self.streams):
            places[number, : len(slots)] = slots
        heard = features.at[..., places].get(mode="fill", fill_value=0.0)
        present = heard[..., _PRESENT : _PRESENT + 1, :, :]
        return jnp.moveaxis(jnp.where(present > 0.0, heard, 0.0), -2, 0)


class Fusion(nnx.Module):
    """The gated sum of all streams: ``sum_i m_i g_i W_i e_i + (1 - m_i) v_i``, normed.

    ``m`` is presence, ``g`` a softplus gate of encoding, presence and freshness, ``v`` the learned
    vector of an absent stream.

    Args:
        streams: The slots of each stream.
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(
        self, streams: Sequence[Sequence[int]], config: NetworkConfig, rngs: nnx.Rngs
    ) -> None:
        self.encoder = Encoder(streams, config, rngs)
        self.mixer = Stacked([config.slot_width + 2] * len(streams), 2 * config.width, rngs)
        absent = nnx.initializers.normal(0.1)(rngs.params(), (len(streams), config.width))
        self.absent = nnx.Param(absent)
        self.norm = nnx.RMSNorm(config.width, use_scale=False, rngs=rngs)

    def __call__(self, features: jax.Array) -> jax.Array:
        """Fuse features [..., 4, 68] into [..., width]."""
        encoded, present, fresh = self.encoder(features.reshape(-1, *features.shape[-2:]))
        mixed = self.mixer(jnp.concatenate([encoded, present, fresh], axis=-1))
        value, gate = jnp.split(mixed, 2, axis=-1)
        total = (present * nnx.softplus(gate) * value).sum(axis=0)
        silent = jnp.matmul(1.0 - present[..., 0].T, self.absent[...])
        fused: jax.Array = self.norm(total + silent)
        return fused.reshape(*features.shape[:-2], -1)
