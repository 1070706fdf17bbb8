"""Every error vrface raises on purpose, and what each one means for a caller.

```
VrfaceError                 something a person can act on: message + advice, exit code 1
├── BadUse                  the call itself is wrong: exit code 2, INVALID_ARGUMENT on the wire
│   └── UnknownName         a name nobody knows, with "did you mean"
├── Refused                 a gate said no (permission, token, capacity): exit code 3
├── CheckpointError         a checkpoint that is missing, altered or of another version
├── CalibrationError        a calibration that is damaged or foreign, or seconds that make none
├── LogError                a sensor log that is not ours, torn or of another version
├── TakeError               another program's recording that cannot be read
├── ServerError             the server cannot start, cannot be reached or went away
└── DependencyError         an optional part of vrface is not installed
```

Inside the frame loop nothing here is raised: late, missing, NaN and out-of-range data are values
there.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class VrfaceError(Exception):
    """Base of all errors vrface raises on purpose.

    Args:
        message: What went wrong and what was found, one line.
        advice: What to do about it, one line; empty if the message already says so.

    Attributes:
        advice: As given.
        exit_code: What a command-line verb exits with.
    """

    exit_code = 1

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".rstrip()


class BadUse(VrfaceError):
    """The call itself is wrong: an argument out of range, a combination that makes no sense."""

    exit_code = 2


class UnknownName(BadUse):
    """A name that stands for nothing, with the nearest names that do.

    Args:
        kind: What was looked for, for example ``"blendshape"``.
        got: The name as given.
        known: Every name that would have been understood.
        advice: What else to do; by default the known names are listed when they are few.
    """

    def __init__(self, kind: str, got: str, known: Iterable[str], advice: str = "") -> None:
        names, got = list(known), str(got)
        folded = {name.lower(): name for name in names}
        near = difflib.get_close_matches(got.lower(), folded, n=3, cutoff=0.6)
        if near:
            advice = f"Did you mean {' or '.join(repr(folded[name]) for name in near)}?"
        elif not advice and len(names) <= 16:
            advice = f"Known: {', '.join(names)}."
        super().__init__(f"unknown {kind} {got!r}.", advice)


class Refused(VrfaceError):
    """A gate said no: permission, token or capacity."""

    exit_code = 3


class CheckpointError(VrfaceError):
    """A checkpoint that is missing, altered or of another version."""


class CalibrationError(VrfaceError):
    """A calibration that is damaged, foreign or too large; or seconds that make none.

    On the wire it is INVALID_ARGUMENT. Its message names nobody and holds no figure of a face.
    """


class LogError(VrfaceError):
    """A sensor log that is not ours, torn or of another version."""


class TakeError(VrfaceError):
    """Another program's recording that cannot be read: a full face, or what a headset sensed."""


class ServerError(VrfaceError):
    """The server cannot start, cannot be reached or went away."""


class DependencyError(VrfaceError):
    """An optional part of vrface is not installed."""
