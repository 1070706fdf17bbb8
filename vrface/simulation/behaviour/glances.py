"""Where a simulated wearer looks: fixations joined by saccades."""

from __future__ import annotations

import numpy as np

from vrface.simulation.behaviour.motion import Floats, smooth
from vrface.simulation.behaviour.plan import LISTEN, POSE, STILL, TALK, Plan

# Share of time on the partner's face: 41 % talking, 75 % listening (Argyle & Cook, as used by Lee,
# Badler & Badler 2002); while posing or still it is assumed.
_AT_HOME = np.zeros(4)
_AT_HOME[[TALK, LISTEN, POSE, STILL]] = 0.41, 0.75, 0.7, 0.9

# 90 % of saccades are below 15 degrees and magnitudes are exponential (Lee, Badler & Badler 2002):
# mean 15 / ln 10. Someone who is prompted looks to the ends of the range.
_MEAN_AWAY = np.deg2rad(np.array([6.5, 6.5, 20.0, 6.5]))
_AROUND_HOME = np.deg2rad(1.0)

_SHORTEST_FIXATION_S = 0.15
_HOMEWARD_S = 0.5  # before the end of a plan
_REACH = np.array([0.7, 0.5])  # yaw and pitch, radians: 40 and 29 degrees


def glances(rng: np.random.Generator, plan: Plan, home: Floats, time_s: Floats) -> Floats:
    """Gaze of both eyes together, before vergence.

    Saccades last 25 ms and 2.5 ms more per degree (main sequence: 20-30 ms + 2.2-2.7 ms/degree).
    The eyes begin and end at home.

    Args:
        rng: Where the randomness comes from.
        plan: What the wearer is up to.
        home: [2] yaw and pitch where the eyes rest, radians.
        time_s: [times] increasing.

    Returns:
        [times, 2] yaw and pitch, radians.
    """
    most = int(plan.seconds / _SHORTEST_FIXATION_S) + 1
    stay_s = _SHORTEST_FIXATION_S + np.exp(rng.normal(np.log(0.5), 0.7, most))
    onset_s = np.cumsum(stay_s)
    activity = plan.at(onset_s)
    away = rng.uniform(size=most) > _AT_HOME[activity]
    direction = rng.uniform(-np.pi, np.pi, most)
    distance = np.where(
        away,
        rng.exponential(_MEAN_AWAY[activity]),
        np.abs(rng.normal(0.0, _AROUND_HOME, most)),
    )
    offset = distance[:, None] * np.stack([np.cos(direction), np.sin(direction)], axis=1)
    target = np.clip(home + offset, -_REACH, _REACH)
    # From home, through those that end in time, back home.
    homeward_s = plan.seconds - _HOMEWARD_S
    taken = onset_s < homeward_s - _SHORTEST_FIXATION_S
    onset_s = np.concatenate((onset_s[taken], [homeward_s]))
    target = np.concatenate((home[None], target[taken], home[None]))

    latest = np.searchsorted(onset_s, time_s, side="right")
    start, goal = target[np.maximum(latest - 1, 0)], target[latest]
    degrees = np.rad2deg(np.linalg.norm(goal - start, axis=1))
    since = time_s - np.where(latest > 0, onset_s[np.maximum(latest - 1, 0)], 0.0)
    gone = smooth(since / (0.025 + 0.0025 * degrees))[:, None]
    gaze: Floats = start + (goal - start) * gone
    return gaze
