"""The timeline of a run: which hidden shapes are shown, and which stretch of time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrface.cli.demo.losses import Losses
from vrface.cli.demo.shown import hidden_shapes
from vrface.face.blendshapes import GROUPS, group_of, index, indices, mirrored
from vrface.render.plots import HiddenChannel, SeenChannel, Timeline
from vrface.sensors.align import Align
from vrface.sensors.paired import Paired, column_frames

if TYPE_CHECKING:
    from vrface.training.recording import Inferred

STRETCH_S = 25.0
"""How much of a run is shown."""

SHAPES = 6

_BEFORE_LOSS_S = 2.0

_SEEN = {
    "lids": ("lids", {"openness_left": "left open", "openness_right": "right open"}),
    "mouth_tracker": ("mouth", {"jawOpen": "jawOpen", "mouthSmileLeft": "mouthSmileLeft"}),
    "gaze": ("gaze", {"left_yaw": "yaw (rad, right +)", "left_pitch": "pitch (rad, up +)"}),
}
"""Stream -> panel and the channels of it that are drawn."""


def timeline(
    paired: Paired,
    truth: NDArray[np.float32],
    shown: NDArray[np.float32],
    rest: NDArray[np.float32],
    inferred: Inferred,
    rows: slice,
    title: str,
) -> Timeline:
    """Lay out a stretch of a run.

    Args:
        paired: What was sensed.
        truth: [frames, 54] relative to the wearer's rest; NaN = unknown.
        shown: [frames, 54 + extras] the faces that came over the wire.
        rest: [54] the resting face that those were inferred with; they are drawn relative to it.
        inferred: The same run in this process, with its laws.
        rows: Which frames.
        title: Of the picture.
    """
    from vrface.model import law
    from vrface.training.rest import relative

    shapes = lively_shapes(paired, truth)
    seconds = (paired.frame_time_ns - paired.frame_time_ns[0]) / 1e9
    loc, scale = inferred.loc[0, rows], inferred.scale[0, rows]
    low, high = (np.asarray(law.quantile(loc, scale, p)) for p in (0.05, 0.95))
    mean = relative(shown[rows, : len(rest)], rest)
    at = {name: index(name) for name in shapes}
    hidden = [
        HiddenChannel(name, truth[rows, i], mean[:, i], low[:, i], high[:, i])
        for name, i in at.items()
    ]
    return Timeline(title, seconds[rows], hidden, _seen(paired, rows))


def stretch(paired: Paired, truth: NDArray[np.float32], losses: Losses) -> slice:
    """Which frames of a run are shown: its liveliest stretch, or the one with its losses.

    Args:
        paired: What was sensed.
        truth: [frames, 54] relative to the wearer's rest; NaN = unknown.
        losses: What fell silent.
    """
    seconds = (paired.frame_time_ns - paired.frame_time_ns[0]) / 1e9
    if not losses.losses:
        return lively_stretch(truth[:, indices(lively_shapes(paired, truth))], seconds)
    first_s = min(loss.start_s for loss in losses.losses) - _BEFORE_LOSS_S
    start_s = max(min(first_s, seconds[-1] - STRETCH_S), 0.0)
    first = np.searchsorted(seconds, start_s)
    return slice(int(first), int(np.searchsorted(seconds, start_s + STRETCH_S, side="right")))


def lively_shapes(paired: Paired, truth: NDArray[np.float32]) -> list[str]:
    """The hidden shapes that move most: one side of each, every group once before any twice.

    Args:
        paired: Whose headset hides.
        truth: [frames, 54] relative to the wearer's rest; NaN = unknown.
    """
    spread = np.nanstd(truth, axis=0)
    sides: dict[frozenset[str], str] = {}
    for name in sorted(hidden_shapes(paired), key=lambda name: -spread[index(name)]):
        sides.setdefault(frozenset((name, mirrored(name))), name)
    by_group: dict[str, int] = dict.fromkeys(GROUPS, 0)
    turns = []
    for name in sides.values():
        by_group[group_of(name)] += 1
        turns.append((by_group[group_of(name)], name))
    chosen = [name for _, name in sorted(turns, key=lambda turn: turn[0])][:SHAPES]
    return sorted(chosen, key=lambda name: (GROUPS.index(group_of(name)), index(name)))


def lively_stretch(truth: NDArray[np.float32], seconds: NDArray[np.float64]) -> slice:
    """Which `STRETCH_S` of frames show most of what each shape does; all of a shorter run.

    Args:
        truth: [frames, shapes]; NaN = unknown.
        seconds: [frames].
    """
    moved = np.abs(np.nan_to_num(np.diff(truth, axis=0)))
    share = (moved / np.maximum(moved.sum(axis=0), 1e-9)).sum(axis=1)
    total = np.concatenate([[0.0], np.cumsum(share)])
    ends = np.searchsorted(seconds, seconds + STRETCH_S, side="right") - 1
    starts = np.flatnonzero(seconds <= max(seconds[-1] - STRETCH_S, seconds[0]))
    best = starts[(total[ends[starts]] - total[starts]).argmax()]
    return slice(int(best), int(ends[best]) + 1)


def _seen(paired: Paired, rows: slice) -> list[SeenChannel]:
    """The sensors as `align` gives them to the model: newest value, none where it is too old."""
    values = _aligned(paired)
    offsets = np.cumsum([0, *(len(stream.channels) for stream in paired.headset.streams)])
    return [
        SeenChannel(label, values[rows, offset + stream.channels.index(channel)], panel)
        for stream, offset in zip(paired.headset.streams, offsets, strict=False)
        for panel, channels in [_SEEN.get(stream.name, ("", {}))]
        for channel, label in channels.items()
        if channel in stream.channels
    ]


def _aligned(paired: Paired) -> NDArray[np.float32]:
    """[frames, channels] of all streams in profile order; NaN = no value."""
    align = Align(paired.headset, wearers=1)
    rows = []
    for frame_time_ns, samples in column_frames([paired]):
        align.push(samples)
        aligned = align.at(frame_time_ns)
        rows.append(np.where(aligned.present[0], aligned.value[0], np.float32(np.nan)))
    return np.stack(rows)
