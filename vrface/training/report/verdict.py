"""The verdict: what the figures come to, in sentences that hide no defeat."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from vrface.training.averages import MIN_PERSONS
from vrface.training.report.evaluation import CEILING, OURS, Evaluation, figure, under
from vrface.training.report.findings import HEADLINE, MODES, Findings
from vrface.training.report.jobs import KINDS, Kind
from vrface.training.words import coverage_words, listed, many


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


def no_ceiling(findings: Findings, kind: Kind) -> str:
    """Where C is none, as a sentence; empty where it is one everywhere."""
    cases = [
        f"`{headset}` {mode}"
        for headset, modes in findings.of(kind).items()
        for mode, one in modes.items()
        if one.error(CEILING) is not None and not one.has_ceiling
    ]
    if not cases:
        return ""
    return (
        f"C is no ceiling where it loses to B: {', '.join(cases)}. It learns from less than a "
        "minute of one person, B from many. There it is not listed with the short tables and plots."
    )


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
    yield _chance({name: cases[name] for name in ratios})
    ranks = [one.rank for one in cases.values() if one.rank is not None]
    first, last = min(ranks), max(ranks)
    won = sum(place == 1 for place, _ in ranks)
    yield (
        f"Among all methods it is first in {won} of {len(ranks)} cases; its rank goes from "
        f"{first[0]} of {first[1]} to {last[0]} of {last[1]}."
    )


def _chance(cases: Mapping[str, Evaluation]) -> str:
    """In how many cases it is no chance."""
    known = [one for one in cases.values() if one.beyond_chance is not None]
    if not known:
        persons = min(one.summary["persons"] for one in cases.values())
        told = many(persons, "person")
        return f"Whether that is chance cannot be told of {told}: it takes {MIN_PERSONS}."
    sure = [one.beside_best or 1.0 for one in known if one.beyond_chance]
    better = sum(ratio < 1.0 for ratio in sure)
    return (
        f"Each looked at alone (95 % intervals; {len(known)} cases are {len(known)} looks), it is "
        f"beyond chance better in {better} and worse in {len(sure) - better} of them."
    )


def _beside_neutral(findings: Findings, kind: Kind) -> Iterator[str]:
    """Whether it is worth more than a face that never moves, all in all."""
    skills = [
        figure(one.summary["groups"], "hidden", "skill") for one in _cases(findings, kind).values()
    ]
    known = [value for value in skills if value is not None]
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
    found = under(findings.of(kind), HEADLINE)
    yield from _moving(_hidden(found, "active_skill"))
    still = [1000 * value for value in _hidden(found, "still_excess").values()]
    if still:
        low, high = min(still), max(still)
        span = f"{low:+.1f}" if low == high else f"{low:+.1f} to {high:+.1f}"
        yield f"While it rests, the error is {span} (CRPS x 1000) beside that of the neutral face."
    inside = list(_hidden(found, "coverage90").values())
    if inside:
        low, high = min(inside), max(inside)
        words = listed(sorted({coverage_words(value) for value in inside}))
        share = f"{100 * low:.0f}" if low == high else f"{100 * low:.0f} to {100 * high:.0f}"
        yield f"Its 90 % interval holds {share} % of the truth: {words}."


def _moving(skills: Mapping[str, float]) -> Iterator[str]:
    better = [f"`{name}` ({value:.2f})" for name, value in skills.items() if value > 0]
    worse = [f"`{name}` ({value:.2f})" for name, value in skills.items() if value <= 0]
    words = f"While the face moves, {HEADLINE}, it"
    if better:
        yield f"{words} saves error against the neutral face (active skill): {', '.join(better)}."
    if worse:
        yield f"{words} is no better than a face that never moves: {', '.join(worse)}."


def _hidden(found: Sequence[tuple[str, Evaluation]], metric: str) -> dict[str, float]:
    """A metric of the model by headset, where it is defined."""
    values = {name: figure(one.summary["groups"], "hidden", metric) for name, one in found}
    return {name: value for name, value in values.items() if value is not None}


def _more(ratio: float) -> str:
    share = f"{100 * abs(ratio - 1.0):.0f}"
    return "as much error" if share == "0" else f"{share} % {'less' if ratio < 1 else 'more'} error"
