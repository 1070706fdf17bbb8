"""The held-out report: every headset, calibration and tier, on the same frames each time."""

import json

import pytest

from vrface.errors import Refused
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.averages import METRICS
from vrface.training.config import TrainConfig
from vrface.training.held_out import held_out_report, write_report
from vrface.trust.permission import Permission

CONFIG = TrainConfig(seed=3)


@pytest.fixture(scope="module")
def held_out():
    """One wearer of each of two headsets."""
    return [
        wear(synthetic_take(seed=seed, seconds=6.0), headset(name), seed=seed)
        for seed, name in enumerate(("openness_gaze_mouth", "mouth_only"))
    ]


@pytest.fixture(scope="module")
def told():
    return []


@pytest.fixture(scope="module")
def report(held_out, drawn_model, told):
    return held_out_report(held_out, drawn_model, CONFIG, lambda *what: told.append(what))


def test_the_report_is_strict_json_that_names_model_protocol_and_seed(report, drawn_model):
    again = json.loads(json.dumps(report, allow_nan=False))
    assert again == report
    assert list(again) == ["protocol", "model", "held_out", "seed", "headsets"]
    assert again["model"]["name"] == drawn_model.name
    assert again["model"]["streams"] == list(drawn_model.streams)
    assert again["model"]["parameters"] == sum(leaf.size for leaf in drawn_model.params.values())
    assert again["held_out"] == {"wearers": 2, "logs": 2}
    assert again["seed"] == 3


def test_every_headset_is_scored_under_every_calibration_beside_every_rival(report):
    assert [entry["headset"] for entry in report["headsets"]] == [
        "mouth_only",
        "openness_gaze_mouth",
    ]
    always = {"neutral", "climatology", "copy_rule", "ridge"}
    for entry in report["headsets"]:
        assert entry["evidence"] == "simulated face, simulated sensors"
        assert entry["wearers"] == 1
        assert entry["calibration_s"] == pytest.approx(2.5, abs=0.05)
        assert list(entry["calibrations"]) == ["none", "unpaired", "paired"]
        for mode, summary in entry["calibrations"].items():
            assert summary["takes"] == 2
            assert tuple(summary["groups"]["hidden"]) == METRICS
            assert always <= set(summary["rivals"])
            assert ("ridge_user" in summary["rivals"]) == (mode == "paired")


def test_all_calibrations_are_scored_on_the_same_frames(report):
    for entry in report["headsets"]:
        neutral = [
            summary["rivals"]["neutral"]["groups"]["hidden"]["crps"]
            for summary in entry["calibrations"].values()
        ]
        assert neutral[1:] == neutral[:-1]


def test_tiers_hide_more(report):
    mouth, openness = report["headsets"]
    assert mouth["tiers"] == {}
    assert list(openness["tiers"]) == ["mouth_only", "steam_frame"]
    assert "gaze" in openness["tiers"]["mouth_only"]["groups"]
    assert "gaze" not in openness["calibrations"]["unpaired"]["groups"]


def test_the_same_model_and_logs_give_the_same_report(report, held_out, drawn_model):
    assert held_out_report(held_out[::-1], drawn_model, CONFIG, lambda *what: None) == report


def test_it_tells_how_far_it_is_to_the_end(report, told):
    done = [done for _, done, _, _ in told]
    assert {what for what, *_ in told} == {"judging"}
    assert {of for _, _, of, _ in told} == {2 * (3 + 3 + 2)}
    assert done == sorted(done)
    assert done[-1] == 16


def test_nothing_to_judge_by_is_no_failure(drawn_model):
    short = wear(synthetic_take(seed=1, seconds=2.0), headset("mouth_only"), seed=1)
    found = held_out_report([short], drawn_model, CONFIG, lambda *what: None)
    assert found["headsets"] == []
    assert found["held_out"] == {"wearers": 1, "logs": 1}


def test_it_asks_for_permission(held_out, drawn_model):
    with pytest.raises(Refused, match="held_out_report"):
        held_out_report(
            held_out, drawn_model, CONFIG, lambda *what: None, Permission("signed", "me")
        )


def test_it_is_written_for_machines_and_for_people(report, tmp_path):
    write_report(tmp_path, report)
    assert json.loads((tmp_path / "report.json").read_text()) == report
    page = (tmp_path / "report.md").read_text()
    assert "## mouth_only: simulated face, simulated sensors" in page
    hidden = report["headsets"][0]["calibrations"]["none"]["groups"]["hidden"]["crps"]
    assert f"| this model | {1000 * hidden:.1f} |" in page
