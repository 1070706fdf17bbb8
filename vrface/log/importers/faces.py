"""Values of a scheme's shapes, row by row -> `Take`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.errors import TakeError
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, gaze_from_eye_look
from vrface.face.schemes import Scheme
from vrface.face.take import Take

_MOVES_RAD = 1e-3

_BLOCK = 1 << 12
"""Rows read at a time: on the way from a scheme's shapes to ours, each is many times its size."""


def take_of(
    name: str,
    person: str,
    time_ns: NDArray[np.int64],
    scheme: Scheme,
    values: NDArray[np.float64],
    gaze: NDArray[np.float32],
    simulated: bool = False,
) -> Take:
    """A take of what a recorder wrote.

    Args:
        name: What reports call it.
        person: Pseudonym of whose face it is.
        time_ns: [rows] increasing.
        scheme: Whose shapes.
        values: [rows, shapes]; a shape without a single value is one the recorder does not write,
            and what is made of it is absent. A row that lacks any other lacks the face. Values
            beyond [0, 1] are clipped.
        gaze: [rows, 4] radians, in our convention; without a single value, gaze comes from the
            eyeLook shapes.
        simulated: Whether no real face stands behind it.

    Raises:
        TakeError: if the face is there in fewer than two rows.
    """
    known = np.isfinite(values)
    present = known.any(axis=0)
    lost: NDArray[np.bool_] = np.any(present & ~known, axis=1) | ~known.any(axis=1)
    tracked = len(values) - np.count_nonzero(lost)
    if tracked < 2:
        raise TakeError(
            f"{name} has {len(values)} rows, but the face is tracked in {tracked} of them.",
            "Record it again with the face in view.",
        )
    weights = np.empty((len(values), COUNT), dtype=np.float32)
    for start in range(0, len(values), _BLOCK):
        rows = slice(start, start + _BLOCK)
        weights[rows] = scheme.read(values[rows])[:, :COUNT]
    weights[lost] = np.nan
    if not np.isfinite(gaze).any():
        gaze = gaze_from_eye_look(weights[:, EYE_LOOK_INDICES])
    given = np.where(present, Source.MEASURED, Source.ABSENT).astype(np.uint8)
    absent = (scheme.reading.source(given) == Source.ABSENT)[:COUNT]
    return Take(
        name=name,
        person=person,
        time_ns=time_ns,
        weights=weights,
        gaze=np.where(lost[:, None], np.float32(np.nan), gaze),
        source=np.where(absent, np.uint8(Source.ABSENT), scheme.source[:COUNT]),
        simulated=simulated,
    )


def clipped(values: NDArray[np.float64]) -> tuple[str, ...]:
    """A note on values beyond [0, 1], which a take holds as 0 or 1, if there are any."""
    above, below = np.count_nonzero(values > 1), np.count_nonzero(values < 0)
    if not above + below:
        return ()
    return (f"Values clipped to [0, 1]: {above} above, {below} below.",)


def moving(gaze: NDArray[np.float32]) -> NDArray[np.float32]:
    """The angles, or no value at all where one never moves: the recorder did not measure them."""
    known = np.isfinite(gaze)
    spread = np.where(known, gaze, -np.inf).max(axis=0) - np.where(known, gaze, np.inf).min(axis=0)
    return gaze if spread.min() >= _MOVES_RAD else np.full_like(gaze, np.nan)
