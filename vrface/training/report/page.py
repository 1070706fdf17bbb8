"""The report as a page: what was measured, how to read it, the verdict, tables and plots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from vrface.training.held_out_page import COVERAGE
from vrface.training.report import figures, reading, tables
from vrface.training.report.findings import Findings, name_of
from vrface.training.report.jobs import KINDS, STRETCHED, WEARER_S, Kind
from vrface.training.report.stretches import draw_stretches
from vrface.training.report.verdict import MODES, verdict

PAGE, PLOTS = "report.md", "report"

HEADLINE = MODES[0]
"""The calibration of every table that has but one: what every wearer has."""

_TITLES: dict[Kind, str] = {
    "real": "Real faces, simulated sensors",
    "simulated": "Simulated faces, simulated sensors",
}


def write(findings: Findings, folder: Path) -> Path:
    """Write the page and its plots; those of an earlier report go.

    Args:
        findings: What was measured.
        folder: Where to; ``report.md`` and ``report/`` come to be there.

    Returns:
        The page.
    """
    plots = folder / PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    for old in plots.glob("*.png"):
        old.unlink()
    for name, draw in plots_of(findings).items():
        draw(plots / name)
    page = folder / PAGE
    page.write_text(text(findings), encoding="utf-8")
    return page


def plots_of(findings: Findings) -> dict[str, Callable[[Path], None]]:
    """What there is to draw: the name of each file, and what draws it."""
    made: dict[str, Callable[[Path], None]] = {}
    for kind in KINDS:
        found, caption = findings.of(kind), findings.label(kind)
        if found:
            one = f"{caption}; {HEADLINE}"
            made |= {
                f"overview-{kind}.png": partial(figures.draw_overview, found, caption),
                f"groups-{kind}.png": partial(figures.draw_groups, found, HEADLINE, one),
                f"activity-{kind}.png": partial(figures.draw_activity, found, HEADLINE, one),
                f"reliability-{kind}.png": partial(figures.draw_reliability, found, caption),
            }
    for person, take in _stretched(findings):
        both = [one for one in findings.stretches if (one["person"], one["take"]) == (person, take)]
        caption = f"{person} / {take}, {STRETCHED}; {findings.label('real')}; {both[0]['mode']}"
        made[_stretch_plot(person, take)] = partial(draw_stretches, both, caption)
    return made


def text(findings: Findings) -> str:
    """The whole page, Markdown."""
    about, (low, high) = findings.about, COVERAGE
    parts = [
        f"# How good is `{about['model']}`?",
        "*Made by `make report`; nothing on this page was written by hand.*",
        reading.READING.format(low=low, high=high),
        "## What was measured",
        _provenance(findings),
        "## The verdict",
    ]
    for kind in KINDS:
        parts += _verdict(findings, kind)
    for kind in KINDS:
        parts += [f"## {_TITLES[kind]}", *_evidence(findings, kind)]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _verdict(findings: Findings, kind: Kind) -> Iterator[str]:
    yield verdict(findings, kind)
    if not findings.missing(kind):
        yield tables.standing(findings.of(kind), MODES)
        yield _caption(findings, kind, "as named")


def _provenance(findings: Findings) -> str:
    about, options = findings.about, findings.options
    rows = [
        ("model", f"`{about['model']}`, checkpoint digest `{about['digest']}`"),
        ("protocol", f"version {about['protocol']}"),
        ("simulated sensors", f"evaluation sensors version {about['sensors']}"),
        *((_TITLES[kind].lower(), _measured(findings, kind)) for kind in KINDS),
        ("calibration", f"from {options.seconds:g} s"),
        ("machine", about["machine"]),
        ("made by", f"`{about['command']}`"),
    ]
    return tables.listing(rows)


def _measured(findings: Findings, kind: Kind) -> str:
    if why := findings.missing(kind):
        return f"not filled: {why}"
    modes = next(iter(findings.of(kind).values()))
    summary = next(iter(modes.values())).summary
    return f"{summary['persons']} persons, {summary['takes']} takes; {findings.seeds(kind)}"


def _evidence(findings: Findings, kind: Kind) -> Iterator[str]:
    """All of one kind of evidence."""
    if why := findings.missing(kind):
        yield f"Not filled: {why}. Every row of this part is missing."
        return
    yield reading.REAL if kind == "real" else reading.SIMULATED.format(seconds=WEARER_S)
    yield from _errors(findings, kind)
    if kind == "real":
        yield from _takes(findings)
    yield from _parts(findings, kind)
    yield from _life(findings, kind)
    if kind == "real":
        yield from _stretches(findings)


def _errors(findings: Findings, kind: Kind) -> Iterator[str]:
    """The error by headset, method and calibration."""
    found = findings.of(kind)
    yield from _plot(findings, kind, "overview", "Error of every method by headset")
    for headset, modes in found.items():
        yield f"### `{headset}`, {kind} faces"
        yield tables.by_method(modes)
        if kind == "simulated":
            yield tables.against(modes)
        yield _caption(findings, kind, "every calibration")
    yield f"### From B to the ceiling, {kind} faces"
    yield reading.GAP
    yield tables.gap(found)
    yield _caption(findings, kind, "every calibration")
    if kind == "simulated":
        yield "### The worst tenth of the wearers"
        yield tables.worst(found)
        yield _caption(findings, kind, "every calibration")


def _takes(findings: Findings) -> Iterator[str]:
    """Real takes one by one."""
    for mode in MODES:
        yield f"### Take by take, {mode}"
        for headset, modes in findings.real.items():
            if mode in modes:
                yield f"`{headset}`: hidden shapes, CRPS x 1000"
                yield tables.by_take(modes[mode])
                yield _caption(findings, "real", mode)


def _parts(findings: Findings, kind: Kind) -> Iterator[str]:
    """By group and channel; moving and resting; the spread."""
    found = findings.of(kind)
    yield f"### By group, {kind} faces"
    yield reading.GROUPS
    yield from _plot(findings, kind, "groups", "Error by group", HEADLINE)
    yield tables.by_group(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### By channel, {kind} faces"
    yield reading.CHANNELS
    yield tables.by_channel(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### Active against still, {kind} faces"
    yield reading.ACTIVITY
    yield from _plot(findings, kind, "activity", "Active skill and still excess", HEADLINE)
    yield tables.activity(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### Coverage and reliability, {kind} faces"
    yield reading.COVERAGE
    yield from _plot(findings, kind, "reliability", "Where the truth falls in the law")
    yield tables.coverage(found)
    yield _caption(findings, kind, "every calibration")


def _life(findings: Findings, kind: Kind) -> Iterator[str]:
    """Movement, events, recovery, millimetres."""
    found = findings.of(kind)
    yield f"### Movement, {kind} faces"
    yield reading.MOVEMENT
    yield tables.movement(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### Blinks, brow raises, liveliness, {kind} faces"
    yield reading.EVENTS
    yield tables.of_summaries(found, HEADLINE, tables.BLINKS)
    yield tables.of_summaries(found, HEADLINE, tables.RAISES)
    yield _caption(findings, kind, HEADLINE)
    yield f"### After a sensor drop, {kind} faces"
    yield reading.RECOVERY
    yield tables.of_summaries(found, HEADLINE, tables.RECOVERY)
    yield _caption(findings, kind, HEADLINE)
    yield f"### In millimetres, {kind} faces"
    if not any(modes[HEADLINE].summary.get("mm") for modes in found.values() if HEADLINE in modes):
        yield "Not filled: no folder of recordings with `rig/ICT-FaceKit` in it was given."
        return
    yield reading.MILLIMETRES
    yield tables.of_summaries(found, HEADLINE, tables.MILLIMETRES)
    yield _caption(findings, kind, HEADLINE)


def _stretches(findings: Findings) -> Iterator[str]:
    yield "### A good and a bad stretch of each take"
    yield reading.STRETCHES.format(headset=STRETCHED)
    takes = _stretched(findings)
    if not takes:
        yield "No take is long enough for one."
    for person, take in takes:
        modes = findings.real.get(STRETCHED, {})
        best = modes[HEADLINE].best if HEADLINE in modes else None
        with_best = f"; B is {name_of(best)}" if best is not None else ""
        yield f"![{person} / {take}: truth, model and B]({PLOTS}/{_stretch_plot(person, take)})"
        yield _caption(findings, "real", f"{HEADLINE}, {person} / {take}, `{STRETCHED}`{with_best}")


def _plot(
    findings: Findings, kind: Kind, name: str, words: str, mode: str = "every calibration"
) -> Iterator[str]:
    yield f"![{words}, {kind} faces]({PLOTS}/{name}-{kind}.png)"
    yield _caption(findings, kind, mode)


def _caption(findings: Findings, kind: Kind, mode: str) -> str:
    """What stands under every table and plot."""
    calibration = mode if mode.startswith("every") else f"calibration {mode}"
    label = findings.label(kind)
    return f"*{label[0].upper()}{label[1:]}; {calibration}.*"


def _stretched(findings: Findings) -> list[tuple[str, str]]:
    """Person and name of the takes that have stretches."""
    return sorted({(one["person"], one["take"]) for one in findings.stretches})


def _stretch_plot(person: str, take: str) -> str:
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in f"{person}-{take}")
    return f"stretch-{safe}.png"
