"""`Stepper`: W wearers of one headset and one model, any of whom are stepped together.

A step is compiled for a few numbers of wearers; fewer are filled up. What is remembered of a wearer
lies in a row on the host: rows are gathered into a step and scattered back, some ten kilobytes
each, so that who is stepped with whom is nothing to compile for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns, leaves
from vrface.face.blendshapes import COUNT
from vrface.face.smoothing import Smoothing
from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.features import SKIN, Levels
from vrface.model.known import Rows
from vrface.model.model import Model
from vrface.outputs.blending import ANOTHER
from vrface.outputs.measured import Measured
from vrface.outputs.smoothing import Settings
from vrface.session.frame_step import WEIGHTS, Inputs, Memory, Outcome, Worn, frame_step

BATCHES = (1, 8, 16, 32, 64, 256)
"""Numbers of wearers that a step is compiled for."""

SERVED = 64
"""Most wearers of one step where faces must be in time: beyond, a wearer costs no less."""

FIRST = (1, 8)
"""Those without which nobody is let in: each takes seconds to compile where it never was before."""


@dataclass
class Remembered(Columns):
    """What is remembered of W wearers.

    Attributes:
        numbers: [W, width] as `FrameStep.memory` packs them.
    """

    numbers: NDArray[np.float32]


class Stepper:
    """Steps W wearers, compiled before their first frame.

    Args:
        model: What infers.
        measured: Reads what their headset measures, with room for `WEIGHTS`.
        positions: [128, 3] of its skin sensors, metres from the head.
        calibrations: W.
        statistics: Of a checkpoint; by default the model's.

    Attributes:
        statistics: What says how sensors are normalised and how faces rest and are drawn.
        checked: Whether a law that is no number is an error; else it is passed over.
    """

    def __init__(
        self,
        model: Model,
        measured: Measured,
        positions: NDArray[np.float32],
        calibrations: Sequence[Calibration],
        statistics: Arrays | None = None,
    ) -> None:
        self._model, self._positions, self.checked = model, positions, False
        self.statistics = model.statistics if statistics is None else statistics
        self._step = frame_step(model)
        nobody = model.known([Calibration.none()], positions)
        worn = Worn.of(measured, nobody.nearness, self.statistics)
        self._weights = worn.kinds
        self._worn, self._unmoved = jax.device_put(worn), jnp.asarray(nobody.move)
        self._moves: dict[int, NDArray[np.float32]] = {}
        self.held = Remembered(np.zeros((len(calibrations), self._step.memory.width), np.float32))
        for row, calibration in enumerate(calibrations):
            self.begin(row, calibration)
        # Its own size also where a larger one is compiled: in another one a face has other last
        # digits.
        for touched in self._ways:
            warm_up(model, _compiled_for(len(calibrations)), touched)

    @property
    def memory(self) -> Memory:
        """What is remembered of all wearers, to be read and written."""
        return self._step.memory.views(self.held.numbers)

    def begin(self, row: int, calibration: Calibration) -> None:
        """Somebody else is in one row, of whom nothing was seen yet; they are shown as they are."""
        known = self._model.known([calibration], self._positions)
        levels = calibration.levels(self.statistics)
        rest = np.zeros((1, WEIGHTS), np.float32)
        rest[0, :COUNT] = calibration.face_rest(self.statistics)
        carry = {name: np.asarray(part) for name, part in self._model.new_carry(1).items()}
        begun = Memory.begun(
            carry, known, Levels(*(part[None] for part in levels)), rest, self._weights
        )
        self.held.numbers[row] = self._step.memory.packed(begun)[0]
        self._touch(row, known.move)
        if row in self._moves:
            for batch in FIRST:
                warm_up(self._model, batch, touched=True)

    def smooth(self, row: int, smoothing: Smoothing) -> None:
        """Show one wearer so calm from the next frame on."""
        for own, wanted in zip(self.memory.settings, Settings.of([smoothing]), strict=True):
            own[row] = wanted[0]

    def know(self, row: int, calibration: Calibration) -> None:
        """Take in what is known of one wearer by now: of their sensors, not of their face."""
        known, memory = self._model.known([calibration], self._positions), self.memory
        memory.code[row], memory.widen[row] = known.code[0], known.widen[0]
        for wanted, level in zip(memory.wanted, calibration.levels(self.statistics), strict=True):
            wanted[row] = level
        self._touch(row, known.move)

    def _touch(self, row: int, move: Rows) -> None:
        own = np.asarray(move)
        if own.any():
            self._moves[row] = own[0]
        else:
            self._moves.pop(row, None)

    def take_over(
        self, other: Stepper, known: Sequence[Calibration], before: Sequence[Calibration]
    ) -> None:
        """Go on with the wearers of another stepper of the headset; what is shown blends over.

        Args:
            other: Whose; of another architecture's carry nothing is of use.
            known: [W] what is known of each by now.
            before: What was known when this one was made; there may have been fewer.
        """
        mine = len(self.held.numbers)
        self.held = self.held.grown(len(other.held.numbers))
        for row, calibration in enumerate(known):
            if row >= mine:
                self.begin(row, calibration)
            elif calibration is not before[row]:
                self.know(row, calibration)
        own, theirs = self.memory, other.memory
        shapes = [{name: part.shape for name, part in one.carry.items()} for one in (own, theirs)]
        skipped = {"code", "widen"} if shapes[0] == shapes[1] else {"code", "widen", "carry"}
        for name in {*Memory._fields} - skipped:
            parts = (leaves(getattr(one, name)) for one in (own, theirs))
            for leaf, other_leaf in zip(*parts, strict=True):
                leaf[:] = other_leaf
        own.blended.source[:] = ANOTHER

    @property
    def together(self) -> int:
        """Most wearers of one step: more are compiled for in time."""
        return min(self._model.warm(touched)[-1] for touched in self._ways)

    @property
    def _ways(self) -> tuple[bool, ...]:
        """Of stepping that may come: whoever was touched is not in each of them."""
        return (False, True) if self._moves else (False,)

    def inputs(self, rows: NDArray[np.intp]) -> tuple[NDArray[np.float32], Inputs]:
        """Room for one frame of some wearers, to be filled in and stepped."""
        batch = self._batch(len(rows), touched=self._any_moved(rows))
        frame = np.zeros((batch, self._step.inputs.width), np.float32)
        return frame, self._step.inputs.views(frame[: len(rows)])

    def __call__(self, rows: NDArray[np.intp], frame: NDArray[np.float32]) -> Outcome:
        """One frame of some wearers.

        Args:
            rows: [n] whose, each once.
            frame: From `inputs`, filled in.

        Returns:
            Their faces, n rows.

        Raises:
            FloatingPointError: where a law is no number and that is `checked`; then nothing is
                remembered of the frame.
        """
        count, batch = len(rows), len(frame)
        held = np.zeros((batch, self._step.memory.width), np.float32)
        np.take(self.held.numbers, rows, axis=0, out=held[:count], mode="clip")
        move = self._move(rows, batch)
        made = self._step(self._model.prepared, self._worn, held, frame, move)
        after, faces = (np.asarray(part)[:count] for part in made)
        outcome = self._step.outcome.views(faces.copy())  # whoever gets them may write into them
        if self.checked and not np.isfinite(outcome.loc).all():
            raise FloatingPointError(f"model {self._model.name!r} says what is no number")
        self.held.numbers[rows] = after
        return outcome

    def _any_moved(self, rows: NDArray[np.intp]) -> bool:
        return bool(self._moves) and not self._moves.keys().isdisjoint(rows.tolist())

    def _move(self, rows: NDArray[np.intp], batch: int) -> Rows:
        """What own truth adds for those who are stepped."""
        if not self._any_moved(rows):
            return self._unmoved
        move: NDArray[np.float32] = np.zeros((batch, *self._unmoved.shape[1:]), np.float32)
        for place, row in enumerate(rows.tolist()):
            if row in self._moves:
                move[place] = self._moves[row]
        return move

    def _batch(self, wearers: int, touched: bool) -> int:
        """The number of wearers that as many are stepped as."""
        if wearers > max(self._model.warm(touched), default=0):
            warm_up(self._model, _compiled_for(wearers), touched)
        return next(size for size in self._model.warm(touched) if size >= wearers)


def warm_up(model: Model, wearers: int, touched: bool = False) -> None:
    """Compile a model's step for W wearers, so that no frame has to.

    Args:
        model: Whose.
        wearers: W.
        touched: Whether the own truth of some of them taught this model something.
    """
    if wearers in model.warm(touched):
        return
    step = frame_step(model)
    nobody = model.known([Calibration.none()], np.zeros((len(SKIN), 3), np.float32))
    move = np.repeat(np.asarray(nobody.move), wearers if touched else 1, axis=0)
    held, frame = (
        np.zeros((wearers, packing.width), np.float32) for packing in (step.memory, step.inputs)
    )
    worn = jax.device_put(Worn.none(nobody.nearness))
    jax.block_until_ready(step(model.prepared, worn, held, frame, move))  # type: ignore[no-untyped-call]
    model.compiled(wearers, touched)


def _compiled_for(wearers: int) -> int:
    """The size of a step of so many wearers."""
    return next(size for size in BATCHES if size >= wearers)
