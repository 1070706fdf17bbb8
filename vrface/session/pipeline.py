"""`Pipeline`: the frame path in columns, from raw samples to faces, for W wearers of one headset.

align -> features -> model step -> fusion -> blending, each on arrays with a leading wearer axis.
Shapes are fixed when it is made and the step is compiled then; no frame compiles, waits or raises.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns, Remembering, named, only
from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import COUNT
from vrface.face.expression import STYLES, Source, Style
from vrface.sensors.align import LONGEST_S, NEVER_NS, Align
from vrface.sensors.frame import Sample, SampleColumns, SensorFrame, columns
from vrface.sensors.headset import HeadsetProfile
from vrface.session.faces import Faces

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model
    from vrface.model.stepper import Stepper
    from vrface.outputs.lively.draw import Lively

_log = logging.getLogger(__name__)


class Replacement(NamedTuple):
    """Another model for a pipeline.

    Attributes:
        model: Which.
        stepper: Knows what was known of each wearer when it was made.
        face: The slots that sense a face, of those that the model listens to.
        known: What that was.
    """

    model: Model
    stepper: Stepper
    face: NDArray[np.intp]
    known: list[Calibration]


@dataclass
class Kept(Columns):
    """What the frame path itself remembers of W wearers.

    Attributes:
        last_ns: [W] their last instant.
        face_rest: [W, 54] how their faces rest.
    """

    last_ns: NDArray[np.int64]
    face_rest: NDArray[np.float32]


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

    Attributes:
        checked: Whether a law that is no number is an error; else it is passed over.

    Raises:
        BadUse: if there is not one calibration and seed for each wearer, a seed is not in
            0..2^64-1, or W is not in 1..256.
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
    ) -> None:
        from vrface.model.calibration.normaliser import Normaliser
        from vrface.model.features import PLANES, Features, against
        from vrface.model.stepper import Stepper
        from vrface.outputs.blending import Blending
        from vrface.outputs.easing import Easing
        from vrface.outputs.fusion import Fusion
        from vrface.outputs.measured import Measured

        calibrations = _known(calibrations, wearers)
        self.headset, self.model, self.wearers = headset, model, wearers
        self.extras, self.checked = headset.extras, False
        self._align = Align(headset, wearers)
        self._features = Features(headset)
        self._face = _of_face(self._features.measured, model, headset)
        self._measured = Measured(headset)
        face_rest = np.stack([one.face_rest(model.statistics) for one in calibrations])
        spread = model.statistics["climatology_stddev"]
        self._fusion = Fusion(
            self._measured.noise, self._measured.source, spread, face_rest, self.extras
        )
        self._normaliser = Normaliser(self._features.measured, calibrations, model.statistics)
        self._easing = Easing(wearers)
        self._blending = Blending(self._fusion.held.rest)
        self._against, self._present = against, PLANES.index("present")
        self._lively = _lively(style, model, [0] * wearers if seeds is None else seeds, wearers)
        self._stepper = Stepper(model, self._features.positions, calibrations)
        self.held = Kept(np.full(wearers, NEVER_NS), face_rest)
        drawing = () if self._lively is None else self._lively.parts
        heard: tuple[Remembering, ...] = (self, self._align, self._normaliser, self._stepper)
        self._parts = (*heard, self._easing, self._fusion, self._blending, *drawing)
        self._blank = [part.held.take(np.zeros(1, np.intp)) for part in self._parts]

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

    def begin(self, row: int, calibration: Calibration, seed: int = 0) -> None:
        """Somebody else, of whom nothing was seen yet, is in one row.

        Args:
            row: Which.
            calibration: What is known of them.
            seed: Of the draws of a lively style.
        """
        for part, blank in zip(self._parts, self._blank, strict=True):
            part.held.put(np.array([row]), blank)
        rest = calibration.face_rest(self.model.statistics)
        self.held.face_rest[row] = rest
        self._fusion.begin(row, rest)
        self._blending.begin(row, self._fusion.held.rest[row])
        self._normaliser.begin(row, calibration)
        self._stepper.begin(row, calibration)
        if self._lively is not None:
            self._lively.begin(row, seed)

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
        from vrface.model.stepper import Stepper

        known = list(self._normaliser.calibrations)
        stepper = Stepper(model, self._features.positions, known)
        face = _of_face(self._features.measured, model, self.headset)
        return Replacement(model, stepper, face, known)

    def use(self, replacement: Replacement) -> Replacement:
        """Infer with another model from the next frame on; what is shown blends into what it says.

        The statistics of the old one go on to say how sensors are normalised, how a face that is
        not seen eases and how draws move.

        Returns:
            What it takes to go back.
        """
        old = Replacement(self.model, self._stepper, self._face, self._normaliser.calibrations)
        stepper = replacement.stepper
        stepper.take_over(self._stepper.held, self._normaliser.calibrations, replacement.known)
        self.model, self._stepper, self._face = replacement.model, stepper, replacement.face
        place = self._parts.index(old.stepper)
        self._parts = (*self._parts[:place], stepper, *self._parts[place + 1 :])
        self._blank[place] = stepper.held.take(np.zeros(1, np.intp))
        self._blending.restart()
        return old._replace(known=list(old.known))

    def recentre(self, row: int) -> None:
        """A wearer's headset sits otherwise than before: their sensors' rest is found anew."""
        self._normaliser.recentre(row)
        self._stepper.know(row, self._normaliser.known(row))

    def given(self, row: int) -> Calibration:
        """What was known of a wearer to begin with, or since they were calibrated."""
        return self._normaliser.given(row)

    def taken(self, row: int) -> dict[str, NDArray[Any]]:
        """All that is remembered of one wearer, by name, to be given to another one of the kind.

        What was known of them to begin with, and their seed, are not in it.
        """
        arrays = {
            f"{number}.{name}": leaf[row : row + 1].copy()
            for number, part in enumerate(self._parts)
            for name, leaf in named(part.held)
        }
        return arrays | {"sensors": self._normaliser.calibrations[row].sensors}

    def resume(self, row: int, arrays: Mapping[str, NDArray[Any]]) -> bool:
        """Go on with a wearer where another one left off.

        Args:
            row: Where; they have begun there.
            arrays: What `taken` gave, there.

        Returns:
            Whether it fits; if it does not, nothing is changed.
        """
        own = {
            f"{number}.{name}": leaf
            for number, part in enumerate(self._parts)
            for name, leaf in named(part.held)
        }
        sensors = self._normaliser.calibrations[row].sensors
        expected = {name: (leaf.dtype, (1, *leaf.shape[1:])) for name, leaf in own.items()}
        expected["sensors"] = (sensors.dtype, sensors.shape)
        if {name: (one.dtype, one.shape) for name, one in arrays.items()} != expected:
            return False
        for name, leaf in own.items():
            leaf[row] = arrays[name][0]
        self._normaliser.resume(row, np.array(arrays["sensors"]))
        return True

    @property
    def expected_source(self) -> NDArray[np.uint8]:
        """[54 + extras] `Source` of each weight when every sensor is well.

        Where the model listens to none of the headset's sensors there is nothing to infer from.
        """
        known = self._measured.source
        else_ = Source.INFERRED if self._face.size else Source.ABSENT
        expected = np.where(known == Source.ABSENT, else_, known).astype(np.uint8)
        if self._lively is not None and else_ == Source.INFERRED:
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
        self.push_columns(columns(frames, self._align.widths, left_out))

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
        if rows is None:
            return self._step(sequence, frame_time_ns)
        with only(self._parts, rows):
            return self._step(sequence, frame_time_ns)

    def _step(self, sequence: NDArray[np.int64], frame_time_ns: NDArray[np.int64]) -> Faces:
        aligned = self._align.at(frame_time_ns)
        dt = self._since_last(frame_time_ns)
        features = self._features(aligned)
        heard = np.any(features[:, self._present, self._face] > 0.0, axis=1)
        newly_known = self._normaliser.watch(features, heard, frame_time_ns, dt)
        if newly_known is not None:
            self._stepper.know(newly_known, self._normaliser.known(newly_known))
        features = self._against(features, self._normaliser.levels)

        started = time.perf_counter_ns()
        law = self._stepper(features, dt)
        if self.checked and not np.isfinite(law["loc"]).all():
            raise FloatingPointError(f"model {self.model.name!r} says what is no number")
        step_us = (time.perf_counter_ns() - started) // 1000

        measured = self._measured(aligned)
        shown, _ = self._easing(law["mean"], law["scale"], dt)
        drawn = None
        if self._lively is not None:
            there = measured.present[:, :COUNT]
            draw, drawn = self._lively(law["loc"], law["scale"], there, heard, dt)
            shown = np.where(drawn, draw, shown)
        # The law is of weights relative to rest; a face is shown as sensors measure it.
        rest = self.held.face_rest
        inferred = (rest + (1.0 - rest) * shown).astype(np.float32)
        spread = (1.0 - rest) * law["stddev"]
        fused = self._fusion(measured, heard, inferred, spread, dt, drawn)
        fused = fused._replace(weights=self._blending(fused.weights, fused.source, dt))
        return Faces(
            sequence=np.asarray(sequence),
            frame_time_ns=np.asarray(frame_time_ns),
            sample_time_ns=np.where(aligned.sample_time_ns == NEVER_NS, 0, aligned.sample_time_ns),
            **fused._asdict(),
            gaze=measured.gaze,
            loc=law["loc"],
            scale=law["scale"],
            step_us=step_us,
            extras=self.extras,
        )

    def _since_last(self, frame_time_ns: NDArray[np.int64]) -> NDArray[np.float32]:
        last_ns = self.held.last_ns
        first = last_ns == NEVER_NS
        since = np.where(first, 0, frame_time_ns - np.where(first, 0, last_ns)) / 1e9
        self.held.last_ns = np.array(frame_time_ns, dtype=np.int64)
        return np.clip(since, 0.0, LONGEST_S).astype(np.float32)


def _known(calibrations: Sequence[Calibration] | None, wearers: int) -> list[Calibration]:
    """One calibration for each wearer."""
    from vrface.model.calibration import Calibration
    from vrface.model.stepper import BATCHES

    if not 1 <= wearers <= BATCHES[-1]:
        raise BadUse(f"a pipeline begins with 1 to {BATCHES[-1]} wearers, got {wearers}.")
    known = list([Calibration.none()] * wearers if calibrations is None else calibrations)
    if len(known) != wearers:
        raise BadUse(f"{wearers} wearers but {len(known)} calibrations.")
    return known


def _of_face(
    measured: NDArray[np.bool_], model: Model, headset: HeadsetProfile
) -> NDArray[np.intp]:
    """The slots of a headset that sense a face, of those that a model listens to."""
    from vrface.model.features import OF_FACE, WIDTH

    listened = np.isin(np.arange(WIDTH), model.architecture.slots)
    found = np.flatnonzero(measured & listened & OF_FACE)
    if not found.size:
        _log.warning(
            "model %r listens to no sensor of the face that headset %r has: nothing is inferred, "
            "its faces stay warming_up.",
            model.name,
            headset.name,
        )
    return found


def _lively(style: Style, model: Model, seeds: Sequence[int], wearers: int) -> Lively | None:
    """What draws the faces of a lively style; None = the laws' means are shown."""
    from vrface.outputs.lively.draw import Lively
    from vrface.outputs.lively.noise import SEEDS

    if style not in STYLES:
        raise UnknownName("style", style, STYLES)
    if len(seeds) != wearers or not all(0 <= seed < SEEDS for seed in seeds):
        raise BadUse(
            f"each of {wearers} wearers takes a seed in 0..2^64-1, got "
            f"{', '.join(map(str, seeds)) or 'none'}."
        )
    return Lively(model.statistics, seeds) if style == "lively" else None
