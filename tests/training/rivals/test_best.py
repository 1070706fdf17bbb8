"""The best rival: the lowest on what is scored, the learned ones left aside."""

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.training.rivals.best import SMALLEST, Scores, Worn, best, scored
from vrface.training.rivals.law import Law


def at(level):
    return Law(np.full((6, COUNT), level, np.float32), np.full((6, COUNT), 0.01, np.float32))


def test_scores_are_means_over_rows_then_shapes_then_takes_then_geometric_over_wearers():
    truth = np.full((6, COUNT), np.nan, np.float32)
    truth[:3, 0], truth[:2, 1], truth[3, 1], truth[4, 1] = 0.5, 0.3, 0.5, 0.3
    whose = np.array([0, 0, 0, 1, 2, 3])
    worn = [
        Worn("one", "anna"), Worn("one", "anna"), Worn("one", "bert"), Worn("all_seeing", "anna")
    ]  # fmt: skip
    scores = scored({"neutral": at(0.5), "ridge": at(0.3)}, truth, whose, worn)
    assert set(scores) == {"one"}
    hit, miss = (float(at(0.5).crps(np.full((6, COUNT), y))[0, 0]) for y in (0.5, 0.3))
    anna = ((hit + miss) / 2 + hit) / 2, ((hit + miss) / 2 + miss) / 2
    assert scores["one"] == pytest.approx(
        {"neutral": np.sqrt(anna[0] * miss), "ridge": np.sqrt(anna[1] * hit)}
    )


def test_a_face_that_rests_all_along_can_be_scored():
    truth, law = np.zeros((6, COUNT), np.float32), at(-0.5)
    scores = scored({"neutral": law}, truth, np.zeros(6, np.intp), [Worn("one", "anna")])
    assert scores["one"]["neutral"] == pytest.approx(SMALLEST)
    assert best({"one": {"none": scores["one"]}})["none"][""] == "neutral"


def test_the_best_is_chosen_per_headset_and_mode_and_over_all_by_the_geometric_mean():
    scores: Scores = {
        "one": {"none": {"neutral": 0.01, "ridge": 0.02, "gru": 0.001}},
        "other": {"none": {"neutral": 0.9, "ridge": 0.3, "gru": 0.001}, "paired": {"pool": 0.2}},
    }
    assert best(scores) == {
        "none": {"one": "neutral", "other": "ridge", "": "ridge"},
        "paired": {"other": "pool", "": "pool"},
    }


def test_the_first_of_the_field_wins_among_equals_and_nothing_has_no_best():
    assert best({"one": {"none": {"ridge": 0.1, "neutral": 0.1}}})["none"][""] == "neutral"
    assert best({}) == {}
