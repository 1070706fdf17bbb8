"""What the page tells: its rows, and their figures beside those they are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from benchmarks.ablate.judging import AWAY, CALIBRATIONS, Kind, calibration_row, has_gaze
from benchmarks.ablate.runs import FOLDS
from benchmarks.ablate.variants import BASE, DEAF, VARIANTS, Settings
from benchmarks.shapes import Ratio, ratios
from vrface.training.averages import against, over_persons
from vrface.training.metrics.arrays import Figures
from vrface.training.report.jobs import FOCUS, TIERS

WITH_GAZE = tuple(name for name in TIERS if has_gaze(name))

Entries: TypeAlias = Sequence[Mapping[str, Any]]
Judged: TypeAlias = Mapping[str, Mapping[str, Entries]]
"""Name of the evidence -> row -> recordings."""


@dataclass(frozen=True)
class Found:
    """Everything that the page is made from; what is not measured yet is not there.

    Attributes:
        settings: Of all runs.
        runs: By variant, what `runs.learn` gave.
        judged: As `judging.judge` gave it.
        steps: As `steps.timed` gave it.
        persons: Of recorded faces that were given, those who are surely others than each other.
        command: What makes the page again.
        machine: That it was made on.
    """

    settings: Settings
    runs: Mapping[str, Mapping[str, Any]]
    judged: Judged
    steps: Mapping[str, Mapping[str, float]]
    persons: int
    command: str
    machine: str

    @property
    def can_teach(self) -> bool:
        """Whether real faces may teach: somebody else is left to judge by."""
        return self.persons >= FOLDS


@dataclass(frozen=True)
class Row:
    """One row of the table.

    Attributes:
        title: What it says it is.
        key: What its figures are kept under.
        beside: Under which those are kept that it is compared with.
        variant: Whose weights and steps it shows; "" = none.
        part: Of the evidence's name, behind the headset's.
        headsets: It is judged behind.
        kinds: It is judged on.
    """

    title: str
    key: str
    beside: str = BASE
    variant: str = ""
    part: str = ""
    headsets: tuple[str, ...] = TIERS
    kinds: tuple[Kind, ...] = ("simulated", "real")

    def entries(self, judged: Judged, kind: Kind, headset: str, key: str) -> Entries:
        """Recordings of one kind of evidence behind one headset; none where there are none."""
        if headset not in self.headsets:
            return ()
        name = "-".join(filter(None, (kind, headset, self.part)))
        taught = judged.get(f"{name}-taught-by-real", {}) if kind == "simulated" else {}
        return (*judged.get(name, {}).get(key, ()), *taught.get(key, ()))


def rows(settings: Settings) -> list[Row]:
    """All rows, those that were trained first."""
    trained = [Row(one.words, name, variant=name) for name, one in VARIANTS.items()]
    away = Row("gaze heard, then taken away", AWAY, headsets=WITH_GAZE)
    clocks = [
        Row(f"{title} at {rate:g} Hz", key, BASE, "", f"{rate:g}-hz", (FOCUS,), ("simulated",))
        for rate in settings.rates_hz
        for title, key in (("base", BASE), ("no `dt`", "clockless"))
    ]
    usual = calibration_row("unpaired", settings.calibrates)
    calibrated = []
    for mode, seconds in CALIBRATIONS:
        key = calibration_row(mode, seconds)
        title = "nothing known, levels never found" if mode == "none" else f"calibration {key}"
        calibrated.append(Row(title, key, usual, part="calibration", headsets=(FOCUS,)))
    return [*trained, away, *clocks, *calibrated]


def ratio(row: Row, judged: Judged, kind: Kind, headset: str) -> Figures | None:
    """A row's error over the one it is compared with, and its interval over wearers.

    Returns:
        ``ratio``, ``low`` and ``high`` (`averages.against`); None where one of them is not there.
    """
    theirs = {
        (one["person"], one["name"]): one for one in row.entries(judged, kind, headset, row.beside)
    }
    own = row.entries(judged, kind, headset, row.key)
    if not own or not theirs:
        return None
    pairs = [
        {**one, "rivals": {BASE: {"groups": theirs[one["person"], one["name"]]["groups"]}}}
        for one in own
    ]
    return against(pairs, BASE)


def hidden(row: Row, judged: Judged, kind: Kind, headset: str) -> Figures | None:
    """The metrics of the hidden shapes, averaged over persons as protocol 1 has it."""
    own = row.entries(judged, kind, headset, row.key)
    return over_persons([(one["person"], one["groups"]) for one in own])["hidden"] if own else None


def gaze_away(judged: Judged, headset: str) -> tuple[Figures, list[Ratio]] | None:
    """The base whose gaze is away beside the model that never heard any, on simulated wearers.

    Returns:
        As `ratio` has it of all hidden shapes; each shape's, the worst first. None where one of
        the two is not there.
    """
    pair = Row("", AWAY, DEAF)
    whole = ratio(pair, judged, "simulated", headset)
    if whole is None:
        return None
    ours, theirs = (pair.entries(judged, "simulated", headset, key) for key in (AWAY, DEAF))
    return whole, ratios([one["shapes"] for one in ours], [one["shapes"] for one in theirs])
