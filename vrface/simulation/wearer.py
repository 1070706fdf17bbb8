"""`Wearer`: who a simulated face belongs to, drawn by seed.

Resting face, strengths, rates and habits differ between people as they do on open Live Link Face
takes and in the literature named below. What no source is named for is assumed. Nothing here knows
the shape of a head (`vrface.rig`) or how a headset is put on (`vrface.simulation.donning`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT, PAIR, group_of, indices
from vrface.simulation.behaviour.actions import ACTIONS, action_matrix, numbers
from vrface.simulation.behaviour.eye_habits import EyeHabits

# Where each shape rests, lowest and highest over people: the range over the calmest tenth of open
# Live Link Face takes, widened a little since those are few people. A shape not named rests at 0.
_REST = {
    "eyeBlink": (0.0, 0.1),
    "eyeSquint": (0.03, 0.15),
    "eyeWide": (0.0, 0.26),  # looking ahead; they rest at 0 and .39 looking down and up
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

_SIDE = np.array([n.endswith("Left") * 1.0 - n.endswith("Right") * 1.0 for n in BLENDSHAPES])
# ARKit nearly ties the sides: brows, squint and wide eyes r .99-1.0, cheeks, nose and mouth r
# .92-.99.
_LOOSE = np.where([group_of(name) in ("brow", "lid") for name in BLENDSHAPES], 0.3, 1.0)
_SMILES = numbers(("smile", "smile_closed"))
_SMILE_SHAPES = indices(["mouthSmileLeft", "mouthSmileRight"])

NEUTRAL_SHARE = 0.6
"""How much of a shape's unevenness at the height of an expression is there at rest already: .54 in
joy, .62 in anger, .66 in disgust (Schmidt 2006)."""


@dataclass(frozen=True, eq=False)
class Wearer:
    """One simulated person.

    Attributes:
        seed: Which.
        person: Pseudonym.
        rest: [54] the resting face, looking ahead.
        actions: [actions, 54] what each act does to this face at full strength.
        eyes: What differs between people about lids, gaze, blinks and pupils.
        expressiveness: How far the upper face moves in conversation, 1 = usual; with .2 it hardly
            does.
        brow_raises: Brow raises a minute while talking.
        widens: Share of brow raises that widen the eyes.
        frowns: Frowns, squints and wide eyes a minute in conversation.
        emotions: Expression episodes a minute while listening.
        smiles: Share of them that are smiles.
        smile_eyes: How far a broad smile raises the cheeks (AU6), beside the act.
        posing: How far prompted acts go, 1 = as the act says.
        articulation: How far speech moves the mouth, 1 = usual.
        syllables_hz: Syllables a second.
        pitch_hz: Mean pitch of the voice.
        pitch_range: Semitones that an accent rises.
        head_motion: How far the head moves, 1 = usual.
        head_follows: Share of a large gaze shift that the head makes.
        nods: Nods a minute while listening.
        clenches: How often the jaw is clenched, a minute.
    """

    seed: int
    person: str
    rest: NDArray[np.float64]
    actions: NDArray[np.float64]
    eyes: EyeHabits
    expressiveness: float
    brow_raises: float
    widens: float
    frowns: float
    emotions: float
    smiles: float
    smile_eyes: float
    posing: float
    articulation: float
    syllables_hz: float
    pitch_hz: float
    pitch_range: float
    head_motion: float
    head_follows: float
    nods: float
    clenches: float

    @classmethod
    def drawn(cls, seed: int) -> Wearer:
        """The simulated person number `seed`: always the same for one seed."""
        rng = np.random.default_rng([seed, 0])
        # Which side is stronger is stable within a person (Schmidt 2006).
        asymmetry = rng.uniform(0.03, 0.15) * _LOOSE
        sided = rng.standard_normal(COUNT)[PAIR] * _SIDE

        def usual(median: float, log_spread: float) -> float:
            """Log-normal over people."""
            return float(median * np.exp(log_spread * rng.standard_normal()))

        # In open Live Link Face takes of conversation brows move by SD .02, .05 and .07, cheeks by
        # .01 in all three; a wide spread, since those are one or two people.
        expressiveness = usual(0.8, 0.7)
        return cls(
            seed=seed,
            person=f"simulated-{seed:04d}",
            rest=_drawn_rest(rng, asymmetry * sided),
            actions=_drawn_actions(rng, asymmetry, sided),
            eyes=EyeHabits.drawn(np.random.default_rng([seed, 0, 1])),
            expressiveness=expressiveness,
            brow_raises=usual(13.0, 0.5),
            # In a range of motion browInnerUp and eyeWide correlate by .51 and .74, in conversation
            # by -.2 to -.4 (open Live Link Face takes).
            widens=float(rng.beta(0.9, 1.2)),
            frowns=usual(8.0, 0.5),
            emotions=usual(6.0, 0.5),
            smiles=float(rng.beta(4.0, 2.5)),
            # Smile and cheekSquint correlate by .93 in one ARKit performer and by .38 in another.
            smile_eyes=usual(0.45, 0.7) * expressiveness**0.5,
            posing=usual(1.0, 0.2),
            articulation=usual(1.0, 0.3),
            # 3-6 Hz: the rate of the mouth in speech (Chandrasekaran 2009).
            syllables_hz=rng.uniform(3.5, 5.5),
            # 120 Hz in men, 210 Hz in women (Traunmueller & Eriksson 1995); spread assumed.
            pitch_hz=usual(float(rng.choice([120.0, 210.0])), 0.15),
            # Accents of 2-6 semitones ('t Hart, Collier & Cohen 1990).
            pitch_range=usual(3.5, 0.3),
            head_motion=usual(1.0, 0.4),
            # 20-50 % of a large shift (Stahl 1999: head movers and others).
            head_follows=rng.uniform(0.2, 0.5),
            nods=usual(6.0, 0.6),
            clenches=usual(0.5, 1.0),
        )


def _drawn_rest(rng: np.random.Generator, uneven: NDArray[np.float64]) -> NDArray[np.float64]:
    names = [name.removesuffix("Left").removesuffix("Right") for name in BLENDSHAPES]
    low, high = np.array(
        [
            _REST.get(name, _REST.get(both, (0.0, 0.0)))
            for name, both in zip(BLENDSHAPES, names, strict=True)
        ]
    ).T
    even = low + (high - low) * rng.uniform(size=COUNT)[PAIR]
    rest: NDArray[np.float64] = even * np.exp(uneven)
    return rest


def _drawn_actions(
    rng: np.random.Generator, asymmetry: NDArray[np.float64], sided: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Everybody's own version of each act: gains of .7-1.3, habits, unevenness."""
    shape = (len(ACTIONS), COUNT)
    gain = rng.uniform(0.7, 1.3, COUNT)[PAIR]
    habit = np.exp(0.3 * rng.standard_normal(shape))[:, PAIR]
    own_side = rng.standard_normal(shape)[:, PAIR] * _SIDE
    uneven = asymmetry * (np.sqrt(NEUTRAL_SHARE) * sided + np.sqrt(1 - NEUTRAL_SHARE) * own_side)
    # Joy shows a little more on the left (Schmidt 2006); how much more is assumed.
    uneven[np.ix_(_SMILES, _SMILE_SHAPES)] += 0.01 * _SIDE[_SMILE_SHAPES]
    own: NDArray[np.float64] = action_matrix() * gain * habit * np.exp(uneven)
    return own
