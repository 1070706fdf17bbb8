"""`Performance`: all that a simulated wearer does, drawn by seed: face, eyes, voice and head.

Activities follow one another, and in them blinks, glances, speech, feelings, brow raises and posed
faces happen at random, each by its own process (`vrface.simulation.behaviour`). All is drawn on
continuous time, so that one seed is one performance, whatever rate it is sampled at. A model that
does well on these faces has yet to prove itself on real ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.face.take import Take
from vrface.simulation.behaviour.actions import ACTIONS, VISEMES
from vrface.simulation.behaviour.blinks import blinks
from vrface.simulation.behaviour.brows import brow_raises
from vrface.simulation.behaviour.drift import SETTLED_S, drift
from vrface.simulation.behaviour.emotions import emotions
from vrface.simulation.behaviour.glances import glances
from vrface.simulation.behaviour.lids import eyes, move_lids
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import Plan
from vrface.simulation.behaviour.poses import poses
from vrface.simulation.behaviour.speech import speech
from vrface.simulation.wearer import Wearer

FINE_HZ = 240.0
"""Instants a second that every sensor can be interpolated from: the shortest movements of a face, a
saccade and the closing of a blink, last 25 ms and more."""


@dataclass(frozen=True, eq=False)
class Voice:
    """What a microphone could hear, without a microphone.

    Attributes:
        f0_hz: [instants] fundamental frequency; NaN while unvoiced or silent.
        loudness: [instants] 0 = silent, 1 = as loud as this wearer usually speaks; above for shouts
            and laughter.
        visemes: [instants, visemes] how far the mouth is in each of `VISEMES`, in their order.
    """

    f0_hz: NDArray[np.float32]
    loudness: NDArray[np.float32]
    visemes: NDArray[np.float32]


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
    rngs = [np.random.default_rng([seed, number]) for number in range(1, 9)]
    plan = Plan.drawn(rngs[0], seconds)

    acts = Events.joined(
        [
            speech(rngs[1], plan, wearer),
            emotions(rngs[2], plan, wearer),
            brow_raises(rngs[3], plan, wearer),
            poses(rngs[4], plan),
        ]
    )
    levels = _settled(acts, seconds).levels(time_s, len(ACTIONS))
    blink = _settled(blinks(rngs[5], plan, wearer), seconds).levels(time_s, 1)[0]
    blink = np.clip(blink, 0.0, 1.0)[:, None] * wearer.blink_strength
    gaze = eyes(glances(rngs[6], plan, wearer.gaze_home, time_s), blink, wearer)

    weights = wearer.rest + levels.T @ wearer.actions + drift(rngs[7], wearer, time_s, seconds)
    weights[:, EYE_LOOK_INDICES] = eye_look_from_gaze(gaze)
    move_lids(weights, blink, wearer)
    still = np.zeros(instants, np.float32)
    head = np.zeros((instants, 7))
    head[:, 6] = 1.0
    return Performance(
        wearer=wearer,
        seed=seed,
        time_s=time_s,
        weights=np.clip(weights, 0.0, 1.0).astype(np.float32),
        gaze=gaze.astype(np.float32),
        pupils_mm=np.full((instants, 2), 4.0, np.float32),
        voice=Voice(
            f0_hz=np.full(instants, np.nan, np.float32),
            loudness=still,
            visemes=levels[[ACTIONS.index(name) for name in VISEMES]].T.astype(np.float32),
        ),
        head=head,
        clench=still,
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


def _settled(events: Events, seconds: float) -> Events:
    """Those that leave the beginning and the end of a take at rest."""
    inside = (events.start_s >= SETTLED_S) & (events.stop_s <= seconds - SETTLED_S)
    return events.kept(inside)


def _between(
    known_s: NDArray[np.float64], time_s: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """[times] the instant before each time, and how far towards the next one it lies."""
    left = np.clip(np.searchsorted(known_s, time_s, side="right") - 1, 0, len(known_s) - 2)
    share = (time_s - known_s[left]) / (known_s[left + 1] - known_s[left])
    return left, np.clip(share, 0.0, 1.0)
