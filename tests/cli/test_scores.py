"""The verdict on a report: it hides no defeat, and no rival that is the model itself."""

import pytest

from vrface.cli.scores import Scores, bar, calibration, scored_s, sights, step_name
from vrface.training.averages import counted


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
    assert scores.columns == ("hidden", "active skill", "in band")
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


def test_ceilings_stand_below_the_rivals_and_decide_nothing():
    whole = report(0.02, neutral=0.03)
    ceiling = {"hidden": {"crps": 0.01, "active_skill": 0.5, "coverage90": 0.9}}
    whole["summary"]["ceilings"] = {"personal": {"groups": ceiling}}
    scores = Scores.of(whole)
    assert [name for name, _ in scores.rows] == ["m", "neutral"]
    assert scores.texts()[-1] == ("personal", ["10.0", "0.50", "0.90"])
    assert "m is closest" in scores.verdict()


def test_the_bar_is_named_for_every_take():
    takes = [{"rivals": {"best": {"name": name}}} for name in ("ridge_user", "pool", "pool")]
    assert bar({"takes": takes}) == "ridge user, pool"
    assert bar({"takes": [{"rivals": {"neutral": {}}}]}) == "-"


def seen(**changes):
    summary = {
        "events": {
            "blinks": {
                "measured": True,
                "truth_per_minute": 12.0,
                "shown_per_minute": 12.5,
                "false_per_minute": 0.5,
                "f1_100ms": 0.98,
            },
            "brow_raises": {
                "truth_per_minute": 3.0,
                "shown_per_minute": 2.0,
                "beyond_truth_per_minute": 0.25,
            },
        },
        "recovery": {
            "drop_s": 1.0,
            "drops": 4.0,
            "came_off": 3.0,
            "recovery_ms": 83.3,
            "mae_dropped": 0.05,
            "hold_last_mae": None,
        },
    }
    return {"summary": summary | changes}


def test_what_a_viewer_sees_is_told_in_a_line_each():
    blinks, raises, drops = sights(seen())
    assert blinks == (
        "blinks (measured): 12.5 a minute shown for 12.0 true ones; 0.5 of those shown are made up;"
        " F1 0.98 within 100 ms"
    )
    assert "2.0 a minute shown for 3.0 true ones; 0.2 of those shown are made up" in raises
    assert "3.0 of 4.0 a take move the face, which is back after 83 ms" in drops
    assert "holding the last face by -" in drops


def test_millimetres_are_told_with_a_rig_and_drops_where_there_were_some():
    mm = {"vertex_error": 0.371, "neutral_error": 0.64, "mean_face_error": 0.59, "ratio": 0.63}
    *_, last = sights(seen(mm=mm))
    assert last == "on the rig: 0.37 mm off, the neutral face 0.64 mm, the mean face 0.59 mm"
    assert len(sights(seen(recovery={"drops": 0.0}))) == 2


def calibrated(*modes):
    takes = [
        {"person": "p", "name": f"t{i}", "calibration": mode, "seconds": 10.0 * (i + 1)}
        for i, mode in enumerate(modes)
    ]
    left_out = [take["name"] for take in counted(takes)[1]]
    return {"takes": takes, "summary": {"left_out": [f"p/{name}" for name in left_out]}}


@pytest.mark.parametrize(
    ("modes", "asked", "words"),
    [
        (["none"], "none", "none"),
        (["paired", "paired"], "paired", "paired, 500 s"),
        (
            ["none", "none"],
            "paired",
            "paired asked; none possible for any take: no take or sibling has 500 s to spare",
        ),
        (
            ["paired", "none"],
            "paired",
            "paired, 500 s; left out of the averages, as none was possible: p/t1 "
            "(no take or sibling has 500 s to spare)",
        ),
    ],
)
def test_a_calibration_is_told_as_it_happened(modes, asked, words):
    assert calibration(calibrated(*modes), asked, 500.0) == words


def test_seconds_are_of_the_takes_that_count():
    assert scored_s(calibrated("paired", "none", "paired")) == 40.0
    assert scored_s(calibrated("none", "none")) == 30.0


def test_a_step_is_of_so_many_wearers():
    assert step_name({"step_wearers": 1}) == "step, 1 wearer"
    assert step_name({"step_wearers": 5}) == "step, 5 wearers"
