"""Halves: a log cut in two, of which one calibrates what is scored in the other."""

from __future__ import annotations

from dataclasses import replace

from vrface.errors import TakeError
from vrface.sensors.paired import Paired
from vrface.training.calibrate import GAP_S, MIN_CALIBRATION_S
from vrface.training.rest import face_rest
from vrface.training.score import groups_of


def halves_of(paired: Paired, most_s: float) -> tuple[Paired, Paired] | None:
    """Two equal parts of the beginning of a log, `GAP_S` apart.

    Args:
        paired: The log.
        most_s: How long each part is at the most.

    Returns:
        Both; None if one of them is too short to calibrate, or shows too little of the face.
    """
    half_s = min((paired.truth.seconds - GAP_S) / 2, most_s)
    if half_s < MIN_CALIBRATION_S:
        return None
    try:
        parts = [paired.truth.cut(at, at + half_s) for at in (0.0, half_s + GAP_S)]
        for truth in parts:
            face_rest([truth])
    except TakeError:
        return None
    if not all("hidden" in groups_of(paired.headset, truth) for truth in parts):
        return None
    first, second = (replace(paired, frame_time_ns=one.time_ns, truth=one) for one in parts)
    return first, second
