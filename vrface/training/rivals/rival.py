"""`Rival`: one way to tell a face from what was sensed, that a model is measured against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vrface.errors import BadUse
from vrface.model.calibration import MODES, Arrays, Mode
from vrface.training.case import Case, Seen
from vrface.training.rivals.correction import Correction, corrected
from vrface.training.rivals.law import Law


@dataclass(frozen=True)
class Rival:
    """One rival.

    Attributes:
        name: What checkpoints and reports call it.
        draft: Its law of a case before its correction: from a checkpoint's rivals, for every
            wearer and frame. The scale may be one constant.
        paired: It needs the truth of the calibration seconds.
        learned: A checkpoint may be without it.
        judged: Its correction is chosen on wearers that it did not learn from. A network's is not:
            it learned from all of them, as the model did, and says itself how sure it is.
        fixed: Its location is what it is by definition: its scale alone is corrected.
    """

    name: str
    draft: Callable[[Arrays, Case], Law]
    paired: bool = False
    learned: bool = False
    judged: bool = True
    fixed: bool = False

    def named(self, part: str) -> str:
        """What one of its arrays is called among a checkpoint's rivals."""
        return f"{self.name}.{part}" if self.learned else f"{self.name}_{part}"

    def correction(self, arrays: Arrays, mode: Mode) -> Correction:
        """The correction under one mode: views of a checkpoint's arrays."""
        parts = (arrays[self.named(part)] for part in Correction._fields)
        return Correction(*(part[MODES.index(mode)] for part in parts))

    def law(self, arrays: Arrays, case: Case) -> Law:
        """Its law of a case."""
        return corrected(self.correction(arrays, case.mode), self.draft(arrays, case))


def seen_in(case: Case) -> Seen:
    """The calibration seconds, which a paired rival cannot do without.

    Raises:
        BadUse: if the case has none.
    """
    if case.seen is None:
        raise BadUse(f"mode {case.mode!r} knows no truth of the calibration seconds.")
    return case.seen
