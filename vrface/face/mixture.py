"""`Mixture`: values made of other values, the same engine for reading and for writing a scheme.

An output is a sum of shares of inputs. It may have several ways, best first: the first whose
inputs are all there makes it. One whose inputs are missing in every way is absent, NaN, and so is
nothing else: an absent input touches only what is made of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.face.expression import Source

Shares = Sequence[tuple[int, float]]
"""One way: which inputs, and how much of each."""

# How much a source is worth, least first; a mixture is worth what its worst input is.
_WORTH = np.empty(len(Source), dtype=np.uint8)
_WORTH[
    [
        Source.ABSENT,
        Source.NEUTRAL,
        Source.GENERATED,
        Source.INFERRED,
        Source.CUED,
        Source.HELD,
        Source.COPIED,
        Source.MEASURED,
    ]
] = np.arange(len(Source))
_OF_WORTH = np.argsort(_WORTH).astype(np.uint8)


@dataclass(frozen=True, eq=False)
class Mixture:
    """How N outputs are made of M inputs, each in up to K ways of up to T terms.

    Attributes:
        inputs: M.
        index: [K, N, T] which input a term takes; M is a term that is not there, and M + 1 one of
            a way that is not there.
        share: [K, N, T] how much of it.
        copied: [K, N] whether the way only repeats what stands for something else.
    """

    inputs: int
    index: NDArray[np.intp]
    share: NDArray[np.float32]
    copied: NDArray[np.bool_]

    @classmethod
    def of(
        cls, ways: Sequence[Sequence[Shares]], copied: Sequence[Sequence[bool]], inputs: int
    ) -> Mixture:
        """The mixture of each output's ways, best first, and whether each is a copy."""
        outputs = len(ways)
        most = max((len(each) for each in ways), default=0) or 1
        terms = max((len(way) for each in ways for way in each), default=0) or 1
        index = np.full((most, outputs, terms), inputs + 1, dtype=np.intp)
        share = np.zeros((most, outputs, terms), dtype=np.float32)
        copies = np.zeros((most, outputs), dtype=np.bool_)
        for output, each in enumerate(ways):
            for k, way in enumerate(each):
                index[k, output] = inputs
                copies[k, output] = copied[output][k]
                for term, (place, much) in enumerate(way):
                    index[k, output, term], share[k, output, term] = place, much
        return cls(inputs, index, share, copies)

    def values(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """[..., M] values in [0, 1] to [..., N] in [0, 1].

        A value beyond [0, 1] is clipped; one that is no number is absent, and so is what is made
        of it: NaN.
        """
        known = np.where(np.isfinite(values), np.clip(values, 0.0, 1.0), np.float32(np.nan))
        nothing = np.zeros((*known.shape[:-1], 2), dtype=np.float32)
        nothing[..., 1] = np.nan
        padded = np.concatenate([known, nothing], axis=-1)
        made = (padded[..., self.index] * self.share).sum(axis=-1)
        mixed: NDArray[np.float32] = made[..., 0, :]
        for k in range(1, made.shape[-2]):
            mixed = np.where(np.isnan(mixed), made[..., k, :], mixed)
        return np.clip(mixed, 0.0, 1.0)

    def source(self, source: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """[..., M] sources of the inputs to [..., N] `Source` of what is made of them.

        A value is worth what the worst of its inputs is; repeated where it only stands for
        something else, it is at most copied.
        """
        worth = _WORTH[source]
        nothing = np.empty((*worth.shape[:-1], 2), dtype=np.uint8)
        nothing[...] = _WORTH[Source.MEASURED], _WORTH[Source.ABSENT]
        padded = np.concatenate([worth, nothing], axis=-1)
        made = padded[..., self.index].min(axis=-1)
        made = np.where(self.copied, np.minimum(made, _WORTH[Source.COPIED]), made)
        mixed: NDArray[np.uint8] = made[..., 0, :]
        for k in range(1, made.shape[-2]):
            mixed = np.where(mixed == _WORTH[Source.ABSENT], made[..., k, :], mixed)
        return _OF_WORTH[mixed]
