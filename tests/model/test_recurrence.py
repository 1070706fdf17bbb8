"""The recurrence: time, not frames; the same in parallel as step by step; nothing kept for long."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vrface.model.config import NetworkConfig
from vrface.model.recurrence import SHORTEST_S, Block, one_step, scan

CONFIG = NetworkConfig(width=8, memory=6, hidden=5)


def block(release: float = 0.0, entry: float = 0.0) -> Block:
    """A block as drawn, whose gates lean to one side for every input."""
    made = Block(CONFIG, nnx.Rngs(0))
    lean = np.zeros((4, CONFIG.memory), np.float32)
    lean[1], lean[2] = entry, release
    made.gates.bias = nnx.Param(jnp.asarray(lean.ravel()))
    return made


def gates_of(made: Block, dt: float) -> tuple[jax.Array, jax.Array]:
    """Decay and drive that a block computes for `STATE`."""
    heard = []

    def remember(decay, drive):
        heard.append((decay, drive))
        return drive

    made(STATE, jnp.full(len(STATE), dt, jnp.float32), remember)
    return heard[0]


STATE = jnp.asarray(np.random.default_rng(0).normal(size=(3, CONFIG.width)), jnp.float32)


def test_in_parallel_as_step_by_step() -> None:
    rng = np.random.default_rng(1)
    decay = rng.uniform(0, 1, (2, 37, 6)).astype(np.float32)
    decay[0, 5], decay[1, 9] = 1.0, 0.0
    drive = rng.normal(size=(2, 37, 6)).astype(np.float32)
    gates = jnp.asarray(decay), jnp.asarray(drive)
    together, memory = scan(*gates), jnp.zeros((2, 6))
    for frame in range(37):
        memory = one_step(memory, *(gate[:, frame] for gate in gates))
        np.testing.assert_allclose(together[:, frame], memory, atol=1e-6)


@pytest.mark.parametrize("parts", [2, 3, 7])
def test_a_frame_cut_into_parts_is_the_same_frame(parts: int) -> None:
    made, dt = block(), 0.03
    decay, drive = gates_of(made, dt)
    whole = one_step(jnp.ones_like(decay), decay, drive)
    memory = jnp.ones_like(decay)
    for _ in range(parts):
        memory = one_step(memory, *gates_of(made, dt / parts))
    np.testing.assert_allclose(memory, whole, atol=1e-6)


def test_a_repeated_frame_changes_nothing() -> None:
    decay, drive = gates_of(block(), 0.0)
    np.testing.assert_array_equal(decay, 1.0)
    np.testing.assert_array_equal(drive, 0.0)


@pytest.mark.parametrize("release", [-1e4, -3.0, 0.0, 3.0, 1e4])
def test_no_gate_keeps_a_memory_beyond_the_longest_time(release: float) -> None:
    decay, _ = gates_of(block(release), 1.0)
    assert (decay <= np.exp(-1.0 / CONFIG.memory_s) * 1.0001).all()


def test_memories_start_between_the_shortest_and_the_longest_time() -> None:
    many = Block(NetworkConfig(width=8, memory=400, hidden=5), nnx.Rngs(1))
    gated = np.logaddexp(np.asarray(many.rate[...]), 0.0)
    time_s = 1.0 / (1.0 / CONFIG.memory_s + 0.5 * gated)
    assert time_s.min() >= SHORTEST_S * 0.999
    assert time_s.max() <= 0.9 * CONFIG.memory_s * 1.001
    # Log-uniform: as many below the geometric mean as above it.
    middle = np.sqrt(SHORTEST_S * 0.9 * CONFIG.memory_s)
    assert np.mean(time_s < middle) == pytest.approx(0.5, abs=0.08)


def test_a_closed_entry_lets_nothing_in() -> None:
    _, drive = gates_of(block(entry=-1e4), 0.02)
    np.testing.assert_array_equal(drive, 0.0)
