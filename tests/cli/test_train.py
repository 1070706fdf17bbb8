"""train: from a recipe or from logs to a checkpoint; stopped, resumed, refused."""

import contextlib
import io
import json
import signal

import pytest

from vrface.cli.main import main
from vrface.cli.train import _Watch
from vrface.model import checkpoint

RECIPE = """\
from vrface.model.config import NetworkConfig
from vrface.training.config import SimulatedWearers, TrainConfig

def config() -> TrainConfig:
    size = NetworkConfig(width=8, encoder_width=8, slot_width=8, blocks=1, memory=8, hidden=8)
    return TrainConfig(
        network=size,
        simulated=SimulatedWearers(wearers=6, seconds=6.0, headsets=("mouth_only",)),
        steps=3,
        windows=2,
        frames=32,
        unscored=4,
    )
"""


def run(*arguments):
    """Exit code, stdout and stderr of a verb, for fixtures that outlive a test."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main([str(argument) for argument in arguments])
    return code, out.getvalue(), err.getvalue()


@pytest.fixture(scope="module")
def recipe(tmp_path_factory):
    path = tmp_path_factory.mktemp("recipes") / "tiny.py"
    path.write_text(RECIPE)
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory, recipe):
    """A finished run: its folder, its JSON, what it printed."""
    folder = tmp_path_factory.mktemp("trained")
    code, out, err = run("train", recipe, "-o", folder / "mine", "--json", folder / "report.json")
    assert code == 0, err
    return folder / "mine", folder / "report.json", out, err


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Paired logs of four wearers."""
    folder = tmp_path_factory.mktemp("logs")
    for seed in range(20_001, 20_005):
        wanted = ("--headset", "mouth_only", "--minutes", 0.1, "--seed", seed)
        assert run("simulate", *wanted, "-o", folder / f"{seed}.mcap")[0] == 0
    return folder


def test_a_run_ends_with_a_checkpoint_a_report_and_curves(trained):
    folder, _, _, _ = trained
    assert "5 synthetic wearers" in checkpoint.load(folder).card
    for name in ("report.json", "report.md", "curve.csv", "curves.png"):
        assert (folder / "run" / name).stat().st_size > 0


def test_it_prints_how_good_the_model_is_and_what_to_do_next(trained):
    folder, _, out, _ = trained
    said = " ".join(out.split())
    assert "mouth_only: 1 held-out wearer, simulated face, simulated sensors" in said
    assert "calibration none unpaired paired" in said
    for mode in ("none", "unpaired", "paired"):
        assert f"calibration {mode}: mine is " in said
    assert said.count("Its 90 % interval holds") == 3
    lines = out.splitlines()
    assert f"checkpoint: {folder}, digest {checkpoint.load(folder).digest.hex()[:16]}" in lines
    assert f"report: {folder}/run/report.md" in lines
    assert f"curves: {folder}/run/curves.png" in lines
    assert f"look at it: vrface demo --model {folder}" in lines


def test_without_a_terminal_progress_is_plain_lines(trained):
    _, _, _, err = trained
    lines = err.splitlines()
    assert "simulating wearers: 6 of 6" in lines
    assert any(
        line.startswith("training: 3 of 3, ") and line.endswith(" steps/s") for line in lines
    )
    assert all(" of " in line for line in lines)
    assert "judging: 6 of 6" in lines


def test_json_is_the_report_with_the_digest(trained):
    folder, path, _, _ = trained
    report = json.loads(path.read_text())
    assert report["model"]["digest"] == checkpoint.load(folder).digest.hex()
    assert report["model"]["steps"] == 3
    assert (
        report["headsets"] == json.loads((folder / "run" / "report.json").read_text())["headsets"]
    )


def test_a_folder_that_holds_a_run_is_not_trained_over(trained, recipe, vrface):
    folder, _, _, _ = trained
    before = checkpoint.load(folder).digest
    code, out, err = vrface("train", recipe, "-o", folder)
    assert (code, out) == (2, "")
    assert "Give --resume, or another folder." in err.splitlines()[-1]
    assert checkpoint.load(folder).digest == before


def test_ctrl_c_keeps_the_run_and_resume_ends_it(recipe, logs, tmp_path, vrface, monkeypatch):
    command = ("train", recipe, "--logs", logs, "-o", tmp_path / "of logs")
    show = _Watch.__call__

    def interrupt(self, what, done, of, note):
        show(self, what, done, of, note)
        if (what, done) == ("training", 2):
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_Watch, "__call__", interrupt)
    code, out, err = vrface(*command)
    again = f"`vrface train {recipe} --logs {logs} -o '{tmp_path}/of logs' --resume`"
    assert (code, out) == (130, "")
    assert err.splitlines()[-1] == f"stopped at step 2 of 3; go on with {again}"

    monkeypatch.setattr(_Watch, "__call__", show)
    code, out, err = vrface(*command, "--resume")
    assert code == 0, err
    assert "training: 1 of 3" not in err  # it goes on from where it stood
    card = checkpoint.load(tmp_path / "of logs").card
    assert "Learned from: 3 recordings" in card
    assert "--logs FOLDER" in card


def test_ctrl_c_before_the_run_began_says_that_nothing_was_kept(
    recipe, tmp_path, vrface, monkeypatch
):
    def interrupt(self, what, done, of, note):
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(_Watch, "__call__", interrupt)
    code, out, err = vrface("train", recipe, "-o", tmp_path / "mine")
    assert (code, out) == (130, "")
    assert err == (
        "stopped before the run began; start it again with "
        f"`vrface train {recipe} -o {tmp_path}/mine`\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["-o", "{tmp}/a"], "takes either a RECIPE or --preset"),
        (
            ["{recipe}", "--preset", "tiny_cpu", "-o", "{tmp}/a"],
            "takes either a RECIPE or --preset",
        ),
        (["{recipe}"], "Missing option"),
        (["--preset", "tiny_cp", "-o", "{tmp}/a"], "Did you mean 'tiny_cpu'?"),
        (["{tmp}/nothere.py", "-o", "{tmp}/a"], "no recipe at"),
        (["{tmp}/bad.py", "-o", "{tmp}/a"], "bad.py, line 2: NameError"),
        (["{recipe}", "--logs", "{tmp}", "-o", "{tmp}/a"], "no log (.mcap)"),
        (["{recipe}", "--logs", "{tmp}/nothere", "-o", "{tmp}/a"], "is no folder"),
    ],
)
def test_bad_use_is_one_line_with_advice(fails, recipe, tmp_path, arguments, words):
    (tmp_path / "bad.py").write_text("def config():\n    return nothing\n")
    given = [argument.format(tmp=tmp_path, recipe=recipe) for argument in arguments]
    assert words in fails(2, "train", *given)


def test_a_folder_that_cannot_be_written_costs_no_work(fails, recipe, tmp_path):
    (tmp_path / "afile").write_text("mine")
    assert "Give another -o." in fails(1, "train", recipe, "-o", tmp_path / "afile")
    line = fails(1, "train", recipe, "-o", tmp_path / "a", "--json", tmp_path / "afile" / "x.json")
    assert "Give another --json." in line


def test_a_log_without_sensors_is_refused(fails, recipe, tmp_path, take_csv):
    assert run("import", take_csv, "-o", tmp_path / "face.mcap")[0] == 0
    line = fails(1, "train", recipe, "--logs", tmp_path, "-o", tmp_path / "a")
    assert "is not a paired log" in line


def test_resume_needs_a_run(vrface, recipe, tmp_path):
    code, _, err = vrface("train", recipe, "-o", tmp_path / "a", "--resume")
    assert code == 2
    assert "no run to resume" in err.splitlines()[-1]
