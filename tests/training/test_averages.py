import pytest

from vrface.training.averages import METRICS, average, over_persons, summary


def scores(**known):
    return dict.fromkeys(METRICS) | known


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
    def take(person, crps, **rivals):
        return {
            "person": person,
            "groups": {"hidden": scores(crps=crps), "lid": scores(crps=crps)},
            "rivals": {
                name: {"groups": {"hidden": scores(crps=value)}} for name, value in rivals.items()
            },
        }

    first = take("a", 0.02, neutral=0.03, ridge_user=0.01)
    second = take("b", 0.02, neutral=0.03)
    del second["groups"]["lid"]
    whole = summary([first, second])
    assert (whole["persons"], whole["takes"]) == (2, 2)
    assert list(whole["groups"]) == ["hidden"]
    assert list(whole["rivals"]) == ["neutral"]
    assert whole["rivals"]["neutral"]["groups"]["hidden"]["crps"] == pytest.approx(0.03)
