"""A simulated eye tracker beside real ones: eye logs of 16 people who wore a headset.

The simulator's constants were fitted to the logs of P1-P12 of the data set IER_2023
(SimonGeb/IER_2023, MIT); here it is compared with P13-P16, or, where these are not at hand, with
what the first twelve were found to be.
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
from vrface.log.importers.sensors import headset_of
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance
from vrface.simulation.simulators.registry import SIMULATORS
from vrface.simulation.worn import Worn
from vrface.training.metrics.events import runs
from vrface.training.realism.finding import Finding
from vrface.training.realism.sessions import conversing

Floats = NDArray[np.float64]

WEARERS: tuple[int, ...] = tuple(range(9100, 9124))
"""Seeds of the wearers measured, by default."""

CHECKED: tuple[str, ...] = ("P13", "P14", "P15", "P16")
"""People of the data set whom the simulator was not fitted to."""

_SECONDS = 90.0
_HEADSET = "ier_2023"

_SHUT = 0.5  # openness, mean of both eyes, below which a lid is in a blink
_BLINK_S, _STARTED_S, _GAP_S = 0.5, 3.0, 0.09
_OPEN, _FULL = 0.6, 1.0


class EyeLog(NamedTuple):
    """What an eye tracker said.

    Attributes:
        time_s: [samples] increasing; what was not sent is not there.
        openness: [samples, 2].
        pupils_mm: [samples, 2] NaN = lost.
    """

    time_s: Floats
    openness: Floats
    pupils_mm: Floats


_FITTED: dict[str, tuple[str, float, float]] = {
    "saturated": ("openness, share of samples at 1", 0.50, 0.82),
    "step": ("openness below 1, median step from sample to sample", 0.0041, 0.0057),
    "apart": (
        "openness of both eyes below 1, standard deviation of their difference",
        0.073,
        0.159,
    ),
    "dips": ("openness of one eye alone, dips a minute", 3.8, 35.6),
    "depth": ("openness at the bottom of the median blink", 0.0, 0.45),
    "length": ("blinks, median time below half open, seconds", 0.043, 0.178),
    "lost": ("pupil, share of samples lost", 0.013, 0.078),
    "shake": ("pupil, standard deviation of the step from sample to sample, mm", 0.065, 0.090),
    "gaps": ("gaps of .09 s and more a minute", 0.62, 1.06),
}
"""What is measured, and its range over P1-P12."""


def findings(data: Path | None = None, wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """Each figure of simulated trackers beside its range over people; about 10 s on one core.

    Args:
        data: The folder of recordings; None = there is none.
        wearers: Seeds.

    Raises:
        TakeError: if there is a folder, but no logs of `CHECKED` in it.
    """
    simulated = [figures(simulated_log(one)) for one in conversing(wearers, _SECONDS)]
    people = [] if data is None else [_figures_of(data, person) for person in CHECKED]
    found = []
    for name, (what, low, high) in _FITTED.items():
        source = "IER 2023, P1-P12, which it was fitted to"
        if people:
            values = [person[name] for person in people]
            low, high, source = min(values), max(values), f"IER 2023, {CHECKED[0]}-{CHECKED[-1]}"
        ours = np.array([one[name] for one in simulated])
        ours = ours[np.isfinite(ours)]
        spread = (float(ours.min()), float(ours.max())) if len(ours) else None
        middle = float(np.median(ours)) if len(ours) else None
        found.append(Finding(what, middle, low, high, source, spread))
    return found


def simulated_log(performance: Performance) -> EyeLog:
    """What the headset of the data set would have said of a simulated wearer."""
    donning = Donning.drawn(performance.wearer.seed)
    if donning.families["lids"] == "raw":  # that headset's tracker is none
        donning = replace(donning, families={**donning.families, "lids": "even"})
    worn = Worn(performance, headset_of(_HEADSET), donning)
    lids, pupils = worn.headset.streams
    time_s = np.arange(0.0, performance.seconds, 1 / lids.rate_hz)
    openness, diameter = (
        SIMULATORS[stream.name].sense(stream, worn, time_s).astype(np.float64)
        for stream in (lids, pupils)
    )
    sent = np.isfinite(openness).all(axis=1)
    return EyeLog(time_s[sent], openness[sent], diameter[sent])


def read_log(path: Path) -> EyeLog:
    """A log of the data set.

    Raises:
        TakeError: if it is none.
    """
    recording = read_any(path, format="ier").sensors
    lids, pupils = recording.streams
    return EyeLog(
        lids.sample_time_ns / 1e9, lids.values.astype(np.float64), pupils.values.astype(np.float64)
    )


def figures(*logs: EyeLog) -> dict[str, float]:
    """The figures of one person's logs, by the names of `_FITTED`; NaN = not defined.

    Logs weigh as their samples do.
    """
    opened = np.concatenate([log.openness for log in logs])
    pupils = np.concatenate([log.pupils_mm for log in logs])
    minutes = sum(log.time_s[-1] - max(log.time_s[0], _STARTED_S) for log in logs) / 60.0
    steps = np.concatenate([np.diff(log.openness, axis=0) for log in logs])
    near = [(log.openness > _OPEN) & (log.openness < _FULL) for log in logs]
    both = np.concatenate([here[1:] & here[:-1] for here in near])
    half = ((opened > _SHUT) & (opened < 0.99)).all(axis=1)
    blinks = np.concatenate([_blinks(log) for log in logs])
    shake = np.concatenate([np.diff(log.pupils_mm, axis=0).ravel() for log in logs])
    return {
        "saturated": float((opened >= _FULL).mean()),
        "step": _median(np.abs(steps[both])),
        "apart": float(np.std(opened[half, 0] - opened[half, 1])) if half.any() else np.nan,
        "dips": sum(_dips(log) for log in logs) / minutes,
        "depth": _median(blinks[:, 0]),
        "length": _median(blinks[:, 1]),
        "lost": float(np.isnan(pupils).mean()),
        "shake": 1.48 * _median(np.abs(shake[np.isfinite(shake)])),
        "gaps": sum(_gaps(log) for log in logs) / minutes,
    }


def _figures_of(data: Path, person: str) -> dict[str, float]:
    paths = sorted((data / "vr_eye" / "IER_2023" / person).glob("*.csv"))
    if not paths:
        raise TakeError(f"{data} holds no eye logs of {person} of IER_2023.")
    return figures(*map(read_log, paths))


def _blinks(log: EyeLog) -> Floats:
    """[blinks, 2] lowest openness, and seconds below half, of short closures of both eyes."""
    opened = log.openness.mean(axis=1)
    starts, stops = runs(opened < _SHUT).T
    stops = np.minimum(stops, len(opened) - 1)
    length_s = log.time_s[stops] - log.time_s[starts]
    found = [
        (opened[start : stop + 1].min(), length)
        for start, stop, length in zip(starts, stops, length_s, strict=True)
        if length < _BLINK_S
    ]
    return np.array(found).reshape(-1, 2)


def _dips(log: EyeLog) -> int:
    """How often one eye closes by a tenth for less than .2 s while the other is open."""
    count = 0
    for eye in (0, 1):
        starts, stops = runs(log.openness[:, eye] < 0.9).T
        for start, stop in zip(starts, np.minimum(stops, len(log.time_s) - 1), strict=True):
            short = log.time_s[stop] - log.time_s[start] < 0.2
            count += short and log.openness[max(start - 3, 0) : stop + 3, 1 - eye].min() > 0.97
    return count


def _gaps(log: EyeLog) -> int:
    """How often nothing came for a while; each log of the data set starts with a long gap."""
    return int((np.diff(log.time_s[log.time_s > _STARTED_S]) > _GAP_S).sum())


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else np.nan
