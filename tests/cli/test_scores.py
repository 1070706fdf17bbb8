"""The verdict on a report: it hides no defeat, and no rival that is the model itself."""

import pytest

from vrface.cli.scores import Scores


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
