"""Stretches: for each real take one in which the model does well and one in which it does badly.

Which they are is decided by figures alone, so that nobody picks the pretty ones; `plots` draws
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import EYE_LOOK, mirrored
from vrface.model import law as closed_form
from vrface.model.calibration import Mode
from vrface.model.model import Model
from vrface.training.evaluate import Judged
from vrface.training.rivals.field import best_of

LENGTH_S = 8.0
"""Of a stretch."""

MODE: Mode = "unpaired"
"""The calibration that stretches are drawn under: what every wearer has."""

SHAPES = 4
"""How many shapes are drawn of each."""

_STEP_S = 0.5
_LIVELY = 0.25  # of its frames are active, or a stretch says nothing of movement
_KNOWN = 0.9  # of its frames are scored

Floats = NDArray[np.floating]
Found = dict[str, Any]


class Stretches:
    """Looks at recordings as they are judged, and keeps two stretches of each.

    Args:
        model: Which is judged.

    Attributes:
        found: Of each recording, as JSON: ``person``, ``take``, ``kind`` (good or bad), ``mode``,
            ``rival`` (B), ``crps`` and ``neutral_crps`` of the hidden shapes over the stretch,
            ``seconds`` and ``shapes``: for each its name, ``truth`` (None = unknown), ``mean``,
            ``low``, ``high`` and B's mean as ``rival``.
    """

    def __init__(self, model: Model) -> None:
        self.found: list[Found] = []
        self._model = model

    def look(self, judged: Judged) -> None:
        """Keep what is to be drawn of a recording, if this is the mode that is drawn."""
        if judged.mode != MODE:
            return
        places = np.array([i for i, name in enumerate(judged.names) if name not in EYE_LOOK])
        crps, neutral = judged.crps[:, places], judged.neutral_crps[:, places]
        for kind, rows in chosen(judged.time_s, crps, neutral, judged.active).items():
            gain = (neutral - crps if kind == "good" else crps)[rows]
            names = [judged.names[place] for place in places]
            shown = places[telling(names, np.nan_to_num(gain).mean(axis=0))]
            self.found.append(
                {
                    "person": judged.recording.person,
                    "take": judged.recording.name,
                    "kind": kind,
                    "mode": judged.mode,
                    "crps": float(np.nanmean(crps[rows])),
                    "neutral_crps": float(np.nanmean(neutral[rows])),
                    "seconds": _rounded(judged.time_s[rows]),
                    **self._shapes(judged, rows, shown),
                }
            )

    def _shapes(self, judged: Judged, rows: slice, shown: NDArray[np.intp]) -> Found:
        loc, scale = (part[rows][:, shown] for part in judged.ours)
        low, high = (np.asarray(closed_form.quantile(loc, scale, p)) for p in (0.05, 0.95))
        mean = np.asarray(closed_form.mean(loc, scale))
        best = best_of(self._model.config, judged.recording.headset.name, MODE)
        rival = (
            judged.laws[best].mean()[rows][:, shown]
            if best is not None and best in judged.laws
            else None
        )
        truth = judged.truth[rows][:, shown]
        return {
            "rival": best if rival is not None else None,
            "shapes": [
                {
                    "name": judged.names[place],
                    "truth": _rounded(truth[:, column]),
                    "mean": _rounded(mean[:, column]),
                    "low": _rounded(low[:, column]),
                    "high": _rounded(high[:, column]),
                    "rival": _rounded(rival[:, column]) if rival is not None else None,
                }
                for column, place in enumerate(shown)
            ],
        }


def chosen(
    seconds: Floats, crps: Floats, neutral: Floats, active: NDArray[np.bool_]
) -> dict[str, slice]:
    """The good and the bad stretch of a recording; none of one that is too short.

    Bad is the stretch with the highest error; good is, of those that move, the one in which most
    error is saved against the neutral face, or where nothing moves the one with the lowest error.
    The two overlap only where there is no other way.

    Args:
        seconds: [frames].
        crps: [frames, shapes] of the model; NaN where not scored.
        neutral: [frames, shapes] of the neutral face.
        active: [frames] whether the hidden face moves.
    """
    error, saved = _over_shapes(crps), _over_shapes(neutral) - _over_shapes(crps)
    known = np.isfinite(error)
    frames = int(np.searchsorted(seconds - seconds[0], LENGTH_S))
    step = max(int(np.searchsorted(seconds - seconds[0], _STEP_S)), 1)
    starts = range(0, len(seconds) - frames + 1, step)
    stretches = [slice(start, start + frames) for start in starts]
    stretches = [rows for rows in stretches if known[rows].mean() >= _KNOWN]
    if not stretches or seconds[-1] - seconds[0] < LENGTH_S:
        return {}
    bad = max(stretches, key=lambda rows: float(np.nanmean(error[rows])))
    apart = [rows for rows in stretches if rows.start >= bad.stop or rows.stop <= bad.start]
    left = apart or stretches
    lively = [rows for rows in left if active[rows].mean() >= _LIVELY]
    if lively:
        good = max(lively, key=lambda rows: float(np.nanmean(saved[rows])))
    else:
        good = min(left, key=lambda rows: float(np.nanmean(error[rows])))
    return {"good": good, "bad": bad}


def _over_shapes(crps: Floats) -> NDArray[np.float64]:
    """[frames] mean over the shapes that are known; NaN where none is."""
    known = np.isfinite(crps)
    count = known.sum(axis=1)
    total = np.where(known, crps, 0.0).sum(axis=1, dtype=np.float64)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def telling(names: Sequence[str], gain: Floats) -> NDArray[np.intp]:
    """The shapes with the highest gain, one side of each, in the order of `names`.

    Args:
        names: Of the shapes.
        gain: [shapes].
    """
    sides: dict[frozenset[str], int] = {}
    for place in np.argsort(-gain, kind="stable"):
        sides.setdefault(frozenset((names[place], mirrored(names[place]))), int(place))
    return np.sort(np.array(list(sides.values())[:SHAPES], dtype=np.intp))


def _rounded(values: Floats) -> list[float | None]:
    return [round(float(value), 4) if np.isfinite(value) else None for value in values]
