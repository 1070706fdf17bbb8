from dataclasses import replace

import jax
import numpy as np
import pytest

from vrface.errors import BadUse, CheckpointError
from vrface.model.config import NetworkConfig
from vrface.model.network import NetworkArchitecture
from vrface.training.config import SimulatedWearers, TrainConfig
from vrface.training.descent import Descent
from vrface.training.logs import simulated_logs
from vrface.training.rivals.networks import GruArchitecture
from vrface.training.store import CURVE_EVERY, MODEL, Run, curve

CONFIG = TrainConfig(
    network=NetworkConfig(width=4, encoder_width=4, slot_width=4, memory=4, hidden=4, blocks=1)
)


@pytest.fixture(scope="module")
def logs():
    return simulated_logs(SimulatedWearers(wearers=2, seconds=2.0), lambda what, done, of: None)


HEARD = CONFIG.network.slots


@pytest.fixture(scope="module")
def start():
    return {
        MODEL: Descent(CONFIG, NetworkArchitecture(CONFIG.network)).start(),
        "gru": Descent(CONFIG, GruArchitecture(HEARD, 4)).start(),
    }


def at(start, steps):
    losses = np.arange(steps, dtype=np.float32)
    held_out = np.where((losses + 1) % CURVE_EVERY == 0, losses / 2, np.nan).astype(np.float32)
    return {
        name: replace(
            state,
            params=jax.tree.map(lambda leaf: leaf + 1.0, state.params),
            losses=losses,
            held_out=held_out,
        )
        for name, state in start.items()
    }


def test_a_saved_state_comes_back_as_it_was(tmp_path, logs, start):
    states = at(start, 120)
    Run(tmp_path / "run", CONFIG, logs, resume=False).save(states)
    found = Run(tmp_path / "run", CONFIG, logs, resume=True).load(start)
    assert list(found) == [MODEL, "gru"]
    for name, state in states.items():
        leaves = (jax.tree.leaves(vars(one)) for one in (state, found[name]))
        for one, other in zip(*leaves, strict=True):
            np.testing.assert_array_equal(one, other)
            assert one.dtype == other.dtype


def test_a_run_that_was_never_saved_starts_again(tmp_path, logs, start):
    Run(tmp_path / "run", CONFIG, logs, resume=False)
    assert Run(tmp_path / "run", CONFIG, logs, resume=True).load(start) == start


def test_the_curve_has_a_row_every_so_many_steps(tmp_path, logs, start):
    states = at(start, 2 * CURVE_EVERY + 7)
    state = states[MODEL]
    rows = curve(state)
    assert [row[0] for row in rows] == [CURVE_EVERY, 2 * CURVE_EVERY]
    assert rows[1][1] == pytest.approx(np.mean(state.losses[CURVE_EVERY : 2 * CURVE_EVERY]))
    assert rows[1][2] == state.losses[2 * CURVE_EVERY - 1] / 2
    Run(tmp_path / "run", CONFIG, logs, resume=False).save(states)
    lines = (tmp_path / "run" / "curve.csv").read_text().splitlines()
    assert lines[0] == "step,loss,held_out"
    assert len(lines) == 3


def test_a_folder_with_a_run_is_not_written_over(tmp_path, logs):
    Run(tmp_path / "run", CONFIG, logs, resume=False)
    with pytest.raises(BadUse, match="--resume"):
        Run(tmp_path / "run", CONFIG, logs, resume=False)


def test_a_folder_without_a_run_cannot_be_resumed(tmp_path, logs):
    with pytest.raises(BadUse, match="no run to resume"):
        Run(tmp_path / "run", CONFIG, logs, resume=True)


def test_another_config_or_other_logs_are_not_resumed(tmp_path, logs):
    Run(tmp_path / "run", CONFIG, logs, resume=False)
    with pytest.raises(BadUse, match="another configuration"):
        Run(tmp_path / "run", replace(CONFIG, seed=1), logs, resume=True)
    with pytest.raises(BadUse, match="other logs"):
        Run(tmp_path / "run", CONFIG, logs[:1], resume=True)
    changed = logs[0].truth.weights.copy()
    changed[3, 3] += 0.25
    other = replace(logs[0], truth=replace(logs[0].truth, weights=changed))
    with pytest.raises(BadUse, match="other logs"):
        Run(tmp_path / "run", CONFIG, [other, *logs[1:]], resume=True)


@pytest.mark.parametrize("damage", ["cut", "junk", "foreign", "of another step", "without a rival"])
def test_a_damaged_state_is_refused(tmp_path, logs, start, damage):
    run = Run(tmp_path / "run", CONFIG, logs, resume=False)
    run.save(at(start, 3))
    path = tmp_path / "run" / "state.safetensors"
    data = path.read_bytes()
    if damage == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "junk":
        path.write_bytes(b"\x00" * 64)
    else:
        wide = replace(CONFIG, network=replace(CONFIG.network, width=8))
        other = Descent(wide, NetworkArchitecture(wide.network)).start()
        saved = {
            "foreign": at(start | {MODEL: other}, 3),
            "of another step": at(start, 3) | {"gru": at(start, 2)["gru"]},
            "without a rival": at({MODEL: start[MODEL]}, 3),
        }[damage]
        Run(tmp_path / "other", wide, logs, resume=False).save(saved)
        path.write_bytes((tmp_path / "other" / "state.safetensors").read_bytes())
    with pytest.raises(CheckpointError, match="holds no state of this run"):
        run.load(start)
