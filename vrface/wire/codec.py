"""Between the wire's messages and vrface's words: sensor frames, expressions and headset profiles.

NaN and infinite values pass as they are: `vrface.sensors.align` knows what a value is worth. What a
peer gets wrong inside a frame or a face becomes no value; in a headset profile it is an error.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, REGIONS
from vrface.face.expression import Expression, Source, Status
from vrface.face.gaze import GAZE_CHANNELS
from vrface.frozen import made
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import HeadsetProfile, check
from vrface.sensors.stream import Pose, Sources, Stream
from vrface.v1 import expression_pb2, sensor_frame_pb2
from vrface.wire import packed

Scalar = TypeVar("Scalar", np.float32, np.uint8)

ASSUMED_NOISE = 0.02
"""Noise of a stream whose profile came over the wire without: as the shipped profiles assume."""

_FROM_CLIENT = "from the client"

_STATUS = {int(status): status for status in Status}


def frame_to_proto(frame: SensorFrame) -> sensor_frame_pb2.SensorFrame:
    """The message of a sensor frame.

    Raises:
        BadUse: if a number does not fit its field, for example a negative sequence.
    """
    try:
        return sensor_frame_pb2.SensorFrame(
            sequence=frame.sequence,
            frame_time_ns=frame.frame_time_ns,
            samples=[
                sensor_frame_pb2.Sample(
                    stream=sample.stream,
                    sample_time_ns=sample.sample_time_ns,
                    # A list fills a message four to five times faster than an array does.
                    values=sample.values.tolist(),
                    confidence=sample.confidence,
                )
                for sample in frame.samples
            ],
        )
    except (TypeError, ValueError) as error:
        raise BadUse(
            f"sensor frame {frame.sequence!r} cannot be sent: {error}.",
            "Sequences and streams count from 0 up; times are 64-bit nanoseconds.",
        ) from None


def frame_from_proto(message: sensor_frame_pb2.SensorFrame) -> SensorFrame:
    """The sensor frame of a message.

    A sample of a stream the headset lacks, or of another width, is still in it:
    `vrface.sensors.frame.columns` leaves it out.
    """
    twin = packed.SensorFrame.FromString(message.SerializeToString())
    samples = [
        made(
            Sample,
            stream=sample.stream,
            sample_time_ns=sample.sample_time_ns,
            values=np.frombuffer(sample.values, packed.FLOAT),
            confidence=sample.confidence if sample.HasField("confidence") else None,
        )
        for sample in twin.samples
    ]
    return SensorFrame(message.sequence, message.frame_time_ns, tuple(samples))


def expression_to_proto(expression: Expression, want_stddev: bool) -> expression_pb2.Expression:
    """The message of an expression.

    Args:
        expression: The face.
        want_stddev: Whether its standard deviations go along; they are half of the message.
    """
    return expression_pb2.Expression(
        sequence=expression.sequence,
        frame_time_ns=expression.frame_time_ns,
        sample_time_ns=expression.sample_time_ns,
        status=cast(expression_pb2.FaceStatus, int(expression.status)),
        weights=expression.weights.tolist(),
        stddev=expression.stddev.tolist() if want_stddev else None,
        source=expression.source.tobytes(),
        confidence=expression.confidence.tolist(),
        gaze=expression.gaze.tolist(),
        queue_us=expression.queue_us,
        step_us=expression.step_us,
    )


def expression_from_proto(
    message: expression_pb2.Expression, extras: tuple[str, ...] = ()
) -> Expression:
    """The expression of a message, received now.

    Args:
        message: The message. A list that is too short is filled with no value, one that is too long
            is cut; a status from a later version counts as absent.
        extras: Names of the weights that follow the canonical 54, from ``Opened``.
    """
    count = COUNT + len(extras)
    return Expression(
        sequence=message.sequence,
        frame_time_ns=message.frame_time_ns,
        sample_time_ns=message.sample_time_ns,
        status=_STATUS.get(message.status, Status.ABSENT),
        weights=_floats(message.weights, count),
        stddev=_floats(message.stddev, count),
        source=_fit(np.frombuffer(message.source, dtype=np.uint8), count, Source.ABSENT),
        confidence=_floats(message.confidence, len(REGIONS)),
        gaze=_floats(message.gaze, len(GAZE_CHANNELS)),
        extras=extras,
        queue_us=message.queue_us,
        step_us=message.step_us,
    )


def headset_to_proto(profile: HeadsetProfile) -> sensor_frame_pb2.HeadsetProfile:
    """The message of a headset profile; its summary, scheme and sources stay here."""
    return sensor_frame_pb2.HeadsetProfile(
        name=profile.name,
        version=profile.version,
        streams=[
            sensor_frame_pb2.SensorStream(
                name=stream.name,
                channels=stream.channels,
                units=[channel.unit for channel in stream.registered],
                rate_hz=stream.rate_hz,
                latency_us=stream.latency_us,
                head_from_sensor=[
                    sensor_frame_pb2.Pose(**pose._asdict()) for pose in stream.positions
                ],
                noise=[stream.noise] * len(stream.channels),
            )
            for stream in profile.streams
        ],
        measures=profile.measures,
        occludes=profile.occludes,
        copies=profile.copies,
    )


def headset_from_proto(message: sensor_frame_pb2.HeadsetProfile) -> HeadsetProfile:
    """The headset profile of a message, checked.

    What the message does not say is assumed: noise `ASSUMED_NOISE` where it is empty, the
    canonical scheme, and ``from the client`` as every figure's source. Of the noise of several
    channels the largest counts. How images are stored is not used yet.

    Raises:
        UnknownName: for a stream, channel or blendshape that nobody knows.
        BadUse: for a unit other than the registry's, shapes both measured and occluded or neither,
            and whatever else `vrface.sensors.headset.check` finds.
    """
    profile = HeadsetProfile(
        name=message.name,
        version=message.version,
        summary="",
        scheme="",
        streams=tuple(_stream_from_proto(stream) for stream in message.streams),
        measures=tuple(message.measures),
        source=_FROM_CLIENT,
        copies=tuple(message.copies),
    )
    check(profile)
    for sent, stream in zip(message.streams, profile.streams, strict=True):
        units = [channel.unit for channel in stream.registered]
        if sent.units and list(sent.units) != units:
            raise BadUse(
                f"stream {stream.name!r} of headset {profile.name!r} has units {list(sent.units)}.",
                f"Send {units}, or no units at all.",
            )
    if message.occludes and set(message.occludes) != set(profile.occludes):
        raise BadUse(
            f"headset {profile.name!r}: `occludes` is not all but what it `measures`.",
            f"Send each of the {COUNT} blendshapes in one of the two, or leave `occludes` empty.",
        )
    return profile


def _stream_from_proto(message: sensor_frame_pb2.SensorStream) -> Stream:
    poses = tuple(
        Pose(*(_as_written(getattr(pose, axis)) for axis in Pose._fields))
        for pose in message.head_from_sensor
    )
    return Stream(
        name=message.name,
        channels=tuple(message.channels),
        rate_hz=_as_written(message.rate_hz),
        latency_us=message.latency_us,
        noise=max(map(_as_written, message.noise), default=ASSUMED_NOISE),
        sources=Sources(
            channels=_FROM_CLIENT,
            rate_hz=_FROM_CLIENT,
            latency_us=_FROM_CLIENT,
            noise=_FROM_CLIENT,
            positions=_FROM_CLIENT if poses else "",
        ),
        positions=poses,
    )


def _as_written(value: float) -> float:
    """The number that the sender of a float field wrote: 0.02, not what 32 bits make of it."""
    return float(str(np.float32(value)))


def _floats(values: Collection[float], count: int) -> NDArray[np.float32]:
    """[count] of a repeated float field."""
    return _fit(np.fromiter(values, np.float32, len(values)), count, np.nan)


def _fit(array: NDArray[Scalar], count: int, fill: float) -> NDArray[Scalar]:
    """The array at length `count`: cut, or with `fill` behind it."""
    if len(array) == count:
        return array
    fitted = np.full(count, fill, dtype=array.dtype)
    fitted[: len(array)] = array[:count]
    return fitted
