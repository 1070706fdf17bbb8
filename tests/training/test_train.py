"""A training run is one thing, however often it is killed and wherever it goes on."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from vrface.errors import BadUse, Refused, VrfaceError
from vrface.model import checkpoint
from vrface.model.calibration.last_layer import Prior
from vrface.model.config import NetworkConfig
from vrface.model.network import NetworkArchitecture
from vrface.sensors.channels import NUMBERED_LIMITS
from vrface.sensors.headset import headset
from vrface.training.config import SimulatedWearers, TrainConfig
from vrface.training.descent import Descent
from vrface.training.disturb import Disturbances
from vrface.training.rivals import trees
from vrface.training.rivals.networks import ARCHITECTURES
from vrface.training.store import Run
from vrface.training.train import train
from vrface.trust.permission import Permission

CONFIG = TrainConfig(
    network=NetworkConfig(
        width=8,
        encoder_width=8,
        slot_width=4,
        memory=8,
        hidden=8,
        blocks=2,
        code_width=4,
        skin_places=4,
    ),
    simulated=SimulatedWearers(
        wearers=4, seconds=4.0, headsets=("eyes_and_mouth", "vive_pro_eye_lip")
    ),
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


RIVALS = replace(
    CONFIG,
    simulated=replace(CONFIG.simulated, seconds=5.5),  # long enough to be judged by halves
    steps=60,
    rivals=("knn", "gru", "tcn"),
)


@pytest.fixture(scope="module")
def narrow():
    """Networks among the rivals that take no time."""
    with pytest.MonkeyPatch.context() as patch:
        for name, kind in ARCHITECTURES.items():
            patch.setitem(ARCHITECTURES, name, partial(kind, width=4))
        yield


@pytest.fixture(scope="module")
def with_rivals(narrow, tmp_path_factory):
    folder, notes = tmp_path_factory.mktemp("runs") / "model", []
    train(RIVALS, folder, watch=lambda what, done, of, note: notes.append((what, note)))
    return folder, [note for what, note in notes if what == "training"]


def test_rivals_that_learn_beside_it_leave_the_network_as_it_was(with_rivals, tmp_path):
    train(replace(RIVALS, rivals=()), tmp_path / "model")
    weights = "weights.safetensors", "statistics.safetensors", "run/curve.csv"
    for name in weights:
        assert (with_rivals[0] / name).read_bytes() == (tmp_path / "model" / name).read_bytes()


def test_the_rivals_asked_for_are_in_the_checkpoint_and_were_scored(with_rivals):
    folder, notes = with_rivals
    model = checkpoint.load(folder)
    named = {key.partition(".")[0] for key in model.rivals if "." in key}
    assert named == set(RIVALS.rivals)
    ((headset_name, by_mode),) = model.config["held_out_rivals"].items()
    assert headset_name in RIVALS.simulated.headsets
    for mode in ("none", "unpaired", "paired"):
        # The networks learned from all training wearers: nobody is left to judge them by.
        assert {"ridge", "knn"} < set(by_mode[mode])
        assert model.config["best_rival"][mode][""] in by_mode[mode]
    assert all(word in notes[-1] for word in ("CRPS x 1000", "gru", "tcn", "steps/s"))


def test_kills_leave_the_same_rivals(with_rivals, narrow, tmp_path):
    for number, (step, kind) in enumerate(((9, Killed), (30, KeyboardInterrupt), (58, Killed))):
        with pytest.raises(kind):
            train(RIVALS, tmp_path / "model", resume=number > 0, watch=killing(step, kind))
    train(RIVALS, tmp_path / "model", resume=True)
    assert made(tmp_path / "model") == made(with_rivals[0])


def test_trees_without_their_library_are_refused_before_anything_starts(tmp_path, monkeypatch):
    monkeypatch.setattr(trees, "find_spec", lambda name: None)
    with pytest.raises(BadUse, match="scikit-learn"):
        train(replace(CONFIG, rivals=("gbt",)), tmp_path / "model")
    assert not (tmp_path / "model").exists()


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


def test_a_headset_with_other_foam_is_heard_by_who_learned_of_foam(tmp_path):
    felt = replace(CONFIG.simulated, headsets=("foam_16", "mouth_only"))
    train(replace(CONFIG, simulated=felt, steps=1), tmp_path / "model")
    model = checkpoint.load(tmp_path / "model")
    assert model.streams == ("mouth_tracker", "foam")
    assert isinstance(model.architecture, NetworkArchitecture)
    assert len(model.architecture.config.skin["foam"]) == NUMBERED_LIMITS["foam"]


def test_a_checkpoint_knows_how_wearers_differ(undisturbed):
    model = checkpoint.load(undisturbed)
    prior = Prior.of(model.statistics)
    assert prior.directions.shape == (8, 8)
    assert prior.variance.min() > 0.0
    assert np.ptp(prior.variance) > 0.0


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
    with pytest.raises(VrfaceError, match=r"the loss of model is .* Lower the learning rate"):
        train(wild, tmp_path / "model")
