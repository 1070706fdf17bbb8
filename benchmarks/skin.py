"""Sensors on the skin alone: what the model makes of foam and of muscles, beside two ridges.

```
python -m benchmarks.skin [--model NAME] [--headsets foam_16 emg_8] [--wearers 32] [--taught 320]
                          [--seconds 30] [--json FILE]
```
Simulated wearers that no model learned from, behind sensors of the families that nothing is trained
on, calibrated unpaired from their first seconds; `default` has met the two headsets, and other
wearers of theirs. The *ridge* was fitted on other wearers through
the very headset, on the same channels off rest, their changes and their leaky memories; *personal*
is one of this very wearer, from the rest of the take, and is also told what comes later. All are
laws of one family; R2 of a ridge of 96 wearers shows what more of them are worth to it. R2 is over
all frames of the hidden channels that move (SD .05 and more), of each wearer; intervals are over
wearers. Exit codes: 0; 1 failed; 2 bad use; 130 stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rich.progress import Progress

from benchmarks import measure, traces
from benchmarks.skin_ridge import Ridge, Told, fit, lessons, regressors, skin_slots
from benchmarks.traces import Case
from vrface.cli.output import prepare, progress
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model import compile_cache, pretrained
from vrface.model.calibration import Calibration
from vrface.model.features import against
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import HeadsetProfile, headset
from vrface.training.averages import CONFIDENCE, RESAMPLES
from vrface.training.ceilings import ceilings_of
from vrface.training.config import FIRST_TEST_SEED
from vrface.training.lessons import Lesson
from vrface.training.rest import relative
from vrface.training.rivals.law import Predictive
from vrface.training.score import Scorer
from vrface.training.words import markdown_table
from vrface.trust.permission import Permission

HEADSETS = ("foam_16", "emg_8")
SCORED_S = 50.0
MODEL, RIDGE, PERSONAL, FEWER = "model", "ridge", "personal_noncausal", "ridge_of_fewer"
METHODS = (MODEL, RIDGE, PERSONAL, FEWER)
SHOWN = METHODS[:3]

FEWER_WEARERS = 96
"""A ridge that learned from so many is judged too, to show what more of them are worth."""

AHEAD, SHARE = 0.15, 0.9
"""What is aimed at: R2 above the ridge's, and as a share of the personal one's."""

Groups = Mapping[str, Mapping[str, float | None]]


def judged(
    profile: HeadsetProfile,
    model: Model,
    ridges: tuple[Ridge, Ridge],
    wearers: int,
    seconds: float,
    told: Told,
) -> list[dict[str, Groups]]:
    """By method the metrics of each group, of each wearer; the second ridge is that of fewer."""
    recordings = traces.simulated(
        profile,
        range(FIRST_TEST_SEED, FIRST_TEST_SEED + wearers),
        seconds + SCORED_S,
        held_out=True,
        tell=lambda done: told("simulating wearers", done, wearers),
    )
    cases = traces.cases(recordings, seconds)
    found = []
    for case in cases:
        found.append(_methods(case, model, ridges, seconds))
        told("judging", len(found), wearers)
    return found


def _methods(
    case: Case, model: Model, ridges: tuple[Ridge, Ridge], seconds: float
) -> dict[str, Groups]:
    """What each method is worth on one wearer."""
    ridge, fewer = ridges
    (lesson,) = case.lessons
    known = traces.calibration(model, lesson, "unpaired", seconds)
    scorer = Scorer(
        case.recording,
        known.face_rest(model.statistics),
        case.rest,
        case.from_frame,
        ridge.neutral,
        seed=0,
    )
    rows = _rows(lesson, known, ridge)
    hidden = np.isin(np.arange(COUNT), scorer.shapes[~scorer.is_gaze])
    truth = case.recording.truth.weights
    told = np.where(scorer.scored[:, None] & hidden, truth, np.float32(np.nan))
    period_s = case.recording.period_s
    ceilings = ceilings_of(rows[None, :, 1:], relative(told, case.rest), period_s, period_s)
    laws: dict[str, Predictive] = {
        MODEL: traces.law(model, lesson, known),
        RIDGE: ridge.law(rows),
        FEWER: fewer.law(rows),
        **{name: law for name, law in ceilings.items() if name in METHODS},
    }
    return {name: scorer.score(law).groups() for name, law in laws.items()}


def _rows(lesson: Lesson, known: Calibration, ridge: Ridge) -> NDArray[np.float32]:
    features = against(lesson.features(slice(None)), known.levels(ridge.statistics))
    return regressors(features, lesson.dt, skin_slots(lesson.headset))


@dataclass(frozen=True)
class Row:
    """One group of shapes, over wearers.

    Attributes:
        group: Its name.
        wearers: In whom something of it moves.
        r2: By method, the mean.
        crps: By method, the mean.
        above: R2 of the model minus the ridge's, with the ends of its interval.
        share: R2 of the model over the personal one's, with the ends of its interval; None where
            the personal one explains nothing.
    """

    group: str
    wearers: int
    r2: Mapping[str, float]
    crps: Mapping[str, float]
    above: tuple[float, float, float]
    share: tuple[float, float, float] | None = field(default=None)

    @classmethod
    def of(cls, group: str, found: Sequence[Mapping[str, Groups]]) -> Row | None:
        """From the wearers in whom all methods have an R2; None where there are none."""
        figures = np.array(
            [
                [[one[name][group][metric] for name in METHODS] for metric in ("r2", "crps")]
                for one in found
                if all(group in one.get(name, {}) for name in METHODS)
            ],
            np.float64,
        ).reshape(-1, 2, len(METHODS))
        figures = figures[np.isfinite(figures).all(axis=(1, 2))]
        if not len(figures):
            return None
        r2, crps = figures[:, 0], figures[:, 1]
        drawn = np.random.default_rng(0).integers(len(r2), size=(RESAMPLES, len(r2)))
        ours, theirs, own, _ = r2[drawn].mean(axis=1).T
        mean = r2.mean(axis=0)
        return cls(
            group=group,
            wearers=len(r2),
            r2=dict(zip(METHODS, mean.tolist(), strict=True)),
            crps=dict(zip(METHODS, crps.mean(axis=0).tolist(), strict=True)),
            above=(float(mean[0] - mean[1]), *_ends(ours - theirs)),
            share=(float(mean[0] / mean[2]), *_ends(ours / own)) if own.min() > 0.0 else None,
        )


def _ends(drawn: NDArray[np.floating]) -> tuple[float, float]:
    tail = (1.0 - CONFIDENCE) / 2.0
    low, high = np.quantile(drawn, (tail, 1.0 - tail))
    return float(low), float(high)


def table(name: str, rows: Sequence[Row]) -> str:
    """The rows of one headset, Markdown."""
    heads = (name, "wearers", *(f"{method} R2" for method in ("model", "ridge", "personal")))
    heads += ("above the ridge", "of the personal", "CRPS x 1000: model, ridge, personal")
    return markdown_table(
        heads,
        [
            (
                row.group,
                str(row.wearers),
                *(f"{row.r2[method]:.2f}" for method in SHOWN),
                _told(row.above),
                "-" if row.share is None else _told(row.share),
                " ".join(f"{1000 * row.crps[method]:.1f}" for method in SHOWN),
            )
            for row in rows
        ],
    )


def _told(figures: tuple[float, float, float]) -> str:
    return "{:.2f} ({:.2f} to {:.2f})".format(*figures)


def verdict(row: Row) -> str:
    """Whether all hidden shapes together reach the aims."""
    above = row.above[0] >= AHEAD
    near = row.share is not None and row.share[0] >= SHARE
    words = ("missed", "reached")
    return f"{AHEAD} above the ridge: {words[above]}; {SHARE:.0%} of the personal: {words[near]}"


def saturation(row: Row, taught: int) -> str:
    """What the ridge gains by more wearers."""
    fewer = min(FEWER_WEARERS, taught)
    return f"the ridge's R2 by wearers: {fewer}: {row.r2[FEWER]:.3f}, {taught}: {row.r2[RIDGE]:.3f}"


def _shown(bars: Progress, name: str) -> Told:
    """What moves a bar on."""
    bar = bars.add_task(name, total=None)

    def told(what: str, done: int, of: int) -> None:
        bars.update(bar, completed=done, total=of, description=f"{name}: {what}")

    return told


def report(
    asked: argparse.Namespace, permission: Permission = Permission.local()
) -> dict[str, Any]:
    """Measure, and print a table for each headset.

    Raises:
        VrfaceError: if something asked for is not there, or the model cannot be unrolled.
    """
    permission.require("evaluate")
    compile_cache.enable()
    model = pretrained.load(asked.model)
    if not isinstance(model.architecture, NetworkArchitecture):
        raise BadUse(f"{asked.model} is no network.", "Give one that was trained.")
    found: dict[str, Any] = {
        "model": model.digest.hex(),
        "seconds": asked.seconds,
        "taught": asked.taught,
        "headsets": {},
    }
    for name in asked.headsets:
        profile = headset(name)
        with progress() as bars:
            told = _shown(bars, name)
            given = lessons(profile, asked.taught, told)
            ridges = fit(given, asked.taught), fit(given, FEWER_WEARERS)
            wearers = judged(profile, model, ridges, asked.wearers, asked.seconds, told)
        rows = [row for group in wearers[0][MODEL] if (row := Row.of(group, wearers))]
        print(table(name, rows))
        if rows:
            print(f"{name}: {verdict(rows[0])}; {saturation(rows[0], asked.taught)}\n")
        else:
            print(f"{name}: nothing moved\n")
        found["headsets"][name] = [row.__dict__ for row in rows]
    return found


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, and measure."""
    parser = argparse.ArgumentParser(prog="skin", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default=pretrained.DEFAULT, help="a name or a folder")
    parser.add_argument("--headsets", nargs="+", default=list(HEADSETS))
    parser.add_argument("--wearers", type=int, default=32, help="that are judged")
    parser.add_argument("--taught", type=int, default=320, help="that the ridge learns from")
    parser.add_argument("--seconds", type=float, default=30.0, help="that calibrate")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    with measure.told("skin"):
        if asked.wearers < 1 or not asked.seconds >= 2.0:
            raise BadUse("give one wearer or more, and 2 seconds or more.")
        if asked.json is not None:
            prepare(asked.json, "--json")
        measure.write(report(asked) | {"machine": measure.machine("jax")}, asked.json)


if __name__ == "__main__":
    main()
