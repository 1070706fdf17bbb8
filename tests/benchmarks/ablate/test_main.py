"""The command: bad use is one line, what is done is not done again, a stop says what is kept."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.ablate import __main__ as command_line
from benchmarks.ablate.__main__ import key, main, measuring
from benchmarks.ablate.variants import VARIANTS
from tests.benchmarks.ablate import settings as made
from vrface.training import workers

SETTINGS = made.tiny()
ROOT = Path(command_line.__file__).resolve().parents[2]


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


@pytest.mark.parametrize("persons", [("anna",), ("alex", "talk")])
def test_takes_that_may_be_of_one_person_judge_and_teach_nothing(nowhere, run, capsys, persons):
    for person in persons:
        (nowhere / "arkit" / person).mkdir(parents=True)
        (nowhere / "arkit" / person / "take.csv").write_text(person)
    main(["-o", str(nowhere / "docs"), "--data", str(nowhere)])
    assert "real-mouth_only" in run
    assert not {"run-real", "run-mixed", "simulated-mouth_only-taught-by-real"} & set(run)
    out = capsys.readouterr().out
    assert "real and mixed not run: all takes here may be of one person" in out


def test_the_same_faces_under_other_names_are_other_evidence(tmp_path):
    names = []
    for person in ("anna", "bert"):
        take = tmp_path / person / "take.csv"
        take.parent.mkdir()
        take.write_text("the same")
        names.append(command_line._named([take]))
    assert len(set(names)) == 2


def test_what_is_kept_is_a_page_without_measuring_more(nowhere, run):
    main(["-o", str(nowhere / "docs"), "--kept"])
    assert not run
    text = (nowhere / "docs" / "ablations.md").read_text("utf-8")
    assert "nothing is measured yet" in text
    main(["-o", str(nowhere / "docs")])
    done = list(run)
    whole = (nowhere / "docs" / "ablations.md").read_text("utf-8")
    (folder,) = (nowhere / "kept").iterdir()
    (folder / "run-gru.json").unlink()
    main(["-o", str(nowhere / "docs"), "--kept"])
    assert run == done
    assert (nowhere / "docs" / "ablations.md").read_text("utf-8") != whole


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


def test_no_source_that_figures_pass_through_is_left_out_of_the_key():
    """Whatever a source in the key imports of the benchmarks is in it too."""
    counted = {path.relative_to(ROOT) for path in measuring()}
    assert all((ROOT / path).is_file() for path in counted)
    for path in counted:
        text = (ROOT / path).read_text("utf-8")
        found = re.findall(r"(?m)^from (benchmarks[.\w]*) import (.+)$", text)
        for module, names in found:
            for name in names.split(", "):
                as_module = Path(f"{module.replace('.', '/')}/{name}.py")
                source = (
                    as_module
                    if (ROOT / as_module).exists()
                    else Path(f"{module.replace('.', '/')}.py")
                )
                assert source in counted, f"{path} reads {source}"
