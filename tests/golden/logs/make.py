"""Makes the golden logs: small logs of nobody that every later vrface must read to the same values.

    python -m tests.golden.logs.make v2

makes a set of a new version, where the layout of logs has got something new. What is there already
stays for ever: nothing is overwritten, and the test reads all of it. Beside each log stands a JSON
file of what it holds, as it was read when it was made.
"""

import json
import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.log import Calibrated, Event, FileSink, LogHeader, LogReader, LogWriter
from vrface.sensors import Sample, SensorFrame, headset

FOLDER = Path(__file__).parent
MS = 1_000_000
UTC_NS = 1_700_000_000_123_456_789


def header(headset_name: str | None, **more: Any) -> LogHeader:
    return LogHeader(
        headset=None if headset_name is None else headset(headset_name),
        wearer="nobody-1",
        donning="once",
        clock="monotonic",
        simulation="numbers in a row",
        real_face=False,
        name="golden",
        software="vrface",
        **more,
    )


def in_a_row(count: int, start: int) -> np.ndarray:
    """Numbers that are exact in 32 bits and short in JSON."""
    return (((np.arange(count) * 7 + start * 5) % 65) / 64).astype(np.float32)


def frame(number: int, profile_name: str) -> SensorFrame:
    """A frame with a late sample, one without a value and one of the tracker's own confidence."""
    now_ns = number * 11 * MS
    samples = []
    for k, stream in enumerate(headset(profile_name).streams):
        values = in_a_row(len(stream.channels), number + k)
        values[0] = np.nan if number % 2 else values[0]
        samples.append(Sample(k, now_ns - k * MS, values, 0.5 if number % 3 == 0 else None))
    return SensorFrame(number, now_ns, tuple(samples))


def face(number: int, extras: tuple[str, ...] = (), tracked: bool = True) -> Expression:
    count = COUNT + len(extras)
    weights = in_a_row(count, number)
    source = np.arange(count, dtype=np.uint8) % len(Source)
    weights[source == Source.ABSENT] = np.nan
    return Expression(
        sequence=number,
        frame_time_ns=number * 11 * MS,
        sample_time_ns=number * 11 * MS - 3 * MS,
        status=Status.TRACKING if tracked else Status.STALE,
        weights=weights,
        stddev=in_a_row(count, number + 1),
        source=source,
        confidence=np.array([0.25, 0.5, np.nan], np.float32),
        gaze=np.array([-0.25, 0.125, 0.25, np.nan], np.float32),
        extras=extras,
    )


def face_alone(log: LogWriter) -> None:
    for number in range(1, 4):
        log.face(face(number, tracked=number != 2), number * 11 * MS)


def paired(log: LogWriter) -> None:
    for number in range(1, 5):
        log.sensors(frame(number, "mouth_only"), number * 11 * MS)
        log.face(face(number), number * 11 * MS)


def session(log: LogWriter) -> None:
    """Everything a session logs, in three chunks."""
    log.clock(UTC_NS, 0)
    for number in range(1, 5):
        log.sensors(frame(number, "eyes_and_mouth"), number * 12 * MS)
        log.expression(face(number), number * 12 * MS)
        if number % 2 == 0:
            log.sync()
    log.event(Event.drop_out("gaze", 13 * MS), 50 * MS)
    log.event(Event.drop_out("gaze", 13 * MS, 51 * MS), 51 * MS)
    log.event(Event.gap("2 frames are missing.", 2, 52 * MS, 53 * MS), 54 * MS)
    log.event(Event.notice("The cable was pulled.", "Plug it in."), 55 * MS)
    log.calibration(Calibrated(b"\x00\x01opaque", ("browInnerUpLeft",), "Frown.", 0.5), 56 * MS)
    log.clock(UTC_NS + 60_000_000_500, 60_000 * MS)


def with_extras(log: LogWriter) -> None:
    extras = log.header.extras
    for number in range(1, 3):
        log.sensors(frame(number, "quest_pro"), number * 11 * MS)
        log.expression(face(number, extras), number * 11 * MS)


LOGS: dict[str, tuple[Callable[[], LogHeader], Callable[[LogWriter], None]]] = {
    "face": (lambda: header(None), face_alone),
    "paired": (lambda: header("mouth_only"), paired),
    "session": (lambda: header("eyes_and_mouth", model_digest="ab" * 32), session),
    "extras": (lambda: header("quest_pro", extras=headset("quest_pro").extras), with_extras),
}


def told(path: Path) -> dict[str, Any]:
    """Everything a log says, as JSON would hold it."""
    log = LogReader(path)
    return {
        "header": plain(asdict(log.header)),
        "frames": [[at_ns, plain(asdict(one))] for at_ns, one in log.arrivals()],
        "faces": [plain(said_by(one)) for one in log.faces()],
        "expressions": [plain(said_by(one)) for one in log.expressions()],
        "anchors": plain(log.anchors()),
        "events": [[at_ns, plain(asdict(one))] for at_ns, one in log.events()],
        "calibrations": [[at_ns, plain(asdict(one))] for at_ns, one in log.calibrations()],
    }


def said_by(one: Expression) -> dict[str, Any]:
    return {name: value for name, value in asdict(one).items() if name != "received_ns"}


def plain(value: Any) -> Any:
    """What JSON can hold: arrays and tuples as lists, bytes in hexadecimal, NaN as null."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [plain(one) for one in value]
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


def make(version: str, folder: Path = FOLDER) -> list[Path]:
    """Write one set.

    Raises:
        LogError: if one of its logs is there already.
    """
    made = []
    for name, (described, fill) in LOGS.items():
        path = folder / f"{version}-{name}.mcap"
        with LogWriter(FileSink(path), described()) as log:
            fill(log)
        with path.with_suffix(".json").open("x", encoding="utf-8") as file:
            json.dump(told(path), file, allow_nan=False, separators=(",", ":"))
            file.write("\n")
        made.append(path)
    return made


if __name__ == "__main__":
    print(*make(sys.argv[1]), sep="\n")
