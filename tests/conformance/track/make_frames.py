"""Makes the recorded requests beside it: `python -m tests.conformance.track.make_frames`.

One TrackRequest a line in protobuf's JSON, Open first. Every client must print the same faces for
them. They are made again only when a shipped headset gets other channels.

- named.jsonl: a synthetic wearer in vive_pro_eye_lip, named in Open.
- profile.jsonl: a headset nobody ships, described in Open, with extras and a copied shape, whose
  sensors do what sensors do: no value, no sense, no order, no answer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from google.protobuf.json_format import MessageToJson

from tests.serving.harness import HEADSET, frames
from vrface.wire.codec import frame_to_proto
from vrface.wire.messages import sensor_frame_pb2, session_pb2

HERE = Path(__file__).parent
COUNT = 60
FRAME_HZ = 90
START_NS = 4_102_444_800_000_000_001
"""Beyond 2^53: whoever keeps a time in a float is found out."""

MOUTH, LIDS, GAZE, BROWS = range(4)
STREAMS = (
    (
        "mouth_tracker",
        60,
        "jawOpen mouthSmileLeft mouthSmileRight mouthFunnel cheekPuffLeft cheekPuffRight tongueOut"
        " cheekSuckLeft cheekSuckRight tongueUp",
    ),
    ("lids", 90, "openness_left openness_right"),
    ("gaze_combined", 90, "yaw pitch"),
    ("upper_face", 60, "browDownLeft browDownRight"),
)
MEASURES = (
    "eyeBlinkLeft eyeLookDownLeft eyeLookInLeft eyeLookOutLeft eyeLookUpLeft"
    " eyeBlinkRight eyeLookDownRight eyeLookInRight eyeLookOutRight eyeLookUpRight"
    " jawOpen mouthFunnel mouthSmileLeft mouthSmileRight browDownLeft browDownRight"
    " cheekPuffLeft cheekPuffRight tongueOut"
)
COPIES = "cheekPuffRight"


def named() -> Iterator[session_pb2.TrackRequest]:
    """A synthetic wearer in a headset that the server knows."""
    yield session_pb2.TrackRequest(
        open={"protocol": 1, "headset_name": HEADSET, "window": 1, "want_stddev": True}
    )
    for frame in frames(COUNT, FRAME_HZ):
        message = frame_to_proto(frame)
        for sample in message.samples:
            # Short lines; and no machine's last digit.
            sample.values[:] = [round(value, 4) for value in sample.values]
        yield session_pb2.TrackRequest(frame=message)


def described() -> Iterator[session_pb2.TrackRequest]:
    """A headset that the server does not know, and its trouble."""
    profile = sensor_frame_pb2.HeadsetProfile(
        name="conformance",
        version="1",
        streams=[
            sensor_frame_pb2.SensorStream(
                name=name,
                channels=channels.split(),
                rate_hz=rate_hz,
                latency_us=10_000,
                noise=[0.02] * len(channels.split()),
            )
            for name, rate_hz, channels in STREAMS
        ],
        measures=MEASURES.split(),
        copies=COPIES.split(),
    )
    yield session_pb2.TrackRequest(
        open={"protocol": 1, "headset_profile": profile, "window": 1, "want_stddev": True}
    )
    sent = [0] * len(STREAMS)
    for number in range(1, COUNT + 1):
        time_ns = START_NS + number * 1_000_000_000 // FRAME_HZ
        frame = sensor_frame_pb2.SensorFrame(sequence=number, frame_time_ns=time_ns)
        for stream, (_, rate_hz, _) in enumerate(STREAMS):
            while START_NS + sent[stream] * 1_000_000_000 // rate_hz <= time_ns:
                frame.samples.append(_sample(stream, sent[stream]))
                sent[stream] += 1
        _trouble(number, frame)
        yield session_pb2.TrackRequest(frame=frame)


def _sample(stream: int, index: int) -> sensor_frame_pb2.Sample:
    """Sample `index` of a stream: each channel swings at a pace of its own, rounded."""
    _, rate_hz, channels = STREAMS[stream]
    low, high = (-0.4, 0.4) if stream == GAZE else (0.0, 0.8)
    swings = [
        math.sin(2 * math.pi * (0.7 + 0.3 * place) * index / rate_hz + 2 * stream + place)
        for place in range(len(channels.split()))
    ]
    return sensor_frame_pb2.Sample(
        stream=stream,
        sample_time_ns=START_NS + index * 1_000_000_000 // rate_hz,
        values=[round(low + (high - low) * (swing + 1) / 2, 4) for swing in swings],
        confidence=0.9 if stream == LIDS else None,
    )


def _trouble(number: int, frame: sensor_frame_pb2.SensorFrame) -> None:
    """What goes wrong at frame `number`."""
    mouth = next((sample for sample in frame.samples if sample.stream == MOUTH), None)
    if 12 <= number < 16 and mouth:  # one shape and one extra are lost
        mouth.values[0] = mouth.values[7] = math.nan
    if number == 26 and mouth:  # nonsense
        mouth.values[3], mouth.values[4], mouth.values[0] = math.inf, -math.inf, 1.7
    if 20 <= number < 35:  # the lids fall silent
        _keep(frame, [sample for sample in frame.samples if sample.stream != LIDS])
    for sample in frame.samples:
        if 36 <= number < 50 and sample.stream == GAZE:  # the eyes are lost, and said to be
            sample.values[:] = [math.nan, math.nan]
    if number == 40:  # a sample arrives twice, in the wrong order
        _keep(frame, [*reversed(frame.samples), *frame.samples])
    if number == 45:  # a late one
        frame.samples.append(_sample(MOUTH, 20))
    if number == 48:  # a frame from the future
        frame.frame_time_ns += 200_000_000
    if number == 52:  # a stream the headset lacks, and a sample of another width
        frame.samples.add(stream=9, sample_time_ns=frame.frame_time_ns, values=[0.5])
        frame.samples.add(stream=LIDS, sample_time_ns=frame.frame_time_ns, values=[0.5])
    if number == 55:  # nothing at all
        _keep(frame, [])


def _keep(frame: sensor_frame_pb2.SensorFrame, samples: list[sensor_frame_pb2.Sample]) -> None:
    kept = [sensor_frame_pb2.Sample.FromString(sample.SerializeToString()) for sample in samples]
    del frame.samples[:]
    frame.samples.extend(kept)


def text(requests: Iterator[session_pb2.TrackRequest]) -> str:
    """One line of JSON each."""
    return "".join(MessageToJson(request, indent=None) + "\n" for request in requests)


FILES = {"named.jsonl": named, "profile.jsonl": described}

if __name__ == "__main__":
    for name, make in FILES.items():
        (HERE / name).write_text(text(make()))
