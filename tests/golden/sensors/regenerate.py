"""Writes what evaluation sensors version 1 sense: `python -m tests.golden.sensors.regenerate`.

One made-up face that moves every shape, winks, looks about and is lost for a moment, through
headsets that have every stream this version simulates. Scores under sensors that differ are not
comparable: where a table changes, the version of the sensors has to change with it. The face is
written down here, so that no other simulation can move these tables.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np

from vrface.face.blendshapes import COUNT, indices
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear

FOLDER = Path(__file__).resolve().parent
HEADSETS = (
    "mouth_only",
    "openness_gaze_mouth",
    "eyes_and_mouth",
    "vive_pro_eye_lip",
    "quest_pro",
    "steam_frame_steamlink",
)
SEED = 3
RATE_HZ = 60.0
EVERY = 29
"""Every so many samples of a stream one is written down, and how many there are."""


def face() -> Take:
    """Four seconds at 60 Hz."""
    frames = np.arange(240)
    seconds = frames / RATE_HZ
    shapes = np.arange(COUNT)
    swing = np.sin(2 * np.pi * (0.2 + 0.03 * shapes) * seconds[:, None] + shapes)
    weights = 0.5 + 0.5 * swing
    left, right = indices(["eyeBlinkLeft", "eyeBlinkRight"])
    weights[:, left] = np.exp(-0.5 * ((seconds - 1.0) / 0.06) ** 2)
    weights[:, right] = weights[:, left] + np.exp(-0.5 * ((seconds - 2.6) / 0.06) ** 2)
    gaze = 0.3 * np.sin(2 * np.pi * seconds[:, None] * np.array([0.5, 0.3, 0.5, 0.3]) + 0.1)
    lost = (seconds > 3.0) & (seconds < 3.3)
    weights[lost], gaze[lost] = np.nan, np.nan
    return Take(
        name="golden",
        person="nobody",
        time_ns=np.round(frames * 1e9 / RATE_HZ).astype(np.int64),
        weights=weights.astype(np.float32),
        gaze=gaze.astype(np.float32),
        source=np.full(COUNT, Source.MEASURED, np.uint8),
        simulated=True,
    )


def golden(name: str) -> str:
    """What one headset senses of that face."""
    profile = headset(name)
    worn = wear(face(), profile, seed=SEED, rate_hz=RATE_HZ)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["stream", "samples", "sample_time_ns", "arrival_ns", "channel", "value"])
    for stream, samples in zip(profile.streams, worn.streams, strict=True):
        count = len(samples.sample_time_ns)
        if not count:  # a stream that this version leaves silent
            writer.writerow([stream.name, 0, "", "", "", ""])
        for number in range(0, count, EVERY):
            times = samples.sample_time_ns[number], samples.arrival_ns[number]
            for channel, value in zip(stream.channels, samples.values[number], strict=True):
                shown = "" if np.isnan(value) else f"{value:.4f}"
                writer.writerow([stream.name, count, *times, channel, shown])
    return text.getvalue()


if __name__ == "__main__":
    for headset_name in HEADSETS:
        (FOLDER / f"{headset_name}.csv").write_text(golden(headset_name), encoding="utf-8")
    print(f"{len(HEADSETS)} golden tables written to {FOLDER}")
