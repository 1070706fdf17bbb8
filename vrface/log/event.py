"""`Event`: something that happened while a log was written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import cast

from vrface.wire.messages import log_pb2


class EventKind(IntEnum):
    """What happened. The numbers are those of the wire's ``EventKind``."""

    GAP = 1
    DROP_OUT = 2
    NOTICE = 3


MOST_KEPT = 1000
"""Events of a kind that `EventTally` keeps: a small file can hold millions."""

_KINDS: dict[int, EventKind] = {int(kind): kind for kind in EventKind}


@dataclass(frozen=True)
class Event:
    """A gap, a drop-out or a notice; class methods make one of each.

    Times are nanoseconds on the session's clock, as the log's.

    Attributes:
        kind: Which of the three.
        text: What happened, one line for people.
        advice: What to do about it.
        frames: Of a gap: how many sensor frames are missing; 0 = not known.
        start_time_ns: Of a gap or drop-out: from when on.
        end_time_ns: Until when; 0 while a drop-out lasts.
        stream: Of a drop-out: which stream.
    """

    kind: EventKind
    text: str
    advice: str = ""
    frames: int = 0
    start_time_ns: int = 0
    end_time_ns: int = 0
    stream: str = ""

    @classmethod
    def gap(cls, text: str, frames: int, start_time_ns: int, end_time_ns: int) -> Event:
        """Frames that are not in the log."""
        return cls(
            EventKind.GAP,
            text,
            frames=frames,
            start_time_ns=start_time_ns,
            end_time_ns=end_time_ns,
        )

    @classmethod
    def drop_out(cls, stream: str, start_time_ns: int, end_time_ns: int = 0) -> Event:
        """A stream that fell silent; with an end, one that is back."""
        seconds = (end_time_ns - start_time_ns) / 1e9
        return cls(
            EventKind.DROP_OUT,
            f"{stream} is back after {seconds:.1f} s." if end_time_ns else f"{stream} is silent.",
            start_time_ns=start_time_ns,
            end_time_ns=end_time_ns,
            stream=stream,
        )

    @classmethod
    def notice(cls, text: str, advice: str = "") -> Event:
        """Anything else that a person should know."""
        return cls(EventKind.NOTICE, text, advice)

    def to_proto(self) -> log_pb2.Event:
        """The message of ``/event``.

        Raises:
            ValueError: if a number does not fit its field.
        """
        return log_pb2.Event(
            kind=cast(log_pb2.EventKind, int(self.kind)),
            text=self.text,
            advice=self.advice,
            frames=self.frames,
            start_time_ns=self.start_time_ns,
            end_time_ns=self.end_time_ns,
            stream=self.stream,
        )

    @classmethod
    def from_proto(cls, message: log_pb2.Event) -> Event:
        """The event of a message; a kind from a later version counts as a notice."""
        return cls(
            kind=_KINDS.get(message.kind, EventKind.NOTICE),
            text=message.text,
            advice=message.advice,
            frames=message.frames,
            start_time_ns=message.start_time_ns,
            end_time_ns=message.end_time_ns,
            stream=message.stream,
        )


class EventTally:
    """The events of a log: the first of each kind, and how many there are.

    Attributes:
        kept: The first `MOST_KEPT` of each kind, behind their log times.
        count: How many of each kind there are.
    """

    def __init__(self) -> None:
        self.kept: list[tuple[int, Event]] = []
        self.count: Counter[EventKind] = Counter()

    @classmethod
    def of_all(cls, events: Iterable[tuple[int, Event]]) -> EventTally:
        """The tally of events behind their log times, one after the other."""
        tally = cls()
        for log_time_ns, event in events:
            tally.add(log_time_ns, event)
        return tally

    def add(self, log_time_ns: int, event: Event) -> None:
        """Count one more."""
        self.count[event.kind] += 1
        if self.count[event.kind] <= MOST_KEPT:
            self.kept.append((log_time_ns, event))

    def of(self, kind: EventKind) -> list[tuple[int, Event]]:
        """Those of one kind that are kept."""
        return [(at_ns, event) for at_ns, event in self.kept if event.kind is kind]
