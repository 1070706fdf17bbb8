"""The project's own aims, each beside what was measured: reached, not reached, or open."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from vrface.training.report.evaluation import (
    CEILING,
    NEUTRAL,
    OURS,
    Evaluation,
    Evaluations,
    figure,
    under,
)
from vrface.training.report.findings import HEADLINE, MODES, Findings
from vrface.training.report.jobs import FOCUS, TIERS, Kind
from vrface.training.report.sights import lids_measured
from vrface.training.report.tables import interval
from vrface.training.words import (
    BEST,
    COVERAGE,
    Text,
    error,
    markdown_table,
    percent,
    share,
    tenth,
)

MIN_WEARERS = 40
"""Of simulated wearers: fewer leave an aim open."""

BESIDE_BEST, BESIDE_GRU = 0.85, 0.90
"""Of the error of B, and of the GRU's, on simulated wearers: at most."""

NO_WORSE = 1.02
"""Of B's error, for each real person: at most."""

WAY = 0.40
"""Of the way from B to C, on real faces: at least."""

ACTIVE_SKILL = dict(zip(TIERS, (0.05, 0.10, 0.25), strict=True))
"""On real faces while they move, by tier: at least."""

STILL_EXCESS = 0.005
RAISES = 1.0
"""Brow raises that no truth has, a minute: at most."""

UNKNOWN = 1.1
"""Of the neutral face's error, where nothing is known of the wearer: at most."""

LID_CCC = 0.60
"""Of squint and wide eyes that no sensor sees: at least."""

_LID_SHAPES = ("eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight")

SHARE_OF_R2 = 0.5
"""Of the ceiling's explained variance, for cheeks and nose: at least."""

BLINK_F1, FALSE_BLINKS = 0.95, 1.0
"""Where lids are measured: at least, and a minute at most."""


class Aim(NamedTuple):
    """One aim.

    Attributes:
        what: Is asked for.
        asked: How much of it.
        measured: What there is of it.
        reached: None = open: not measured, or of too few wearers.
    """

    what: str
    asked: str
    measured: str
    reached: bool | None


def aims(findings: Findings, kind: Kind) -> list[Aim]:
    """Every aim that one kind of evidence can tell of."""
    found = findings.of(kind)
    own = _simulated(found) if kind == "simulated" else _real(found)
    return [*own, _coverage(found)]


def aims_table(findings: Findings, kind: Kind) -> str:
    """The same as a table."""
    words = {True: "reached", False: "**not reached**", None: "open"}
    rows = [(aim.what, aim.asked, aim.measured, words[aim.reached]) for aim in aims(findings, kind)]
    return markdown_table(["aim", "asked", "measured", ""], rows)


def _simulated(found: Evaluations) -> Iterator[Aim]:
    """Clearly better than B, and than a GRU, through each tier."""
    for mode in MODES:
        for name, one in under(found, mode):
            if name in TIERS:
                enough = one.summary["persons"] >= MIN_WEARERS
                words = f"`{name}` {mode}: error beside that of"
                yield _beside(f"{words} B", one, BEST, BESIDE_BEST, enough, "beyond chance")
                yield _beside(f"{words} the GRU", one, "gru", BESIDE_GRU, enough)


def _beside(
    words: str, one: Evaluation, rival: str, most: float, enough: bool, sure: str = ""
) -> Aim:
    ratio, low, high = one.beside(rival)
    asked = f"at most {share(most)}{', ' if sure else ''}{sure}"
    reached = None
    if enough and ratio is not None and (high is not None or not sure):
        reached = ratio <= most and (not sure or (high is not None and high < 1.0))
    return Aim(words, asked, interval((ratio, low, high)), reached)


def _real(found: Evaluations) -> Iterator[Aim]:
    closest = found.get(FOCUS, {}).get("paired")
    if closest is not None:
        words = f"`{FOCUS}` paired"
        ratios = [own.beside_best for own in closest.persons().values()]
        worst = f"{words}: error beside that of B, for the worst person"
        yield _most(worst, ratios, NO_WORSE, share)
        yield _least(f"{words}: way from B to C", [closest.closed], WAY, percent)
    headline = under(found, HEADLINE)
    for name, one in headline:
        if name in TIERS:
            skill = one.metric(OURS, "hidden", "active_skill")
            yield _least(f"`{name}`: active skill", [skill], ACTIVE_SKILL[name], share)
        if name == FOCUS:
            yield from _regions(name, one)
    yield from _unknown(found)
    every = [one for _, one in headline]
    still = [one.metric(OURS, "hidden", "still_excess") for one in every]
    yield _most("still excess x 1000, worst headset", still, STILL_EXCESS, error)
    raises = _events(every, "brow_raises", "beyond_truth_per_minute")
    yield _most("brow raises a minute beyond the truth, worst headset", raises, RAISES, tenth)
    for style, key in (("expected", "expected_per_minute"), ("lively", "shown_per_minute")):
        raises = [figure(one.summary, "lively", "still_raises", key) for one in every]
        words = f"the same in still frames, {style} style"
        yield _most(words, raises, RAISES, tenth)
    lids = [one for one in every if lids_measured(one)]
    f1, false = _events(lids, "blinks", "f1_100ms"), _events(lids, "blinks", "false_per_minute")
    yield _least("measured blinks: F1 within 100 ms, worst headset", f1, BLINK_F1, share)
    yield _most("measured blinks: false ones a minute, worst headset", false, FALSE_BLINKS, tenth)
    ours, copied = _events(lids, "blinks", "r2"), _events(lids, "blinks", "copied_r2")
    beside = [o - c for o, c in zip(ours, copied, strict=True) if o is not None and c is not None]
    words = "measured blinks, shown as sensed: R2 less that of copying, worst headset"
    yield _least(words, beside, 0.0, share)
    winks, kept = _events(lids, "blinks", "winks"), _events(lids, "blinks", "winks_kept")
    shares = [k / n for n, k in zip(winks, kept, strict=True) if n and k is not None]
    yield _least("measured winks kept, worst headset", shares, 1.0, percent)


def _regions(name: str, one: Evaluation) -> Iterator[Aim]:
    """Region by region, what sensors say little of."""
    channels = one.channels()
    ccc = [figure(channels, shape, "ccc") for shape in _LID_SHAPES]
    yield _least(f"`{name}`: CCC of squint and wide, least shape", ccc, LID_CCC, share)
    for group in ("cheek", "nose"):
        ours, ceiling = (one.metric(method, group, "r2") for method in (OURS, CEILING))
        words = f"`{name}`: R2 of the {group} beside that of C"
        # Where the ceiling explains nothing there is nothing to be half as good as.
        beside = ours / ceiling if ours is not None and ceiling and ceiling > 0.0 else None
        yield _least(words, [beside], SHARE_OF_R2, share)
    yield _above(f"`{name}`: the brow's active skill", [one.metric(OURS, "brow", "active_skill")])


def _unknown(found: Evaluations) -> Iterator[Aim]:
    """Where nothing is known of the wearer."""
    blind = [one for _, one in under(found, "none")]
    errors = [
        ours / neutral
        for one in blind
        if (ours := one.error(OURS)) is not None and (neutral := one.error(NEUTRAL))
    ]
    words = "nothing known of the wearer, worst headset"
    yield _most(f"{words}: error beside that of the neutral face", errors, UNKNOWN, share)
    skills = [one.metric(OURS, "hidden", "active_skill") for one in blind]
    yield _above(f"{words}: active skill", skills)


def _coverage(found: Evaluations) -> Aim:
    """Honest through every headset, unpaired and paired."""
    low, high = COVERAGE
    inside = [
        value
        for mode in MODES
        for _, one in under(found, mode)
        if (value := one.metric(OURS, "hidden", "coverage90")) is not None
    ]
    words, asked = "truth in the 90 % interval, every headset", f"{100 * low:g} to {100 * high:g} %"
    if not inside:
        return Aim(words, asked, "-", None)
    least, most = min(inside), max(inside)
    span = f"{100 * least:.1f} to {100 * most:.1f} %"
    return Aim(words, asked, span, low <= least and most <= high)


def _most(words: str, values: Sequence[float | None], bound: float, text: Text) -> Aim:
    """None may be above a bound; the highest is told."""
    known = [value for value in values if value is not None]
    asked = f"at most {text(bound)}"
    highest = max(known, default=None)
    return Aim(words, asked, text(highest), None if highest is None else highest <= bound)


def _least(words: str, values: Sequence[float | None], bound: float, text: Text) -> Aim:
    """None may be below a bound; the lowest is told."""
    known = [value for value in values if value is not None]
    lowest = min(known, default=None)
    asked = f"at least {text(bound)}"
    return Aim(words, asked, text(lowest), None if lowest is None else lowest >= bound)


def _above(words: str, values: Sequence[float | None]) -> Aim:
    """All are above 0; the lowest is told."""
    lowest = min((value for value in values if value is not None), default=None)
    return Aim(words, "above 0", share(lowest), None if lowest is None else lowest > 0.0)


def _events(evaluations: Sequence[Evaluation], kind: str, name: str) -> list[float | None]:
    return [figure(one.summary, "events", kind, name) for one in evaluations]
