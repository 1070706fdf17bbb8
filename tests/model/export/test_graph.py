"""The graph under construction: arithmetic, shared constants, and nothing that engines lack."""

import numpy as np
import pytest

from tests.model.export.networks import run
from vrface.model.export.graph import Graph


def test_arithmetic_is_what_it_says():
    graph = Graph("g")
    a, b = graph.given("a", 2, 3), graph.given("b", 2, 3)
    graph.gives("made", (1.0 - a) * b / 2.0 + a - 3.0, 2, 3)
    rng = np.random.default_rng(0)
    given = {name: rng.normal(size=(2, 3)).astype(np.float32) for name in ("a", "b")}
    out = run(graph.model({}, "").SerializeToString())(given)
    expected = (1 - given["a"]) * given["b"] / 2 + given["a"] - 3
    np.testing.assert_allclose(out["made"], expected, rtol=1e-6)


def test_parts_of_one_split_are_themselves():
    graph = Graph("g")
    value = graph.given("a", 4)
    assert graph.split(value, [4], axis=0) == [value]


def test_the_same_constant_is_kept_once():
    graph = Graph("g")
    value = graph.given("a", 2)
    graph.gives("made", value + 0.5 + 0.5 + np.full(2, 0.5, np.float32), 2)
    assert len(graph.model({}, "").graph.initializer) == 2


def test_an_operator_that_engines_lack_is_refused():
    graph = Graph("g")
    with pytest.raises(ValueError, match="Einsum is none of the operators"):
        graph.node("Einsum", graph.given("a", 2))


def test_an_output_may_be_used_further():
    graph = Graph("g")
    doubled = graph.given("a", 2) * 2.0
    graph.gives("doubled", doubled, 2)
    graph.gives("more", doubled + 1.0, 2)
    out = run(graph.model({}, "").SerializeToString())({"a": np.ones(2, np.float32)})
    np.testing.assert_array_equal(out["doubled"], [2.0, 2.0])
    np.testing.assert_array_equal(out["more"], [3.0, 3.0])


def test_a_number_is_a_scalar_in_the_graph():
    graph = Graph("g")
    graph.gives("made", graph.node("Clip", graph.given("a", 2), 0.0, 1.0), 2)
    assert all(not one.dims for one in graph.model({}, "").graph.initializer)
