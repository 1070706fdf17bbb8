"""`simulate`: a simulated wearer through a headset: all samples, and the face behind them.

The sensors are "simulation version 1"; its figures are frozen.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.take import Take
from vrface.rig.rig import Rig
from vrface.sensors.headset import HeadsetProfile
from vrface.sensors.paired import Paired
from vrface.sensors.recording import StreamSamples
from vrface.sensors.stream import Stream
from vrface.simulation.delivery import delivered, sample_times
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn

SIMULATION_VERSION = 1
"""Of behaviour, rig and sensors together; logs of different versions are different people."""

SIMULATION = f"simulation version {SIMULATION_VERSION}"
"""What a log's header says."""


def simulate(
    performance: Performance,
    headset: HeadsetProfile,
    donning: Donning,
    *,
    rig: Rig | None = None,
    rate_hz: float = 60.0,
    streams: Collection[str] | None = None,
) -> Paired:
    """Put a headset on a simulated wearer and sense as it would.

    Each stream samples the performance by its own clock (`vrface.simulation.delivery`); some
    samples never arrive. A stream that nobody simulates stays silent. The same arguments give the
    same bytes, and no stream changes another one's.

    Args:
        performance: What the wearer does.
        headset: What is put on.
        donning: How.
        rig: The wearer's head; None = the one of their seed.
        rate_hz: How often a face is wanted.
        streams: Names of those to simulate, others stay silent; None = all.

    Returns:
        Samples and truth, with the provenance of both; the truth's eyeLook weights derive from its
        gaze.

    Raises:
        BadUse: if `rate_hz` is not above 0, or leaves fewer than two frames.
    """
    frame_time_s = _frame_times(performance, rate_hz)
    worn = Worn(performance, headset, donning, rig)
    heard = SIMULATORS.keys() if streams is None else SIMULATORS.keys() & set(streams)
    name = f"{performance.wearer.person}-{donning.number}"
    truth = _truth(performance, frame_time_s, name)
    return Paired(
        name=name,
        wearer=performance.wearer.person,
        donning=name,
        headset=headset,
        frame_time_ns=truth.time_ns,
        streams=tuple(
            _sensed(stream, worn) if stream.name in heard else _silent(stream)
            for stream in headset.streams
        ),
        truth=truth,
        real_face=False,
        real_sensors=False,
        provenance=provenance(
            performance.wearer,
            donning,
            headset,
            performance=performance.seed,
            # An end that is excluded: of so many instants, as many periods.
            seconds=performance.seconds / (1 - 1 / len(performance.time_s)),
            rate_hz=rate_hz,
        ),
    )


def provenance(
    wearer: Wearer,
    donning: Donning,
    headset: HeadsetProfile,
    *,
    performance: int,
    seconds: float,
    rate_hz: float,
) -> str:
    """Where a simulated recording comes from: what it takes to make it again, and who it is.

    Args:
        wearer: Who performs; of them, what one number or word says is told.
        donning: How the headset is put on.
        headset: What is put on.
        performance: Its seed.
        seconds: How long it is, the end excluded.
        rate_hz: How often a face is wanted.

    Returns:
        JSON; the same for the same.
    """
    entries = {
        "simulation": SIMULATION_VERSION,
        "wearer": _traits(wearer),
        "performance": {"seed": performance, "seconds": round(seconds, 6)},
        "headset": {"name": headset.name, "version": headset.version},
        "donning": donning.entries(),
        "rate_hz": rate_hz,
    }
    return json.dumps(entries, allow_nan=False, sort_keys=True)


def _traits(person: Any) -> dict[str, Any]:
    """What a wearer is like, as far as it is no array; 6 digits tell people apart."""
    traits: dict[str, Any] = {}
    for field in fields(person):
        value = getattr(person, field.name)
        if is_dataclass(value):
            traits[field.name] = _traits(value)
        elif isinstance(value, float | np.floating):
            traits[field.name] = float(f"{value:.6g}")
        elif isinstance(value, str | int):
            traits[field.name] = value
    return traits


def _frame_times(performance: Performance, rate_hz: float) -> NDArray[np.float64]:
    # The last instant is rounded: it may lie a hair before a frame's.
    seconds = performance.seconds
    frames = int(seconds * rate_hz + 1e-6) + 1 if rate_hz > 0 else 0
    if frames < 2:
        raise BadUse(f"{rate_hz} Hz makes {frames} frames of {seconds:.3f} s.")
    return np.arange(frames) / rate_hz


def _truth(performance: Performance, frame_time_s: NDArray[np.float64], name: str) -> Take:
    take = replace(performance.at(frame_time_s).take(), name=name)
    take.weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(take.gaze)
    return take


def _sensed(stream: Stream, worn: Worn) -> StreamSamples:
    time_s = sample_times(stream, worn)
    values = SIMULATORS[stream.name].sense(stream, worn, time_s)
    return delivered(stream, worn, time_s, values)


def _silent(stream: Stream) -> StreamSamples:
    none = np.zeros(0, dtype=np.int64)
    return StreamSamples(none, none, np.zeros((0, len(stream.channels)), dtype=np.float32))
