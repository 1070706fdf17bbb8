"""The command line of the report: bad use is one line, and the page names no machine's paths."""

import argparse
import sys
from pathlib import Path

import pytest

from benchmarks.report import THREADS, command, main


def asked(**others):
    given = {"model": "default", "data": None, "wearers": 40, "seconds": 30.0, "seed": 0}
    return argparse.Namespace(**given | others)


def test_the_command_is_what_makes_it_again_without_any_path_of_this_machine():
    assert command(asked()) == "make report"
    assert command(asked(data=Path("/home/me/data"))) == "VRFACE_DATA=FOLDER make report"
    assert command(asked(model="/home/me/mine", wearers=6)) == (
        'make report ARGS="--model mine --wearers 6"'
    )


@pytest.mark.parametrize(
    "wrong", [("--model", "nobody"), ("--data", "no-such-folder"), ("--wearers", "-1")]
)
def test_bad_use_is_one_line_and_an_exit_code(tmp_path, monkeypatch, capsys, wrong):
    monkeypatch.setattr(sys, "argv", ["report", "-o", str(tmp_path), *wrong])
    for name in THREADS:
        monkeypatch.setenv(name, "1")
    with pytest.raises(SystemExit) as left:
        main()
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("report: ")
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir())
