"""Recordings as logs: a full face alone, or with what a headset sensed in front of it.

Each sensor frame and each true face is logged at its frame time, the moment the frame is complete.
When a single sample arrived between two frames is not kept, nor what arrived after the last one: a
log holds what a server would have been sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.errors import LogError
from vrface.face.blendshapes import COUNT, REGIONS
from vrface.face.expression import Expression, Status
from vrface.face.take import Take
from vrface.log.header import REAL, LogHeader
from vrface.log.reader import AT_ONCE, LogReader
from vrface.log.whole import whole
from vrface.sensors.frame import SampleColumns, columns
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.sensors.recording import SensorRecording, StreamSamples
from vrface.trust.permission import Permission


def write_take(path: str | Path, take: Take, permission: Permission = Permission.local()) -> None:
    """Write a full-face recording as a log of true faces alone; `LogReader.take` reads it.

    Args:
        path: The log, which must not exist.
        take: The recording; its times start at 0 or later.
        permission: Whose it is to record.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if the file exists or cannot be written.
        BadUse: if a time is negative.
    """
    permission.require("write_take")
    header = LogHeader(
        headset=None,
        wearer=take.person,
        donning="",
        clock="device",
        real_face=not take.simulated,
        name=take.name,
    )
    with whole(path, header, permission) as log:
        for face in _faces(take):
            log.face(face, face.frame_time_ns)


def write_paired(
    path: str | Path,
    paired: Paired,
    permission: Permission = Permission.local(),
    *,
    simulation: str = "simulated",
) -> None:
    """Write a recording as a paired log; the same recording makes the same bytes.

    Args:
        path: The log, which must not exist.
        paired: The recording; its times start at 0 or later.
        permission: Whose it is to record.
        simulation: Name and version of what made the sensor frames, where no real device did.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if the file exists or cannot be written.
        BadUse: if a time is negative.
    """
    permission.require("write_paired")
    header = _header(paired, simulation, paired.real_face)
    with whole(path, header, permission) as log:
        for frame, face in zip(paired.frames(), _faces(paired.truth), strict=True):
            log.sensors(frame, frame.frame_time_ns)
            log.face(face, frame.frame_time_ns)


def write_sensors(
    path: str | Path,
    recording: SensorRecording,
    permission: Permission = Permission.local(),
    *,
    simulation: str = "simulated",
) -> None:
    """Write what a headset sensed as a log, with no face behind it; the same makes the same bytes.

    Args:
        path: The log, which must not exist.
        recording: What was sensed; its times start at 0 or later.
        permission: Whose it is to record.
        simulation: As for `write_paired`.

    Raises:
        Refused: if the permission does not allow it.
        LogError: if the file exists or cannot be written.
        BadUse: if a time is negative.
    """
    permission.require("write_sensors")
    header = _header(recording, simulation, recording.real_sensors)
    with whole(path, header, permission) as log:
        for frame in recording.frames():
            log.sensors(frame, frame.frame_time_ns)


def read_paired(path: str | Path, permission: Permission = Permission.local()) -> Paired:
    """Read a paired log.

    The samples' `arrival_ns` is the time of the frame they came in.

    Args:
        path: The log.
        permission: Whose it is to read.

    Raises:
        Refused: if the permission does not allow it.
        LogError: as `LogReader`; also if sensor frames and true faces do not go together.
        TakeError: if the frame times do not increase.
    """
    log = LogReader(path, permission)
    headset, truth = log.header.headset, log.take()
    frame_time_ns, samples = _sensed(log)
    if headset is None or not np.array_equal(frame_time_ns, truth.time_ns):
        raise LogError(
            f"{path} is not a paired log: it holds {len(frame_time_ns)} sensor frames and "
            f"{len(truth.time_ns)} true faces, not one face for each frame.",
            "Make one with `vrface simulate`.",
        )
    sensed = _recording(log.header, headset, frame_time_ns, samples)
    return Paired(**vars(sensed), truth=truth, real_face=log.header.real_face)


def read_sensors(path: str | Path, permission: Permission = Permission.local()) -> SensorRecording:
    """Read what a headset sensed from any log that holds sensor frames.

    The samples' `arrival_ns` is the time of the frame they came in.

    Args:
        path: The log.
        permission: Whose it is to read.

    Raises:
        Refused: if the permission does not allow it.
        LogError: as `LogReader`; also if there are no sensor frames, or their times do not
            increase.
    """
    log = LogReader(path, permission)
    frame_time_ns, samples = _sensed(log)
    if log.header.headset is None or not len(frame_time_ns):
        raise LogError(
            f"{path} holds no sensor frames: it is a log of faces alone.",
            "Give a log that `vrface record`, `simulate` or `import` made of a headset.",
        )
    if (np.diff(frame_time_ns) <= 0).any():
        raise LogError(f"the sensor frames of {path} are not in order of time.")
    return _recording(log.header, log.header.headset, frame_time_ns, samples)


def _header(recording: SensorRecording, simulation: str, real_face: bool) -> LogHeader:
    return LogHeader(
        headset=recording.headset,
        wearer=recording.wearer,
        donning=recording.donning,
        clock="device",
        simulation=REAL if recording.real_sensors else simulation,
        real_face=real_face,
        name=recording.name,
        provenance=recording.provenance,
    )


def _sensed(log: LogReader) -> tuple[NDArray[np.int64], list[SampleColumns]]:
    """[frames] times of a log's frames, and their samples; frames are held some at a time."""
    headset = log.header.headset
    widths = tuple(len(stream.channels) for stream in headset.streams) if headset else ()
    times, samples = [np.zeros(0, dtype=np.int64)], []
    frames, row = log.frames(), 0
    while some := list(islice(frames, AT_ONCE)):
        times.append(np.array([frame.frame_time_ns for frame in some], dtype=np.int64))
        samples += columns(enumerate(some, row), widths)
        row += len(some)
    return np.concatenate(times), samples


def _recording(
    header: LogHeader,
    headset: HeadsetProfile,
    frame_time_ns: NDArray[np.int64],
    samples: list[SampleColumns],
) -> SensorRecording:
    return SensorRecording(
        name=header.name,
        wearer=header.wearer,
        donning=header.donning,
        headset=headset,
        frame_time_ns=frame_time_ns,
        streams=tuple(
            _stream(samples, number, len(stream.channels), frame_time_ns)
            for number, stream in enumerate(headset.streams)
        ),
        real_sensors=header.simulation == REAL,
        provenance=header.provenance,
    )


def _faces(truth: Take) -> Iterator[Expression]:
    unknown = np.full(COUNT, np.nan, dtype=np.float32)
    for row, (time_ns, tracked) in enumerate(
        zip(truth.time_ns.tolist(), truth.tracked.tolist(), strict=True)
    ):
        yield Expression(
            sequence=row + 1,
            frame_time_ns=time_ns,
            sample_time_ns=time_ns,
            status=Status.TRACKING if tracked else Status.ABSENT,
            weights=truth.weights[row],
            stddev=unknown,
            source=truth.source,
            confidence=unknown[: len(REGIONS)],
            gaze=truth.gaze[row],
        )


def _stream(
    samples: list[SampleColumns], number: int, width: int, frame_time_ns: NDArray[np.int64]
) -> StreamSamples:
    """The samples of one stream; what the headset lacks is left out as in the frame path."""
    found = [some for some in samples if some.stream == number]
    none = np.zeros(0, dtype=np.int64)
    row = np.concatenate([none, *(some.row for some in found)])
    sample_time_ns = np.concatenate([none, *(some.sample_time_ns for some in found)])
    values = np.concatenate(
        [np.zeros((0, width), dtype=np.float32), *(some.values for some in found)]
    )
    # A sample from the future has not arrived before its time: `align` would not look at it.
    arrival_ns = np.maximum(frame_time_ns[row], sample_time_ns)
    order = np.argsort(arrival_ns, kind="stable")
    return StreamSamples(sample_time_ns[order], arrival_ns[order], values[order])
