"""Features: one fixed-width input for every headset, made the same way for training and serving.

Each sensor quantity the model knows has a slot, whichever headset measures it. A headset that
lacks it leaves the slot absent, so that one set of weights serves every headset and every drop-out.
Slots of skin sensors (foam, strain, EMG) are places for channels that a profile counts: what such a
channel means is where it sits (`positions`), never its number.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Numbers
from vrface.face.extras import EXTRAS
from vrface.model import head_motion
from vrface.sensors.align import Aligned
from vrface.sensors.channels import NUMBERED_LIMITS, channels_of
from vrface.sensors.headset import HeadsetProfile

FEATURES_VERSION = 2

_CHANNEL_STREAMS: tuple[str, ...] = (
    "mouth_tracker",
    "upper_face",
    "lids",
    "gaze",
    "gaze_combined",
    "pupils",
    "audio_features",
    "imu",
)
_UNHEARD = {*EXTRAS, "vergence_m"}

NAMED: tuple[tuple[str, str], ...] = (
    *(
        (stream, entry.name)
        for stream in _CHANNEL_STREAMS
        for entry in channels_of(stream)
        if entry.name not in _UNHEARD
    ),
    *(("head_pose", name) for name in head_motion.NAMES),
)
"""(stream, quantity) of each slot that always means the same. Extras have none: what lies beyond
the 54 infers nothing."""

SKIN: tuple[tuple[str, str], ...] = tuple(
    (stream, str(number)) for stream, most in NUMBERED_LIMITS.items() for number in range(most)
)
"""(stream, number) of each slot of a skin sensor."""

SLOTS = (*NAMED, *SKIN)

STREAMS: tuple[str, ...] = tuple(dict.fromkeys(stream for stream, _ in SLOTS))
"""Streams that have slots."""

WIDTH = len(SLOTS)

PLANES: tuple[str, ...] = ("value", "difference", "present", "age")
"""What each slot holds: value off the wearer's rest, change per second, presence, age (s)."""

DIFFERENCE_SCALE = 0.05
"""Seconds that models multiply a change per second by, so that it is of a value's size."""

MAX_AGE_S = 1.0
"""Ages are cut here; a slot that never had a value has this age too."""

MAX_VALUE = 30.0
"""Values off rest are cut here, far beyond what any slot says in its unit."""

MAX_DIFFERENCE = 30.0
"""Changes per second are cut here: a blink moves a lid by about 15 per second."""

EMG_REST_V = 4e-6
"""About what an envelope reads at rest: EMG is heard as ``log(1 + volts / this)``, since effort
shows in how many times the envelope is of its rest."""

SPREAD_FLOOR = 0.02
"""A skin sensor that spreads less than this, in its unit, is not amplified further."""

RING_M = (0.075, 0.045, -0.02)
"""Half the width and height of a headset's foam around the eyes, and how far it lies ahead, metres
(`vrface/sensors/headsets/everything.toml`)."""

_UNITS = {
    "pupils": 0.5,
    "audio_features": 0.25,
    "imu": 0.5,
    "log_f0": 3.0,
    "voicing": 1.0,
    "flux": 1.0,
}
UNIT = np.array([_UNITS.get(name, _UNITS.get(stream, 1.0)) for stream, name in SLOTS], np.float32)
"""What a slot's value is multiplied by, so that an ordinary movement is of a blendshape's size."""

IS_EMG = np.array([stream == "emg" for stream, _ in SLOTS])
"""[256] slots that hold the effort of a muscle."""

IS_SKIN = np.arange(WIDTH) >= len(NAMED)
"""[256] slots whose values are measured by their own spread."""

OF_FACE = np.array([stream not in ("head_pose", "imu") for stream, _ in SLOTS])
"""[256] slots that sense a face: a head that moves alone is none."""

_SIDES = ("left", "right")

_HEAD = np.array([place for place, (stream, _) in enumerate(SLOTS) if stream == "head_pose"])


class Levels(NamedTuple):
    """What a wearer's sensors read, in the slots' units: what values are seen against.

    Attributes:
        rest: [..., 256] at rest.
        spread: [..., 256] from low to high; skin sensors are measured by it.
    """

    rest: Numbers
    spread: Numbers

    @classmethod
    def none(cls, wearers: int) -> Levels:
        """Those that change nothing."""
        return cls(np.zeros((wearers, WIDTH), np.float32), np.ones((wearers, WIDTH), np.float32))

    @property
    def gain(self) -> Numbers:
        """[..., 256] what a value off its rest is multiplied by."""
        xp, amplified = self.spread.__array_namespace__(), 1.0 / self.spread.clip(SPREAD_FLOOR)
        skin = IS_SKIN.reshape(*(1,) * (amplified.ndim - 1), -1)
        return xp.where(skin, amplified, np.float32(1.0))


class Features:
    """Makes features for one headset.

    Args:
        headset: Whose aligned channels come in.
    """

    def __init__(self, headset: HeadsetProfile) -> None:
        fills = [
            (place, slot, stream == "head_pose")
            for place, ((stream, _), slots) in enumerate(filled(headset).items())
            for slot in slots
        ]
        places, slots, posed = np.array(fills, dtype=np.intp).reshape(-1, 3).T
        self._channel, self._slot = places[posed == 0], slots[posed == 0]
        self._emg = IS_EMG[self._slot]
        self._unit = UNIT[self._slot]
        self._pose = np.unique(places[posed == 1])
        self.positions = _positions(headset)

    @property
    def measured(self) -> NDArray[np.bool_]:
        """[256] the slots this headset can fill."""
        filled = np.zeros(WIDTH, dtype=np.bool_)
        filled[self._slot] = True
        filled[_HEAD] = self._pose.size > 0
        return filled

    def __call__(self, aligned: Aligned) -> NDArray[np.float32]:
        """Features of W wearers at one instant, seen against nothing (`Levels.none`).

        Args:
            aligned: Channels of the headset, W rows.

        Returns:
            [W, 4, 256] in the order of `PLANES`; everything finite, absent values 0.
        """
        features = np.zeros((len(aligned.value), len(PLANES), WIDTH), dtype=np.float32)
        features[:, 3] = MAX_AGE_S
        channel, slot = self._channel, self._slot
        value, change = aligned.value[:, channel], aligned.difference[:, channel]
        if self._emg.any():
            value, change = _in_efforts(value, change, self._emg)
        features[:, 0, slot] = value * self._unit
        features[:, 1, slot] = change * self._unit
        features[:, 2, slot] = aligned.present[:, channel]
        features[:, 3, slot] = aligned.age_s[:, channel]
        if self._pose.size:
            here = slice(int(_HEAD[0]), int(_HEAD[-1]) + 1)
            features[:, :, here] = head_motion.planes(aligned, self._pose)
        present = features[:, 2] > 0.0
        for plane, most in ((0, MAX_VALUE), (1, MAX_DIFFERENCE)):
            cut = np.clip(features[:, plane], -most, most)
            features[:, plane] = np.where(present, cut, np.float32(0.0))
        features[:, 3] = np.minimum(features[:, 3], MAX_AGE_S)
        return features


def against(features: Numbers, levels: Levels) -> Numbers:
    """Features [..., 4, 256] made with `Levels.none`, seen against others; absent values are 0."""
    xp = features.__array_namespace__()
    value, change, present, age = (features[..., plane, :] for plane in range(len(PLANES)))
    there, gain = present > 0.0, levels.gain
    value = xp.clip((value - levels.rest) * gain, -MAX_VALUE, MAX_VALUE)
    change = xp.clip(change * gain, -MAX_DIFFERENCE, MAX_DIFFERENCE)
    planes = xp.where(there, value, 0.0), xp.where(there, change, 0.0), present, age
    return xp.stack(planes, axis=-2)


def _in_efforts(
    value: NDArray[np.float32], change: NDArray[np.float32], emg: NDArray[np.bool_]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Envelopes as the logarithm of how many times they are of their rest."""
    volts = np.where(emg, np.maximum(value, 0.0), np.float32(0.0))
    effort = np.log1p(volts / np.float32(EMG_REST_V))
    value = np.where(emg, effort, value)
    return value, np.where(emg, change / (volts + np.float32(EMG_REST_V)), change)


def filled(headset: HeadsetProfile) -> dict[tuple[str, str], tuple[int, ...]]:
    """The slots that each (stream, channel) of a headset fills, in the order of its channels.

    One gaze for both eyes is each one's where no other is; all of a pose tells how a head moves.
    """
    pose = tuple(int(slot) for slot in _HEAD) if head_motion.whole(headset) else ()
    both = all(stream.name != "gaze" for stream in headset.streams)
    slots = {}
    for stream in headset.streams:
        for channel in stream.channels:
            name = (stream.name, channel)
            own = (SLOTS.index(name),) if name in SLOTS else ()
            if stream.name == "gaze_combined" and both:
                own = (*own, *(SLOTS.index(("gaze", f"{side}_{channel}")) for side in _SIDES))
            slots[name] = pose if stream.name == "head_pose" else own
    return slots


def streams_told(headset: HeadsetProfile) -> dict[str, set[str]]:
    """Of each stream of a headset, the streams whose slots it fills: mostly itself, or none."""
    told: dict[str, set[str]] = {stream.name: set() for stream in headset.streams}
    for (stream, _), slots in filled(headset).items():
        told[stream].update(SLOTS[slot][0] for slot in slots)
    return told


def _positions(headset: HeadsetProfile) -> NDArray[np.float32]:
    """[128, 3] metres from the head, of each slot of a skin sensor; 0 where there is none."""
    places = np.zeros((len(SKIN), 3), np.float32)
    for stream in headset.streams:
        if stream.name in NUMBERED_LIMITS:
            first, count = SKIN.index((stream.name, "0")), len(stream.channels)
            known = [pose[:3] for pose in stream.positions] or _around_the_eyes(count)
            places[first : first + count] = known
    return places


def _around_the_eyes(count: int) -> NDArray[np.float64]:
    """[count, 3] where sensors sit that nobody says it of: else they would all look the same.

    Evenly on the foam's ring, counted from the wearer's right upwards, as our profiles count them.
    """
    angle = 2.0 * np.pi * (np.arange(count) + 0.5) / count
    across, up, back = RING_M
    return np.stack([across * np.cos(angle), up * np.sin(angle), np.full(count, back)], axis=1)
