"""`Stepper`: a model that steps any of W wearers together.

A step is compiled for a few numbers of wearers; fewer are filled up. What each wearer's carry and
calibration come to lies in columns on the host: rows are gathered into a step and scattered back,
some two kilobytes each, so that who is stepped with whom is nothing to compile for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.columns import PLACE, Columns
from vrface.model.calibration.calibration import Calibration
from vrface.model.features import PLANES, WIDTH
from vrface.model.known import Known, Rows
from vrface.model.model import Model

BATCHES = (1, 8, 64, 256)
"""Numbers of wearers that a step is compiled for."""


@dataclass
class Stepped(Columns):
    """What a model remembers of W wearers.

    Attributes:
        row: [W] where each one is.
        carry: From frame to frame.
        code: [W, code width] what is known of them, as `Known` has it.
        widen: [W, 54] likewise.
    """

    row: NDArray[np.intp] = field(metadata=PLACE)
    carry: dict[str, NDArray[np.float32]]
    code: NDArray[np.float32]
    widen: NDArray[np.float32]


class Stepper:
    """Steps W wearers, compiled before their first frame.

    Args:
        model: What infers.
        positions: [128, 3] of their headset's skin sensors, metres from the head.
        calibrations: W.
    """

    def __init__(
        self, model: Model, positions: NDArray[np.float32], calibrations: Sequence[Calibration]
    ) -> None:
        self._model, self._positions = model, positions
        nobody = model.known([Calibration.none()], positions)
        self._nearness, self._unmoved = nobody.nearness, nobody.move
        self._moves: dict[int, NDArray[np.float32]] = {}
        wearers = len(calibrations)
        carry = {name: np.array(part) for name, part in model.new_carry(wearers).items()}
        both = np.asarray(nobody.code), np.asarray(nobody.widen)
        code, widen = (np.repeat(part, wearers, axis=0) for part in both)
        self.held = Stepped(np.arange(wearers), carry, code, widen)
        for place, calibration in enumerate(calibrations):
            self.know(place, calibration)
        self._compile(batch_of(wearers))

    def begin(self, row: int, calibration: Calibration) -> None:
        """Somebody else is in one row: their carry is empty."""
        self.held.row[row] = row
        for name, part in self._model.new_carry(1).items():
            self.held.carry[name][row] = part[0]
        self.know(row, calibration)

    def know(self, place: int, calibration: Calibration) -> None:
        """Take in what is known of one wearer by now."""
        known, row = self._model.known([calibration], self._positions), int(self.held.row[place])
        self.held.code[place], self.held.widen[place] = known.code[0], known.widen[0]
        move = np.asarray(known.move)
        if move.any():
            self._moves[row] = move[0]
        else:
            self._moves.pop(row, None)

    def warm_up(self) -> None:
        """Compile the step for any number of wearers, so that no frame has to."""
        for batch in BATCHES:
            self._compile(batch)

    def _compile(self, batch: int) -> None:
        nothing = np.zeros((batch, len(PLANES), WIDTH), np.float32), np.zeros(batch, np.float32)
        rows = np.zeros(batch, np.intp)
        carry, held = self._model.new_carry(batch), self.held.take(rows)
        moves: list[Rows] = [self._unmoved]
        if self._moves:
            moves.append(np.repeat(self._unmoved, batch, axis=0))
        for move in moves:
            known = Known(held.code, self._nearness, move, held.widen)
            jax.block_until_ready(self._model.step(carry, *nothing, known))  # type: ignore[no-untyped-call]

    def __call__(
        self, features: NDArray[np.float32], dt: NDArray[np.float32]
    ) -> dict[str, NDArray[np.float32]]:
        """One frame.

        Args:
            features: [W, 4, 256].
            dt: [W] seconds since the frame before.

        Returns:
            ``loc``, ``scale``, ``mean`` and ``stddev`` of the rest-relative weights' laws, each
            [W, 54].
        """
        held, wearers, batch = self.held, len(dt), batch_of(len(dt))
        carry = {name: _filled(part, batch) for name, part in held.carry.items()}
        code, widen = _filled(held.code, batch), _filled(held.widen, batch)
        known = Known(code, self._nearness, self._move(batch), widen)
        after, law = self._model.step(carry, _filled(features, batch), _filled(dt, batch), known)
        held.carry = {name: np.array(part)[:wearers] for name, part in after.items()}
        return {name: np.asarray(part)[:wearers] for name, part in law.items()}

    def _move(self, batch: int) -> Rows:
        moved = [
            (place, row) for place, row in enumerate(self.held.row.tolist()) if row in self._moves
        ]
        if not moved:
            return self._unmoved
        move = np.zeros((batch, *self._unmoved.shape[1:]), np.float32)
        for place, row in moved:
            move[place] = self._moves[row]
        return move


def batch_of(wearers: int) -> int:
    """The number of wearers that as many are stepped as."""
    return next(size for size in BATCHES if size >= wearers)


def _filled(rows: NDArray[np.float32], batch: int) -> NDArray[np.float32]:
    if len(rows) == batch:
        return rows
    filled = np.zeros((batch, *rows.shape[1:]), rows.dtype)
    filled[: len(rows)] = rows
    return filled
