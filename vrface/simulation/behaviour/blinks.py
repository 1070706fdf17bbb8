"""Blinks of a simulated wearer, winks, and eyes kept closed."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TypedDict

import numpy as np

from vrface.simulation.behaviour.eye_habits import VOLUNTARY_SLOWER, EyeHabits
from vrface.simulation.behaviour.glances import Saccades
from vrface.simulation.behaviour.motion import Floats, smooth
from vrface.simulation.behaviour.plan import (
    LISTEN,
    POSE,
    READ,
    SETTLED_S,
    STILL,
    TALK,
    Plan,
)

REGULARITY = 2.0
"""Shape of the gamma law of the intervals: blinks come more regularly than chance."""

EASE = 1.6
"""How late in its way a lid is fastest: it eases into closing and out of opening. With it a lid
that takes 66 ms peaks at 29 times its amplitude a second, as on search coils (875 degrees a second
over 30.6 degrees), and one that takes 90 ms at 21 times (main sequence, VanderWerf 2003: peak
velocity linear in amplitude)."""

LONG_S, LONG_SHARE = 0.5, 0.002
"""Lids touch for longer than this in .2 % of blinks (Ousler 2014)."""

EVOKED, EVOKED_BY_RAD, SPARED_RAD = 0.97, np.deg2rad(33.0), np.deg2rad(15.0)
"""Share of the gaze shifts of 33 degrees and more that a blink goes with (Evinger 1994); ever fewer
of the smaller ones, and none of the smallest: assumed."""

# A minute, when prompted to blink. While still or listening people close their eyes, or wink, for
# these shares of the times they do when prompted. Assumed.
_PROMPTED_BLINKS = 3.0
_UNPROMPTED = 0.2, 0.03

_BETWEEN_S = 0.04  # lids rest at least this long between two closures; assumed
_UNEVEN, _UNEVEN_S = 0.05, 0.003  # log SD and SD of what sets the two lids apart


@dataclass(frozen=True, eq=False)
class Blinks:
    """Closures of the lids, one after another.

    Attributes:
        onset_s: [closures] increasing, when the lids begin to close.
        closing_s: [closures] how long they close.
        hold_s: [closures] how long they stay closed.
        opening_s: [closures] how long they open.
        depth: [closures, 2] how far the left and the right lid go, in [0, 1].
        late_s: [closures, 2] how much later than `onset_s` each begins.
    """

    onset_s: Floats
    closing_s: Floats
    hold_s: Floats
    opening_s: Floats
    depth: Floats
    late_s: Floats

    @property
    def length_s(self) -> Floats:
        """[closures] from the onset until the lids are open again."""
        return self.closing_s + self.hold_s + self.opening_s

    def closure(self, time_s: Floats) -> Floats:
        """How far each lid is closed.

        Args:
            time_s: [times].

        Returns:
            [times, 2] of the left and the right eye; 0 = open, 1 = this wearer's full closure.
        """
        closure = np.zeros((len(time_s), 2))
        if not len(self.onset_s):
            return closure
        for eye in (0, 1):
            start_s = self.onset_s + self.late_s[:, eye]
            latest = np.maximum(np.searchsorted(start_s, time_s, side="right") - 1, 0)
            since_s = time_s - start_s[latest]
            rise = since_s / self.closing_s[latest]
            fall = (self.length_s[latest] - since_s) / self.opening_s[latest]
            share = np.clip(np.minimum(rise, fall), 0.0, 1.0)
            closure[:, eye] = self.depth[latest, eye] * smooth(share**EASE)
        return closure

    @classmethod
    def in_turn(cls, parts: list[Blinks], seconds: float) -> Blinks:
        """Closures of several kinds, less those that begin before the lids are open again."""
        every = [np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(cls)]
        order = np.argsort(every[0])
        merged = cls(*(values[order] for values in every))
        keep, free_s = [], SETTLED_S
        for place, (start_s, length_s) in enumerate(
            zip(merged.onset_s, merged.length_s + _BETWEEN_S, strict=True)
        ):
            if free_s <= start_s and start_s + length_s <= seconds - SETTLED_S:
                keep.append(place)
                free_s = start_s + length_s
        return cls(*(getattr(merged, f.name)[keep] for f in fields(cls)))


def blinks(rng: np.random.Generator, plan: Plan, habits: EyeHabits, saccades: Saccades) -> Blinks:
    """Blinks at this wearer's rates, and closures made on purpose when prompted."""
    deliberate = habits.long_closures, habits.winks
    long, winked = (
        plan.arrivals(rng, {POSE: rate, STILL: unprompted * rate, LISTEN: unprompted * rate})
        for rate, unprompted in zip(deliberate, _UNPROMPTED, strict=True)
    )
    parts = [
        _spontaneous(rng, habits, _due(rng, plan, habits, saccades)),
        _voluntary(rng, habits, plan.arrivals(rng, {POSE: _PROMPTED_BLINKS})),
        _long(rng, long),
        _winks(rng, habits, winked),
    ]
    return Blinks.in_turn(parts, plan.seconds)


def _due(rng: np.random.Generator, plan: Plan, habits: EyeHabits, saccades: Saccades) -> Floats:
    """When spontaneous blinks begin.

    A large gaze shift takes along a blink that was due about then; now and then another blink
    follows at once. Neither changes the rate.
    """
    rates = {TALK: habits.blinks_talking, READ: habits.blinks_reading}
    per_minute = {
        activity: rates.get(activity, habits.blinks_resting) / (1 + habits.doubles)
        for activity in map(int, np.unique(plan.activity))
    }
    due_s = plan.arrivals(rng, per_minute, REGULARITY)
    share = (saccades.amplitude_rad - SPARED_RAD) / (EVOKED_BY_RAD - SPARED_RAD)
    evoked = rng.uniform(size=len(share)) < EVOKED * share.clip(0.0, 1.0)
    evoked_s = saccades.onset_s[evoked] + rng.normal(0.0, 0.015, int(evoked.sum()))
    # As many are due within half an interval on either side as the shift adds: one.
    rate = np.array([per_minute[int(activity)] for activity in plan.at(due_s)])
    due_s = due_s[_nearest_s(evoked_s, due_s) > 30.0 / rate]
    first_s = np.concatenate((due_s, evoked_s))
    doubled = first_s[rng.uniform(size=len(first_s)) < habits.doubles]
    length_s = 1.3 * (habits.closing_s + habits.opening_s)
    again_s = doubled + length_s + rng.uniform(_BETWEEN_S, 0.25, len(doubled))
    return np.concatenate((first_s, again_s))


def _nearest_s(known_s: Floats, time_s: Floats) -> Floats:
    """[times] how far each time is from the nearest of the known ones, which increase."""
    fenced = np.concatenate(([-np.inf], known_s, [np.inf]))
    after = np.searchsorted(fenced, time_s)
    nearest: Floats = np.minimum(time_s - fenced[after - 1], fenced[after] - time_s)
    return nearest


def _spontaneous(rng: np.random.Generator, habits: EyeHabits, onset_s: Floats) -> Blinks:
    """Half of them partial; closed for 10-50 ms, seldom long; no two last equally long."""
    count = len(onset_s)
    tempo = np.exp(rng.normal(0.0, 0.1, count))
    complete = rng.uniform(size=count) < habits.complete
    depth = np.where(complete, rng.uniform(0.95, 1.0, count), rng.uniform(0.4, 0.85, count))
    long = rng.uniform(size=count) < LONG_SHARE
    return Blinks(
        onset_s=onset_s,
        closing_s=habits.closing_s * tempo,
        hold_s=np.where(long, LONG_S + rng.exponential(0.3, count), rng.uniform(0.01, 0.05, count)),
        opening_s=habits.opening_s * tempo * np.exp(rng.normal(0.0, 0.05, count)),
        **_both(rng, depth),
    )


def _voluntary(rng: np.random.Generator, habits: EyeHabits, onset_s: Floats) -> Blinks:
    """Deeper and slower than the spontaneous: always complete."""
    count = len(onset_s)
    tempo = VOLUNTARY_SLOWER * np.exp(rng.normal(0.0, 0.1, count))
    return Blinks(
        onset_s=onset_s,
        closing_s=habits.closing_s * tempo,
        hold_s=rng.uniform(0.01, 0.05, count),
        opening_s=habits.opening_s * tempo,
        **_both(rng, rng.uniform(0.97, 1.0, count)),
    )


def _long(rng: np.random.Generator, onset_s: Floats) -> Blinks:
    """Eyes kept closed; how slowly and how long is assumed."""
    count = len(onset_s)
    return Blinks(
        onset_s=onset_s,
        closing_s=rng.uniform(0.1, 0.3, count),
        hold_s=LONG_S + rng.exponential(1.2, count),
        opening_s=rng.uniform(0.15, 0.4, count),
        **_both(rng, rng.uniform(0.9, 1.0, count)),
    )


def _winks(rng: np.random.Generator, habits: EyeHabits, onset_s: Floats) -> Blinks:
    """One eye, the other dragged part way; timing assumed."""
    count = len(onset_s)
    dragged = (habits.wink_drag * np.exp(rng.normal(0.0, 0.2, count))).clip(0.0, 0.9)
    depth = np.stack((rng.uniform(0.85, 1.0, count), dragged), axis=1)
    right = rng.uniform(size=count) >= habits.wink_left
    return Blinks(
        onset_s=onset_s,
        closing_s=rng.uniform(0.09, 0.2, count),
        hold_s=rng.uniform(0.05, 0.8, count),
        opening_s=rng.uniform(0.13, 0.3, count),
        depth=np.where(right[:, None], depth[:, ::-1], depth),
        late_s=rng.normal(0.0, _UNEVEN_S, (count, 2)),
    )


class _Sides(TypedDict):
    depth: Floats
    late_s: Floats


def _both(rng: np.random.Generator, depth: Floats) -> _Sides:
    """Both lids together but for a little: r .94-.99 between them (open Live Link Face takes)."""
    uneven = np.exp(rng.normal(0.0, _UNEVEN, (len(depth), 2)))
    return _Sides(
        depth=(depth[:, None] * uneven).clip(0.0, 1.0),
        late_s=rng.normal(0.0, _UNEVEN_S, (len(depth), 2)),
    )
