"""`Offer`: what an OpenXR runtime and its headset say that they sense.

Names of extensions and what their system properties say: OpenXR registry 1.1.62.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

HEADLESS = "XR_MND_headless"
"""Lets a program without pictures run beside the game."""

PRESENCE = "XR_EXT_user_presence"
"""Tells whether anybody wears the headset."""


class SenseKind(NamedTuple):
    """One thing that runtimes may sense.

    Attributes:
        extension: Which extension gives it; empty = OpenXR itself.
        words: What it is, for people.
        scheme: The scheme whose shapes it gives, or some of them; empty = no shapes.
    """

    extension: str
    words: str
    scheme: str = ""


SENSES: dict[str, SenseKind] = {
    "fb2": SenseKind("XR_FB_face_tracking2", "the face", "fb2"),
    "android": SenseKind("XR_ANDROID_face_tracking", "the face", "android"),
    "bd": SenseKind("XR_BD_facial_simulation", "the face", "bd"),
    "htc_eyes": SenseKind("XR_HTC_facial_tracking", "lids and gaze", "htc"),
    "htc_lips": SenseKind("XR_HTC_facial_tracking", "the mouth", "htc"),
    "fb_gazes": SenseKind("XR_FB_eye_tracking_social", "the gaze of each eye"),
    "eye_gaze": SenseKind("XR_EXT_eye_gaze_interaction", "one gaze for both eyes"),
    "head": SenseKind("", "the pose of the head"),
}
"""Everything that is asked for, by our own names; of several faces the first one counts."""

EXTENSIONS: tuple[str, ...] = tuple(
    dict.fromkeys(kind.extension for kind in SENSES.values() if kind.extension)
)
"""The extensions that let one sense something of a face."""


@dataclass(frozen=True)
class Offer:
    """What a runtime and its headset say.

    Attributes:
        runtime: The runtime's name.
        version: And its version.
        system: The headset's name; empty = there is none now.
        extensions: Every extension that the runtime has.
        senses: What the system's properties confirm, names of `SENSES` in that order.
        audio_only: Whether its `XR_FB_face_tracking2` guesses the face from sound alone.
    """

    runtime: str
    version: str
    system: str
    extensions: tuple[str, ...]
    senses: tuple[str, ...]
    audio_only: bool = False

    @property
    def headless(self) -> bool:
        """Whether one can ask it beside a game."""
        return HEADLESS in self.extensions

    @property
    def scheme(self) -> str:
        """The scheme of the face that counts; empty = it senses none."""
        return next((SENSES[sense].scheme for sense in self.senses if SENSES[sense].scheme), "")
