"""The messages that the load sends, made beforehand: a file holds each behind its length."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

from vrface.sensors.frame import SampleColumns, SensorFrame, columns
from vrface.sensors.headset import headset
from vrface.simulation import synthetic_take, wear
from vrface.wire.codec import frame_to_proto
from vrface.wire.messages import session_pb2

HEADSET = "openness_gaze_mouth"
"""Whose frames are sent: mouth tracker, gaze and lids, as most headsets with sensors have them."""

RATE_HZ = 90.0

WEARERS = 8
"""Synthetic wearers whose frames are sent; more sessions than that send the same again."""


def frames(seed: int, count: int, rate_hz: float = RATE_HZ) -> list[SensorFrame]:
    """Frames of a synthetic wearer, each with samples."""
    take = synthetic_take(seed=seed, seconds=count / rate_hz + 2.0, rate_hz=120)
    made = wear(take, headset(HEADSET), seed=seed, rate_hz=rate_hz).frames()
    begun = round(rate_hz / 2.0)
    later = itertools.islice(made, begun, begun + count)
    return [
        SensorFrame(number, frame.frame_time_ns, frame.samples)
        for number, frame in enumerate(later, 1)
    ]


def opening(window: int = 0, rate_hz: float = RATE_HZ) -> session_pb2.Open:
    """What every session opens with."""
    return session_pb2.Open(
        protocol=1, headset_name=HEADSET, rate_hz=rate_hz, want_stddev=True, window=window
    )


def track(seed: int, count: int, rate_hz: float = RATE_HZ) -> Iterator[bytes]:
    """The requests of one wearer's Track."""
    yield session_pb2.TrackRequest(open=opening(0, rate_hz)).SerializeToString()
    for frame in frames(seed, count, rate_hz):
        yield session_pb2.TrackRequest(frame=frame_to_proto(frame)).SerializeToString()


def track_many(wearers: int, count: int) -> Iterator[bytes]:
    """The requests of a TrackMany of some wearers."""
    opens = [
        session_pb2.WearerRequest(wearer=number, request=session_pb2.TrackRequest(open=opening()))
        for number in range(wearers)
    ]
    yield session_pb2.TrackManyRequest(control=opens).SerializeToString()
    takes = [frames(seed, count) for seed in range(min(WEARERS, wearers))]
    widths = tuple(len(stream.channels) for stream in headset(HEADSET).streams)
    for sequence, theirs in enumerate(zip(*takes, strict=True), 1):
        due = [(row, theirs[row % len(takes)]) for row in range(wearers)]
        message = session_pb2.FrameColumns(
            sequence=sequence,
            wearer=range(wearers),
            frame_time_ns=[frame.frame_time_ns for _, frame in due],
            samples=map(_columns, columns(due, widths)),
        )
        yield session_pb2.TrackManyRequest(frames=[message]).SerializeToString()


def _columns(samples: SampleColumns) -> session_pb2.SampleColumns:
    return session_pb2.SampleColumns(
        stream=samples.stream,
        row=samples.row.tolist(),
        sample_time_ns=samples.sample_time_ns.tolist(),
        values=samples.values.ravel().tolist(),
    )


def written(path: Path, messages: Iterable[bytes]) -> Path:
    """Write messages where the load reads them."""
    with path.open("wb") as file:
        for message in messages:
            file.write(len(message).to_bytes(4, "little") + message)
    return path
