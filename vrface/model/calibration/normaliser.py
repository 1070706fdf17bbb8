"""`Normaliser`: finds out what the sensors of a wearer read while a session runs.

A headset that was just put on reads what it never read before: foam sits elsewhere, lids rest at
another height. Who is not calibrated is served against the population's rest at first, then, from
`FIRST` samples on, against their own, which is found again ever less often as more of them is
known. Who is calibrated is served against their calibration until the session has seen as much of
them as that did. Each sensor waits for samples of its own. Who was away is somebody else when they
come back, or wears the headset otherwise: all is found anew. Columns: W wearers, one of them looked
at a frame at most.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vrface.model.calibration.calibration import Arrays, Calibration
from vrface.model.calibration.summary import of_sensors
from vrface.model.features import PLANES, Levels
from vrface.sensors.align import NEVER_NS

EVERY_S = 0.125
"""Seconds between two samples of a wearer: neighbours say the same."""

ROOM = 240
"""Samples kept of a wearer, 30 s; then every second one goes and they are taken half as often."""

FIRST = 48
"""Samples, 6 s, from which on a wearer's own rest is nearer to the truth than the population's."""

USUAL_S = 30.0
"""Seconds that a calibration is taken to be from that does not tell."""

AWAY_S = 10.0
"""Seconds without a sensor of the face after which the headset counts as taken off: hands that
straighten it, or a link that falters, take less."""

AGAIN = 1.25
"""What is known is found again when there is as many times more of it."""

EASE_S = 1.0
"""Seconds in which levels come most of the way to new ones: a face must not jump."""


class Normaliser:
    """Watches the features of W wearers.

    Args:
        measured: [256] the slots that their headset can fill.
        calibrations: W, what is known to begin with.
        statistics: Of a checkpoint.
    """

    def __init__(
        self,
        measured: NDArray[np.bool_],
        calibrations: list[Calibration],
        statistics: Arrays,
    ) -> None:
        wearers = len(calibrations)
        self.calibrations = list(calibrations)
        self._statistics = statistics
        self._slots = np.flatnonzero(measured)
        self._given = tuple(calibrations)
        planes = (wearers, ROOM, len(PLANES), len(self._slots))
        self._samples = np.zeros(planes, np.float32)
        self._count = np.zeros(wearers, np.int64)
        self._seen = np.zeros(wearers, np.int64)
        self._first = np.array([_first(one) for one in calibrations])
        self._due = self._first.copy()
        self._every_ns = np.full(wearers, round(EVERY_S * 1e9))
        self._next_ns = np.full(wearers, NEVER_NS)
        self._away_s = np.zeros(wearers)
        wanted = [one.levels(statistics) for one in calibrations]
        self._wanted = Levels(*(np.stack(part) for part in zip(*wanted, strict=True)))
        self.levels = Levels(*(part.copy() for part in self._wanted))

    def _arm(self, row: int) -> None:
        """Forget what the session saw of one wearer: the headset will be put on anew."""
        self.calibrations[row] = self._given[row]
        self._count[row] = self._seen[row] = 0
        self._due[row], self._every_ns[row] = self._first[row], round(EVERY_S * 1e9)
        self._next_ns[row] = NEVER_NS
        self._want(row)

    def watch(
        self,
        features: NDArray[np.float32],
        heard: NDArray[np.bool_],
        frame_time_ns: NDArray[np.int64],
        dt: NDArray[np.float32],
    ) -> int | None:
        """Take in one frame.

        Args:
            features: [W, 4, 256] made with `Levels.none`.
            heard: [W] whether any sensor of the face had a value.
            frame_time_ns: [W] its instants.
            dt: [W] seconds since the frame before.

        Returns:
            The row of a wearer of whom more is known than before, or nothing any more; or None.
        """
        keep = np.exp(-dt / EASE_S)[:, None].astype(np.float32)
        for now, then in zip(self.levels, self._wanted, strict=True):
            now += (1.0 - keep) * (then - now)
        self._away_s = np.where(heard, 0.0, self._away_s + dt)
        left = np.flatnonzero((self._away_s > AWAY_S) & (self._seen > 0))
        if left.size:
            self._arm(int(left[0]))
            return int(left[0])
        # Whose clock went back is not waited for.
        turned_back = frame_time_ns < self._next_ns - self._every_ns
        due = (frame_time_ns >= self._next_ns) | turned_back
        rows = np.flatnonzero(heard & due)
        if rows.size:
            self._keep(rows, features, frame_time_ns)
        ready = np.flatnonzero(self._seen >= self._due)
        if not ready.size:
            return None
        row = int(ready[np.argmin(self._due[ready])])
        self._due[row] = max(int(AGAIN * self._seen[row]), int(self._seen[row]) + 1)
        self._find(row)
        return row

    def _keep(
        self,
        rows: NDArray[np.intp],
        features: NDArray[np.float32],
        frame_time_ns: NDArray[np.int64],
    ) -> None:
        full = rows[self._count[rows] == ROOM]
        for row in full:
            self._samples[row, : ROOM // 2] = self._samples[row, ::2].copy()
            self._count[row] = ROOM // 2
            self._every_ns[row] *= 2
        self._samples[rows, self._count[rows]] = features[rows][:, :, self._slots]
        self._count[rows] += 1
        self._seen[rows] += self._every_ns[rows] // round(EVERY_S * 1e9)
        now, every, next_ns = frame_time_ns[rows], self._every_ns[rows], self._next_ns[rows]
        in_step = (now >= next_ns) & (now < next_ns + every) & (next_ns != NEVER_NS)
        self._next_ns[rows] = np.where(in_step, next_ns, now) + every

    def _find(self, row: int) -> None:
        sensors = self._given[row].sensors.copy()
        samples = self._samples[row, : self._count[row]]
        seen = (samples[:, PLANES.index("present")] > 0.0).sum(axis=0) * self._every_ns[row]
        enough = seen >= round(self._first[row] * EVERY_S * 1e9)
        sensors[:, self._slots] = np.where(enough, of_sensors(samples), sensors[:, self._slots])
        self.calibrations[row] = replace(self._given[row], sensors=sensors)
        self._want(row)

    def _want(self, row: int) -> None:
        for rows, own in zip(
            self._wanted, self.calibrations[row].levels(self._statistics), strict=True
        ):
            rows[row] = own


def _first(calibration: Calibration) -> int:
    """Samples from which on a session knows more of a wearer's sensors than a calibration does."""
    if calibration.mode == "none":
        return FIRST
    return max(round((calibration.about.seconds or USUAL_S) / EVERY_S), FIRST)
