"""`EyeHabits`: all that differs between people about lids, gaze, blinks and pupils."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from vrface.simulation.behaviour.motion import Floats

RESTING, TALKING, READING = 17.0, 26.0, 4.5
"""Blinks a minute at rest, in conversation and while reading (Bentivoglio 1997, 150 people)."""

# Log-normal over people (Bentivoglio 1997), about 17, 26 and 4.5. With these spreads the orders of
# the three are about as frequent as in Bentivoglio's people; they ask for more than Doughty's 95 %
# ranges of published rates (2001: .25 at rest, .29 in conversation, .59 reading), and 16 people in
# a headset spread by .44 (open eye recordings).
_EAGERNESS, _RATE_SPREADS = 0.2, np.array([0.35, 0.45, 0.75])

SPONTANEOUS_S = 0.082
"""How long the lid goes down in a spontaneous blink: 66 ms (search coils, 7 people), 90 ms
(VanderWerf 2003), 88 and 94-96 ms as filmed at 60 Hz (open Live Link Face takes); between them."""

VOLUNTARY_SLOWER = 77.6 / 66
"""How much longer it goes down in a voluntary blink (the same search coils)."""


@dataclass(frozen=True, eq=False)
class EyeHabits:
    """The eyes and lids of one person. What no source is named for is assumed.

    Attributes:
        blinks_resting: Blinks a minute while silent.
        blinks_talking: Blinks a minute in conversation, while talking.
        blinks_reading: Blinks a minute while reading.
        closing_s: How long a spontaneous blink closes.
        opening_s: How long it opens.
        complete: Share of blinks in which the lids meet.
        doubles: Share of blinks that another follows at once.
        lid_strength: [2] eyeBlink of the left and the right eye when fully closed.
        long_closures: Deliberate closures a minute, when prompted.
        winks: Winks a minute, when prompted.
        wink_left: Share of winks with the left eye.
        wink_drag: How far the other lid comes along: above a half, both eyes close.
        gaze_home: [2] yaw and pitch where the eyes rest, radians.
        elsewhere: Share of the time that something beside home is looked at instead.
        home_m: How far away what they rest on is.
        apart_m: Distance between the eyes.
        saccade_s: How long the smallest saccade takes.
        saccade_s_per_degree: How much longer one takes for each degree.
        microsaccades_hz: Microsaccades a second.
        lid_down: eyeBlink per unit of eyeLookDown.
        wide_up: eyeWide per unit of eyeLookUp.
        squint_up: eyeSquint per unit of eyeLookUp.
        brow_up: Both brow raisers per unit of eyeLookUp.
        brow_down: Both brow raisers per unit of eyeLookDown.
        brow_blink: Both brow raisers per unit of closure.
        pupil_mm: [2] diameter at rest of the left and the right pupil.
        pupil_unrest_mm: SD of what the pupils do by themselves.
        pupil_effort_mm: How much wider they are while talking.
    """

    blinks_resting: float
    blinks_talking: float
    blinks_reading: float
    closing_s: float
    opening_s: float
    complete: float
    doubles: float
    lid_strength: Floats
    long_closures: float
    winks: float
    wink_left: float
    wink_drag: float
    gaze_home: Floats
    elsewhere: float
    home_m: float
    apart_m: float
    saccade_s: float
    saccade_s_per_degree: float
    microsaccades_hz: float
    lid_down: float
    wide_up: float
    squint_up: float
    brow_up: float
    brow_down: float
    brow_blink: float
    pupil_mm: Floats
    pupil_unrest_mm: float
    pupil_effort_mm: float

    @classmethod
    def drawn(cls, rng: np.random.Generator) -> EyeHabits:
        """The eyes of somebody."""
        eager = _EAGERNESS * rng.standard_normal() + _RATE_SPREADS * rng.standard_normal(3)
        resting, talking, reading = np.array([RESTING, TALKING, READING]) * np.exp(eager)
        closing_s = SPONTANEOUS_S * np.exp(rng.normal(0.0, 0.14))
        return cls(
            blinks_resting=resting,
            blinks_talking=talking,
            blinks_reading=reading,
            closing_s=closing_s,
            # Closing is 40-47 % faster than opening (Ferrario, Sforza 2008).
            opening_s=closing_s * rng.normal(1.435, 0.06),
            # 673 of 1,414 (Ousler 2014).
            complete=rng.beta(4.76, 5.24),
            doubles=rng.beta(1.5, 30.0),
            # ARKit: blinks reach .43-.80 above the baseline.
            lid_strength=rng.uniform(0.75, 1.0) * np.exp(rng.normal(0.0, 0.03, 2)),
            long_closures=rng.gamma(2.0, 0.75),
            winks=rng.gamma(2.0, 1.0),
            wink_left=rng.beta(0.8, 0.8),
            wink_drag=rng.beta(2.0, 4.0),
            # Open Live Link Face takes rest 17 degrees below to 17 above, none near the middle: a
            # phone is held low or high, a headset's wearer looks anywhere.
            gaze_home=np.array([rng.normal(0.0, 0.04), rng.uniform(-0.35, 0.35)]),
            # Those takes are within 5 degrees of home for .12 to .77 of the time.
            elsewhere=rng.beta(2.0, 3.0),
            home_m=rng.uniform(1.0, 3.0),
            # 63 mm, most adults within 50-75 (Dodgson 2004).
            apart_m=rng.normal(0.063, 0.0038),
            # 20-30 ms + 2.2-2.7 ms a degree (Lee, Badler & Badler 2002).
            saccade_s=rng.uniform(0.02, 0.03),
            saccade_s_per_degree=rng.uniform(0.0022, 0.0027),
            microsaccades_hz=rng.uniform(1.0, 2.0),
            **_pulled_along(rng),
            # 2.5-6 mm in the dim light of a headset; there, 16 people had 3.6-6.0 and differed
            # between the eyes by SD .15 (open eye recordings), as they do at any light.
            pupil_mm=np.clip(4.4 * np.exp(rng.normal(0.0, 0.17)), 2.6, 5.9)
            + np.array([0.5, -0.5]) * rng.normal(0.0, 0.15),
            # SD .2-.43 over a task in the same recordings: effort and screen are in that too.
            pupil_unrest_mm=0.17 * np.exp(rng.normal(0.0, 0.3)),
            # .1-.5 mm of mental effort (Beatty 1982).
            pupil_effort_mm=rng.uniform(0.1, 0.5),
        )


def _pulled_along(rng: np.random.Generator) -> dict[str, float]:
    """How far gaze and blinks pull lids and brows along."""
    return {
        # Slopes on open Live Link Face takes: eyeBlink .24-1.0 per unit of eyeLookDown; per
        # unit of eyeLookUp, eyeWide .3-.8, in one hardly any, eyeSquint .25-.65, inner brows
        # .02-.07 in one person and .19 in another. Brows that rise as the eyes go down do so by
        # .34-.67, over all of a take by .02-.23, in one not at all. A blink lifts the brows
        # by .13-.21 in some, in others hardly.
        "lid_down": rng.uniform(0.25, 1.0),
        "wide_up": rng.uniform(0.1, 0.8),
        "squint_up": rng.uniform(0.15, 0.5),
        "brow_up": min(rng.exponential(0.05), 0.3),
        "brow_down": rng.uniform(0.0, 0.4),
        "brow_blink": rng.uniform(0.0, 0.2),
    }
