"""scripts/release-model: a finished run becomes a model that ships, or nothing changes."""

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from vrface.model import checkpoint
from vrface.model.config import NetworkConfig
from vrface.model.network import NetworkArchitecture

ROOT = Path(__file__).resolve().parent.parent
SMALL = NetworkConfig(
    slots=(0, 1), width=4, encoder_width=4, slot_width=4, blocks=1, memory=4, hidden=4
)


@pytest.fixture
def run(tmp_path):
    """The folder of a run that has ended, with more in it than the checkpoint."""
    folder = tmp_path / "finished"
    params = {k: np.asarray(v) for k, v in NetworkArchitecture(SMALL).drawn(1).items()}
    checkpoint.save(
        folder,
        network=SMALL,
        config={},
        params=params,
        rivals={k: np.full(s, 0.1, np.float32) for k, s in checkpoint.RIVALS.items()},
        statistics={
            k: np.full(s, 0.1, np.float32) for k, s in checkpoint.statistics_of(SMALL.width).items()
        },
        card="small",
    )
    (folder / "run").mkdir()
    return folder


@pytest.fixture
def release(tmp_path):
    """Run the script in a copy of the checkout."""
    copy = tmp_path / "checkout"
    hidden = shutil.ignore_patterns("__pycache__", "default")
    shutil.copytree(ROOT / "vrface", copy / "vrface", ignore=hidden)
    shutil.copytree(ROOT / "scripts", copy / "scripts")
    (copy / ".venv").symlink_to(sys.prefix)

    def call(*arguments, cwd=tmp_path):
        script = [copy / "scripts" / "release-model", *arguments]
        done = subprocess.run(script, cwd=cwd, capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr, copy / "vrface" / "model" / "weights"

    return call


def test_a_run_becomes_the_model_that_ships(run, release):
    code, out, err, weights = release("finished")  # from wherever one stands
    assert code == 0, err
    digest = checkpoint.load(run).digest.hex()
    assert f"default is now {digest}" in out
    assert {path.name for path in (weights / "default").iterdir()} == {
        *checkpoint.FILES,
        "manifest.json",
    }
    assert checkpoint.load(weights / "default", digest=digest).card == "small"
    assert f"default,{digest}" in (weights / "released.csv").read_text().splitlines()


def test_what_cannot_be_loaded_is_not_released(run, release):
    (run / "card.md").write_text("better than it is")
    code, out, err, weights = release(run)
    assert (code, out) == (1, "")
    assert "card.md was altered" in err
    assert "Traceback" not in err
    before = (ROOT / "vrface" / "model" / "weights" / "released.csv").read_text()
    assert (weights / "released.csv").read_text() == before
    assert not (weights / "default").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "usage"),
        (["nothere"], "usage"),
        (["finished", "../../x"], "no name"),
        (["finished", "ridge"], "no name"),
    ],
)
def test_bad_use_says_so(run, release, arguments, words):
    code, _, err, _ = release(*arguments)
    assert code != 0
    assert words in err
    assert "Traceback" not in err
