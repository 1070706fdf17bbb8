"""`Pipeline`: the frame path in columns, from raw samples to faces, for W wearers of one headset.

Samples are aligned and made features here; all that follows is one compiled step
(`vrface.session.frame_step`). It is compiled when a pipeline is made; no frame compiles, waits or
raises.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns, Remembering, named, only
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source, Style
from vrface.face.smoothing import Smoothing
from vrface.sensors.align import LONGEST_S, NEVER_NS, Align
from vrface.sensors.frame import Sample, SampleColumns, SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.session.faces import Faces
from vrface.session.heard import face_slots
from vrface.session.replacement import Replacement

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model

T = TypeVar("T")


@dataclass
class Kept(Columns):
    """What the frame path itself remembers of W wearers.

    Attributes:
        last_ns: [W] their last instant.
    """

    last_ns: NDArray[np.int64]


class Given(NamedTuple):
    """What the model was given of one frame.

    Attributes:
        rows: [n] of whom.
        features: [n, 4, 256] made with `Levels.none`.
        dt: [n] seconds since the frame before.
    """

    rows: NDArray[np.intp]
    features: NDArray[np.float32]
    dt: NDArray[np.float32]


class Pipeline:
    """The frame path of W wearers of one headset.

    Args:
        headset: Whose samples come in.
        model: What infers.
        wearers: W.
        calibrations: One for each wearer; by default nothing is known of them.
        style: What is shown of what is inferred: ``"expected"``, the laws' means without the tremor
            of the sensors (`vrface.outputs.easing`), or ``"lively"``, a draw from them
            (`vrface.outputs.lively`).
        seeds: Of the draws, one for each wearer; by default 0.
        smoothings: How calm each wearer is shown; by default as they are.

    Raises:
        BadUse: if there is not one calibration, seed and smoothing for each wearer, a seed is not
            in 0..2^64-1, or W is not in 1..256.
        UnknownName: for another style.
    """

    def __init__(
        self,
        headset: HeadsetProfile,
        model: Model,
        wearers: int = 1,
        calibrations: Sequence[Calibration] | None = None,
        style: Style = "expected",
        seeds: Sequence[int] | None = None,
        smoothings: Sequence[Smoothing] | None = None,
    ) -> None:
        from vrface.model.calibration.normaliser import Normaliser
        from vrface.model.features import PLANES, Features
        from vrface.outputs.lively.draw import dice
        from vrface.outputs.measured import Measured
        from vrface.session.frame_step import WEIGHTS
        from vrface.session.stepper import Stepper

        calibrations = _known(calibrations, wearers)
        calm = _each(smoothings, Smoothing.none(), wearers, "smoothings")
        self.headset, self.model, self.wearers = headset, model, wearers
        self.extras = headset.extras
        self._align = Align(headset, wearers)
        self._features = Features(headset)
        self._face = face_slots(self._features.measured, model, headset)
        self._measured = Measured(headset, WEIGHTS)
        self._normaliser = Normaliser(self._features.measured, calibrations)
        self._present = PLANES.index("present")
        seeds = [0] * wearers if seeds is None else seeds
        self._dice = dice(style, model.statistics, seeds, wearers)
        self._stepper = Stepper(model, self._measured, self._features.positions, calibrations)
        self.held = Kept(np.full(wearers, NEVER_NS))
        self._drawing = () if self._dice is None else self._dice.parts
        heard: tuple[Remembering, ...] = (self, self._align, self._normaliser, self._stepper)
        self._parts = (*heard, *self._drawing)
        self._blank = [part.held.take(np.zeros(1, np.intp)) for part in self._parts]
        self._given: Given | None = None
        for row, smoothing in enumerate(calm):
            self._stepper.smooth(row, smoothing)

    def grow(self, wearers: int) -> None:
        """Make room for as many; whoever is in a new row is yet to `begin`."""
        for part in self._parts:
            part.held = part.held.grown(wearers)
        self._normaliser.grow(wearers)
        self.wearers = wearers

    @property
    def together(self) -> int:
        """Most wearers that one step takes without being compiled for them."""
        return self._stepper.together

    def begin(
        self,
        row: int,
        calibration: Calibration,
        seed: int = 0,
        smoothing: Smoothing = Smoothing.none(),
    ) -> None:
        """Somebody else, of whom nothing was seen yet, is in one row.

        Args:
            row: Which.
            calibration: What is known of them.
            seed: Of the draws of a lively style.
            smoothing: How calm they are shown.
        """
        for part, blank in zip(self._parts, self._blank, strict=True):
            part.held.put(np.array([row]), blank)
        self._normaliser.begin(row, calibration)
        self._stepper.begin(row, calibration)
        self._stepper.smooth(row, smoothing)
        if self._dice is not None:
            self._dice.begin(row, seed)

    def calibrate(self, row: int, calibration: Calibration) -> None:
        """More is known of a wearer, amid their frames: of their sensors, not of their face.

        Args:
            row: Where they are.
            calibration: What is known by now.
        """
        self._normaliser.calibrate(row, calibration)
        self._stepper.know(row, calibration)

    def replacement(self, model: Model) -> Replacement:
        """What it takes to infer with another model from some frame on; it may be made in a thread.

        Args:
            model: Which. It may be of another architecture: what that remembers begins empty.
        """
        from vrface.session.stepper import Stepper

        known, positions = list(self._normaliser.calibrations), self._features.positions
        stepper = Stepper(model, self._measured, positions, known, self._stepper.statistics)
        face = face_slots(self._features.measured, model, self.headset)
        return Replacement(model, stepper, face, known)

    def use(self, replacement: Replacement, checked: bool = False) -> Replacement:
        """Infer with another model from the next frame on; what is shown blends into what it says.

        The statistics of the old one go on to say how sensors are normalised, how a face that is
        not seen eases and how draws move.

        Args:
            replacement: With which.
            checked: Whether a law that is no number is an error; else it is passed over.

        Returns:
            What it takes to go back.
        """
        known = self._normaliser.calibrations
        old = Replacement(self.model, self._stepper, self._face, list(known))
        stepper = replacement.stepper
        stepper.take_over(self._stepper, known, replacement.known)
        stepper.checked = checked
        self.model, self._stepper, self._face = replacement.model, stepper, replacement.face
        place = self._parts.index(old.stepper)
        self._parts = (*self._parts[:place], stepper, *self._parts[place + 1 :])
        self._blank[place] = stepper.held.take(np.zeros(1, np.intp))
        return old

    def recentre(self, row: int) -> None:
        """A wearer's headset sits otherwise than before: their sensors' rest is found anew."""
        self._normaliser.recentre(row)
        self._stepper.know(row, self._normaliser.calibrations[row])

    def given(self, row: int) -> Calibration:
        """What was known of a wearer to begin with, or since they were calibrated."""
        return self._normaliser.given(row)

    def taken(self, row: int) -> dict[str, NDArray[Any]]:
        """All that is remembered of one wearer, by name, to be given to another one of the kind.

        What was known of them to begin with, and their seed, are not in it.
        """
        arrays = {name: leaf[row : row + 1].copy() for name, leaf in self._remembered().items()}
        return arrays | {"sensors": self._normaliser.calibrations[row].sensors}

    def resume(self, row: int, arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Go on with a wearer where another one left off, smoothed as this one began.

        Args:
            row: Where; they have begun there.
            arrays: What `taken` gave, there.

        Returns:
            Whether it fits; if it does not, nothing is changed.
        """
        own, settings = self._remembered(), self._stepper.memory.settings
        sensors = self._normaliser.calibrations[row].sensors
        expected = {name: (leaf.dtype, (1, *leaf.shape[1:])) for name, leaf in own.items()}
        expected["sensors"] = (sensors.dtype, sensors.shape)
        if {name: (one.dtype, one.shape) for name, one in arrays.items()} != expected:
            return False
        wanted = [one[row].copy() for one in settings]
        for name, leaf in own.items():
            leaf[row] = arrays[name][0]
        for one, own_setting in zip(settings, wanted, strict=True):
            one[row] = own_setting
        self._normaliser.resume(row, np.array(arrays["sensors"]))
        return True

    def _remembered(self) -> dict[str, NDArray[Any]]:
        """All that is remembered of all wearers, by name."""
        return {
            f"{number}.{name}": leaf
            for number, part in enumerate(self._parts)
            for name, leaf in named(part.held)
        }

    @property
    def expected_source(self) -> NDArray[np.uint8]:
        """[54 + extras] `Source` of each weight when every sensor is well.

        Where the model listens to none of the headset's sensors there is nothing to infer from.
        """
        known = self._measured.source[: COUNT + len(self.extras)]
        else_ = Source.INFERRED if self._face.size else Source.ABSENT
        expected = np.where(known == Source.ABSENT, else_, known).astype(np.uint8)
        if self._dice is not None and else_ == Source.INFERRED:
            from vrface.outputs.lively.draw import draws

            drawn = draws(known[None, :COUNT] != Source.ABSENT, np.ones(1, np.bool_))[0]
            expected[:COUNT][drawn] = Source.GENERATED
        return expected

    def push(
        self,
        frames: Iterable[tuple[int, SensorFrame]],
        left_out: Callable[[Sample], None] | None = None,
    ) -> None:
        """Take in the samples of frames, each given with its wearer's row.

        Args:
            frames: Pairs of wearer row and frame.
            left_out: Told of each sample that is of none of the headset's streams.
        """
        self._align.push_frames(frames, left_out)

    def push_columns(self, samples: list[SampleColumns]) -> None:
        """Take in samples that stand in columns already."""
        self._align.push(samples)

    def step(
        self,
        sequence: NDArray[np.int64],
        frame_time_ns: NDArray[np.int64],
        rows: NDArray[np.intp] | None = None,
    ) -> Faces:
        """The faces of some wearers at one instant of each one's own clock.

        Args:
            sequence: [W] echoed.
            frame_time_ns: [W] the instants; samples later than these are not looked at.
            rows: [W] whose, each once; None = everybody's.
        """
        rows = np.arange(self.wearers) if rows is None else rows
        with nullcontext() if self._dice is None else only(self._drawing, rows):
            return self._step(sequence, frame_time_ns, rows)

    def features(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """[n, 4, 256] what the model was given in the last step, and [n] the seconds before it.

        Raises:
            BadUse: if there was none.
        """
        from vrface.model.features import Levels, against

        if self._given is None:
            raise BadUse("no frame was stepped yet.")
        rows, features, dt = self._given
        levels = self._stepper.memory.levels
        seen = against(features, Levels(levels.rest[rows], levels.spread[rows]))
        return np.asarray(seen), dt

    def _step(
        self,
        sequence: NDArray[np.int64],
        frame_time_ns: NDArray[np.int64],
        rows: NDArray[np.intp],
    ) -> Faces:
        aligned = self._align.at(frame_time_ns, rows)
        dt = self._since_last(rows, frame_time_ns)
        features = self._features(aligned)
        heard = np.any(features[:, self._present, self._face] > 0.0, axis=1)
        given, frame = self._stepper.inputs(rows)
        frame.features[:], frame.heard[:], frame.dt[:] = features, heard, dt
        frame.seen.weights[:], frame.seen.gaze[:] = self._measured.read(aligned)
        if self._dice is not None:
            frame.lively[:] = 1.0
            frame.chances.at[:], frame.chances.blink[:] = self._dice(dt)

        started = time.perf_counter_ns()
        made = self._stepper(rows, given)
        step_us = (time.perf_counter_ns() - started) // 1000

        self.held.last_ns[rows] = frame_time_ns
        self._given = Given(rows, features, dt)
        newly_known = self._normaliser.watch(rows, features, heard, frame_time_ns, dt)
        if newly_known is not None:
            self._stepper.know(newly_known, self._normaliser.calibrations[newly_known])
        weights = slice(COUNT + len(self.extras))
        return Faces(
            sequence=np.asarray(sequence),
            frame_time_ns=np.asarray(frame_time_ns),
            sample_time_ns=np.where(aligned.sample_time_ns == NEVER_NS, 0, aligned.sample_time_ns),
            status=made.status.astype(np.uint8),
            weights=made.weights[:, weights],
            stddev=made.stddev[:, weights],
            source=made.source[:, weights].astype(np.uint8),
            confidence=made.confidence,
            gaze=made.gaze,
            loc=made.loc,
            scale=made.scale,
            step_us=step_us,
            extras=self.extras,
        )

    def _since_last(
        self, rows: NDArray[np.intp], frame_time_ns: NDArray[np.int64]
    ) -> NDArray[np.float32]:
        last_ns = self.held.last_ns[rows]
        first = last_ns == NEVER_NS
        since = np.where(first, 0, frame_time_ns - np.where(first, 0, last_ns)) / 1e9
        return np.clip(since, 0.0, LONGEST_S).astype(np.float32)


def _known(calibrations: Sequence[Calibration] | None, wearers: int) -> list[Calibration]:
    """One calibration for each wearer."""
    from vrface.model.calibration import Calibration
    from vrface.session.stepper import BATCHES

    if not 1 <= wearers <= BATCHES[-1]:
        raise BadUse(f"a pipeline begins with 1 to {BATCHES[-1]} wearers, got {wearers}.")
    return _each(calibrations, Calibration.none(), wearers, "calibrations")


def _each(given: Sequence[T] | None, usual: T, wearers: int, what: str) -> list[T]:
    """One for each wearer."""
    found = list([usual] * wearers if given is None else given)
    if len(found) != wearers:
        raise BadUse(f"{wearers} wearers but {len(found)} {what}.")
    return found
