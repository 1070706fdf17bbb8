"""Fusion: measured and inferred weights become one face, and so does the lack of both.

Per value: measured where a sensor sees it; inferred while any sensor of the wearer is heard; when
none is, the last face is held for `HOLD_S`, eased to the wearer's neutral within `EASE_S`, then
absent. Nothing infers an extra. So each lives by its own silence, whatever else is heard: held,
eased to 0, then absent, with the same times.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT, REGIONS, region_indices
from vrface.face.expression import Source, Status
from vrface.outputs.measured import MeasuredFace

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


class Fusion:
    """Fuses the faces of W wearers frame by frame.

    Args:
        noise: [54 + extras] standard deviation of each measured weight.
        known: [54 + extras] `Source` of each weight while a sensor sees it: measured or copied.
        climatology_stddev: [54] spread of each rest-relative weight over people and time.
        rest: [W, 54] each wearer's resting face: the neutral that a silent face eases to.
    """

    def __init__(
        self,
        noise: NDArray[np.float32],
        known: NDArray[np.uint8],
        climatology_stddev: NDArray[np.float32],
        rest: NDArray[np.float32],
    ) -> None:
        self._noise, self._known = noise[:COUNT], known[:COUNT]
        self._extras = _Extras(noise[COUNT:], len(rest)) if len(noise) > COUNT else None
        self._climatology = np.maximum(climatology_stddev * (1.0 - rest), 1e-3)
        self._rest = rest
        self._weights = rest.copy()
        self._stddev = self._climatology.copy()
        self._silent_s = np.full(len(rest), np.inf)

    def clear(self, row: int) -> None:
        """Forget everything of one wearer."""
        self._silent_s[row] = np.inf
        if self._extras is not None:
            self._extras.clear(row)

    def __call__(
        self,
        measured: MeasuredFace,
        heard: NDArray[np.bool_],
        mean: NDArray[np.float32],
        stddev: NDArray[np.float32],
        dt: NDArray[np.float32],
    ) -> Fused:
        """Fuse one frame.

        Args:
            measured: What the sensors say.
            heard: [W] whether any sensor of the wearer is present.
            mean: [W, 54] inferred weights.
            stddev: [W, 54] their standard deviation.
            dt: [W] seconds since the frame before.
        """
        seen = measured.present[:, :COUNT]
        source = np.where(seen, self._known, np.uint8(Source.INFERRED))
        weights = np.where(seen, measured.weights[:, :COUNT], mean)
        spread = np.where(seen, self._noise, stddev)

        self._silent_s = np.where(heard, 0.0, self._silent_s + dt)
        self._weights = np.where(heard[:, None], weights, self._weights)
        self._stddev = np.where(heard[:, None], spread, self._stddev)
        if not heard.all():
            self._fill(~heard, weights, spread, source)
        fused = Fused(
            status=self._status(heard),
            weights=weights.astype(np.float32),
            stddev=spread.astype(np.float32),
            source=source.astype(np.uint8),
            confidence=self._confidence(spread),
        )
        return fused if self._extras is None else self._extras.beside(fused, measured, dt)

    def _fill(
        self,
        silent: NDArray[np.bool_],
        weights: NDArray[np.float32],
        spread: NDArray[np.float32],
        source: NDArray[np.uint8],
    ) -> None:
        """Write held, easing and absent values into the rows of wearers nothing is heard of."""
        since = self._silent_s[silent, None]
        keep = _kept(since)
        grown = np.minimum(HELD_GROWTH_PER_S * since, 1.0)
        rest, last = self._rest[silent], self._stddev[silent]
        weights[silent] = rest + (self._weights[silent] - rest) * keep
        spread[silent] = last + grown * np.maximum(self._climatology[silent] - last, 0.0)
        source[silent] = np.where(since <= HOLD_S, Source.HELD, Source.NEUTRAL)
        gone = silent & (self._silent_s > HOLD_S + EASE_S)
        weights[gone], spread[gone], source[gone] = np.nan, np.nan, Source.ABSENT

    def _status(self, heard: NDArray[np.bool_]) -> NDArray[np.uint8]:
        never = np.isinf(self._silent_s)
        silent = np.where(never, Status.WARMING_UP, Status.STALE)
        return np.where(heard, Status.TRACKING, silent).astype(np.uint8)

    def _confidence(self, spread: NDArray[np.float32]) -> NDArray[np.float32]:
        share = np.nan_to_num(spread / self._climatology, nan=1.0)
        by_region = [1.0 - share[:, region].mean(axis=1) for region in _REGIONS]
        confidence: NDArray[np.float32] = np.stack(by_region, axis=1).astype(np.float32)
        return confidence.clip(0.0, 1.0)


class _Extras:
    """The extras of W wearers frame by frame.

    Args:
        noise: [extras] standard deviation of each; its spread for as long as it is there.
        wearers: W.
    """

    def __init__(self, noise: NDArray[np.float32], wearers: int) -> None:
        self._noise = noise
        self._weights = np.zeros((wearers, len(noise)), dtype=np.float32)
        self._silent_s = np.full((wearers, len(noise)), np.inf)

    def clear(self, row: int) -> None:
        """Forget everything of one wearer."""
        self._silent_s[row] = np.inf

    def beside(self, core: Fused, measured: MeasuredFace, dt: NDArray[np.float32]) -> Fused:
        """The faces of one frame with their extras behind the 54."""
        weights, present = measured.weights[:, COUNT:], measured.present[:, COUNT:]
        self._silent_s = np.where(present, 0.0, self._silent_s + dt[:, None])
        self._weights = np.where(present, weights, self._weights)
        since = self._silent_s
        gone = since > HOLD_S + EASE_S
        source = np.where(since <= HOLD_S, Source.HELD, Source.NEUTRAL)
        source = np.where(present, Source.MEASURED, source)
        nan = np.float32(np.nan)
        beyond = {
            "weights": np.where(gone, nan, self._weights * _kept(since)).astype(np.float32),
            "stddev": np.where(gone, nan, self._noise).astype(np.float32),
            "source": np.where(gone, Source.ABSENT, source).astype(np.uint8),
        }
        behind = {n: np.concatenate([getattr(core, n), more], 1) for n, more in beyond.items()}
        return core._replace(**behind)


def _kept(silent_s: NDArray[np.floating]) -> NDArray[np.floating]:
    """How much of its distance from neutral a value keeps after so many seconds of silence."""
    return np.asarray(np.clip((HOLD_S + EASE_S - silent_s) / EASE_S, 0.0, 1.0))
