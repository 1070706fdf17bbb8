"""`Smoothing`: how calm a wearer wants to be shown, each part of the face by itself.

What it does to weights is `vrface.outputs.smoothing`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import GROUPS

SLOWEST_HZ = 0.01
"""A weight that follows slower than this, some 16 s, follows nothing."""

FASTEST_HZ = 1000.0
"""Beyond this nothing is smoothed at any frame rate that there is."""

WRITTEN = "A smoothing is written on, off, or as in brow=1.5:1,lid=2:8,measured."


@dataclass(frozen=True)
class OneEuro:
    """How one part of the face is smoothed.

    Attributes:
        still_hz: Cutoff of a weight that stands still, Hz in [`SLOWEST_HZ`, `FASTEST_HZ`].
        per_speed: How much it grows with speed, Hz for each whole movement a second, in
            [0, `FASTEST_HZ`].

    Raises:
        BadUse: if one is out of its range.
    """

    still_hz: float
    per_speed: float

    def __post_init__(self) -> None:
        """Check the ranges."""
        still, faster = self.still_hz, self.per_speed
        if not (SLOWEST_HZ <= still <= FASTEST_HZ and 0.0 <= faster <= FASTEST_HZ):
            raise BadUse(
                f"a cutoff is in {SLOWEST_HZ:g}..{FASTEST_HZ:g} Hz and grows by "
                f"0..{FASTEST_HZ:g}, got {still:g} and {faster:g}.",
                "Leave out what is not to be smoothed.",
            )

    def __str__(self) -> str:
        return f"{_digits(self.still_hz)}:{_digits(self.per_speed)}"

    @classmethod
    def parse(cls, text: str) -> OneEuro:
        """What `str` made.

        Raises:
            BadUse: if it is no two numbers, or one is out of its range.
        """
        still, _, faster = text.partition(":")
        try:
            figures = float(still), float(faster)
        except ValueError:
            raise BadUse(f"no cutoff and growth in {text!r}.", WRITTEN) from None
        return cls(*figures)


@dataclass(frozen=True)
class Smoothing:
    """How each score group of the face is smoothed; extras are smoothed as the mouth.

    Attributes:
        measured: Whether what a sensor sees is smoothed too: trackers mostly do that themselves.
            What is drawn from a law (`Source.GENERATED`) moves smoothly as it is.
        lid: None = shown as it is.
        brow: As for `lid`, and so on.
        cheek: .
        nose: .
        mouth: .
        gaze: The eyeLook shapes; gaze angles are shown as they are.

    Raises:
        BadUse: if what is measured is to be smoothed, and no part is.
    """

    measured: bool = False
    lid: OneEuro | None = None
    brow: OneEuro | None = None
    cheek: OneEuro | None = None
    nose: OneEuro | None = None
    mouth: OneEuro | None = None
    gaze: OneEuro | None = None

    def __post_init__(self) -> None:
        """Check that there is something to smooth."""
        if self.measured and not any(self.groups.values()):
            raise BadUse("nothing is smoothed, so nothing measured is.", "Say on,measured.")

    @classmethod
    def none(cls) -> Smoothing:
        """Weights are shown as they are."""
        return cls()

    @classmethod
    def usual(cls) -> Smoothing:
        """What suits most: a calm brow, and a blink that is whole and hardly late."""
        calm = OneEuro(1.5, 1.0)
        return cls(False, OneEuro(2.0, 8.0), calm, calm, calm, OneEuro(6.0, 2.0), OneEuro(6.0, 4.0))

    @property
    def groups(self) -> dict[str, OneEuro | None]:
        """How each of `GROUPS` is smoothed."""
        return {group: getattr(self, group) for group in GROUPS}

    def __str__(self) -> str:
        """One word without blanks, for the command line and logs: `parse` reads it."""
        if self == replace(Smoothing.usual(), measured=self.measured):
            parts = ["on"]
        else:
            parts = [f"{group}={how}" for group, how in self.groups.items() if how] or ["off"]
        return ",".join([*parts, "measured"] if self.measured else parts)

    @classmethod
    def parse(cls, text: str) -> Smoothing:
        """What people write: parts with commas between; what comes later counts.

        Args:
            text: ``on`` (`usual`), ``off``, ``GROUP=HZ:PER_SPEED`` or ``GROUP=off``, ``measured``.

        Raises:
            UnknownName: for a part that nobody knows.
            BadUse: if figures are none, or out of their range.
        """
        found: dict[str, Any] = {}
        for part in text.split(","):
            name, given, figures = part.strip().partition("=")
            if given and name in GROUPS:
                found[name] = None if figures == "off" else OneEuro.parse(figures)
            elif not given and name in ("on", "off"):
                found |= (cls.usual() if name == "on" else cls.none()).groups
            elif not given and name == "measured":
                found[name] = True
            elif name in GROUPS:
                raise BadUse(f"{name} is smoothed, but how is not said.", WRITTEN)
            else:
                raise UnknownName("part of a smoothing", name, ("on", "off", "measured", *GROUPS))
        return cls(**found)

    @classmethod
    def of(cls, given: Smoothing | str) -> Smoothing:
        """The same, or what its text says. Errors as for `parse`."""
        return cls.parse(given) if isinstance(given, str) else given


def _digits(figure: float) -> str:
    """A number in as few digits as tell it from any other."""
    return repr(float(figure)).removesuffix(".0")
