from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.metrics.faces import PERIOD_S, face, late
from vrface.training.metrics import liveliness as typed

liveliness: Any = typed  # what may be None is compared without asking here
NAMES = ["browDownLeft", "browDownRight", "cheekSquintLeft", "noseSneerRight", "cheekSquintRight"]
TRUTH = face(channels=5, frames=7200)
NONE = {"frechet": None, "floor": None, "multiple": None}


def tied(truth):
    """Brows and cheeks alike on both sides."""
    both = truth.copy()
    both[:, 1], both[:, 4] = both[:, 0], both[:, 2]
    return both


def test_sides_that_move_as_one_correlate_and_sides_that_do_not_do_not():
    figures = liveliness.sides(NAMES, tied(TRUTH), TRUTH)
    assert figures["truth_correlation"] == pytest.approx(1)
    assert figures["truth_gap"] == 0
    assert abs(figures["shown_correlation"]) < 0.2
    expected = np.abs(TRUTH[:, [0, 2]] - TRUTH[:, [1, 4]]).mean()
    assert figures["shown_gap"] == pytest.approx(expected)


def test_sides_are_of_pairs_that_move_in_the_truth_and_are_known():
    still = tied(TRUTH)
    still[:, [2, 4]] = 0.3, 0.6
    shown = tied(TRUTH)
    figures = liveliness.sides(NAMES, still, shown)
    assert figures["truth_gap"] == 0
    assert figures["shown_correlation"] == pytest.approx(1)
    unknown = tied(TRUTH)
    unknown[100:200, 0] = np.nan
    wild = tied(TRUTH)
    wild[100:200, 1] = 9.0
    assert liveliness.sides(NAMES, unknown, wild)["shown_gap"] == 0


def test_a_dead_face_has_no_correlation_of_sides():
    figures = liveliness.sides(NAMES, TRUTH, np.zeros_like(TRUTH))
    assert figures["shown_correlation"] is None
    assert figures["shown_gap"] == 0


@pytest.mark.parametrize(
    "names",
    [
        ["jawLeft", "jawRight"],
        ["mouthLeft", "mouthRight"],
        ["eyeLookInLeft", "eyeLookInRight"],
        ["browDownLeft", "noseSneerRight"],
    ],
)
def test_what_is_no_two_sides_of_one_movement_is_no_pair(names):
    assert set(liveliness.sides(names, TRUTH[:, :2], TRUTH[:, :2]).values()) == {None}


def test_the_truth_is_no_distance_from_itself():
    figures = liveliness.windows(TRUTH, TRUTH, PERIOD_S)
    assert figures["frechet"] == pytest.approx(0, abs=1e-6)
    assert figures["floor"] > 0
    assert figures["multiple"] == pytest.approx(0, abs=1e-6)


def test_windows_of_another_stretch_are_near_the_floor_and_of_a_broken_face_far_off():
    def multiple(shown):
        return liveliness.windows(TRUTH, shown, PERIOD_S)["multiple"]

    assert multiple(face(seed=9, channels=5, frames=7200)) < 2
    assert multiple(late(TRUTH, 0.08)) < 1
    noise = np.random.default_rng(0).normal(0, 0.03, TRUTH.shape)
    assert multiple(TRUTH + noise) > 5
    assert multiple(0.3 * TRUTH) > 4
    assert multiple(np.zeros_like(TRUTH)) > multiple(0.3 * TRUTH) > multiple(0.6 * TRUTH)


def test_the_distance_of_two_known_gaussians():
    # (m1 - m2)^2 + (s1 - s2)^2 in each dimension.
    one = np.random.default_rng(1).normal(0, 1, (200_000, 2)) * [1.0, 0.5]
    other = one * 2.0 + [3.0, 0.0]
    assert liveliness._frechet(one, other) == pytest.approx(9 + 1 + 0.25, rel=0.01)


@settings(max_examples=30)
@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(1, 8))
def test_a_distance_is_symmetric_and_never_negative(seed, points, width):
    rng = np.random.default_rng(seed)
    one = rng.normal(size=(points, width)) @ rng.normal(size=(width, width))
    other = rng.normal(size=(points + 3, width)) + rng.normal(size=width)
    forth, back = liveliness._frechet(one, other), liveliness._frechet(other, one)
    assert forth >= 0
    assert forth == pytest.approx(back, abs=1e-6, rel=1e-6)
    assert liveliness._frechet(one, one) == pytest.approx(0, abs=1e-6 * (1 + one.var() * width))


def test_windows_with_lost_frames_are_left_out_of_both_faces():
    truth, wild = TRUTH.copy(), TRUTH.copy()
    truth[2000:2300] = np.nan
    wild[2000:2300] = 50.0
    assert liveliness.windows(truth, wild, PERIOD_S)["frechet"] == pytest.approx(0, abs=1e-6)


def test_too_little_or_too_still_a_record_has_no_distance():
    assert liveliness.windows(TRUTH[:1500], TRUTH[:1500], PERIOD_S) == NONE
    assert liveliness.windows(TRUTH[:30], TRUTH[:30], PERIOD_S) == NONE
    assert liveliness.windows(np.full_like(TRUTH, np.nan), TRUTH, PERIOD_S) == NONE
    assert liveliness.windows(0.01 * TRUTH, TRUTH, PERIOD_S) == NONE
    assert liveliness.windows(TRUTH[:, :0], TRUTH[:, :0], PERIOD_S) == NONE


def test_a_long_record_takes_windows_further_apart_and_comes_near_the_same():
    long = face(seed=3, channels=2, frames=40_000)
    shown = 0.5 * long
    near = liveliness.windows(long[:15_000], shown[:15_000], PERIOD_S)["frechet"]
    assert liveliness.windows(long, shown, PERIOD_S)["frechet"] == pytest.approx(near, rel=0.2)
