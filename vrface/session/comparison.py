"""`Comparison`: how far the faces of a replay are from those in the log."""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import COUNT, GROUPS, group_indices
from vrface.face.expression import Expression
from vrface.session.replay import Replayed


class Comparison:
    """Takes faces made again one by one, beside the logged ones.

    Attributes:
        faces: How many were made.
        compared: Of how many the log holds a face too.
        identical: In how many of these every value is the same.
        one_sided: Weights that only one of the two faces has.
    """

    def __init__(self) -> None:
        self.faces = self.compared = self.identical = self.one_sided = 0
        self._most = np.zeros(COUNT)
        self._sum = np.zeros(COUNT)
        self._count = np.zeros(COUNT, dtype=np.int64)
        self._step_us: list[int] = []
        self._times_ns: list[int] = []

    def add(self, made: Replayed) -> None:
        """Look at one more face."""
        face, logged = made
        self.faces += 1
        self._step_us.append(face.step_us)
        self._times_ns.append(face.frame_time_ns)
        if logged is None:
            return
        self.compared += 1
        self.identical += _same(face, logged)
        ours, theirs = face.weights[:COUNT], logged.weights[:COUNT]
        both = ~(np.isnan(ours) | np.isnan(theirs))
        far = np.where(both, np.abs(ours - theirs), 0.0)
        self._most = np.maximum(self._most, far)
        self._sum += far
        self._count += both
        self.one_sided += int((np.isnan(ours) != np.isnan(theirs)).sum())

    @property
    def seconds(self) -> float:
        """From the first frame to the last."""
        return (self._times_ns[-1] - self._times_ns[0]) / 1e9 if self._times_ns else 0.0

    def step_ms(self) -> dict[str, float | None]:
        """Duration of the model step, median and 99th percentile, milliseconds."""
        if not self._step_us:
            return {"p50": None, "p99": None}
        p50, p99 = np.percentile(self._step_us, (50, 99)) / 1e3
        return {"p50": float(p50), "p99": float(p99)}

    def groups(self) -> dict[str, dict[str, float | None]]:
        """Absolute difference of the weights by group of shapes, mean and largest."""
        figures: dict[str, dict[str, float | None]] = {}
        for group in GROUPS:
            here = group_indices(group)
            count = int(self._count[here].sum())
            figures[group] = {
                "mean": float(self._sum[here].sum()) / count if count else None,
                "max": float(self._most[here].max()) if count else None,
            }
        return figures


def _same(face: Expression, logged: Expression) -> bool:
    return (face.status, face.sample_time_ns) == (logged.status, logged.sample_time_ns) and all(
        np.array_equal(getattr(face, name), getattr(logged, name), equal_nan=True)
        for name in ("weights", "stddev", "source", "confidence", "gaze")
    )
