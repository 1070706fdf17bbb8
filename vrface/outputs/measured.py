"""Which shapes a headset's aligned channels give directly, and their values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, index
from vrface.face.expression import Source
from vrface.face.gaze import (
    EYE_LOOK_INDICES,
    FULL_SCALE_RAD,
    GAZE_CHANNELS,
    eye_look_from_gaze,
)
from vrface.sensors.align import Aligned
from vrface.sensors.headset import HeadsetProfile, measured_by_channel

CONJUGATE = ("eyeBlink", "eyeWide", "eyeSquint")
"""Shapes that both eyes make together, winks aside: one eye's stands in for the other's."""

_TWINS = [
    (index(f"{shape}{mine}"), index(f"{shape}{twin}"))
    for shape in CONJUGATE
    for mine, twin in (("Left", "Right"), ("Right", "Left"))
]

_OTHER_EYE = [2, 3, 0, 1]
"""Of each of `GAZE_CHANNELS`, that of the other eye: at any distance but the nearest they agree."""

APART = 0.1
"""Spread of what the other eye stands in for. Assumed: winks and uneven lids."""


class MeasuredFace(NamedTuple):
    """What the sensors say of W faces.

    Attributes:
        weights: [W, 54 + extras] in [0, 1]; 0 where not measured just now.
        present: [W, 54 + extras] whether the weight is measured just now, or copied.
        gaze: [W, 4] radians, order of `GAZE_CHANNELS`; NaN = no eye's is measured just now.
        copied: [W, 54 + extras] whether the other eye stands in for a sensor that is silent.
    """

    weights: NDArray[np.float32]
    present: NDArray[np.bool_]
    gaze: NDArray[np.float32]
    copied: NDArray[np.bool_]


class Measured:
    """Reads the measured part of a face off aligned channels.

    Args:
        headset: Whose channels; only shapes in its `measures` and its `extras` are read.

    Attributes:
        noise: [54 + extras] standard deviation of each measured weight, from the profile; 0
            elsewhere.
        source: [54 + extras] what each weight is while it is there: measured, or copied where the
            profile says so; absent where it never is.
    """

    def __init__(self, headset: HeadsetProfile) -> None:
        names = (*BLENDSHAPES, *headset.extras)
        seen = {*headset.measures, *headset.extras}
        channel, shape, closing, noise = [], [], [], np.zeros(len(names), dtype=np.float32)
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
        self._eyes = np.array(
            [(mine, twin) for mine, twin in _TWINS if mine in shape and twin in shape], np.intp
        ).reshape(-1, 2)
        self.source = np.full(len(names), Source.ABSENT, dtype=np.uint8)
        for number, name in enumerate(names):
            if name in seen:
                self.source[number] = Source.COPIED if name in headset.copies else Source.MEASURED
        self._derived = np.isin(EYE_LOOK, headset.measures) & ~np.isin(EYE_LOOK_INDICES, shape)
        self._looks = EYE_LOOK_INDICES[self._derived]
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

    def __call__(self, aligned: Aligned) -> MeasuredFace:
        """Read W faces off aligned channels of the headset."""
        shape = (len(aligned.value), len(self.noise))
        weights = np.zeros(shape, dtype=np.float32)
        present = np.zeros(shape, dtype=np.bool_)
        value = aligned.value[:, self._channel]
        weights[:, self._shape] = np.where(self._closing, 1.0 - value, value)
        present[:, self._shape] = aligned.present[:, self._channel]

        gaze = np.full((len(weights), len(GAZE_CHANNELS)), np.nan, dtype=np.float32)
        seen = aligned.present[:, self._gaze]
        gaze[:, self._gaze_axis] = np.where(seen, aligned.value[:, self._gaze], np.nan)
        copied, (mine, twin) = np.zeros_like(present), self._eyes.T
        copied[:, mine] = present[:, twin] & ~present[:, mine]
        weights[:, mine] = np.where(copied[:, mine], weights[:, twin], weights[:, mine])
        own = np.isfinite(eye_look_from_gaze(gaze))[:, self._derived]
        gaze = np.where(np.isfinite(gaze), gaze, gaze[:, _OTHER_EYE])
        eye_look, looks = eye_look_from_gaze(gaze)[:, self._derived], self._looks
        weights[:, looks] = eye_look
        present[:, looks] = np.isfinite(eye_look)
        copied[:, looks] = present[:, looks] & ~own
        present |= copied
        return MeasuredFace(
            np.where(present, weights, 0.0).astype(np.float32), present, gaze, copied
        )
