"""Skin places: any number of foam, strain or EMG channels, read off at the same places of the face.

A channel is known by what it reads and by where it sits, not by its number, so that a headset with
other sensors at other places needs no other network: its channels are interpolated to places that
training chose, by a Gaussian kernel as wide as training found best (a convolution over a set:
Gordon et al. 2020, arXiv:1910.13556). From there on a kind of skin sensor is a stream like others.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from numpy.typing import NDArray

from vrface.model.config import NetworkConfig

REACH_M = 0.06
"""About half the width of a face: positions are told in it."""

FEW = 0.1
"""Weight of channels at which a place counts as half there: it lies about two widths from one."""

_START_M = (0.08, 0.06, -0.02)
"""Places start within an ellipse that goes as far as this across and up; its last figure is z."""

_START_WIDTH_M = 0.02
"""Of a kernel: the distance between sensors on a ring around the eyes."""


class SkinPlaces(nnx.Module):
    """Channels of skin sensors -> what is sensed at places, of each kind.

    Args:
        kinds: How many kinds of sensor.
        config: How many places.
    """

    def __init__(self, kinds: int, config: NetworkConfig) -> None:
        spread = jnp.asarray(_spread(config.skin_places) / REACH_M, jnp.float32)
        self.places = nnx.Param(jnp.tile(spread, (kinds, 1, 1)))
        steep = 0.5 * (REACH_M / _START_WIDTH_M) ** 2
        self.steep = nnx.Param(jnp.full((kinds, config.skin_places), np.log(np.expm1(steep))))

    def __call__(
        self, planes: tuple[jax.Array, jax.Array, jax.Array, jax.Array], nearness: jax.Array
    ) -> jax.Array:
        """Interpolate.

        Args:
            planes: Value, change, presence and freshness, each [..., kinds, channels]; 0 where
                absent.
            nearness: [..., kinds, channels, places] as `nearness` gives it; axes of length 1 stand
                for any.

        Returns:
            [..., kinds, 4, places] the same planes at places; presence there is near 1 amid
            channels, 0 far from all of them.
        """
        total = jnp.matmul(jnp.stack(planes, axis=-2), nearness)
        # Of presence the total is the sum of weights: what is absent is 0 in every plane.
        of_presence = jax.lax.slice_in_dim(total, 2, 3, axis=total.ndim - 2)
        return total / (of_presence + FEW)

    def nearness(self, positions: jax.Array) -> jax.Array:
        """How much each channel weighs at each place: it changes with a headset, not with a frame.

        Args:
            positions: [..., kinds, channels, 3] metres from the head.

        Returns:
            [..., kinds, channels, places] in [0, 1].
        """
        rows = positions.reshape(-1, *positions.shape[-3:]) / REACH_M
        off = rows[:, :, :, None] - self.places[...][None, :, None]
        steep = nnx.softplus(self.steep[...])[None, :, None]
        weight: jax.Array = jnp.exp(-steep * jnp.square(off).sum(axis=-1))
        return weight.reshape(*positions.shape[:-1], -1)


def _spread(count: int) -> NDArray[np.float64]:
    """[count, 3] metres, evenly over an ellipse: a spiral with the golden angle (Vogel 1979)."""
    across, up, z = _START_M
    number = np.arange(count) + 0.5
    radius, angle = np.sqrt(number / count), number * np.pi * (3.0 - np.sqrt(5.0))
    x, y = across * radius * np.cos(angle), up * radius * np.sin(angle)
    return np.stack([x, y, np.full(count, z)], axis=1)
