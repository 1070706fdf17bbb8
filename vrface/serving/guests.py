"""`Guests`: the wearers of one stream, by the numbers that its client gave them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.frame import Sample, SampleColumns, SensorFrame
from vrface.serving.broadcast import Broadcast
from vrface.serving.calibrating import Calibrating
from vrface.serving.crowd import Waiting
from vrface.serving.seat import Seat
from vrface.session.cohort import Cohort
from vrface.session.gate import ColumnGate
from vrface.session.token import Kind
from vrface.wire.columns import FrameColumns, frame_columns_from_proto
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code


@dataclass(eq=False)
class Guest:
    """One of them.

    Attributes:
        wearer: The client's number.
        seat: Where they are stepped.
        want_stddev: Whether standard deviations are wanted.
        calibrating: Their calibration amid the stream.
        kind: What a resume token of theirs must agree with.
        broadcast: Where spectators see them.
        kept_s: When they had a resume token last.
    """

    wearer: int
    seat: Seat
    want_stddev: bool
    calibrating: Calibrating
    kind: Kind
    broadcast: Broadcast
    kept_s: float = 0.0

    def look(self, waiting: Waiting) -> None:
        """See their frame among others', if they are being calibrated."""
        places = np.flatnonzero(waiting.rows == self.seat.row)
        if not (self.calibrating.active and waiting.cohort is self.seat.cohort and places.size):
            return
        samples = tuple(
            Sample(entry.stream, int(entry.sample_time_ns[n]), entry.values[n])
            for entry in waiting.samples
            for n in np.flatnonzero(entry.row == self.seat.row).tolist()
        )
        when = int(waiting.frame_time_ns[places[0]])
        self.calibrating.look(SensorFrame(waiting.sequence, when, samples))


class Guests:
    """The wearers of one stream."""

    def __init__(self) -> None:
        self._by_number: dict[int, Guest] = {}
        self._gates: dict[Cohort, ColumnGate] = {}
        self._told: set[Code] = set()
        self._numbers = np.empty(0, np.int64)
        self._seated: list[Guest] = []
        self._rows = np.empty(0, np.intp)
        self._cohorts: list[Cohort] = []
        self._cohort_of = np.empty(0, np.intp)
        self.want_stddev = False

    def __len__(self) -> int:
        """How many there are."""
        return len(self._by_number)

    def __iter__(self) -> Iterator[Guest]:
        """Each of them."""
        return iter(list(self._by_number.values()))

    def get(self, wearer: int) -> Guest | None:
        """The guest of a number."""
        return self._by_number.get(wearer)

    def add(self, guest: Guest) -> None:
        """Somebody comes."""
        self._by_number[guest.wearer] = guest
        cohort = guest.seat.cohort
        if cohort not in self._gates:
            latency_us = [stream.latency_us for stream in guest.seat.headset.streams]
            self._gates[cohort] = ColumnGate(latency_us)
        self._gates[cohort].begin(guest.seat.row)
        self._sort()

    def remove(self, guest: Guest) -> None:
        """Somebody goes."""
        del self._by_number[guest.wearer]
        self._sort()

    def untold(self, code: Code) -> bool:
        """Whether something was not said yet; it counts as said from now on."""
        before = len(self._told)
        self._told.add(code)
        return len(self._told) > before

    def next_due(self, now_s: float, every_s: float) -> list[Guest]:
        """Whose turn it is, of things that each has every so many seconds; never many at once."""
        most = 1 + len(self) // 32
        due = [one for one in self._by_number.values() if now_s - one.kept_s >= every_s][:most]
        for guest in due:
            guest.kept_s = now_s
        return due

    def placed(
        self, message: session_pb2.FrameColumns, now_ns: int
    ) -> tuple[list[Waiting], list[Code]]:
        """The frames of a message by cohort, and what there is to say of it.

        Wearers of another headset than the first one's are left out, and so is whoever is not here.
        Of a wearer with two rows the last one counts.
        """
        known = (self._by_number.get(number) for number in message.wearer)
        first = next((guest for guest in known if guest is not None), None)
        if first is None:
            return [], [Code.UNKNOWN_REQUEST]
        widths = [len(stream.channels) for stream in first.seat.headset.streams]
        columns, whole = frame_columns_from_proto(message, widths)
        codes = [] if whole else [Code.SAMPLE]
        place = np.searchsorted(self._numbers, columns.wearer).clip(max=len(self._numbers) - 1)
        here = self._numbers[place] == columns.wearer
        waiting = []
        for number in np.flatnonzero(np.bincount(self._cohort_of[place[here]])).tolist():
            cohort = self._cohorts[number]
            if cohort.pipeline.headset is not first.seat.headset and (
                cohort.pipeline.headset != first.seat.headset
            ):
                codes.append(Code.SAMPLE)
                continue
            own = here & (self._cohort_of[place] == number)
            made, moved = self._in_rows(columns, own, place, cohort, now_ns)
            waiting.append(made)
            codes += [Code.FRAME_TIME] if moved else []
        if not here.all():
            codes.append(Code.UNKNOWN_REQUEST)
        return waiting, codes

    def _in_rows(
        self,
        columns: FrameColumns,
        own: NDArray[np.bool_],
        place: NDArray[np.intp],
        cohort: Cohort,
        now_ns: int,
    ) -> tuple[Waiting, bool]:
        """The frames of one cohort, by its rows; and whether a frame time was moved back."""
        row_of = np.where(own, self._rows[place], -1)
        samples = tuple(_moved(entry, row_of) for entry in columns.samples)
        taken = _last_of_each(np.flatnonzero(own), row_of)
        rows = row_of[taken]
        times, moved = self._gates[cohort].admit(rows, columns.frame_time_ns[taken], samples)
        wearer = columns.wearer[taken]
        return Waiting(cohort, columns.sequence, wearer, rows, times, samples, now_ns), moved

    def _sort(self) -> None:
        """Line the guests up by number, to find many at once."""
        self._seated = sorted(self._by_number.values(), key=lambda guest: guest.wearer)
        self._numbers = np.array([guest.wearer for guest in self._seated], np.int64)
        self._rows = np.array([guest.seat.row for guest in self._seated], np.intp)
        self.want_stddev = any(guest.want_stddev for guest in self._seated)
        self._cohorts = list(dict.fromkeys(guest.seat.cohort for guest in self._seated))
        number = {cohort: number for number, cohort in enumerate(self._cohorts)}
        cohort_of = [number[guest.seat.cohort] for guest in self._seated]
        self._cohort_of = np.array(cohort_of, np.intp)
        self._gates = {cohort: self._gates[cohort] for cohort in self._cohorts}


def _last_of_each(places: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of places whose rows are the same the last one, in order."""
    own = rows[places]
    last = np.zeros(own.max(initial=0) + 1, np.intp)
    last[own] = places  # the last one stays
    taken: NDArray[np.intp] = places[last[own] == places]
    return taken


def _moved(entry: SampleColumns, row_of: NDArray[np.intp]) -> SampleColumns:
    """Samples by row of a cohort, without those of others."""
    rows = row_of[entry.row]
    kept = rows >= 0
    if kept.all():
        return replace(entry, row=rows)
    return SampleColumns(entry.stream, rows[kept], entry.sample_time_ns[kept], entry.values[kept])
