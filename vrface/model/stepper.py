"""`Stepper`: a model that steps any of W wearers together.

A step is compiled for a few numbers of wearers; fewer are filled up. What each wearer's carry and
calibration come to lies in columns on the host: rows are gathered into a step and scattered back,
some two kilobytes each, so that who is stepped with whom is nothing to compile for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from vrface.columns import PLACE, Columns
from vrface.model.calibration.calibration import Calibration
from vrface.model.known import Known, Rows
from vrface.model.model import Model

BATCHES = (1, 8, 16, 32, 64, 256)
"""Numbers of wearers that a step is compiled for."""

SERVED = 64
"""Most wearers of one step where faces must be in time: beyond, a wearer costs no less."""

FIRST = (1, 8)
"""Those without which nobody is let in: each takes seconds to compile where it never was before."""


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
        # Its own size also where a larger one is compiled: in another one a face has other last
        # digits.
        for touched in self._kinds():
            model.warm_up(_compiled_for(wearers), touched)

    def begin(self, row: int, calibration: Calibration) -> None:
        """Somebody else is in one row: their carry is empty."""
        self.held.row[row] = row
        for name, part in self._model.new_carry(1).items():
            self.held.carry[name][row] = part[0]
        self.know(row, calibration)
        if row in self._moves:
            for batch in FIRST:
                self._model.warm_up(batch, touched=True)

    def know(self, place: int, calibration: Calibration) -> None:
        """Take in what is known of one wearer by now."""
        known, row = self._model.known([calibration], self._positions), int(self.held.row[place])
        self.held.code[place], self.held.widen[place] = known.code[0], known.widen[0]
        move = np.asarray(known.move)
        if move.any():
            self._moves[row] = move[0]
        else:
            self._moves.pop(row, None)

    def take_over(
        self, held: Stepped, known: Sequence[Calibration], before: Sequence[Calibration]
    ) -> None:
        """Go on with the wearers of another stepper.

        Args:
            held: What that remembers; of another architecture's carry nothing is of use.
            known: [W] what is known of each by now.
            before: What was known when this one was made; there may have been fewer.
        """
        wearers = len(held.row)
        self.held = self.held.grown(wearers)
        self.held.row = held.row.copy()
        mine = {name: part.shape for name, part in self.held.carry.items()}
        if mine == {name: part.shape for name, part in held.carry.items()}:
            self.held.carry = {name: part.copy() for name, part in held.carry.items()}
        else:
            fresh = self._model.new_carry(wearers)
            self.held.carry = {name: np.array(part) for name, part in fresh.items()}
        for place in range(wearers):
            if place >= len(before) or known[place] is not before[place]:
                self.know(place, known[place])

    @property
    def together(self) -> int:
        """Most wearers of one step: more are compiled for in time."""
        return min(self._model.warm(touched)[-1] for touched in self._kinds())

    def _kinds(self) -> tuple[bool, ...]:
        """Of steps that may come: whoever was touched is not in each of them."""
        return (False, True) if self._moves else (False,)

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
        held, wearers = self.held, len(dt)
        moved = self._moved()
        batch = self._batch(wearers, touched=bool(moved))
        carry = {name: _filled(part, batch) for name, part in held.carry.items()}
        code, widen = _filled(held.code, batch), _filled(held.widen, batch)
        known = Known(code, self._nearness, self._move(moved, batch), widen)
        after, law = self._model.step(carry, _filled(features, batch), _filled(dt, batch), known)
        held.carry = {name: np.array(part)[:wearers] for name, part in after.items()}
        return {name: np.asarray(part)[:wearers] for name, part in law.items()}

    def _moved(self) -> dict[int, NDArray[np.float32]]:
        """What is added for whom of those who are stepped."""
        if not self._moves:
            return {}
        rows = enumerate(self.held.row.tolist())
        return {place: self._moves[row] for place, row in rows if row in self._moves}

    def _move(self, moved: dict[int, NDArray[np.float32]], batch: int) -> Rows:
        if not moved:
            return self._unmoved
        move = np.zeros((batch, *self._unmoved.shape[1:]), np.float32)
        for place, own in moved.items():
            move[place] = own
        return move

    def _batch(self, wearers: int, touched: bool) -> int:
        """The number of wearers that as many are stepped as."""
        if wearers > max(self._model.warm(touched), default=0):
            self._model.warm_up(_compiled_for(wearers), touched)
        return next(size for size in self._model.warm(touched) if size >= wearers)


def _compiled_for(wearers: int) -> int:
    """The size of a step of so many wearers."""
    return next(size for size in BATCHES if size >= wearers)


def _filled(rows: NDArray[np.float32], batch: int) -> NDArray[np.float32]:
    if len(rows) == batch:
        return rows
    filled = np.zeros((batch, *rows.shape[1:]), rows.dtype)
    filled[: len(rows)] = rows
    return filled
