"""One figure, and whether it is true to life."""

import pytest

from vrface.training.realism.finding import Finding, over_wearers


@pytest.mark.parametrize(
    ("simulated", "inside"), [(1.0, True), (2.0, True), (2.01, False), (0.99, False), (None, False)]
)
def test_a_figure_is_inside_its_range_or_not(simulated, inside):
    assert Finding("a", simulated, 1.0, 2.0, "assumed").inside is inside


def test_wearers_are_told_by_their_mean_and_their_extremes():
    found = over_wearers("a", [1.0, 4.0, 4.0], 2.0, 3.0, "assumed")
    assert (found.simulated, found.spread, found.inside) == (3.0, (1.0, 4.0), True)
