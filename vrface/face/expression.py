"""`Expression`: one face at one instant, every value with its source and its uncertainty."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vrface.errors import UnknownName
from vrface.face.blendshapes import ALIASES, BLENDSHAPES, COUNT, GROUPS, group_indices, index

Style = Literal["expected", "lively"]

STYLES: tuple[Style, ...] = get_args(Style)
"""What a face may show of the law behind an inferred weight: its mean, or a seeded draw from it."""


class Source(IntEnum):
    """Where one value of a face comes from. The numbers are stored and sent; they never change."""

    ABSENT = 0
    MEASURED = 1
    INFERRED = 2
    HELD = 3
    NEUTRAL = 4
    GENERATED = 5
    CUED = 6
    COPIED = 7


class Status(IntEnum):
    """What a whole face is worth. The numbers are those of the wire's ``FaceStatus``."""

    ABSENT = 0
    TRACKING = 1
    WARMING_UP = 2
    NOT_WORN = 3
    STALE = 4
    WITHHELD = 5


@dataclass(frozen=True, eq=False)
class Expression:
    """One face at one instant.

    Attributes:
        sequence: Counts the frames of a session, from 1; echoed from the sensor frame.
        frame_time_ns: The instant the face is for, on the sender's session clock.
        sample_time_ns: The newest sensor sample behind it, on the same clock; 0 = none yet.
        status: What the face is worth; `valid` is ``status == TRACKING``.
        weights: [54 + extras] in [0, 1]: the shown stream, canonical order, then `extras`. NaN
            where the source is absent.
        stddev: [54 + extras] standard deviation of the law behind each weight; NaN where unknown.
        source: [54 + extras] `Source` of each weight, uint8.
        confidence: [3] in [0, 1]: lower, upper left, upper right; ``1 - mean stddev / climatology
            stddev``, clipped.
        gaze: [4] left yaw, left pitch, right yaw, right pitch in radians; NaN = no value.
        extras: Names of measured shapes beyond the canonical 54.
        queue_us: How long the frame waited in a server before its step, microseconds.
        step_us: How long the model step took, microseconds.
        received_ns: Local monotonic clock when this face was made or received here.
    """

    sequence: int
    frame_time_ns: int
    sample_time_ns: int
    status: Status
    weights: NDArray[np.float32]
    stddev: NDArray[np.float32]
    source: NDArray[np.uint8]
    confidence: NDArray[np.float32]
    gaze: NDArray[np.float32]
    extras: tuple[str, ...] = ()
    queue_us: int = 0
    step_us: int = 0
    received_ns: int = field(default_factory=time.perf_counter_ns, compare=False)

    @property
    def valid(self) -> bool:
        """Whether the face is being tracked."""
        return self.status == Status.TRACKING

    @property
    def age_ms(self) -> float:
        """Milliseconds since this face was made or received here."""
        return (time.perf_counter_ns() - self.received_ns) / 1e6

    def __getitem__(self, name: str) -> float:
        """The weight of one blendshape, extra or ARKit alias (mean of both sides).

        Raises:
            UnknownName: if `name` is none of these, with the nearest names.
        """
        if name in ALIASES:
            left, right = ALIASES[name]
            return float(self.weights[index(left)] + self.weights[index(right)]) / 2
        if name in self.extras:
            return float(self.weights[COUNT + self.extras.index(name)])
        try:
            return float(self.weights[index(name)])
        except UnknownName:
            known = (*BLENDSHAPES, *ALIASES, *self.extras)
            raise UnknownName("blendshape", name, known) from None

    def as_dict(self) -> dict[str, float]:
        """Every weight by name, the extras last."""
        names = (*BLENDSHAPES, *self.extras)
        return dict(zip(names, self.weights.tolist(), strict=True))

    def __repr__(self) -> str:
        """Like ``face at 12.311 s: 37 measured, 17 inferred (brow +-.11); browInnerUp .42``.

        The counts of the 54 are their own: ``37 measured and 18 extras``.
        """
        counts = [
            self._count(kind)
            for kind in Source
            if kind != Source.ABSENT and (self.source == kind).any()
        ]
        text = f"face at {self.frame_time_ns / 1e9:.3f} s: {', '.join(counts) or 'no values'}"
        if self.status != Status.TRACKING:
            text += f" [{self.status.name.lower().replace('_', ' ')}]"
        return f"{text}; browInnerUp {_short(self['browInnerUp'])}"

    def _count(self, kind: Source) -> str:
        """How many of the 54, and of the extras, come from there."""
        here = self.source == kind
        own, beyond, word = int(here[:COUNT].sum()), int(here[COUNT:].sum()), kind.name.lower()
        extras = f"{beyond} extra{'' if beyond == 1 else 's'}"
        if not own:
            return f"{extras} {word}"
        return f"{own} {word}{f' and {extras}' if beyond else ''}{self._spread(kind)}"

    def _spread(self, kind: Source) -> str:
        """The least certain group among the values that a law stands behind."""
        if kind not in (Source.INFERRED, Source.GENERATED):
            return ""
        spread = {}
        for group in GROUPS:
            here = group_indices(group)
            values = self.stddev[here][self.source[here] == kind]
            if values.size and np.isfinite(values).all():
                spread[group] = float(values.mean())
        if not spread:
            return ""
        widest = max(spread, key=spread.__getitem__)
        return f" ({widest} +-{_short(spread[widest])})"


def _short(value: float) -> str:
    return f"{value:.2f}".removeprefix("0") if np.isfinite(value) else "absent"
