import numpy as np
import pytest

from vrface.training.averages import (
    METRICS,
    against,
    average,
    interval,
    mean_of,
    over_persons,
    student_t,
    summary,
    worst,
)


def scores(**known):
    return dict.fromkeys(METRICS) | known


def take(person, crps, ceilings=("personal",), mode="none", **rivals):
    return {
        "person": person,
        "name": f"{crps}",
        "calibration": mode,
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


def test_skill_is_of_the_averaged_errors():
    """A still take, in which nothing is to be gained, does not outweigh one that moves."""
    moving = scores(crps=0.02, crps_neutral=0.04, crps_active=0.05, crps_neutral_active=0.10)
    still = scores(crps=0.004, crps_neutral=0.002, crps_active=None, crps_neutral_active=None)
    mean = average([moving | {"skill": 0.5}, still | {"skill": -1.0}])
    assert mean["skill"] == pytest.approx(1 - 0.024 / 0.042)
    assert mean["active_skill"] == pytest.approx(0.5)
    over = average([moving, still], geometric=True)
    assert over["skill"] == pytest.approx(1 - (0.02 * 0.004 / (0.04 * 0.002)) ** 0.5)


def test_excess_is_a_difference_and_liveliness_a_ratio():
    mean = average(
        [
            scores(still_excess=-0.01, sd_ratio=0.5, jerk_ratio=0.0),
            scores(still_excess=0.03, sd_ratio=2.0, jerk_ratio=1.0),
        ]
    )
    assert mean["still_excess"] == pytest.approx(0.01)
    assert mean["sd_ratio"] == pytest.approx(1.0)
    assert mean["jerk_ratio"] == pytest.approx(0.5)


def test_millimetres_are_compared_once_averaged():
    takes = [take("a", 0.02), take("b", 0.03)]
    takes[0]["mm"] = {"vertex_error": 0.2, "mean_face_error": 0.5, "ratio": 0.4}
    takes[1]["mm"] = {"vertex_error": 0.04, "mean_face_error": 0.01, "ratio": 4.0}
    assert summary(takes)["mm"]["ratio"] == pytest.approx(0.24 / 0.51)


def test_takes_that_could_not_be_calibrated_are_left_out_and_named():
    takes = [take("a", 0.1, mode="paired"), take("a", 0.9), take("b", 0.2, mode="paired")]
    whole = summary(takes)
    assert (whole["takes"], whole["persons"], whole["left_out"]) == (2, 2, ["a/0.9"])
    assert whole["groups"]["hidden"]["crps"] == pytest.approx((0.1 * 0.2) ** 0.5)
    assert whole["reliability"]["hidden"][0] == pytest.approx(0.15)
    nobody = summary([take("a", 0.1), take("b", 0.2)])
    assert (nobody["takes"], nobody["left_out"]) == (2, [])


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
    # About 1.96 standard errors of the mean log ratio on both sides.
    expected = 2 * 1.96 * np.std(np.log(0.8 * spread)) / np.sqrt(40)
    assert np.log(high / low) == pytest.approx(expected, rel=0.15)
    assert list(against(differ, "ridge").values()) == [ratio, low, high]


@pytest.mark.parametrize("persons", [6, 20])
def test_an_interval_over_few_persons_covers_what_it_says(persons):
    rng = np.random.default_rng(1)
    faces = rng.normal(0.1, 0.3, (400, persons))
    held = [low <= np.exp(0.1) <= high for low, high in map(interval, faces)]
    assert 0.92 <= np.mean(held) <= 0.985


def test_quantiles_of_t_are_those_of_the_tables():
    for freedom, expected in ((4, 2.7764), (5, 2.5706), (10, 2.2281), (63, 1.9983)):
        assert student_t(0.975, freedom) == pytest.approx(expected, rel=1e-3)


def test_the_worst_decile_is_one_person_of_ten_and_two_of_eleven():
    takes = [take(str(n), 0.01 * (n + 1)) for n in range(30)]
    assert worst(takes)["crps"] == pytest.approx((0.28 * 0.29 * 0.30) ** (1 / 3))
    takes = takes[:11]
    assert worst(takes[:10])["crps"] == pytest.approx(0.10)
    assert worst(takes)["crps"] == pytest.approx((0.10 * 0.11) ** 0.5)
    assert worst(takes[:1])["crps"] == pytest.approx(0.01)
