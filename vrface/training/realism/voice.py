"""What a microphone tells of the brows: as much as published, not more.

Voice and brows of a simulated wearer are tied at published rates. A baseline that hears the
simulated microphone must not explain brows better than those rates allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import indices
from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import Performance
from vrface.simulation.worn import Worn
from vrface.training.metrics.events import held
from vrface.training.realism.baseline import ridge, sensed
from vrface.training.realism.finding import Finding
from vrface.training.realism.sessions import conversing, talked
from vrface.training.rest import face_rest, relative

Floats = NDArray[np.float64]

WEARERS: tuple[int, ...] = tuple(range(9200, 9224))
"""Seeds of the wearers measured, by default."""

BROWS = indices(
    [f"brow{kind}{side}" for kind in ("InnerUp", "OuterUp", "Down") for side in ("Left", "Right")]
)
_RAISED = indices(
    [f"brow{kind}{side}" for kind in ("InnerUp", "OuterUp") for side in ("Left", "Right")]
)
_JAW = indices(["jawOpen"])

RAISE, LOWERED = 0.05, 0.025
"""Above rest, a brow is raised from the one and down below the other. Raises of conversation are
small."""

RISE_SEMITONES, RISE_S, BRIDGED_S = 2.0, 0.2, 0.3
"""A rise of F0 worth the name: an accent's 2 to 6 semitones within .1-.25 s ('t Hart, Collier &
Cohen 1990), across unvoiced sounds no longer than the last."""

BEFORE_S, AFTER_S = 0.7, 0.1
"""Around the onset of a raise, where the voice rises with it: up to .6 s before (Gast 2023), and
.1 s until a raise is seen."""

_SLACK = 0.1  # what counts as the published share; assumed
_SECONDS = 240.0
_FRAME_HZ, _LAGS = 20.0, range(0, 11, 2)  # up to half a second back
_BLOCK_S, _BANDS_TOGETHER, _SHRINKAGE = 10.0, 5, 0.02


class Raises(NamedTuple):
    """Brow raises of conversation, counted.

    Attributes:
        all: How many.
        speaking: While the voice is on.
        with_pitch: With a rise of F0.
        talked_s: Seconds of conversation.
        rising_s: Of these, in which a raise would have come with a rise of F0 by chance.
    """

    all: int
    speaking: int
    with_pitch: int
    talked_s: float
    rising_s: float


def findings(wearers: Sequence[int] = WEARERS) -> list[Finding]:
    """How far brows and voice go together; about 20 s on one core.

    Args:
        wearers: Seeds.
    """
    performances = conversing(wearers, _SECONDS)
    seen = [raises(performance) for performance in performances]
    explained = [_explained(performance) for performance in performances]
    left, whole = np.sum(explained, axis=0)
    jaw, *brow = (1.0 - left / np.maximum(whole, 1e-9)).tolist()
    count = max(sum(one.all for one in seen), 1)
    pitched = sum(one.with_pitch for one in seen) / count
    silent = 1.0 - sum(one.speaking for one in seen) / count
    chance = sum(one.rising_s for one in seen) / max(sum(one.talked_s for one in seen), 1.0)
    rates = "Guaitella et al. 2009, Cave et al. 1996"
    return [
        Finding(
            "microphone, ridge per person: R2 over brow shapes",
            float(np.mean(brow)),
            -0.2,
            0.44,
            f"assumed: less than the share of raises that a voice tells of ({rates})",
            (min(brow), max(brow)),
        ),
        Finding(
            "microphone, ridge per person: R2 of jawOpen",
            jaw,
            0.2,
            0.9,
            "assumed: far above the brows, below what a camera sees",
        ),
        _share("brow raises while not speaking, share", silent, 0.38, rates),
        _share("brow raises with a rise of F0, share", pitched, 0.71 * 0.62, rates),
        Finding(
            "random instants of conversation with a rise of F0, share",
            chance,
            0.0,
            pitched,
            "assumed: fewer than at brow raises",
        ),
    ]


def _share(what: str, simulated: float, published: float, source: str) -> Finding:
    low, high = published - _SLACK, published + _SLACK
    return Finding(what, simulated, low, high, f"{source}: {published:.2f}")


def raises(performance: Performance) -> Raises:
    """Count the brow raises of conversation, and those that come with the voice."""
    period_s = float(np.median(np.diff(performance.time_s)))
    rest = face_rest([performance.take()])
    brows = relative(performance.weights, rest)[:, _RAISED].max(axis=1)
    onset = np.array([start for start, _ in held(brows, RAISE, LOWERED)], dtype=np.intp)
    there = talked(performance)
    onset = onset[there[onset]] if len(onset) else onset
    speaking = _around(performance.voice.loudness > 0.1, 0.3, 0.3, period_s)
    rising = _rising(performance, period_s)
    return Raises(
        all=len(onset),
        speaking=int(speaking[onset].sum()),
        with_pitch=int(rising[onset].sum()),
        talked_s=float(there.sum()) * period_s,
        rising_s=float((rising & there).sum()) * period_s,
    )


def _rising(performance: Performance, period_s: float) -> NDArray[np.bool_]:
    """[instants] whether F0 rises from `BEFORE_S` before to `AFTER_S` after."""
    semitones = 12.0 * np.log2(performance.voice.f0_hz.astype(np.float64))
    places = np.arange(len(semitones))
    latest = np.maximum.accumulate(np.where(np.isfinite(semitones), places, 0))
    bridged = (places - latest) * period_s <= BRIDGED_S
    semitones = np.where(bridged, semitones[latest], np.nan)
    step = max(round(RISE_S / period_s), 1)
    risen = np.zeros(len(semitones), dtype=np.bool_)
    # Of what is not voiced there is no rise.
    risen[step:] = np.nan_to_num(semitones[step:] - semitones[:-step]) >= RISE_SEMITONES
    return _around(risen, BEFORE_S, AFTER_S, period_s)


def _around(
    inside: NDArray[np.bool_], before_s: float, after_s: float, period_s: float
) -> NDArray[np.bool_]:
    """[instants] whether anything from `before_s` before to `after_s` after is inside."""
    count = np.concatenate(([0], np.cumsum(inside)))
    places = np.arange(len(inside))
    first = np.maximum(places - round(before_s / period_s), 0)
    last = np.minimum(places + round(after_s / period_s) + 1, len(inside))
    return np.asarray(count[last] > count[first])


def _explained(performance: Performance) -> Floats:
    """[2, 1 + 6] of jawOpen and `BROWS`: squared error of the baseline, and of the mean alone.

    In conversation: posed faces make no sound.
    """
    worn = Worn(performance, headset("audio_only"), Donning.drawn(performance.wearer.seed))
    time_s = np.arange(1.0, performance.seconds - 1.0, 1 / _FRAME_HZ)
    heard = sensed("audio_features", worn, time_s)
    bands = heard[:, :40].reshape(len(heard), -1, _BANDS_TOGETHER).mean(axis=2)
    pitch = heard[:, 41]
    usual = float(np.nanmedian(pitch)) if np.isfinite(pitch).any() else 0.0
    rest = np.column_stack([heard[:, 40], np.where(np.isnan(pitch), usual, pitch), heard[:, 42:]])
    told = np.hstack([bands, rest])
    lagged = np.hstack([np.roll(told, lag, axis=0) for lag in _LAGS])[max(_LAGS) :]
    truth = performance.at(time_s).weights[max(_LAGS) :].astype(np.float64)
    # Blocks in turn: two are learned from, one is judged on.
    there = talked(performance.at(time_s))[max(_LAGS) :]
    lagged, truth = lagged[there], truth[there]
    judged = np.arange(len(lagged)) // round(_BLOCK_S * _FRAME_HZ) % 3 == 2
    order, cut = np.argsort(judged, kind="stable"), int((~judged).sum())
    inputs, truth = lagged[order], truth[order][:, np.concatenate([_JAW, BROWS])]
    inputs = (inputs - inputs[:cut].mean(axis=0)) / (inputs[:cut].std(axis=0) + 1e-9)
    left = ((truth[cut:] - ridge(inputs, truth, cut, _SHRINKAGE)) ** 2).sum(axis=0)
    whole = ((truth[cut:] - truth[:cut].mean(axis=0)) ** 2).sum(axis=0)
    return np.stack([left, whole])
