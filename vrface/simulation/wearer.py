"""`Wearer`: who a simulated face belongs to, drawn by seed.

This is the first, simple wearer: resting face, strengths and rates differ between people as they do
on ARKit takes and in the literature named below; identity of shape, mood and fatigue are not
modelled. What no source is named for is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT, MIRROR, indices
from vrface.simulation.behaviour.actions import ACTIONS, action_matrix, numbers

# Where each shape rests, lowest and highest over people: the range over the calmest tenth of open
# Live Link Face takes, widened a little since those are few people. A shape not named rests at 0.
_REST = {
    "eyeBlink": (0.0, 0.1),
    "eyeSquint": (0.03, 0.15),
    "eyeWide": (0.0, 0.12),
    "browDown": (0.0, 0.04),
    "browInnerUp": (0.08, 0.2),
    "browOuterUp": (0.0, 0.14),
    "cheekSquint": (0.01, 0.05),
    "cheekPuff": (0.02, 0.08),
    "noseSneer": (0.03, 0.09),
    "jawForward": (0.03, 0.07),
    "jawOpen": (0.01, 0.06),
    "jawLeft": (0.0, 0.02),
    "jawRight": (0.0, 0.02),
    "mouthClose": (0.02, 0.06),
    "mouthFunnel": (0.06, 0.17),
    "mouthPucker": (0.03, 0.15),
    "mouthLeft": (0.0, 0.05),
    "mouthRight": (0.0, 0.05),
    "mouthSmile": (0.0, 0.04),
    "mouthFrown": (0.0, 0.25),
    "mouthDimple": (0.03, 0.08),
    "mouthStretch": (0.12, 0.24),
    "mouthRollLower": (0.04, 0.1),
    "mouthRollUpper": (0.04, 0.08),
    "mouthShrugLower": (0.04, 0.15),
    "mouthShrugUpper": (0.06, 0.16),
    "mouthPress": (0.02, 0.06),
    "mouthLowerDown": (0.04, 0.1),
    "mouthUpperUp": (0.02, 0.06),
}

_PAIR = np.minimum(np.arange(COUNT), MIRROR)
_SIDE = np.array([n.endswith("Left") * 1.0 - n.endswith("Right") * 1.0 for n in BLENDSHAPES])
_SMILES = numbers(("smile", "smile_closed"))
_CHEEKS = indices(["cheekSquintLeft", "cheekSquintRight"])


@dataclass(frozen=True, eq=False)
class Wearer:
    """One simulated person.

    Attributes:
        person: Pseudonym.
        rest: [54] the resting face, looking ahead.
        actions: [actions, 54] what each act does to this face at full strength.
        gaze_home: [2] yaw and pitch where the eyes rest, radians.
        convergence: Angle between the two gazes, radians.
        lid_down: eyeBlink per unit of eyeLookDown.
        wide_up: eyeWide per unit of eyeLookUp.
        squint_up: eyeSquint per unit of eyeLookUp.
        brow_up: Both brow raisers per unit of eyeLookUp.
        brow_blink: browInnerUp per unit of blink.
        blink_strength: [2] how far a full blink closes the left and the right eye.
        blinks_resting: Blinks a minute while silent.
        blinks_talking: Blinks a minute while talking.
        closing_s: How long a blink closes.
        opening_s: How long it opens.
        syllables_hz: Syllables a second.
        articulation: How far speech moves the mouth, 1 = usual.
        brow_raises: Brow raises a minute while talking.
        emotions: Expression episodes a minute while listening.
    """

    person: str
    rest: NDArray[np.float64]
    actions: NDArray[np.float64]
    gaze_home: NDArray[np.float64]
    convergence: float
    lid_down: float
    wide_up: float
    squint_up: float
    brow_up: float
    brow_blink: float
    blink_strength: NDArray[np.float64]
    blinks_resting: float
    blinks_talking: float
    closing_s: float
    opening_s: float
    syllables_hz: float
    articulation: float
    brow_raises: float
    emotions: float

    @classmethod
    def drawn(cls, seed: int) -> Wearer:
        """The simulated person number `seed`: always the same for one seed."""
        rng = np.random.default_rng([seed, 0])
        # Blink rates are log-normal over people: 17 a minute at rest and 26 in conversation
        # (Bentivoglio 1997); spread from Doughty's 95 % range in conversation, 10.5-32.5 (2001):
        # ln(32.5/10.5)/3.92. Rates of one person go together.
        eager_blinker = np.exp(0.29 * rng.standard_normal())
        return cls(
            person=f"simulated-{seed:04d}",
            rest=_drawn_rest(rng),
            actions=_drawn_actions(rng),
            # Phone or headset, people do not look exactly ahead: Live Link takes rest 10 degrees
            # below to 18 degrees above.
            gaze_home=rng.normal((0.0, 0.0), (0.04, 0.18)).clip(-0.35, 0.35),
            # 63 mm between the eyes (Dodgson 2004), something between 1 and 3 m away.
            convergence=0.063 / rng.uniform(1.0, 3.0),
            # The lid follows gaze (Becker & Fuchs 1988); on ARKit eyeLookDown-eyeBlink r .48-.92,
            # eyeLookUp-browInnerUp r .19-.28, and eyeWide, eyeSquint rise on looking up.
            lid_down=rng.uniform(0.2, 0.8),
            wide_up=rng.uniform(0.2, 1.0),
            squint_up=rng.uniform(0.0, 0.4),
            brow_up=rng.uniform(0.0, 0.3),
            # On ARKit a blink lifts the inner brow by up to .15 in some people.
            brow_blink=rng.uniform(0.0, 0.15),
            blink_strength=rng.uniform(0.75, 1.0) * np.exp(rng.normal(0.0, 0.03, 2)),
            blinks_resting=17.0 * eager_blinker,
            blinks_talking=26.0 * eager_blinker * np.exp(0.1 * rng.standard_normal()),
            # ARKit at 60 Hz closes in 67-100 ms; lids open in 130-240 ms (ARKit, VanderWerf 2003).
            closing_s=rng.uniform(0.07, 0.1),
            opening_s=rng.uniform(0.13, 0.24),
            # 3-6 Hz: the rate of the mouth in speech (Chandrasekaran 2009).
            syllables_hz=rng.uniform(3.5, 5.5),
            articulation=np.exp(rng.normal(0.0, 0.3)),
            brow_raises=np.exp(rng.normal(np.log(4.0), 0.5)),
            emotions=np.exp(rng.normal(np.log(8.0), 0.5)),
        )


def _drawn_rest(rng: np.random.Generator) -> NDArray[np.float64]:
    names = [name.removesuffix("Left").removesuffix("Right") for name in BLENDSHAPES]
    low, high = np.array(
        [
            _REST.get(name, _REST.get(both, (0.0, 0.0)))
            for name, both in zip(BLENDSHAPES, names, strict=True)
        ]
    ).T
    even = low + (high - low) * rng.uniform(size=COUNT)[_PAIR]
    rest: NDArray[np.float64] = even * np.exp(0.05 * rng.standard_normal(COUNT))
    return rest


def _drawn_actions(rng: np.random.Generator) -> NDArray[np.float64]:
    """Everybody's own version of each act."""
    shape = (len(ACTIONS), COUNT)
    gain = rng.uniform(0.7, 1.3, COUNT)[_PAIR]
    habit = np.exp(0.3 * rng.standard_normal(shape))[:, _PAIR]
    # Smile and cheekSquint correlate by .93 in one ARKit performer and by .38 in another.
    habit[np.ix_(_SMILES, _CHEEKS)] *= np.exp(0.5 * rng.standard_normal())
    # Which side is stronger is stable within a person (Schmidt 2006). ARKit nearly ties the sides
    # (r .92-1.0), hence few per cent here.
    asymmetry = rng.uniform(0.01, 0.08)
    uneven = (rng.standard_normal(COUNT) + rng.standard_normal(shape))[:, _PAIR] * _SIDE
    own: NDArray[np.float64] = action_matrix() * gain * habit * np.exp(asymmetry * uneven)
    return own
