"""nnx modules as pure functions of named parameters: what checkpoints hold and descents move."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import jax
from flax import nnx

from vrface.model.architecture import Params

Made = TypeVar("Made", bound=nnx.Module)


def drawn(make: Callable[[nnx.Rngs], Made], seed: int) -> Params:
    """Parameters of a module, drawn from a seed."""
    return _named(nnx.split(make(nnx.Rngs(seed)))[1])


def split(
    make: Callable[[nnx.Rngs], Made],
) -> tuple[nnx.GraphDef[Made], dict[str, jax.ShapeDtypeStruct]]:
    """A module without its parameters, and their names and shapes."""
    graph, state = nnx.split(nnx.eval_shape(lambda: make(nnx.Rngs(0))))
    return graph, _named(state)


def merged(graph: nnx.GraphDef[Made], params: Params) -> Made:
    """The module of these parameters."""
    return nnx.merge(graph, _nested(params))


def _named(state: nnx.State[Any, Any]) -> dict[str, Any]:
    """Parameters by their dotted path, in order of name."""
    named = {".".join(map(str, path)): leaf for path, leaf in nnx.to_flat_state(nnx.as_pure(state))}
    return dict(sorted(named.items()))


def _nested(params: Params) -> nnx.State[Any, Any]:
    """The state whose parameters `_named` gave."""
    paths: dict[Any, Any] = {
        tuple(int(part) if part.isdigit() else part for part in name.split(".")): leaf
        for name, leaf in params.items()
    }
    return nnx.from_flat_state(paths)
