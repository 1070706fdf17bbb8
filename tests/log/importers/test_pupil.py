"""Exports of Pupil Invisible and Neon: degrees, g, two IMUs, two clocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.recordings import damaged, heading, samples_of, survives
from vrface.errors import TakeError
from vrface.log.importers import read_any
from vrface.log.importers.pupil import GRAVITY

START = 1_650_316_509_598_345_895
GAZE = (
    "section id,recording id,timestamp [ns],gaze x [px],gaze y [px],worn,fixation id,blink id,"
    "azimuth [deg],elevation [deg]"
)
IMU = (
    "section id,recording id,timestamp [ns],gyro x [deg/s],gyro y [deg/s],gyro z [deg/s],"
    "acceleration x [g],acceleration y [g],acceleration z [g],roll [deg],pitch [deg],yaw [deg],"
    "quaternion w,quaternion x,quaternion y,quaternion z"
)
TILT = np.radians(12)  # of Neon's scene camera below its IMU


def gaze(azimuth=0.0, elevation=0.0, worn="1", blink=""):
    return f"{worn},,{blink},{azimuth},{elevation}"


def export(folder, gazes, imus=(), ms=5, imu_delay_ms=0):
    """A folder; each IMU row is gyro, acceleration and quaternion, or None for no quaternion."""
    folder.mkdir(parents=True, exist_ok=True)
    step = ms * 1_000_000
    lines = [f"s,r,{START + k * step},1.0,2.0,{row}" for k, row in enumerate(gazes)]
    (folder / "gaze.csv").write_text("\n".join([GAZE, *lines]))
    if imus:
        begin = START + imu_delay_ms * 1_000_000
        lines = []
        for k, (gyro, acceleration, quaternion) in enumerate(imus):
            turned = ["", "", "", ""] if quaternion is None else quaternion
            cells = [*gyro, *acceleration, "", "", "", *turned]
            lines.append(f"s,r,{begin + k * step}," + ",".join(map(str, cells)))
        (folder / "imu.csv").write_text("\n".join([IMU, *lines]))
    return folder


def last(folder, stream):
    return samples_of(read_any(folder).sensors, stream)[1][-1]


def test_looking_to_ones_right_gives_yaw_above_0_and_up_pitch(tmp_path):
    folder = export(tmp_path / "r", [gaze(), gaze(20, 10)])
    np.testing.assert_allclose(last(folder, "gaze_combined"), np.radians([20, 10]), atol=1e-6)


@pytest.mark.parametrize("row", [gaze(20, 10, worn="0"), gaze(20, 10, worn="0.0")])
def test_glasses_that_are_not_worn_see_nothing(tmp_path, row):
    assert np.isnan(last(export(tmp_path / "r", [gaze(), row]), "gaze_combined")).all()


def test_a_gaze_in_a_blink_is_no_value_and_that_is_told(tmp_path):
    folder = export(tmp_path / "r", [gaze(1), gaze(2, blink="1"), gaze(3), gaze(4, worn="")])
    imported = read_any(folder)
    _, angles = samples_of(imported.sensors, "gaze_combined")
    assert np.isnan(angles[:, 0]).tolist() == [False, True, False, False]
    assert "25% of the gaze lies in blinks and is no value." in imported.notes


def test_invisibles_imu_has_y_down_and_z_forward(tmp_path):
    # Turning the head to the right turns about the axis that points down.
    right, upright = ([0, 90, 0], [0, -1, 0])
    folder = export(tmp_path / "r", [gaze()] * 2, [(right, upright, None)] * 2)
    recording = read_any(folder).sensors
    assert recording.headset.name == "pupil_invisible"
    assert [s.name for s in recording.headset.streams] == ["gaze_combined", "imu"]
    _, imu = samples_of(recording, "imu")
    # ours: about +y is to the left; at rest an accelerometer feels gravity's counterforce, up
    np.testing.assert_allclose(imu[0], [0, -np.pi / 2, 0, 0, GRAVITY, 0], atol=1e-6)
    forward = export(tmp_path / "f", [gaze()] * 2, [([0, 0, 10], [1, -1, 2], None)] * 2)
    imu = last(forward, "imu")
    np.testing.assert_allclose(imu[:3], [0, 0, -np.radians(10)], atol=1e-6)
    np.testing.assert_allclose(imu[3:], np.array([1, 1, -2]) * GRAVITY, rtol=1e-6)


def test_neons_imu_has_z_up_and_its_camera_looks_12_degrees_down(tmp_path):
    level = [1, 0, 0, 0]
    folder = export(tmp_path / "r", [gaze()] * 2, [([0, 0, -90], [0, 0, 1], level)] * 2)
    recording = read_any(folder).sensors
    assert recording.headset.name == "pupil_neon"
    _, imu = samples_of(recording, "imu")
    # What a camera that points down has above it lies behind it, too: +z is back.
    up = np.array([0, np.cos(TILT), np.sin(TILT)])
    np.testing.assert_allclose(imu[0, 3:], up * GRAVITY, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(imu[0, :3], -up * np.pi / 2, rtol=1e-6, atol=1e-6)
    _, pose = samples_of(recording, "head_pose")
    assert recording.headset.streams[2].channels == ("qx", "qy", "qz", "qw")
    np.testing.assert_allclose(heading(pose)[0], [0, -TILT], atol=1e-6)


@pytest.mark.parametrize(
    ("axis", "degrees", "yaw", "pitch"),
    # Neon's world: x east, y north, z up; positive yaw is to the left, positive pitch up.
    [("z", -30, 30, -12), ("z", 30, -30, -12), ("x", 20, 0, 8), ("x", -20, 0, -32)],
)
def test_a_neon_that_turns_right_or_up_does_so(tmp_path, axis, degrees, yaw, pitch):
    half = np.radians(degrees) / 2
    turn = [np.cos(half)] + [np.sin(half) if name == axis else 0.0 for name in "xyz"]
    folder = export(tmp_path / "r", [gaze()] * 2, [([0, 0, 0], [0, 0, 1], turn)] * 2)
    pose = last(folder, "head_pose")
    np.testing.assert_allclose(heading(pose[None])[0], np.radians([yaw, pitch]), atol=1e-6)


def test_both_files_are_on_one_clock(tmp_path):
    folder = export(
        tmp_path / "r", [gaze(k) for k in range(4)], [([0] * 3, [0, -1, 0], None)] * 6, 5, 17
    )
    recording = read_any(folder).sensors
    time, _ = samples_of(recording, "gaze_combined")
    imu_time, _ = samples_of(recording, "imu")
    np.testing.assert_allclose(time, [0, 0.005, 0.01, 0.015])
    np.testing.assert_allclose(imu_time, 0.017 + 0.005 * np.arange(6))
    assert (recording.frame_time_ns % 5_000_000 == 0).all()
    assert sum(len(frame.samples) for frame in recording.frames()) == 10


def test_a_file_of_the_folder_stands_for_it(tmp_path):
    folder = export(tmp_path / "who" / "r", [gaze()] * 3)
    for path in (folder, folder / "gaze.csv"):
        imported = read_any(path)
        assert (imported.format, imported.sensors.name) == ("pupil", "r")
        assert imported.sensors.wearer == "who"


def test_files_of_two_days_are_refused(tmp_path):
    folder = export(tmp_path / "r", [gaze()] * 3, [([0] * 3, [0, -1, 0], None)] * 3, 5, 10**9)
    with pytest.raises(TakeError, match="hours apart"):
        read_any(folder)


def test_a_folder_without_gaze_is_no_recording(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(TakeError, match=r"notes\.txt"):
        read_any(tmp_path)


@settings(max_examples=80)
@given(data=st.data(), name=st.sampled_from(["gaze.csv", "imu.csv"]))
def test_a_damaged_export_is_read_or_refused(tmp_path_factory, data, name):
    imu = ([1, 2, 3], [0, -1, 0], [1, 0, 0, 0])
    folder = export(tmp_path_factory.mktemp("export"), [gaze(k) for k in range(8)], [imu] * 8)
    path = folder / name
    path.write_bytes(data.draw(damaged(path.read_text())))
    survives(folder, "pupil")


REAL = {"trampoline_01": (8567, 8346, 0.28), "trampoline_02": (5338, 5180, 0.39)}


@pytest.mark.parametrize("name", REAL)
def test_real_exports(eye_data, name):
    folder = eye_data / name
    imported = read_any(folder)
    gazes, imus, blinks = REAL[name]
    time, angles = samples_of(imported.sensors, "gaze_combined")
    imu_time, imu = samples_of(imported.sensors, "imu")
    assert (imported.format, imported.sensors.headset.name) == ("pupil", "pupil_invisible")
    assert (len(time), len(imu_time)) == (gazes, imus)
    assert np.isnan(angles[:, 0]).mean() == pytest.approx(blinks, abs=0.01)
    assert 1 / np.median(np.diff(imu_time)) == pytest.approx(200, rel=0.02)

    # To the right in the camera's picture is to the right, down in it is down.
    rows = np.genfromtxt(folder / "gaze.csv", delimiter=",", skip_header=1, usecols=(3, 4))
    known = np.isfinite(angles[:, 0])
    assert np.corrcoef(rows[known, 0], angles[known, 0])[0, 1] > 0.99
    assert np.corrcoef(rows[known, 1], angles[known, 1])[0, 1] < -0.99

    # How the glasses' own fusion says they are turned, the IMU turns them: d up / dt = up x rate.
    roll, pitch = np.radians(
        np.genfromtxt(folder / "imu.csv", delimiter=",", skip_header=1, usecols=(9, 10))
    ).T
    up = np.stack(
        [-np.sin(roll), np.cos(pitch) * np.cos(roll), -np.sin(pitch) * np.cos(roll)], axis=1
    )
    moved = (up[2:] - up[:-2]) / (imu_time[2:] - imu_time[:-2])[:, None]
    turned = np.cross(up, imu[:, :3])[1:-1]
    calm = np.linalg.norm(moved, axis=1) < 5
    slope = (turned[calm] * moved[calm]).sum() / (turned[calm] ** 2).sum()
    assert slope == pytest.approx(1.0, abs=0.05)
