"""The verdict: what the figures come to, in sentences that hide no defeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vrface.training.held_out_page import coverage_verdict
from vrface.training.report.findings import OURS, Evaluation, Findings, figure, under
from vrface.training.report.jobs import KINDS, Kind

MODES = ("unpaired", "paired")
"""The calibrations that the verdict is about; the first is the headline."""


def verdict(findings: Findings, kind: Kind) -> str:
    """Where the model beats B and where not, its rank, its calm and its honesty."""
    if why := findings.missing(kind):
        return f"**On {kind} faces** nothing was measured: {why}."
    return " ".join(
        [
            f"**On {kind} faces**",
            *_beside_best(findings, kind),
            *_beside_neutral(findings, kind),
            *_ways(findings, kind),
        ]
    )


def summary_line(findings: Findings) -> str:
    """One line: in how many of the cases the model beats B."""
    said = []
    for kind in KINDS:
        ratios = _ratios(findings, kind)
        ahead = f"better than B in {sum(ratio < 1.0 for ratio in ratios.values())} of {len(ratios)}"
        said.append(f"{kind} faces: {ahead if ratios else 'not measured'}")
    return "; ".join(said)


def _cases(findings: Findings, kind: Kind) -> dict[str, Evaluation]:
    """Every headset under every calibration of the verdict, in words."""
    found = findings.of(kind)
    return {
        f"`{headset}` {mode}": evaluation
        for mode in MODES
        for headset, evaluation in under(found, mode)
    }


def _ratios(findings: Findings, kind: Kind) -> dict[str, float]:
    cases = _cases(findings, kind).items()
    return {name: ratio for name, one in cases if (ratio := one.beside_best) is not None}


def _beside_best(findings: Findings, kind: Kind) -> Iterator[str]:
    """How it stands to B, and its ranks."""
    ratios, cases = _ratios(findings, kind), _cases(findings, kind)
    if not ratios:
        yield "there is no B to compare with."
        return
    ahead = [name for name, ratio in ratios.items() if ratio < 1.0]
    best, worst = min(ratios, key=lambda name: ratios[name]), max(ratios, key=ratios.__getitem__)
    yield (
        f"the model is better than B in {len(ahead)} of {len(ratios)} cases (headset and "
        f"calibration), from {_more(ratios[best])} ({best}) to {_more(ratios[worst])} ({worst})."
    )
    sure = [name for name in ratios if cases[name].beyond_chance]
    if any(one.beyond_chance is not None for one in cases.values()):
        better = sum(ratios[name] < 1.0 for name in sure)
        yield (f"Beyond chance it is better in {better} of them and worse in {len(sure) - better}.")
    ranks = [one.rank for one in cases.values() if one.rank is not None]
    first, last = min(ranks), max(ranks)
    won = sum(place == 1 for place, _ in ranks)
    yield (
        f"Among all methods it is first in {won} of {len(ranks)} cases; its rank goes from "
        f"{first[0]} of {first[1]} to {last[0]} of {last[1]}."
    )


def _beside_neutral(findings: Findings, kind: Kind) -> Iterator[str]:
    """Whether it is worth more than a face that never moves, all in all."""
    skills = {name: one.skill for name, one in _cases(findings, kind).items()}
    known = [value for value in skills.values() if value is not None]
    if known:
        yield (
            f"Over all frames it is better than the neutral face in "
            f"{sum(value > 0 for value in known)} of {len(known)}."
        )
    pairs = [
        (modes[MODES[0]].error(OURS), modes[MODES[1]].error(OURS))
        for modes in findings.of(kind).values()
        if set(MODES) <= set(modes)
    ]
    if pairs and all(one == other for one, other in pairs):
        yield "Of paired calibration it uses the resting face alone: relative errors are the same."


def _ways(findings: Findings, kind: Kind) -> Iterator[str]:
    """Moving, resting, and how honest the spread is, under the headline's calibration."""
    found = under(findings.of(kind), MODES[0])
    yield from _moving(_hidden(found, "active_skill"))
    still = [1000 * value for value in _hidden(found, "still_excess").values()]
    if still:
        low, high = min(still), max(still)
        span = f"{low:+.1f}" if low == high else f"{low:+.1f} to {high:+.1f}"
        yield f"While it rests, the error is {span} (CRPS x 1000) beside that of the neutral face."
    inside = list(_hidden(found, "coverage90").values())
    if inside:
        low, high = min(inside), max(inside)
        said, best = (coverage_verdict(value).split(": ", 1)[1] for value in (low, high))
        words = said if said == best else f"{said[:-1]} at the lowest, {best[:-1]} at the highest."
        yield f"Its 90 % interval holds {100 * low:.0f} to {100 * high:.0f} % of the truth: {words}"


def _moving(skills: Mapping[str, float]) -> Iterator[str]:
    better = [f"`{name}` ({value:.2f})" for name, value in skills.items() if value > 0]
    worse = [f"`{name}` ({value:.2f})" for name, value in skills.items() if value <= 0]
    words = f"While the face moves, {MODES[0]}, it"
    if better:
        yield f"{words} saves error against the neutral face (skill): {', '.join(better)}."
    if worse:
        yield f"{words} is no better than a face that never moves: {', '.join(worse)}."


def _hidden(found: Sequence[tuple[str, Evaluation]], metric: str) -> dict[str, float]:
    """A metric of the model by headset, where it is defined."""
    values = {name: figure(one.summary["groups"], "hidden", metric) for name, one in found}
    return {name: value for name, value in values.items() if value is not None}


def _more(ratio: float) -> str:
    return f"{100 * abs(ratio - 1.0):.0f} % {'less' if ratio < 1.0 else 'more'} error"
