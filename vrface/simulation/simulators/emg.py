"""Electrodes in the face foam: causal envelopes of the muscles below them.

Weights say how far skin moved; muscles work before that, harder than it shows, and differently each
time. Each muscle has its activation, the electrodes hear all of them by distance, powers add (the
muscles' voltages are unrelated), and the envelope is what a rectifier and a one-pole low-pass of
8 Hz make of noise between 20 and 450 Hz.

The sizes of effort and tone are not free: `vrface.training.realism.skin` fits a ridge per person on
these envelopes, which must do as well as Abey et al. 2026 found (r about .55). With that they are
frozen, as part of simulation version 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import index
from vrface.sensors.stream import Stream
from vrface.simulation.simulators.signals import Floats, one_pole, wander
from vrface.simulation.simulators.skin import made, own, seated, under
from vrface.simulation.worn import Worn


class Muscle(NamedTuple):
    """One muscle of both sides.

    Attributes:
        place: Of its belly on the left, metres in head space; x mirrors.
        strength: Envelope on the skin above it at full activation, in resting envelopes.
        shapes: How far each blendshape of its side, in full, activates it.
        clench: How far a full clench does.
    """

    place: tuple[float, float, float]
    strength: float
    shapes: dict[str, float]
    clench: float = 0.0


# Which muscle does what: FACS (Ekman & Friesen 1978). A lid that follows a gaze down needs no
# muscle, hence the minus; what opens eyes wide lies too deep for the skin. Strengths: envelopes of
# 3-7 times rest, clench 4, smile 7 (Abey et al. 2026), at the foam's electrodes; places assumed.
MUSCLES: dict[str, Muscle] = {
    "frontalis_medial": Muscle(
        (-0.018, 0.050, -0.025), 9.0, {"browInnerUp": 1.0, "browOuterUp": 0.2, "eyeWide": 0.1}
    ),
    "frontalis_lateral": Muscle(
        (-0.045, 0.047, -0.020), 9.0, {"browOuterUp": 1.0, "browInnerUp": 0.2, "eyeWide": 0.1}
    ),
    "corrugator": Muscle((-0.019, 0.027, -0.025), 9.0, {"browDown": 1.0, "noseSneer": 0.2}),
    "orbicularis_lid": Muscle(
        (-0.042, 0.006, -0.015), 18.0, {"eyeBlink": 0.8, "eyeLookDown": -0.5}
    ),
    "orbicularis_orbital": Muscle(
        (-0.055, -0.008, -0.010), 9.0, {"eyeSquint": 0.7, "cheekSquint": 0.8, "eyeBlink": 0.1}
    ),
    "levator_labii": Muscle((-0.018, -0.020, -0.025), 9.0, {"noseSneer": 1.0, "mouthUpperUp": 0.5}),
    "zygomaticus": Muscle(
        (-0.048, -0.043, -0.015), 28.0, {"mouthSmile": 1.0, "mouthDimple": 0.4, "mouthStretch": 0.2}
    ),
    "masseter": Muscle((-0.060, -0.070, 0.010), 65.0, {"mouthPress": 0.05}, clench=1.0),
    "temporalis": Muscle((-0.072, 0.035, 0.010), 36.0, {}, clench=1.0),
}
"""Muscles whose voltage reaches the foam."""


@dataclass(frozen=True)
class _Family:
    """A kind of electrode.

    Attributes:
        round: Crosstalk falls off as a Gaussian, not as an exponential.
        synchrony: How many times fewer independent values the noise has: units that fire together.
        cracks: Bursts a minute on an electrode whose contact is good.
        raised_m: How far above the profile's place the electrodes sit.
    """

    round: bool = False
    synchrony: float = 1.0
    cracks: float = 0.0
    raised_m: float = 0.0


_FAMILIES = {
    "gel": _Family(),
    "dry": _Family(synchrony=2.0, cracks=4.0),
    "textile": _Family(round=True, synchrony=3.0, cracks=2.0, raised_m=0.006),
}

FAMILIES: tuple[str, ...] = tuple(_FAMILIES)
"""Kinds of electrodes; the last one is held out for testing."""

LEAD_S, LEAD_SPREAD_S = 0.070, 0.020
"""How far muscles lead motion, over people and muscles (Abey et al. 2026)."""

ENVELOPE_HZ, BAND_HZ = 8.0, 430.0
"""Of the one-pole low-pass; width of the band from 20 to 450 Hz before the rectifier."""

CROSSTALK_M = 0.015
"""How far a muscle is heard along the skin. Assumed, of the order of surface electrodes."""

POOR_CONTACT = 0.28
"""Share of donnings with poor contact somewhere: 7 of 25 (Abey et al. 2026)."""

REST_V = 2e-6
"""Resting envelope where a profile names no noise. Assumed, as of the shipped profiles."""

CEILING = 40.0
"""Resting envelopes above which amplifiers bend, as a logarithm. Assumed."""

EFFORT, EFFORT_S = 0.8, 3.0
"""Standard deviation of ln(effort for the same motion), and how long it lasts. Tuned."""

TONE, TONE_S = 0.25, 3.0
"""Standard deviation of activation that moves nothing (only what is above 0 works). Tuned."""

BURST_S = 0.05
"""How long a burst of a bad contact lasts. Assumed."""

VARIATION = np.pi / 2 - 1
"""Variance of a rectified Gaussian over its squared mean."""


def sense(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Envelopes in volts, one channel an electrode; protocol of `Sense`.

    The profile's noise is the envelope of a resting muscle.
    """
    family = _FAMILIES[worn.family(stream.name)]
    rng, noise = worn.donned(stream.name), worn.noise(stream.name)
    heard = _crosstalk(stream, worn, family)
    active = _effort(activations(worn, time_s), noise, time_s)

    power = 1.0 + (active**2) @ (heard**2)
    gain, hum, cracks = contact(rng, heard.shape[1])
    power = gain**2 * power + hum**2 * (1 + 0.3 * wander(noise, time_s, 0.5, len(hum)))
    each_s = np.diff(time_s, prepend=time_s[:1] - 1 / stream.rate_hz)[:, None]
    power += one_pole(_bursts(noise, each_s, cracks + family.cracks), time_s, BURST_S) ** 2
    rectified = rectified_mean(np.sqrt(np.maximum(power, 0.0)), noise, each_s, family.synchrony)
    envelope = one_pole(rectified, time_s, 1 / (2 * np.pi * ENVELOPE_HZ))
    volts = (stream.noise or REST_V) * CEILING * np.log1p(envelope / CEILING)
    return np.clip(volts, 0.0, 1.0).astype(np.float32)


def activations(worn: Worn, time_s: Floats) -> Floats:
    """[times, muscles] in [0, 1] or a little above, left ones first: `MUSCLES` of each side."""
    performance, person = worn.performance, own("muscles", worn)
    count = 2 * len(MUSCLES)
    lead = np.clip(person.normal(LEAD_S, LEAD_SPREAD_S, count), 0.02, 0.12)
    # Force and with it skin grow slower than voltage: a muscle at half its motion works less.
    power = person.uniform(1.0, 1.5, count)

    moved = performance.weights - performance.wearer.rest
    drive = moved @ _shape_map() + performance.clench[:, None] * _clench_map()
    drive = np.maximum(drive, 0.0) ** power
    columns = [
        np.interp(time_s + ahead, performance.time_s, column)
        for ahead, column in zip(lead, drive.T, strict=True)
    ]
    return np.stack(columns, axis=1)


def _shape_map() -> Floats:
    """[54, muscles of both sides]."""
    matrix = np.zeros((54, 2, len(MUSCLES)))
    for column, muscle in enumerate(MUSCLES.values()):
        for side, name in enumerate(("Left", "Right")):
            for shape, share in muscle.shapes.items():
                matrix[index(shape + name), side, column] = share
    return matrix.reshape(54, -1)


def _clench_map() -> Floats:
    return np.tile([muscle.clench for muscle in MUSCLES.values()], 2)


def _effort(active: Floats, noise: np.random.Generator, time_s: Floats) -> Floats:
    """The same motion costs more or less each time, and muscles work where nothing moves."""
    effort = np.exp(EFFORT * wander(noise, time_s, EFFORT_S, active.shape[1]))
    tone = TONE * np.maximum(wander(noise, time_s, TONE_S, active.shape[1]), 0.0)
    return np.asarray(active * effort + tone)


def _crosstalk(stream: Stream, worn: Worn, family: _Family) -> Floats:
    """[muscles, channels] what each muscle in full gives each electrode, in resting envelopes."""
    left = np.array([muscle.place for muscle in MUSCLES.values()])
    bellies = under(worn.rig, np.concatenate([left, left * (-1, 1, 1)])).rest
    placed = seated(made(stream, worn) + np.array([0.0, family.raised_m, 0.0]), worn)
    electrodes = under(worn.rig, placed).rest
    away = np.linalg.norm(bellies[:, None] - electrodes[None], axis=2) / CROSSTALK_M
    strength = np.tile([muscle.strength for muscle in MUSCLES.values()], 2)
    strength = strength * np.exp(0.3 * own("strength", worn).standard_normal(len(strength)))
    fall = np.exp(-(away**2) / 2) if family.round else np.exp(-away)
    return np.asarray(strength[:, None] * fall)


def contact(rng: np.random.Generator, count: int) -> tuple[Floats, Floats, Floats]:
    """How each electrode touches the skin while the headset is on; sizes assumed.

    Args:
        rng: Where the randomness comes from.
        count: How many electrodes.

    Returns:
        [count] gain; [count] mains hum, in resting envelopes; [count] bursts a minute.
    """
    gain = np.exp(0.2 * rng.standard_normal(count))
    hum = rng.uniform(0.1, 0.4, count)
    poor_donning = rng.uniform() < POOR_CONTACT
    poor = rng.permutation(count) < rng.integers(1, max(count // 2, 1) + 1)
    poor &= poor_donning
    return (
        np.where(poor, rng.uniform(0.1, 0.4, count) * gain, gain),
        np.where(poor, rng.uniform(1.5, 4.0, count), hum),
        np.where(poor, 20.0, 0.0),
    )


def _bursts(noise: np.random.Generator, each_s: Floats, per_minute: Floats) -> Floats:
    """[times, channels] where bursts begin, and how much: before they die away."""
    begins = noise.uniform(size=(len(each_s), len(per_minute))) < per_minute / 60 * each_s
    return begins * noise.exponential(8.0, begins.shape) * BURST_S / each_s


def rectified_mean(
    amplitude: Floats, noise: np.random.Generator, each_s: Floats, synchrony: float
) -> Floats:
    """Rectified noise of mean `amplitude` [times, channels], averaged over each sample's time.

    Noise of band width B has 2 B independent values a second. The mean of those in one sample is
    drawn from the gamma law of its expectation and variance: the same, once smoothed, as noise made
    at kilohertz and rectified, without making it.
    """
    values = np.broadcast_to(2 * BAND_HZ * each_s / (synchrony * VARIATION), amplitude.shape)
    return np.asarray(amplitude * noise.standard_gamma(values) / values)
