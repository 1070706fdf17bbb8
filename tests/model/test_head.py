"""The head: sides from means and differences, laws that always have a spread."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vrface.face.blendshapes import BLENDSHAPES, COUNT, MIRROR
from vrface.model import law
from vrface.model.head import START_SCALE, SUREST, LawHead

WIDTH = 8
STATE = jnp.asarray(np.random.default_rng(0).normal(size=(5, WIDTH)), jnp.float32)


def head_of(kernel: np.ndarray, bias: np.ndarray) -> LawHead:
    head = LawHead(WIDTH, nnx.Rngs(0))
    head.laws.kernel = nnx.Param(jnp.asarray(kernel.reshape(WIDTH, 2 * COUNT), jnp.float32))
    head.laws.bias = nnx.Param(jnp.asarray(bias.reshape(2 * COUNT), jnp.float32))
    return head


def biased(loc: dict[str, float], spread: dict[str, float] | None = None) -> LawHead:
    """A head that says the same of every state: its biases by name of blendshape."""
    bias = np.zeros((2, COUNT))
    for row, given in enumerate((loc, spread or {})):
        for name, value in given.items():
            bias[row, BLENDSHAPES.index(name)] = value
    return head_of(np.zeros((WIDTH, 2, COUNT)), bias)


def at(values: jax.Array, name: str) -> float:
    return float(values[0, BLENDSHAPES.index(name)])


def test_a_pair_is_its_mean_with_half_the_difference_to_each_side() -> None:
    first, second = sorted(("eyeBlinkLeft", "eyeBlinkRight"), key=BLENDSHAPES.index)
    loc, *_ = biased({first: 0.4, second: 0.1})(STATE)
    assert at(loc, first) == pytest.approx(0.45)
    assert at(loc, second) == pytest.approx(0.35)


def test_the_other_sign_of_every_difference_is_the_mirrored_face() -> None:
    rng = np.random.default_rng(1)
    kernel, bias = rng.normal(size=(WIDTH, 2, COUNT)) * 0.1, rng.normal(size=(2, COUNT)) * 0.1
    turn = np.where(np.arange(COUNT) > MIRROR, -1.0, 1.0)
    faces = head_of(kernel, bias)(STATE)
    mirrored = head_of(kernel * turn, bias * turn)(STATE)
    for face, other in zip(faces[:2], mirrored[:2], strict=True):
        np.testing.assert_allclose(np.asarray(face)[:, MIRROR], other, atol=1e-6)


def test_a_shape_without_sides_is_itself() -> None:
    loc, *_ = biased({"jawOpen": 0.7})(STATE)
    assert at(loc, "jawOpen") == pytest.approx(0.7)
    assert np.count_nonzero(np.asarray(loc)[0]) == 1


def test_spreads_have_sides_too_and_start_from_one_scale() -> None:
    _, scale, _ = biased({}, {"browDownLeft": 1.0})(STATE)
    assert at(scale, "jawOpen") == pytest.approx(law.MIN_SCALE + START_SCALE)
    assert at(scale, "browDownLeft") == pytest.approx(at(scale, "browDownRight"))
    assert at(scale, "browDownLeft") > at(scale, "jawOpen")


@pytest.mark.parametrize("far", [-1e6, 1e6])
def test_no_law_is_surer_than_the_surest(far: float) -> None:
    loc, scale, _ = biased(dict.fromkeys(BLENDSHAPES, far))(STATE)
    at_edge = law.cdf(loc, scale, jnp.zeros_like(loc))
    sure = at_edge if far < 0 else 1.0 - jax.nn.sigmoid((1.0 - loc) / scale)
    np.testing.assert_allclose(sure, SUREST, atol=1e-5)


def test_a_law_always_has_a_spread_and_never_an_endless_one() -> None:
    _, least, _ = biased({}, dict.fromkeys(BLENDSHAPES, -1e6))(STATE)
    _, most, _ = biased({}, dict.fromkeys(BLENDSHAPES, 1e6))(STATE)
    np.testing.assert_allclose(least, law.MIN_SCALE, rtol=1e-6)
    np.testing.assert_allclose(most, law.LARGEST_SCALE, rtol=1e-6)


def test_leading_axes_stay() -> None:
    head = LawHead(WIDTH, nnx.Rngs(3))
    flat = head(jnp.tile(STATE, (4, 1)))
    deep = head(jnp.tile(STATE, (4, 1)).reshape(2, 10, WIDTH))
    for rows, windows in zip(flat, deep, strict=True):
        np.testing.assert_array_equal(rows, np.asarray(windows).reshape(20, -1))


def test_laws_are_linear_in_the_state_that_comes_with_them() -> None:
    rng = np.random.default_rng(2)
    kernel, bias = 0.02 * rng.normal(size=(WIDTH, 2, COUNT)), np.zeros((2, COUNT))
    bias[0] = 0.5
    given = jnp.asarray(rng.normal(size=(40, WIDTH)), jnp.float32)
    loc, _, state = head_of(kernel, bias)(given)
    np.testing.assert_allclose(np.mean(np.square(state), axis=1), 1.0, atol=1e-4)
    one = np.append(np.ones((40, 1)), np.asarray(state), axis=1)
    by_state = np.linalg.lstsq(one, np.asarray(loc), rcond=None)[0]
    assert np.abs(by_state[1:]).max() > 0.01
    np.testing.assert_allclose(one @ by_state, loc, atol=1e-5)
