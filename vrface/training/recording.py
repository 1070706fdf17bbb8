"""`Recording`: one take as evaluation sees it, and the run of the frame path over it.

A real face under simulated sensors is scored under several sensor seeds; they run side by side, as
the wearers of one pipeline. A paired log is one wearer with its own sensors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.face.take import Take
from vrface.model.architecture import Architecture, Carry, Params, Prediction, Rows
from vrface.model.calibration import Calibration
from vrface.model.checkpoint import Model
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired, column_frames
from vrface.session.pipeline import Pipeline

Progress: TypeAlias = Callable[[str, float], None]
"""Told the name of a take and how much of it is done, in [0, 1]."""

_REPORT_EVERY = 60
"""Frames between two reports of progress."""


@dataclass(frozen=True)
class Recording:
    """One take through one headset.

    Attributes:
        name: What reports call it.
        person: Pseudonym of whose face it is.
        wearers: The W sensor streams it is scored under, all with the same frame times and truth.
    """

    name: str
    person: str
    wearers: tuple[Paired, ...]

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


@dataclass(frozen=True)
class Inferred:
    """What the pipeline made of a recording, frame by frame and causally.

    Attributes:
        features: [frames, W, 4, 68] what the model was given.
        dt: [frames, W] seconds since the frame before, as it was told.
        loc: [W, frames, 54] location of the model's law of each rest-relative weight.
        scale: [W, frames, 54] its scale.
        weights: [W, frames, 54 + extras] the shown weights.
        source: [W, frames, 54 + extras] `Source` of each.
        step_us: [frames] duration of the model step for all W, microseconds.
    """

    features: NDArray[np.float32]
    dt: NDArray[np.float32]
    loc: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    source: NDArray[np.uint8]
    step_us: NDArray[np.int64]


def infer(
    recording: Recording,
    model: Model,
    calibrations: Sequence[Calibration],
    progress: Progress = lambda name, done: None,
) -> Inferred:
    """Run the pipeline over a recording: each frame sees what had arrived by then, nothing else."""
    wearers, frames = len(recording.wearers), len(recording.truth.time_ns)
    heard = _Heard(model.architecture, wearers)
    model = replace(model, architecture=heard)
    pipeline = Pipeline(recording.headset, model, wearers, calibrations)
    faces = []
    for number, (frame_time_ns, samples) in enumerate(column_frames(recording.wearers)):
        pipeline.push_columns(samples)
        faces.append(pipeline.step(np.full(wearers, number + 1), frame_time_ns))
        if number % _REPORT_EVERY == 0:
            progress(recording.name, number / frames)
    progress(recording.name, 1.0)
    # What it heard before the first frame was the warm-up.
    features, dt = zip(*heard.inputs[-frames:], strict=True)
    return Inferred(
        features=np.stack(features),
        dt=np.stack(dt),
        loc=np.stack([face.loc for face in faces], axis=1),
        scale=np.stack([face.scale for face in faces], axis=1),
        weights=np.stack([face.weights for face in faces], axis=1),
        source=np.stack([face.source for face in faces], axis=1),
        step_us=np.array([face.step_us for face in faces]),
    )


class _Heard:
    """Stands in for an architecture and keeps what that was given.

    Args:
        architecture: Which takes the steps.
        wearers: W; a batch may be larger.
    """

    def __init__(self, architecture: Architecture, wearers: int) -> None:
        self._architecture, self._wearers = architecture, wearers
        self.inputs: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []

    @property
    def streams(self) -> tuple[str, ...]:
        return self._architecture.streams

    def shapes(self) -> dict[str, tuple[int, ...]]:
        return self._architecture.shapes()

    def new_carry(self, wearers: int) -> Carry:
        return self._architecture.new_carry(wearers)

    def step(
        self, params: Params, carry: Carry, features: Rows, dt: Rows
    ) -> tuple[Carry, Prediction]:
        kept = slice(self._wearers)
        self.inputs.append((np.array(features[kept]), np.array(dt[kept])))
        return self._architecture.step(params, carry, features, dt)
