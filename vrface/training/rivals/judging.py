"""Judging: how sure each rival may be, whom the pool believes, and how well each does.

All of it is chosen on trials, whose wearers the rivals' own weights were not fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import Mode
from vrface.model.checkpoint import Arrays
from vrface.model.law import KNOTS
from vrface.training.rivals.best import Scores, scored
from vrface.training.rivals.calibration import USUAL_S, choose_weight, own_seconds
from vrface.training.rivals.field import LEARNED, LIGHT, POOL, allows
from vrface.training.rivals.law import Law, Predictive
from vrface.training.rivals.pool import MEMBERS, fit_share, pooled
from vrface.training.rivals.rival import Rival, seen_in
from vrface.training.rivals.spread import MODES, fit_spread, spread
from vrface.training.rivals.trials import Trial

_COUNTED = "calibration_climatology"
"""The one rival that has a choice to make before it has a draft."""

_ALL = np.arange(COUNT)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What trials say.

    Attributes:
        arrays: Of a checkpoint's rivals: spreads, shares, weight; spreads of 1 for the networks.
        scores: As `vrface.training.rivals.best.Scores`; empty without trials.
    """

    arrays: Arrays
    scores: Scores


def judged(fitted: Arrays, trials: Iterable[Trial], every: int) -> Verdict:
    """Choose spreads, shares and weight, then score.

    Args:
        fitted: What rivals were fitted to be, on other wearers than those of the trials.
        trials: To choose by.
        every: Rows are taken from every n-th frame.
    """
    arrays, notes = _unchosen(fitted), _Notes(fitted, every)
    for trial in trials:
        notes.add(trial)
    if not notes.worn:
        return Verdict(arrays, {})
    truth, hidden = notes.truth()
    arrays[f"{_COUNTED}_weight"], counted = choose_weight(
        np.stack(notes.own), fitted["climatology_histogram"], truth, notes.whose
    )
    scores: Scores = {}
    for mode in MODES:
        drafts = notes.drafts(mode) | ({_COUNTED: counted} if mode == "paired" else {})
        laws = _laws(arrays, mode, drafts, truth)
        by_headset = scored(laws, hidden, np.array(notes.worn)[notes.whose])
        for worn, by_rival in by_headset.items():
            scores.setdefault(worn, {})[mode] = by_rival
    return Verdict(arrays, scores)


def _unchosen(fitted: Arrays) -> Arrays:
    """What stands where there is nothing to choose by."""
    return {
        "calibration_climatology_weight": np.full(COUNT, USUAL_S, np.float32),
        "pool_share": np.full((len(MODES), COUNT), 0.5, np.float32),
        **{
            rival.spread: np.ones((len(MODES), len(KNOTS), COUNT), np.float32)
            for rival in _there(fitted)
        },
    }


def _there(fitted: Arrays) -> list[Rival]:
    """The rivals that were fitted: the light ones, and those learned ones that have arrays."""
    learned = {key.partition(".")[0] for key in fitted if "." in key}
    return [*LIGHT, *(rival for rival in LEARNED if rival.name in learned)]


def _laws(
    arrays: Arrays, mode: Mode, drafts: dict[str, Law], truth: NDArray[np.float32]
) -> dict[str, Predictive]:
    """Choose spreads and share of one mode into `arrays`, and give the laws that they make."""
    laws: dict[str, Law] = {}
    at = MODES.index(mode)
    for rival in (*LIGHT, *LEARNED):
        if rival.name in drafts:
            draft = drafts[rival.name]
            arrays[rival.spread][at] = fit_spread(draft, truth)
            laws[rival.name] = spread(arrays[rival.spread], draft, mode)
    moving, constant = (laws[name] for name in MEMBERS[mode])
    arrays["pool_share"][at] = fit_share(moving, constant, truth)
    return {**laws, POOL: pooled(arrays["pool_share"], laws, mode)}


class _Notes:
    """Rows of trials: every n-th frame of each.

    Args:
        fitted: The rivals' arrays.
        every: n.

    Attributes:
        worn: What was worn in each trial.
        own: Of each trial: seconds that each weight was worn for, as `own_seconds` counts them.
    """

    def __init__(self, fitted: Arrays, every: int) -> None:
        self._fitted, self._rows = fitted, slice(every - 1, None, every)
        self._ready = {rival.name for rival in _there(fitted) if rival.judged} - {_COUNTED}
        self.worn: list[str] = []
        self.own: list[NDArray[np.float32]] = []
        self._truth: list[NDArray[np.float32]] = []
        self._scored: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]] = []
        self._laws: dict[tuple[Mode, str], list[Law]] = {}

    def add(self, trial: Trial) -> None:
        """Note what each rival says, but for the one whose weight is not chosen yet."""
        self.worn.append(trial.worn)
        self.own.append(own_seconds(seen_in(trial.cases["paired"])))
        self._truth.append(trial.truth[self._rows].copy())
        self._scored.append((trial.occluded, trial.hidden))
        for mode, case in trial.cases.items():
            for rival in (*LIGHT, *LEARNED):
                if rival.name in self._ready and allows(case, rival):
                    law = rival.draft(self._fitted, case).of(0, len(trial.truth), _ALL)
                    rows = Law(*(part[self._rows].copy() for part in law))
                    self._laws.setdefault((mode, rival.name), []).append(rows)

    @property
    def whose(self) -> NDArray[np.intp]:
        """[rows] the number of the trial."""
        return np.repeat(np.arange(len(self._truth)), [len(part) for part in self._truth])

    def truth(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """[rows, 54] the truth that choices are made by, and the one that is scored; else NaN.

        A shape is chosen for where it is occluded: where it is measured nobody asks a rival. One
        that is occluded in no trial is chosen for in all.
        """
        truth = np.concatenate(self._truth)
        occluded, hidden = (
            np.stack(parts)[self.whose] for parts in zip(*self._scored, strict=True)
        )
        counts = occluded | ~occluded.any(axis=0)
        nowhere = np.float32(np.nan)
        return np.where(counts, truth, nowhere), np.where(hidden, truth, nowhere)

    def drafts(self, mode: Mode) -> dict[str, Law]:
        """The laws of all rows under one mode, [rows, 54], by rival."""
        return {
            rival: Law(*map(np.concatenate, zip(*parts, strict=True)))
            for (of_mode, rival), parts in self._laws.items()
            if of_mode == mode
        }
