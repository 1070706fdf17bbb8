"""What an imported recording holds, in words."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.log.importers.format import Imported
from vrface.sensors.recording import SensorRecording, StreamSamples

_GAP_NS = 100_000_000


def describe(imported: Imported) -> list[tuple[str, str]]:
    """Labels and what stands behind them, one after the other, notes last."""
    recording = imported.recording
    if isinstance(recording, Take):
        person, facts = recording.person, _face(recording)
    else:
        person, facts = recording.wearer, _sensors(recording)
    whose = person if imported.named else f"{person} (the folder's name; give --person)"
    notes = [("note", note) for note in imported.notes]
    return [("format", imported.format), ("person", whose), *facts, *notes]


def _face(take: Take) -> list[tuple[str, str]]:
    copied, absent = (
        ", ".join(np.array(BLENDSHAPES)[take.source == kind]) or "none"
        for kind in (Source.COPIED, Source.ABSENT)
    )
    return [
        ("face", "simulated" if take.simulated else "real"),
        ("frames", str(len(take.time_ns))),
        ("seconds", f"{take.seconds:.1f}"),
        ("frames a second", f"{(len(take.time_ns) - 1) / take.seconds:.1f}"),
        ("lost rows", str(int((~take.tracked).sum()))),
        ("copied shapes", copied),
        ("absent shapes", absent),
    ]


def _sensors(recording: SensorRecording) -> list[tuple[str, str]]:
    times = recording.frame_time_ns
    gaps = int((np.diff(times) > _GAP_NS).sum())
    return [
        ("headset", recording.headset.name),
        ("frames", str(len(times))),
        ("seconds", f"{(times[-1] - times[0]) / 1e9:.1f}"),
        ("gaps", f"{gaps} of more than {_GAP_NS / 1e9:g} s"),
        *(
            (stream.name, _stream(samples))
            for stream, samples in zip(recording.headset.streams, recording.streams, strict=True)
        ),
    ]


def _stream(samples: StreamSamples) -> str:
    """``1518 samples, 120.0 Hz, 13.9 % lost``; the rate is of the steps one finds in the middle."""
    lost = float(np.isnan(samples.values).mean())
    steps = np.diff(samples.sample_time_ns)
    rate = f"{1e9 / np.mean(steps[steps <= _GAP_NS]):.1f} Hz, " if (steps <= _GAP_NS).any() else ""
    return f"{len(samples.values)} samples, {rate}{lost:.1%} lost"
