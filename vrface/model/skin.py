"""The skin encoder: any number of foam, strain or EMG channels -> one vector of each kind.

A channel is known by what it reads and by where it sits, not by its number, so that a headset with
other sensors at other places needs no other network. All channels pass one small network; what
comes out is summed and its largest taken, over those that are there. The largest is never below 0:
else slots that no channel fills would change it.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.model.config import NetworkConfig
from vrface.model.features import NAMED

REACH_M = 0.06
"""About half the width of a face: positions are told in it."""

HALF_FULL = 4.0
"""A sum over this many channels counts as 1: sums are divided by its root."""

_GIVEN = 6  # value, change, freshness, and x, y, z


class SkinEncoder(nnx.Module):
    """Channels of skin sensors -> one vector of each kind.

    Args:
        kinds: The slots of each kind of sensor.
        config: Sizes.
        rngs: What parameters are drawn from.
    """

    def __init__(
        self, kinds: Sequence[Sequence[int]], config: NetworkConfig, rngs: nnx.Rngs
    ) -> None:
        self.slots = tuple(slot for slots in kinds for slot in slots)
        self.ends = tuple(np.cumsum([len(slots) for slots in kinds])[:-1].tolist())
        width = config.skin_width
        kind = np.repeat(np.arange(len(kinds)), [len(slots) for slots in kinds])
        self.kind = tuple(kind.tolist())
        self.kinds = nnx.Param(nnx.initializers.normal(0.5)(rngs.params(), (len(kinds), width)))
        self.widen = nnx.Linear(_GIVEN, width, rngs=rngs)
        self.mix = nnx.Linear(width, width, rngs=rngs)
        narrow = jax.random.normal(rngs.params(), (len(kinds), 2 * width, config.slot_width))
        self.narrow = nnx.Param(narrow / jnp.sqrt(2.0 * width))
        self.norm = nnx.RMSNorm(config.slot_width, use_scale=False, rngs=rngs)

    def __call__(self, planes: Sequence[jax.Array], positions: jax.Array) -> jax.Array:
        """Encode.

        Args:
            planes: Value, change, presence and freshness, each [rows, channels]; 0 where absent.
            positions: [rows, 128, 3] of every skin slot, metres.

        Returns:
            [kinds, rows, slot width].
        """
        value, change, present, fresh = planes
        place = positions[:, np.array(self.slots) - len(NAMED)] / REACH_M
        given = jnp.concatenate([jnp.stack([value, change, fresh], axis=-1), place], axis=-1)
        kind = self.kinds[...][np.array(self.kind)]
        hidden = nnx.silu(self.mix(nnx.silu(self.widen(given) + kind[None])))
        hidden = hidden * present[..., None]
        pooled = [
            jnp.concatenate(
                [part.sum(axis=1) / np.sqrt(HALF_FULL), part.max(axis=1, initial=0.0)], axis=-1
            )
            for part in jnp.split(hidden, self.ends, axis=1)
        ]
        encoded: jax.Array = self.norm(jnp.matmul(jnp.stack(pooled), self.narrow[...]))
        return encoded
