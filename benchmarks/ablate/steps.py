"""What a step of each variant costs beside one of the base: one core, one wearer, taking turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from benchmarks.ablate.runs import model_of
from benchmarks.ablate.variants import BASE, VARIANTS, Settings
from vrface.model import compile_cache
from vrface.model.calibration import Calibration
from vrface.model.features import SKIN, WIDTH
from vrface.model.model import Model
from vrface.training.workers import Tell

ROUNDS = 50
PERIOD_S = np.float32(1 / 90)


def timed(settings: Settings, folder: Path, tell: Tell) -> Mapping[str, Any]:
    """Time all variants whose network is not the base's.

    Returns:
        By variant: ``us``, the median of a step, and ``ratio`` with its 95 % interval ``low`` and
        ``high``, of medians taken in the same rounds.
    """
    compile_cache.enable()
    measure.pin()
    base = model_of(BASE, settings, [folder])
    found = {}
    others = [name for name, variant in VARIANTS.items() if variant.kind is not None]
    for number, name in enumerate(others):
        theirs, ours = _interleaved(model_of(name, settings, [folder]), base, settings.calls)
        middle, low, high = measure.ratio(theirs, ours, 0)
        found[name] = {"us": float(np.median(theirs)), "ratio": middle, "low": low, "high": high}
        found.setdefault(
            BASE, {"us": float(np.median(ours)), "ratio": 1.0, "low": 1.0, "high": 1.0}
        )
        tell((number + 1) / len(others))
    return found


def _interleaved(one: Model, other: Model, calls: int) -> tuple[Any, Any]:
    """Microseconds of every call, [rounds, calls of a round], of each."""
    steps, each = (_step(one), _step(other)), max(calls // ROUNDS, 1)
    times = np.empty((2, ROUNDS, each))
    # The first round warms up and is not kept; who begins changes from round to round.
    for number in range(-1, ROUNDS):
        for side in (0, 1) if number % 2 else (1, 0):
            for call in range(each):
                began = time.perf_counter_ns()
                steps[side]()
                times[side, number, call] = (time.perf_counter_ns() - began) / 1e3
    return times[0], times[1]


def _step(model: Model) -> Callable[[], None]:
    """One frame of one wearer, arrays in and out."""
    positions = np.zeros((len(SKIN), 3), np.float32)
    known = model.known([Calibration.none()], positions)
    features = np.random.default_rng(0).random((1, 4, WIDTH)).astype(np.float32)
    dt, carry = np.full(1, PERIOD_S), model.new_carry(1)

    def step() -> None:
        nonlocal carry
        carry, prediction = model.step(carry, features, dt, known)
        for value in prediction.values():
            np.asarray(value)

    return step
