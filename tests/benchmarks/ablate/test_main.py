"""The command: bad use is one line, what is done is not done again, a stop says what is kept."""

from dataclasses import replace

import pytest

from benchmarks.ablate import __main__ as command_line
from benchmarks.ablate.__main__ import key, main
from benchmarks.ablate.variants import VARIANTS
from tests.benchmarks.ablate import settings as made
from vrface.training import workers

SETTINGS = made.tiny()


@pytest.fixture
def nowhere(tmp_path, monkeypatch):
    """No recordings, small settings, a folder of its own for results."""
    monkeypatch.delenv("VRFACE_DATA", raising=False)
    monkeypatch.setattr(command_line, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(command_line, "Settings", lambda: SETTINGS)
    return tmp_path


@pytest.fixture
def run(monkeypatch):
    """`workers.run` that writes what jobs would have found, and says which it was asked for."""
    asked = []

    def finished(tasks, folder, watch, count):
        import json

        folder.mkdir(parents=True, exist_ok=True)
        found = made.results(SETTINGS, real=True)
        for name in tasks:
            asked.append(name)
            workers.kept(folder, name).write_text(json.dumps(found[name]))
            watch(name, 1.0)

    monkeypatch.setattr(workers, "run", finished)
    return asked


def test_without_real_faces_only_what_needs_none_is_done(nowhere, run, capsys):
    main(["-o", str(nowhere / "docs"), "--json", str(nowhere / "all.json")])
    assert not [name for name in run if name.startswith("real") or name == "run-mixed"]
    text = (nowhere / "docs" / "ablations.md").read_text("utf-8")
    assert "| open |" in text
    assert str(nowhere) not in text
    assert capsys.readouterr().out.startswith("read ")


def test_real_faces_add_to_what_is_kept(nowhere, run):
    for person in ("anna", "bert"):
        (nowhere / "arkit" / person).mkdir(parents=True)
        (nowhere / "arkit" / person / "take.csv").write_text(person)
    main(["-o", str(nowhere / "docs"), "--data", str(nowhere)])
    assert {f"run-{name}" for name in VARIANTS} <= set(run)
    assert "real-mouth_only" in run
    assert "| open |" not in (nowhere / "docs" / "ablations.md").read_text("utf-8")
    (folder,) = (nowhere / "kept").iterdir()
    assert (folder / "run-base.json").exists()
    assert not (folder / "run-mixed.json").exists()  # it depends on whose faces these are
    assert list(folder.glob("*/run-mixed.json"))


@pytest.mark.parametrize("wrong", [("--data", "no-such-folder"), ("--json", "recipe.py")])
def test_bad_use_is_one_line_and_an_exit_code(nowhere, capsys, wrong):
    with pytest.raises(SystemExit) as left:
        main(["-o", str(nowhere), *wrong])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert said.startswith("ablate: ")
    assert said.count("\n") == 1


def test_one_person_alone_is_bad_use(nowhere, capsys):
    (nowhere / "arkit" / "anna").mkdir(parents=True)
    (nowhere / "arkit" / "anna" / "take.csv").touch()
    with pytest.raises(SystemExit) as left:
        main(["-o", str(nowhere), "--data", str(nowhere)])
    assert left.value.code == 2
    assert "one person" in capsys.readouterr().err


def test_an_interrupt_says_what_is_kept(nowhere, monkeypatch, capsys):
    def stopped(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(workers, "run", stopped)
    with pytest.raises(SystemExit) as left:
        main(["-o", str(nowhere)])
    assert left.value.code == 130
    assert capsys.readouterr().err == (
        "ablate: stopped; 0 of these 10 parts are kept; the same command goes on\n"
    )


def test_the_key_is_another_one_for_other_settings_alone():
    assert key(SETTINGS) == key(made.tiny())
    assert key(replace(SETTINGS, judged=3)) != key(SETTINGS)
    assert key(replace(SETTINGS, config=replace(SETTINGS.config, steps=3))) != key(SETTINGS)
