"""The page: one table of every row's figures, each beside the base's, and a plot of the ratios."""

from __future__ import annotations

from pathlib import Path

from benchmarks.ablate.judging import CALIBRATIONS, Kind
from benchmarks.ablate.rows import WITH_GAZE, Found, Row, gaze_away, hidden, ratio, rows
from benchmarks.ablate.runs import FOLDS
from benchmarks.ablate.variants import BASE, FIRST_JUDGED, VARIANTS
from vrface.training.metrics.arrays import Figures
from vrface.training.report.jobs import TIERS
from vrface.training.words import error, listed, many, markdown_table, share

PAGE = "ablations.md"
PICTURE = "report/ablations.png"

OPEN = "open"
"""What stands where nothing is measured."""

ONE_PERSON = "not run: all takes here may be of one person"
"""Why real faces taught nothing."""

LIMIT_MIN = 10.0
"""CPU minutes that a run is meant to stay within."""

HARM = 1.02
"""A shape's error with a sensor taken away, beside that of a model without it: what is allowed."""


def write(found: Found, folder: Path) -> Path:
    """Write the page and, where anything compares, its plot.

    Returns:
        The page.
    """
    from benchmarks.ablate.plot import draw

    if _drawn(found):
        draw(found, folder / PICTURE)
    path = folder / PAGE
    path.write_text(page(found), encoding="utf-8")
    return path


def page(found: Found) -> str:
    """The page, Markdown."""
    heads = ["", *(f"`{name}`" for name in TIERS), "active skill", "coverage", "weights", "step"]
    heads += ["CPU min", *(f"real `{name}`" for name in TIERS), "real active skill"]
    parts = [
        "# Ablations",
        "*Made by `make ablate`; nothing on this page was written by hand.*",
        _opening(found),
        markdown_table(heads, [_cells(row, found) for row in rows(found.settings)]).strip(),
        f"![Error beside the base's, by headset]({PICTURE})" if _drawn(found) else "",
        _notes(found),
        _gaze(found),
        f"*{found.command}; {found.machine}; {_cost(found)}.*\n",
    ]
    return "\n\n".join(filter(None, parts))


def _drawn(found: Found) -> bool:
    """Whether anything compares."""
    return any(
        ratio(row, found.judged, "simulated", name)
        for row in rows(found.settings)
        if row.key != row.beside
        for name in row.headsets
    )


def _cells(row: Row, found: Found) -> list[str]:
    run, step, base = (
        found.runs.get(row.variant),
        found.steps.get(row.variant),
        found.runs.get(BASE),
    )
    weights = cost = "-"
    if run and base:
        weights = f"{run['parameters'] / base['parameters']:.2f}"
    if step is not None:
        cost = f"{step['ratio']:.2f}"
    if row.variant == BASE:
        weights = f"{base['parameters']:,}" if base else "-"
        cost = f"{step['us']:.0f} us" if step else "-"
    return [
        row.title,
        *(_error(row, found, "simulated", name) for name in TIERS),
        _by_tier(row, found, "simulated", "active_skill"),
        _by_tier(row, found, "simulated", "coverage90"),
        weights,
        cost,
        f"{run['cpu_s'] / 60:.1f}" if run else "-",
        *(_error(row, found, "real", name) for name in TIERS),
        _by_tier(row, found, "real", "active_skill"),
    ]


def _error(row: Row, found: Found, kind: Kind, headset: str) -> str:
    """The error, and the ratio to what it is compared with."""
    if headset not in row.headsets or kind not in row.kinds:
        return "-"
    figures = hidden(row, found.judged, kind, headset)
    if figures is None:
        return OPEN
    beside = ratio(row, found.judged, kind, headset)
    if row.key == row.beside or beside is None:
        return error(figures["crps"])
    return f"{error(figures['crps'])}, {_told(beside)}"


def _told(beside: Figures) -> str:
    low, high = beside["low"], beside["high"]
    interval = "" if low is None or high is None else f" ({low:.2f}-{high:.2f})"
    return f"{share(beside['ratio'])}{interval}"


def _by_tier(row: Row, found: Found, kind: Kind, metric: str) -> str:
    """A metric behind each headset, those without it left out."""
    known = [figures for name in TIERS if (figures := hidden(row, found.judged, kind, name))]
    return " ".join(share(figures[metric]) for figures in known) or "-"


def _opening(found: Found) -> str:
    settings = found.settings
    config, wearers = settings.config, settings.config.simulated
    first = FIRST_JUDGED
    return (
        "What each part of the network and of its training is worth: every row trains the base "
        "with one thing changed, on a small budget, and is judged on the same wearers. Read the "
        "ratios; the product, which learns far longer from more wearers, has smaller errors.\n\n"
        f"**The base**: the product's network; {many(wearers.wearers, 'simulated wearer')} of "
        f"{wearers.seconds:g} s behind, in turn, "
        f"{listed([f'`{name}`' for name in wearers.headsets])}; "
        f"{config.steps} steps of {config.windows} windows of {config.frames} frames; seed "
        f"{config.seed}. One training of each: a ratio within its interval of 1 says nothing, and "
        "another seed may move any of them by a per cent or two.\n\n"
        "**Figures**: CRPS x 1000 of the hidden shapes, its ratio to the base's, and the 95 % "
        f"interval of that over wearers (paired bootstrap; geometric means over them). Simulated "
        f"columns: {many(settings.judged, 'simulated wearer')} (seeds {first} to "
        f"{first + settings.judged - 1}) that nothing learned from and no report is of, "
        f"{settings.seconds:g} s each behind {settings.calibrates:g} s that calibrate, unpaired, "
        "simulated sensors of the families that teach. The same seeds chose two constants of the "
        "layer that a wearer's own truth teaches (`DIRECTIONS` and `TELLS_S`): the *paired* rows "
        "may look better than others would by what that choice gained, .5 to 2.5 %. Active skill "
        "and coverage of the 90 % interval: behind the headsets in the order of the columns. Skill "
        f"is counted from a resting face whose law is sized on {many(settings.apart, 'wearer')}, "
        "another than the report's: the two do not compare. *weights* and *step* are shares of "
        "the base's; steps of one wearer on one core, taking turns with the base's. Real columns: "
        "recorded faces, simulated sensors, two donnings each, averaged over persons; never mixed "
        "with simulated ones."
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
        "**Gaze**: *never heard* learned without, and is judged without; *taken away* is the base, "
        "whose gaze goes silent. Both hear none while they calibrate either. `mouth_only` has "
        "none.",
        f"**Calibration**: the base, no further training; the first seconds of a take calibrate, "
        f"and all are scored on the same frames, behind {longest:g} s; ratios are to unpaired "
        f"{settings.calibrates:g} s. *paired* includes the last layer that the wearer's truth "
        "teaches. *Nothing known, levels never found* keeps the population's levels all through; a "
        "session that is not calibrated finds its wearer's own after 6 s, and so does the report's "
        "*none*: this row is not the product without a calibration.",
        f"**CPU min**: of a run, its simulating included; meant to be {LIMIT_MIN:g} at most: "
        f"{_over(found)}.",
        _taught(found),
    ]
    if found.persons == 0:
        notes.append(f"**{OPEN}**, real: needs recorded faces; set `VRFACE_DATA`.")
    return "\n".join(f"- {note}" for note in notes)


def _over(found: Found) -> str:
    """Which runs took longer than they should."""
    over = [
        f"{VARIANTS[name].words} ({run['cpu_s'] / 60:.1f})"
        for name, run in found.runs.items()
        if run["cpu_s"] / 60 > LIMIT_MIN
    ]
    if not found.runs:
        return "nothing has run yet"
    return f"over it {listed(over)}" if over else "no run here is over it"


def _taught(found: Found) -> str:
    """What real faces taught, or why they did not."""
    words = (
        f"**Real faces** teach through simulated sensors, {found.settings.donnings} donnings of "
        f"each take behind each headset; persons are dealt into {FOLDS} parts, a training for "
        "each, and each part is judged by the model that did not learn from it; simulated wearers "
        "by both."
    )
    if found.persons == 0 or found.can_teach:
        return words
    return (
        f"{words} {ONE_PERSON.capitalize()} (`datasets/README.md`), and then nobody is left to "
        "judge by. So these rows stay open, whether mixing real takes in pays **cannot be decided "
        "from these takes**, and no real figure here is of people at large."
    )


def _gaze(found: Found) -> str:
    """The worst that taking gaze away does to a shape."""
    heads = ("headset", "all hidden shapes", "worst shape", "its ratio", f"shapes above {HARM}")
    lines = []
    for name in WITH_GAZE:
        both = gaze_away(found.judged, name)
        if both is None or not both[1]:
            lines.append((f"`{name}`", *4 * (OPEN,)))
            continue
        whole, shapes = both
        over = sum(one.ratio > HARM for one in shapes)
        worst = _told({"ratio": shapes[0].ratio, "low": shapes[0].low, "high": shapes[0].high})
        counted = f"{over} of {len(shapes)}"
        lines.append((f"`{name}`", _told(whole), shapes[0].shape, worst, counted))
    return "\n\n".join(
        [
            "## A sensor taken away, beside one never heard",
            f"The aim: no shape is more than {HARM - 1:.0%} worse with a sensor taken away than in "
            "a model that never heard it. Of gaze, on the simulated wearers: error of *heard, then "
            "taken away* over *never heard*, shapes that move (SD .05 and more) in half of the "
            "wearers, 95 % over wearers. The worst of many shapes is told, and each model is one "
            "training: another seed would move these too.",
            markdown_table(heads, lines).strip(),
        ]
    )


def _cost(found: Found) -> str:
    cpu = [run["cpu_s"] / 60 for run in found.runs.values()]
    if not cpu:
        return "nothing is measured yet"
    return f"{len(cpu)} runs of {min(cpu):.0f} to {max(cpu):.0f} CPU minutes"
