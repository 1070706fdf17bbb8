"""`Vocabulary`: the names under which a face is told, and what they give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from vrface.face.schemes import Scheme


@dataclass(frozen=True, eq=False, kw_only=True)
class Vocabulary:
    """The names under which some source of faces tells its values.

    Attributes:
        scheme: Whose shapes' names it says, with weights in [0, 1].
        channels: For channels that shapes alone do not give, as ``"stream.channel"``: the other
            names that do, best first, with values in the channel's own unit.
        confidence: For streams: the name of the value that is their confidence, in [0, 1].
        changes_alone: Whether it leaves out what has not changed.
        dated: Whether it says when values were sensed; else that is reckoned from their arrival.
    """

    scheme: Scheme
    channels: Mapping[str, Sequence[str]]
    confidence: Mapping[str, str] = field(default_factory=dict)
    changes_alone: bool = False
    dated: bool = False
