"""The verdict on a report: it hides no defeat, and no rival that is the model itself."""

import pytest

from vrface.cli.scores import Scores, calibration, step_name


def report(ours, **rivals):
    def groups(crps):
        return {"hidden": {"crps": crps, "active_skill": 0.1, "coverage90": None}}

    summary = {
        "groups": groups(ours),
        "rivals": {name: {"groups": groups(crps)} for name, crps in rivals.items()},
    }
    return {"model": {"name": "m", "digest": ""}, "summary": summary, "takes": []}


def test_rows_are_errors_by_thousand_and_shares():
    scores = Scores.of(report(0.0123, neutral=0.02))
    assert scores.columns == ("hidden", "skill", "in band")
    assert scores.texts() == [("m", ["12.3", "0.10", "-"]), ("neutral", ["20.0", "0.10", "-"])]


@pytest.mark.parametrize(
    ("rivals", "verdict"),
    [
        (
            {"neutral": 0.02, "copy_rule": 0.0125},
            "closest: 20.0% less error than its best rival, copy rule.",
        ),
        (
            {"neutral": 0.02, "ridge": 0.008},
            "m is NOT the closest: ridge is. m has 25.0% more error.",
        ),
        (
            {"neutral": 0.02, "ridge": 0.01},
            "less error than its best rival, neutral. (ridge is this very model.)",
        ),
        ({"ridge": 0.01}, "There is nothing to compare here."),
        ({"neutral": None}, "There is nothing to compare here."),
    ],
)
def test_the_verdict(rivals, verdict):
    assert verdict in Scores.of(report(0.01, **rivals)).verdict()


def test_best_is_shown_only_where_it_says_something_new():
    names = [name for name, _ in Scores.of(report(0.01, neutral=0.02, best=0.02)).rows]
    assert names == ["m", "neutral"]
    names = [name for name, _ in Scores.of(report(0.01, neutral=0.02, best=0.015)).rows]
    assert names == ["m", "neutral", "best"]


def calibrated(*modes):
    takes = [{"person": "p", "name": f"t{i}", "calibration": mode} for i, mode in enumerate(modes)]
    return {"takes": takes}


@pytest.mark.parametrize(
    ("modes", "asked", "words"),
    [
        (["none"], "none", "none"),
        (["paired", "paired"], "paired", "paired, 500 s"),
        (
            ["none", "none"],
            "paired",
            "paired asked; none possible for p/t0, p/t1: no take or sibling has 500 s to spare",
        ),
        (
            ["paired", "none"],
            "paired",
            "paired, 500 s; none possible for p/t1: no take or sibling has 500 s to spare",
        ),
    ],
)
def test_a_calibration_is_told_as_it_happened(modes, asked, words):
    assert calibration(calibrated(*modes), asked, 500.0) == words


def test_a_step_is_of_so_many_wearers():
    assert step_name({}) == "step"
    assert step_name({"step_wearers": 1}) == "step, 1 wearer"
    assert step_name({"step_wearers": 5}) == "step, 5 wearers"
