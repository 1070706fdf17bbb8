"""The normaliser finds what a wearer's sensors read, and believes a calibration until then."""

from dataclasses import replace

import numpy as np
import pytest

from tests.model.calibrations import resting
from vrface.model.calibration import Arrays, Calibration
from vrface.model.calibration.calibration import About
from vrface.model.calibration.normaliser import (
    AWAY_S,
    EVERY_S,
    FIRST,
    ROOM,
    Normaliser,
)
from vrface.model.calibration.summary import of_sensors
from vrface.model.features import WIDTH, Features, Levels
from vrface.sensors.headset import headset

MEASURED = Features(headset("eyes_and_mouth")).measured
SLOTS = np.flatnonzero(MEASURED)
STATISTICS: Arrays = {
    "sensor_rest": np.full(WIDTH, 0.1, np.float32),
    "sensor_spread": np.full(WIDTH, 0.5, np.float32),
    "face_rest": np.zeros(54, np.float32),
}
RATE_HZ = 20.0
HEARD = np.ones(1, np.bool_)


def frames(seconds: float, wearers: int = 1, seed: int = 0) -> np.ndarray:
    """[frames, W, 4, 256] of sensors that wander, each about a level of its own."""
    rng = np.random.default_rng(seed)
    made = np.zeros((round(seconds * RATE_HZ), wearers, 4, WIDTH), np.float32)
    level = rng.uniform(0.2, 0.8, (wearers, WIDTH))
    made[:, :, 0] = level + 0.1 * rng.normal(size=made[:, :, 0].shape)
    made[:, :, 2] = MEASURED
    made[:, :, :2] *= MEASURED
    return made


def run(normaliser: Normaliser, given: np.ndarray, start_s: float = 0.0) -> list[int]:
    """Watch frames; the number of each at which more was known, or nothing any more."""
    found, wearers = [], given.shape[1]
    rows, dt = np.arange(wearers), np.full(wearers, 1 / RATE_HZ, np.float32)
    for number, features in enumerate(given):
        now = np.full(wearers, round((start_s + number / RATE_HZ) * 1e9))
        heard = (features[:, 2] > 0).any(axis=1)
        if normaliser.watch(rows, features, heard, now, dt) is not None:
            found.append(number)
    return found


def watching(*calibrations: Calibration) -> Normaliser:
    return Normaliser(MEASURED, list(calibrations))


def levels(normaliser: Normaliser, row: int = 0) -> Levels:
    """What the values of one wearer are to be seen against."""
    return normaliser.calibrations[row].levels(STATISTICS)


def test_at_first_the_population_stands_in_then_the_wearers_own_rest() -> None:
    one, given = watching(Calibration.none()), frames(40.0)
    np.testing.assert_array_equal(levels(one).rest, STATISTICS["sensor_rest"])
    found = run(one, given)
    assert found[0] / RATE_HZ == pytest.approx(FIRST * EVERY_S, abs=2 * EVERY_S)
    own = np.median(given[:, 0, 0], axis=0)
    np.testing.assert_allclose(levels(one).rest[SLOTS], own[SLOTS], atol=0.05)
    unseen = np.setdiff1d(np.arange(WIDTH), SLOTS)
    np.testing.assert_allclose(levels(one).rest[unseen], 0.1, atol=1e-6)
    np.testing.assert_allclose(levels(one).spread[unseen], 0.5, atol=1e-6)
    assert one.calibrations[0].mode == "none"


def test_what_is_found_is_the_summary_of_the_samples_that_were_taken() -> None:
    one, given = watching(Calibration.none()), frames(20.0)
    last = run(one, given)[-1]
    due = np.ceil(np.arange(0.0, 20.0, EVERY_S) * RATE_HZ).astype(int)  # the first frame since
    expected = of_sensors(given[due[due <= last], 0])
    np.testing.assert_allclose(one.calibrations[0].sensors, expected, atol=1e-5)


def test_it_is_found_again_ever_less_often() -> None:
    found = np.array(run(watching(Calibration.none()), frames(120.0))) / RATE_HZ
    assert len(found) < 20
    apart = np.diff(found)
    assert (apart > 1.0).all()
    assert apart[-1] > 2 * apart[0]


def test_more_samples_than_there_is_room_for_are_thinned_out() -> None:
    seconds = 3 * ROOM * EVERY_S * 1.2
    one, given = watching(Calibration.none()), frames(seconds)
    run(one, given)
    half = len(given) // 2
    given[half:, :, 0] += 1.0 * MEASURED  # what came late counts as much as what came early
    other = watching(Calibration.none())
    run(other, given)
    apart = other.calibrations[0].sensors[4] - one.calibrations[0].sensors[4]
    assert (apart[SLOTS] > 0.8).all()
    early = np.median(given[:half, 0, 0], axis=0)
    low = other.calibrations[0].sensors[0]
    assert (np.abs(low - early)[SLOTS] < 0.4).all()


def test_who_is_calibrated_is_believed_and_who_stands_beside_them_is_not_touched() -> None:
    known = resting("unpaired", sensors=0.3, spread=0.2)
    both = watching(known, Calibration.none())
    run(both, frames(20.0, wearers=2))
    np.testing.assert_allclose(levels(both).rest, 0.3, atol=1e-6)
    assert both.calibrations[0] is known
    alone = watching(Calibration.none())
    run(alone, frames(20.0, wearers=2)[:, 1:])
    np.testing.assert_allclose(levels(both, 1).rest, levels(alone).rest, atol=1e-5)


def test_a_session_that_saw_more_than_the_calibration_knows_better_what_sensors_read() -> None:
    known = replace(resting("paired", sensors=0.3, spread=0.2), about=About(seconds=15.0))
    one, given = watching(known), frames(60.0)
    silent = SLOTS[:5]
    given[..., silent] = 0.0
    found = run(one, given)
    assert found[0] / RATE_HZ == pytest.approx(15.0, abs=2 * EVERY_S)
    own = np.median(given[:, 0, 0], axis=0)
    heard = SLOTS[5:]
    np.testing.assert_allclose(levels(one).rest[heard], own[heard], atol=0.05)
    np.testing.assert_allclose(levels(one).rest[silent], 0.3, atol=1e-6)
    now = one.calibrations[0]
    assert now.mode == "paired"
    assert now.face is known.face
    run(one, np.zeros_like(frames(AWAY_S + 5.0)), start_s=60.0)
    assert one.calibrations[0] is known
    np.testing.assert_allclose(levels(one).rest, 0.3, atol=0.01)


def test_who_was_away_begins_anew() -> None:
    one = watching(Calibration.none())
    run(one, frames(300.0))
    away = run(one, np.zeros_like(frames(AWAY_S + 5.0)), start_s=300.0)
    assert [number / RATE_HZ for number in away] == [pytest.approx(AWAY_S, abs=0.1)]
    np.testing.assert_allclose(levels(one).rest, STATISTICS["sensor_rest"], atol=0.01)
    assert np.isnan(one.calibrations[0].sensors).all()
    second = frames(20.0, seed=1)
    found = run(one, second, start_s=315.0)
    assert found[0] / RATE_HZ == pytest.approx(FIRST * EVERY_S, abs=2 * EVERY_S)
    own = np.median(second[:, 0, 0], axis=0)
    np.testing.assert_allclose(levels(one).rest[SLOTS], own[SLOTS], atol=0.05)


def test_a_link_that_falters_and_who_is_calibrated_begin_nothing_anew() -> None:
    one, known = watching(Calibration.none()), resting("paired", sensors=0.3)
    run(one, frames(20.0))
    before = one.calibrations[0]
    assert not run(one, np.zeros_like(frames(AWAY_S - 1.0)), start_s=20.0)
    assert one.calibrations[0] is before
    other = watching(known)
    assert not run(other, np.zeros_like(frames(AWAY_S + 5.0)))
    assert other.calibrations[0] is known


def test_a_headset_that_nobody_wears_yet_tells_of_nobody() -> None:
    one, given = watching(Calibration.none()), frames(20.0)
    assert not run(one, np.zeros_like(given))
    found = run(one, given, start_s=20.0)
    assert found[0] / RATE_HZ == pytest.approx(FIRST * EVERY_S, abs=2 * EVERY_S)


def test_a_sensor_that_comes_late_waits_for_seconds_of_its_own() -> None:
    one, given = watching(Calibration.none()), frames(20.0)
    late = SLOTS[:5]
    given[: round(5.0 * RATE_HZ), :, :, late] = 0.0
    run(one, given[: round(10.0 * RATE_HZ)])
    np.testing.assert_allclose(levels(one).rest[late], 0.1, atol=1e-6)
    run(one, given[round(10.0 * RATE_HZ) :], start_s=10.0)
    own = np.median(given[round(5.0 * RATE_HZ) :, 0, 0], axis=0)
    np.testing.assert_allclose(levels(one).rest[late], own[late], atol=0.06)


def test_a_sensor_that_is_not_heard_keeps_the_populations_rest() -> None:
    given = frames(20.0)
    silent = SLOTS[:5]
    given[..., silent] = 0.0
    one = watching(Calibration.none())
    run(one, given)
    np.testing.assert_allclose(levels(one).rest[silent], 0.1, atol=1e-6)
    assert np.isnan(one.calibrations[0].sensors[:, silent]).all()


def test_a_clock_that_went_far_ahead_and_back_is_not_waited_for() -> None:
    one, given = watching(Calibration.none()), frames(20.0)
    dt = np.zeros(1, np.float32)
    one.watch(np.zeros(1, int), given[0], HEARD, np.array([2**62]), dt)
    assert run(one, given)
