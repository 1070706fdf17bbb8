"""The skin encoder knows a channel by what it reads and where it sits, never by its number."""

import jax
import numpy as np
import pytest
from flax import nnx
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vrface.model.config import NetworkConfig
from vrface.model.features import NAMED, SKIN, SLOTS
from vrface.model.skin import SkinEncoder

CONFIG = NetworkConfig(slot_width=6, skin_width=5)
ROWS = 4
Floats = NDArray[np.float32]


def kinds_of(**counts: int) -> list[list[int]]:
    """The first slots of each kind."""
    firsts = {kind: SLOTS.index((kind, "0")) for kind in counts}
    return [list(range(firsts[kind], firsts[kind] + count)) for kind, count in counts.items()]


KINDS = kinds_of(foam=6, emg=4)
CHANNELS = sum(map(len, KINDS))
ENCODER = SkinEncoder(KINDS, CONFIG, nnx.Rngs(0))
encode = jax.jit(ENCODER.__call__)


def planes(seed: int, present: float = 0.7, channels: int = CHANNELS) -> list[Floats]:
    """Value, change, presence and freshness; 0 where absent, and something in every row."""
    rng = np.random.default_rng(seed)
    there = rng.random((ROWS, channels)) < present
    drawn = rng.normal(size=(4, ROWS, channels)) * there
    drawn[2] = there
    return list(drawn.astype(np.float32))


def positions(seed: int) -> Floats:
    return np.random.default_rng(seed).normal(0.0, 0.05, (ROWS, len(SKIN), 3)).astype(np.float32)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_the_order_of_channels_does_not_matter(seed: int, present: float) -> None:
    made, places = planes(seed, present), positions(seed)
    rng = np.random.default_rng(seed)
    order, first = [], 0
    for kind in KINDS:
        order += (first + rng.permutation(len(kind))).tolist()
        first += len(kind)
    moved = places.copy()
    slots = np.array([slot for kind in KINDS for slot in kind]) - len(NAMED)
    moved[:, slots] = places[:, slots[order]]
    found = encode([plane[:, order] for plane in made], moved)
    np.testing.assert_allclose(found, encode(made, places), atol=1e-5)


@settings(max_examples=20)
@given(st.integers(0, 1000), st.floats(0.0, 1.0))
def test_where_an_absent_channel_sits_does_not_matter(seed: int, present: float) -> None:
    made, places = planes(seed, present), positions(seed)
    elsewhere = places.copy()
    slots = np.array([slot for kind in KINDS for slot in kind]) - len(NAMED)
    rows, channels = np.nonzero(made[2] == 0.0)
    elsewhere[rows, slots[channels]] = 3.0
    np.testing.assert_array_equal(encode(made, places), encode(made, elsewhere))


@pytest.mark.parametrize("more", [{"foam": 32, "emg": 4}, {"foam": 7, "emg": 64}])
@pytest.mark.parametrize("present", [0.2, 1.0])
def test_slots_that_no_channel_fills_change_nothing(more: dict[str, int], present: float) -> None:
    wide = SkinEncoder(kinds_of(**more), CONFIG, nnx.Rngs(0))
    made, places = planes(0, present), positions(0)
    filled = np.concatenate([np.arange(6), more["foam"] + np.arange(4)])
    whole = np.zeros((4, ROWS, sum(more.values())), np.float32)
    whole[:, :, filled] = np.stack(made)
    for one, other in zip(*(jax.tree.leaves(nnx.state(of)) for of in (ENCODER, wide)), strict=True):
        np.testing.assert_array_equal(one, other)
    found = jax.jit(wide.__call__)(list(whole), places)
    np.testing.assert_allclose(found, encode(made, places), atol=1e-5)


def test_each_kind_speaks_for_itself_and_hears_where_its_channels_sit() -> None:
    made, places = planes(1, 1.0), positions(1)
    before = np.asarray(encode(made, places))
    assert before.shape == (len(KINDS), ROWS, CONFIG.slot_width)
    value = made[0].copy()
    value[:, 2] += 1.0
    foam = SKIN.index(("foam", "2"))
    shifted = places.copy()
    shifted[:, foam] += 0.02
    for after in (encode([value, *made[1:]], places), encode(made, shifted)):
        apart = np.abs(np.asarray(after) - before).max(axis=-1)
        assert (apart[0] > 1e-3).all()
        assert (apart[1] == 0.0).all()


def test_rows_do_not_touch_each_other() -> None:
    made, places = planes(2), positions(2)
    other = [plane.copy() for plane in made]
    other[0][1] *= 100.0
    one, two = (np.asarray(encode(given, places)) for given in (made, other))
    np.testing.assert_array_equal(one[:, [0, 2, 3]], two[:, [0, 2, 3]])
