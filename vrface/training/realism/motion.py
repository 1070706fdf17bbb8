"""How simulated heads move, and what sensors make of that, beside logs of real headsets.

The logs are those of EveCharbie/EyeDentify3d (MIT): head poses of a Vive Pro Eye and a Quest Pro,
11 to 58 s each, of people who look at a screen, at films around them, or play. People in
conversation are not among them, so the range is wide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.log.importers import read_any
from vrface.sensors.headset import headset
from vrface.simulation.behaviour.plan import TALK
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance
from vrface.simulation.simulators.imu import GRAVITY
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.worn import Worn
from vrface.training.realism.finding import Finding, over_wearers
from vrface.training.realism.sessions import conversing

Floats = NDArray[np.float64]

WEARERS: tuple[int, ...] = tuple(range(9300, 9324))
"""Seeds of the wearers measured, by default."""

LOGS: tuple[str, ...] = (
    "TESTNA01_2D_Fist3.csv",
    "TESTNA01_360VR_Fist3.csv",
    "TESTNA05_2D_Spread7.csv",
    "TESTNA05_360VR_Spread7.csv",
    "baseball_360VR.csv",
)
"""Logs of heads that nobody throws about."""

_SECONDS = 90.0
_STEP_S = 0.05  # over which angular speed is taken: logged angles are rounded


class HeadLog(NamedTuple):
    """Poses of a head.

    Attributes:
        time_s: [samples] increasing.
        pose: [samples, 7] metres, then a unit quaternion.
    """

    time_s: Floats
    pose: Floats


class HeadMotion(NamedTuple):
    """How a head moves.

    Attributes:
        median: Angular speed, degrees a second.
        lively: The same, exceeded a tenth of the time.
        shake: Robust standard deviation of second differences of the position, mm.
    """

    median: float
    lively: float
    shake: float


_KNOWN = (
    ("head, median angular speed, degrees a second", 2.5, 17.0),
    ("head, angular speed exceeded a tenth of the time, degrees a second", 23.2, 47.1),
    ("head pose, second differences of position, mm", 0.060, 0.093),
)  # of `LOGS`


def findings(data: Path | None = None, wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """Heads, poses and inertial sensors; about 10 s on one core.

    Args:
        data: The folder of recordings; None = what was found in them is what counts.
        wearers: Seeds.

    Raises:
        TakeError: if there is a folder, but not `LOGS` in it.
    """
    real = [] if data is None else [figures(read_log(data, name)) for name in LOGS]
    worn = [_worn(performance) for performance in conversing(wearers, _SECONDS)]
    heads = [figures(_poses(one)) for one in worn]
    found = []
    for number, (what, low, high) in enumerate(_KNOWN):
        if real:
            low, high = (pick(one[number] for one in real) for pick in (min, max))
        values = [one[number] for one in heads]
        found.append(over_wearers(what, values, low, high, "EyeDentify3d, 5 head pose logs"))
    bursts = [burst for burst in map(_bursts, worn) if burst is not None]
    found.append(
        over_wearers(
            "accelerometer, jaw and voice of who talks with a still head, .99 quantile, g",
            bursts,
            0.003,
            0.05,
            "assumed: skull coupling",
        )
    )
    return found


def read_log(data: Path, name: str) -> HeadLog:
    """Head poses of a log.

    Raises:
        TakeError: if it is none, or has no poses.
    """
    path = data / "vr_eye" / "EyeDentify3d" / name
    recording = read_any(path).sensors
    names = [stream.name for stream in recording.headset.streams]
    if "head_pose" not in names:
        raise TakeError(f"{path} holds no head poses.")
    samples = recording.streams[names.index("head_pose")]
    return HeadLog(samples.sample_time_ns / 1e9, samples.values.astype(np.float64))


def figures(log: HeadLog) -> HeadMotion:
    """How the head of a log moves."""
    time_s = np.arange(log.time_s[0], log.time_s[-1], _STEP_S)
    nearest = np.minimum(np.searchsorted(log.time_s, time_s), len(log.time_s) - 1)
    turn, period_s = log.pose[nearest, 3:], np.diff(log.time_s[nearest])
    cosine = np.abs((turn[1:] * turn[:-1]).sum(axis=1)).clip(0.0, 1.0)
    speed = np.rad2deg(2.0 * np.arccos(cosine))[period_s > 0] / period_s[period_s > 0]
    second = np.diff(log.pose[:, :3], n=2, axis=0)
    return HeadMotion(
        median=float(np.median(speed)),
        lively=float(np.quantile(speed, 0.9)),
        # White noise of 1 has second differences of the square root of 6.
        shake=1000.0 * 1.48 * float(np.median(np.abs(second))) / np.sqrt(6.0),
    )


def _worn(performance: Performance) -> Worn:
    return Worn(performance, headset("everything"), Donning.drawn(performance.wearer.seed))


def _poses(worn: Worn) -> HeadLog:
    stream = worn.headset.streams[worn.headset.stream_index("head_pose")]
    time_s = np.arange(0.0, worn.performance.seconds, 1 / stream.rate_hz)
    return HeadLog(time_s, SIMULATORS[stream.name].sense(stream, worn, time_s).astype(np.float64))


def _bursts(worn: Worn) -> float | None:
    """Acceleration that the face alone gives the headset while talking, g; None = never talks."""
    still = replace(worn.performance, head=_resting(worn.performance))
    stream = worn.headset.streams[worn.headset.stream_index("imu")]
    quiet = replace(stream, noise=0.0)
    time_s = np.arange(0.0, still.seconds, 1 / stream.rate_hz)
    unmoved = Worn(still, worn.headset, worn.donning)
    felt = SIMULATORS[stream.name].sense(quiet, unmoved, time_s)[:, 3:].astype(np.float64)
    moved = np.linalg.norm(felt - np.median(felt, axis=0), axis=1)
    talking = still.at(time_s).activity == TALK
    return float(np.quantile(moved[talking], 0.99)) / GRAVITY if talking.any() else None


def _resting(performance: Performance) -> Floats:
    head = np.zeros_like(performance.head)
    head[:, 6] = 1.0
    return head
