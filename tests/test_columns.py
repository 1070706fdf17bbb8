"""Columns: some wearers without the others, and back."""

from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from vrface.columns import Columns, Numbers, Packing, leaves, only


@dataclass
class Inner(Columns):
    number: NDArray[np.int64]


@dataclass
class Outer(Columns):
    place: NDArray[np.float32]
    inner: Inner
    several: list[Inner]
    named: dict[str, NDArray[np.float64]]


class Keeper:
    def __init__(self, wearers: int) -> None:
        self.held = outer(wearers)


def outer(wearers: int) -> Outer:
    number = np.arange(wearers)
    return Outer(
        place=np.stack([number, -number], axis=1).astype(np.float32),
        inner=Inner(10 * number),
        several=[Inner(100 * number), Inner(1000 * number)],
        named={"half": number / 2},
    )


def test_wearers_are_taken_in_the_order_asked_for_and_as_copies() -> None:
    whole = outer(4)
    part = whole.take(np.array([2, 0]))
    assert part.place.tolist() == [[2.0, -2.0], [0.0, 0.0]]
    assert part.several[1].number.tolist() == [2000, 0]
    assert part.named["half"].tolist() == [1.0, 0.0]
    for leaf in leaves(part):
        leaf[:] = 7
    for found, expected in zip(leaves(whole), leaves(outer(4)), strict=True):
        np.testing.assert_array_equal(found, expected)


def test_what_is_put_lies_where_it_was_put_and_nowhere_else() -> None:
    whole = outer(4)
    whole.put(np.array([3, 1]), outer(4).take(np.array([0, 2])))
    assert whole.inner.number.tolist() == [0, 20, 20, 0]
    assert whole.named["half"].tolist() == [0.0, 1.0, 1.0, 0.0]
    assert [array.dtype for array in leaves(whole)] == [array.dtype for array in leaves(outer(4))]


def test_grown_columns_hold_what_was_there_and_room() -> None:
    grown = outer(2).grown(5)
    assert grown.inner.number.tolist() == [0, 10, 0, 0, 0]
    assert grown.place.shape == (5, 2)
    assert [array.dtype for array in leaves(grown)] == [array.dtype for array in leaves(outer(2))]


def test_only_some_are_remembered_for_a_while_and_then_all() -> None:
    one, other = Keeper(4), Keeper(4)
    with only([one, other], np.array([3, 1])):
        assert one.held.inner.number.tolist() == [30, 10]
        one.held.inner.number = one.held.inner.number + 1
        other.held.named["half"][0] = -1.0
    assert one.held.inner.number.tolist() == [0, 11, 20, 31]
    assert other.held.named["half"].tolist() == [0.0, 0.5, 1.0, -1.0]


def test_after_an_error_all_is_as_before() -> None:
    one = Keeper(3)

    def fail() -> None:
        with only([one], np.array([1])):
            one.held.inner.number[:] = -5
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    for found, expected in zip(leaves(one.held), leaves(outer(3)), strict=True):
        np.testing.assert_array_equal(found, expected)


class Part(NamedTuple):
    whole: Numbers
    split: Numbers


class Whole(NamedTuple):
    by_name: dict[str, Numbers]
    part: Part
    one: Numbers


SHAPES = st.lists(st.integers(0, 4), max_size=3).map(tuple)


@settings(max_examples=30)
@given(st.integers(1, 5), st.tuples(SHAPES, SHAPES, SHAPES, SHAPES), st.sampled_from([np, jnp]))
def test_what_is_packed_is_found_again(wearers, shapes, module):
    rng = np.random.default_rng(0)
    made = [module.asarray(rng.random((wearers, *shape), np.float32)) for shape in shapes]
    whole = Whole({"a": made[0], "b": made[1]}, Part(made[2], made[3]), made[0])
    packing = Packing(whole)
    rows = packing.packed(whole)
    assert rows.shape == (wearers, packing.width)
    assert rows.dtype == np.float32
    found = packing.views(rows)
    assert (type(found), type(found.part), list(found.by_name)) == (Whole, Part, ["a", "b"])
    for own, other in zip(leaves(found), leaves(whole), strict=True):
        np.testing.assert_array_equal(own, other)


def test_what_is_written_into_views_is_written_into_the_rows():
    packing = Packing(Part(np.zeros((1, 2, 3), np.float32), np.zeros(1, np.float32)))
    rows = np.zeros((2, packing.width), np.float32)
    packing.views(rows).whole[1, 1] = [1.0, 2.0, 3.0]
    packing.views(rows).split[0] = 4.0
    np.testing.assert_array_equal(rows, [[0, 0, 0, 0, 0, 0, 4], [0, 0, 0, 1, 2, 3, 0]])


def test_truths_are_packed_as_numbers():
    packing = Packing(Part(np.zeros(1, np.float32), np.zeros(1, np.float32)))
    rows = packing.packed(Part(np.array([True, False]), np.zeros(2, np.float32)))
    np.testing.assert_array_equal(rows, [[1, 0], [0, 0]])
