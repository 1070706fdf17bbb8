"""`Options`: what was asked of a report, and what it finds in the folder of recordings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from vrface.errors import BadUse
from vrface.model import pretrained
from vrface.training.calibrate import MIN_CALIBRATION_S


@dataclass(frozen=True)
class Options:
    """What was asked for.

    Attributes:
        model: A shipped model or a checkpoint's folder.
        data: The folder of recordings; None = there is none, and no real face in the report.
        wearers: How many simulated wearers.
        seconds: How much of a take calibrates.
        seed: The first of the sensor seeds.
    """

    model: str = pretrained.DEFAULT
    data: Path | None = None
    wearers: int = 40
    seconds: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the figures.

        Raises:
            BadUse: if one is out of range, or the folder is not there.
        """
        if self.wearers < 1:
            raise BadUse(f"got {self.wearers} wearers: a report needs 1 or more.")
        if self.seed < 0:
            raise BadUse(f"got seed {self.seed}: it is 0 or more.")
        if not MIN_CALIBRATION_S <= self.seconds < math.inf:
            raise BadUse(
                f"got {self.seconds:g} seconds: calibrating takes {MIN_CALIBRATION_S:g} or more."
            )
        if self.data is not None and not self.data.is_dir():
            raise BadUse(f"{str(self.data)!r} is no folder.", "VRFACE_DATA or --data names one.")

    @property
    def takes(self) -> list[Path]:
        """The full-face recordings of the folder (`datasets/README.md`), by person and name."""
        return sorted(self.data.glob("arkit/*/*.csv")) if self.data is not None else []

    @property
    def rig(self) -> Path | None:
        """The folder of the face rig that errors are told in millimetres on, where it is there."""
        folder = self.data / "rig" / "ICT-FaceKit" if self.data is not None else None
        return folder if folder is not None and folder.is_dir() else None
