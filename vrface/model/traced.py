"""`traced`: functions as they were traced once: a second start neither traces nor needs Flax.

What was traced lies as StableHLO (`jax.export`) beside what was compiled of it, in the compile
cache's folder and under its rules: it is code, so nobody but the user can write there. It is found
by all that it hangs on: the function's name, the shapes it is for, the text of this package's
floors up to `session`, and the versions of JAX.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import jax
import jax.export
import jaxlib.version

from vrface.model import compile_cache

Made: TypeAlias = Callable[..., Sequence[jax.Array]]
"""From arguments, arrays in containers, to some arrays."""

_FLOORS = ("columns.py", "face", "sensors", "model", "outputs", "session")
_TEXTS = (".py", ".csv", ".toml")

_log = logging.getLogger(__name__)
_known: dict[str, Made] = {}


def traced(name: str, make: Callable[[], Made], *arguments: Any) -> Made:
    """A function for arguments of such shapes, traced now if it never was.

    Args:
        name: What tells it apart from others: functions of one name are the same.
        make: Gives the function, which looks at nothing but its arguments; asked only where it is
            to be traced.
        *arguments: Like those it is for.

    Returns:
        The function, compiled when it is first called.
    """
    leaves, tree = jax.tree.flatten(arguments)
    shapes = [jax.ShapeDtypeStruct(leaf.shape, leaf.dtype) for leaf in leaves]  # type: ignore[no-untyped-call]
    settings = jax.default_backend(), jax.config.jax_enable_x64  # type: ignore[attr-defined]
    key = hashlib.sha256(repr((name, tree, shapes, settings)).encode()).hexdigest()
    if key not in _known:
        exported = _exported(
            key, lambda *flat: tuple(make()(*jax.tree.unflatten(tree, flat))), shapes
        )
        call = jax.jit(exported.call)
        _known[key] = lambda *given: call(*jax.tree.leaves(given))
    return _known[key]


def _exported(
    key: str, function: Callable[..., Any], shapes: Sequence[jax.ShapeDtypeStruct]
) -> jax.export.Exported:
    """What is traced of a function: as it was, where it can be read."""
    folder = compile_cache.enable()
    path = None if folder is None else folder / f"traced-{key[:32]}-{_written()[:32]}"
    if path is not None:
        try:
            return jax.export.deserialize(bytearray(compile_cache.read(path)))
        except FileNotFoundError:
            pass
        except Exception as error:  # whatever it is, tracing anew is no harm
            _log.info("what was traced before is of no use: %s", error)
    exported = jax.export.export(jax.jit(function))(*shapes)
    if path is not None:
        compile_cache.keep(path, bytes(exported.serialize()))
    return exported


@cache
def _written() -> str:
    """Digest of what is written in the floors that functions are traced from, and of JAX."""
    here = Path(__file__).parents[1]
    told = hashlib.sha256(f"{jax.__version__} {jaxlib.version.__version__}".encode())
    for floor in _FLOORS:
        for path in sorted((here / floor).rglob("*")) or [here / floor]:
            if path.suffix in _TEXTS:
                told.update(path.relative_to(here).as_posix().encode() + path.read_bytes())
    return told.hexdigest()
