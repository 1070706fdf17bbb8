"""What tests of importers share: what a recording holds, and how to damage one."""

from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from vrface.errors import TakeError
from vrface.face.take import Take
from vrface.log.importers import read_any
from vrface.sensors.recording import SensorRecording


def samples_of(recording: SensorRecording, stream: str):
    """Times in seconds and values of one stream of a recording."""
    samples = recording.streams[recording.headset.stream_index(stream)]
    return samples.sample_time_ns / 1e9, samples.values.astype(np.float64)


def heading(quaternions):
    """[n, 2] yaw, unwrapped, and pitch of where heads face: x y z w in the last places."""
    x, y, z, w = quaternions[:, -4:].T
    forward = -np.stack([2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)], 1)
    yaw = np.unwrap(np.arctan2(forward[:, 0], -forward[:, 2]))
    return np.stack([yaw, np.arcsin(np.clip(forward[:, 1], -1, 1))], 1)


def survives(path: Path, format: str) -> None:
    """A recording is read, or refused with a TakeError: nothing else ever comes out."""
    try:
        imported = read_any(path, "p", format=format)
    except TakeError:
        return
    recording = imported.recording
    if isinstance(recording, Take):
        assert np.nanmin(recording.weights, initial=1) >= 0
        assert np.nanmax(recording.weights, initial=0) <= 1
    else:
        assert list(recording.frames())


@st.composite
def damaged(draw, text: str):
    """A text of a recording with cells exchanged, rows doubled and dropped, or cut anywhere."""
    lines = text.splitlines()
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(lines) - 1))
        how = draw(st.sampled_from(["cell", "double", "drop", "cut", "swap"]))
        if how == "double":
            lines.insert(place, lines[place])
        elif how == "drop" and len(lines) > 1:
            del lines[place]
        elif how == "cut":
            lines[place] = lines[place][: draw(st.integers(0, len(lines[place])))]
        elif how == "swap":
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], lines[place]
        else:
            delimiter = next((d for d in ";\t," if d in lines[place]), ",")
            row = lines[place].split(delimiter)
            cell = st.sampled_from(
                ["", "nan", "inf", "-1e308", "1e308", "-1", "soon", "9" * 25, "0", '"', "é", "\0"]
            )
            row[draw(st.integers(0, len(row) - 1))] = draw(cell)
            lines[place] = delimiter.join(row)
    return "\n".join(lines).encode()
