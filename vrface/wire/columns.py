"""Between the wire's columns and arrays: many wearers in one message."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.frame import SampleColumns
from vrface.v1 import session_pb2


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


def frame_columns_from_proto(
    message: session_pb2.FrameColumns, widths: Sequence[int]
) -> tuple[FrameColumns, bool]:
    """The columns of a message, and whether every sample in it is of the headset.

    What is not is left out, and so are rows without a time or a wearer.

    Args:
        message: The message.
        widths: Number of channels of each stream of the headset.
    """
    rows = min(len(message.wearer), len(message.frame_time_ns))
    wearer = np.fromiter(message.wearer, np.int64, len(message.wearer))[:rows]
    times = np.fromiter(message.frame_time_ns, np.int64, len(message.frame_time_ns))[:rows]
    whole, samples = len(message.wearer) == len(message.frame_time_ns), []
    for sent in message.samples:
        found = _samples(sent, widths, rows)
        if found is None:
            whole = False
        else:
            samples.append(found)
    return FrameColumns(message.sequence, wearer, times, samples), whole


def _samples(
    sent: session_pb2.SampleColumns, widths: Sequence[int], rows: int
) -> SampleColumns | None:
    count = len(sent.row)
    if not (sent.stream < len(widths) and count == len(sent.sample_time_ns)):
        return None
    if len(sent.values) != count * widths[sent.stream]:
        return None
    row = np.fromiter(sent.row, np.intp, count)
    if count and row.max() >= rows:
        return None
    return SampleColumns(
        stream=sent.stream,
        row=row,
        sample_time_ns=np.fromiter(sent.sample_time_ns, np.int64, count),
        values=np.fromiter(sent.values, np.float32, len(sent.values)).reshape(count, -1),
    )


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

    def listed(name: str) -> list[float]:
        return [value for part in parts for value in getattr(part, name).ravel().tolist()]

    return session_pb2.ExpressionColumns(
        sequence=sequence,
        wearer=wearer.tolist(),
        frame_time_ns=[time for part in parts for time in part.frame_time_ns.tolist()],
        sample_time_ns=[time for part in parts for time in part.sample_time_ns.tolist()],
        status=b"".join(part.status.tobytes() for part in parts),
        weights=listed("weights"),
        stddev=listed("stddev") if want_stddev else None,
        source=b"".join(part.source.tobytes() for part in parts),
        confidence=listed("confidence"),
        gaze=listed("gaze"),
        queue_us=queue_us,
        step_us=step_us,
    )
