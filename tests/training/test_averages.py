import numpy as np
import pytest

from vrface.training.averages import (
    METRICS,
    against,
    average,
    mean_of,
    over_persons,
    summary,
    worst,
)


def scores(**known):
    return dict.fromkeys(METRICS) | known


def take(person, crps, ceilings=("personal",), **rivals):
    return {
        "person": person,
        "groups": {"hidden": scores(crps=crps), "lid": scores(crps=crps)},
        "rivals": {
            name: {"groups": {"hidden": scores(crps=value)}} for name, value in rivals.items()
        },
        "ceilings": {name: {"groups": {"hidden": scores(crps=0.001)}} for name in ceilings},
        "reliability": {"hidden": [crps, 1 - crps]},
        "events": {"blinks": {"f1_100ms": None if crps > 0.5 else crps, "measured": True}},
        "liveliness": {"sides": {"shown_gap": crps}},
        "recovery": {"recovery_ms": 10.0 * crps},
    }


def test_undefined_figures_are_left_out_of_a_mean():
    mean = average([scores(r2=0.2), scores(r2=None), scores(r2=0.4)])
    assert mean["r2"] == pytest.approx(0.3)
    assert mean["crps"] is None
    assert tuple(mean) == METRICS


def test_takes_average_to_a_person_and_persons_geometrically():
    takes = [
        ("a", {"hidden": scores(crps=0.01, r2=0.1)}),
        ("a", {"hidden": scores(crps=0.03, r2=0.3)}),
        ("b", {"hidden": scores(crps=0.08, r2=0.6)}),
    ]
    hidden = over_persons(takes)["hidden"]
    assert hidden["crps"] == pytest.approx((0.02 * 0.08) ** 0.5)
    assert hidden["r2"] == pytest.approx(0.4)


def test_a_perfect_person_does_not_break_the_geometric_mean():
    takes = [("a", {"hidden": scores(crps=0.0)}), ("b", {"hidden": scores(crps=0.02)})]
    assert over_persons(takes)["hidden"]["crps"] == pytest.approx(0.01)


def test_the_summary_holds_what_all_takes_have():
    first = take("a", 0.02, neutral=0.03, ridge_user=0.01)
    second = take("b", 0.02, ceilings=(), neutral=0.03)
    del second["groups"]["lid"]
    whole = summary([first, second])
    assert (whole["persons"], whole["takes"]) == (2, 2)
    assert list(whole["groups"]) == ["hidden"]
    assert list(whole["rivals"]) == list(whole["against"]) == ["neutral"]
    assert whole["ceilings"] == {}
    assert whole["rivals"]["neutral"]["groups"]["hidden"]["crps"] == pytest.approx(0.03)
    assert "mm" not in whole


def test_sections_average_from_takes_to_persons_to_all():
    whole = summary([take("a", 0.1), take("a", 0.3), take("b", 0.6)])
    assert whole["reliability"]["hidden"] == pytest.approx([0.4, 0.6])
    assert whole["liveliness"]["sides"]["shown_gap"] == pytest.approx(0.4)
    assert whole["events"]["blinks"] == {"f1_100ms": pytest.approx(0.2), "measured": True}
    assert whole["ceilings"]["personal"]["groups"]["hidden"]["crps"] == pytest.approx(0.001)


def test_nested_figures_average_where_they_are_defined():
    assert mean_of([None, None]) is None
    assert mean_of([{"a": 1.0, "b": None}, {"a": 3.0, "b": 5.0, "c": 1.0}]) == {"a": 2.0, "b": 5.0}
    assert mean_of([[1.0, None], None, [2.0, 4.0]]) == [1.5, 4.0]
    assert mean_of([True, False]) is False
    assert mean_of([True, True]) is True


def test_against_is_the_geometric_mean_of_persons_ratios():
    takes = [take("a", 0.01, ridge=0.02), take("a", 0.03, ridge=0.02), take("b", 0.02, ridge=0.01)]
    found = against(takes, "ridge")
    assert found == {"ratio": pytest.approx(np.sqrt(1.0 * 2.0)), "low": None, "high": None}


def test_the_interval_is_narrow_where_all_persons_agree_and_the_same_again():
    rng = np.random.default_rng(0)
    hard = rng.uniform(0.01, 0.1, 40)
    agree = [take(str(n), 0.8 * one, ridge=one) for n, one in enumerate(hard)]
    found = against(agree, "ridge")
    assert list(found.values()) == pytest.approx([0.8] * 3)
    spread = np.exp(rng.normal(0, 0.2, 40))
    differ = [
        take(str(n), 0.8 * one * by, ridge=one)
        for n, (one, by) in enumerate(zip(hard, spread, strict=True))
    ]
    ratio, low, high = (value or 0.0 for value in against(differ, "ridge").values())
    assert 0 < low < ratio < high
    # 1.96 standard errors of the mean log ratio on both sides.
    expected = 2 * 1.96 * np.std(np.log(0.8 * spread)) / np.sqrt(40)
    assert np.log(high / low) == pytest.approx(expected, rel=0.15)
    assert list(against(differ, "ridge").values()) == [ratio, low, high]


def test_the_worst_decile_is_one_person_of_ten_and_two_of_eleven():
    takes = [take(str(n), 0.01 * (n + 1)) for n in range(30)]
    assert worst(takes)["crps"] == pytest.approx(0.29)
    takes = takes[:11]
    assert worst(takes[:10])["crps"] == pytest.approx(0.10)
    assert worst(takes)["crps"] == pytest.approx(0.105)
    assert worst(takes[:1])["crps"] == pytest.approx(0.01)
