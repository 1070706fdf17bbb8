"""`Seat`: what a server knows of one wearer: what was asked for, and where they are stepped."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Style
from vrface.face.smoothing import Smoothing
from vrface.sensors.headset import HeadsetProfile
from vrface.session.cohort import Cohort
from vrface.session.token import Kind

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.calibration.fit import Misfit
    from vrface.model.model import Model


@dataclass(frozen=True)
class Wish:
    """What a client asks for.

    Attributes:
        headset: What the wearer has on.
        model: What is to infer.
        style: What is to be shown of a law.
        seed: Of the draws of a lively style.
        calibration: What is known of the wearer, as far as it fits.
        kind: What a resume token must agree with.
        misfits: Why any of it is left aside.
        smoothing: How calm they want to be shown.
    """

    headset: HeadsetProfile
    model: Model
    style: Style
    seed: int
    calibration: Calibration
    kind: Kind
    misfits: tuple[Misfit, ...] = ()
    smoothing: Smoothing = Smoothing.none()


@dataclass(frozen=True, eq=False)
class Seat:
    """A wearer who is stepped with others.

    Attributes:
        wish: What was asked for.
        cohort: With whom they are stepped.
        row: Where.
    """

    wish: Wish
    cohort: Cohort
    row: int

    @property
    def headset(self) -> HeadsetProfile:
        """What the wearer has on."""
        return self.wish.headset

    @property
    def seed(self) -> int:
        """Of the draws of a lively style."""
        return self.wish.seed

    @property
    def model_name(self) -> str:
        """What the model was loaded as."""
        return self.wish.model.name

    @property
    def model_digest(self) -> bytes:
        """SHA-256 of the checkpoint's manifest."""
        return self.wish.model.digest

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of measured shapes beyond the canonical 54."""
        return self.cohort.pipeline.extras

    @property
    def expected_source(self) -> NDArray[np.uint8]:
        """[54 + extras] `Source` of each weight when every sensor is well."""
        return self.cohort.pipeline.expected_source

    @property
    def missing_streams(self) -> tuple[str, ...]:
        """Streams the model could use and this headset lacks."""
        return self.wish.model.missing_streams(self.headset)

    @property
    def unused_streams(self) -> tuple[str, ...]:
        """Streams of this headset that the model does not look at."""
        return self.wish.model.unused_streams(self.headset)
