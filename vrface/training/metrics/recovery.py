"""After a sensor drop: how soon and how smoothly the shown face is back, and what it did meanwhile.

Two runs over one recording are compared: one undisturbed, one in which sensors fell silent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vrface.training.metrics.errors import Figures, Floats, mae

BACK = 0.02
"""Mean distance from the undisturbed face below which a face is back: less than is seen."""

STEADY_S = 0.1
"""It must stay so for this long."""

SWING_S = 1.0
"""How long after the return a swing past it is looked for."""


def recovery(
    truth: Floats,
    undisturbed: Floats,
    disturbed: Floats,
    drops: Sequence[tuple[int, int]],
    period_s: float,
) -> Figures:
    """How a face lives through sensor drops.

    Args:
        truth: [frames, shapes]; NaN where not scored.
        undisturbed: [frames, shapes] weights shown without any drop, finite.
        disturbed: The same with them.
        drops: First frame without sensors and first frame with them again, in order.
        period_s: Seconds between frames.

    Returns:
        With ``d`` = disturbed minus undisturbed, means over the shapes: ``recovery_ms``, from the
        return until the mean ``|d|`` is below `BACK` for `STEADY_S` on end, median over drops;
        where that never comes, the time until the next drop or the end, which it took at least.
        ``overshoot``: how far the face swings past the way back within `SWING_S` of the return,
        median over the drops in which it came off by `BACK` or more: the largest mean distance of
        ``d`` from between 0 and its value at the end of the drop, over the largest mean ``|d|`` in
        the drop; 0 is none. ``mae_dropped``: mean absolute error during drops, and
        ``hold_last_mae``: that of a face which holds what it showed last before each drop. None
        without such frames.
    """
    apart = disturbed - undisturbed
    ends = [*(start for start, _ in drops[1:]), len(apart)]
    returns = [(*drop, end) for drop, end in zip(drops, ends, strict=False) if drop[1] < end]
    steady, within = (round(seconds / period_s) for seconds in (STEADY_S, SWING_S))
    back = [_frames_until_back(apart[stop:end], steady) for _, stop, end in returns]
    swings = [
        _swing(apart[start:stop], apart[stop : min(end, stop + within)])
        for start, stop, end in returns
        if np.abs(apart[start:stop]).mean(axis=1).max(initial=0.0) >= BACK
    ]
    held = [np.s_[start:stop] for start, stop in drops if start > 0]
    last = [np.broadcast_to(disturbed[s.start - 1], truth[s].shape) for s in held]
    return {
        "recovery_ms": float(np.median(back)) * period_s * 1e3 if back else None,
        "overshoot": float(np.median(swings)) if swings else None,
        "mae_dropped": _mae([truth[s:e] for s, e in drops], [disturbed[s:e] for s, e in drops]),
        "hold_last_mae": _mae([truth[s] for s in held], last),
    }


def _frames_until_back(apart: Floats, steady: int) -> int:
    """Frames until the face is near the undisturbed one and stays there."""
    near = np.concatenate([[0], np.cumsum(np.abs(apart).mean(axis=1) < BACK)])
    stays = np.flatnonzero(near[steady:] - near[:-steady] == steady)
    return int(stays[0]) if stays.size else len(apart)


def _swing(dropped: Floats, returned: Floats) -> float:
    """How far the way back leads beyond where it started and where it ends."""
    low, high = np.minimum(dropped[-1], 0.0), np.maximum(dropped[-1], 0.0)
    beyond = np.abs(returned - np.clip(returned, low, high)).mean(axis=1)
    return float(beyond.max(initial=0.0) / np.abs(dropped).mean(axis=1).max())


def _mae(truth: Sequence[Floats], shown: Sequence[Floats]) -> float | None:
    return mae(np.concatenate(truth), np.concatenate(shown)) if truth else None
