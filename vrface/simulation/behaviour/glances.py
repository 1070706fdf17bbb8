"""Where a simulated wearer looks: fixations joined by saccades, near and far, never quite still."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from vrface.simulation.behaviour.eye_habits import EyeHabits
from vrface.simulation.behaviour.motion import Floats, staircase, waves
from vrface.simulation.behaviour.plan import LAUGH, LISTEN, POSE, READ, SETTLED_S, STILL, TALK, Plan


class Manner(NamedTuple):
    """How somebody looks while they do one thing.

    Attributes:
        home_s: How long they look at home (the partner's face), on average.
        away_s: How long one look away from it lasts.
        at_home: Share of the time at home; looks away follow one another until it is so.
        away_rad: How far away, on average.
    """

    home_s: float
    away_s: float
    at_home: float
    away_rad: float


MANNERS = {
    TALK: Manner(3.1, 0.93, 0.41, np.deg2rad(6.5)),
    LISTEN: Manner(7.9, 0.43, 0.75, np.deg2rad(6.5)),
    POSE: Manner(6.0, 1.2, 0.72, np.deg2rad(25.0)),
    STILL: Manner(6.0, 0.8, 0.85, np.deg2rad(6.5)),
}
"""Talking and listening: spells and looks of Lee, Badler & Badler 2002 (3.1 and .93 s, 7.9 and
.43 s), shares of Argyle & Cook. Magnitudes are exponential and 90 % of saccades are below 15
degrees (Lee, Badler & Badler 2002). Prompted people look to the ends of the range; that and
stillness are assumed. Laughing is like listening, what is not named like sitting still."""

FACE_S, FACE_RAD = 0.6, np.deg2rad([1.2, 1.8])
"""How long one look at a spot of what is at home lasts, and SD of the spots: eyes, nose and mouth
of a face 1-2 m away. Assumed."""

LETTERS_RAD, WORD_S, BACK = np.deg2rad(2.0), 0.235, 0.12
"""Reading: 2 degrees forward each 225-250 ms, and back in 10-15 % of the saccades (Rayner 1998)."""
_WORDS, _LINES, _LINE_RAD = 8, 24, np.deg2rad(0.8)  # of a page a little below; assumed
_PAGE_RAD, _PAGE_M = np.deg2rad(-8.0), 0.6

CARDINAL, _ASKEW_RAD = 2 / 3, 0.15
"""Share of the looks away that go up, down or to a side, not between: such are twice as frequent
(Lee, Badler & Badler 2002)."""

ELSEWHERE_RAD, _STAYS_S = np.deg2rad([14.0, 9.0]), 5.0
"""SD of how far from its usual place what is at home then lies, to a side and up or down: the head
has turned under the eyes, or somebody else is looked at; and how long it stays there. Assumed, so
that pitch varies by 6-9 degrees and yaw by 8-16 (open Live Link Face takes)."""

SHORTEST_S = 0.15
"""The next saccade is not ready sooner (latency 180-200 ms; express saccades 100)."""

VERGENCE_S = 0.35
"""Eyes turn towards or away from each other more slowly than together (Collewijn 1995: with a
saccade, some tenths of a second)."""

DRIFT_RAD, _DRIFT_HZ = np.deg2rad(0.08), (0.1, 2.0)
"""Eyes that fixate drift by about half a degree a second (Rucci & Poletti 2015)."""

MICRO_RAD = np.deg2rad(0.5)
"""Microsaccades stay this close to the target, so that none is larger than a degree."""

REACH_RAD = np.deg2rad([40.0, 29.0])
"""How far an eye turns to a side, and up or down: eyeLook reaches .6-.9 of 45 degrees (open Live
Link Face takes)."""

_HOMEWARD_S = 0.4  # the way home begins this long before a performance settles


@dataclass(frozen=True, eq=False)
class Saccades:
    """Jumps from one target to the next.

    Attributes:
        onset_s: [saccades] increasing.
        duration_s: [saccades].
        amplitude_rad: [saccades] > 0.
        target: [saccades, 2] yaw and pitch, radians, of both eyes together.
    """

    onset_s: Floats
    duration_s: Floats
    amplitude_rad: Floats
    target: Floats


@dataclass(frozen=True, eq=False)
class Glances:
    """The gaze of one performance.

    Attributes:
        plan: What the wearer is up to.
        habits: Whose eyes.
        saccades: The jumps; the last one leads home.
        vergence: [saccades + 1] half the angle between the eyes, at home and after each.
        micro_s: [microsaccades] when each begins.
        micro: [microsaccades, 2] how far it goes.
        drift_seed: What the eyes' drift is drawn from.
    """

    plan: Plan
    habits: EyeHabits
    saccades: Saccades
    vergence: Floats
    micro_s: Floats
    micro: Floats
    drift_seed: int

    def at(self, time_s: Floats) -> Floats:
        """[times, 4] radians in the head, order of `vrface.face.gaze.GAZE_CHANNELS`.

        Args:
            time_s: [times] increasing.
        """
        jumps, home = self.saccades, self.habits.gaze_home
        goals = np.diff(np.concatenate((home[None], jumps.target)), axis=0)
        turn_s = np.full(len(goals), VERGENCE_S)
        micro_s = np.full(len(self.micro), self.habits.saccade_s)
        drift = DRIFT_RAD * waves(np.random.default_rng(self.drift_seed), time_s, 4, _DRIFT_HZ, 8)
        half = self.vergence[0] + staircase(jumps.onset_s, turn_s, np.diff(self.vergence), time_s)
        awake = self.plan.awake(time_s)
        gaze: Floats = drift * awake[:, None]
        for axis in (0, 1):
            path = staircase(jumps.onset_s, jumps.duration_s, goals[:, axis], time_s)
            tremor = staircase(self.micro_s, micro_s, self.micro[:, axis], time_s)
            gaze[:, axis::2] += (home[axis] + path + tremor * awake)[:, None]
        gaze[:, 0] += half
        gaze[:, 2] -= half
        return gaze


def glances(rng: np.random.Generator, plan: Plan, habits: EyeHabits) -> Glances:
    """Fixations of both eyes and the saccades between them; at home at both ends."""
    looks = [
        _looks(rng, float(start_s), float(stop_s), int(activity), habits)
        for start_s, stop_s, activity in zip(
            plan.edges_s[:-1], plan.edges_s[1:], plan.activity, strict=True
        )
    ]
    onset_s, offset, distance_m = (np.concatenate(column) for column in zip(*looks, strict=True))
    offset = offset + _elsewhere(rng, plan, habits.elsewhere, onset_s)
    home, home_m = habits.gaze_home, habits.home_m
    homeward_s = plan.seconds - SETTLED_S - _HOMEWARD_S
    taken = (onset_s > SETTLED_S) & (onset_s < homeward_s - SHORTEST_S)
    # From home, through those that end in time, back home.
    back = slice(int(taken.any()))
    onset_s = np.concatenate((onset_s[taken], [homeward_s][back]))
    target = np.concatenate((home + offset[taken], home[None][back])).clip(-REACH_RAD, REACH_RAD)
    distance_m = np.concatenate(([home_m], distance_m[taken], [home_m][back]))
    micro_s, micro = _microsaccades(rng, plan.seconds, habits.microsaccades_hz)
    return Glances(
        plan=plan,
        habits=habits,
        saccades=_saccades(onset_s, target, habits),
        vergence=np.arctan(habits.apart_m / 2 / distance_m),
        micro_s=micro_s,
        micro=micro,
        drift_seed=int(rng.integers(2**63)),
    )


def _saccades(onset_s: Floats, target: Floats, habits: EyeHabits) -> Saccades:
    steps = np.diff(np.concatenate((habits.gaze_home[None], target)), axis=0)
    amplitude = np.linalg.norm(steps, axis=1)
    duration_s = habits.saccade_s + habits.saccade_s_per_degree * np.rad2deg(amplitude)
    return Saccades(onset_s, duration_s, amplitude, target)


def _looks(
    rng: np.random.Generator, start_s: float, stop_s: float, activity: int, habits: EyeHabits
) -> tuple[Floats, Floats, Floats]:
    """Onset, offset from home and distance of the looks of one stretch of one activity."""
    length_s = stop_s - start_s
    if activity == READ:
        stay_s, page, distance_m = _reading(rng, length_s)
        offset = page - habits.gaze_home
    else:
        known = LISTEN if activity == LAUGH else activity
        stay_s, offset, distance_m = _watching(
            rng, length_s, MANNERS.get(known, MANNERS[STILL]), habits.home_m
        )
    # What there is to do is noticed within some tenths of a second.
    onset_s = start_s + rng.uniform(SHORTEST_S, 2 * SHORTEST_S) + np.cumsum(stay_s) - stay_s
    inside = onset_s < stop_s
    return onset_s[inside], offset[inside], distance_m[inside]


def _watching(
    rng: np.random.Generator, length_s: float, manner: Manner, home_m: float
) -> tuple[Floats, Floats, Floats]:
    """Spells of looks at home, and of looks away from it, in turn."""
    spell_s = np.array([manner.home_s, manner.home_s * (1 / manner.at_home - 1)])
    look_s = np.array([min(FACE_S, manner.home_s), manner.away_s])
    spells = int(3 * length_s / spell_s.sum()) + 5
    looks = rng.geometric(np.minimum(look_s / spell_s, 1.0), (spells, 2)).ravel()
    away = np.repeat(np.arange(len(looks)) % 2, looks)
    away = away[looks[0] * (rng.uniform() > manner.at_home) :]
    count = len(away)
    # SHORTEST_S and a gamma law above it.
    stay_s = SHORTEST_S + (look_s[away] - SHORTEST_S) * rng.gamma(2.0, 0.5, count)
    eighth = np.where(rng.uniform(size=count) < CARDINAL, 0, 1) + 2 * rng.integers(4, size=count)
    direction = np.pi / 4 * eighth + rng.normal(0.0, _ASKEW_RAD, count)
    towards = np.stack((np.cos(direction), np.sin(direction)), axis=1)
    far = rng.exponential(manner.away_rad, (count, 1)) * towards
    near = rng.standard_normal((count, 2)) * FACE_RAD
    distance_m = home_m * np.where(away, np.exp(rng.normal(0.0, 0.6, count)), 1.0)
    return stay_s, np.where(away[:, None], far, near), distance_m.clip(0.4, 20.0)


def _elsewhere(rng: np.random.Generator, plan: Plan, share: float, onset_s: Floats) -> Floats:
    """[looks, 2] how far off its usual place home lies at each look; a page stays where it is."""
    most = int(2 * plan.seconds / _STAYS_S) + 10
    moves_s = np.cumsum(rng.exponential(_STAYS_S, most))
    off = rng.uniform(size=(most + 1, 1)) < share
    place = ELSEWHERE_RAD * rng.standard_normal((most + 1, 2)) * off
    reading = plan.at(onset_s) == READ
    now: Floats = np.where(reading[:, None], 0.0, place[np.searchsorted(moves_s, onset_s)])
    return now


def _reading(rng: np.random.Generator, length_s: float) -> tuple[Floats, Floats, Floats]:
    """Along the lines of a page, now and then a word back; targets are directions in the head."""
    count = int(2 * length_s / WORD_S) + 2
    stay_s = SHORTEST_S + (WORD_S - SHORTEST_S) * rng.gamma(2.0, 0.5, count)
    word = np.cumsum(np.where(rng.uniform(size=count) < BACK, -1, 1)).clip(0)
    line, column = word // _WORDS % _LINES, word % _WORDS
    offset = np.stack(
        (
            (column - (_WORDS - 1) / 2) * LETTERS_RAD,
            _PAGE_RAD + (_LINES / 2 - line) * _LINE_RAD,
        ),
        axis=1,
    )
    offset += rng.normal(0.0, 0.15 * LETTERS_RAD, (count, 2)) * [1.0, 0.3]
    return stay_s, offset, np.full(count, _PAGE_M)


def _microsaccades(rng: np.random.Generator, seconds: float, hertz: float) -> tuple[Floats, Floats]:
    """Onsets, and steps from one spot near the target to the next."""
    most = int(2 * seconds * hertz) + 10
    onset_s = np.cumsum(0.1 + rng.exponential(1 / hertz - 0.1, most))
    direction, distance = rng.uniform(-np.pi, np.pi, most), MICRO_RAD * rng.uniform(size=most)
    spots = distance[:, None] * np.stack((np.cos(direction), np.sin(direction)), axis=1)
    steps = np.diff(spots, axis=0, prepend=np.zeros((1, 2)))
    inside = onset_s < seconds
    return onset_s[inside], steps[inside]
