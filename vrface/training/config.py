"""`TrainConfig`: everything that decides what a training run makes, and the presets that ship."""

from __future__ import annotations

from dataclasses import dataclass, field

from vrface.errors import BadUse, UnknownName
from vrface.model.config import NetworkConfig
from vrface.training.disturb import Disturbances


@dataclass(frozen=True)
class SimulatedWearers:
    """The wearers a run learns from when it is given no logs.

    Attributes:
        wearers: How many; wearer n is drawn from seed ``first_seed + n``.
        seconds: Of each wearer's recording.
        rate_hz: Frames a second.
        headsets: What they wear, in turn.
        first_seed: Seeds from 10000 on are for tests, demos and evaluation.
    """

    wearers: int = 320
    seconds: float = 40.0
    rate_hz: float = 60.0
    headsets: tuple[str, ...] = ("eyes_and_mouth", "vive_pro_eye_lip")
    first_seed: int = 0


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained.

    Attributes:
        network: Its size; slots that no training log fills are taken out.
        simulated: Wearers to learn from where no logs are given.
        disturbances: What happens to the windows.
        held_out: Share of the wearers that nothing is learned from, for the report.
        steps: Of gradient descent.
        windows: In a batch.
        frames: In a window.
        unscored: First frames of a window, in which the memories fill.
        own_rest: Chance that a window is seen against its wearer's rest, else everybody's.
        mirror: Chance that a window is mirrored.
        learning_rate: The highest; it warms up for `warm_up` steps, then falls as a cosine.
        warm_up: In steps.
        weight_decay: AdamW's.
        clip: Largest norm of a gradient.
        average: Decay of the running average of the weights, which is what ships.
        save_every: Steps between two saves that a run can be resumed from.
        seed: Of everything that is drawn.
    """

    network: NetworkConfig = field(default_factory=NetworkConfig)
    simulated: SimulatedWearers = field(default_factory=SimulatedWearers)
    disturbances: Disturbances = field(default_factory=Disturbances)
    held_out: float = 0.1
    steps: int = 1500
    windows: int = 32
    frames: int = 128
    unscored: int = 12
    own_rest: float = 0.6
    mirror: float = 0.5
    learning_rate: float = 2e-3
    warm_up: int = 50
    weight_decay: float = 0.01
    clip: float = 1.0
    average: float = 0.995
    save_every: int = 100
    seed: int = 0

    def __post_init__(self) -> None:
        """Check what a recipe may get wrong.

        Raises:
            BadUse: if a setting is out of range.
        """
        for name, sane, wanted in (
            ("steps", self.steps >= 1, "1 or more"),
            ("windows", self.windows >= 1, "1 or more"),
            ("frames", self.frames > self.unscored >= 0, "more than unscored"),
            ("held_out", 0.0 < self.held_out < 1.0, "between 0 and 1"),
            ("own_rest", 0.0 <= self.own_rest <= 1.0, "0 to 1"),
            ("mirror", 0.0 <= self.mirror <= 1.0, "0 to 1"),
            ("learning_rate", self.learning_rate > 0.0, "above 0"),
            ("average", 0.0 <= self.average < 1.0, "0 to below 1"),
            ("save_every", self.save_every >= 1, "1 or more"),
            ("seed", self.seed >= 0, "0 or more"),
        ):
            if not sane:
                raise BadUse(f"a run's {name} is {wanted}, got {getattr(self, name)!r}.")


PRESETS: dict[str, TrainConfig] = {
    "tiny_cpu": TrainConfig(),
}
"""Configurations by name; `train/recipes` says what each costs and promises."""


def preset(name: str) -> TrainConfig:
    """A configuration by its name.

    Raises:
        UnknownName: for one that does not ship.
    """
    if name not in PRESETS:
        raise UnknownName("preset", name, PRESETS)
    return PRESETS[name]
