"""The normaliser finds a wearer's rest while a session runs."""

import numpy as np
import pytest

from vrface.model.calibration import Calibration
from vrface.model.calibration.normaliser import EVERY_S, FIRST, ROOM, Normaliser
from vrface.model.features import PLANES, SLOTS, WIDTH

OPEN = SLOTS.index(("lids", "openness_left"))
STATISTICS = {
    "sensor_rest": np.full(WIDTH, 0.5, np.float32),
    "sensor_spread": np.ones(WIDTH, np.float32),
    "face_rest": np.zeros(54, np.float32),
}
DT = 1 / 60
MEASURED = np.arange(WIDTH) == OPEN


def frame(*values, present=1.0):
    made = np.zeros((len(values), len(PLANES), WIDTH), np.float32)
    made[:, 0, OPEN], made[:, 2, OPEN] = values, present
    return made


def run(normaliser, seconds, values, start_s=0.0, present=1.0):
    """Rows that more became known of, by second."""
    found = []
    wearers = len(values)
    for k in range(round(seconds / DT)):
        now_s = start_s + k * DT
        row = normaliser.watch(
            frame(*values, present=present),
            np.full(wearers, round(now_s * 1e9)),
            np.full(wearers, DT, np.float32),
        )
        if row is not None:
            found.append((now_s, row))
    return found


def unknown(wearers=1):
    return Normaliser(MEASURED, [Calibration.none()] * wearers, STATISTICS)


def test_at_first_the_population_stands_in():
    normaliser = unknown()
    assert run(normaliser, 0.9 * FIRST * EVERY_S, [0.8]) == []
    assert normaliser.levels.rest[0, OPEN] == 0.5


def test_a_rest_is_found_and_eased_to():
    normaliser = unknown()
    found = run(normaliser, 1.1 * FIRST * EVERY_S, [0.8])
    assert len(found) == 1
    at_once = normaliser.levels.rest[0, OPEN]
    assert 0.5 < at_once < 0.6  # on its way
    run(normaliser, 8.0, [0.8], start_s=10.0)
    assert normaliser.levels.rest[0, OPEN] == pytest.approx(0.8, abs=1e-3)
    others = np.delete(normaliser.levels.rest[0], OPEN)
    np.testing.assert_array_equal(others, 0.5)


def test_it_looks_ever_less_often():
    times = [second for second, _ in run(unknown(), 200.0, [0.8])]
    assert len(times) < 25
    assert np.all(np.diff(np.diff(times)[::4]) >= 0)


def test_hours_take_no_more_room():
    normaliser = unknown()
    run(normaliser, 3 * ROOM * EVERY_S, [0.8])
    assert normaliser._samples.shape[1] == ROOM
    assert normaliser._count[0] <= ROOM
    assert normaliser._every_ns[0] == round(4 * EVERY_S * 1e9)


def test_who_is_calibrated_is_left_alone():
    sensors = Calibration.none().sensors.copy()
    sensors[:, OPEN] = 0.3
    known = Calibration("unpaired", sensors, Calibration.none().face)
    normaliser = Normaliser(MEASURED, [known, Calibration.none()], STATISTICS)
    rows = {row for _, row in run(normaliser, 20.0, [0.8, 0.8])}
    assert rows == {1}
    assert normaliser.levels.rest[0, OPEN] == pytest.approx(0.3)
    assert normaliser.calibrations[0] is known


def test_a_new_donning_starts_again():
    normaliser = unknown()
    run(normaliser, 20.0, [0.8])
    normaliser.arm(0)
    run(normaliser, 5.0, [0.2], start_s=20.0)
    assert normaliser.levels.rest[0, OPEN] == pytest.approx(0.5, abs=0.02)
    run(normaliser, 20.0, [0.2], start_s=25.0)
    assert normaliser.levels.rest[0, OPEN] == pytest.approx(0.2, abs=1e-3)


def test_a_silent_sensor_says_nothing_of_its_rest():
    normaliser = unknown()
    run(normaliser, 20.0, [0.8], present=0.0)
    assert normaliser.levels.rest[0, OPEN] == 0.5
    assert np.isfinite(normaliser.levels.rest).all()


def test_wearers_side_by_side_are_each_as_alone():
    together = unknown(2)
    run(together, 30.0, [0.8, 0.1])
    for row, value in enumerate([0.8, 0.1]):
        alone = unknown()
        run(alone, 30.0, [value])
        np.testing.assert_allclose(together.levels.rest[row], alone.levels.rest[0], atol=1e-4)
