from itertools import islice

import jax
import numpy as np
import pytest

from tests.training.lessons import lessons_of, logs_of
from vrface.model.config import NetworkConfig
from vrface.model.network import NetworkArchitecture
from vrface.training.config import TrainConfig
from vrface.training.dataset import dataset
from vrface.training.descent import Descent
from vrface.training.logs import population

CONFIG = TrainConfig(
    network=NetworkConfig(
        width=16, encoder_width=16, slot_width=8, memory=16, hidden=16, blocks=2, code_width=8
    ),
    windows=8,
    frames=24,
    unscored=4,
    steps=60,
    warm_up=5,
    learning_rate=5e-3,
    average=0.9,
)


@pytest.fixture(scope="module")
def batches():
    logs = logs_of(4, 6.0)
    return list(islice(dataset(lessons_of(logs, CONFIG), population(logs), CONFIG), 20))


@pytest.fixture(scope="module")
def descent():
    return Descent(CONFIG, NetworkArchitecture(CONFIG.network))


def test_it_learns(descent, batches):
    state = first = descent.looked_at(descent.advance(descent.start(), batches[0]), batches)
    for number in range(1, 60):
        state = descent.advance(state, batches[number % len(batches)])
    assert state.step == 60
    assert descent.looked_at(state, batches).held_out[-1] < 0.7 * first.held_out[-1]


def test_the_same_steps_make_the_same_bytes(descent, batches):
    def run():
        state = descent.start()
        for batch in batches[:4]:
            state = descent.advance(state, batch)
        return jax.tree.leaves((state.params, state.average, state.moments, state.losses))

    for one, other in zip(run(), run(), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_step_leaves_the_state_before_it_alone(descent, batches):
    state = descent.start()
    before = [np.array(leaf) for leaf in jax.tree.leaves(state.params)]
    descent.advance(state, batches[0])
    for kept, leaf in zip(before, jax.tree.leaves(state.params), strict=True):
        np.testing.assert_array_equal(kept, leaf)
    assert state.step == 0


def test_looking_at_held_out_windows_changes_nothing_else(descent, batches):
    state = descent.advance(descent.start(), batches[0])
    seen = descent.looked_at(state, batches[1:3])
    assert np.isfinite(seen.held_out[-1])
    assert np.isnan(state.held_out[-1])
    assert seen.params is state.params


def test_rows_of_unknown_truth_leave_everything_finite(descent, batches):
    truth = batches[0].truth.copy()
    truth[::2] = np.nan
    state = descent.advance(descent.start(), batches[0]._replace(truth=truth))
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(state.params))


def test_what_is_known_of_wearers_and_where_sensors_sit_teaches_too(descent, batches):
    """Whatever of a batch is looked at moves the step that is taken."""
    batch = next(one for one in batches if one.summary.any())
    start = descent.start()
    after = descent.advance(start, batch)
    counts = np.where(np.arange(54) < 20, 0.1, 1.0).astype(np.float32) * batch.counts
    for other in ({"summary": 0.0 * batch.summary}, {"counts": counts}, {"dt": 2.0 * batch.dt}):
        moved = descent.advance(start, batch._replace(**other))
        assert moved.losses[-1] != after.losses[-1]
