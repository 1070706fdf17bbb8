"""`Take`: a recording of a full face, before any headset hides part of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES


@dataclass(frozen=True, eq=False)
class Take:
    """A recording of one person's full face.

    Attributes:
        name: What reports call it.
        person: Pseudonym of whose face it is; the unit that train and test are split by.
        time_ns: [frames] increasing, nanoseconds from the take's own start.
        weights: [frames, 54] in [0, 1]; NaN in rows where the recorder lost the face.
        gaze: [frames, 4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`; NaN = no value.
        source: [54] `Source` of each shape: a shape the recorder ties to another one is copied,
            one it lacks is absent; neither is scored.
        simulated: Whether no real face stands behind it.
    """

    name: str
    person: str
    time_ns: NDArray[np.int64]
    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]
    source: NDArray[np.uint8]
    simulated: bool = False

    def __post_init__(self) -> None:
        """Check that the arrays agree.

        Raises:
            TakeError: if shapes differ, no frame is there or time does not increase.
        """
        frames = len(self.time_ns)
        got = (self.weights.shape, self.gaze.shape, self.source.shape)
        if got != ((frames, COUNT), (frames, 4), (COUNT,)):
            raise TakeError(f"take {self.name!r}: {frames} times but arrays of shape {got}.")
        if frames < 2 or (np.diff(self.time_ns) <= 0).any():
            raise TakeError(f"take {self.name!r}: needs two frames or more, at increasing times.")

    @property
    def tracked(self) -> NDArray[np.bool_]:
        """[frames] where the recorder had the face; the eyes may be lost on their own."""
        faced = self.source != Source.ABSENT
        faced[EYE_LOOK_INDICES] = False
        known = np.isfinite(self.weights[:, faced])
        return np.asarray(known.all(axis=1))

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return float(self.time_ns[-1] - self.time_ns[0]) / 1e9

    def cut(self, start_s: float, stop_s: float) -> Take:
        """The part from `start_s` to before `stop_s` seconds, times unchanged."""
        since_start = (self.time_ns - self.time_ns[0]) / 1e9
        rows = (since_start >= start_s) & (since_start < stop_s)
        return Take(
            name=self.name,
            person=self.person,
            time_ns=self.time_ns[rows],
            weights=self.weights[rows],
            gaze=self.gaze[rows],
            source=self.source,
            simulated=self.simulated,
        )

    def at(self, time_ns: NDArray[np.int64]) -> Take:
        """The same take on other times, interpolated linearly between tracked frames.

        A time that lies in a gap (a lost row, or more than 100 ms between frames) gets NaN: no
        truth is made up there.

        Args:
            time_ns: [frames] increasing, within the take.
        """
        kept = np.flatnonzero(self.tracked)
        known = self.time_ns[kept]
        right = np.clip(np.searchsorted(known, time_ns), 1, len(known) - 1)
        left = right - 1
        span = known[right] - known[left]
        share = np.clip((time_ns - known[left]) / span, 0.0, 1.0).astype(np.float32)[:, None]
        lost = (span > 100_000_000) | (time_ns < known[0]) | (time_ns > known[-1])
        # A time that meets a tracked frame exactly is known even at the edge of a gap.
        lost &= ~np.isin(time_ns, known)

        def between(values: NDArray[np.float32]) -> NDArray[np.float32]:
            rows = values[kept]
            mixed = rows[left] * (1 - share) + rows[right] * share
            mixed[lost] = np.nan
            return mixed

        return Take(
            name=self.name,
            person=self.person,
            time_ns=np.asarray(time_ns, dtype=np.int64),
            weights=between(self.weights),
            gaze=between(self.gaze),
            source=self.source,
            simulated=self.simulated,
        )
