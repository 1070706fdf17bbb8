"""The page: one table of every row's figures, each beside the base's, and a plot of the ratios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks.ablate.judging import CALIBRATIONS, Kind, calibration_row
from benchmarks.ablate.runs import FOLDS
from benchmarks.ablate.variants import BASE, VARIANTS, Settings
from vrface.training.averages import against, over_persons
from vrface.training.metrics.arrays import Figures
from vrface.training.report.jobs import FOCUS, TIERS
from vrface.training.words import error, listed, many, markdown_table, share

PAGE = "ablations.md"
PICTURE = "ablations.png"

OPEN = "open"
"""What stands where real faces are needed and none are there."""

Entries: TypeAlias = Sequence[Mapping[str, Any]]
Judged: TypeAlias = Mapping[str, Mapping[str, Entries]]
"""Name of the evidence -> row -> recordings."""


@dataclass(frozen=True)
class Found:
    """Everything that the page is made from.

    Attributes:
        settings: Of all runs.
        runs: By variant, what `runs.learn` gave.
        judged: As `judging.judge` gave it.
        steps: As `steps.timed` gave it.
        command: What makes the page again.
        machine: That it was made on.
    """

    settings: Settings
    runs: Mapping[str, Mapping[str, Any]]
    judged: Judged
    steps: Mapping[str, Mapping[str, float]]
    command: str
    machine: str

    @property
    def has_real(self) -> bool:
        """Whether real faces were there."""
        return any(name.startswith("real-") for name in self.judged)


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
    """

    title: str
    key: str
    beside: str = BASE
    variant: str = ""
    part: str = ""
    headsets: tuple[str, ...] = TIERS

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
    clocks = [
        row
        for rate in settings.rates_hz
        for row in (
            Row(f"base at {rate:g} Hz", BASE, part=f"{rate:g}-hz", headsets=(FOCUS,)),
            Row(f"no `dt` at {rate:g} Hz", "clockless", part=f"{rate:g}-hz", headsets=(FOCUS,)),
        )
    ]
    usual = calibration_row("unpaired", settings.calibrates)
    calibrated = [
        Row(f"calibration {key}", key, usual, part="calibration", headsets=(FOCUS,))
        for key in (calibration_row(*one) for one in CALIBRATIONS)
    ]
    return [*trained, Row("gaze heard, then taken away", "gaze away"), *clocks, *calibrated]


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


def write(found: Found, folder: Path) -> Path:
    """Write the page and its plot.

    Returns:
        The page.
    """
    from benchmarks.ablate.plot import draw

    draw(found, folder / "images" / PICTURE)
    path = folder / PAGE
    path.write_text(page(found), encoding="utf-8")
    return path


def page(found: Found) -> str:
    """The page, Markdown."""
    heads = ["", *(f"`{name}`" for name in TIERS), "active skill", "coverage", "weights", "step"]
    heads += [f"real `{name}`" for name in TIERS] + ["real active skill"]
    return "\n\n".join(
        [
            "# Ablations",
            _opening(found),
            markdown_table(heads, [_cells(row, found) for row in rows(found.settings)]).strip(),
            f"![Error beside the base's, by headset](images/{PICTURE})",
            _notes(found),
            f"*{found.command}; {found.machine}; {_cost(found)}.*\n",
        ]
    )


def _cells(row: Row, found: Found) -> list[str]:
    run, step = found.runs.get(row.variant), found.steps.get(row.variant)
    base = found.runs[BASE]["parameters"]
    weights = f"{run['parameters'] / base:.2f}" if run and row.key != BASE else "-"
    if row.variant == BASE:
        weights = f"{base:,}"
    cost = "-" if step is None else f"{step['ratio']:.2f}"
    if step is not None and row.variant == BASE:
        cost = f"{step['us']:.0f} us"
    simulated = [_error(row, found, "simulated", name) for name in TIERS]
    real = [_error(row, found, "real", name) for name in TIERS]
    return [
        row.title,
        *simulated,
        _by_tier(row, found, "simulated", "active_skill"),
        _by_tier(row, found, "simulated", "coverage90"),
        weights,
        cost,
        *real,
        _by_tier(row, found, "real", "active_skill"),
    ]


def _error(row: Row, found: Found, kind: Kind, headset: str) -> str:
    """The error, and the ratio to what it is compared with."""
    figures = hidden(row, found.judged, kind, headset)
    if figures is None:
        needs_real = kind == "real" or _taught_by_real(row)
        there = headset in row.headsets and not row.part.endswith("hz")
        return OPEN if needs_real and there and not found.has_real else "-"
    beside = ratio(row, found.judged, kind, headset)
    if row.key == row.beside or beside is None:
        return error(figures["crps"])
    low, high = beside["low"], beside["high"]
    interval = "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
    return f"{error(figures['crps'])}, {share(beside['ratio'])}{interval}"


def _taught_by_real(row: Row) -> bool:
    return bool(row.variant) and VARIANTS[row.variant].faces != "simulated"


def _by_tier(row: Row, found: Found, kind: Kind, metric: str) -> str:
    """A metric behind each headset, those without it left out."""
    known = [figures for name in TIERS if (figures := hidden(row, found.judged, kind, name))]
    return " ".join(share(figures[metric]) for figures in known) or "-"


def _opening(found: Found) -> str:
    settings = found.settings
    config, wearers = settings.config, settings.config.simulated
    return (
        "What each part of the network and of its training is worth: every row trains the base "
        "with one thing changed, on a small budget, and is judged on the same wearers. Read the "
        "ratios; the product, which learns far longer from more wearers, has smaller errors.\n\n"
        f"**The base**: the product's network; {many(wearers.wearers, 'simulated wearer')} of "
        f"{wearers.seconds:g} s behind {listed([f'`{name}`' for name in wearers.headsets])}; "
        f"{config.steps} steps of {config.windows} windows of {config.frames} frames; seed "
        f"{config.seed}. One training of each: a ratio within its interval of 1 says nothing, and "
        "another seed may move any of them by a per cent or two.\n\n"
        "**Figures**: CRPS x 1000 of the hidden shapes, its ratio to the base's, and the 95 % "
        f"interval of that over wearers (paired bootstrap; geometric means over them). Simulated "
        f"columns: {many(settings.judged, 'simulated wearer')} that nothing learned from and no "
        f"report is of, {settings.seconds:g} s each behind {settings.calibrates:g} s that "
        "calibrate, unpaired, simulated sensors of the families that teach. Active skill and "
        "coverage of the 90 % interval: behind the headsets in the order of the columns. *weights* "
        "and *step* are shares of the base's; steps of one wearer on one core, taking turns with "
        "the base's. Real columns: recorded faces, simulated sensors, two donnings each, averaged "
        "over persons; never mixed with simulated ones."
    )


def _notes(found: Found) -> str:
    settings = found.settings
    longest = max(seconds for _, seconds in CALIBRATIONS)
    notes = [
        "**GRU**: the same encoders, gated units and law head; a GRU cell (it is told `dt`) for "
        "each block's memories, sized so that a step takes as long as the base's.",
        "**Squared error**: descended in place of CRPS, on the location. Then its laws get what a "
        "rival's do: for each shape a line for the location and a scale by location, with the "
        f"least CRPS on windows of {many(settings.apart, 'wearer')} that it did not learn from.",
        "**No sensor dropout**: no tiers, no coin for each stream, nothing dead, silent or stuck; "
        "latency, jitter, rates and gains stay.",
        "**No `dt`**: trained at 60 Hz alone, every frame taken to come 1/60 s after the last. The "
        "rows at other rates compare with the base at that rate.",
        "**Gaze**: *never heard* learned without; *taken away* is the base, whose gaze goes "
        "silent, also while it calibrates. `mouth_only` has none.",
        f"**Calibration**: the base, no further training; the first seconds of a take calibrate, "
        f"and all are scored on the same frames, behind {longest:g} s; ratios are to unpaired "
        f"{settings.calibrates:g} s. *paired* includes the last layer that the wearer's truth "
        "teaches.",
        f"**Real faces** teach through simulated sensors, {settings.donnings} donnings of each "
        f"take behind each headset; persons are dealt into {FOLDS} parts, and each part is judged "
        "by the model that did not learn from it; simulated wearers by both. The open takes may "
        "all be of one person (`datasets/README.md`), so what real "
        "faces seem to teach about real faces is an upper bound.",
    ]
    if not found.has_real:
        notes.append(f"**{OPEN}**: needs recorded faces; set `VRFACE_DATA`.")
    return "\n".join(f"- {note}" for note in notes)


def _cost(found: Found) -> str:
    cpu = [run["cpu_s"] / 60 for run in found.runs.values()]
    return f"{len(cpu)} runs of {min(cpu):.0f} to {max(cpu):.0f} CPU minutes"
