"""Modules as functions of named parameters."""

import jax.numpy as jnp
import numpy as np
from flax import nnx

from vrface.model import modules


class Small(nnx.Module):
    def __init__(self, rngs: nnx.Rngs) -> None:
        self.layers = nnx.List([nnx.Linear(3, 3, rngs=rngs) for _ in range(2)])

    def __call__(self, x):
        for layer in self.layers:
            x = layer(x)
        return x


def test_a_module_comes_back_from_its_parameters():
    params = modules.drawn(Small, 4)
    made = modules.merged(modules.split(Small)[0], params)
    x = jnp.arange(3, dtype=jnp.float32)
    np.testing.assert_array_equal(made(x), Small(nnx.Rngs(4))(x))


def test_names_are_paths_in_order_and_shapes_need_no_drawing():
    _, shapes = modules.split(Small)
    assert list(shapes) == ["layers.0.bias", "layers.0.kernel", "layers.1.bias", "layers.1.kernel"]
    assert {name: leaf.shape for name, leaf in modules.drawn(Small, 0).items()} == {
        name: leaf.shape for name, leaf in shapes.items()
    }
