import numpy as np

from vrface.training.rivals.sampled import evenly

WEARER = np.repeat([4, 1, 7], [500, 30, 2])


def drawn(count, seed=0):
    return evenly(WEARER, count, np.random.default_rng(seed))


def test_wearers_have_as_many_rows_each_as_far_as_they_go():
    rows = drawn(100)
    assert len(rows) == len(set(rows.tolist())) == 100
    assert (np.diff(rows) > 0).all()
    assert np.bincount(WEARER[rows]).tolist() == [0, 30, 0, 0, 68, 0, 0, 2]
    assert np.bincount(WEARER[drawn(20)])[[1, 4, 7]].tolist() == [9, 9, 2]


def test_all_are_drawn_where_there_are_no_more():
    np.testing.assert_array_equal(drawn(532), np.arange(532))
    np.testing.assert_array_equal(drawn(10_000), np.arange(532))


def test_the_same_seed_draws_the_same_and_another_one_others():
    np.testing.assert_array_equal(drawn(50), drawn(50))
    assert (drawn(50) != drawn(50, seed=1)).any()
