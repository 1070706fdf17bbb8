"""A training run is one thing, however often it is killed and wherever it goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vrface.errors import BadUse, Refused, VrfaceError
from vrface.model import checkpoint
from vrface.model.config import NetworkConfig
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.training.config import SimulatedWearers, TrainConfig
from vrface.training.descent import Descent
from vrface.training.disturb import Disturbances
from vrface.training.store import Run
from vrface.training.train import train
from vrface.trust.permission import Permission

CONFIG = TrainConfig(
    network=NetworkConfig(width=8, encoder_width=8, slot_width=4, memory=8, hidden=8, blocks=2),
    simulated=SimulatedWearers(wearers=4, seconds=4.0),
    disturbances=Disturbances(tiers=()),
    steps=110,
    windows=4,
    frames=16,
    unscored=2,
    save_every=7,
)


class Killed(Exception):
    """What a run never expects: nothing is saved, as when its process is killed."""


def killing(at: int, kind: type[BaseException] = Killed):
    def watch(what: str, done: int, of: int, note: str) -> None:
        if what == "training" and done == at:
            raise kind

    return watch


def made(folder: Path) -> dict[str, bytes]:
    """What a run leaves for others: the checkpoint and its curve."""
    names = [*checkpoint.FILES, "manifest.json", "run/curve.csv", "run/state.safetensors"]
    return {name: (folder / name).read_bytes() for name in names}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "model"
    trained = train(CONFIG, folder)
    assert trained.steps == CONFIG.steps
    return folder


def test_ten_kills_at_random_steps_leave_the_same_run(undisturbed, tmp_path):
    rng = np.random.default_rng(3)
    kills = np.sort(rng.choice(np.arange(1, CONFIG.steps), 10, replace=False)).tolist()
    folder = tmp_path / "model"
    for number, step in enumerate(kills):
        kind = KeyboardInterrupt if number % 3 == 2 else Killed
        with pytest.raises(kind):
            train(CONFIG, folder, resume=number > 0, watch=killing(step, kind))
        assert not (folder / "manifest.json").exists()
    train(CONFIG, folder, resume=True)
    assert made(folder) == made(undisturbed)


@pytest.mark.parametrize(
    ("where", "calls"), [("advance", 30), ("looked_at", 1), ("looked_at", 2), ("save", 3)]
)
def test_an_interrupt_inside_a_step_leaves_the_same_run(
    undisturbed, tmp_path, monkeypatch, where, calls
):
    owner = Run if where == "save" else Descent
    real, seen = getattr(owner, where), []

    def interrupted(*arguments):
        seen.append(where)
        if len(seen) == calls:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(owner, where, interrupted)
    with pytest.raises(KeyboardInterrupt):
        train(CONFIG, tmp_path / "model")
    monkeypatch.undo()
    train(CONFIG, tmp_path / "model", resume=True)
    assert made(tmp_path / "model") == made(undisturbed)


def test_a_killed_process_leaves_the_same_run(undisturbed, tmp_path):
    folder = tmp_path / "model"
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tests.training.test_train import CONFIG, train\n"
        "def watch(what, done, of, note):\n"
        "    if what == 'training' and done == 60: os.kill(os.getpid(), signal.SIGKILL)\n"
        "train(CONFIG, Path(sys.argv[1]), watch=watch)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(folder)],
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert killed.returncode == -signal.SIGKILL
    train(CONFIG, folder, resume=True)
    assert made(folder) == made(undisturbed)


def test_the_checkpoint_is_whole_and_says_what_it_saw(undisturbed):
    model = checkpoint.load(undisturbed)
    assert model.streams == ("mouth_tracker", "lids", "gaze")
    assert len(model.config["seen"]) == 3
    assert model.config["training"]["steps"] == CONFIG.steps
    assert all(np.isfinite(leaf).all() for leaf in model.params.values())
    assert "synthetic" in model.card


def test_slots_that_no_log_fills_are_left_out(undisturbed, tmp_path):
    poorer = replace(CONFIG, simulated=replace(CONFIG.simulated, headsets=("mouth_only",)))
    train(replace(poorer, steps=1), tmp_path / "model")
    model = checkpoint.load(tmp_path / "model")
    assert model.streams == ("mouth_tracker",)
    known = len(headset("mouth_only").streams[0].channels)
    assert isinstance(model.architecture, NetworkArchitecture)
    assert len(model.architecture.config.slots) == known


def test_a_run_is_not_written_over(undisturbed):
    with pytest.raises(BadUse, match="--resume"):
        train(CONFIG, undisturbed)


def test_training_needs_permission(tmp_path, monkeypatch):
    def require(self, door):
        raise Refused(f"{door} is not permitted.")

    monkeypatch.setattr(Permission, "require", require)
    with pytest.raises(Refused, match="train"):
        train(CONFIG, tmp_path / "model", permission=Permission.local())
    assert not (tmp_path / "model").exists()


def test_a_loss_that_is_not_finite_ends_the_run_with_advice(tmp_path):
    wild = replace(CONFIG, learning_rate=1e9, clip=1e30, warm_up=0)
    with pytest.raises(VrfaceError, match="Lower the learning rate"):
        train(wild, tmp_path / "model")
