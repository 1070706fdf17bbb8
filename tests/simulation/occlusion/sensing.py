"""Faces that hold still, and what a simulated headset senses of a face."""

import numpy as np

from vrface.face.blendshapes import COUNT, index, indices
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES
from vrface.face.take import Take
from vrface.sensors.headset import headset

TIER = headset("eyes_and_mouth")
VIVE = headset("vive_pro_eye_lip")


def face(seconds=60.0, rate_hz=30.0, **weights):
    """A take that holds still, but for the weights given."""
    frames = round(seconds * rate_hz)
    values = np.full((frames, COUNT), 0.5, np.float32)
    values[:, EYE_LOOK_INDICES] = 0
    values[:, indices(["eyeBlinkLeft", "eyeBlinkRight"])] = 0
    for name, value in weights.items():
        values[:, index(name)] = value
    return Take(
        name="still",
        person="nobody",
        time_ns=np.round(np.arange(frames) * 1e9 / rate_hz).astype(np.int64),
        weights=values,
        gaze=np.zeros((frames, 4), np.float32),
        source=np.full(COUNT, Source.MEASURED, np.uint8),
        simulated=True,
    )


def stream(recording, name):
    number = recording.headset.stream_index(name)
    return recording.headset.streams[number], recording.streams[number]


def sensed(recording, name, channel):
    profile, samples = stream(recording, name)
    return samples.values[:, profile.channels.index(channel)]


def same(a, b):
    return all(
        x.values.tobytes() == y.values.tobytes()
        and x.arrival_ns.tobytes() == y.arrival_ns.tobytes()
        and x.sample_time_ns.tobytes() == y.sample_time_ns.tobytes()
        for x, y in zip(a.streams, b.streams, strict=True)
    )
