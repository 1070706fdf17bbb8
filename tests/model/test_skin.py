"""Skin places know a channel by what it reads and where it sits, never by its number."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vrface.model.config import NetworkConfig
from vrface.model.skin import FEW, REACH_M, SkinPlaces

CONFIG = NetworkConfig(skin_places=5)
ROWS, KINDS, CHANNELS = 4, 2, 7
PLACES = SkinPlaces(KINDS, CONFIG)
read = jax.jit(lambda planes, positions: PLACES(planes, PLACES.nearness(positions)))
Floats = NDArray[np.float32]
Planes = tuple[Floats, Floats, Floats, Floats]


def planes(seed: int, present: float = 0.7) -> Planes:
    """Value, change, presence and freshness; 0 where absent."""
    rng = np.random.default_rng(seed)
    there = (rng.random((ROWS, KINDS, CHANNELS)) < present).astype(np.float32)
    value, change, fresh = (
        (rng.normal(size=there.shape) * there).astype(np.float32) for _ in range(3)
    )
    return value, change, there, fresh


def positions(seed: int) -> Floats:
    rng = np.random.default_rng(seed)
    return rng.normal(0.0, 0.05, (ROWS, KINDS, CHANNELS, 3)).astype(np.float32)


def every(made: Planes, change) -> Planes:
    value, change_, there, fresh = map(change, made)
    return value, change_, there, fresh


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_it_is_the_mean_of_channels_weighted_by_how_near_they_are(seed, present):
    made, sits = planes(seed, present), positions(seed)
    found = np.asarray(read(made, sits))
    at = np.asarray(PLACES.places[...], np.float64) * REACH_M
    steep = np.log1p(np.exp(np.asarray(PLACES.steep[...], np.float64)))
    for kind in range(KINDS):
        away = np.linalg.norm(sits[:, kind, :, None] - at[kind][None, None], axis=-1) / REACH_M
        near = np.exp(-steep[kind] * away**2) * made[2][:, kind, :, None]
        for plane in range(4):
            total = (near * made[plane][:, kind, :, None]).sum(axis=1)
            expected = total / (near.sum(axis=1) + FEW)
            np.testing.assert_allclose(found[:, kind, plane], expected, atol=2e-5)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_the_order_of_channels_does_not_matter(seed, present):
    made, sits = planes(seed, present), positions(seed)
    order = np.random.default_rng(seed).permutation(CHANNELS)
    found = read(every(made, lambda plane: plane[..., order]), sits[:, :, order])
    np.testing.assert_allclose(found, read(made, sits), atol=1e-5)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_where_an_absent_channel_sits_does_not_matter(seed, present):
    made, sits = planes(seed, present), positions(seed)
    elsewhere = np.where(made[2][..., None] > 0.0, sits, np.float32(3.0))
    np.testing.assert_array_equal(read(made, sits), read(made, elsewhere))


def test_slots_that_no_channel_fills_change_nothing():
    made, sits = planes(0), positions(0)
    wider = every(made, lambda plane: np.pad(plane, ((0, 0), (0, 0), (0, 9))))
    found = read(wider, np.pad(sits, ((0, 0), (0, 0), (0, 9), (0, 0))))
    np.testing.assert_allclose(found, read(made, sits), atol=1e-6)


def test_twice_as_many_channels_at_the_same_places_say_nearly_the_same():
    made, sits = planes(0, 1.0), np.repeat(positions(0)[:, :, :1], CHANNELS, axis=2)
    sits += np.asarray(PLACES.places[...])[None, :, :1] * REACH_M - sits[:, :, :1]
    twice = every(made, lambda plane: np.concatenate([plane, plane], axis=-1))
    one, two = read(made, sits), read(twice, np.concatenate([sits, sits], axis=2))
    np.testing.assert_allclose(one[..., 0], two[..., 0], atol=0.02)


def test_far_from_all_channels_nothing_is_there():
    made, sits = planes(0, 1.0), positions(0) + np.float32(1.0)
    np.testing.assert_allclose(read(made, sits), 0.0, atol=1e-6)


def test_each_kind_speaks_for_itself_and_hears_where_its_channels_sit():
    made, sits = planes(1, 1.0), positions(1)
    before = np.asarray(read(made, sits))
    assert before.shape == (ROWS, KINDS, 4, CONFIG.skin_places)
    value, shifted = made[0].copy(), sits.copy()
    value[:, 0, 2] += 1.0
    shifted[:, 0, 2] += 0.02
    for after in (read((value, *made[1:]), sits), read(made, shifted)):
        apart = np.abs(np.asarray(after) - before).max(axis=(-2, -1))
        assert (apart[:, 0] > 1e-3).all()
        assert (apart[:, 1] == 0.0).all()


def test_positions_of_one_row_stand_for_all_rows():
    made, sits = planes(2), positions(2)[:1]
    everywhere = np.repeat(sits, ROWS, axis=0)
    np.testing.assert_allclose(read(made, sits), read(made, everywhere), atol=1e-6)


@pytest.mark.parametrize("present", [0.0, 0.7])
def test_places_and_widths_learn_and_nothing_absent_breaks_that(present):
    made, sits = planes(3, present), positions(3)
    sits[:, :, 0] = np.asarray(PLACES.places[...])[None, :, 0] * REACH_M  # right on a place
    graph, state = nnx.split(PLACES)

    def total(state):
        places = nnx.merge(graph, state)
        near = places.nearness(jnp.asarray(sits))
        return jnp.square(jax.jit(places.__call__)(made, near)).sum()

    for leaf in jax.tree.leaves(jax.grad(total)(state)):
        assert np.isfinite(leaf).all()
        assert np.asarray(leaf).any() == (present > 0.0)


@pytest.mark.parametrize("count", [2, 5, 24])
def test_places_start_apart_on_the_face(count):
    at = np.asarray(SkinPlaces(1, NetworkConfig(skin_places=count)).places[...][0] * REACH_M)
    assert at.shape == (count, 3)
    assert (np.abs(at) <= (0.08, 0.06, 0.0201)).all()
    away = np.linalg.norm(at[:, None] - at[None], axis=-1) + np.eye(count)
    assert away.min() > 0.012
