"""The last layer of one wearer: a ridge, whose penalties say how wearers differ."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.errors import CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model import law
from vrface.model.calibration.last_layer import (
    DIRECTIONS,
    PULL_S,
    TELLS_S,
    WIDENINGS,
    Prior,
    Told,
    fit_prior,
    learned_from,
)

WIDTH = 6
FRAMES = 40


def prior(seed: int = 0, variance: float = 0.01, noise: float = 0.02) -> Prior:
    """One that knows nothing in particular."""
    rng = np.random.default_rng(seed)
    return Prior(
        mean=rng.normal(size=WIDTH).astype(np.float32),
        directions=rng.normal(size=(WIDTH, WIDTH)).astype(np.float32),
        variance=(variance * rng.uniform(0.2, 5.0, (1 + WIDTH, COUNT))).astype(np.float32),
        noise=(noise * rng.uniform(0.2, 5.0, COUNT)).astype(np.float32),
    )


def told(seed: int = 0, known: float = 1.0, seconds: float = 0.5, scale: float = 0.05) -> Told:
    """Some frames, of whose truth a share is known."""
    rng = np.random.default_rng(seed)
    truth = rng.random((FRAMES, COUNT), np.float32)
    truth[rng.random(truth.shape) >= known] = np.nan
    loc = rng.random((FRAMES, COUNT), np.float32)
    state = rng.normal(size=(FRAMES, WIDTH)).astype(np.float32)
    return Told(state, loc, np.full_like(loc, scale), truth, seconds)


def left_over(one: Told) -> np.ndarray:
    return np.asarray(one.truth - np.asarray(law.mean(one.loc, one.scale)), np.float64)


def moved(state: np.ndarray, move: np.ndarray) -> np.ndarray:
    """What a move adds to the locations of states, as a step adds it."""
    return np.asarray(np.concatenate([np.ones((len(state), 1)), state], axis=1) @ move)


@settings(max_examples=8)
@given(st.integers(0, 1000), st.sampled_from([0.1, 0.6, 1.0]), st.floats(0.01, 2.0))
def test_a_move_is_the_ridge_whose_penalties_are_the_priors(
    seed: int, known: float, seconds: float
) -> None:
    one, believed = told(seed, known, seconds), prior(seed)
    move, _ = learned_from(one, believed)
    assert move.shape == (1 + WIDTH, COUNT)
    along = (one.state - believed.mean).astype(np.float64) @ believed.directions
    rows = np.concatenate([np.ones((FRAMES, 1)), along], axis=1)
    found, missed = moved(one.state, move), left_over(one)
    for shape in range(0, COUNT, 5):
        there = np.isfinite(missed[:, shape])
        worth = seconds / TELLS_S / float(believed.noise[shape])
        left = rows[there].T @ rows[there] * worth + np.diag(1.0 / believed.variance[:, shape])
        ridge = np.linalg.solve(left, rows[there].T @ missed[there, shape] * worth)
        np.testing.assert_allclose(found[:, shape], rows @ ridge, atol=2e-3)


def test_without_truth_nothing_changes() -> None:
    move, widen = learned_from(told(known=0.0), prior())
    assert not move.any()
    assert (widen == 1.0).all()


def test_a_shape_that_is_unknown_stays_and_takes_no_other_along() -> None:
    whole = told()
    truth = whole.truth.copy()
    truth[:, 7] = np.nan
    some, every = (learned_from(one, prior()) for one in (whole._replace(truth=truth), whole))
    assert not some[0][:, 7].any()
    assert some[1][7] == 1.0
    others = np.delete(np.arange(COUNT), 7)
    np.testing.assert_allclose(some[0][:, others], every[0][:, others], atol=1e-6)
    np.testing.assert_array_equal(some[1][others], every[1][others])


def test_seconds_count_whatever_the_rate() -> None:
    """The same frames twice, each half as long, tell no more."""
    one = told()
    state, loc, scale, truth = (np.repeat(part, 2, axis=0) for part in one[:4])
    twice = Told(state, loc, scale, truth, one.seconds / 2)
    for once, again in zip(learned_from(one, prior()), learned_from(twice, prior()), strict=True):
        np.testing.assert_allclose(once, again, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("factor", [WIDENINGS[2], 1.0, WIDENINGS[10]])
def test_a_scale_becomes_what_the_truth_asks_for_as_seconds_go_by(factor: float) -> None:
    rng, still = np.random.default_rng(0), prior(variance=1e-10)
    frames, scale = 800, 0.03
    loc = np.full((frames, COUNT), 0.5, np.float32)
    u = rng.uniform(1e-4, 1 - 1e-4, loc.shape)
    truth = (loc + factor * scale * (np.log(u) - np.log1p(-u))).astype(np.float32)
    state = rng.normal(size=(frames, WIDTH)).astype(np.float32)
    one = Told(state, loc, np.full_like(loc, scale), truth, 1000 * PULL_S / frames)
    _, widen = learned_from(one, still)
    np.testing.assert_allclose(np.median(widen), factor, rtol=0.01)
    assert (np.abs(np.log(widen / factor)) < 0.45).all()
    few = Told(state[:20], loc[:20], one.scale[:20], truth[:20], 0.01)
    assert (learned_from(few, still)[1] == 1.0).all()


def wearers(count: int, spreads: np.ndarray, noise: float, seed: int = 0) -> list[Told]:
    """Wearers whose moves are drawn with known spreads [1 + WIDTH], of 150 frames each."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        state = rng.normal(size=(150, WIDTH)).astype(np.float32)
        loc = rng.uniform(0.4, 0.6, (150, COUNT)).astype(np.float32)
        move = spreads[:, None] * rng.normal(size=(1 + WIDTH, COUNT))
        truth = loc + moved(state, move) + noise * rng.normal(size=loc.shape)
        scale = np.full_like(loc, 0.01)
        # A frame counts as one observation, as each of these is.
        found.append(Told(state, loc, scale, truth.astype(np.float32), TELLS_S))
    return found


def test_the_prior_of_made_up_wearers_is_what_they_were_made_with() -> None:
    spreads = np.array([0.05, *[0.02] * WIDTH])
    found = fit_prior(wearers(60, spreads, noise=0.01))
    assert found.variance.shape == (1 + WIDTH, COUNT)
    np.testing.assert_allclose(np.sqrt(found.variance.mean(axis=1)), spreads, rtol=0.1)
    # What is left over holds what wearers differ in: the laws know nothing of it.
    total = np.sum(spreads**2) + 0.01**2
    np.testing.assert_allclose(np.sqrt(found.noise.mean()), np.sqrt(total), rtol=0.1)
    states = np.concatenate([one.state for one in wearers(60, spreads, noise=0.01)])
    seen = found.seen_in(states)
    assert (seen[:, 0] == 1.0).all()
    np.testing.assert_allclose(seen[:, 1:].mean(axis=0), 0.0, atol=1e-3)
    np.testing.assert_allclose(np.cov(seen[:, 1:].T), np.eye(WIDTH), atol=1e-3)


def test_wearers_that_do_not_differ_make_a_prior_that_hardly_moves() -> None:
    found = fit_prior(wearers(30, np.zeros(1 + WIDTH), noise=0.03))
    assert np.sqrt(found.variance).max() < 0.012
    np.testing.assert_allclose(np.sqrt(found.noise), 0.03, rtol=0.1)


def test_a_shape_that_nobody_knows_never_moves() -> None:
    known = wearers(8, np.full(1 + WIDTH, 0.02), noise=0.01)
    unknown = []
    for one in known:
        truth = one.truth.copy()
        truth[:, 3] = np.nan
        unknown.append(one._replace(truth=truth))
    found = fit_prior(unknown)
    found.check(Path("here"))
    assert found.variance[:, 3].max() <= 1e-9
    move, widen = learned_from(unknown[0], found)
    np.testing.assert_allclose(move[:, 3], 0.0, atol=1e-6)
    assert widen[3] == 1.0


@given(st.integers(0, 100))
def test_moves_by_directions_are_moves_by_states(seed: int) -> None:
    one, rng = prior(seed), np.random.default_rng(seed)
    states = rng.normal(size=(5, WIDTH)).astype(np.float32)
    move = rng.normal(size=(1 + WIDTH, COUNT)).astype(np.float32)
    expected = one.seen_in(states) @ move
    np.testing.assert_allclose(moved(states, one.on_states(move)), expected, atol=1e-3)


@pytest.mark.parametrize("width", [1, 3, DIRECTIONS, 40])
def test_a_network_of_any_width_has_a_prior_that_a_checkpoint_holds(width: int) -> None:
    rng = np.random.default_rng(0)
    some = [
        one._replace(state=rng.normal(size=(150, width)).astype(np.float32))
        for one in wearers(3, np.full(1 + WIDTH, 0.02), noise=0.01)
    ]
    named = fit_prior(some).named()
    assert {name: array.shape for name, array in named.items()} == Prior.shapes(width)
    assert all(array.dtype == np.float32 for array in named.values())
    again = Prior.of(named)
    move, _ = learned_from(some[0], again)
    assert move.shape == (1 + width, COUNT)


@pytest.mark.parametrize("field", ["variance", "noise"])
@pytest.mark.parametrize("value", [0.0, -1.0])
def test_a_variance_that_is_none_is_refused(field: str, value: float) -> None:
    array = getattr(prior(), field).copy()
    array.flat[3] = value
    with pytest.raises(CheckpointError, match="prior variance"):
        prior()._replace(**{field: array}).check(Path("here"))
