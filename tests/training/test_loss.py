import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vrface.model import law
from vrface.training.loss import loss

RNG = np.random.default_rng(0)
LOC = RNG.random((2, 10, 54)).astype(np.float32)
SCALE = np.full((2, 10, 54), 0.1, np.float32)
TRUTH = RNG.random((2, 10, 54)).astype(np.float32)
ALIKE = jnp.ones((2, 54), jnp.float32)


def test_the_loss_is_the_mean_crps_of_scored_frames():
    expected = np.mean(law.crps(LOC[:, 3:], SCALE[:, 3:], TRUTH[:, 3:]))
    found = loss(jnp.asarray(LOC), jnp.asarray(SCALE), jnp.asarray(TRUTH), ALIKE, 3)
    assert float(found) == pytest.approx(float(expected), rel=1e-6)


def test_windows_of_unknown_truth_teach_nothing():
    unknown = jnp.full(TRUTH.shape, jnp.nan)
    value, gradient = jax.value_and_grad(loss)(
        jnp.asarray(LOC), jnp.asarray(SCALE), unknown, ALIKE, 0
    )
    assert float(value) == 0.0
    assert not np.asarray(gradient).any()


def test_unknown_truth_does_not_count_and_does_not_spread():
    truth = TRUTH.copy()
    truth[0, :, 7] = np.nan
    value, gradient = jax.value_and_grad(loss)(
        jnp.asarray(LOC), SCALE, jnp.asarray(truth), ALIKE, 0
    )
    assert np.isfinite(value)
    assert np.isfinite(gradient).all()
    assert (np.asarray(gradient)[0, :, 7] == 0).all()
    kept = np.isfinite(truth)
    expected = np.asarray(law.crps(LOC, SCALE, TRUTH))[kept].mean()
    np.testing.assert_allclose(value, expected, rtol=1e-5)


def test_a_shape_counts_as_much_as_it_is_said_to_window_by_window():
    counts = RNG.random((2, 54)).astype(np.float32)
    truth = np.where(RNG.random(TRUTH.shape) < 0.7, TRUTH, np.nan).astype(np.float32)
    found = loss(jnp.asarray(LOC), jnp.asarray(SCALE), jnp.asarray(truth), jnp.asarray(counts), 2)
    each = np.asarray(law.crps(LOC, SCALE, TRUTH))[:, 2:]
    weight = np.isfinite(truth[:, 2:]) * counts[:, None]
    assert float(found) == pytest.approx(float((each * weight).sum() / weight.sum()), rel=1e-5)
    nothing = loss(jnp.asarray(LOC), jnp.asarray(SCALE), jnp.asarray(truth), 0.0 * ALIKE, 2)
    assert float(nothing) == 0.0
