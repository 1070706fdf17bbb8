import numpy as np

from tests.simulation.simulators.posing import EVERYTHING, posing, step, wear
from vrface.simulation.simulators.skin import contour, made, seated

FOAM = EVERYTHING.streams[EVERYTHING.stream_index("foam")]
STRAIN = EVERYTHING.streams[EVERYTHING.stream_index("strain")]


def test_a_unit_keeps_its_layout_from_donning_to_donning():
    performance = posing([], step)
    first, second = (wear(performance, number=number) for number in (0, 1))
    np.testing.assert_array_equal(made(FOAM, first), made(FOAM, second))
    assert not np.allclose(seated(made(FOAM, first), first), seated(made(FOAM, second), second))


def test_sensors_of_unknown_places_lie_evenly_on_the_contour():
    worn = wear(posing([], step))
    points = made(STRAIN, worn)
    near = np.linalg.norm(points[:, None] - contour(worn.rig, np.linspace(0, 1, 400)), axis=2)
    assert near.min(axis=1).max() < 0.006  # the unit's own jitter
    assert np.linalg.norm(np.diff(points, axis=0), axis=1).min() > 0.02
