"""Prompts: what a wearer is asked to do so that every sensor is seen at rest and moving."""

from __future__ import annotations

from typing import NamedTuple


class Prompt(NamedTuple):
    """One thing to do.

    Attributes:
        name: What programs call it, as on the wire.
        words: What people are told.
        seconds: How long.
        moves: The streams that it moves; none while the face is still.
    """

    name: str
    words: str
    seconds: float
    moves: tuple[str, ...] = ()


STILL = "neutral"
"""The prompt in which the face rests: what sensors read then is their rest."""

_SKIN = ("foam", "strain", "emg")
_BROWS = ("upper_face", *_SKIN)
_MOUTH = ("mouth_tracker", *_SKIN)

PROMPTS: tuple[Prompt, ...] = (
    Prompt(STILL, "Look ahead and hold still, with a face at rest.", 5.0),
    Prompt("look_around", "Look up, down, left and right.", 4.0, ("gaze", "gaze_combined", "lids")),
    Prompt("blink", "Blink a few times.", 3.0, ("lids",)),
    Prompt("speak", "Count aloud from one to ten.", 5.0, ("mouth_tracker", "audio_features")),
    Prompt("brows_up", "Raise your brows, and let go.", 3.0, _BROWS),
    Prompt("frown", "Frown, and let go.", 3.0, _BROWS),
    Prompt("smile", "Smile broadly, and let go.", 3.0, _MOUTH),
    Prompt("squint", "Squint, and let go.", 3.0, ("lids", *_BROWS)),
    Prompt("eyes_wide", "Open your eyes wide, and let go.", 3.0, ("lids", *_BROWS)),
    Prompt("nose_up", "Wrinkle your nose, and let go.", 2.0, _BROWS),
    Prompt("cheeks_puffed", "Puff your cheeks, and let go.", 2.0, _MOUTH),
    Prompt("nod", "Nod, and turn your head.", 3.0, ("imu", "head_pose")),
    Prompt(STILL, "Hold still once more, with a face at rest.", 3.0),
)
"""All of them, in order: 42 seconds."""


def lasting(seconds: float) -> tuple[Prompt, ...]:
    """The prompts, all of them together in so many seconds."""
    share = seconds / sum(prompt.seconds for prompt in PROMPTS)
    return tuple(prompt._replace(seconds=prompt.seconds * share) for prompt in PROMPTS)


def moving(stream: str) -> tuple[Prompt, ...]:
    """The prompts that move a stream; none for one that nobody moves at will."""
    return tuple(prompt for prompt in PROMPTS if stream in prompt.moves)
