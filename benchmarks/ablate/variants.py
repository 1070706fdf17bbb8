"""The variants: what is changed in each, and what all of them are trained with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

import jax
import jax.numpy as jnp

from benchmarks.ablate import networks
from vrface.model.layers import Network
from vrface.training.config import SimulatedWearers, TrainConfig, preset
from vrface.training.descent import Loss
from vrface.training.loss import loss as crps

FIRST_JUDGED = 9_000
"""Seed of the first simulated wearer that is judged: nothing learns from them, no report is of
them; two constants of `vrface.model.calibration.last_layer` were chosen on them."""

Faces: TypeAlias = Literal["simulated", "real", "mixed"]
"""Whose faces teach; sensors are simulated on all."""

GAZE = ("gaze", "gaze_combined")


def small(config: TrainConfig) -> TrainConfig:
    """The same network with less to learn from, and less time: an ablation learns a dozen times."""
    wearers = replace(config.simulated, wearers=120, seconds=40.0)
    return replace(config, simulated=wearers, rivals=(), steps=600, frames=256)


@dataclass(frozen=True)
class Settings:
    """What all runs have in common.

    Attributes:
        config: Of the base.
        apart: Simulated wearers behind those that teach: by them the neutral face is sized, and
            laws that were not learned.
        donnings: How many times each real take that teaches wears each headset.
        judged: Simulated wearers that are judged.
        seconds: Of each of them, beside what calibrates.
        calibrates: Seconds that calibrate.
        rates_hz: Other frame rates that a clock is judged at.
        calls: Steps of each architecture that are timed.
    """

    config: TrainConfig = field(default_factory=lambda: small(preset("base")))
    apart: int = 16
    donnings: int = 4
    judged: int = 32
    seconds: float = 50.0
    calibrates: float = 30.0
    rates_hz: tuple[float, ...] = (90.0, 120.0)
    calls: int = 20_000

    @property
    def wearers_apart(self) -> SimulatedWearers:
        """Those behind the ones that teach."""
        taught = self.config.simulated
        return replace(taught, wearers=self.apart, first_seed=taught.first_seed + taught.wearers)


def squared(
    loc: jax.Array, scale: jax.Array, truth: jax.Array, counts: jax.Array, unscored: int
) -> jax.Array:
    """Mean squared error of locations, in place of `vrface.training.loss.loss`."""
    known = jnp.isfinite(truth)
    weight = jnp.where(known[:, unscored:], counts[:, None, :], 0.0)
    error = jnp.square(loc - jnp.where(known, truth, 0.0))[:, unscored:]
    return jnp.sum(error * weight) / jnp.maximum(jnp.sum(weight), 1e-6)


@dataclass(frozen=True)
class Variant:
    """One run.

    Attributes:
        words: What tables call it.
        change: Of the base's configuration.
        kind: Of the network: the product's, or one that differs from it in a part.
        loss: What is descended.
        sized: Whether its laws get their scales when it has learned, as a rival's do.
        deaf: Streams that it never hears.
        faces: Whose.
    """

    words: str
    change: Callable[[TrainConfig], TrainConfig] = lambda config: config
    kind: type[Network] = Network
    loss: Loss = crps
    sized: bool = False
    deaf: tuple[str, ...] = ()
    faces: Faces = "simulated"


def _gru(config: TrainConfig) -> TrainConfig:
    memory = round(networks.GRU_SHARE * config.network.memory)
    return replace(config, network=replace(config.network, memory=memory))


def _undropped(config: TrainConfig) -> TrainConfig:
    whole = replace(config.disturbances, tiers=(), subset=0.0, dead=0.0, silent=0.0, stuck=0.0)
    return replace(config, disturbances=whole)


def _steady(config: TrainConfig) -> TrainConfig:
    rate = 1.0 / networks.PERIOD_S
    steady = replace(config.disturbances, rate_hz=(rate, rate), unsteady=0.0)
    return replace(config, disturbances=steady)


def _quarter(config: TrainConfig) -> TrainConfig:
    wearers = replace(config.simulated, wearers=max(config.simulated.wearers // 4, 2))
    return replace(config, simulated=wearers)


BASE, DEAF = "base", "deaf"

VARIANTS: dict[str, Variant] = {
    BASE: Variant("**base**"),
    "gru": Variant("a GRU for the leaky memories", change=_gru, kind=networks.Gru),
    "squared": Variant("squared error for CRPS", loss=squared, sized=True),
    "undropped": Variant("no sensor dropout", change=_undropped),
    "clockless": Variant("no `dt`, all frames at 60 Hz", change=_steady, kind=networks.Clockless),
    "one_scale": Variant("one scale a shape, whatever the input", kind=networks.OneScale),
    "sides_apart": Variant("left and right apart", kind=networks.SidesApart),
    "uncoded": Variant("no code of the wearer, rests alone", kind=networks.Uncoded),
    "quarter": Variant("a quarter of the wearers", change=_quarter),
    DEAF: Variant("gaze never heard", deaf=GAZE),
    "real": Variant("real faces alone", faces="real"),
    "mixed": Variant("simulated and real faces", faces="mixed"),
}
"""What is run, by name."""
