"""The flags of a frame block: which parts of a face may be shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT, EYE_LOOK, mask, region_indices
from vrface.face.expression import Expression, Source, Status
from vrface.wire.frame_block import Flags


def flags_of(expression: Expression, *, recording: bool = False) -> int:
    """The flags of a face.

    A region is valid while the face is being tracked and each of its weights is of this instant:
    not absent, held or eased to neutral. The eyes are valid when both eyes' gaze is known as well.
    A face is lively while any of its weights is drawn from its law.

    Args:
        expression: The face.
        recording: Whether the session is being recorded.
    """
    flags = recording * Flags.RECORDING.value
    if expression.status != Status.TRACKING:
        return flags
    dead = _bits(_DEAD[expression.source[:COUNT]])
    for flag, members in _REGIONS:
        if not dead & members:
            flags |= flag
    if (expression.source == Source.GENERATED).any():
        flags |= Flags.LIVELY
    if np.isnan(expression.gaze).any():
        flags &= ~Flags.EYES.value
    return flags


def _bits(chosen: NDArray[np.bool_]) -> int:
    """One bit for each of the 54."""
    return int.from_bytes(np.packbits(chosen).tobytes(), "big")


def _members(*regions: str) -> int:
    """The bits of the blendshapes of some regions."""
    places = np.concatenate([region_indices(region) for region in regions])
    return _bits(np.isin(np.arange(COUNT), places))


_DEAD = np.isin(np.arange(256), [Source.ABSENT, Source.HELD, Source.NEUTRAL])
_REGIONS = (
    (Flags.EYES.value, _bits(mask(EYE_LOOK))),
    (Flags.UPPER.value, _members("upper_left", "upper_right")),
    (Flags.LOWER.value, _members("lower")),
)
