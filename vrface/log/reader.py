"""`LogReader`: an MCAP log -> sensor frames, faces and expressions, every byte checked."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from glob import escape
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp
from mcap.opcode import Opcode

from vrface.errors import LogError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression
from vrface.face.take import Take
from vrface.log.calibrated import Calibrated
from vrface.log.chunk import contents, messages
from vrface.log.entry import TOPICS, Entry
from vrface.log.event import Event
from vrface.log.header import PROFILE, RECORD, LogHeader, intact, topics_of
from vrface.log.numbering import Numbering
from vrface.log.records import Damaged, copies_of, metadata_of, profile_of, records
from vrface.sensors.frame import SensorFrame
from vrface.trust.permission import Permission
from vrface.wire import codec
from vrface.wire.messages import expression_pb2, log_pb2, sensor_frame_pb2, session_pb2

AT_ONCE = 4096
"""So many frames or faces are held as objects at a time: they take ten times their arrays."""

AnyMessage = TypeVar("AnyMessage", bound=Message)


class LogReader:
    """Reads one log.

    Each method reads the file from its start, in the order it was written. What is torn or altered
    is found while reading, by checksum and by number, and raises `LogError`; what came out before
    was intact. `vrface.log.recover` gets out what stands behind.

    Args:
        path: The log.
        permission: Whose it is to read.

    Attributes:
        path: Where it is.
        header: What it is.
        metadata: The record that says so, as it stands.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if it is no log of vrface's, or of a newer version; here and while reading, if it
            is torn or altered.
    """

    def __init__(self, path: str | Path, permission: Permission = Permission.local()) -> None:
        permission.require("LogReader")
        self.path = Path(path)
        self._advice = (
            "Without an intact beginning nothing in it can be trusted. "
            "Give a log that vrface wrote, or a copy of this one."
        )
        self.metadata = self._metadata()
        self.header = LogHeader.from_metadata(self.metadata, str(self.path))
        self._advice = f"What is intact can be had: vrface doctor {self.path} --recover OUT.mcap."

    def frames(self) -> Iterator[SensorFrame]:
        """Every sensor frame."""
        return (frame for _, frame in self.arrivals())

    def arrivals(self) -> Iterator[tuple[int, SensorFrame]]:
        """Every sensor frame, behind its arrival in nanoseconds on the session's clock."""
        for entry in self.entries("/sensors"):
            yield entry.log_time_ns, self.frame(entry)

    def faces(self) -> Iterator[Expression]:
        """Every true face."""
        return map(self.expression, self.entries("/face"))

    def take(self) -> Take:
        """The true faces, as the full-face recording they are.

        Raises:
            LogError: if there are none, or fewer than two.
            TakeError: if their times do not increase.
        """
        times: list[int] = []
        weights, gaze, source = [], [], np.zeros(0, dtype=np.uint8)
        faces = self.faces()
        while some := list(islice(faces, AT_ONCE)):
            source = source if times else some[0].source[:COUNT]
            times += [face.frame_time_ns for face in some]
            weights.append(np.stack([face.weights[:COUNT] for face in some]))
            gaze.append(np.stack([face.gaze for face in some]))
        if len(times) < 2:
            raise LogError(
                f"the log {self.path} holds {len(times)} true faces.",
                "Give a log that `vrface simulate` or `vrface import` wrote.",
            )
        return Take(
            name=self.header.name,
            person=self.header.wearer,
            time_ns=np.array(times, dtype=np.int64),
            weights=np.concatenate(weights),
            gaze=np.concatenate(gaze),
            source=source,
            simulated=not self.header.real_face,
        )

    def expressions(self) -> Iterator[Expression]:
        """Every face that the model inferred."""
        return map(self.expression, self.entries("/expression"))

    def anchors(self) -> Iterator[tuple[int, int]]:
        """Pairs of session clock and UTC since 1970, in nanoseconds."""
        for entry in self.entries("/clock"):
            yield self.anchor(entry)

    def calibrations(self) -> Iterator[tuple[int, Calibrated]]:
        """Everything learned of the wearer, behind its time."""
        for entry in self.entries("/calibration"):
            yield entry.log_time_ns, self.calibration(entry)

    def events(self) -> Iterator[tuple[int, Event]]:
        """Every gap, drop-out and notice, behind the time it was logged at."""
        for entry in self.entries("/event"):
            yield entry.log_time_ns, self.event(entry)

    def entries(self, *topics: str) -> Iterator[Entry]:
        """Everything of these topics (by default, of all in `TOPICS`), as it stands there."""
        for chunk in self.chunks():
            for entry in chunk:
                if not topics or entry.topic in topics:
                    yield entry

    def chunks(self) -> Iterator[Iterator[Entry]]:
        """Every entry, by the chunk it stands in: what reached the disk at once.

        Each chunk must be taken before the next one is asked for. Topics that this version does not
        know are passed over.
        """
        topics = topics_of(self.metadata)
        numbering = Numbering.of(self.metadata)
        for opcode, content in self._records():
            if opcode == Opcode.CHUNK:
                yield self._inside(content, topics, numbering)

    def frame(self, entry: Entry) -> SensorFrame:
        """The sensor frame that an entry of ``/sensors`` holds."""
        return codec.frame_from_proto(self._message(entry, sensor_frame_pb2.SensorFrame))

    def expression(self, entry: Entry) -> Expression:
        """The face that an entry of ``/face`` or ``/expression`` holds."""
        message = self._message(entry, expression_pb2.Expression)
        return codec.expression_from_proto(message, self.header.extras)

    def anchor(self, entry: Entry) -> tuple[int, int]:
        """Session clock and UTC of an entry of ``/clock``."""
        return entry.log_time_ns, self._message(entry, Timestamp).ToNanoseconds()

    def calibration(self, entry: Entry) -> Calibrated:
        """What an entry of ``/calibration`` holds."""
        return Calibrated.from_proto(self._message(entry, session_pb2.Calibrated))

    def event(self, entry: Entry) -> Event:
        """The event that an entry of ``/event`` holds."""
        return Event.from_proto(self._message(entry, log_pb2.Event))

    def _inside(
        self, chunk: bytes, topics: dict[int, str], numbering: Numbering
    ) -> Iterator[Entry]:
        with self._guarded():
            for message in messages(contents(chunk), topics):
                channel, number, log_time_ns, publish_time_ns, data = message
                if numbering.missing(channel, number):
                    raise Damaged("is damaged: something is missing from it, or stands there twice")
                numbering.take(channel)
                if (topic := topics.get(channel)) in TOPICS:
                    yield Entry(topic, log_time_ns, publish_time_ns, data)

    def _metadata(self) -> dict[str, str]:
        """The record that says what the log is: there are two, one may be damaged."""
        try:
            found = self._first_metadata()
            failure = None
        except LogError as error:
            found, failure = {}, error
        if intact(found):
            return found
        with self._guarded(), self.path.open("rb") as file:
            for entries in filter(intact, copies_of(file, RECORD)):
                return entries
        if failure is not None:
            raise failure
        return found

    def _first_metadata(self) -> dict[str, str]:
        with closing(self._records()) as found, self._guarded():
            for opcode, content in found:
                if opcode == Opcode.METADATA:
                    name, entries = metadata_of(content)
                    if name == RECORD:
                        return entries
                elif opcode != Opcode.HEADER or profile_of(content) != PROFILE:
                    break
        raise LogError(
            f"{self.path} is an MCAP file, but no sensor log: it lacks the record {RECORD!r}.",
            "Give a log that vrface wrote.",
        )

    def _message(self, entry: Entry, kind: type[AnyMessage]) -> AnyMessage:
        try:
            return kind.FromString(entry.data)
        except DecodeError as error:
            raise self._torn(f"is damaged ({error})") from None

    def _records(self) -> Generator[tuple[int, bytes]]:
        """What MCAP records hold, up to the end of the file."""
        with self._guarded(), self.path.open("rb") as file:
            yield from records(file, os.fstat(file.fileno()).st_size)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        try:
            yield
        except Damaged as damage:
            raise self._torn(str(damage)) from None
        except OSError as error:
            advice = _unfinished(self.path) if isinstance(error, FileNotFoundError) else ""
            message = f"cannot read the log {self.path}: {error.strerror}."
            raise LogError(message, advice) from None

    def _torn(self, how: str) -> LogError:
        return LogError(f"the log {self.path} {how}.", self._advice)


def _unfinished(path: Path) -> str:
    """What to do where a log is missing because its writer was killed before it had its name."""
    try:
        parts = list(path.parent.glob(f".{escape(path.name)}.*.part"))
        newest = max(parts, key=lambda part: part.stat().st_mtime_ns, default=None)
    except OSError:  # somebody removes them just now
        return ""
    if newest is None:
        return ""
    return f"Its writer was interrupted: vrface doctor {newest} --recover {path}."
