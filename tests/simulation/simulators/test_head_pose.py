"""Where a headset says it is."""

from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.simulators.acting import check_honest, living, moving, sensed, still, wear

NAME = "head_pose"
QUARTER = np.array([[0.0, np.sqrt(0.5), 0.0, np.sqrt(0.5)]])  # about +y: to the wearer's left


def test_it_repeats_itself_stays_in_range_and_differs_where_held_out():
    check_honest(NAME)


@pytest.mark.parametrize("family", ["smooth", "predicted", "relocated"])
def test_quaternions_are_unit_and_poses_follow_the_head(family):
    performance = living()
    time_s, pose = sensed(NAME, wear(performance, families={NAME: family}))
    np.testing.assert_allclose(np.linalg.norm(pose[:, 3:], axis=1), 1.0, atol=1e-5)
    truth = performance.at(time_s).head
    assert np.abs(pose[:, :3] - truth[:, :3]).mean() < 0.012
    assert np.abs((pose[:, 3:] * truth[:, 3:]).sum(axis=1)).min() > 0.99


def test_a_pose_wanders_more_than_it_shakes():
    pose = sensed(NAME, wear(still(), families={NAME: "smooth"}))[1].astype(np.float64)
    wandering = pose[:, :3].std(axis=0)
    shaking = np.diff(pose[:, :3], n=2, axis=0).std(axis=0) / np.sqrt(6)
    assert (wandering > 5 * shaking).all()
    assert (wandering < 0.0015).all()


def test_a_headset_sits_as_it_was_donned():
    worn = wear(still(), tilt_rad=(0.0, 0.0, 0.05), families={NAME: "smooth"})
    pose = sensed(NAME, worn, noise=0.0)[1]
    np.testing.assert_allclose(pose[:, 5], np.sin(0.025), atol=1e-4)
    np.testing.assert_allclose(pose[0, :3], worn.donning.offset_m, atol=3e-4)


def test_a_jaw_pushes_the_headset_by_less_than_two_millimetres():
    opened = moving(lambda t: (t > 15.0) * 1.0, "jawOpen")
    time_s, pose = sensed(NAME, wear(opened, families={NAME: "smooth"}), noise=0.0)
    push = pose[time_s > 16, :3].mean(axis=0) - pose[time_s < 14, :3].mean(axis=0)
    assert 1e-4 < np.linalg.norm(push) < 2e-3


def test_predicted_poses_overshoot_where_a_head_stops():
    base = still()
    head = base.head.copy()
    head[:, 0] = np.clip(base.time_s - 10.0, 0.0, 1.0) * 0.5
    stops = replace(base, head=head)
    pose = sensed(NAME, wear(stops, families={NAME: "predicted"}), noise=0.0)[1]
    plain = sensed(NAME, wear(stops, families={NAME: "smooth"}), noise=0.0)[1]
    assert pose[:, 0].max() > plain[:, 0].max() + 0.003
