"""Gradient-boosted trees, one ensemble for each shape: fitted by scikit-learn, scored without it.

They see an instant as the ridge does, and which sensors are there. Half of the rows are seen as a
poorer headset would have had them, as training does with the network's windows.

All trees are kept as full ones of `DEPTH`: node n has its children at ``2 n + 1`` (at most the
threshold) and ``2 n + 2``. In a checkpoint: ``gbt.shapes`` [shapes] places of those that were
fitted; ``gbt.base`` [shapes]; ``gbt.feature`` and ``gbt.threshold`` [shapes, trees, nodes];
``gbt.leaf`` [shapes, trees, leaves].
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.calibration import Arrays
from vrface.model.checkpoint import LARGEST_VALUE
from vrface.training.case import Case
from vrface.training.fit import Rows
from vrface.training.rivals.law import Law
from vrface.training.rivals.rows import evenly
from vrface.training.scales import UNKNOWN_SCALE

TREES = 60
DEPTH = 5
ROWS = 30_000
"""Rows that the trees of one shape learn from."""

SETTINGS: dict[str, Any] = {
    "max_iter": TREES,
    "max_depth": DEPTH,
    "max_leaf_nodes": 2**DEPTH,
    "learning_rate": 0.12,
    "min_samples_leaf": 40,
    "max_bins": 63,
    "early_stopping": False,
    "random_state": 0,
}
"""Of `sklearn.ensemble.HistGradientBoostingRegressor`."""

ALWAYS_LEFT = LARGEST_VALUE
"""A threshold that nothing sensed exceeds: that of a node which a shallower tree does without."""

_PARTS = ("base", "feature", "threshold", "leaf")

INPUTS = ridge.REGRESSORS - 1 + len(ridge.SENSORS)

_BIT = 2 ** np.arange(len(ridge.SENSORS))
_WIDE, _EYES = (
    int(_BIT @ np.isin(ridge.SENSORS, names))
    for names in (("wide_squeeze",), ("openness", "wide_squeeze", "gaze"))
)
_BLOCK = 2048

_CHECKED = 64
"""Rows on which kept trees are held to what scikit-learn says of them."""


def require_sklearn() -> None:
    """Check that trees can be fitted here.

    Raises:
        BadUse: if scikit-learn is not installed.
    """
    if find_spec("sklearn") is None:
        raise BadUse(
            "the rival gbt is fitted by scikit-learn, which is not installed.",
            "pip install 'vrface[train]', or take gbt out of the run's rivals.",
        )


def fit(rows: Rows, progress: Callable[[int, int], None] = lambda done, of: None) -> Arrays:
    """Fit the trees of every shape whose truth is known; the same rows give the same trees.

    Args:
        rows: To learn from; the truth of some shape is known in two of them or more.
        progress: Called with shapes done and to do.

    Raises:
        BadUse: if scikit-learn is not installed, or is of a version that keeps its trees otherwise.
    """
    require_sklearn()
    from sklearn.ensemble import HistGradientBoostingRegressor
    from threadpoolctl import threadpool_limits

    rng = np.random.default_rng(0)
    drawn = evenly(rows.wearer, ROWS, rng)
    inputs, truth = _poorer(rows.regressors[drawn], rows.there[drawn], rng), rows.truth[drawn]
    shapes = np.flatnonzero(np.isfinite(truth).sum(axis=0) >= 2)
    fitted, said = [], []
    for number, shape in enumerate(shapes):
        known = np.isfinite(truth[:, shape])
        machine = HistGradientBoostingRegressor(**SETTINGS)
        # Its threads wait for each other by spinning: on a busy machine two take twenty times one.
        with threadpool_limits(1, "openmp"):
            machine.fit(inputs[known], truth[known, shape])
            fitted.append(_kept(machine))
            said.append(machine.predict(inputs[:_CHECKED]))
        progress(number + 1, len(shapes))
    arrays = {f"gbt.{name}": np.stack([one[name] for one in fitted]) for name in _PARTS}
    arrays["gbt.shapes"] = shapes.astype(np.float32)
    if not np.allclose(predicted(_checked(arrays)[1], inputs[:_CHECKED]).T, said, atol=1e-4):
        raise _foreign("they say something else")
    return arrays


def draft(arrays: Arrays, case: Case) -> Law:
    """The law around what the trees say; its scale is a constant. Shapes without any stay at rest.

    Args:
        arrays: A checkpoint's rivals.
        case: What was sensed.

    Raises:
        CheckpointError: if they are of no trees.
    """
    regressors, there = case.ridge
    loc = np.zeros((*there.shape, COUNT), np.float32)
    scale = np.full((1, 1, COUNT), UNKNOWN_SCALE)
    shapes, trees = _checked(arrays)
    rows = inputs_of(regressors.reshape(-1, regressors.shape[-1]), there.ravel())
    loc[..., shapes] = predicted(trees, rows).reshape(*there.shape, len(shapes))
    return Law(loc, scale)


def inputs_of(regressors: NDArray[np.float32], there: NDArray[np.integer]) -> NDArray[np.float32]:
    """[rows, `INPUTS`]: the ridge's regressors but the constant, and which sensors are there."""
    sensors = (there[:, None] & _BIT) > 0
    return np.concatenate([regressors[:, 1:], sensors.astype(np.float32)], axis=1)


def predicted(trees: dict[str, jax.Array], inputs: NDArray[np.float32]) -> NDArray[np.float32]:
    """[rows, shapes] what trees say of inputs [rows, `INPUTS`].

    Args:
        trees: ``base``, ``feature``, ``threshold`` and ``leaf``.
        inputs: As `inputs_of` makes them.
    """
    padded = np.pad(inputs, ((0, -len(inputs) % _BLOCK), (0, 0)))
    blocks = [
        np.asarray(_block(trees, padded[first : first + _BLOCK].T))
        for first in range(0, len(padded), _BLOCK)
    ]
    return np.concatenate(blocks, axis=1)[:, : len(inputs)].T


@jax.jit
def _block(trees: dict[str, jax.Array], inputs: jax.Array) -> jax.Array:
    """[shapes, block] from inputs [`INPUTS`, block].

    A tree is folded up from its leaves, all nodes of a level at once: no row is followed down.
    """

    def grown(total: jax.Array, tree: dict[str, jax.Array]) -> tuple[jax.Array, None]:
        limit = tree["threshold"][:, None]
        right = inputs[tree["feature"]] > jnp.broadcast_to(limit, (len(limit), inputs.shape[1]))
        value = jnp.broadcast_to(tree["leaf"][:, None], (len(tree["leaf"]), inputs.shape[1]))
        while len(value) > 1:
            first = len(value) // 2 - 1
            value = jnp.where(right[first : 2 * first + 1], value[1::2], value[::2])
        return total + value[0], None

    def of_shape(shape: dict[str, jax.Array]) -> jax.Array:
        start = jnp.broadcast_to(shape.pop("base"), inputs.shape[1:])
        total, _ = jax.lax.scan(grown, start, shape)
        return total

    said: jax.Array = jax.lax.map(of_shape, trees)
    return said


def _kept(machine: Any) -> Arrays:
    """The trees of a fitted `sklearn.ensemble.HistGradientBoostingRegressor`: `_PARTS` of a shape.

    scikit-learn has no public way to them. This is the one place that knows its private one.

    Raises:
        BadUse: if this scikit-learn keeps its trees in another way.
    """
    try:
        base = np.array(machine._baseline_prediction[0, 0], np.float32)
        trees = [_full(predictor.nodes) for (predictor,) in machine._predictors]
    except (AttributeError, IndexError, TypeError, ValueError) as error:
        raise _foreign(str(error)) from None
    return dict(zip(_PARTS, (base, *map(np.stack, zip(*trees, strict=True))), strict=True))


def _foreign(why: str) -> BadUse:
    return BadUse(
        f"this version of scikit-learn keeps its trees in another way: {why}.",
        "Install another one, or take gbt out of the run's rivals.",
    )


def _full(
    nodes: NDArray[Any],
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """Feature and threshold of every node and value of every leaf of a full tree of `DEPTH`."""
    feature = np.zeros(2**DEPTH - 1, np.float32)
    threshold = np.full(2**DEPTH - 1, ALWAYS_LEFT, np.float32)
    leaf = np.zeros(2**DEPTH, np.float32)
    places = [(0, 0)]
    for place, number in places:
        node = nodes[number]
        if place >= len(feature):
            leaf[place - len(feature)] = node["value"]
        elif node["is_leaf"]:
            places += [(2 * place + 1, number), (2 * place + 2, number)]
        else:
            feature[place] = node["feature_idx"]
            threshold[place] = _at_most(node["num_threshold"])
            places += [(2 * place + 1, int(node["left"])), (2 * place + 2, int(node["right"]))]
    return feature, threshold, leaf


def _at_most(value: float) -> np.float32:
    """The largest float32 that is not above: what is at most the one is at most the other."""
    near = np.float32(value)
    return near if near <= value else np.nextafter(near, np.float32(-np.inf))


def _poorer(
    regressors: NDArray[np.float32], there: NDArray[np.integer], rng: np.random.Generator
) -> NDArray[np.float32]:
    """Inputs, every second row as a headset with fewer sensors has it.

    That is one without wide and squeeze, one with a mouth tracker alone, or one with any of them.
    """
    everything = ridge.COMBINATIONS - 1
    anything = rng.integers(0, ridge.COMBINATIONS, len(there))
    left = np.stack([np.full(len(there), everything - lost) for lost in (0, _WIDE, _EYES)])
    kind = rng.choice(4, len(there), p=(0.5, 0.15, 0.2, 0.15))
    kept = there & np.concatenate([left, anything[None]])[kind, np.arange(len(there))]
    used = np.zeros((ridge.COMBINATIONS, ridge.REGRESSORS), np.bool_)
    for combination, row in enumerate(used):
        row[ridge.regressors_in(combination)] = True
    return inputs_of(np.where(used[kept], regressors, np.float32(0.0)), kept)


def _checked(arrays: Arrays) -> tuple[NDArray[np.intp], dict[str, jax.Array]]:
    """Places of the shapes and the trees, if they fit together."""
    nothing = np.zeros(0, np.float32)
    shapes = arrays.get("gbt.shapes", nothing)
    trees = {name: arrays.get(f"gbt.{name}", nothing) for name in _PARTS}
    count, nodes = (*shapes.shape, *trees["leaf"].shape[1:2]), 2**DEPTH - 1
    wanted = (shapes.shape, (*count, nodes), (*count, nodes), (*count, nodes + 1))
    fits = [trees[name].shape == shape for name, shape in zip(_PARTS, wanted, strict=True)]
    named = ((shapes, COUNT), (trees["feature"], INPUTS))
    if not all(fits) or not all(((of >= 0) & (of < end)).all() for of, end in named):
        raise CheckpointError("the checkpoint's gbt arrays do not fit together.", "Retrain it.")
    made = {name: jnp.asarray(value) for name, value in trees.items()}
    made["feature"] = made["feature"].astype(jnp.int32)
    return shapes.astype(np.intp), made
