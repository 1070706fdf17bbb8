"""Skin sensors against published results: what a simple baseline makes of them, before any network.

A simulated sensor is a function of the face, so a network on it is as good as its noise is small.
These baselines, fitted per person as published ones were, say whether the noise is true to life.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT, group_of
from vrface.rig.rig import Rig
from vrface.sensors.headset import headset
from vrface.simulation.behaviour.actions import ACTIONS, EMOTIONS
from vrface.simulation.behaviour.motion import Events
from vrface.simulation.behaviour.plan import POSE
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance, perform
from vrface.simulation.wearer import Wearer
from vrface.simulation.worn import Worn
from vrface.training.realism.baseline import ridge, sensed
from vrface.training.realism.finding import Finding, over_wearers

Floats = NDArray[np.float64]

WEARERS: tuple[int, ...] = tuple(range(9400, 9424))
"""Seeds of the wearers measured, by default: others than those that the sensors were tuned on, 9000
to 9011."""

_HEADSET = headset("everything")

EYE_REGION: tuple[int, ...] = tuple(
    number
    for number, name in enumerate(BLENDSHAPES)
    if group_of(name) in ("lid", "brow") or name.startswith(("cheekSquint", "noseSneer"))
)
"""Shapes that muscles around the eyes move."""

POSED: Mapping[str, str] = {
    "neutral": "",
    "happy": "joy",
    "angry": "anger",
    "surprised": "surprise",
    "sad": "sadness",
}
"""The five faces of Suzuki et al. 2017, and the feeling of `EMOTIONS` that is posed; "" = none."""

_FRAME_HZ, _LAGS = 50.0, range(0, 13, 2)  # up to .24 s back, of frames 20 ms apart
_SECONDS = 120.0
_TRIALS, _TRAINED = 10, 6  # of each face
_RISE_S, _HOLD_S, _PAUSE_S = 0.5, 2.0, 1.0
# How much one trial of the same face differs from the next, in ln: as a whole, and each shape.
# Assumed: nobody poses a face twice alike.
_EFFORT, _HABIT = 0.3, 0.3


def findings(wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """All figures of the skin sensors; some 40 s on one core.

    Args:
        wearers: Seeds.
    """
    return [
        *emg_findings(wearers),
        *foam_findings(wearers),
        *strain_findings(wearers),
    ]


def emg_findings(wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """How well envelopes explain the eye region, and how far muscles rise over rest."""
    scores = [_explained("emg", wearer) for wearer in wearers]
    rises = [_rises(wearer) for wearer in wearers]
    source = "Abey et al. 2026"
    return [
        over_wearers(
            "EMG, ridge per person: r over the eye region",
            [s.ridge for s in scores],
            0.48,
            0.62,
            f"{source}: .55",
        ),
        over_wearers(
            "EMG, random features per person: r over the eye region",
            [s.features for s in scores],
            0.48,
            0.72,
            f"assumed: between a ridge and networks that look ahead, .67-.72 ({source})",
        ),
        over_wearers(
            "EMG, envelope of a posed smile over rest",
            [r.smile for r in rises],
            5.0,
            9.0,
            f"{source}: about 7",
        ),
        over_wearers(
            "EMG, envelope of a clench over rest",
            [r.clench for r in rises],
            3.0,
            5.0,
            f"{source}: about 4",
        ),
    ]


def foam_findings(wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """How well five posed faces can be told apart, and what another donning does to that."""
    same, other, again = np.transpose([_recognised(wearer) for wearer in wearers])
    return [
        over_wearers(
            "photo-reflective, 5 posed faces, same donning: accuracy",
            same,
            0.82,
            0.94,
            "Suzuki et al. 2017: .88",
        ),
        over_wearers(
            "photo-reflective, 5 posed faces, another donning: accuracy",
            other,
            0.3,
            0.8,
            "assumed: below .78, of eyewear that was worn again (Masai et al. 2017)",
        ),
        over_wearers(
            "photo-reflective, 5 posed faces, another donning, less its neutral face: accuracy",
            again,
            0.4,
            0.88,
            "no figure published; between the two above",
        ),
        over_wearers(
            "photo-reflective, ridge per person: r over the eye region",
            [_explained("foam", wearer).ridge for wearer in wearers],
            0.0,
            1.0,
            "no figure published",
        ),
    ]


def strain_findings(wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """How well strain gauges explain the eye region."""
    scores = [_explained("strain", wearer).ridge for wearer in wearers]
    what = "strain, ridge per person: r over the eye region"
    return [over_wearers(what, scores, 0.0, 1.0, "no figure published")]


def posed(
    wearer: Wearer, feelings: Sequence[str], *, seed: int, clenches: Sequence[float] = ()
) -> tuple[Performance, Floats]:
    """A wearer who is asked for one face after another, each held for two seconds.

    Args:
        wearer: Who poses.
        feelings: Of `EMOTIONS`, in this order; "" = the resting face.
        seed: How each trial differs from this wearer's own face of that feeling.
        clenches: How hard the jaw is clenched in each trial; none = never.

    Returns:
        The performance, and [trials, 2] from when to when each face is held, seconds.
    """
    rng = np.random.default_rng([seed, 77])
    trials, each_s = len(feelings), _PAUSE_S + 2 * _RISE_S + _HOLD_S
    start_s = _PAUSE_S + each_s * np.arange(trials, dtype=np.float64)
    faces = Events(
        track=np.arange(trials),
        start_s=start_s,
        attack_s=np.full(trials, _RISE_S),
        hold_s=np.full(trials, _HOLD_S),
        release_s=np.full(trials, _RISE_S),
        height=np.ones(trials),
    )
    background = perform(wearer, seed=seed, seconds=each_s * trials + 2 * _PAUSE_S)
    levels = faces.levels(background.time_s, trials).T
    own = np.stack([_face(wearer, feeling) for feeling in feelings])
    own = own * np.exp(_EFFORT * rng.standard_normal((trials, 1)))
    own = own * np.exp(_HABIT * rng.standard_normal((trials, COUNT)))
    clench = levels @ np.asarray(clenches) if len(clenches) else np.zeros(len(levels))
    performance = replace(
        background,
        weights=np.clip(wearer.rest + levels @ own, 0.0, 1.0).astype(np.float32),
        clench=clench.astype(np.float32),
        activity=np.full(len(levels), POSE, dtype=np.intp),
    )
    held_s = start_s + _RISE_S
    return performance, np.stack([held_s, held_s + _HOLD_S], axis=1)


def _face(wearer: Wearer, feeling: str) -> Floats:
    """[54] what a feeling at full strength adds to this wearer's resting face."""
    if not feeling:
        return np.zeros(COUNT)
    mouth, upper = EMOTIONS[feeling]
    strength = np.zeros(len(ACTIONS))
    strength[[ACTIONS.index(act) for act in (mouth, *upper)]] = [1.0, *upper.values()]
    return strength @ wearer.actions


class _Explained(NamedTuple):
    """Mean correlation over shapes, of a linear and of another model."""

    ridge: float
    features: float


class _Rises(NamedTuple):
    """Envelope of the most moved electrode over its rest."""

    smile: float
    clench: float


def _range_of_motion(wearer: Wearer) -> Performance:
    """Their first performance that is mostly prompted faces, as published recordings are."""
    for seed in count():
        # Motion is the same at any rate: what it is made of shows at a low one.
        glimpse = perform(wearer, seed=seed, seconds=_SECONDS, rate_hz=4.0)
        if np.mean(glimpse.activity == POSE) > 0.8:
            break
    return perform(wearer, seed=seed, seconds=_SECONDS)


def _worn(performance: Performance, seed: int, number: int = 0) -> Worn:
    donning = Donning.drawn(seed, number)
    return Worn(performance, _HEADSET, donning, Rig.drawn(seed))


def _explained(name: str, seed: int) -> _Explained:
    """Fitted on the first two thirds of a performance of one person, judged on the rest."""
    performance = _range_of_motion(Wearer.drawn(seed))
    time_s = np.arange(1.0, _SECONDS - 1.0, 1 / _FRAME_HZ)
    values = sensed(name, _worn(performance, seed), time_s)
    if name == "emg":
        values = np.log(values + 1e-7)
    lagged = np.hstack([np.roll(values, lag, axis=0) for lag in _LAGS])[max(_LAGS) :]
    truth = performance.at(time_s).weights[max(_LAGS) :, list(EYE_REGION)].astype(np.float64)

    cut = 2 * len(lagged) // 3
    inputs = (lagged - lagged[:cut].mean(axis=0)) / (lagged[:cut].std(axis=0) + 1e-9)
    mixing = np.random.default_rng(0).standard_normal((inputs.shape[1] + 1, 400))
    ones = np.ones((len(inputs), 1))
    bent = np.tanh(np.hstack([inputs, ones]) @ mixing / np.sqrt(inputs.shape[1]))
    return _Explained(
        ridge=_correlation(ridge(inputs, truth, cut, 0.02), truth[cut:]),
        features=_correlation(ridge(np.hstack([inputs, bent]), truth, cut, 0.2), truth[cut:]),
    )


def _correlation(predicted: Floats, truth: Floats) -> float:
    """Mean of Pearson's r over the shapes that move."""
    moves = truth.std(axis=0) > 0.01
    a, b = predicted[:, moves], truth[:, moves]
    a, b = a - a.mean(axis=0), b - b.mean(axis=0)
    return float(np.mean((a * b).sum(0) / np.sqrt((a * a).sum(0) * (b * b).sum(0) + 1e-12)))


def _recognised(seed: int) -> tuple[float, float, float]:
    """Share of frames of held-out trials told apart.

    On the same donning, on another one of the same person, and there less what each donning's
    resting face gives.
    """
    wearer, names = Wearer.drawn(seed), list(POSED)
    order = np.random.default_rng([seed, 78])
    faces = np.concatenate([order.permutation(len(names)) for _ in range(_TRIALS)])
    performance, held_s = posed(wearer, [POSED[names[face]] for face in faces], seed=seed)
    time_s = (held_s[:, :1] + np.linspace(0.1, 0.9, 8) * np.diff(held_s, axis=1)).ravel()
    label = np.repeat(faces, 8)
    cut = _TRAINED * len(names) * 8

    here, there = (sensed("foam", _worn(performance, seed, n), time_s) for n in (0, 1))
    neutral = (label == names.index("neutral")) & (np.arange(len(label)) < cut)
    moved = there - there[neutral].mean(axis=0) + here[neutral].mean(axis=0)
    law = _Discriminant.fitted(here[:cut], label[:cut])
    same, other, again = (
        law.accuracy(values[cut:], label[cut:]) for values in (here, there, moved)
    )
    return same, other, again


class _Discriminant(NamedTuple):
    """Linear discriminant analysis, its covariance shrunk towards independence."""

    slope: Floats
    offset: Floats

    @classmethod
    def fitted(cls, values: Floats, label: NDArray[np.intp]) -> _Discriminant:
        """Of values [frames, channels] and classes [frames] from 0."""
        means = np.stack([values[label == face].mean(axis=0) for face in range(label.max() + 1)])
        within = np.cov(values - means[label], rowvar=False)
        within = 0.8 * within + 0.2 * np.diag(np.diag(within) + 1e-8)
        slope = np.linalg.solve(within, means.T)
        return cls(slope, -0.5 * (means.T * slope).sum(axis=0))

    def accuracy(self, values: Floats, label: NDArray[np.intp]) -> float:
        """Share of frames whose class it finds."""
        return float(np.mean((values @ self.slope + self.offset).argmax(axis=1) == label))


def _rises(seed: int) -> _Rises:
    """A smile and a clench, eight times each."""
    asked = ["joy", ""] * 8
    performance, held_s = posed(Wearer.drawn(seed), asked, seed=seed, clenches=[0.0, 1.0] * 8)
    worn = _worn(performance, seed)
    rest = sensed("emg", worn, held_s[:, 0] - _RISE_S - 0.2).mean(axis=0)
    middle = sensed("emg", worn, held_s.mean(axis=1))
    over = np.stack([middle[0::2].mean(axis=0), middle[1::2].mean(axis=0)]) / rest
    return _Rises(*over.max(axis=1).tolist())
