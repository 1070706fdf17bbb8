"""`NetworkArchitecture`: the network from outside.

Its layers are `vrface.model.layers`, which needs Flax: they are asked for where something is to be
traced, and a second start traces nothing (`vrface.model.traced`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.architecture import Carry, Params, Prediction
from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.config import NetworkConfig
from vrface.model.features import against
from vrface.model.known import Known, Rows, summaries
from vrface.model.shapes import shapes
from vrface.model.traced import Made, traced

if TYPE_CHECKING:
    from vrface.model.layers import Network, Unrolled

TRACED = 512
"""Frames that a trace is filled up to a multiple of."""


@dataclass(frozen=True)
class NetworkArchitecture:
    """The network as an `Architecture`.

    Attributes:
        config: Its size.
        kind: None = `vrface.model.layers.Network`; or one that differs in a part of it.
    """

    config: NetworkConfig
    kind: type[Network] | None = None

    @property
    def slots(self) -> tuple[int, ...]:
        """Places in `vrface.model.features.SLOTS` that it looks at."""
        return self.config.slots

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter."""
        if self.kind is None:
            return shapes(self.config)
        from vrface.model import layers

        return layers.shapes(self)

    def drawn(self, seed: int) -> Params:
        """Parameters to start training from."""
        from vrface.model import layers

        return layers.drawn(self, seed)

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
        own = params, summaries(calibrations, statistics), positions
        code, near = traced(f"known {self!r}", self._known, *own)(*own)
        none = np.zeros((self.config.width + 1, COUNT), np.float32), np.ones(COUNT, np.float32)
        touched = [none if one.touch is None else one.touch[1:] for one in calibrations]
        move, widen = (np.stack(of) for of in zip(*touched, strict=True))
        if all(one.touch is None for one in calibrations):
            move = move[:1]
        return Known(code, near, move, widen)

    def prepared(self, params: Params) -> Params:
        """Parameters as a step takes them: with the maps of groups of streams."""
        kernels = traced(f"kernels {self!r}", self._kernels, params)
        return {**params, **{kernel_name(n): own for n, own in enumerate(kernels(params))}}

    def step(
        self, params: Params, carry: Carry, features: Rows, dt: Rows, known: Known
    ) -> tuple[Carry, Prediction]:
        """One frame of W wearers."""
        from vrface.model import layers

        stepped: tuple[Carry, Prediction] = layers.step(self, params, carry, features, dt, known)
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
        from vrface.model import layers

        return layers.unrolled(self, params, features, dt, summary, places)

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
        from vrface.model import layers

        frames = len(dt)
        more = -frames % TRACED  # so that recordings of any length compile few times
        seen = against(np.asarray(features), calibration.levels(statistics))
        seen = np.pad(seen, ((0, more), (0, 0), (0, 0)))
        summary = summaries([calibration], statistics)
        given = seen[None], np.pad(dt, (0, more))[None], summary, positions[None]
        said = layers.unroll(self, params, *given)
        loc, scale, state = (np.asarray(part)[0, :frames] for part in said)
        return loc, scale, state

    def _known(self) -> Made:
        from vrface.model import layers

        return partial(layers.known, self)

    def _kernels(self) -> Made:
        from vrface.model import layers

        return partial(layers.kernels, self)


def kernel_name(number: int) -> str:
    """What one of the maps of groups of streams is called among prepared parameters."""
    return f"kernel.{number}"
