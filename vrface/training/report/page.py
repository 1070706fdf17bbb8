"""The report as a page: what was measured, how to read it, the verdict, tables and plots."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.training.report import plots, reading, sights, tables
from vrface.training.report.aims import MIN_WEARERS, aims_table
from vrface.training.report.findings import HEADLINE, MODES, Findings
from vrface.training.report.jobs import FOCUS, KINDS, SCORED_S, Kind
from vrface.training.report.verdict import no_ceiling, verdict
from vrface.training.words import COVERAGE, legend, listed, many, spaced

PAGE, PLOTS = "report.md", "report"

_TITLES: dict[Kind, str] = {
    "real": "Real faces, simulated sensors",
    "simulated": "Simulated faces, simulated sensors",
}

_PLOTS = ("overview", "groups", "activity", "reliability", "stretch")
"""What the names of plots begin with."""


def write(findings: Findings, folder: Path) -> Path:
    """Write the page and its plots; those of an earlier report go.

    Args:
        findings: What was measured.
        folder: Where to; ``report.md`` and ``report/`` come to be there.

    Returns:
        The page.
    """
    pictures = folder / PLOTS
    pictures.mkdir(parents=True, exist_ok=True)
    for name in _PLOTS:
        for old in pictures.glob(f"{name}-*.png"):
            old.unlink()
    for name, draw in plots_of(findings).items():
        draw(pictures / name)
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
                f"overview-{kind}.png": partial(plots.draw_overview, found, caption),
                f"groups-{kind}.png": partial(plots.draw_groups, found, HEADLINE, one),
                f"activity-{kind}.png": partial(plots.draw_activity, found, HEADLINE, one),
                f"reliability-{kind}.png": partial(plots.draw_reliability, found, caption),
            }
    for person, take in _stretched(findings):
        both = [one for one in findings.stretches if (one["person"], one["take"]) == (person, take)]
        caption = f"{person} / {take}, {FOCUS}; {findings.label('real')}; {both[0]['mode']}"
        made[_stretch_plot(person, take)] = partial(plots.draw_stretches, both, caption)
    return made


def text(findings: Findings) -> str:
    """The whole page, Markdown."""
    parts = [
        f"# How good is `{findings.about['model']}`?",
        "*Made by `make report`; nothing on this page was written by hand.*",
        _reading(findings),
        "## What was measured",
        _provenance(findings),
        "## The verdict",
    ]
    for kind in KINDS:
        parts += _verdict(findings, kind)
    parts += ["## The project's own aims", *_aims(findings)]
    for kind in KINDS:
        parts += [f"## {_TITLES[kind]}", *_evidence(findings, kind)]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _reading(findings: Findings) -> str:
    low, high = COVERAGE
    every = [
        one for kind in KINDS for modes in findings.of(kind).values() for one in modes.values()
    ]
    judging = findings.known.get("judging_wearers")
    of_them = "wearers" if judging is None else f"{judging} wearers"
    return reading.READING.format(
        low=low,
        high=high,
        rivals=legend(name for one in every for name in one.rivals()),
        learned=listed(LEARNED_RIVALS),
        judging=f"{of_them} of the training",
    )


def _verdict(findings: Findings, kind: Kind) -> Iterator[str]:
    yield verdict(findings, kind)
    if not findings.missing(kind):
        yield tables.standing(findings.of(kind), MODES)
        yield _caption(findings, kind, "as named")


def _aims(findings: Findings) -> Iterator[str]:
    yield reading.AIMS.format(wearers=MIN_WEARERS, mode=HEADLINE)
    for kind in KINDS:
        if not findings.missing(kind):
            yield aims_table(findings, kind)
            yield _caption(findings, kind, "as named")


def _provenance(findings: Findings) -> str:
    about, options = findings.about, findings.options
    rows = [
        ("model", f"`{about['model']}`, checkpoint digest `{about['digest']}`"),
        ("protocol", f"version {about['protocol']}"),
        ("sensors on real faces", f"evaluation sensors version {about['sensors']}"),
        (
            "simulated faces and their sensors",
            f"simulation version {about['simulation']}, of the families that nothing is trained on",
        ),
        *((_TITLES[kind].lower(), _measured(findings, kind)) for kind in KINDS),
        ("learned rivals", _learned(findings)),
        ("calibration", f"from {options.seconds:g} s"),
        ("machine", about["machine"]),
        ("made by", f"`{about['command']}`"),
    ]
    return tables.listing(rows)


def _measured(findings: Findings, kind: Kind) -> str:
    if why := findings.missing(kind):
        return f"not filled: {why}"
    modes = next(iter(findings.of(kind).values()))
    summary = modes[HEADLINE].summary
    persons, takes, left_out = summary["persons"], summary["takes"], summary.get("left_out")
    without = f", but for {listed(left_out)}, which could not be calibrated" if left_out else ""
    told = f"{many(persons, 'person')}, {many(takes, 'take')}"
    return f"{told}{without}; {findings.seeds(kind)}"


def _learned(findings: Findings) -> str:
    """Which of the learned rivals there are, and which the checkpoint lacks."""
    lacks = findings.known.get("lacks", ())
    has = [name for name in LEARNED_RIVALS if name not in lacks]
    missing = f"the checkpoint lacks {listed(lacks)}: no row of theirs is filled" if lacks else ""
    return "; ".join(part for part in (listed(has) if has else "", missing) if part)


def _evidence(findings: Findings, kind: Kind) -> Iterator[str]:
    """All of one kind of evidence."""
    if why := findings.missing(kind):
        yield f"Not filled: {why}. Every row of this part is missing."
        return
    seconds, synthetic = findings.options.seconds + SCORED_S, findings.known.get("synthetic")
    yield reading.REAL if kind == "real" else reading.SIMULATED.format(seconds=seconds)
    if synthetic:
        yield reading.REAL_LEARNED if kind == "real" else reading.SIMULATED_LEARNED
    yield no_ceiling(findings, kind)
    yield from _errors(findings, kind)
    if kind == "real":
        yield from _takes(findings)
        yield from _ablation(findings)
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

    persons = findings.real.get(FOCUS, {}).get("paired")
    if persons is not None:
        yield "### Person by person"
        yield f"`{FOCUS}`, paired. {reading.PERSONS}"
        yield tables.by_person(persons)
        yield _caption(findings, "real", "paired")


def _ablation(findings: Findings) -> Iterator[str]:
    """What gaze is worth."""
    yield "### Without gaze"
    yield reading.ABLATION
    whole = {mode: findings.real[FOCUS][mode] for mode in MODES if mode in findings.ablated}
    yield tables.ablation(whole, findings.ablated)
    yield _caption(findings, "real", f"as named, `{FOCUS}`")


def _parts(findings: Findings, kind: Kind) -> Iterator[str]:
    """By group and channel; moving and resting; the spread."""
    found = findings.of(kind)
    yield f"### By group, {kind} faces"
    yield reading.GROUPS
    yield from _plot(findings, kind, "groups", "Error by group", HEADLINE)
    yield tables.by_group(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield reading.AGREEMENT
    yield sights.agreement(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### By channel, {kind} faces"
    yield reading.CHANNELS
    yield tables.by_channel(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### Active against still, {kind} faces"
    yield reading.ACTIVITY
    yield from _plot(findings, kind, "activity", "Active skill and still excess", HEADLINE)
    yield sights.activity(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### Coverage and reliability, {kind} faces"
    yield reading.COVERAGE
    yield from _plot(findings, kind, "reliability", "Where the truth falls in the law")
    yield sights.coverage(found)
    yield _caption(findings, kind, "every calibration")


def _life(findings: Findings, kind: Kind) -> Iterator[str]:
    """Movement, events, recovery, millimetres."""
    found = findings.of(kind)
    yield f"### Movement, {kind} faces"
    yield reading.MOVEMENT
    yield sights.movement(found, HEADLINE)
    yield _caption(findings, kind, HEADLINE)
    yield f"### What is measured, {kind} faces"
    yield reading.MEASURED
    yield sights.of_summaries(found, HEADLINE, sights.MEASURED)
    yield _caption(findings, kind, HEADLINE)
    yield f"### Blinks, brow raises, liveliness, {kind} faces"
    yield reading.EVENTS
    yield sights.blinks(found, HEADLINE)
    yield sights.of_summaries(found, HEADLINE, sights.RAISES)
    yield sights.of_summaries(found, HEADLINE, sights.LIVELINESS)
    yield _caption(findings, kind, HEADLINE)
    if beside := sights.styles(found, HEADLINE):
        yield f"### The lively style, {kind} faces"
        yield reading.LIVELY
        yield beside
        yield _caption(findings, kind, HEADLINE)
    yield f"### After a sensor drop, {kind} faces"
    yield reading.RECOVERY
    yield sights.of_summaries(found, HEADLINE, sights.RECOVERY)
    yield _caption(findings, kind, HEADLINE)
    yield f"### In millimetres, {kind} faces"
    if not any(modes[HEADLINE].summary.get("mm") for modes in found.values() if HEADLINE in modes):
        yield "Not filled: no folder of recordings with `rig/ICT-FaceKit` in it was given."
        return
    yield reading.MILLIMETRES
    yield sights.of_summaries(found, HEADLINE, sights.MILLIMETRES)
    yield _caption(findings, kind, HEADLINE)


def _stretches(findings: Findings) -> Iterator[str]:
    yield "### A good and a bad stretch of each take"
    yield reading.STRETCHES.format(headset=FOCUS)
    takes = _stretched(findings)
    if not takes:
        yield "No take is long enough for one."
    for person, take in takes:
        modes = findings.real.get(FOCUS, {})
        best = modes[HEADLINE].best if HEADLINE in modes else None
        with_best = f"; B is {spaced(best)}" if best is not None else ""
        yield f"![{person} / {take}: truth, model and B]({PLOTS}/{_stretch_plot(person, take)})"
        yield _caption(findings, "real", f"{HEADLINE}, {person} / {take}, `{FOCUS}`{with_best}")


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
