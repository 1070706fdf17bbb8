"""Judging: how each rival is corrected, whom the pools believe, and how well each does.

All of it is chosen on trials, whose wearers the rivals' own weights were not fitted on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model.calibration import MODES, Arrays, Mode
from vrface.training.rivals.best import Scores, Worn, scored
from vrface.training.rivals.calibration import USUAL_S, choose_weight, own_seconds
from vrface.training.rivals.correction import Correction, corrected, fit_correction
from vrface.training.rivals.field import LEARNED, LIGHT, allows
from vrface.training.rivals.law import Law, Predictive
from vrface.training.rivals.pool import POOLS, fit_share, pools_of
from vrface.training.rivals.rival import Rival, seen_in
from vrface.training.rivals.trials import Trial
from vrface.training.rivals.user_update import SHARES, USUAL_SHARE, Update, choose_share

_COUNTED, _UPDATED = "calibration_climatology", "ridge_user"
"""Rivals that have a choice to make before they have a draft."""

_ALL = np.arange(COUNT)


@dataclass(frozen=True, eq=False)
class Verdict:
    """What trials say.

    Attributes:
        arrays: Of a checkpoint's rivals: corrections, shares, weight; the networks are not
            corrected.
        scores: As `vrface.training.rivals.best.Scores`; empty without trials.
        wearers: How many were tried on.
    """

    arrays: Arrays
    scores: Scores
    wearers: int


def judged(fitted: Arrays, trials: Iterable[Trial], every: int) -> Verdict:
    """Choose corrections, shares and weight, then score.

    Args:
        fitted: What rivals were fitted to be, on other wearers than those of the trials.
        trials: To choose by.
        every: Rows are taken from every n-th frame.
    """
    arrays, notes = _unchosen(fitted), _Notes(fitted, every)
    for trial in trials:
        notes.add(trial)
    wearers = len({worn.wearer for worn in notes.worn})
    if not wearers:
        return Verdict(arrays, {}, wearers)
    truth, hidden = notes.truth()
    arrays[f"{_COUNTED}_weight"], counted = choose_weight(
        np.stack(notes.own), fitted["climatology_histogram"], truth, notes.whose
    )
    arrays[f"{_UPDATED}_share"], updated = choose_share(notes.updates(), truth)
    scores: Scores = {}
    for mode in MODES:
        drafts = notes.drafts(mode)
        if mode == "paired":
            drafts |= {_COUNTED: counted, _UPDATED: updated}
        laws = _laws(arrays, mode, drafts, truth)
        for headset, by_rival in scored(laws, hidden, notes.whose, notes.worn).items():
            scores.setdefault(headset, {})[mode] = by_rival
    return Verdict(arrays, scores, wearers)


def _unchosen(fitted: Arrays) -> Arrays:
    """What stands where there is nothing to choose by."""
    unchanged = Correction.none(COUNT)._asdict()
    return {
        f"{_COUNTED}_weight": np.full(COUNT, USUAL_S, np.float32),
        f"{_UPDATED}_share": np.full(COUNT, USUAL_SHARE, np.float32),
        **{f"{name}_share": np.full((len(MODES), COUNT), 0.5, np.float32) for name in POOLS},
        **{
            rival.named(part): np.stack([value] * len(MODES))
            for rival in _there(fitted)
            for part, value in unchanged.items()
        },
    }


def _there(fitted: Arrays) -> list[Rival]:
    """The rivals that were fitted: the light ones, and those learned ones that have arrays."""
    learned = {key.partition(".")[0] for key in fitted if "." in key}
    return [*LIGHT, *(rival for rival in LEARNED if rival.name in learned)]


def _laws(
    arrays: Arrays, mode: Mode, drafts: dict[str, Law], truth: NDArray[np.float32]
) -> dict[str, Predictive]:
    """Choose corrections and shares of one mode into `arrays`, and give the laws they make."""
    laws: dict[str, Law] = {}
    for rival in (*LIGHT, *LEARNED):
        if rival.name in drafts:
            draft = drafts[rival.name]
            found = fit_correction(draft, truth, fixed=rival.fixed)
            for place, part in zip(rival.correction(arrays, mode), found, strict=True):
                place[:] = part
            laws[rival.name] = corrected(found, draft)
    pools = pools_of(arrays, laws, mode)
    for pool in pools.values():
        pool.share[:] = fit_share(pool.first, pool.second, truth)
    return {**laws, **pools}


class _Notes:
    """Rows of trials: every n-th frame of each.

    Args:
        fitted: The rivals' arrays.
        every: n.

    Attributes:
        worn: What was worn in each trial, and by whom.
        own: Of each trial: seconds that each weight was worn for, as `own_seconds` counts them.
    """

    def __init__(self, fitted: Arrays, every: int) -> None:
        self._fitted, self._rows = fitted, slice(every - 1, None, every)
        self._ready = {rival.name for rival in _there(fitted) if rival.judged} - {
            _COUNTED,
            _UPDATED,
        }
        self.worn: list[Worn] = []
        self.own: list[NDArray[np.float32]] = []
        self._truth: list[NDArray[np.float32]] = []
        self._scored: list[tuple[NDArray[np.bool_], NDArray[np.bool_]]] = []
        self._laws: dict[tuple[Mode, str], list[Law]] = {}
        self._updates: list[list[Law]] = []

    def add(self, trial: Trial) -> None:
        """Note what each rival says; what they may say, of those that have a choice to make."""
        self.worn.append(trial.worn)
        self.own.append(own_seconds(seen_in(trial.cases["paired"])))
        self._truth.append(trial.truth[self._rows].copy())
        self._scored.append((trial.occluded, trial.hidden))
        for mode, case in trial.cases.items():
            for rival in (*LIGHT, *LEARNED):
                if rival.name in self._ready and allows(case, rival):
                    rows = self._rows_of(rival.draft(self._fitted, case), trial)
                    self._laws.setdefault((mode, rival.name), []).append(rows)
        update = Update.of(self._fitted, trial.cases["paired"])
        laws = (update.under(np.float32(share)) for share in SHARES)
        self._updates.append([self._rows_of(law, trial) for law in laws])

    def _rows_of(self, law: Law, trial: Trial) -> Law:
        whole = law.of(0, len(trial.truth), _ALL)
        return Law(*(part[self._rows].copy() for part in whole))

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
            rival: _joined(parts)
            for (of_mode, rival), parts in self._laws.items()
            if of_mode == mode
        }

    def updates(self) -> list[Law]:
        """The laws of all rows of the updated ridge under each of `SHARES`, [rows, 54]."""
        return [_joined(parts) for parts in zip(*self._updates, strict=True)]


def _joined(parts: Iterable[Law]) -> Law:
    return Law(*map(np.concatenate, zip(*parts, strict=True)))
