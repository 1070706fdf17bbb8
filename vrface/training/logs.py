"""What training learns from: paired logs, each with its wearer's rests, split by wearer."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.log import read_paired
from vrface.model.features import PLANES, SLOTS
from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.calibrate import sensor_rest
from vrface.training.config import SimulatedWearers
from vrface.training.rest import face_rest, relative
from vrface.training.sequences import features_by_log
from vrface.trust.permission import Permission

Steps: TypeAlias = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done and how much there is to do."""

HEARD = frozenset(stream for stream, _ in SLOTS)
"""The streams that networks hear: no others need be simulated for them."""

_PRESENT = PLANES.index("present")


@dataclass(frozen=True, eq=False)
class TrainingLog:
    """One paired log and what is known of its wearer.

    Attributes:
        paired: Samples and truth.
        face_rest: [54] the wearer's resting face over all their logs; NaN where nobody knows it.
        sensor_rest: [68] what each slot read at rest; NaN where this log has none.
        heard: [68] whether a slot ever had a value.
    """

    paired: Paired
    face_rest: NDArray[np.float32]
    sensor_rest: NDArray[np.float32]
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
    logs: dict[int, TrainingLog] = {}
    for number, features in features_by_log(paireds):
        paired = paireds[number]
        logs[number] = TrainingLog(
            paired=paired,
            face_rest=faces[paired.wearer],
            sensor_rest=sensor_rest(features),
            heard=np.asarray(features[:, _PRESENT].any(axis=0)),
        )
        progress("finding rests", len(logs), len(paireds))
    return [logs[number] for number in range(len(paireds))]


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


def population_rest(logs: Sequence[TrainingLog]) -> NDArray[np.float32]:
    """[68] what a slot reads at rest on average over logs; 0 where none has it."""
    rests = np.stack([log.sensor_rest for log in logs])
    known = np.isfinite(rests)
    total = np.where(known, rests, 0.0).sum(axis=0, dtype=np.float32)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1), dtype=np.float32)
