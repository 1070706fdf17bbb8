"""The law of one weight: a logistic distribution on the line, censored to [0, 1].

A weight is exactly 0 or 1 for much of the time. Censoring puts that point mass where a logistic
with location ``loc`` and scale ``scale`` leaves [0, 1]: ``Y = clip(loc + scale * logit(U), 0, 1)``.
All of mean, spread, quantiles and CRPS then have closed forms. Every function takes arrays of one
shape, or scalars, and works under `jax.jit`.

Notation: ``sp`` is softplus, ``sg`` the logistic sigmoid, ``Li2`` the dilogarithm.
"""

from __future__ import annotations

from math import pi

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

MIN_SCALE = 0.004
"""The smallest scale a law may have: a weight is never known better than about 1/256."""

LARGEST_SCALE = 1.0
"""A law of this scale is nearly flat over [0, 1]."""

KNOTS = (0.0, 0.035, 0.075, 0.125, 0.2, 0.325, 0.5, 0.7)
"""Locations at which a table gives scales: a face that moves is less sure than one that rests."""

DILOG = (
    -0.0013774780081803328,
    0.007456383315258108,
    -0.019672291863614078,
    0.03679427153726422,
    -0.06176200179033309,
    0.1110241458109776,
    -0.2499959821089131,
    0.9999999687979118,
)
"""``-Li2(-t) / t`` on [0, 1] as a polynomial in t, highest power first: its Chebyshev interpolant
of degree 7, 3e-8 from it at most."""


def bounded(scale: jax.Array) -> jax.Array:
    """Scales within what a law may have."""
    return jnp.clip(scale, MIN_SCALE, LARGEST_SCALE)


def scale_at(table: ArrayLike, loc: ArrayLike) -> jax.Array:
    """The scale of a law by its location: linear between `KNOTS`, constant beyond them.

    Args:
        table: [rows, knots, channels] the scale at each of `KNOTS`.
        loc: [rows, channels].

    Returns:
        [rows, channels].
    """
    table, loc = jnp.asarray(table), jnp.asarray(loc)
    place = jnp.interp(loc, jnp.asarray(KNOTS), jnp.arange(len(KNOTS), dtype=jnp.float32))
    below = jnp.clip(place.astype(jnp.int32), 0, len(KNOTS) - 2)
    share = place - below.astype(jnp.float32)

    def at(knot: jax.Array) -> jax.Array:
        return jnp.take_along_axis(table, knot[:, None, :], axis=1)[:, 0]

    return (1.0 - share) * at(below) + share * at(below + 1)


def mean(loc: ArrayLike, scale: ArrayLike) -> jax.Array:
    """Expected weight, in [0, 1].

    ``E[Y]`` is the integral of ``P(Y > y) = sg((loc - y) / scale)`` over [0, 1]:
    ``scale (sp(loc / scale) - sp((loc - 1) / scale))``.
    """
    loc, scale = jnp.asarray(loc), jnp.asarray(scale)
    above, below = loc / scale, (loc - 1.0) / scale
    return jnp.clip(scale * (jax.nn.softplus(above) - jax.nn.softplus(below)), 0.0, 1.0)


def stddev(loc: ArrayLike, scale: ArrayLike) -> jax.Array:
    """Standard deviation of the weight, in [0, 0.5].

    ``E[Y^2]`` is the integral of ``2 y P(Y > y)``; by parts, with ``a = loc / scale`` and
    ``b = (loc - 1) / scale``: ``2 scale^2 (Li2(-e^b) - Li2(-e^a)) - 2 scale sp(b)``.
    """
    loc, scale = jnp.asarray(loc), jnp.asarray(scale)
    a, b = loc / scale, (loc - 1.0) / scale
    square = 2.0 * scale**2 * (_dilog_neg_exp(b) - _dilog_neg_exp(a))
    square = square - 2.0 * scale * jax.nn.softplus(b)
    return jnp.sqrt(jnp.clip(square - mean(loc, scale) ** 2, 0.0, 0.25))


def prediction(loc: jax.Array, scale: jax.Array) -> dict[str, jax.Array]:
    """What a model says of laws: ``loc``, ``scale``, ``mean`` and ``stddev``."""
    return {"loc": loc, "scale": scale, "mean": mean(loc, scale), "stddev": stddev(loc, scale)}


def cdf(loc: ArrayLike, scale: ArrayLike, y: ArrayLike) -> jax.Array:
    """``P(Y <= y)``: 0 below 0, 1 from 1 on."""
    loc, scale, y = jnp.asarray(loc), jnp.asarray(scale), jnp.asarray(y)
    inside = jax.nn.sigmoid((y - loc) / scale)
    return jnp.where(y < 0.0, 0.0, jnp.where(y >= 1.0, 1.0, inside))


def quantile(loc: ArrayLike, scale: ArrayLike, probability: ArrayLike) -> jax.Array:
    """The weight below which `probability` lies, in [0, 1]."""
    loc, scale, probability = jnp.asarray(loc), jnp.asarray(scale), jnp.asarray(probability)
    logit = jnp.log(probability) - jnp.log1p(-probability)
    return jnp.clip(loc + scale * logit, 0.0, 1.0)


def draw(key: jax.Array, loc: ArrayLike, scale: ArrayLike) -> jax.Array:
    """One weight from each law, in [0, 1]; the same for the same key.

    Args:
        key: Of `jax.random`.
        loc: Locations.
        scale: Scales, of the same shape.
    """
    loc, scale = jnp.asarray(loc), jnp.asarray(scale)
    return jnp.clip(loc + scale * jax.random.logistic(key, loc.shape, loc.dtype), 0.0, 1.0)


def crps(loc: ArrayLike, scale: ArrayLike, y: ArrayLike) -> jax.Array:
    """Continuous ranked probability score of the law against the weight `y` in [0, 1].

    The integral of ``(P(Y <= x) - [x >= y])^2`` over [0, 1], in closed form: with
    ``u(x) = (x - loc) / scale``, ``A(u) = sp(u) - sg(u)`` and ``B(u) = sg(-u) - sp(-u)``,
    ``scale (A(u(y)) - A(u(0)) + B(u(1)) - B(u(y)))``. Lower is better; 0 is perfect.
    """
    loc, scale, y = jnp.asarray(loc), jnp.asarray(scale), jnp.asarray(y)

    def squared(u: jax.Array) -> jax.Array:
        return jax.nn.softplus(u) - jax.nn.sigmoid(u)

    low, high, at = (0.0 - loc) / scale, (1.0 - loc) / scale, (y - loc) / scale
    # B(u) is A(-u) with its sign turned.
    score = squared(at) - squared(low) - squared(-high) + squared(-at)
    return jnp.maximum(scale * score, 0.0)


def _dilog_neg_exp(x: jax.Array) -> jax.Array:
    """``Li2(-e^x)`` for any x, within 1e-6 of it relatively.

    For x > 0 the inversion ``Li2(-e^x) = -pi^2 / 6 - x^2 / 2 - Li2(-e^-x)`` keeps the argument
    ``t = e^-|x|`` in (0, 1], where a polynomial does what a general dilogarithm would need forty
    operations for.
    """
    t = jnp.exp(-jnp.abs(x))
    series = jnp.zeros_like(t)
    for factor in DILOG:
        series = series * t + factor
    small = -t * series
    return jnp.where(x > 0.0, -(pi**2) / 6.0 - x**2 / 2.0 - small, small)
