"""`LogReader`: an MCAP log -> sensor frames, faces and expressions, every byte checked."""

from __future__ import annotations

import os
import struct
from collections.abc import Generator, Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeVar

import numpy as np
from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp
from mcap import records as mcap
from mcap.exceptions import EndOfFile
from mcap.stream_reader import StreamReader
from mcap.writer import MCAP0_MAGIC

from vrface.errors import LogError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression
from vrface.face.take import Take
from vrface.log.entry import TOPICS, Entry
from vrface.log.header import PROFILE, RECORD, LogHeader
from vrface.sensors.frame import SensorFrame
from vrface.trust.permission import Permission
from vrface.wire import codec
from vrface.wire.messages import expression_pb2, sensor_frame_pb2, session_pb2

AnyMessage = TypeVar("AnyMessage", bound=Message)


class LogReader:
    """Reads one log.

    Each method reads the file from its start, in the order it was written. What is torn or altered
    is found while reading, by checksum, and raises `LogError`; what came out before was intact.

    Args:
        path: The log.
        permission: Whose it is to read.

    Attributes:
        path: Where it is.
        header: What it is.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if it is no log of vrface's, or of a newer version; here and while reading, if it
            is torn or altered.
    """

    def __init__(self, path: str | Path, permission: Permission = Permission.local()) -> None:
        permission.require("LogReader")
        self.path = Path(path)
        self.header = self._read_header()

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
        faces = list(self.faces())
        if len(faces) < 2:
            raise LogError(
                f"the log {self.path} holds {len(faces)} true faces.",
                "Give a log that `vrface simulate` or `vrface import` wrote.",
            )
        return Take(
            name=self.header.name,
            person=self.header.wearer,
            time_ns=np.array([face.frame_time_ns for face in faces], dtype=np.int64),
            weights=np.stack([face.weights[:COUNT] for face in faces]),
            gaze=np.stack([face.gaze for face in faces]),
            source=faces[0].source[:COUNT],
            simulated=not self.header.real_face,
        )

    def expressions(self) -> Iterator[Expression]:
        """Every face that the model inferred."""
        return map(self.expression, self.entries("/expression"))

    def anchors(self) -> Iterator[tuple[int, int]]:
        """Pairs of session clock and UTC since 1970, in nanoseconds."""
        for entry in self.entries("/clock"):
            yield entry.log_time_ns, self._message(entry, Timestamp).ToNanoseconds()

    def events(self) -> Iterator[tuple[int, str]]:
        """Every event's text, behind its time."""
        for entry in self.entries("/event"):
            yield entry.log_time_ns, self._message(entry, session_pb2.Notice).text

    def entries(self, *topics: str) -> Iterator[Entry]:
        """Everything of these topics (by default, of all in `TOPICS`), as it stands there."""
        wanted = topics or TOPICS
        channels: dict[int, str] = {}
        for record in self._records():
            if isinstance(record, mcap.Channel) and record.topic in wanted:
                channels[record.id] = record.topic
            elif isinstance(record, mcap.Message) and record.channel_id in channels:
                topic = channels[record.channel_id]
                yield Entry(topic, record.log_time, record.publish_time, record.data)

    def frame(self, entry: Entry) -> SensorFrame:
        """The sensor frame that an entry of ``/sensors`` holds."""
        return codec.frame_from_proto(self._message(entry, sensor_frame_pb2.SensorFrame))

    def expression(self, entry: Entry) -> Expression:
        """The face that an entry of ``/face`` or ``/expression`` holds."""
        message = self._message(entry, expression_pb2.Expression)
        return codec.expression_from_proto(message, self.header.extras)

    def _read_header(self) -> LogHeader:
        with closing(self._records()) as records:
            for record in records:
                if isinstance(record, mcap.Metadata) and record.name == RECORD:
                    return LogHeader.from_metadata(record.metadata, str(self.path))
                if isinstance(record, mcap.Message) or (
                    isinstance(record, mcap.Header) and record.profile != PROFILE
                ):
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

    def _records(self) -> Generator[mcap.McapRecord]:
        """Every MCAP record up to the end of the file."""
        try:
            with self.path.open("rb") as file:
                if file.read(len(MCAP0_MAGIC)) != MCAP0_MAGIC:
                    raise LogError(f"{self.path} is no MCAP file.", "Give a log that vrface wrote.")
                file.seek(0)
                size = os.fstat(file.fileno()).st_size
                yield from StreamReader(file, validate_crcs=True, record_size_limit=size).records
        except LogError:
            raise
        except OSError as error:
            raise LogError(f"cannot read the log {self.path}: {error.strerror}.") from None
        except (EndOfFile, struct.error):
            raise self._torn("ends too early: its writer was interrupted, or it was cut") from None
        except Exception as error:
            # The MCAP library, its decompressors and its decoding of text each raise their own.
            raise self._torn(f"is damaged ({type(error).__name__}: {error})") from None

    def _torn(self, how: str) -> LogError:
        return LogError(
            f"the log {self.path} {how}.",
            "Keep the file: this version cannot recover its intact part, a later one will.",
        )
