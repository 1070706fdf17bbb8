"""`Architecture`: what a set of parameters means; the network is one, the ridge another."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Protocol, TypeAlias

import jax

from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.known import Known, Rows

Params: TypeAlias = dict[str, jax.Array]
"""Parameters by name."""

Carry: TypeAlias = Mapping[str, Rows]
"""What an architecture remembers from frame to frame, each with a leading wearer axis."""

Prediction: TypeAlias = dict[str, jax.Array]
"""``loc``, ``scale``, ``mean`` and ``stddev`` of each rest-relative weight's law, each [W, 54]."""


class Architecture(Hashable, Protocol):
    """How features become laws, given parameters."""

    @property
    def slots(self) -> tuple[int, ...]:
        """Places in `vrface.model.features.SLOTS` that it looks at."""
        ...

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every parameter, all float32."""
        ...

    def new_carry(self, wearers: int) -> Carry:
        """The carry of W wearers before their first frame."""
        ...

    def known(
        self,
        params: Params,
        calibrations: Sequence[Calibration],
        positions: Rows,
        statistics: Arrays,
    ) -> Known:
        """What a step takes of W wearers beside their features.

        Args:
            params: As `shapes` says.
            calibrations: W.
            positions: [128, 3] of the headset's skin sensors, metres from the head.
            statistics: Of the checkpoint.
        """
        ...

    def prepared(self, params: Params) -> Params:
        """Parameters as `step` takes them: with what it would else work out in each frame.

        Args:
            params: As `shapes` says.
        """
        ...

    def step(
        self, params: Params, carry: Carry, features: Rows, dt: Rows, known: Known
    ) -> tuple[Carry, Prediction]:
        """One frame of W wearers, compiled once for each W.

        Args:
            params: From `prepared`; arguments, so that other weights compile nothing.
            carry: From `new_carry` or the frame before.
            features: [W, 4, 256].
            dt: [W] seconds since the frame before.
            known: From `known`, W rows.
        """
        ...
