"""`Rival`: one way to tell a face from what was sensed, that a model is measured against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vrface.errors import BadUse
from vrface.model.checkpoint import Arrays
from vrface.training.case import Case, Seen
from vrface.training.rivals.law import Law


@dataclass(frozen=True)
class Rival:
    """One rival.

    Attributes:
        name: What checkpoints and reports call it.
        draft: Its law of a case before its spread: from a checkpoint's rivals, for every wearer
            and frame. The scale may be one constant.
        paired: It needs the truth of the calibration seconds.
        learned: A checkpoint may be without it.
        judged: Its spread is chosen on wearers that it did not learn from. A network's is not: it
            learned from all of them, as the model did, and says itself how sure it is.
    """

    name: str
    draft: Callable[[Arrays, Case], Law]
    paired: bool = False
    learned: bool = False
    judged: bool = True

    @property
    def spread(self) -> str:
        """The name of its factors (`vrface.training.rivals.spread`) among a checkpoint's rivals."""
        return f"{self.name}.spread" if self.learned else f"{self.name}_spread"


def seen_in(case: Case) -> Seen:
    """The calibration seconds, which a paired rival cannot do without.

    Raises:
        BadUse: if the case has none.
    """
    if case.seen is None:
        raise BadUse(f"mode {case.mode!r} knows no truth of the calibration seconds.")
    return case.seen
