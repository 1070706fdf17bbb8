"""`measure`: simulated wearers and sensors beside real takes and publications."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from vrface.errors import VrfaceError
from vrface.face.take import Take
from vrface.log.importers import read_take
from vrface.simulation.performance import perform
from vrface.simulation.wearer import Wearer
from vrface.training.config import FIRST_TEST_SEED
from vrface.training.metrics.arrays import Figures
from vrface.training.realism import eyes, motion, skin, voice
from vrface.training.realism.behaviour import (
    Alone,
    Apart,
    alone,
    distance,
    findings,
    untold,
    windowed,
)
from vrface.training.realism.dynamics import dynamics
from vrface.training.realism.finding import Finding
from vrface.training.realism.statistics import statistics
from vrface.training.rest import face_rest
from vrface.training.workers import Task, Tell, Watch, kept, run

FIRST_SEED = FIRST_TEST_SEED

WEARERS, SECONDS = 40, 90.0

_TOGETHER = 10
"""Wearers of one job."""


class Kind(NamedTuple):
    """One kind of sensor.

    Attributes:
        findings: What there is to say of it, given the folder of recordings.
        wearers: Seeds of those who wear it.
    """

    findings: Callable[[Path | None], list[Finding]]
    wearers: Sequence[int]


SENSORS: Mapping[str, Kind] = {
    "Foam, strain and EMG": Kind(lambda data: skin.findings(), skin.WEARERS),
    "Eye tracker": Kind(eyes.findings, eyes.WEARERS),
    "Microphone": Kind(lambda data: voice.findings(), voice.WEARERS),
    "Head and inertial sensors": Kind(motion.findings, motion.WEARERS),
}
"""By title."""


class Measured(NamedTuple):
    """What was found.

    Attributes:
        groups: Findings by title: regions of the face, then sensors.
        apart: By real take, how far other faces are from it.
        alone: By real take, how often it and simulated wearers are like the other takes.
        untold: Statistics that no take and no publication tells of.
        missing: By title, why a group is not there.
        sensor_wearers: By title of a sensor, the seeds of those who wore it.
    """

    groups: dict[str, list[Finding]]
    apart: dict[str, Apart]
    alone: dict[str, Alone]
    untold: list[str]
    missing: dict[str, str]
    sensor_wearers: dict[str, Sequence[int]]


@dataclass(frozen=True)
class _Real:
    """What real takes tell, and how far they are apart."""

    paths: tuple[Path, ...]

    def __call__(self, tell: Tell) -> Mapping[str, Any]:
        takes = _takes(self.paths)
        figures = {take.name: statistics(take, rest) for take, rest in takes}
        faces = {take.name: windowed(take, rest) for take, rest in takes}
        apart = {
            name: [distance(face, other) for whose, other in faces.items() if whose != name]
            for name, face in faces.items()
        }
        return {"figures": figures, "apart": apart}


@dataclass(frozen=True)
class _Simulated:
    """What some simulated wearers do, and how far they are from real takes."""

    seeds: tuple[int, ...]
    seconds: float
    paths: tuple[Path, ...]

    def __call__(self, tell: Tell) -> Mapping[str, Any]:
        real = {take.name: windowed(take, rest) for take, rest in _takes(self.paths)}
        figures: list[Figures] = []
        apart: dict[str, list[float | None]] = {name: [] for name in real}
        for place, seed in enumerate(self.seeds):
            performance = perform(Wearer.drawn(seed), seed=seed, seconds=self.seconds)
            take = performance.take()
            rest = face_rest([take])
            figures.append(statistics(take, rest) | dynamics(performance, rest))
            face = windowed(take, rest)
            for name, truth in real.items():
                apart[name].append(distance(truth, face))
            tell((place + 1) / len(self.seeds))
        return {"figures": figures, "apart": apart}


@dataclass(frozen=True)
class _Sensors:
    """What one kind of sensor tells; that it cannot be measured is told, and fails nothing."""

    title: str
    data: Path | None

    def __call__(self, tell: Tell) -> Mapping[str, Any]:
        try:
            return {"findings": [one._asdict() for one in SENSORS[self.title].findings(self.data)]}
        except VrfaceError as error:
            return {"missing": error.message}


def measure(
    paths: Sequence[Path],
    data: Path | None,
    folder: Path,
    *,
    wearers: int = WEARERS,
    seconds: float = SECONDS,
    seed: int = FIRST_SEED,
    watch: Watch = lambda name, done: None,
    workers: int = 2,
) -> Measured:
    """Measure what is not measured yet, and read it.

    Args:
        paths: Real takes of full faces; a person's are in one folder.
        data: The folder of recordings, for sensors that were recorded; None = there is none.
        folder: Where results are kept; another one for other takes or another simulation.
        wearers: How many to simulate.
        seconds: How long each performs.
        seed: Of the first wearer.
        watch: Told how far each job is.
        workers: How many run side by side.

    Raises:
        VrfaceError: if a take cannot be read or a job fails.
    """
    takes = tuple(paths)
    last = seed + wearers
    chunks = [tuple(range(one, min(one + _TOGETHER, last))) for one in range(seed, last, _TOGETHER)]
    simulated: dict[str, Task] = {
        f"realism-{chunk[0]}-{chunk[-1]}-{seconds:g}": _Simulated(chunk, seconds, takes)
        for chunk in chunks
    }
    sensors = {f"realism-{_file(title)}": (title, _Sensors(title, data)) for title in SENSORS}
    tasks: dict[str, Task] = {name: task for name, (_, task) in sensors.items()}
    run({**tasks, **simulated, "realism-real": _Real(takes)}, folder, watch, workers)

    read = partial(_read, folder)
    parts, real = [read(name) for name in simulated], read("realism-real")
    figures = [one for part in parts for one in part["figures"]]
    groups, missing = dict(findings(figures, real["figures"])), {}
    for name, (title, _) in sensors.items():
        found = read(name)
        groups[title] = [_finding(row) for row in found.get("findings", ())]
        if "missing" in found:
            missing[title] = found["missing"]
    return Measured(
        groups=groups,
        apart=_apart(parts, real),
        alone=alone(figures, real["figures"]),
        untold=untold(figures, real["figures"]),
        missing=missing,
        sensor_wearers={title: kind.wearers for title, kind in SENSORS.items()},
    )


def _apart(parts: Sequence[Mapping[str, Any]], real: Mapping[str, Any]) -> dict[str, Apart]:
    """By take; one too short for windows is left out."""
    found = {}
    for name, others in real["apart"].items():
        simulated = [value for part in parts for value in part["apart"][name] if value is not None]
        if simulated:
            found[name] = Apart(simulated, [value for value in others if value is not None])
    return found


def _takes(paths: Sequence[Path]) -> list[tuple[Take, Any]]:
    """Each take, and the rest of its person over all their takes."""
    takes = [read_take(path) for path in paths]
    persons = {take.person for take in takes}
    rests = {name: face_rest([t for t in takes if t.person == name]) for name in persons}
    return [(take, rests[take.person]) for take in takes]


def _finding(row: Mapping[str, Any]) -> Finding:
    """Back from JSON, which has lists for tuples."""
    spread = row["spread"]
    return Finding(**{**row, "spread": None if spread is None else (spread[0], spread[1])})


def _read(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept(folder, name).read_text(encoding="utf-8"))
    return found


def _file(title: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in title.lower())
