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

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.model.calibration.calibration import Calibration
from vrface.model.calibration.summary import of_sensors
from vrface.model.features import PLANES
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

_EVERY_NS = round(EVERY_S * 1e9)
_LAST_NS = np.iinfo(np.int64).max

_KEPT = PLANES[:3]
"""What is kept of a sample: its age says nothing of the wearer."""

_PRESENT = _KEPT.index("present")


@dataclass
class Watched(Columns):
    """How far the watch over each wearer has come.

    Attributes:
        first: [W] samples from which on they count.
        count: [W] samples kept.
        seen: [W] how many those stand for.
        due: [W] from how many on they are looked at again.
        every_ns: [W] between two samples.
        next_ns: [W] when the next one is due.
        away_s: [W] for how long no sensor of the face was heard.
    """

    first: NDArray[np.int64]
    count: NDArray[np.int64]
    seen: NDArray[np.int64]
    due: NDArray[np.int64]
    every_ns: NDArray[np.int64]
    next_ns: NDArray[np.int64]
    away_s: NDArray[np.float64]


class Normaliser:
    """Watches the features of W wearers.

    Args:
        measured: [256] the slots that their headset can fill.
        calibrations: W, what is known to begin with.

    Attributes:
        calibrations: What is known of each wearer by now.
    """

    def __init__(self, measured: NDArray[np.bool_], calibrations: list[Calibration]) -> None:
        self._slots = np.flatnonzero(measured)
        self.calibrations = list(calibrations)
        self._given = list(calibrations)
        self._samples = [self._room() for _ in calibrations]
        self.held = self._begun(range(len(calibrations)))

    def given(self, row: int) -> Calibration:
        """What was known of whoever is in one row before they were watched."""
        return self._given[row]

    def grow(self, wearers: int) -> None:
        """Room for as many was made in `held`; make it beside that too."""
        more = wearers - len(self._samples)
        self._given += [Calibration.none()] * more
        self.calibrations += [Calibration.none()] * more
        self._samples += [self._room() for _ in range(more)]

    def begin(self, row: int, calibration: Calibration) -> None:
        """Watch somebody else in one row."""
        self.calibrations[row] = self._given[row] = calibration
        self.held.put(np.array([row]), self._begun([row]))

    def calibrate(self, row: int, calibration: Calibration) -> None:
        """More is known of whoever is in one row, from now on."""
        held = self.held
        self._given[row] = self.calibrations[row] = calibration
        held.first[row] = _first(calibration)
        self._arm(row)

    def recentre(self, row: int) -> None:
        """The headset sits otherwise than before: what was seen since does not count."""
        self._arm(row)

    def resume(self, row: int, sensors: NDArray[np.float32]) -> None:
        """Somebody whom another one watched is in one row; `held` has how far that had come.

        The samples stayed behind: what they had come to is believed until as many were seen again.

        Args:
            row: Which; it was begun.
            sensors: [6, 256] what is known by now of what their sensors read.
        """
        self.calibrations[row] = replace(self._given[row], sensors=sensors)
        self.held.due[row] = max(self.held.due[row], self.held.seen[row])
        self.held.count[row] = self.held.seen[row] = 0
        self.held.every_ns[row] = _EVERY_NS

    def watch(
        self,
        rows: NDArray[np.intp],
        features: NDArray[np.float32],
        heard: NDArray[np.bool_],
        frame_time_ns: NDArray[np.int64],
        dt: NDArray[np.float32],
    ) -> int | None:
        """Take in one frame of some wearers.

        Args:
            rows: [n] which ones, each once.
            features: [n, 4, 256] made with `Levels.none`.
            heard: [n] whether any sensor of the face had a value.
            frame_time_ns: [n] its instants.
            dt: [n] seconds since the frame before.

        Returns:
            The row of a wearer of whom more is known than before, or nothing any more; or None.
        """
        held = self.held
        away_s = np.where(heard, 0.0, held.away_s[rows] + dt)
        held.away_s[rows] = away_s
        left = rows[(away_s > AWAY_S) & (held.seen[rows] > 0)]
        if left.size:
            self._arm(int(left[0]))
            return int(left[0])
        next_ns = held.next_ns[rows]
        # Whose clock went back is not waited for.
        turned_back = frame_time_ns < next_ns - held.every_ns[rows]
        due = heard & ((frame_time_ns >= next_ns) | turned_back)
        for place in np.flatnonzero(due).tolist():
            self._keep(int(rows[place]), features[place], int(frame_time_ns[place]))
        ready = rows[held.seen[rows] >= held.due[rows]]
        if not ready.size:
            return None
        row = int(ready[np.argmin(held.due[ready])])
        held.due[row] = max(int(AGAIN * held.seen[row]), int(held.seen[row]) + 1)
        self._find(row)
        return row

    def _begun(self, rows: Sequence[int]) -> Watched:
        """Some rows before their first frame."""
        first = np.array([_first(self._given[row]) for row in rows])
        nothing = np.zeros(len(first), np.int64)
        return Watched(
            first=first,
            count=nothing,
            seen=nothing.copy(),
            due=first.copy(),
            every_ns=np.full(len(first), _EVERY_NS),
            next_ns=np.full(len(first), NEVER_NS),
            away_s=np.zeros(len(first)),
        )

    def _arm(self, row: int) -> None:
        """Forget what the session saw of one wearer: the headset will be put on anew."""
        held = self.held
        self.calibrations[row] = self._given[row]
        held.count[row] = held.seen[row] = 0
        held.due[row], held.every_ns[row] = held.first[row], _EVERY_NS
        held.next_ns[row] = NEVER_NS

    def _keep(self, row: int, features: NDArray[np.float32], now_ns: int) -> None:
        held, samples = self.held, self._samples[row]
        if held.count[row] == ROOM:
            samples[: ROOM // 2] = samples[::2].copy()
            held.count[row] = ROOM // 2
            held.every_ns[row] *= 2
        samples[held.count[row]] = features[: len(_KEPT), self._slots]
        every_ns, next_ns = int(held.every_ns[row]), int(held.next_ns[row])
        held.count[row] += 1
        held.seen[row] += every_ns // _EVERY_NS
        in_step = next_ns != NEVER_NS and next_ns <= now_ns < next_ns + every_ns
        held.next_ns[row] = min((next_ns if in_step else now_ns) + every_ns, _LAST_NS)

    def _find(self, row: int) -> None:
        held, sensors = self.held, self._given[row].sensors.copy()
        samples = self._samples[row][: held.count[row]]
        seen = (samples[:, _PRESENT] > 0.0).sum(axis=0) * held.every_ns[row]
        enough = seen >= held.first[row] * _EVERY_NS
        sensors[:, self._slots] = np.where(enough, of_sensors(samples), sensors[:, self._slots])
        self.calibrations[row] = replace(self._given[row], sensors=sensors)

    def _room(self) -> NDArray[np.float32]:
        return np.zeros((ROOM, len(_KEPT), len(self._slots)), np.float32)


def _first(calibration: Calibration) -> int:
    """Samples from which on a session knows more of a wearer's sensors than a calibration does."""
    if calibration.mode == "none":
        return FIRST
    return max(round((calibration.about.seconds or USUAL_S) / EVERY_S), FIRST)
