"""`TrainConfig`: everything that decides what a training run makes, and the presets that ship."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from vrface.errors import BadUse, UnknownName
from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.model.config import NetworkConfig
from vrface.training.disturb import Disturbances
from vrface.training.ranges import require

FIRST_TEST_SEED = 10_000
"""Simulated wearers from here on are kept for tests, demos and evaluation."""


@dataclass(frozen=True)
class SimulatedWearers:
    """The wearers a run learns from when it is given no logs.

    Attributes:
        wearers: How many; wearer n is drawn from seed ``first_seed + n``.
        seconds: Of each wearer's recording.
        rate_hz: Frames a second.
        headsets: What they wear, in turn.
        first_seed: All seeds are below `FIRST_TEST_SEED`.
    """

    wearers: int = 320
    seconds: float = 40.0
    rate_hz: float = 60.0
    headsets: tuple[str, ...] = ("eyes_and_mouth", "vive_pro_eye_lip", "everything")
    first_seed: int = 0

    def __post_init__(self) -> None:
        """Check what a recipe may get wrong.

        Raises:
            BadUse: if a setting is out of range, or a seed is kept for tests.
        """
        ranges = {
            "wearers": (1, 10_000),
            "seconds": (1.0, 3600.0),
            "rate_hz": (10.0, 240.0),
            "first_seed": (0, 2**31 - 1),
        }
        require("simulated wearers", self, ranges)
        if self.first_seed + self.wearers > FIRST_TEST_SEED:
            raise BadUse(
                f"simulated wearers from seed {self.first_seed + self.wearers - 1} are for tests.",
                f"Train on seeds below {FIRST_TEST_SEED}: lower first_seed or wearers.",
            )
        if not self.headsets:
            raise BadUse("simulated wearers wear no headset.", "Name one or more in headsets.")


@dataclass(frozen=True)
class TrainConfig:
    """How a network is trained.

    Attributes:
        network: Its size; slots that no training log fills are taken out.
        simulated: Wearers to learn from where no logs are given.
        disturbances: What happens to the windows.
        rivals: Any of `vrface.model.checkpoint.LEARNED_RIVALS`, to measure the network against:
            they change nothing of it. ``gbt`` needs scikit-learn, the extra ``train``.
        held_out: Share of the wearers that nothing is learned from, for the report.
        steps: Of gradient descent.
        windows: In a batch.
        frames: In a window.
        unscored: First frames of a window, in which the memories fill.
        unpaired: Chance that of a window's wearer it is known what their sensors read.
        paired: Chance that the face behind them is known too; else nothing is.
        measured: How much the error of a shape counts that the headset measures, beside a hidden
            one's: nobody asks the network for it, but while its sensor is silent.
        mirror: Chance that a window is mirrored.
        learning_rate: The highest; it warms up for `warm_up` steps, then falls as a cosine.
        warm_up: In steps.
        weight_decay: AdamW's.
        clip: Largest norm of a gradient.
        average: Highest decay of the running average of the weights, which is what ships.
        save_every: Steps between two saves that a run can be resumed from.
        seed: Of everything that is drawn.
    """

    network: NetworkConfig = field(default_factory=NetworkConfig)
    simulated: SimulatedWearers = field(default_factory=SimulatedWearers)
    disturbances: Disturbances = field(default_factory=Disturbances)
    rivals: tuple[str, ...] = ()
    held_out: float = 0.1
    steps: int = 1000
    windows: int = 8
    frames: int = 512
    unscored: int = 48
    unpaired: float = 0.4
    paired: float = 0.3
    measured: float = 0.25
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
            BadUse: if a setting is out of range, or a rival is named twice.
            UnknownName: for a rival that nobody knows.
        """
        ranges = {
            "held_out": (0.0, 0.9),
            "steps": (1, 10**8),
            "windows": (1, 10**5),
            "frames": (2, 10**5),
            "unscored": (0, self.frames - 1),
            "unpaired": (0.0, 1.0),
            "paired": (0.0, 1.0),
            "measured": (0.0, 1.0),
            "mirror": (0.0, 1.0),
            "learning_rate": (1e-9, 1e9),
            "warm_up": (0, 10**8),
            "weight_decay": (0.0, 1e3),
            "clip": (1e-9, 1e30),
            "average": (0.0, 0.99999),
            "save_every": (1, 10**8),
            "seed": (0, 2**31 - 1),
        }
        require("a run", self, ranges)
        if self.unpaired + self.paired > 1.0:
            raise BadUse(
                "a run: the chances unpaired and paired are 1 at most together, got "
                f"{self.unpaired + self.paired:g}."
            )
        if not isinstance(self.rivals, tuple) or len(set(self.rivals)) != len(self.rivals):
            raise BadUse(f"a run: rivals is a tuple of names, each once, got {self.rivals!r}.")
        for name in self.rivals:
            if name not in LEARNED_RIVALS:
                raise UnknownName("rival", name, LEARNED_RIVALS)


_BASE = TrainConfig(
    simulated=SimulatedWearers(
        wearers=1000,
        seconds=50.0,
        headsets=(*2 * SimulatedWearers().headsets, "quest_pro", "foam_16", "emg_8"),
    ),
    steps=6000,
    average=0.999,
    held_out=0.04,
)

PRESETS: dict[str, TrainConfig] = {
    "tiny_cpu": TrainConfig(),
    "base": _BASE,
    "medium": replace(
        _BASE, network=NetworkConfig(width=192, encoder_width=96, memory=256, hidden=256, blocks=4)
    ),
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
