"""`Checkup`: how well a log's recording went, from one pass over it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from vrface.log.entry import TOPICS
from vrface.log.event import EventTally
from vrface.log.reader import LogReader


@dataclass(frozen=True)
class StreamRate:
    """How many samples of a stream came.

    Attributes:
        name: Of the stream.
        samples: How many.
        achieved_hz: How many a second, over the whole log; NaN where it has no length.
        profile_hz: How many the headset's profile promises.
    """

    name: str
    samples: int
    achieved_hz: float
    profile_hz: float


@dataclass(frozen=True)
class Checkup:
    """A log that is whole, in figures.

    Attributes:
        entries: How many of each topic.
        faces_lost: True faces that say nothing.
        seconds: From the first frame (or true face, where there is none) to the last.
        frames_hz: Sensor frames a second; NaN where it has no length.
        streams: Of the headset, in its order.
        events: What happened.
        drift_ppm: By how much the session's clock is slower than the time of day, in millionths;
            None with fewer than two anchors.
    """

    entries: dict[str, int]
    faces_lost: int
    seconds: float
    frames_hz: float
    streams: tuple[StreamRate, ...]
    events: EventTally
    drift_ppm: float | None


def checkup(log: LogReader) -> Checkup:
    """Read a log from end to end.

    Raises:
        LogError: if it is torn or was altered.
    """
    count: Counter[str] = Counter()
    samples: Counter[int] = Counter()
    faces_lost, frame_times, face_times = 0, _Span(), _Span()
    anchors: list[tuple[int, int]] = []  # the first and the last
    events = EventTally()
    for entry in log.entries():
        count[entry.topic] += 1
        if entry.topic == "/sensors":
            frame = log.frame(entry)
            frame_times.add(frame.frame_time_ns)
            samples.update(sample.stream for sample in frame.samples)
        elif entry.topic == "/face":
            face = log.expression(entry)
            face_times.add(face.frame_time_ns)
            faces_lost += not face.valid
        elif entry.topic == "/clock":
            anchors[1:] = [log.anchor(entry)]
        elif entry.topic == "/event":
            events.add(entry.log_time_ns, log.event(entry))
    frames, length_s = count["/sensors"], frame_times.seconds
    headset = log.header.headset
    return Checkup(
        entries={topic: count[topic] for topic in TOPICS},
        faces_lost=faces_lost,
        seconds=length_s if frames else face_times.seconds,
        frames_hz=_rate(frames, length_s),
        streams=tuple(
            StreamRate(stream.name, samples[k], _rate(samples[k], length_s), stream.rate_hz)
            for k, stream in enumerate(headset.streams if headset else ())
        ),
        events=events,
        drift_ppm=_drift_ppm(anchors),
    )


class _Span:
    """First and last of some times."""

    def __init__(self) -> None:
        self._times: tuple[int, int] | None = None

    def add(self, time_ns: int) -> None:
        first_ns = time_ns if self._times is None else self._times[0]
        self._times = first_ns, time_ns

    @property
    def seconds(self) -> float:
        return 0.0 if self._times is None else (self._times[1] - self._times[0]) / 1e9


def _rate(count: int, seconds: float) -> float:
    return max(count - 1, 0) / seconds if seconds > 0 else float("nan")


def _drift_ppm(anchors: list[tuple[int, int]]) -> float | None:
    if len(anchors) < 2 or anchors[-1][0] <= anchors[0][0]:
        return None
    (start_ns, start_utc_ns), (end_ns, end_utc_ns) = anchors[0], anchors[-1]
    return ((end_utc_ns - start_utc_ns) / (end_ns - start_ns) - 1.0) * 1e6
