"""`Law` and `Pool`: what a model or a rival says of every rest-relative weight at every frame.

Both answer the same questions, so that whoever scores them need not ask which of them they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Self, TypeAlias

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.model import law as closed_form

Floats: TypeAlias = NDArray[np.floating]

NODES = 128
"""Of the midpoint rule: at the smallest scale the error of a pool's CRPS is below 2e-5."""

_BLOCK = 1 << 18


class Law(NamedTuple):
    """A censored logistic law of each weight (`vrface.model.law`).

    Attributes:
        loc: [W, frames, 54]; W or frames is 1 where nothing depends on the sensors or on time.
        scale: Of a shape that broadcasts against it.
    """

    loc: NDArray[np.float32]
    scale: NDArray[np.float32]

    def of(self, wearer: int, frames: int, shapes: NDArray[np.intp]) -> Self:
        """The law of one wearer's shapes: two arrays [frames, shapes]."""
        rows = (part[min(wearer, len(part) - 1)][:, shapes] for part in self)
        loc, scale = (np.broadcast_to(part, (frames, len(shapes))) for part in rows)
        return self._replace(loc=loc, scale=scale)

    def through(self, rest: NDArray[np.float32]) -> Self:
        """The law of the weights as sensors measure them: ``rest + (1 - rest) weight``."""
        return self._replace(loc=self.loc * (1.0 - rest) + rest, scale=self.scale * (1.0 - rest))

    def mean(self) -> NDArray[np.float32]:
        """Expected weight."""
        return _in_blocks(_mean, *np.broadcast_arrays(self.loc, self.scale))

    def crps(self, truth: Floats) -> NDArray[np.float32]:
        """Continuous ranked probability score against `truth`; NaN where that is NaN."""
        return _in_blocks(_crps, *np.broadcast_arrays(self.loc, self.scale, truth))

    def pit(self, truth: Floats, uniform: Floats) -> Floats:
        """Randomised probability integral transform: uniform on [0, 1] if the law is right.

        ``P(Y < y) + u P(Y = y)``. Without u the point masses at 0 and 1 would make any interval
        look too wide: a perfect law's closed 90 % interval covers .956 of a face.

        Args:
            truth: The weights that came; NaN where unknown.
            uniform: u, drawn from [0, 1].
        """
        with np.errstate(over="ignore"):
            at = 1.0 / (1.0 + np.exp((self.loc - truth) / self.scale))
        below = np.where(truth <= 0.0, 0.0, at)
        up_to = np.where(truth >= 1.0, 1.0, at)
        return np.asarray(below + uniform * (up_to - below))


class Pool(NamedTuple):
    """A linear pool: what comes is the first law's with a chance of `share`, else the second's.

    Attributes:
        first: One law.
        second: The other one.
        share: [54], or of a shape that broadcasts against the laws.
    """

    first: Law
    second: Law
    share: NDArray[np.float32]

    def of(self, wearer: int, frames: int, shapes: NDArray[np.intp]) -> Self:
        """The pool of one wearer's shapes; its laws are arrays [frames, shapes]."""
        first, second = (law.of(wearer, frames, shapes) for law in (self.first, self.second))
        return self._replace(first=first, second=second, share=self.share[..., shapes])

    def through(self, rest: NDArray[np.float32]) -> Self:
        """As `Law.through`."""
        return self._replace(first=self.first.through(rest), second=self.second.through(rest))

    def mean(self) -> NDArray[np.float32]:
        """Expected weight."""
        return self.share * self.first.mean() + (1.0 - self.share) * self.second.mean()

    def crps(self, truth: Floats) -> NDArray[np.float32]:
        """As `Law.crps`.

        With ``F = a F1 + (1 - a) F2``: ``a CRPS1 + (1 - a) CRPS2 - a (1 - a) d``, where ``d`` is
        the integral of ``(F1 - F2)^2`` over [0, 1], by the midpoint rule.
        """
        apart = _in_blocks(_apart, *np.broadcast_arrays(*self.first, *self.second))
        mixed = self.share * self.first.crps(truth) + (1.0 - self.share) * self.second.crps(truth)
        return np.asarray(mixed - self.share * (1.0 - self.share) * apart)

    def pit(self, truth: Floats, uniform: Floats) -> Floats:
        """As `Law.pit`: that of a pool is the pool of those of its laws."""
        first, second = (law.pit(truth, uniform) for law in (self.first, self.second))
        return np.asarray(self.share * first + (1.0 - self.share) * second)


Predictive: TypeAlias = Law | Pool

_mean = jax.jit(closed_form.mean)
_crps = jax.jit(closed_form.crps)


@jax.jit
def _apart(loc: jax.Array, scale: jax.Array, other: jax.Array, spread: jax.Array) -> jax.Array:
    """The integral of the squared difference of two distribution functions over [0, 1]."""

    def more(node: jax.Array, total: jax.Array) -> jax.Array:
        at = (jnp.float32(node) + 0.5) / NODES
        gap = jax.nn.sigmoid((at - loc) / scale) - jax.nn.sigmoid((at - other) / spread)
        return total + gap**2

    total: jax.Array = jax.lax.fori_loop(0, NODES, more, jnp.zeros_like(loc))
    return total / NODES


def _in_blocks(function: Callable[..., jax.Array], *arrays: Floats) -> NDArray[np.float32]:
    """An elementwise function of arrays of one shape, in blocks of one size: it compiles once."""
    flat = [np.ascontiguousarray(array, dtype=np.float32).ravel() for array in arrays]
    size = flat[0].size
    blocks = -(-size // _BLOCK)
    padded = [np.pad(array, (0, blocks * _BLOCK - size), constant_values=0.5) for array in flat]
    rows = [array.reshape(blocks, _BLOCK) for array in padded]
    out = np.concatenate([np.asarray(function(*block)) for block in zip(*rows, strict=True)])
    return out[:size].reshape(arrays[0].shape)
