"""The report's tables of errors, Markdown: by method, take, person, group, channel and rival.

Each takes evaluations of one kind of evidence and gives a table alone; `page` writes what it is of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, GROUPS
from vrface.training.report.evaluation import (
    CEILING,
    OURS,
    Evaluation,
    Evaluations,
    figure,
    name_of,
    under,
)
from vrface.training.words import BEST, error, markdown_table, percent, share, spaced


def listing(rows: Iterable[Sequence[str]]) -> str:
    """Names and what they are: a table whose second column is text."""
    lines = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    return f"| | |\n| --- | --- |\n{lines}"


def standing(evaluations: Evaluations, modes: Sequence[str]) -> str:
    """The short of it: the model beside B, its place, and which rival would have been B."""
    rows = []
    for headset, found in evaluations.items():
        for mode in modes:
            if mode in found:
                one = found[mode]
                place = f"{one.rank[0]} of {one.rank[1]}" if one.rank is not None else "-"
                which = f" ({spaced(one.best)})" if one.best is not None else ""
                cells = (error(one.error(OURS)), error(one.error(BEST)) + which)
                least = one.hindsight
                hindsight = f"{error(least[1])} ({spaced(least[0])})" if least is not None else "-"
                ratio = share(one.beside_best)
                rows.append([f"`{headset}`", mode, *cells, ratio, place, hindsight])
    heads = ["", "calibration", "model", "B", "model / B", "rank", "best simple one in hindsight"]
    return markdown_table(heads, rows)


def by_method(modes: Mapping[str, Evaluation]) -> str:
    """One headset: error of all hidden shapes, relative to the rest and raw, by calibration."""
    by_mode = {mode: evaluation.methods() for mode, evaluation in modes.items()}
    rows = []
    for method in joined(by_mode.values()):
        cells = [
            error(figure(found.get(method, {}), "hidden", metric))
            for found in by_mode.values()
            for metric in ("crps", "crps_raw")
        ]
        chosen = _chosen(modes) if method == BEST else ""
        rows.append([name_of(method) + chosen, *cells])
    heads = [head for mode in modes for head in (mode, "raw")]
    return markdown_table(["hidden shapes, CRPS x 1000", *heads], rows)


def by_take(evaluation: Evaluation) -> str:
    """One headset under one calibration: error of all hidden shapes, take by take."""
    laws = [
        {OURS: take, **take["rivals"], **(take.get("ceilings") or {})} for take in evaluation.takes
    ]
    order = dict.fromkeys([OURS, BEST, *(name for found in laws for name in found)])
    rows = [
        [
            judged(method, evaluation),
            *(error(figure(found.get(method, {}), "groups", "hidden", "crps")) for found in laws),
        ]
        for method in order
        if any(method in found for found in laws)
    ]
    known = ["calibrated", *(take["calibration"] for take in evaluation.takes)]
    return markdown_table(["", *(_titled(take) for take in evaluation.takes)], [*rows, known])


def by_person(evaluation: Evaluation) -> str:
    """One headset under one calibration: model, B and C of each person, and the way between."""
    rows = [
        [
            person,
            *(error(own.error(method)) for method in (OURS, BEST, CEILING)),
            share(own.beside_best),
            percent(own.closed),
        ]
        for person, own in evaluation.persons().items()
    ]
    heads = ["CRPS x 1000", "model", judged(BEST, evaluation), "C", "model / B", "way from B to C"]
    return markdown_table(heads, rows)


def by_group(evaluations: Evaluations, mode: str) -> str:
    """Error by group, of the model and what it is judged by."""
    found = under(evaluations, mode)
    groups = [
        group
        for group in ("hidden", *GROUPS)
        if any(group in evaluation.summary["groups"] for _, evaluation in found)
    ]
    rows = [
        [
            f"`{headset}`",
            judged(method, evaluation),
            *(error(evaluation.metric(method, group, "crps")) for group in groups),
        ]
        for headset, evaluation in found
        for method in evaluation.judged()
    ]
    return markdown_table(["", "CRPS x 1000", *groups], rows)


def by_channel(evaluations: Evaluations, mode: str) -> str:
    """Error and skill of the model by channel; beside it, where it moves, the agreement."""
    found = {name: evaluation.channels() for name, evaluation in under(evaluations, mode)}
    heads = [head for name in found for head in (f"`{name}`", "skill", "CCC")]
    rows = []
    for channel in BLENDSHAPES:
        if any(channel in channels for channels in found.values()):
            cells = [
                text(figure(channels.get(channel, {}), metric))
                for channels in found.values()
                for metric, text in (("crps", error), ("skill", share), ("ccc", share))
            ]
            label = f"*{channel}*" if channel in EYE_LOOK else channel
            rows.append([label, *cells])
    return markdown_table(["CRPS x 1000", *heads], rows)


def ablation(whole: Mapping[str, Evaluation], without: Mapping[str, Evaluation]) -> str:
    """The model and B with a stream and without it, by calibration and group."""
    shown = [mode for mode in whole if mode in without]
    groups = [
        group
        for group in ("hidden", *GROUPS)
        if all(group in one[mode].summary["groups"] for one in (whole, without) for mode in shown)
    ]
    rows = [
        [
            f"{judged(method, one[mode])}, {words}",
            mode,
            *(error(one[mode].metric(method, group, "crps")) for group in groups),
        ]
        for mode in shown
        for method in (OURS, BEST)
        for words, one in (("with gaze", whole), ("without", without))
    ]
    return markdown_table(["CRPS x 1000", "calibration", *groups], rows)


def gap(evaluations: Evaluations) -> str:
    """How much of the way from B to the ceiling the model has gone."""
    modes = joined(evaluations.values())
    rows = [
        [
            f"`{headset}`",
            *(percent(found[mode].closed) if mode in found else "-" for mode in modes),
        ]
        for headset, found in evaluations.items()
    ]
    return markdown_table(["of the way from B to C", *modes], rows)


def against(modes: Mapping[str, Evaluation]) -> str:
    """One headset: error of the model divided by each rival's, with the interval over persons."""
    names = joined(evaluation.summary.get("against") or {} for evaluation in modes.values())
    rows = [
        [
            name_of(name) + (_chosen(modes) if name == BEST else ""),
            *(interval(one.beside(name)) for one in modes.values()),
        ]
        for name in names
    ]
    return markdown_table(["model / rival", *modes], rows)


def worst(evaluations: Evaluations) -> str:
    """The worst tenth of persons beside all of them."""
    rows = []
    for headset, modes in evaluations.items():
        for mode, evaluation in modes.items():
            hidden = figure(evaluation.summary["groups"], "hidden", "crps")
            tenth_of = evaluation.summary.get("worst_decile") or {}
            cells = (
                error(figure(tenth_of, "hidden", "crps")),
                share(figure(tenth_of, "hidden", "skill")),
                share(figure(tenth_of, "hidden", "coverage90")),
            )
            rows.append([f"`{headset}`", mode, error(hidden), *cells])
    heads = ["", "calibration", "all", "worst tenth", "its skill", "its coverage"]
    return markdown_table(heads, rows)


def judged(method: str, evaluation: Evaluation) -> str:
    """A method's name; of B, which rival it is too."""
    best = evaluation.best
    which = f" ({spaced(best)})" if method == BEST and best is not None else ""
    return name_of(method) + which


def interval(figures: tuple[float | None, float | None, float | None]) -> str:
    """A ratio, and the ends of its interval where it has one."""
    ratio, low, high = figures
    within = f" ({share(low)} to {share(high)})" if low is not None and high is not None else ""
    return share(ratio) + within


def joined(mappings: Iterable[Mapping[str, Any]]) -> list[str]:
    """All keys: in the order of the mapping that has most of them, then what that lacks."""
    found = sorted((list(mapping) for mapping in mappings), key=len, reverse=True)
    return list(dict.fromkeys(key for keys in found for key in keys))


def _chosen(modes: Mapping[str, Evaluation]) -> str:
    """Which rival is B, by calibration where it is not always the same."""
    names = {mode: spaced(one.best) if one.best else "-" for mode, one in modes.items()}
    if len(set(names.values())) == 1:
        return f" ({next(iter(names.values()))})"
    return f" ({', '.join(f'{mode}: {name}' for mode, name in names.items())})"


def _titled(take: Mapping[str, Any]) -> str:
    seen = " (SEEN in training)" if take.get("seen") else ""
    return f"{take['person']} / {take['name']}{seen}"
