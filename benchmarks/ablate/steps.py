"""What a step of each variant costs beside one of the base: one core, one wearer, taking turns."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure, step
from benchmarks.ablate.runs import model_of
from benchmarks.ablate.variants import BASE, VARIANTS, Settings
from vrface.model import compile_cache
from vrface.model.calibration import Calibration
from vrface.model.features import SKIN
from vrface.model.layers import Network
from vrface.model.model import Model
from vrface.training.workers import Tell


def timed(settings: Settings, folder: Path, tell: Tell) -> Mapping[str, Any]:
    """Time all variants whose network is not the base's.

    Returns:
        By variant: ``us``, the median of a step, and ``ratio`` with its 95 % interval ``low`` and
        ``high``, of medians taken in the same rounds.
    """
    compile_cache.enable()
    measure.pin()
    base, frames = _step(model_of(BASE, settings, [folder])), step.inputs(1, 32, 0)
    found = {}
    others = [name for name, variant in VARIANTS.items() if variant.kind is not Network]
    for number, name in enumerate(others):
        other = _step(model_of(name, settings, [folder]))
        theirs, ours = step.interleaved((other, base), frames, settings.calls)
        middle, low, high = measure.ratio(theirs, ours, 0)
        found[name] = {"us": float(np.median(theirs)), "ratio": middle, "low": low, "high": high}
        found.setdefault(
            BASE, {"us": float(np.median(ours)), "ratio": 1.0, "low": 1.0, "high": 1.0}
        )
        tell((number + 1) / len(others))
    return found


def _step(model: Model) -> step.Step:
    """One frame of one wearer, arrays in and out."""
    known = model.known([Calibration.none()], np.zeros((len(SKIN), 3), np.float32))
    told = {name: np.asarray(value) for name, value in known._asdict().items()}
    return step.jax_step(model.architecture, model.params, 1, told)
