"""Lessons of simulated wearers, and disturbances that change nothing."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from vrface.training.config import SimulatedWearers, TrainConfig
from vrface.training.disturb import Disturbances
from vrface.training.lessons import Lesson, lessons
from vrface.training.logs import TrainingLog, simulated_logs, with_rests


def quiet(what: str, done: int, of: int) -> None:
    pass


def logs_of(wearers: int, seconds: float, *headsets: str) -> list[TrainingLog]:
    simulated = SimulatedWearers(wearers=wearers, seconds=seconds)
    if headsets:
        simulated = SimulatedWearers(wearers=wearers, seconds=seconds, headsets=headsets)
    return with_rests(simulated_logs(simulated, quiet), quiet)


def lessons_of(logs: list[TrainingLog], config: TrainConfig) -> list[Lesson]:
    return lessons(logs, config, quiet)


def calm(rate_hz: float = 60.0) -> Disturbances:
    """Frames at one rate, of which nothing is taken and to which nothing is done."""
    kept: dict[str, Any] = {"rate_hz": (rate_hz, rate_hz), "tiers": (), "silence_s": (0.1, 3.0)}
    return Disturbances(**{f.name: kept.get(f.name, 0.0) for f in fields(Disturbances)})
