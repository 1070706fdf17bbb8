"""Runs and judging, on the least that runs: what is kept can be judged, and says what it says."""

from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from benchmarks import traces
from benchmarks.ablate import judging, runs
from benchmarks.ablate.judging import Evidence, Look
from benchmarks.ablate.variants import BASE, DEAF, GAZE, VARIANTS
from tests.benchmarks.ablate.settings import tiny
from vrface.errors import Refused
from vrface.face.expression import Source
from vrface.model.features import SLOTS
from vrface.model.model import Model
from vrface.sensors.headset import headset
from vrface.simulation.performance import synthetic_take
from vrface.training.logs import simulated_logs
from vrface.training.rivals.law import Law
from vrface.trust.permission import Permission

SETTINGS = tiny()
TAKES = (Path("0"), Path("1"), Path("2"))
PERSONS = ("anna", "bert", "anna")
FOCUS = "openness_gaze_mouth"
NOBODY = cast(Model, None)  # an unpaired calibration asks no model


def quiet(done):
    assert 0.0 <= done <= 1.0


def read_take(path):
    number = int(path.name)
    take = synthetic_take(seed=20 + number, seconds=60.0)
    assert take.source[0] == Source.MEASURED
    return replace(take, name=f"take-{number}", person=PERSONS[number], simulated=False)


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The base, one that is sized afterwards, and one that real faces taught."""
    folder = tmp_path_factory.mktemp("models")
    patch = pytest.MonkeyPatch()
    patch.setattr(runs, "read_take", read_take)
    about = {}
    for name in (BASE, "squared", "real"):
        about[name] = runs.learn(name, SETTINGS, TAKES, folder, quiet)
    patch.undo()
    return folder, about


@pytest.mark.slow
def test_a_run_says_what_it_cost_and_keeps_a_model_for_each_part(models):
    folder, about = models
    assert sorted(path.name for path in folder.iterdir()) == [
        "base.safetensors", "real-0.safetensors", "real-1.safetensors", "squared.safetensors",
    ]  # fmt: skip
    assert about[BASE]["steps"] == SETTINGS.config.steps
    assert about[BASE]["models"] == 1
    assert about["real"]["models"] == runs.FOLDS
    assert all(one["cpu_s"] > 0 and np.isfinite(one["loss"]) for one in about.values())
    model = runs.model_of(BASE, SETTINGS, [folder])
    assert sum(leaf.size for leaf in model.params.values()) == about[BASE]["parameters"]


@pytest.mark.slow
def test_only_laws_that_were_not_learned_are_sized(models):
    folder, _ = models
    law = Law(np.full((1, 3, 54), 0.4, np.float32), np.full((1, 3, 54), 0.2, np.float32))
    base, squared = (runs.model_of(name, SETTINGS, [folder]) for name in (BASE, "squared"))
    assert runs.sized(base, law) is law
    got = runs.sized(squared, law)
    assert got.scale.shape == law.loc.shape
    assert not np.allclose(got.scale, law.scale)


@pytest.mark.slow
def test_simulated_wearers_are_judged_by_every_model_and_without_gaze(models):
    folder, _ = models
    looks = (
        Look("base", BASE, seconds=5.0),
        Look("gaze away", BASE, seconds=5.0, deaf=GAZE),
        Look("paired", BASE, "paired", 5.0),
        Look("real", "real", seconds=5.0),
    )
    evidence = Evidence("simulated", FOCUS, looks, longest_s=5.0)
    found = judging.judge(evidence, SETTINGS, (), [folder], quiet)
    assert {row: len(entries) for row, entries in found.items()} == {
        "base": 2, "gaze away": 2, "paired": 2, "real": 4,
    }  # fmt: skip
    for entries in found.values():
        for entry in entries:
            assert entry["groups"]["hidden"]["crps"] > 0
    errors = [found[row][0]["groups"]["hidden"]["crps"] for row in ("base", "gaze away", "paired")]
    assert len(set(errors)) == 3


@pytest.mark.slow
def test_a_real_person_is_judged_by_the_model_that_never_saw_them(models, monkeypatch):
    folder, _ = models
    monkeypatch.setattr(judging, "read_take", read_take)
    asked, law = [], traces.law

    def noted(model, *rest):
        asked.append(model)
        return law(model, *rest)

    monkeypatch.setattr(traces, "law", noted)
    evidence = Evidence("real", FOCUS, (Look("real", "real", seconds=5.0),), longest_s=5.0)
    found = judging.judge(evidence, SETTINGS, TAKES, [folder], quiet)
    assert [one["person"] for one in found["real"]] == list(PERSONS)
    first, second = (runs.model_of("real", SETTINGS, [folder], fold) for fold in (0, 1))
    name = "head.laws.bias"
    expected = [second if person == "bert" else first for person in PERSONS]
    for model, one in zip(asked[:: judging.SENSOR_SEEDS], expected, strict=True):
        np.testing.assert_array_equal(model.params[name], one.params[name])


def test_persons_are_dealt_into_parts_by_name_not_by_order():
    assert runs.fold_of(["b", "a", "c", "a"]) == {"a": 0, "b": 1, "c": 0}
    assert [len(runs.folds(VARIANTS[name])) for name in (BASE, "mixed")] == [1, runs.FOLDS]


def test_nobody_teaches_for_whom_may_be_the_same_person():
    own = (Path(__file__).parents[3] / "datasets" / "README.md").read_text("utf-8")
    assert "`alex`; `talk` (may be the same person" in own
    assert runs.fold_of(["talk", "alex"]) == {"talk": 0, "alex": 0}
    parts = runs.fold_of(["talk", "alex", "bert"])
    assert parts["talk"] == parts["alex"] != parts["bert"]
    takes = {person: Path(person) / "take.csv" for person in ("alex", "talk", "bert")}
    assert not runs.can_teach([])
    assert not runs.can_teach([takes["alex"], takes["talk"]])
    assert runs.can_teach([takes["talk"], takes["bert"]])


def test_a_headset_that_senses_nothing_of_a_recorded_face_teaches_nothing():
    take = synthetic_take(seed=1, seconds=2.0)
    (found,) = runs._taught([take], 1, ("foam_16", "mouth_only", "emg_8"), 1)
    assert found.headset.name == "mouth_only"


def test_wearers_are_simulated_once_for_both_parts(monkeypatch, tmp_path):
    made, taught = [], []

    def once(config, progress):
        made.append(config)
        return simulated_logs(config, progress)

    def descended(variant, config, settings, recordings, tell):
        taught.append(recordings)
        return {"params/none": np.zeros(1, np.float32)}, {}

    monkeypatch.setattr(runs, "simulated_logs", once)
    monkeypatch.setattr(runs, "_descended", descended)
    monkeypatch.setattr(runs, "read_take", read_take)
    runs.learn("mixed", SETTINGS, TAKES, tmp_path, quiet)
    assert len(made) == 1
    first, second = taught
    wearers = SETTINGS.config.simulated.wearers
    assert all(a is b for a, b in zip(first[:wearers], second[:wearers], strict=True))
    assert {one.wearer for one in first[wearers:]} == {"bert"}
    assert {one.wearer for one in second[wearers:]} == {"anna"}


def test_a_model_that_never_heard_gaze_is_judged_and_calibrated_without():
    (look,) = (one for one in judging.looks_of(SETTINGS, FOCUS, faces=False) if one.row == DEAF)
    assert look.deaf == GAZE
    evidence = Evidence("simulated", FOCUS, (look,), longest_s=5.0)
    (case,) = traces.cases(judging._recordings(evidence, replace(SETTINGS, judged=1), ()), 5.0)
    heard = traces.without(case.lessons[0], look.deaf)
    known = traces.calibration(NOBODY, heard, look.mode, look.seconds)
    gaze = np.array([stream in GAZE for stream, _ in SLOTS])
    assert np.isnan(known.sensors[:, gaze]).all()
    whole = traces.calibration(NOBODY, case.lessons[0], look.mode, look.seconds)
    assert np.isfinite(whole.sensors[:, gaze]).any()


def test_what_is_taken_away_is_in_no_feature():
    evidence = Evidence("simulated", FOCUS, (), longest_s=5.0)
    (case,) = traces.cases(judging._recordings(evidence, replace(SETTINGS, judged=1), ()), 5.0)
    (lesson,) = case.lessons
    gaze = [n for n, (stream, _) in enumerate(SLOTS) if stream in GAZE]
    frames = slice(0, 30)
    assert lesson.features(frames)[:, :, gaze].any()
    assert not traces.without(lesson, GAZE).features(frames)[:, :, gaze].any()
    assert case.from_frame == pytest.approx(6.0 * 60, abs=1)
    assert case.source == 0


def test_every_headset_is_judged_and_gaze_taken_away_where_there_is_any():
    plain = {one.name: one for one in judging.evidences(SETTINGS, faces=False)}
    rows = {name: {look.row for look in one.looks} for name, one in plain.items()}
    assert "gaze away" not in rows["simulated-mouth_only"]
    assert "gaze away" in rows[f"simulated-{FOCUS}"]
    assert not {"real", "mixed"} & rows["simulated-mouth_only"]
    real = {one.name: one for one in judging.evidences(SETTINGS, faces=True)}
    assert {look.row for look in real["simulated-mouth_only-taught-by-real"].looks} == {
        "real", "mixed",
    }  # fmt: skip
    assert {BASE, "mixed"} <= {look.row for look in real["real-mouth_only"].looks}
    untaught = {one.name: one for one in judging.evidences(SETTINGS, faces=True, taught=False)}
    assert not [name for name in untaught if name.endswith("taught-by-real")]
    assert BASE in (looked := {look.row for look in untaught["real-mouth_only"].looks})
    assert not {"real", "mixed"} & looked
    assert not plain.keys() & real.keys()
    for one in (*plain.values(), *real.values()):
        assert headset(one.headset)


def test_no_door_opens_without_permission(tmp_path):
    class Closed(Permission):
        def require(self, door):
            raise Refused(f"not {door}.")

    closed = object.__new__(Closed)
    with pytest.raises(Refused, match="train"):
        runs.learn(BASE, SETTINGS, (), tmp_path, quiet, closed)
    with pytest.raises(Refused, match="evaluate"):
        judging.judge(Evidence("simulated", FOCUS, ()), SETTINGS, (), [tmp_path], quiet, closed)
