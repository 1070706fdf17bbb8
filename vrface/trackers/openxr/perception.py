"""`Perception`: all that one connection senses, period by period, as samples of a headset."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.frame import Sample
from vrface.sensors.headset import HeadsetProfile
from vrface.trackers.assembly import Assembly
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.face_trackers import AndroidFace, BdFace, Face2, HtcEyes, HtcLips
from vrface.trackers.openxr.faces import vocabulary
from vrface.trackers.openxr.instance import Unwilling
from vrface.trackers.openxr.offer import SENSES
from vrface.trackers.openxr.poses import Gaze, Gazes, Head
from vrface.trackers.openxr.sense import Sense

_SENSES: dict[str, type[Sense]] = {
    "fb2": Face2,
    "android": AndroidFace,
    "bd": BdFace,
    "htc_eyes": HtcEyes,
    "htc_lips": HtcLips,
    "fb_gazes": Gazes,
    "eye_gaze": Gaze,
    "head": Head,
}


@dataclass(frozen=True, eq=False)
class _Face:
    """The senses that give one scheme's face, and what makes samples of them and of the others.

    Attributes:
        senses: Of the face alone.
        assembly: Where values are put.
        places: Where those of each sense are, the face's and the others'.
    """

    senses: tuple[Sense, ...]
    assembly: Assembly
    places: dict[Sense, NDArray[np.intp]]


class Perception:
    """What one connection senses.

    Several extensions may tell of one and the same face. Then the first of `SENSES` that has
    anything to say counts, and the next one is asked only while it has not.

    Args:
        connection: The session.
        headset: Whose streams are filled.

    Attributes:
        names: What is sensed, names of `SENSES`.
        refused: Why the runtime gives less than it promised, one line each.

    Raises:
        Lost: if there is no runtime any more.
        BadUse: if nothing that is sensed is anything that the headset has.
    """

    def __init__(self, connection: Connection, headset: HeadsetProfile) -> None:
        self.refused: list[str] = []
        senses = {}
        for name in connection.instance.offer.senses:
            try:
                senses[name] = _SENSES[name](connection)
            except Unwilling as refusal:
                self.refused.append(f"{SENSES[name].extension}: {refusal.message}")
        self.names = tuple(senses)
        of_scheme: dict[str, list[Sense]] = {}
        for name, sense in senses.items():
            of_scheme.setdefault(SENSES[name].scheme, []).append(sense)
        self._others = tuple(of_scheme.pop("", ()))
        self._faces = [
            _face(headset, scheme, tuple(mine), self._others)
            for scheme, mine in of_scheme.items() or [("", [])]
        ]

    def samples(self, time: int, now_ns: int) -> tuple[Sample, ...]:
        """The samples of what was sensed since the last call.

        Args:
            time: Now, on the runtime's clock.
            now_ns: Now, on the session's, which samples are dated by; never after now.

        Raises:
            Lost: if there is nothing to ask any more.
        """
        new = [sense for sense in self._others if sense.read(time)]
        for face in self._faces:
            mine = [sense for sense in face.senses if sense.read(time)]
            if any(sense.valid for sense in face.senses):
                new += mine
                break
        else:
            face = self._faces[0]
        for sense in new:
            sensed_ns = min(now_ns + sense.time - time, now_ns)
            face.assembly.put(face.places[sense], sense.values, sensed_ns)
        return face.assembly.take(now_ns)

    @property
    def blind(self) -> bool:
        """Whether nothing of a face is sensed, though something could be."""
        eyes = [sense for sense in self._others if not isinstance(sense, Head)]
        senses = [*eyes, *(sense for face in self._faces for sense in face.senses)]
        return bool(senses) and not any(sense.valid for sense in senses)


def _face(
    headset: HeadsetProfile, scheme: str, senses: tuple[Sense, ...], others: tuple[Sense, ...]
) -> _Face:
    assembly = Assembly(headset, vocabulary(scheme))
    places = {sense: assembly.places(sense.names) for sense in (*senses, *others)}
    return _Face(senses, assembly, places)
