"""The command line of the report: bad use is one line, and the page names no machine's paths."""

import json
from pathlib import Path

import pytest

from benchmarks import report as command_line
from benchmarks.report import command, figures, main
from tests.training.report import finished_jobs
from vrface.model import pretrained
from vrface.training import workers
from vrface.training.report import findings
from vrface.training.report.findings import read
from vrface.training.report.options import Options


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No recordings, and a folder of its own for results."""
    monkeypatch.delenv("VRFACE_DATA", raising=False)
    monkeypatch.setattr(command_line, "KEPT", tmp_path / "kept")
    return tmp_path


def test_the_command_is_what_makes_it_again_without_any_path_of_this_machine(tmp_path):
    assert command(Options()) == "make report"
    assert command(Options(data=tmp_path)) == "VRFACE_DATA=FOLDER make report"
    assert command(Options(model="/home/me/mine", wearers=6, seconds=12.5)) == (
        'make report ARGS="--model mine --wearers 6 --seconds 12.5"'
    )


@pytest.mark.parametrize(
    "wrong",
    [
        ("--model", "nobody"),
        ("--data", "no-such-folder"),
        ("--wearers", "0"),
        ("--seconds", "nan"),
        ("--json", "recipe.py"),
    ],
)
def test_bad_use_is_one_line_and_an_exit_code(nowhere, capsys, wrong):
    with pytest.raises(SystemExit) as left:
        main(["-o", str(nowhere), *wrong])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("report: ")
    assert said.count("\n") == 1
    assert not list(nowhere.iterdir())


def test_what_is_written_as_json_is_strict_and_holds_aims_and_summaries(tmp_path):
    options = Options(wearers=6)
    finished_jobs.results(tmp_path, options)
    found = figures(read(tmp_path, options, finished_jobs.ABOUT))
    assert json.loads(json.dumps(found, allow_nan=False))
    assert found["summaries"]["simulated"]["mouth_only"]["paired"]["persons"] == 6
    assert found["summaries"]["simulated"]["mouth_only"]["paired"]["best"] == "pool"
    assert found["summaries"]["real"] == {}
    assert found["aims"]["simulated"][0]["what"].startswith("`mouth_only` unpaired")
    assert found["machine"]["jax"]
    assert "better than B in 12 of 12" in found["verdict"]


def stopped(*_):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("where", "name", "words"),
    [
        (workers, "run", "0 of 6 parts are kept; the same command goes on"),
        (findings, "read", "all is measured; the same command writes the page"),
        (pretrained, "load", "the same command goes on"),
    ],
)
def test_an_interrupt_says_what_is_kept(nowhere, monkeypatch, capsys, where, name, words):
    monkeypatch.setattr(pretrained, "load", lambda model: Model)
    monkeypatch.setattr(workers, "run", lambda *_: None)
    monkeypatch.setattr(where, name, stopped)
    with pytest.raises(SystemExit) as left:
        main(["-o", str(nowhere), "--wearers", "1"])
    assert left.value.code == 130
    assert capsys.readouterr().err == f"report: stopped; {words}\n"


class Model:
    """As much of one as a report asks for before it measures."""

    digest = bytes(32)


def test_defaults_are_those_of_the_options(nowhere, monkeypatch):
    asked = []
    monkeypatch.setattr(command_line, "report", lambda *given: asked.append(given))
    main([])
    assert asked == [(Options(), Path("docs"), None)]
