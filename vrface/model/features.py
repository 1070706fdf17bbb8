"""Features: one fixed-width input for every headset, made the same way for training and serving.

Each sensor quantity the model knows has a slot, whichever headset measures it. A headset that
lacks it leaves the slot absent, so that one set of weights serves every headset and every drop-out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.extras import EXTRAS
from vrface.sensors.align import Aligned
from vrface.sensors.channels import channels_of
from vrface.sensors.headset import HeadsetProfile

FEATURES_VERSION = 1

STREAMS: tuple[str, ...] = ("mouth_tracker", "upper_face", "lids", "gaze", "gaze_combined")
"""Streams that have slots; others are aligned but not yet looked at."""

SLOTS: tuple[tuple[str, str], ...] = tuple(
    (stream, entry.name)
    for stream in STREAMS
    for entry in channels_of(stream)
    if entry.name != "vergence_m" and entry.name not in EXTRAS
)
"""(stream, channel) of each slot. Extras have none: what lies beyond the 54 infers nothing."""

WIDTH = len(SLOTS)

PLANES: tuple[str, ...] = ("value", "difference", "present", "age")
"""What each slot holds: value minus the wearer's rest, change per second, presence, age (s)."""

MAX_AGE_S = 1.0
"""Ages are cut here; a slot that never had a value has this age too."""

MAX_DIFFERENCE = 30.0
"""Changes per second are cut here: a blink moves a lid by about 15 per second."""


class Features:
    """Makes features for one headset.

    Args:
        headset: Whose aligned channels come in.
    """

    def __init__(self, headset: HeadsetProfile) -> None:
        names = [(stream.name, name) for stream in headset.streams for name in stream.channels]
        known = [place for place, name in enumerate(names) if name in SLOTS]
        self._channel = np.array(known, dtype=np.intp)
        self._slot = np.array([SLOTS.index(names[place]) for place in known], dtype=np.intp)

    @property
    def measured(self) -> NDArray[np.bool_]:
        """[68] the slots this headset can fill."""
        filled = np.zeros(WIDTH, dtype=np.bool_)
        filled[self._slot] = True
        return filled

    def heard(self, aligned: Aligned) -> NDArray[np.bool_]:
        """[W] whether any channel that has a slot is present: a head pose alone is no face."""
        return np.asarray(aligned.present[:, self._channel].any(axis=1))

    def __call__(self, aligned: Aligned, rest: NDArray[np.float32]) -> NDArray[np.float32]:
        """Features of W wearers at one instant.

        Args:
            aligned: Channels of the headset, W rows.
            rest: [W, 68] what each slot reads when the wearer's face is at rest.

        Returns:
            [W, 4, 68] in the order of `PLANES`; everything finite, absent values 0.
        """
        features = np.zeros((len(rest), len(PLANES), WIDTH), dtype=np.float32)
        features[:, 3] = MAX_AGE_S
        channel, slot = self._channel, self._slot
        present = aligned.present[:, channel]
        features[:, 0, slot] = np.where(present, aligned.value[:, channel] - rest[:, slot], 0.0)
        change = np.clip(aligned.difference[:, channel], -MAX_DIFFERENCE, MAX_DIFFERENCE)
        features[:, 1, slot] = np.where(present, change, 0.0)
        features[:, 2, slot] = present
        features[:, 3, slot] = np.minimum(aligned.age_s[:, channel], MAX_AGE_S)
        return features
