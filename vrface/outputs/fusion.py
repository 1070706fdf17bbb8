"""Fusion: measured and inferred weights become one face, and so does the lack of both.

Per value: measured where a sensor sees it, copied where the other eye's does; inferred, or
generated where it was drawn from its law, while any sensor of the wearer is heard; when none is,
the last face is held for `HOLD_S`, eased to the wearer's neutral within `EASE_S`, then absent.
Nothing infers an extra: once it is silent it is held, eased to 0, then absent, with the same times,
whatever else is heard. But an extra that is part of a canonical shape is absent at once while the
wearer is heard: that shape is inferred then, and a part held beside it would contradict it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vrface.columns import Numbers
from vrface.face.blendshapes import COUNT, REGIONS, region_indices
from vrface.face.expression import Source, Status
from vrface.outputs.measured import APART, MeasuredFace

HOLD_S = 0.1
"""How long a value is held after its last sensor fell silent."""

EASE_S = 0.4
"""How long it then takes to reach neutral."""

HELD_GROWTH_PER_S = 1.0
"""How fast a held value's spread grows towards the climatology's, in shares of it a second."""

_MEANS = np.stack([np.isin(np.arange(COUNT), region_indices(name)) for name in REGIONS]).T
_MEANS = (_MEANS / _MEANS.sum(axis=0)).astype(np.float32)
"""[54, 3] what takes the mean over each of `REGIONS`."""


class Kinds(NamedTuple):
    """What is known of each weight before anything of it is seen; N is 54, or more with extras.

    Attributes:
        noise: [N] standard deviation of each measured weight; an extra's spread for as long as it
            is there.
        known: [N] `Source` of each weight while a sensor sees it: measured or copied.
        partial: [N] 1 where it is an extra that is part of a canonical shape.
        climatology: [54] spread of each rest-relative weight over people and time.
    """

    noise: Numbers
    known: Numbers
    partial: Numbers
    climatology: Numbers

    def unknown(self, rest: Numbers) -> Numbers:
        """[W, N] how far each weight is known when nothing is.

        Args:
            rest: [W, N] each wearer's resting face.
        """
        xp = rest.__array_namespace__()
        spread = xp.maximum(self.climatology[None, :] * (1.0 - rest[:, :COUNT]), 1e-3)
        beyond = xp.broadcast_to(self.noise[None, COUNT:], rest[:, COUNT:].shape)
        return xp.concat([spread, beyond], axis=1)


class Fused(NamedTuple):
    """W faces, every value with its source.

    Attributes:
        status: [W] `Status`.
        weights: [W, N] in [0, 1]; NaN where absent.
        stddev: [W, N]; NaN where absent.
        source: [W, N] `Source` of each.
        confidence: [W, 3] in [0, 1], in the order of `REGIONS`; of the 54 alone.
    """

    status: Numbers
    weights: Numbers
    stddev: Numbers
    source: Numbers
    confidence: Numbers


class Alive(NamedTuple):
    """The last face of each wearer in which each weight was alive.

    Attributes:
        weights: [W, N].
        stddev: [W, N].
        silent_s: [W, N] for how long nothing has stood behind it.
    """

    weights: Numbers
    stddev: Numbers
    silent_s: Numbers

    @classmethod
    def begun(cls, rest: Numbers, kinds: Kinds) -> Alive:
        """Before the first frame of wearers whose faces rest as [W, N] says."""
        return cls(rest, kinds.unknown(rest), np.full_like(rest, np.inf))


class Inferred(NamedTuple):
    """What a model says of W faces.

    Attributes:
        weights: [W, 54] the means of their laws, or drawn from them.
        stddev: [W, 54] standard deviation of the laws.
        drawn: [W, 54] where a draw decided what `weights` is.
        heard: [W] whether any sensor that the model listens to is present.
    """

    weights: Numbers
    stddev: Numbers
    drawn: Numbers
    heard: Numbers


def fused(
    held: Alive,
    rest: Numbers,
    kinds: Kinds,
    measured: MeasuredFace,
    inferred: Inferred,
    dt: Numbers,
) -> tuple[Alive, Fused]:
    """What is remembered after one more frame, and the faces.

    Args:
        held: What was remembered before it.
        rest: [W, N] each wearer's resting face, the neutral that a silent one eases to; 0 of
            extras.
        kinds: Of their headset's weights.
        measured: What the sensors say.
        inferred: What the model says.
        dt: [W] seconds since the frame before.
    """
    xp, heard = rest.__array_namespace__(), inferred.heard[:, None]
    there, more = measured.present, rest.shape[1] - COUNT
    kind = xp.where(inferred.drawn, float(Source.GENERATED), float(Source.INFERRED))
    seen = xp.where(measured.copied, float(Source.COPIED), kinds.known[None, :])
    source = xp.where(there, seen, _filled(kind, more)).astype(np.float32)
    spread = xp.where(measured.copied, APART, kinds.noise[None, :])
    spread = xp.where(there, spread, _filled(inferred.stddev, more))
    weights = xp.where(there, measured.weights, _filled(inferred.weights, more))

    alive = xp.concat([xp.broadcast_to(heard, (len(rest), COUNT)), there[:, COUNT:]], axis=1)
    silent_s = xp.where(alive, 0.0, held.silent_s + dt[:, None])
    silent_s = xp.where(~alive & (kinds.partial > 0.0)[None, :] & heard, np.inf, silent_s)
    silent_s = silent_s.astype(np.float32)
    held = Alive(
        xp.where(alive, weights, held.weights), xp.where(alive, spread, held.stddev), silent_s
    )
    unknown = kinds.unknown(rest)
    shown, wider, ends = _silent(held, rest, unknown)
    weights, spread = xp.where(alive, weights, shown), xp.where(alive, spread, wider)
    source = xp.where(alive, source, ends).astype(np.float32)
    never = xp.isinf(silent_s[:, 0])
    status = xp.where(never, float(Status.WARMING_UP), float(Status.STALE))
    status = xp.where(inferred.heard, float(Status.TRACKING), status)
    return held, Fused(status, weights, spread, source, _confidence(spread, unknown))


def _silent(held: Alive, rest: Numbers, unknown: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Weights, spreads and sources of what is held, easing and absent."""
    xp, since = rest.__array_namespace__(), held.silent_s
    keep = xp.clip((HOLD_S + EASE_S - since) / EASE_S, 0.0, 1.0)
    grown = xp.minimum(HELD_GROWTH_PER_S * since, 1.0)
    gone = since > HOLD_S + EASE_S
    weights = rest + (held.weights - rest) * keep
    spread = held.stddev + grown * xp.maximum(unknown - held.stddev, 0.0)
    kind = xp.where(since <= HOLD_S, float(Source.HELD), float(Source.NEUTRAL))
    return (
        xp.where(gone, np.nan, weights),
        xp.where(gone, np.nan, spread),
        xp.where(gone, float(Source.ABSENT), kind),
    )


def _confidence(spread: Numbers, unknown: Numbers) -> Numbers:
    xp = spread.__array_namespace__()
    share = spread[:, :COUNT] / unknown[:, :COUNT]
    return xp.clip(1.0 - xp.where(xp.isnan(share), 1.0, share) @ _MEANS, 0.0, 1.0)


def _filled(of_the_54: Numbers, more: int) -> Numbers:
    """[W, N] the same with zeros for extras, of which nothing is inferred."""
    xp = of_the_54.__array_namespace__()
    return xp.pad(of_the_54, ((0, 0), (0, more)))
