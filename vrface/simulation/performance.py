"""`Performance`: all that a simulated wearer does, drawn by seed: face, eyes, voice and head.

Activities follow one another, and in them blinks, glances, speech, feelings, brow raises and posed
faces happen at random, each by its own process (`vrface.simulation.behaviour`). All is drawn on
continuous time, so that one seed is one performance, whatever rate it is sampled at. A model that
does well on these faces has yet to prove itself on real ones.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.take import Take
from vrface.simulation.behaviour.actions import ACTIONS
from vrface.simulation.behaviour.blinks import blinks
from vrface.simulation.behaviour.brows import brow_raises, frowns
from vrface.simulation.behaviour.drift import clenches, drift, unsteady
from vrface.simulation.behaviour.emotions import emotions
from vrface.simulation.behaviour.glances import glances
from vrface.simulation.behaviour.head import head
from vrface.simulation.behaviour.laughter import laughter
from vrface.simulation.behaviour.lids import eyes_in_blink, move_lids
from vrface.simulation.behaviour.motion import Events, Floats
from vrface.simulation.behaviour.plan import Plan
from vrface.simulation.behaviour.poses import poses
from vrface.simulation.behaviour.pupils import pupils
from vrface.simulation.behaviour.speech import Speech, speech
from vrface.simulation.behaviour.voice import Voice as Voice
from vrface.simulation.behaviour.voice import voice
from vrface.simulation.wearer import Wearer

FINE_HZ = 240.0
"""Instants a second that every sensor can be interpolated from: the shortest movements of a face, a
saccade and the closing of a blink, last 25 ms and more."""

_FREE = 0.6  # assumed; on ARKit most shapes top out between .8 and 1 (open Live Link Face takes)


@dataclass(frozen=True, eq=False)
class Performance:
    """What one wearer does, at instants close to each other.

    Attributes:
        wearer: Who.
        seed: Which performance of theirs.
        time_s: [instants] increasing, from 0.
        weights: [instants, 54] in [0, 1]; eyeLook derives from `gaze`.
        gaze: [instants, 4] radians, order of `vrface.face.gaze.GAZE_CHANNELS`.
        pupils_mm: [instants, 2] diameter of the left and the right pupil.
        voice: The voice.
        head: [instants, 7] ``local_from_head``: metres, then a unit quaternion x, y, z, w; OpenXR
            axes (+x right, +y up, -z ahead); (0, 0, 0) is where the head rests.
        clench: [instants] how hard the jaw is clenched, 0 to 1: nothing moves, muscles work.
        activity: [instants] numbers of `vrface.simulation.behaviour.plan`.
    """

    wearer: Wearer
    seed: int
    time_s: NDArray[np.float64]
    weights: NDArray[np.float32]
    gaze: NDArray[np.float32]
    pupils_mm: NDArray[np.float32]
    voice: Voice
    head: NDArray[np.float64]
    clench: NDArray[np.float32]
    activity: NDArray[np.intp]

    def at(self, time_s: NDArray[np.float64]) -> Performance:
        """The same performance at other instants, interpolated linearly.

        What has no value in between (the pitch of a voice, an activity) is that of the instant
        before.

        Args:
            time_s: [times] increasing, within the performance; beyond an end, the end's.
        """
        left, share = _between(self.time_s, time_s)

        def mixed(values: NDArray[Any]) -> NDArray[Any]:
            part = share.astype(values.dtype).reshape(-1, *[1] * (values.ndim - 1))
            return np.asarray(values[left] * (1 - part) + values[left + 1] * part)

        head = mixed(self.head)
        head[:, 3:] /= np.linalg.norm(head[:, 3:], axis=1, keepdims=True)
        return Performance(
            wearer=self.wearer,
            seed=self.seed,
            time_s=time_s,
            weights=mixed(self.weights),
            gaze=mixed(self.gaze),
            pupils_mm=mixed(self.pupils_mm),
            voice=Voice(
                f0_hz=self.voice.f0_hz[left],
                loudness=mixed(self.voice.loudness),
                visemes=mixed(self.voice.visemes),
            ),
            head=head,
            clench=mixed(self.clench),
            activity=self.activity[left],
        )

    @property
    def seconds(self) -> float:
        """From the first instant to the last."""
        return float(self.time_s[-1] - self.time_s[0])

    def take(self) -> Take:
        """The face alone."""
        return Take(
            name=f"synthetic-{self.seed}",
            person=self.wearer.person,
            time_ns=np.round(self.time_s * 1e9).astype(np.int64),
            weights=self.weights,
            gaze=self.gaze,
            source=np.full(COUNT, Source.MEASURED, dtype=np.uint8),
            simulated=True,
        )


def perform(wearer: Wearer, *, seed: int, seconds: float, rate_hz: float = FINE_HZ) -> Performance:
    """Let a wearer do what people do.

    Args:
        wearer: Who performs.
        seed: Which performance; the same motion at every `rate_hz`.
        seconds: How long, the end excluded.
        rate_hz: Instants a second.

    Raises:
        BadUse: if fewer than two instants are asked for.
    """
    instants = round(seconds * rate_hz)
    if instants < 2 or rate_hz <= 0:
        raise BadUse(f"a take needs two frames or more; got {seconds} s at {rate_hz} Hz.")
    time_s = np.arange(instants) / rate_hz
    # A generator for each behaviour: changing one leaves the others as they were.
    rngs = (np.random.default_rng([seed, number]) for number in itertools.count(1))
    plan = Plan.drawn(next(rngs), seconds)
    spoken = speech(next(rngs), plan, wearer)
    laughed = laughter(next(rngs), plan, wearer)
    acts = Events.joined([spoken.mouth, laughed.face, *_acts(rngs, plan, spoken, wearer)])
    levels = plan.settled(acts).levels(time_s, len(ACTIONS))
    levels *= unsteady(next(rngs), len(ACTIONS), time_s)
    looked = glances(next(rngs), plan, wearer.eyes)
    closure = blinks(next(rngs), plan, wearer.eyes, looked.saccades).closure(time_s)
    gaze = eyes_in_blink(looked.at(time_s), closure)

    wandering = drift(next(rngs), plan, wearer, time_s)
    weights = _limited(wearer.rest + levels.T @ wearer.actions + wandering)
    weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(gaze)
    move_lids(weights, closure, gaze, wearer.eyes)
    return Performance(
        wearer=wearer,
        seed=seed,
        time_s=time_s,
        weights=np.clip(weights, 0.0, 1.0).astype(np.float32),
        gaze=gaze.astype(np.float32),
        pupils_mm=pupils(next(rngs), plan, wearer.eyes, time_s).astype(np.float32),
        voice=voice(next(rngs), spoken, laughed, levels, wearer, time_s),
        head=head(next(rngs), plan, wearer, looked.saccades, spoken, laughed, time_s),
        clench=clenches(next(rngs), plan, wearer, time_s).astype(np.float32),
        activity=plan.at(time_s),
    )


def synthetic_take(
    *, seed: int, seconds: float, rate_hz: float = 60.0, wearer: Wearer | None = None
) -> Take:
    """A full face that nobody made.

    Args:
        seed: Which performance; the same motion at every `rate_hz`.
        seconds: How long, the end excluded.
        rate_hz: Frames a second.
        wearer: Who performs; by default wearer number `seed`.

    Raises:
        BadUse: if fewer than two frames are asked for.
    """
    wearer = wearer or Wearer.drawn(seed)
    return perform(wearer, seed=seed, seconds=seconds, rate_hz=rate_hz).take()


def _acts(
    rngs: Iterator[np.random.Generator], plan: Plan, spoken: Speech, wearer: Wearer
) -> list[Events]:
    """What the face does beside speaking and laughing."""
    return [
        emotions(next(rngs), plan, wearer),
        brow_raises(next(rngs), plan, spoken, wearer),
        frowns(next(rngs), plan, wearer),
        poses(next(rngs), plan, wearer),
    ]


def _limited(weights: Floats) -> Floats:
    """Weights that near 1 ever more slowly, from `_FREE` on: skin and muscle give less and less."""
    over = weights > _FREE
    weights[over] = 1.0 - (1.0 - _FREE) * np.exp((_FREE - weights[over]) / (1.0 - _FREE))
    return weights


def _between(
    known_s: NDArray[np.float64], time_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """[times] the instant before each time, and how far towards the next one it lies."""
    left = np.clip(np.searchsorted(known_s, time_s, side="right") - 1, 0, len(known_s) - 2)
    share = (time_s - known_s[left]) / (known_s[left + 1] - known_s[left])
    return left, np.clip(share, 0.0, 1.0)
