"""Between the wire's columns and arrays: many wearers in one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.frame import SampleColumns
from vrface.v1 import session_pb2
from vrface.wire import packed as twins
from vrface.wire.packed import FLOAT, TIME, packed

_BYTE = np.dtype(np.uint8)


class FrameColumns(NamedTuple):
    """The frames of some wearers at once.

    Attributes:
        sequence: Counts the columns of a stream.
        wearer: [rows] whose each is.
        frame_time_ns: [rows] the instants the faces are wanted for.
        samples: By stream; their rows count from 0 in `wearer`.
    """

    sequence: int
    wearer: NDArray[np.int64]
    frame_time_ns: NDArray[np.int64]
    samples: list[SampleColumns]


class FaceColumns(Protocol):
    """The faces of some wearers at once, as `vrface.session.pipeline.Faces` has them."""

    @property
    def sequence(self) -> NDArray[np.int64]:
        """[rows]."""

    @property
    def frame_time_ns(self) -> NDArray[np.int64]:
        """[rows]."""

    @property
    def sample_time_ns(self) -> NDArray[np.int64]:
        """[rows]."""

    @property
    def status(self) -> NDArray[np.uint8]:
        """[rows]."""

    @property
    def weights(self) -> NDArray[np.float32]:
        """[rows, weights]."""

    @property
    def stddev(self) -> NDArray[np.float32]:
        """[rows, weights]."""

    @property
    def source(self) -> NDArray[np.uint8]:
        """[rows, weights]."""

    @property
    def confidence(self) -> NDArray[np.float32]:
        """[rows, 3]."""

    @property
    def gaze(self) -> NDArray[np.float32]:
        """[rows, 4]."""

    @property
    def step_us(self) -> int:
        """How long the model took."""


def frame_columns_from_proto(
    message: session_pb2.FrameColumns, widths: Sequence[int]
) -> tuple[FrameColumns, bool]:
    """The columns of a message, and whether every sample in it is of the headset.

    What is not is left out, and so are rows without a time or a wearer.

    Args:
        message: The message.
        widths: Number of channels of each stream of the headset.
    """
    sent = twins.FrameColumns.FromString(message.SerializeToString())
    wearer = np.fromiter(sent.wearer, np.int64, len(sent.wearer))
    times = np.frombuffer(sent.frame_time_ns, TIME)
    rows, whole, samples = min(len(wearer), len(times)), len(wearer) == len(times), []
    for entry in sent.samples:
        found = _samples(entry, widths, rows)
        if found is None:
            whole = False
        else:
            samples.append(found)
    return FrameColumns(message.sequence, wearer[:rows], times[:rows], samples), whole


def _samples(sent: Any, widths: Sequence[int], rows: int) -> SampleColumns | None:
    """The columns of one stream, from a twin; None if they are none of the headset's."""
    count = len(sent.row)
    times = np.frombuffer(sent.sample_time_ns, TIME)
    values = np.frombuffer(sent.values, FLOAT)
    if not (sent.stream < len(widths) and count == len(times)):
        return None
    if len(values) != count * widths[sent.stream]:
        return None
    row = np.fromiter(sent.row, np.intp, count)
    if count and row.max() >= rows:
        return None
    return SampleColumns(sent.stream, row, times, values.reshape(count, -1))


def face_response(faces: FaceColumns, row: int, queue_us: int, want_stddev: bool) -> Any:
    """The response of one wearer's face, as a twin of `TrackResponse`.

    Args:
        faces: Of some wearers.
        row: Whose.
        queue_us: How long the frame waited.
        want_stddev: Whether standard deviations go along; they are half of the message.
    """
    response = twins.TrackResponse()
    face = response.expression
    face.sequence = int(faces.sequence[row])
    face.frame_time_ns = int(faces.frame_time_ns[row])
    face.sample_time_ns = int(faces.sample_time_ns[row])
    face.status = int(faces.status[row])
    face.weights = packed(faces.weights[row])
    if want_stddev:
        face.stddev = packed(faces.stddev[row])
    face.source = faces.source[row].tobytes()
    face.confidence = packed(faces.confidence[row])
    face.gaze = packed(faces.gaze[row])
    face.queue_us = queue_us
    face.step_us = faces.step_us
    return response


def expression_columns_to_proto(
    sequence: int,
    wearer: NDArray[np.int64],
    parts: Sequence[FaceColumns],
    want_stddev: bool,
    queue_us: int,
    step_us: int,
) -> session_pb2.ExpressionColumns:
    """The message of some wearers' faces.

    Args:
        sequence: Of the columns they answer.
        wearer: [rows] whose each is.
        parts: Their faces, in the order of `wearer`.
        want_stddev: Whether standard deviations go along; they are half of the message.
        queue_us: How long the frames waited.
        step_us: How long the model took.
    """

    def joined(name: str, kind: np.dtype[Any] = FLOAT) -> bytes:
        return b"".join([packed(getattr(part, name), kind) for part in parts])

    twin = twins.ExpressionColumns(
        sequence=sequence,
        wearer=wearer.tolist(),
        frame_time_ns=joined("frame_time_ns", TIME),
        sample_time_ns=joined("sample_time_ns", TIME),
        status=joined("status", _BYTE),
        weights=joined("weights"),
        stddev=joined("stddev") if want_stddev else b"",
        source=joined("source", _BYTE),
        confidence=joined("confidence"),
        gaze=joined("gaze"),
        queue_us=queue_us,
        step_us=step_us,
    )
    return session_pb2.ExpressionColumns.FromString(twin.SerializeToString())
