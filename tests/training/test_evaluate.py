import json
from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse, Refused, UnknownName, VrfaceError
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.log.importers import read_take
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.averages import METRICS
from vrface.training.evaluate import (
    MODES,
    Judged,
    evaluate_faces,
    evaluate_logs,
    evaluations,
    logs_recordings,
    summary_rows,
)
from vrface.training.metrics.geometry import ReferenceRig
from vrface.training.rivals import field
from vrface.training.rivals.law import Law
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
    assert again["protocol"] == "1"
    assert again["headset"] == VIVE.name
    assert 0 < again["step_ms"]["p50"] <= again["step_ms"]["p99"]
    for take in again["takes"]:
        assert set(take) == {
            "name", "person", "label", "frames", "seconds", "calibration", "calibration_s", "seen",
            "groups", "channels", "rivals", "ceilings", "reliability", "events", "liveliness",
            "recovery", "shown", "lively",
        }  # fmt: skip
        assert set(take["groups"]) == {"hidden", "brow", "cheek", "nose", "mouth", "measured"}
        assert "browInnerUpLeft" in take["channels"]
        scored = [*take["groups"].values(), *take["channels"].values()]
        for rival in take["rivals"].values():
            scored += rival["groups"].values()
        assert all(tuple(metrics) == METRICS for metrics in scored)
        assert take["ceilings"] == {}
        assert set(take["reliability"]) == set(take["groups"]) - {"measured"}
        assert set(take["events"]) == {"blinks", "brow_raises"}
        assert set(take["liveliness"]) == {"sides", "windows"}
        assert set(take["recovery"]) == {
            "drop_s", "drops", "came_off", "recovery_ms", "overshoot", "crps", "crps_dropped",
            "hold_last_mae", "mae_dropped",
        }  # fmt: skip
    assert set(again["summary"]) == {
        "persons", "takes", "left_out", "groups", "rivals", "ceilings", "against", "worst_decile",
        "reliability", "events", "liveliness", "recovery", "shown", "lively",
    }  # fmt: skip
    assert again["summary"]["persons"] == 1
    assert again["summary"]["takes"] == 2
    assert again["summary"]["left_out"] == ["wearer-2/" + again["takes"][2]["name"]]


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
    paired = [
        "neutral", "climatology", "calibration_climatology", "copy_rule", "copy_rule_offset",
        "hold_last", "ridge", "ridge_offset", "ridge_user", "pool", "pool_user",
    ]  # fmt: skip
    assert list(first["rivals"]) == paired
    unpaired = ["neutral", "climatology", "copy_rule", "ridge", "pool"]
    assert list(stranger["rivals"]) == [*unpaired, "best"]
    assert list(report["summary"]["rivals"]) == list(report["summary"]["against"]) == paired


def test_a_network_is_scored_beside_the_rivals_of_its_checkpoint(takes, drawn_model, neutral_model):
    mine, other = (
        evaluate_faces(takes[2:], VIVE, model, permission=LOCAL)["takes"][0]
        for model in (drawn_model, neutral_model)
    )
    assert mine["groups"] != other["groups"]
    assert mine["rivals"]["ridge"] != other["rivals"]["ridge"]
    assert mine["rivals"]["neutral"] == other["rivals"]["neutral"]


def test_best_is_the_one_the_checkpoint_names_for_the_mode_and_headset(
    takes, drawn_model, monkeypatch
):
    monkeypatch.setattr("vrface.training.calibrate.MIN_SCORED_S", 1.5)

    def best(headset, calibrate):
        report = evaluate_faces(
            takes[2:], headset, drawn_model, calibrate=calibrate, seconds=3, permission=LOCAL
        )
        rivals = report["takes"][0]["rivals"]
        if "best" not in rivals:
            return None
        assert rivals["best"]["groups"] == rivals[rivals["best"]["name"]]["groups"]
        return rivals["best"]["name"]

    assert best(VIVE, "paired") == "copy_rule"
    assert best(headset("mouth_only"), "paired") == "neutral"
    assert best(VIVE, "none") is None


def test_the_same_seed_gives_the_same_figures_and_another_one_others(takes, neutral_model):
    def figures(seed):
        report = evaluate_faces(takes[2:], VIVE, neutral_model, seed=seed, permission=LOCAL)
        return report["takes"][0]["rivals"]["copy_rule"]

    assert figures(0) == figures(0)
    assert figures(0) != figures(1)


def test_what_calibrates_a_long_take_is_scored_in_no_mode_nor_is_one_second_more(
    neutral_model, monkeypatch
):
    monkeypatch.setattr("vrface.training.calibrate.MIN_SCORED_S", 4.0)
    own = logs_recordings([wear(synthetic_take(seed=3, seconds=8.5), VIVE, seed=0)])
    frames = len(own[0].truth.time_ns)
    reports = evaluations(own, neutral_model, modes=("none", "unpaired"), seconds=3)
    alone = evaluations(own, neutral_model, modes=("none",), seconds=3)["none"]["takes"][0]
    none, unpaired = (report["takes"][0] for report in reports.values())
    assert (none["calibration"], none["calibration_s"]) == ("none", 0.0)
    assert (unpaired["calibration"], unpaired["calibration_s"]) == ("unpaired", 3.0)
    assert none["frames"] == unpaired["frames"] == alone["frames"] == frames - 240
    assert unpaired["recovery"]["drops"] == 0
    # One second less leaves too little: nothing calibrates it, and all of it is scored.
    short = logs_recordings([wear(synthetic_take(seed=3, seconds=7.5), VIVE, seed=0)])
    fallen = evaluations(short, neutral_model, modes=("unpaired",), seconds=3)["unpaired"]
    assert fallen["takes"][0]["calibration"] == "none"
    assert fallen["takes"][0]["frames"] == len(short[0].truth.time_ns)
    assert (fallen["summary"]["takes"], fallen["summary"]["left_out"]) == (1, [])


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
    key = f"{paired.wearer}/{paired.name}"
    assert seen[0] == (key, 0.0)
    assert seen[-1] == (key, 1.0)


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
        ({"seed": -1}, BadUse, "0 or more, got -1"),
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


def test_modes_together_give_what_each_gives_alone(takes, drawn_model):
    recordings = logs_recordings([wear(take, VIVE, seed=0) for take in takes[:2]])
    together = evaluations(recordings, drawn_model, seconds=3, seed=2)
    assert tuple(together) == MODES
    alone = evaluations(recordings, drawn_model, modes=("paired",), seconds=3, seed=2)
    pairs = zip(together["paired"]["takes"], alone["paired"]["takes"], strict=True)
    for ours, theirs in pairs:
        for kind in ("groups", "channels", "recovery"):
            assert_close(ours[kind], theirs[kind])
        assert [*ours["rivals"]] == [*theirs["rivals"]]


def assert_close(ours, theirs):
    if isinstance(theirs, dict):
        assert ours.keys() == theirs.keys()
        for key in theirs:
            assert_close(ours[key], theirs[key])
    else:
        assert ours == (None if theirs is None else pytest.approx(theirs, rel=2e-3, abs=1e-4))


def test_takes_are_told_in_the_order_they_were_given(takes, neutral_model):
    whole = evaluations(logs_recordings([wear(one, VIVE, seed=0) for one in takes]), neutral_model)
    for report in whole.values():
        assert [take["name"] for take in report["takes"]] == [take.name for take in takes]


def test_whoever_watches_sees_what_is_scored(takes, neutral_model):
    recordings = logs_recordings([wear(takes[0], VIVE, seed=0)])
    seen: list[Judged] = []
    reports = evaluations(recordings, neutral_model, modes=("none",), watch=seen.append)
    (judged,), entry = seen, reports["none"]["takes"][0]
    hidden = entry["groups"]["hidden"]
    assert (judged.recording, judged.mode) == (recordings[0], "none")
    assert judged.truth.shape == judged.crps.shape
    assert judged.truth.shape == (len(judged.time_s), len(judged.names))
    assert np.nanmean(judged.crps) == pytest.approx(hidden["crps"], rel=1e-5)
    assert np.isfinite(judged.truth).all(axis=1).sum() == entry["frames"]
    assert 1 - np.nanmean(judged.crps) / np.nanmean(judged.neutral_crps) == pytest.approx(
        hidden["skill"], rel=1e-4
    )
    assert list(judged.laws) == [name for name in entry["rivals"] if name != "best"]
    for name, law in judged.laws.items():
        theirs = entry["rivals"][name]["groups"]["hidden"]["crps"]
        assert np.nanmean(law.crps(judged.truth)) == pytest.approx(theirs, rel=1e-5)


def test_a_take_long_enough_has_ceilings(takes, neutral_model, monkeypatch):
    monkeypatch.setattr("vrface.training.ceilings.MIN_SCORED_S", 8.0)
    report = evaluate_logs([wear(takes[0], VIVE, seed=0)], neutral_model, permission=LOCAL)
    ceilings = report["takes"][0]["ceilings"]
    assert list(ceilings) == ["personal", "personal_noncausal", "label_noise"]
    hidden = {name: entry["groups"]["hidden"]["crps"] for name, entry in ceilings.items()}
    neutral = report["takes"][0]["rivals"]["neutral"]["groups"]["hidden"]["crps"]
    assert hidden["label_noise"] < hidden["personal"] < neutral
    rows = [name for name, _ in summary_rows(report)]
    assert rows[-3:] == list(ceilings)


def test_a_rig_tells_millimetres(takes, neutral_model):
    fields = np.zeros((54, 10, 3), np.float32)
    fields[:, :, 0] = 5.0
    report = evaluate_faces(
        takes[2:], VIVE, neutral_model, permission=LOCAL, rig=ReferenceRig(fields)
    )
    found = report["takes"][0]["mm"]
    assert 0 < found["vertex_error"] < 54 * 5
    assert found["ratio"] == pytest.approx(found["vertex_error"] / found["mean_face_error"])
    assert report["summary"]["mm"] == found


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


@pytest.mark.parametrize(("first", "last"), [(0.0, 4.0), (5.0, 9.0), (0.0, 8.9)])
def test_a_recording_and_a_part_of_it_are_refused(takes, neutral_model, first, last):
    part = replace(takes[0].cut(first, last), name="a part")
    with pytest.raises(BadUse, match="are the same recording"):
        evaluate_faces([part, takes[1], takes[0]], VIVE, neutral_model, permission=LOCAL)


def test_two_halves_of_a_recording_are_two_recordings(takes, neutral_model):
    halves = [replace(takes[0].cut(a, a + 4.5), name=f"{a}") for a in (0.0, 4.5)]
    report = evaluate_faces(halves, VIVE, neutral_model, permission=LOCAL)
    assert report["summary"]["takes"] == 2


def test_takes_of_one_name_are_told_apart_by_their_persons(takes, neutral_model):
    seen = []
    pair = [replace(takes[0], name="take"), replace(takes[2], name="take")]
    evaluate_faces(
        pair, VIVE, neutral_model, permission=LOCAL, progress=lambda *told: seen.append(told)
    )
    keys = [f"{take.person}/take" for take in pair]
    assert [key for key, _ in seen[:2]] == keys
    assert {done for _, done in seen[:2]} == {0.0}
    for key in keys:
        own = [done for told, done in seen if told == key]
        assert own == sorted(own)
        assert own[-1] == 1.0


def test_a_rival_that_gives_no_law_is_named(takes, neutral_model, monkeypatch):
    def laws_of(arrays, case):
        nothing = np.full((1, 1, COUNT), np.nan, np.float32)
        return field.laws_of(arrays, case) | {"ridge": Law(nothing, nothing)}

    monkeypatch.setattr("vrface.training.judge.laws_of", laws_of)
    recordings = logs_recordings([wear(takes[2], VIVE, seed=0)])
    with pytest.raises(VrfaceError, match=r"rival 'ridge' gives what is no law .* 'wearer-2/"):
        evaluations(recordings, neutral_model, modes=("none",))


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
