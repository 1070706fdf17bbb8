"""Fusion: measured and inferred weights become one face, and so does the lack of both.

Per value: measured where a sensor sees it, copied where the other eye's does; inferred, or
generated where it was drawn from its law, while any sensor of the wearer is heard; when none is,
the last face is held for `HOLD_S`, eased to the wearer's neutral within `EASE_S`, then absent.
Nothing infers an extra: once it is silent it is held, eased to 0, then absent, with the same times,
whatever else is heard. But an extra that is part of a canonical shape is absent at once while the
wearer is heard: that shape is inferred then, and a part held beside it would contradict it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.columns import Columns
from vrface.face.blendshapes import BLENDSHAPES, COUNT, REGIONS, region_indices
from vrface.face.expression import Source, Status
from vrface.face.extras import CORE
from vrface.outputs.measured import APART, MeasuredFace

HOLD_S = 0.1
"""How long a value is held after its last sensor fell silent."""

EASE_S = 0.4
"""How long it then takes to reach neutral."""

HELD_GROWTH_PER_S = 1.0
"""How fast a held value's spread grows towards the climatology's, in shares of it a second."""

_REGIONS = tuple(region_indices(region) for region in REGIONS)


class Fused(NamedTuple):
    """W faces, every value with its source.

    Attributes:
        status: [W] `Status`, uint8.
        weights: [W, 54 + extras] in [0, 1]; NaN where absent.
        stddev: [W, 54 + extras]; NaN where absent.
        source: [W, 54 + extras] `Source`, uint8.
        confidence: [W, 3] in [0, 1], in the order of `REGIONS`; of the 54 alone.
    """

    status: NDArray[np.uint8]
    weights: NDArray[np.float32]
    stddev: NDArray[np.float32]
    source: NDArray[np.uint8]
    confidence: NDArray[np.float32]


@dataclass
class Shown(Columns):
    """The last face of each wearer in which each weight was alive, and what it falls back to.

    Attributes:
        rest: [W, 54 + extras] what a silent weight eases to.
        climatology: [W, 54 + extras] how far it is known when nothing is.
        weights: [W, 54 + extras].
        stddev: [W, 54 + extras].
        silent_s: [W, 54 + extras] for how long nothing has stood behind it.
    """

    rest: NDArray[np.float32]
    climatology: NDArray[np.float32]
    weights: NDArray[np.float32]
    stddev: NDArray[np.float32]
    silent_s: NDArray[np.float64]


class Fusion:
    """Fuses the faces of W wearers frame by frame.

    Args:
        noise: [54 + extras] standard deviation of each measured weight; an extra's spread for as
            long as it is there.
        known: [54 + extras] `Source` of each weight while a sensor sees it: measured or copied.
        climatology_stddev: [54] spread of each rest-relative weight over people and time.
        rest: [W, 54] each wearer's resting face: the neutral that a silent face eases to.
        extras: Names of the weights behind the 54.
    """

    def __init__(
        self,
        noise: NDArray[np.float32],
        known: NDArray[np.uint8],
        climatology_stddev: NDArray[np.float32],
        rest: NDArray[np.float32],
        extras: Sequence[str] = (),
    ) -> None:
        self._noise, self._known = noise, known
        self._partial = np.isin((*BLENDSHAPES, *extras), list(CORE))
        self._climatology_stddev = climatology_stddev
        self.held = self._begun(rest)

    def begin(self, row: int, rest: NDArray[np.float32]) -> None:
        """Somebody else, who rests as [54] says, is in one row."""
        self.held.put(np.array([row]), self._begun(rest[None]))

    def _begun(self, rest: NDArray[np.float32]) -> Shown:
        spread = np.maximum(self._climatology_stddev * (1.0 - rest), 1e-3)
        beyond = np.tile(self._noise[COUNT:], (len(rest), 1))
        climatology = np.concatenate([spread, beyond], axis=1)
        rest = np.concatenate([rest, np.zeros_like(beyond)], axis=1)
        never = np.full(rest.shape, np.inf)
        return Shown(rest, climatology, rest.copy(), climatology.copy(), never)

    def __call__(
        self,
        measured: MeasuredFace,
        heard: NDArray[np.bool_],
        inferred: NDArray[np.float32],
        stddev: NDArray[np.float32],
        dt: NDArray[np.float32],
        drawn: NDArray[np.bool_] | None = None,
    ) -> Fused:
        """Fuse one frame.

        Args:
            measured: What the sensors say.
            heard: [W] whether any sensor of the wearer is present.
            inferred: [W, 54] inferred weights: the means of their laws, or drawn from them.
            stddev: [W, 54] standard deviation of the laws.
            dt: [W] seconds since the frame before.
            drawn: [W, 54] where a draw decided what `inferred` is; None = nowhere.
        """
        weights = measured.weights.copy()
        spread = np.tile(self._noise, (len(weights), 1))
        source = np.tile(self._known, (len(weights), 1))
        np.copyto(spread, APART, where=measured.copied)
        np.copyto(source, np.uint8(Source.COPIED), where=measured.copied)
        unseen = ~measured.present[:, :COUNT]
        np.copyto(weights[:, :COUNT], inferred, where=unseen)
        np.copyto(spread[:, :COUNT], stddev, where=unseen)
        np.copyto(source[:, :COUNT], np.uint8(Source.INFERRED), where=unseen)
        if drawn is not None:
            np.copyto(source[:, :COUNT], np.uint8(Source.GENERATED), where=unseen & drawn)

        alive = measured.present.copy()
        alive[:, :COUNT] = heard[:, None]
        held = self.held
        held.silent_s += dt[:, None]
        np.copyto(held.silent_s, 0.0, where=alive)
        np.copyto(held.weights, weights, where=alive)
        np.copyto(held.stddev, spread, where=alive)
        if not alive.all():
            held.silent_s[~alive & self._partial & heard[:, None]] = np.inf
            self._fill(~alive, weights, spread, source)
        return Fused(self._status(heard), weights, spread, source, self._confidence(spread))

    def _fill(
        self,
        silent: NDArray[np.bool_],
        weights: NDArray[np.float32],
        spread: NDArray[np.float32],
        source: NDArray[np.uint8],
    ) -> None:
        """Write held, easing and absent values where `silent`."""
        since, rest, last, weight, climatology = (
            part[silent]
            for part in (
                self.held.silent_s,
                self.held.rest,
                self.held.stddev,
                self.held.weights,
                self.held.climatology,
            )
        )
        keep = np.clip((HOLD_S + EASE_S - since) / EASE_S, 0.0, 1.0)
        grown = np.minimum(HELD_GROWTH_PER_S * since, 1.0)
        gone = since > HOLD_S + EASE_S
        held = rest + (weight - rest) * keep
        wider = last + grown * np.maximum(climatology - last, 0.0)
        kind = np.where(since <= HOLD_S, Source.HELD, Source.NEUTRAL)
        weights[silent] = np.where(gone, np.nan, held)
        spread[silent] = np.where(gone, np.nan, wider)
        source[silent] = np.where(gone, Source.ABSENT, kind)

    def _status(self, heard: NDArray[np.bool_]) -> NDArray[np.uint8]:
        never = np.isinf(self.held.silent_s[:, 0])
        silent = np.where(never, Status.WARMING_UP, Status.STALE)
        return np.where(heard, Status.TRACKING, silent).astype(np.uint8)

    def _confidence(self, spread: NDArray[np.float32]) -> NDArray[np.float32]:
        share = np.nan_to_num(spread[:, :COUNT] / self.held.climatology[:, :COUNT], nan=1.0)
        by_region = [1.0 - share[:, region].mean(axis=1) for region in _REGIONS]
        confidence: NDArray[np.float32] = np.stack(by_region, axis=1).astype(np.float32)
        return confidence.clip(0.0, 1.0)
