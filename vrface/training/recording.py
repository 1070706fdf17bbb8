"""`Recording`: one take as evaluation sees it, and the run of the frame path over many of them.

A real face under simulated sensors is scored under several sensor seeds. All seeds of all
recordings, under every mode of calibration, run side by side as the wearers of one pipeline. A
paired log is one wearer with its own sensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.face.take import Take
from vrface.model.calibration import Calibration, Mode
from vrface.model.features import PLANES, WIDTH
from vrface.model.model import Model
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired, column_frames
from vrface.session.pipeline import Pipeline
from vrface.session.stepper import BATCHES
from vrface.training.livened import Livened

Progress: TypeAlias = Callable[[str, float], None]
"""Told the `Recording.key` of a take and how much of it is done, in [0, 1]."""

_REPORT_EVERY = 60
"""Frames between two reports of progress."""

CELLS = 350_000
"""Frames x columns that run at once, 64 of 90 s: 2 kB each are kept of them, .7 GB in all."""


@dataclass(frozen=True)
class Recording:
    """One take through one headset.

    Attributes:
        name: What reports call it.
        person: Pseudonym of whose face it is.
        wearers: The W sensor streams it is scored under, all with the same frame times and truth.
        label_period_s: Seconds between the rows that the truth was interpolated from; None where
            it stands at the frames as it was recorded.
    """

    name: str
    person: str
    wearers: tuple[Paired, ...]
    label_period_s: float | None = None

    @property
    def key(self) -> str:
        """``PERSON/NAME``: two persons may have takes of one name."""
        return f"{self.person}/{self.name}"

    @property
    def truth(self) -> Take:
        """The full face at the frame times."""
        return self.wearers[0].truth

    @property
    def headset(self) -> HeadsetProfile:
        """Whose sensors."""
        return self.wearers[0].headset

    @property
    def period_s(self) -> float:
        """Seconds between frames."""
        return float(np.median(np.diff(self.truth.time_ns))) / 1e9

    @property
    def label(self) -> str:
        """What kind of evidence it is; figures of different kinds are never mixed."""
        face = "real" if self.wearers[0].real_face else "simulated"
        sensors = "real" if self.wearers[0].real_sensors else "simulated"
        return f"{face} face, {sensors} sensors"

    def first(self, seconds: float) -> Recording:
        """Its first `seconds`, as all that there is."""
        truth = self.truth.cut(0.0, seconds)
        wearers = [replace(w, frame_time_ns=truth.time_ns, truth=truth) for w in self.wearers]
        return replace(self, wearers=tuple(wearers))


@dataclass(frozen=True, eq=False)
class Trial:
    """A recording as it is run under one mode of calibration.

    Attributes:
        recording: W wearers.
        mode: What was asked for.
        calibrations: One for each wearer.
        silenced: The first wearer with gaps in the sensors (`vrface.training.drops`), run beside
            the others; None = not asked for.
    """

    recording: Recording
    mode: Mode
    calibrations: Sequence[Calibration]
    silenced: Paired | None = None

    @property
    def columns(self) -> list[tuple[Paired, Calibration]]:
        """What runs: W wearers, then the one that is silenced."""
        whole = list(zip(self.recording.wearers, self.calibrations, strict=True))
        return whole if self.silenced is None else [*whole, (self.silenced, self.calibrations[0])]

    @property
    def frames(self) -> int:
        """How many instants."""
        return len(self.recording.truth.time_ns)


@dataclass(frozen=True, eq=False)
class Inferred:
    """What the pipeline made of a recording, frame by frame and causally.

    Attributes:
        features: [frames, W, 4, 256] what the model was given.
        dt: [frames, W] seconds since the frame before, as it was told.
        loc: [W, frames, 54] location of the model's law of each rest-relative weight.
        scale: [W, frames, 54] its scale.
        weights: [W, frames, 54 + extras] the shown weights.
        source: [W, frames, 54 + extras] `Source` of each.
        step_us: [frames] duration of the model step for all that ran side by side, microseconds.
        beside: How many columns ran side by side.
        silenced: The same of the wearer who was silenced, W = 1.
        lively: The same with the weights and sources of the lively style; None = not asked for.
    """

    features: NDArray[np.float32]
    dt: NDArray[np.float32]
    loc: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    source: NDArray[np.uint8]
    step_us: NDArray[np.int64]
    beside: int
    silenced: Inferred | None = None
    lively: Inferred | None = None


def infer(
    recording: Recording,
    model: Model,
    calibrations: Sequence[Calibration],
    lively_seed: int | None = None,
) -> Inferred:
    """Run the pipeline over a recording: each frame sees what had arrived by then, nothing else."""
    trial = Trial(recording, "none", calibrations)
    ((_, inferred),) = inferences([trial], model, lively_seed=lively_seed)
    return inferred


def inferences(
    trials: Sequence[Trial],
    model: Model,
    progress: Progress = lambda name, done: None,
    lively_seed: int | None = None,
) -> Iterator[tuple[Trial, Inferred]]:
    """Run the pipeline over many recordings side by side; each as if it were alone.

    Args:
        trials: Through any headsets; those of one recording next to each other.
        model: What infers.
        progress: Told how far each recording is.
        lively_seed: Of the lively stream of each trial's first wearer, the others' follow it;
            None = that stream is not made.

    Yields:
        Each trial and what was inferred: those of like length one after another, not as given.
    """
    for batch in _batches(trials):
        faces = _Columns.run(batch, model, progress, lively_seed)
        first = 0
        for trial in batch:
            yield trial, faces.of(trial, first)
            first += len(trial.columns)


def _batches(trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    """Trials that run together: of one headset and like length, a recording never divided."""
    headsets = list(dict.fromkeys(trial.recording.headset for trial in trials))
    order = sorted(trials, key=lambda t: (headsets.index(t.recording.headset), t.frames))
    batch: list[Trial] = []
    for _, same in groupby(order, key=lambda trial: id(trial.recording)):
        together = list(same)
        columns = sum(len(trial.columns) for trial in [*batch, *together])
        room = min(CELLS // together[0].frames, BATCHES[-1])
        if batch and (
            columns > room or batch[0].recording.headset != together[0].recording.headset
        ):
            yield batch
            batch = []
        batch += together
    if batch:
        yield batch


@dataclass(frozen=True, eq=False)
class _Columns:
    """What the pipeline made of all columns of a batch; arrays as `Inferred` has them.

    Those of the lively style are empty where it was not asked for.
    """

    features: NDArray[np.float32]
    dt: NDArray[np.float32]
    loc: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    source: NDArray[np.uint8]
    lively_weights: NDArray[np.float32]
    lively_source: NDArray[np.uint8]
    step_us: NDArray[np.int64]

    @classmethod
    def run(
        cls, batch: Sequence[Trial], model: Model, progress: Progress, lively_seed: int | None
    ) -> _Columns:
        """Run all columns; those that are shorter than others stand still at their end."""
        paireds, calibrations = zip(*(c for trial in batch for c in trial.columns), strict=True)
        headset = batch[0].recording.headset
        pipeline = Pipeline(headset, model, len(paireds), calibrations)
        livened = None
        if lively_seed is not None:
            seeds = [lively_seed + own for trial in batch for own in range(len(trial.columns))]
            livened = Livened(headset, model, calibrations, seeds)
        size = max(trial.frames for trial in batch), len(paireds), len(headset.extras)
        made = cls.empty(*size, lively=livened is not None)
        lengths = {trial.recording.key: trial.frames for trial in batch}
        for number, (frame_time_ns, samples) in enumerate(column_frames(paireds)):
            pipeline.push_columns(samples)
            face = pipeline.step(np.full(len(paireds), number + 1), frame_time_ns)
            made.features[number], made.dt[number] = pipeline.features()
            made.loc[:, number], made.scale[:, number] = face.loc, face.scale
            made.weights[:, number], made.source[:, number] = face.weights, face.source
            made.step_us[number] = face.step_us
            if livened is not None:
                drawn = livened(face, made.dt[number])
                made.lively_weights[:, number] = drawn.weights
                made.lively_source[:, number] = drawn.source
            if number % _REPORT_EVERY == 0:
                for key, frames in lengths.items():
                    progress(key, min(number / frames, 1.0 - 1.0 / frames))
        for key in lengths:
            progress(key, 1.0)
        return made

    @classmethod
    def empty(cls, frames: int, columns: int, extras: int, *, lively: bool) -> _Columns:
        """Room for so many."""
        drawn = columns if lively else 0
        return cls(
            features=np.empty((frames, columns, len(PLANES), WIDTH), np.float32),
            dt=np.empty((frames, columns), np.float32),
            loc=np.empty((columns, frames, COUNT), np.float32),
            scale=np.empty((columns, frames, COUNT), np.float32),
            weights=np.empty((columns, frames, COUNT + extras), np.float32),
            source=np.empty((columns, frames, COUNT + extras), np.uint8),
            lively_weights=np.empty((drawn, frames, COUNT + extras), np.float32),
            lively_source=np.empty((drawn, frames, COUNT + extras), np.uint8),
            step_us=np.empty(frames, np.int64),
        )

    def of(self, trial: Trial, first: int) -> Inferred:
        """What is a trial's: its columns begin with `first`."""
        wearers = len(trial.recording.wearers)
        inferred = self._cut(trial.frames, slice(first, first + wearers))
        if trial.silenced is None:
            return inferred
        last = slice(first + wearers, first + wearers + 1)
        return replace(inferred, silenced=self._cut(trial.frames, last))

    def _cut(self, frames: int, columns: slice) -> Inferred:
        shown = Inferred(
            features=self.features[:frames, columns],
            dt=self.dt[:frames, columns],
            loc=self.loc[columns, :frames],
            scale=self.scale[columns, :frames],
            weights=self.weights[columns, :frames],
            source=self.source[columns, :frames],
            step_us=self.step_us[:frames],
            beside=self.dt.shape[1],
        )
        if not len(self.lively_weights):
            return shown
        weights = self.lively_weights[columns, :frames]
        source = self.lively_source[columns, :frames]
        return replace(shown, lively=replace(shown, weights=weights, source=source))
