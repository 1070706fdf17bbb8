"""An evaluation knows where the model stands: beside B, in hindsight, among all, towards C."""

import pytest

from tests.training.report import finished_jobs
from vrface.training.report.evaluation import CEILING, OURS, Evaluation, figure
from vrface.training.words import BEST


def test_it_knows_rank_and_way(evaluation):
    one = evaluation(0.026)
    assert one.best == "pool"
    assert one.beside_best == pytest.approx(0.026 / 0.024)
    assert one.rank == (3, 6)  # behind ridge and pool; B is one of the five rivals
    assert one.closed == pytest.approx(-2 / 9)
    assert evaluation(0.02).closed == pytest.approx(4 / 9)


def test_in_hindsight_the_best_simple_rival_counts_and_no_learned_one(evaluation):
    one = evaluation(0.026, climatology=0.022, gru=0.01)
    assert one.hindsight == ("climatology", pytest.approx(0.022))
    assert one.best == "pool"
    assert one.rank == (5, 7)


def test_a_ceiling_above_b_is_none(evaluation):
    one = evaluation(0.02, ceiling=0.03)
    assert not one.has_ceiling
    assert one.closed is None
    assert CEILING in one.methods()
    assert CEILING not in one.judged()
    assert evaluation(0.02).judged() == [OURS, BEST, "neutral", CEILING]


def test_hardly_a_way_is_no_way(evaluation):
    one = evaluation(0.02, ceiling=0.0235)
    assert one.has_ceiling
    assert one.closed is None


def test_two_persons_give_no_interval_and_five_do(evaluation):
    assert evaluation(0.02).beyond_chance is None
    assert evaluation(0.02).beside(BEST)[0] == pytest.approx(0.02 / 0.024)
    five = evaluation(0.02, persons=5)
    assert five.beyond_chance is True
    ratio, low, high = five.beside(BEST)
    assert low <= ratio <= high < 1.0
    assert five.beside("nobody") == (None, None, None)


def test_methods_name_the_model_then_b_then_rivals_then_ceilings(evaluation):
    names = list(evaluation(0.02, mode="paired").methods())
    assert names[:2] == [OURS, BEST]
    assert names[-1] == CEILING
    assert names.count("pool") == 1


def test_each_person_stands_alone():
    errors = {"anna": (0.02, 0.03), "bert": (0.01,)}
    takes = [
        finished_jobs.take(f"{person}-{n}", person, crps)
        for person, own in errors.items()
        for n, crps in enumerate(own)
    ]
    persons = Evaluation.of(takes).persons()
    assert {name: one.error(OURS) for name, one in persons.items()} == {
        "anna": pytest.approx(0.025),
        "bert": pytest.approx(0.01),
    }


def test_a_take_that_could_not_be_calibrated_does_not_count():
    takes = [finished_jobs.take("long", "anna", 0.02), finished_jobs.take("short", "bert", 0.09)]
    takes[1]["calibration"] = "none"
    takes[1]["rivals"]["best"]["name"] = "ridge"
    one = Evaluation.of(takes)
    assert one.error(OURS) == pytest.approx(0.02)
    assert one.best == "pool"
    assert list(one.persons()) == ["anna"]
    assert one.channels()["browDownLeft"]["crps"] == pytest.approx(0.02)


def test_a_figure_that_is_nowhere_is_none():
    assert figure({"a": {"b": 1}}, "a", "b") == 1.0
    assert figure({"a": {"b": None}}, "a", "b") is None
    assert figure({"a": None}, "a", "b") is None
    assert figure({}, "a", "b") is None
