"""`Comparison`: what two runs of the same frames have in common."""

from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT, group_indices, index
from vrface.face.expression import Expression, Status
from vrface.session.comparison import Comparison
from vrface.session.replay import Replayed


def face(time_ns: int = 0, **changes) -> Expression:
    usual = Expression(
        sequence=1,
        frame_time_ns=time_ns,
        sample_time_ns=time_ns,
        status=Status.TRACKING,
        weights=np.full(COUNT, 0.5, np.float32),
        stddev=np.full(COUNT, 0.1, np.float32),
        source=np.full(COUNT, 2, np.uint8),
        confidence=np.ones(3, np.float32),
        gaze=np.full(4, np.nan, np.float32),
        step_us=200,
    )
    return replace(usual, **changes)


def weights(**changes: float):
    changed = np.full(COUNT, 0.5, np.float32)
    for name, value in changes.items():
        changed[index(name)] = value
    return changed


def test_identical_faces_are_said_to_be():
    comparison = Comparison()
    for k in range(3):
        comparison.add(Replayed(face(k * 10**9, step_us=9), face(k * 10**9, step_us=0)))
    assert (comparison.faces, comparison.compared, comparison.identical) == (3, 3, 3)
    assert comparison.seconds == 2.0
    assert comparison.step_ms() == {"p50": 0.009, "p99": 0.009}
    assert all(group == {"mean": 0.0, "max": 0.0} for group in comparison.groups().values())


def test_differences_are_told_by_group():
    comparison = Comparison()
    comparison.add(Replayed(face(weights=weights(browDownLeft=0.75)), face()))
    comparison.add(Replayed(face(weights=weights(browDownLeft=0.25)), face()))
    groups = comparison.groups()
    assert comparison.identical == 0
    assert groups["brow"]["max"] == 0.25
    assert groups["brow"]["mean"] == pytest.approx(0.25 / len(group_indices("brow")))
    assert groups["mouth"] == {"mean": 0.0, "max": 0.0}


@pytest.mark.parametrize(
    "change",
    [
        {"stddev": np.full(COUNT, 0.2, np.float32)},
        {"source": np.full(COUNT, 3, np.uint8)},
        {"confidence": np.zeros(3, np.float32)},
        {"gaze": np.zeros(4, np.float32)},
        {"status": Status.STALE},
        {"sample_time_ns": 5},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_difference_in_anything_is_one(change):
    comparison = Comparison()
    comparison.add(Replayed(face(**change), face()))
    assert comparison.identical == 0


def test_an_absent_weight_is_the_same_as_an_absent_one_alone():
    comparison = Comparison()
    absent = face(weights=weights(jawOpen=np.nan))
    comparison.add(Replayed(absent, absent))
    assert (comparison.identical, comparison.one_sided) == (1, 0)
    comparison.add(Replayed(absent, face()))
    assert (comparison.identical, comparison.one_sided) == (1, 1)
    assert comparison.groups()["mouth"] == {"mean": 0.0, "max": 0.0}


def test_without_logged_faces_nothing_is_known():
    comparison = Comparison()
    assert comparison.seconds == 0.0
    assert comparison.step_ms() == {"p50": None, "p99": None}
    comparison.add(Replayed(face(), None))
    assert (comparison.faces, comparison.compared) == (1, 0)
    assert comparison.groups()["brow"] == {"mean": None, "max": None}
