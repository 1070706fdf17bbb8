"""After a sensor drop: how soon and how smoothly the shown face is back, and what it did meanwhile.

Two runs over one recording are compared: one undisturbed, one in which sensors fell silent.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vrface.training.metrics.arrays import Figures, Floats, mean

OFF = 0.1
"""A drop counts where, at its end, some shape is this far from the undisturbed face: what moves
less need not come back, and a dead face does not."""

BACK = 0.1
"""A face is back where the largest difference is below this share of what it was."""

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
        With ``d`` = disturbed minus undisturbed, and of its shapes always the one that is furthest
        off: ``came_off``, in how many drops it was off by `OFF` or more at the end; over these,
        ``recovery_ms``, the median time from the return until it is below `BACK` of that for
        `STEADY_S` on end; where that never comes, the time until the next drop or the end, which
        it took at least; and ``overshoot``, the median of how far the face swings past the way
        back within `SWING_S` of the return: the largest distance of ``d`` from between 0 and its
        value at the end of the drop, over what it was off by; 0 is none. ``mae_dropped``: mean
        absolute error during drops, and ``hold_last_mae``: that of a face which holds what it
        showed last before each drop. None without such drops or frames.
    """
    apart = disturbed - undisturbed
    ends = [*(start for start, _ in drops[1:]), len(apart)]
    returns = [
        (stop, end, off)
        for (_, stop), end in zip(drops, ends, strict=False)
        if stop < end and (off := float(np.abs(apart[stop - 1]).max(initial=0.0))) >= OFF
    ]
    steady, within = (round(seconds / period_s) for seconds in (STEADY_S, SWING_S))
    back = [_frames_until_back(apart[stop:end], BACK * off, steady) for stop, end, off in returns]
    swings = [
        _beyond(apart[stop - 1], apart[stop : min(end, stop + within)]) / off
        for stop, end, off in returns
    ]
    held = [np.s_[start:stop] for start, stop in drops if start > 0]
    last = [np.broadcast_to(disturbed[s.start - 1], truth[s].shape) for s in held]
    return {
        "came_off": float(len(returns)),
        "recovery_ms": float(np.median(back)) * period_s * 1e3 if back else None,
        "overshoot": float(np.median(swings)) if swings else None,
        "mae_dropped": _mae([truth[s:e] for s, e in drops], [disturbed[s:e] for s, e in drops]),
        "hold_last_mae": _mae([truth[s] for s in held], last),
    }


def _frames_until_back(apart: Floats, near: float, steady: int) -> int:
    """Frames until no shape is further off than `near` and all stay there."""
    inside = np.concatenate([[0], np.cumsum(np.abs(apart).max(axis=1) < near)])
    stays = np.flatnonzero(inside[steady:] - inside[:-steady] == steady)
    return int(stays[0]) if stays.size else len(apart)


def _beyond(dropped: Floats, returned: Floats) -> float:
    """How far the way back [frames, shapes] leads beyond where it started, [shapes], and 0."""
    low, high = np.minimum(dropped, 0.0), np.maximum(dropped, 0.0)
    return float(np.abs(returned - np.clip(returned, low, high)).max(initial=0.0))


def _mae(truth: Sequence[Floats], shown: Sequence[Floats]) -> float | None:
    """Mean absolute error over stretches."""
    if not truth:
        return None
    return mean(np.abs(np.concatenate(shown) - np.concatenate(truth)))
