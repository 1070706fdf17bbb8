"""`SIMULATORS`: which streams are simulated, and by what."""

from __future__ import annotations

from collections.abc import Mapping

from vrface.simulation.simulators import (
    audio_features,
    emg,
    eye_tracker,
    foam,
    head_pose,
    imu,
    mouth_tracker,
    strain,
)
from vrface.simulation.simulators.simulator import Simulator

SIMULATORS: Mapping[str, Simulator] = {
    "mouth_tracker": Simulator(mouth_tracker.FAMILIES, mouth_tracker.sense),
    "upper_face": Simulator(mouth_tracker.FAMILIES, mouth_tracker.sense),
    **eye_tracker.SIMULATORS,
    "audio_features": Simulator(audio_features.FAMILIES, audio_features.sense),
    "imu": Simulator(imu.FAMILIES, imu.sense),
    "head_pose": Simulator(head_pose.FAMILIES, head_pose.sense),
    "foam": Simulator(foam.FAMILIES, foam.sense),
    "strain": Simulator(strain.FAMILIES, strain.sense),
    "emg": Simulator(emg.FAMILIES, emg.sense),
}
"""By stream; one that is not among them stays silent."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    stream: simulator.families for stream, simulator in SIMULATORS.items()
}
"""By stream, its simulator's laws of noise and layout; of several, the last one is held out."""
