import json
from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse, Refused, UnknownName
from vrface.face.blendshapes import BLENDSHAPES
from vrface.log.importers import read_take
from vrface.sensors.headset import headset
from vrface.simulation.behaviour import synthetic_take
from vrface.simulation.occlusion import wear
from vrface.training.averages import METRICS
from vrface.training.evaluate import evaluate_faces, evaluate_logs, summary_rows
from vrface.trust.permission import Permission

LOCAL = Permission.local()
VIVE = headset("vive_pro_eye_lip")


@pytest.fixture(scope="module")
def takes():
    """Two takes of one wearer, one of another."""
    first = synthetic_take(seed=1, seconds=9)
    sibling = replace(synthetic_take(seed=5, seconds=9), person=first.person)
    return [first, sibling, replace(synthetic_take(seed=2, seconds=6), person="wearer-2")]


@pytest.fixture(scope="module")
def report(takes, neutral_model):
    return evaluate_faces(
        takes, VIVE, neutral_model, calibrate="paired", seconds=3, seed=7, permission=LOCAL
    )


def test_the_report_is_strict_json_of_the_promised_form(report):
    again = json.loads(json.dumps(report, allow_nan=False))
    assert list(again) == [
        "protocol",
        "model",
        "headset",
        "takes",
        "summary",
        "step_ms",
        "step_wearers",
    ]
    assert again["protocol"] == "1-draft"
    assert again["headset"] == VIVE.name
    assert 0 < again["step_ms"]["p50"] <= again["step_ms"]["p99"]
    for take in again["takes"]:
        assert set(take) == {
            "name", "person", "label", "frames", "seconds", "calibration", "calibration_s", "seen",
            "groups", "channels", "rivals",
        }  # fmt: skip
        assert set(take["groups"]) == {"hidden", "brow", "cheek", "nose", "mouth", "measured"}
        assert "browInnerUpLeft" in take["channels"]
        scored = [*take["groups"].values(), *take["channels"].values()]
        for rival in take["rivals"].values():
            scored += rival["groups"].values()
        assert all(tuple(metrics) == METRICS for metrics in scored)
    assert set(again["summary"]) == {"persons", "takes", "groups", "rivals"}
    assert again["summary"]["persons"] == 2
    assert again["summary"]["takes"] == 3


def test_takes_say_how_they_were_calibrated_and_what_they_are(report, takes):
    first, sibling, stranger = report["takes"]
    assert [first["calibration"], stranger["calibration"]] == ["paired", "none"]
    assert [sibling["calibration_s"], stranger["calibration_s"]] == [3.0, 0.0]
    assert first["label"] == "simulated face, simulated sensors"
    assert first["frames"] == len(wear(takes[0], VIVE, seed=0).frame_time_ns)
    assert first["seconds"] == pytest.approx(9, abs=0.05)
    assert [first["seen"], stranger["seen"]] == [False, True]


def test_a_rival_needs_what_it_learns_from(report):
    first, _, stranger = report["takes"]
    assert set(first["rivals"]) > {"neutral", "climatology", "copy_rule", "ridge", "ridge_user"}
    assert "ridge_user" not in stranger["rivals"]
    assert "ridge_user" not in report["summary"]["rivals"]


def test_a_network_is_scored_beside_the_ridge_of_its_checkpoint(takes, drawn_model, monkeypatch):
    monkeypatch.setattr("vrface.training.calibrate.MIN_SCORED_S", 2.0)
    report, as_model = (
        evaluate_faces(takes[2:], VIVE, model, calibrate="paired", seconds=3, permission=LOCAL)
        for model in (drawn_model, drawn_model.ridge)
    )
    assert as_model["model"] == {"name": "ridge", "digest": drawn_model.ridge.digest.hex()}
    for take, other in zip(report["takes"], as_model["takes"], strict=True):
        itself = {name: other["groups"][name] for name in other["rivals"]["ridge"]["groups"]}
        assert other["rivals"]["ridge"]["groups"] == itself
        assert set(take["rivals"]) == set(other["rivals"]) > {"ridge", "ridge_user", "best"}
        for name in ("ridge", "ridge_user"):
            ours, theirs = (one["rivals"][name]["groups"]["hidden"] for one in (take, other))
            assert ours["crps"] == pytest.approx(theirs["crps"], rel=1e-5)
        assert take["groups"]["hidden"]["crps"] != other["groups"]["hidden"]["crps"]


def test_best_is_the_one_the_checkpoint_names(takes, neutral_model):
    report = evaluate_faces(takes[2:], VIVE, neutral_model, permission=LOCAL)
    assert report["takes"][0]["rivals"]["best"]["name"] == "climatology"
    unsaid = replace(neutral_model, config={"best_rival": None})
    report = evaluate_faces(takes[2:], VIVE, unsaid, permission=LOCAL)
    assert "best" not in report["takes"][0]["rivals"]


def test_the_same_seed_gives_the_same_figures_and_another_one_others(takes, neutral_model):
    def figures(seed):
        report = evaluate_faces(takes[2:], VIVE, neutral_model, seed=seed, permission=LOCAL)
        return report["takes"][0]["rivals"]["copy_rule"]

    assert figures(0) == figures(0)
    assert figures(0) != figures(1)


def test_a_long_take_calibrates_itself_and_those_seconds_are_not_scored(neutral_model, monkeypatch):
    monkeypatch.setattr("vrface.training.calibrate.MIN_SCORED_S", 4.0)
    take = synthetic_take(seed=3, seconds=8)
    report = evaluate_faces(
        [take], VIVE, neutral_model, calibrate="unpaired", seconds=3, permission=LOCAL
    )
    entry = report["takes"][0]
    assert (entry["calibration"], entry["calibration_s"]) == ("unpaired", 3.0)
    assert entry["frames"] == len(wear(take, VIVE, seed=0).frame_time_ns) - 180


def test_logs_are_scored_with_their_own_sensors(takes, neutral_model):
    paired = replace(wear(takes[0], VIVE, seed=0), real_sensors=True, real_face=True)
    seen = []
    report = evaluate_logs(
        [paired],
        neutral_model,
        permission=LOCAL,
        progress=lambda name, done: seen.append((name, done)),
    )
    assert report["takes"][0]["label"] == "real face, real sensors"
    assert report["takes"][0]["person"] == paired.wearer
    assert seen[0] == (paired.name, 0.0)
    assert seen[-1] == (paired.name, 1.0)


def test_figures_of_different_kinds_are_never_mixed(takes, neutral_model):
    simulated = wear(takes[0], VIVE, seed=0)
    real = replace(simulated, real_face=True, real_sensors=True)
    with pytest.raises(BadUse, match="never mixed"):
        evaluate_logs([simulated, real], neutral_model, permission=LOCAL)
    other = wear(takes[0], headset("mouth_only"), seed=0)
    with pytest.raises(BadUse, match="several headsets"):
        evaluate_logs([simulated, other], neutral_model, permission=LOCAL)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"calibrate": "pared"}, UnknownName, "paired"),
        ({"calibrate": "unpaired", "seconds": 1}, BadUse, "2 seconds or more"),
        ({"calibrate": "paired", "seconds": float("nan")}, BadUse, "2 seconds or more"),
        ({"permission": Permission("signed", "x")}, Refused, "evaluate"),
    ],
)
def test_impossible_calls_say_so(takes, neutral_model, arguments, error, match):
    with pytest.raises(error, match=match):
        evaluate_faces(takes, VIVE, neutral_model, **({"permission": LOCAL} | arguments))


def test_nothing_to_score_is_said(takes, neutral_model):
    with pytest.raises(BadUse, match="nothing to evaluate"):
        evaluate_faces([], VIVE, neutral_model, permission=LOCAL)
    sees_all = replace(VIVE, measures=tuple(BLENDSHAPES))
    with pytest.raises(BadUse, match="hides nothing"):
        evaluate_faces(takes[:1], sees_all, neutral_model, permission=LOCAL)


def test_summary_rows_name_the_model_first(report):
    rows = summary_rows(report)
    assert rows[0] == ("neutral_model", report["summary"]["groups"])
    assert [name for name, _ in rows[1:]] == list(report["summary"]["rivals"])


def test_a_real_take_is_scored_as_a_real_face(vrface_data, neutral_model):
    take = read_take(vrface_data / "arkit" / "talk" / "apfel.csv").cut(0, 12)
    report = evaluate_faces([take], VIVE, neutral_model, permission=LOCAL)
    entry = report["takes"][0]
    assert entry["person"] == "talk"
    assert entry["label"] == "real face, simulated sensors"
    assert "browInnerUpRight" not in entry["channels"]
    assert entry["groups"]["hidden"]["crps"] > 0


def test_the_same_recording_twice_is_refused(takes, neutral_model):
    again = replace(takes[0], name="a copy")
    with pytest.raises(BadUse, match="are the same recording"):
        evaluate_faces([takes[0], again], VIVE, neutral_model, permission=LOCAL)


def test_a_wearer_the_model_learned_from_is_marked_seen(neutral_model):
    learned = synthetic_take(seed=3, seconds=5)
    fresh = synthetic_take(seed=20_003, seconds=5)
    model = replace(neutral_model, config={"seen": [learned.person]})
    report = evaluate_faces([learned, fresh], VIVE, model, permission=LOCAL)
    assert [take["seen"] for take in report["takes"]] == [True, False]


def test_lost_eyes_do_not_take_the_face_with_them(takes, neutral_model):
    blind = replace(takes[0], gaze=np.full_like(takes[0].gaze, np.nan))
    report = evaluate_faces([blind], VIVE, neutral_model, permission=LOCAL)
    whole = evaluate_faces(takes[:1], VIVE, neutral_model, permission=LOCAL)
    assert report["takes"][0]["frames"] == whole["takes"][0]["frames"]
