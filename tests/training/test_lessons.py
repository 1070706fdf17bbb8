"""A lesson is one log, disturbed as a whole, by the path that serving takes."""

from dataclasses import fields, replace

import numpy as np
import pytest

from tests.training.lessons import calm, lessons_of, logs_of
from vrface.model.features import Features
from vrface.training.config import TrainConfig
from vrface.training.disturb import disturbed
from vrface.training.lessons import Lesson, lessons
from vrface.training.rest import relative
from vrface.training.sequences import features_of, seconds_between
from vrface.training.tiers import without_extras

CONFIG = TrainConfig()
FINEST = 2.0**-11
"""What float16 rounds by, in shares of a value."""


@pytest.fixture(scope="module")
def logs():
    return logs_of(3, 4.0, "eyes_and_mouth", "foam_16")


@pytest.fixture(scope="module")
def made(logs):
    return lessons_of(logs, CONFIG)


def equal(one: Lesson, other: Lesson) -> bool:
    pairs = ((getattr(one, f.name), getattr(other, f.name)) for f in fields(Lesson))
    return all(
        np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b
        for a, b in pairs
    )


def test_a_lesson_is_its_log_disturbed_as_a_whole(logs, made):
    for number, (log, lesson) in enumerate(zip(logs, made, strict=True)):
        rng = np.random.default_rng([CONFIG.seed, number])
        worse = disturbed(without_extras(log.paired), CONFIG.disturbances, rng)
        features = features_of(worse)
        everything = slice(None)
        found = lesson.features(everything)
        apart = np.abs(found - features)[:, :3]
        assert (apart <= FINEST * np.abs(features[:, :3]) + 1e-7).all()
        own = Features(log.paired.headset)
        there = own.measured
        np.testing.assert_allclose(found[:, 3, there], features[:, 3, there], rtol=1e-3, atol=1e-6)
        np.testing.assert_array_equal(lesson.slots, np.flatnonzero(there))
        np.testing.assert_array_equal(lesson.positions, own.positions)
        np.testing.assert_array_equal(lesson.dt, seconds_between(worse.frame_time_ns))
        truth = relative(log.paired.truth.at(worse.frame_time_ns).weights, log.face_rest)
        np.testing.assert_array_equal(lesson.truth(everything), truth)


def test_it_lasts_as_long_as_its_log(logs, made):
    for log, lesson in zip(logs, made, strict=True):
        assert lesson.seconds == pytest.approx(log.paired.truth.seconds, abs=0.05)
        assert lesson.time_s[0] == 0.0
        np.testing.assert_allclose(np.diff(lesson.time_s), lesson.dt[1:], atol=1e-6)
        assert lesson.dt[0] == 0.0


def test_some_frames_are_those_of_the_whole(made):
    lesson, some = made[0], slice(10, 40, 3)
    np.testing.assert_array_equal(lesson.features(some), lesson.features(slice(None))[some])
    np.testing.assert_array_equal(lesson.truth(some), lesson.truth(slice(None))[some])


def test_lessons_are_a_function_of_logs_and_config_alone(logs, made):
    again, alone = lessons_of(logs, CONFIG), lessons_of(logs[:1], CONFIG)
    assert all(map(equal, made, again))
    assert equal(made[0], alone[0])
    other = lessons_of(logs, replace(CONFIG, seed=1))
    assert not any(map(equal, made, other))


def test_left_alone_a_log_is_as_it_was(logs):
    log = logs[0]
    (lesson,) = lessons_of([log], replace(CONFIG, disturbances=calm()))
    period = np.diff(log.paired.frame_time_ns).mean() / 1e9
    np.testing.assert_allclose(lesson.dt[1:], period, atol=1e-4)
    assert len(lesson.dt) == pytest.approx(len(log.paired.frame_time_ns), abs=2)


def test_progress_is_told_to_the_end(logs):
    told = []
    lessons(logs, CONFIG, lambda *step: told.append(step))
    assert told == [("making features", number + 1, len(logs)) for number in range(len(logs))]
