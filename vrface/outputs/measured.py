"""Which shapes a headset's aligned channels give directly, and their values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Numbers
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, index
from vrface.face.expression import Source
from vrface.face.extras import CORE
from vrface.face.gaze import EYE_LOOK_INDICES, FULL_SCALE_RAD, GAZE_CHANNELS, looks_of
from vrface.sensors.align import Aligned
from vrface.sensors.headset import HeadsetProfile, measured_by_channel

CONJUGATE = ("eyeBlink", "eyeWide", "eyeSquint")
"""Shapes that both eyes make together, winks aside: one eye's stands in for the other's."""

_TWIN_OF = {
    index(f"{shape}{mine}"): index(f"{shape}{twin}")
    for shape in CONJUGATE
    for mine, twin in (("Left", "Right"), ("Right", "Left"))
}

_OTHER_EYE = np.array([2, 3, 0, 1])
"""Of each of `GAZE_CHANNELS`, that of the other eye: at any distance but the nearest they agree."""

APART = 0.1
"""Spread of what the other eye stands in for. Assumed: winks and uneven lids."""


class Seen(NamedTuple):
    """What the sensors of W wearers read of each shape, N of them; NaN = nothing just now.

    Attributes:
        weights: [W, N].
        gaze: [W, 4] radians, order of `GAZE_CHANNELS`.
    """

    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]


class Failover(NamedTuple):
    """What else of a headset's N shapes follows from what its sensors read, each 1 or 0.

    Attributes:
        paired: [N] sensors see the shape at both eyes: either stands in for the other.
        derived: [8] the eye direction follows from gaze, of each of `EYE_LOOK`.
    """

    paired: Numbers
    derived: Numbers


class MeasuredFace(NamedTuple):
    """What the sensors say of W faces.

    Attributes:
        weights: [W, N] in [0, 1]; 0 where not measured just now.
        present: [W, N] whether the weight is measured just now, or copied.
        gaze: [W, 4] radians, order of `GAZE_CHANNELS`; NaN = no eye's is measured just now.
        copied: [W, N] whether the other eye stands in for a sensor that is silent.
    """

    weights: Numbers
    present: Numbers
    gaze: Numbers
    copied: Numbers


def measured(seen: Seen, failover: Failover) -> MeasuredFace:
    """The measured part of W faces: one eye's sensor stands in where the other's is silent."""
    xp, weights = seen.weights.__array_namespace__(), seen.weights
    twins, looks = np.arange(weights.shape[1]), np.full(weights.shape[1], len(EYE_LOOK))
    twins[list(_TWIN_OF)], looks[EYE_LOOK_INDICES] = list(_TWIN_OF.values()), range(len(EYE_LOOK))
    copied = xp.isnan(weights) & (failover.paired > 0.0)[None, :]
    weights = xp.where(copied, weights[:, twins], weights)
    copied &= ~xp.isnan(weights)
    gaze = xp.where(xp.isnan(seen.gaze), seen.gaze[:, _OTHER_EYE], seen.gaze)
    # One more column stands for the shapes that are no direction of the eyes.
    own, either, derived = (
        xp.pad(part, ((0, 0), (0, 1)))[:, looks]
        for part in (looks_of(seen.gaze), looks_of(gaze), failover.derived[None, :])
    )
    weights = xp.where(derived > 0.0, either, weights)
    copied |= (derived > 0.0) & xp.isnan(own) & ~xp.isnan(either)
    present = ~xp.isnan(weights)
    return MeasuredFace(xp.where(present, weights, 0.0), present, gaze, copied)


class Measured:
    """Reads the measured part of a face off aligned channels.

    Args:
        headset: Whose channels; only shapes in its `measures` and its `extras` are read.
        width: N, how many shapes to make room for; by default the 54 and the headset's extras.

    Attributes:
        noise: [N] standard deviation of each measured weight, from the profile; 0 elsewhere.
        source: [N] what each weight is while it is there: measured, or copied where the profile
            says so; absent where it never is.
        partial: [N] whether it is an extra that is part of a canonical shape.
        failover: What else follows.
    """

    def __init__(self, headset: HeadsetProfile, width: int | None = None) -> None:
        names, width = (*BLENDSHAPES, *headset.extras), width or COUNT + len(headset.extras)
        seen = {*headset.measures, *headset.extras}
        channel, shape, closing, noise = [], [], [], np.zeros(width, dtype=np.float32)
        gaze: dict[str, int] = {}
        place = 0
        for stream in headset.streams:
            for name in stream.channels:
                measured = measured_by_channel(stream.name, name)
                if measured in seen:
                    channel.append(place)
                    shape.append(names.index(measured))
                    closing.append(name.startswith("openness"))
                    noise[shape[-1]] = stream.noise
                elif stream.name in ("gaze", "gaze_combined"):
                    gaze[name] = place
                    looks = EYE_LOOK_INDICES[np.isin(EYE_LOOK, headset.measures)]
                    noise[looks] = stream.noise / FULL_SCALE_RAD
                place += 1
        self.noise = noise
        self.source = np.full(width, Source.ABSENT, dtype=np.uint8)
        for number, name in enumerate(names):
            if name in seen:
                self.source[number] = Source.COPIED if name in headset.copies else Source.MEASURED
        parts = [names.index(part) for part in headset.extras if part in CORE]
        parts = [names.index(part) for part in headset.extras if part in CORE]
        self.partial = np.isin(np.arange(width), parts)
        derived = np.isin(EYE_LOOK, headset.measures) & ~np.isin(EYE_LOOK_INDICES, shape)
        paired = [one for one, twin in _TWIN_OF.items() if one in shape and twin in shape]
        self.failover = Failover(
            np.isin(np.arange(width), paired).astype(np.float32), derived.astype(np.float32)
        )
        self._channel = np.array(channel, dtype=np.intp)
        self._shape = np.array(shape, dtype=np.intp)
        self._closing = np.array(closing, dtype=np.bool_)
        # A combined gaze stands for both eyes; per-eye angles win where a headset has both.
        combined = [gaze.get("yaw"), gaze.get("pitch")] * 2
        places = [gaze.get(name, both) for name, both in zip(GAZE_CHANNELS, combined, strict=True)]
        self._gaze = np.array([p for p in places if p is not None], dtype=np.intp)
        self._gaze_axis = np.array(
            [a for a, p in enumerate(places) if p is not None], dtype=np.intp
        )

    def read(self, aligned: Aligned) -> Seen:
        """Read W faces off aligned channels of the headset."""
        value, there = aligned.value[:, self._channel], aligned.present[:, self._channel]
        weights = np.full((len(value), len(self.noise)), np.nan, np.float32)
        value = np.where(self._closing, 1.0 - value, value)
        weights[:, self._shape] = np.where(there, value, np.nan)
        gaze = np.full((len(value), len(GAZE_CHANNELS)), np.nan, np.float32)
        there = aligned.present[:, self._gaze]
        gaze[:, self._gaze_axis] = np.where(there, aligned.value[:, self._gaze], np.nan)
        return Seen(weights, gaze)
