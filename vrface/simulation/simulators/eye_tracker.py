"""An eye tracker inside the headset: lids, gaze and pupils.

Figures that cite "IER 2023" are fitted to the logs P1-P12 of that data set (SimonGeb/IER_2023, MIT;
a headset in use by 16 people, 91 Hz); `vrface.training.realism.eyes` checks them on P13-P16. What
such logs look like: openness rests at 1 exactly two thirds of the time, with no noise at all; below
1 it wanders slowly, and one eye alone dips now and then; the pupil is lost while the lid covers it.
What no source is named for is assumed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.face.gaze import FULL_SCALE_RAD, GAZE_CHANNELS
from vrface.sensors.stream import Stream
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.occlusion.eye_tracker import HELD_AROUND_S, held, widened
from vrface.simulation.simulators.outages import Outages
from vrface.simulation.simulators.signals import Floats, between, one_pole, wander, weights_at
from vrface.simulation.simulators.simulator import Simulator
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn

_BLINK = indices(["eyeBlinkLeft", "eyeBlinkRight"])
_WIDE = indices(["eyeWideLeft", "eyeWideRight"])
_SQUINT = indices(["eyeSquintLeft", "eyeSquintRight"])
_CHEEK = indices(["cheekSquintLeft", "cheekSquintRight"])
_LOOK_UP = indices(["eyeLookUpLeft", "eyeLookUpRight"])

HEADROOM = (0.01, 0.11)
"""How far above saturation an open lid is, by donning: openness is 1 in .50-.82 of samples (IER
2023, P1-P12)."""

SLOPE = (0.85, 1.5)
"""Openness per share of the way that the lid has gone down, by donning: the median blink leaves 0
to .45 (IER 2023, P1-P12)."""

UNEVEN = 0.065
"""Standard deviation of what each eye reads beside the other: the difference of two half-open eyes
has .07-.16 (IER 2023, P1-P12)."""

UNEVEN_S, SMOOTH_S = 4.0, 0.5
"""How slowly that changes. Assumed."""

NOISE_S, SHAKING = 1.0, 0.08
"""How long openness noise remembers itself, and how much more is white: half of the steps from
sample to sample are below .0041 to .0057 at 91 Hz (IER 2023, P1-P12)."""

DIPS_PER_MINUTE, DIPS_SPREAD = 3.5, 0.65
"""How often one eye alone dips, log-normal over donnings: with what wandering adds, 3.8 to 36, and
12 in the median (IER 2023, P1-P12)."""

DIP_S, DIP_LEAST, DIP_MORE = 0.02, 0.1, 0.06
"""How long a dip lasts and how deep it is: 10-90 ms, .10-.35 (IER 2023, P1-P12)."""

PUPIL_LOST_BELOW = (0.45, 0.62)
"""Openness at which the pupil is lost as often as not, by donning (IER 2023, P1-P12)."""

PUPIL_LOST_SPREAD, PUPIL_LOST_OPEN = 0.1, 0.006
"""How uncertain that is, and share of samples lost with the eye open (IER 2023, P1-P12)."""

PUPIL_NOISE = (0.9, 1.25)
"""Noise of the diameter, in the profile's, by donning: steps from sample to sample have .065-.09 mm
(IER 2023, P1-P12)."""

GAPS_PER_MINUTE, GAP_S = 0.6, (0.09, 0.12)
"""How often a running tracker gives nothing, and how long: .62-1.06 a minute (IER 2023, P1-P12),
some of it, assumed, because of glasses."""

GLASSES_PER_MINUTE, GLASSES_S = 1.0, (0.1, 0.8)
"""How often reflections in glasses hide the eyes, and how long. Assumed: no log tells."""

OFFSET_RAD = (np.deg2rad(1.0), np.deg2rad(2.0))
"""How far from the truth each gaze lies, by donning. Assumed: a headset's eye tracker is right to a
degree or two, and sits anew each time."""

GAZE_NOISE_S = 0.3
"""How long most of the gaze noise remembers itself: samples 8 ms apart differ by .04-.2 degrees
(Vive Pro Eye logs of EveCharbie/EyeDentify3d, MIT)."""

_EYE_DISTANCE_M = 0.063  # Dodgson 2004
_VERGENCE_MOST_M = 100.0

_LIDS = ("even", "uneven", "raw", "averaged")
_GAZE = ("held", "lost", "raw", "pulled")
"""``raw``: a tracker that hands out what it finds in each picture alone: no filter has calmed it,
and each sample has noise of its own, as much as the profile says."""

_PUPILS = ("white", "slow", "foreshortened")


def openness(worn: Worn, time_s: Floats) -> Floats:
    """[times, 2] what the tracker makes of the lids, without noise, before it saturates at 0 and 1.

    A squint narrows the eye a little, raising the lid uncovers it.
    """
    rng = worn.donned("lids")
    headroom, slope = rng.uniform(*HEADROOM), rng.uniform(*SLOPE)
    uneven = 2.0 if worn.family("lids") == "uneven" else 1.0
    offset = uneven * UNEVEN / 2 * rng.standard_normal(2)
    weights = weights_at(worn, time_s).astype(np.float64)
    usual = _usual_lids(worn.performance.wearer)
    lowered = (weights[:, _BLINK] - usual) / (1.0 - usual)
    more = 0.2 * weights[:, _WIDE] - 0.1 * weights[:, _SQUINT]
    return np.asarray(1.0 + headroom + offset - slope * (1.0 + offset) * lowered + more)


def _usual_lids(wearer: Wearer) -> Floats:
    """[2] where lids are while the eyes rest: trackers take a wearer's usual openness for open."""
    home_down = max(-float(wearer.eyes.gaze_home[1]), 0.0) / FULL_SCALE_RAD
    return np.minimum(wearer.rest[_BLINK] + wearer.eyes.lid_down * home_down, 0.6)


def sense_lids(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Openness, wide and squeeze; protocol of `Sense`."""
    averaged = worn.family("lids") == "averaged"
    noise = worn.noise("lids")
    louder = 1.25 if worn.donning.glasses else 1.0
    slow = louder * UNEVEN * one_pole(wander(noise, time_s, UNEVEN_S, 2), time_s, SMOOTH_S)
    slow += louder * stream.noise * _shaking(worn, noise, time_s, 2)
    opened = openness(worn, time_s) + slow - _dips(worn, noise, time_s)
    if averaged:
        opened = 0.3 * opened + 0.7 * opened.mean(axis=1, keepdims=True)
    wide, squeeze = _lid_shapes(stream, worn, time_s, noise, together=averaged)
    sensed = {"openness": opened, "wide": wide, "squeeze": squeeze}
    values = np.empty((len(time_s), len(stream.channels)))
    for number, name in enumerate(stream.channels):
        kind, _, side = name.partition("_")
        values[:, number] = sensed[kind][:, int(side == "right")]
    values = np.clip(values, 0.0, 1.0)
    values[_interrupted(worn, time_s)] = np.nan
    return values.astype(np.float32)


def _shaking(worn: Worn, noise: np.random.Generator, time_s: Floats, tracks: int) -> Floats:
    """[times, tracks] noise of lids, in the profile's: slow, with a little white, or raw."""
    white = noise.standard_normal((len(time_s), tracks))
    if worn.family("lids") == "raw":
        return white
    return wander(noise, time_s, NOISE_S, tracks) + SHAKING * white


def _dips(worn: Worn, noise: np.random.Generator, time_s: Floats) -> Floats:
    """[times, 2] what one eye alone loses for a moment."""
    often = DIPS_PER_MINUTE * np.exp(DIPS_SPREAD * worn.donned("dips").standard_normal())
    count = noise.poisson(often * worn.performance.seconds / 60.0)
    dips = Events(
        track=noise.integers(2, size=count),
        start_s=noise.uniform(time_s[0], time_s[-1], count),
        attack_s=np.full(count, 0.008),
        hold_s=noise.exponential(DIP_S, count),
        release_s=np.full(count, 0.008),
        # From the resting lid's headroom down: what is seen of a dip is the rest.
        height=DIP_LEAST + noise.exponential(DIP_MORE, count) + HEADROOM[1] / 2,
    )
    return dips.levels(time_s, 2).T


def _lid_shapes(
    stream: Stream, worn: Worn, time_s: Floats, noise: np.random.Generator, *, together: bool
) -> tuple[Floats, Floats]:
    """[times, 2] wide and squeeze, as far as a camera can tell.

    Wide shows only once the iris is uncovered and rises with gaze; squeeze mixes with blinks and
    smiles. Both hardly differ between the eyes (Vive Pro Eye logs), and have dead zones.
    """
    rng = worn.donned("lid shapes")
    weights = weights_at(worn, time_s).astype(np.float64)
    uncovered = np.clip(openness(worn, time_s) / 0.9, 0.0, 1.0) ** 2
    raised = weights[:, _WIDE] + rng.uniform(0.0, 0.4) * weights[:, _LOOK_UP]
    wide = rng.uniform(0.7, 1.3) * (raised - rng.uniform(0.05, 0.15)) * uncovered
    leak_blink, leak_smile = rng.uniform(0.05, 0.3), rng.uniform(0.1, 0.4)
    squeezed = weights[:, _SQUINT] + leak_blink * weights[:, _BLINK]
    squeezed += leak_smile * weights[:, _CHEEK]
    squeeze = rng.uniform(0.6, 1.2) * (squeezed - rng.uniform(0.05, 0.2))
    share = 1.0 if together else rng.uniform(0.4, 0.9)
    both = [(1 - share) * each + share * each.mean(1, keepdims=True) for each in (wide, squeeze)]
    own = stream.noise * _shaking(worn, noise, time_s, 4)
    return both[0] + own[:, :2], both[1] + own[:, 2:]


def sense_gaze(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Gaze of each eye, or of both combined; protocol of `Sense`.

    While its lid is low, and 33 ms around, an eye's gaze stays where it was ("held", "raw"), has no
    value ("lost"), or is drawn down by the lid until it is lost: that covers the pupil from above.
    """
    family, rng, noise = worn.family(stream.name), worn.donned("gaze"), worn.noise(stream.name)
    angles = between(worn.performance.time_s, worn.performance.gaze, time_s)
    angles = angles * rng.uniform(0.95, 1.05, 4) + _offset(rng)
    opened = openness(worn, time_s)
    low = opened < rng.uniform(*PUPIL_LOST_BELOW)
    if family == "pulled":
        angles[:, 1::2] -= 0.15 * np.clip(1.0 - opened, 0.0, 1.0)
        low = opened < 0.3
    low = np.repeat(widened(low, round(HELD_AROUND_S * stream.rate_hz)), 2, axis=1)
    seen = held(angles.astype(np.float32), low).astype(np.float64)
    if family in ("lost", "pulled"):
        seen[low] = np.nan
    louder = 1.25 if worn.donning.glasses else 1.0
    shaking = noise.standard_normal(seen.shape)
    if family != "raw":
        shaking = wander(noise, time_s, GAZE_NOISE_S, 4) + 0.15 * shaking
    seen += louder * stream.noise * shaking
    seen[_interrupted(worn, time_s)] = np.nan
    return _gaze_channels(stream, seen)


def _offset(rng: np.random.Generator) -> Floats:
    """[4] how far each gaze lies from the truth while the headset is on."""
    length, direction = rng.uniform(*OFFSET_RAD, 2), rng.uniform(0.0, 2 * np.pi, 2)
    return np.stack([length * np.cos(direction), length * np.sin(direction)], axis=1).ravel()


def _gaze_channels(stream: Stream, seen: Floats) -> NDArray[np.float32]:
    """The channels of a gaze stream, out of both eyes' angles [times, 4]."""
    both = dict(zip(GAZE_CHANNELS, seen.T, strict=True))
    both["vergence_m"] = _vergence(seen)
    for number, name in enumerate(("yaw", "pitch")):
        left, right = seen[:, number], seen[:, number + 2]
        # Of one lost eye the other stands for both.
        both[name] = (
            np.where(np.isnan(left), right, left) + np.where(np.isnan(right), left, right)
        ) / 2
    values = np.stack([both[name] for name in stream.channels], axis=1)
    return np.where(np.abs(values) > _VERGENCE_MOST_M, np.nan, values).astype(np.float32)


def _vergence(seen: Floats) -> Floats:
    """[times] metres at which the gazes meet; NaN where they part, or meet far away."""
    between = np.tan(seen[:, 0]) - np.tan(seen[:, 2])
    far = _EYE_DISTANCE_M / _VERGENCE_MOST_M
    meets = between > far
    return np.where(meets, _EYE_DISTANCE_M / np.where(meets, between, 1.0), np.nan)


def sense_pupils(stream: Stream, worn: Worn, time_s: Floats) -> NDArray[np.float32]:
    """Diameters in millimetres; protocol of `Sense`."""
    family, rng, noise = worn.family(stream.name), worn.donned("pupils"), worn.noise("pupils")
    true_mm = between(worn.performance.time_s, worn.performance.pupils_mm, time_s)
    if family == "foreshortened":
        # A pupil seen from the side is an ellipse (Hayes & Petrov 2016).
        gaze = between(worn.performance.time_s, worn.performance.gaze, time_s)
        true_mm = true_mm * np.sqrt(np.cos(gaze[:, ::2]) * np.cos(gaze[:, 1::2]))
    shaking = noise.standard_normal(true_mm.shape)
    if family == "slow":
        shaking = 1.5 * wander(noise, time_s, 0.02, 2)
    seen = true_mm * rng.normal(1.0, 0.03) + rng.normal(0.0, 0.05, 2)
    diameter = seen + rng.uniform(*PUPIL_NOISE) * stream.noise * shaking
    below = rng.uniform(*PUPIL_LOST_BELOW) + PUPIL_LOST_SPREAD * wander(noise, time_s, 0.05, 2)
    lost = (openness(worn, time_s) < below) | (
        noise.uniform(size=true_mm.shape) < PUPIL_LOST_OPEN * (2.0 if worn.donning.glasses else 1.0)
    )
    diameter[lost] = np.nan
    diameter[_interrupted(worn, time_s)] = np.nan
    return np.clip(diameter, 0.5, 12.0).astype(np.float32)


def _interrupted(worn: Worn, time_s: Floats) -> NDArray[np.bool_]:
    """[times] where the tracker gives nothing: neither lids nor gaze nor pupils."""
    rng, seconds = worn.noise("eye tracker"), worn.performance.seconds
    silent = Outages.drawn(rng, seconds, GAPS_PER_MINUTE, *GAP_S).cover(time_s)
    if worn.donning.glasses:
        silent |= Outages.drawn(rng, seconds, GLASSES_PER_MINUTE, *GLASSES_S).cover(time_s)
    return silent


SIMULATORS: dict[str, Simulator] = {
    "lids": Simulator(_LIDS, sense_lids),
    "gaze": Simulator(_GAZE, sense_gaze),
    "gaze_combined": Simulator(_GAZE, sense_gaze),
    "pupils": Simulator(_PUPILS, sense_pupils),
}
"""By stream; the last family of each is held out for testing."""
