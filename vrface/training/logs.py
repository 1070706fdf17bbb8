"""What training learns from: paired logs, each with its wearer's rests, split by wearer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.log import read_paired
from vrface.model.calibration import Arrays, Calibration
from vrface.model.features import PLANES, STREAMS, WIDTH
from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.config import SimulatedWearers
from vrface.training.rest import face_rest, relative
from vrface.training.sequences import features_of
from vrface.trust.permission import Permission

Steps: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is to do."""

HEARD = frozenset(STREAMS)
"""The streams that networks hear: no others need be simulated for them."""

SPARSE = 4
"""Rests are found on every n-th frame: neighbours say the same."""

_PRESENT = PLANES.index("present")


@dataclass(frozen=True, eq=False)
class TrainingLog:
    """One paired log and what is known of its wearer.

    Attributes:
        paired: Samples and truth.
        face_rest: [54] the wearer's resting face over all their logs; NaN where nobody knows it.
        calibration: What its sensors say of the wearer, over all of it.
        heard: [256] whether a slot ever had a value.
    """

    paired: Paired
    face_rest: NDArray[np.float32]
    calibration: Calibration
    heard: NDArray[np.bool_]

    @property
    def truth(self) -> NDArray[np.float32]:
        """[frames, 54] rest-relative weights; NaN where unknown."""
        return relative(self.paired.truth.weights, self.face_rest)


def simulated_logs(simulated: SimulatedWearers, progress: Steps) -> list[Paired]:
    """Wearers who do not exist, each behind a headset; the same config gives the same bytes."""
    profiles = [headset(name) for name in simulated.headsets]
    paireds = []
    for number in range(simulated.wearers):
        seed = simulated.first_seed + number
        paireds.append(
            simulate(
                perform(Wearer.drawn(seed), seed=seed, seconds=simulated.seconds),
                profiles[number % len(profiles)],
                Donning.drawn(seed),
                rate_hz=simulated.rate_hz,
                streams=HEARD,
            )
        )
        progress("simulating wearers", number + 1, simulated.wearers)
    return paireds


def read_logs(folder: Path, permission: Permission, progress: Steps) -> list[Paired]:
    """Every paired log (.mcap) in a folder, in order of name.

    Raises:
        BadUse: if there is no such folder, or no log in it.
        LogError: if one of them cannot be read as a paired log.
        Refused: if the permission does not open them.
    """
    if not folder.is_dir():
        raise BadUse(f"{folder} is no folder.", "Give the folder that holds paired logs (.mcap).")
    paths = sorted(folder.glob("*.mcap"))
    if not paths:
        raise BadUse(f"no log (.mcap) in {folder}.", "Make one with `vrface simulate`.")
    paireds = []
    for number, path in enumerate(paths):
        paireds.append(read_paired(path, permission))
        progress("reading logs", number + 1, len(paths))
    return paireds


def with_rests(paireds: Sequence[Paired], progress: Steps) -> list[TrainingLog]:
    """Find out what each log's sensors and each wearer's face read at rest.

    Raises:
        TakeError: if a wearer's face is nowhere known for half a second.
    """
    faces = {
        wearer: face_rest([paired.truth for paired in paireds if paired.wearer == wearer])
        for wearer in {paired.wearer for paired in paireds}
    }
    logs = []
    for paired in paireds:
        features = features_of(_sparse(paired))
        log = TrainingLog(
            paired=paired,
            face_rest=faces[paired.wearer],
            calibration=Calibration.unpaired(features),
            heard=np.asarray(features[:, _PRESENT].any(axis=0)),
        )
        logs.append(log)
        progress("finding rests", len(logs), len(paireds))
    return logs


def _sparse(paired: Paired) -> Paired:
    """The recording at every n-th of its frames: enough to know what sensors read."""
    times_ns = paired.frame_time_ns[::SPARSE]
    return replace(paired, frame_time_ns=times_ns, truth=paired.truth.at(times_ns))


def split(paireds: Sequence[Paired], share: float) -> tuple[list[Paired], list[Paired]]:
    """Logs to learn from and logs to hold out, by wearer.

    Who is held out depends on the pseudonyms alone, not on their order.

    Args:
        paireds: All logs.
        share: Of the wearers to hold out, at least one.

    Raises:
        BadUse: with fewer than three wearers: two to learn from, one to judge by.
    """
    wearers = sorted(
        {paired.wearer for paired in paireds},
        key=lambda wearer: hashlib.sha256(wearer.encode()).digest(),
    )
    if len(wearers) < 3:
        raise BadUse(
            f"training takes logs of three wearers or more, got {len(wearers)}.",
            "One of them is held out, to judge by.",
        )
    held_out = set(wearers[: min(max(round(share * len(wearers)), 1), len(wearers) - 2)])
    learned = [paired for paired in paireds if paired.wearer not in held_out]
    return learned, [paired for paired in paireds if paired.wearer in held_out]


def population(logs: Sequence[TrainingLog]) -> Arrays:
    """What stands in for what is not known of a wearer, as a checkpoint's statistics hold it.

    Returns:
        ``sensor_rest`` and ``sensor_spread``, [256] on average over logs; 0 and 1 where none has a
        value. ``face_rest``, [54] the mean of the wearers' resting faces; 0 where none is known.
    """
    nothing = {
        "sensor_rest": np.full(WIDTH, np.nan, np.float32),
        "sensor_spread": np.full(WIDTH, np.nan, np.float32),
    }
    levels = [log.calibration.levels(nothing) for log in logs]
    faces = {log.paired.wearer: log.face_rest for log in logs}
    return {
        "sensor_rest": _usual([one.rest for one in levels], 0.0),
        "sensor_spread": _usual([one.spread for one in levels], 1.0),
        "face_rest": _usual(list(faces.values()), 0.0),
    }


def _usual(values: Sequence[NDArray[np.float32]], else_: float) -> NDArray[np.float32]:
    """The mean of what is known; `else_` where nothing is."""
    stacked = np.stack(values)
    known = np.isfinite(stacked)
    total = np.where(known, stacked, 0.0).sum(axis=0, dtype=np.float32)
    mean = total / np.maximum(known.sum(axis=0), 1)
    return np.where(known.any(axis=0), mean, else_).astype(np.float32)
