"""`Faces`: a stretch of faces as arrays, to be drawn at a video's instants."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression
from vrface.face.gaze import EYE_LOOK_INDICES, GAZE_CHANNELS, gaze_from_eye_look
from vrface.render.seen import seen_weights

_HELD_NS = 500_000_000
"""A face stands for so long when none follows; then nothing is known."""


@dataclass(frozen=True, eq=False)
class Faces:
    """Faces of one wearer.

    Attributes:
        time_ns: [frames] increasing.
        weights: [frames, 54] in [0, 1]; NaN = no value.
        gaze: [frames, 4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`; NaN = no value.
        source: [frames, 54] `Source` of each weight.
    """

    time_ns: NDArray[np.int64]
    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]
    source: NDArray[np.uint8]

    @classmethod
    def gathered(cls, faces: Iterable[Expression], start_s: float, stop_s: float) -> Faces:
        """Those from `start_s` to before `stop_s` seconds after the first; no later one is taken.

        A face whose time does not come after the last one's is left out.
        """
        kept: list[Expression] = []
        first_ns = last_ns = None
        for face in faces:
            now_ns = face.frame_time_ns
            first_ns = now_ns if first_ns is None else first_ns
            since_s = (now_ns - first_ns) / 1e9
            if since_s >= stop_s:
                break
            if since_s >= start_s and (last_ns is None or now_ns > last_ns):
                kept.append(face)
                last_ns = now_ns
        return cls(
            time_ns=np.array([face.frame_time_ns for face in kept], dtype=np.int64),
            weights=_rows([face.weights[:COUNT] for face in kept], COUNT, np.float32),
            gaze=_rows([face.gaze for face in kept], len(GAZE_CHANNELS), np.float32),
            source=_rows([face.source[:COUNT] for face in kept], COUNT, np.uint8),
        )

    def __len__(self) -> int:
        """How many."""
        return len(self.time_ns)

    def seen(self) -> Faces:
        """What sensors say of them alone."""
        return replace(self, weights=seen_weights(self.weights, self.source))

    def instants(self, rate_hz: float) -> NDArray[np.int64]:
        """[instants] times from the first to the last, `rate_hz` a second; of one face or more."""
        length_s = float(self.time_ns[-1] - self.time_ns[0]) / 1e9
        steps = np.arange(int(length_s * rate_hz + 1e-6) + 1)
        return np.asarray(self.time_ns[0] + np.rint(steps * (1e9 / rate_hz)).astype(np.int64))

    def at(self, time_ns: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Weights [times, 54] and gaze [times, 4] of the newest face at each time.

        Gaze that nobody gave is what the eyeLook weights say. NaN where no face is so new. There
        is one face or more.
        """
        row = np.searchsorted(self.time_ns, time_ns, side="right") - 1
        lost = (row < 0) | (time_ns - self.time_ns[row] > _HELD_NS)
        weights, gaze = self.weights[row].copy(), self.gaze[row]
        weights[lost] = np.nan
        looks = gaze_from_eye_look(weights[:, EYE_LOOK_INDICES])
        return weights, np.where(np.isfinite(gaze) & ~lost[:, None], gaze, looks)


def _rows(rows: list[NDArray[Any]], width: int, kind: type[np.generic]) -> NDArray[Any]:
    """[rows, width], also of none."""
    return np.array(rows, dtype=kind).reshape(len(rows), width)
