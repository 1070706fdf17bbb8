"""SRanipal logs: written here row by row, from the description of the SDK and Unity's axes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.recordings import damaged, heading, samples_of, survives
from vrface.errors import TakeError
from vrface.log.importers import FORMATS, read_any

HEADER = (
    "time(100ns);time_stamp(ms);time(UnityVideoPlayer);frame;eye_valid_L;eye_valid_R;openness_L;"
    "openness_R;pupil_diameter_L(mm);pupil_diameter_R(mm);pos_sensor_L.x;pos_sensor_L.y;"
    "pos_sensor_R.x;pos_sensor_R.y;gaze_origin_L.x(mm);gaze_origin_L.y(mm);gaze_origin_L.z(mm);"
    "gaze_origin_R.x(mm);gaze_origin_R.y(mm);gaze_origin_R.z(mm);gaze_direct_L.x;gaze_direct_L.y;"
    "gaze_direct_L.z;gaze_direct_R.x;gaze_direct_R.y;gaze_direct_R.z;gaze_sensitive;frown_L;"
    "frown_R;squeeze_L;squeeze_R;wide_L;wide_R;distance_valid_C;distance_C(mm);track_imp_cnt;"
    "helmet_pos_x;helmet_pos_y;helmet_pos_z;helmet_rot_x;helmet_rot_y;helmet_rot_z"
)
START = 638_342_794_000_115_346
TICKS = 83_333  # of 100 ns: 120 rows a second

RESTING = {
    "eye_valid_L": 31,
    "eye_valid_R": 31,
    "openness_L": 0.9,
    "openness_R": 0.8,
    "pupil_diameter_L(mm)": 3.5,
    "pupil_diameter_R(mm)": 3.6,
    "gaze_origin_L.x(mm)": 38,
    "gaze_origin_R.x(mm)": -32,
    "gaze_direct_L.z": 1,
    "gaze_direct_R.z": 1,
    "helmet_pos_y": 1.2,
    "distance_valid_C": "False",
}


def log(path, rows, header=HEADER, end="\r\n"):
    """A log of dicts; a row that says nothing of a column says what a resting eye does."""
    lines = [header]
    for k, row in enumerate(rows):
        time = {"time(100ns)": START + k * TICKS, "frame": k, "helmet_pos_x": k / 1000}
        cells = {**time, **RESTING, **row}
        lines.append(";".join(str(cells.get(name, 0)) for name in header.split(";")))
    path.write_text(end.join(lines))
    return path


def read(path):
    return read_any(path, "p").sensors


def last(path, stream):
    return samples_of(read(path), stream)[1][-1]


def test_looking_to_ones_right_gives_yaw_above_0(tmp_path):
    # +x of SRanipal's gaze is the wearer's left: the left eye sits at +38 mm.
    right = {"gaze_direct_L.x": -0.3, "gaze_direct_L.z": 0.954, "gaze_direct_R.x": -0.2}
    gaze = last(log(tmp_path / "a.csv", [{}, {**right, "gaze_direct_R.z": 0.98}]), "gaze")
    np.testing.assert_allclose(gaze, [np.arctan2(0.3, 0.954), 0, np.arctan2(0.2, 0.98), 0], 1e-5)


def test_looking_up_gives_pitch_above_0(tmp_path):
    up = {"gaze_direct_L.y": 0.6, "gaze_direct_L.z": 0.8}
    gaze = last(log(tmp_path / "a.csv", [{}, up]), "gaze")
    np.testing.assert_allclose(gaze, [0, np.arcsin(0.6), 0, 0], atol=1e-6)


def test_eyes_that_converge_look_at_each_other(tmp_path):
    near = {"gaze_direct_L.x": -0.1, "gaze_direct_R.x": 0.1}
    left, _, right, _ = last(log(tmp_path / "a.csv", [{}, near]), "gaze")
    assert left > 0 > right


@pytest.mark.parametrize(
    ("turn", "yaw", "pitch"),
    [((0, 30, 0), 30, 0), ((330, 0, 0), 0, 30), ((0, 340, 0), -20, 0), ((15, 0, 0), 0, -15)],
)
def test_a_head_that_turns_right_or_up_does_so(tmp_path, turn, yaw, pitch):
    angles = dict(zip(("helmet_rot_x", "helmet_rot_y", "helmet_rot_z"), turn, strict=True))
    pose = last(log(tmp_path / "a.csv", [{}, {**angles, "helmet_pos_z": 2}]), "head_pose")
    np.testing.assert_allclose(heading(pose[None])[0], np.radians([yaw, pitch]), atol=1e-6)
    np.testing.assert_allclose(pose[:3], [0.001, 1.2, -2.0], atol=1e-6)


def test_what_the_mask_does_not_vouch_for_is_no_value(tmp_path):
    rows = [{"eye_valid_L": mask} for mask in (31, 1 << 1, 1 << 2, 1 << 3, 0, "", -1, 1e30)]
    recording = read(log(tmp_path / "a.csv", rows))
    known = {
        name: np.isfinite(samples_of(recording, name)[1][:, 0]).tolist()
        for name in ("gaze", "pupils", "lids")
    }
    assert known["gaze"] == [True, True, *[False] * 6]
    assert known["pupils"] == [True, False, True, *[False] * 5]
    assert known["lids"] == [True, False, False, True, *[False] * 4]
    for name in known:  # the other eye is not asked
        assert np.isfinite(samples_of(recording, name)[1][:, -1]).all()


def test_a_lost_gaze_and_a_lost_pupil_are_no_value_whatever_the_mask(tmp_path):
    lost = {"gaze_direct_L.z": 0, "pupil_diameter_L(mm)": -1}
    path = log(tmp_path / "a.csv", [{}, lost])
    assert np.isnan(last(path, "gaze")).tolist() == [True, True, False, False]
    assert np.isnan(last(path, "pupils")).tolist() == [True, False]


def test_lids_land_by_name_and_a_frown_nowhere(tmp_path):
    lids = {"openness_L": 0.1, "openness_R": 0.2, "wide_L": 0.3, "wide_R": 0.4}
    lids |= {"squeeze_L": 0.5, "squeeze_R": 0.6, "frown_L": 0.9}
    path = log(tmp_path / "a.csv", [{}, lids])
    np.testing.assert_allclose(last(path, "lids"), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], atol=1e-6)


def test_a_pose_that_repeats_is_none_and_a_frame_that_repeats_holds_no_eye(tmp_path):
    rows = [{"helmet_pos_x": x, "frame": n} for x, n in ((0, 0), (1, 1), (1, 2), (2, 2), (3, 3))]
    recording = read(log(tmp_path / "a.csv", rows))
    row = 8_333_300
    assert recording.frame_time_ns.tolist() == [k * row for k in range(5)]
    time, _ = samples_of(recording, "head_pose")
    assert (time * 1e9).round().tolist() == [0, row, 3 * row, 4 * row]
    time, _ = samples_of(recording, "gaze")
    assert (time * 1e9).round().tolist() == [0, row, 2 * row, 4 * row]


def test_a_gap_stays_and_rows_that_go_back_are_told(tmp_path):
    times = [0, TICKS, 9_000_000, 8_000_000, 9_000_000, 9_000_000 + TICKS]
    rows = [*({"time(100ns)": START + time} for time in times), {"time(100ns)": ""}]
    imported = read_any(log(tmp_path / "a.csv", rows), "p")
    assert np.diff(imported.sensors.frame_time_ns).max() == 900_000_000 - TICKS * 100
    assert len(imported.sensors.frame_time_ns) == 4
    assert imported.notes == (
        "1 row left out: no time.",
        "2 rows left out: doubled, or back in time.",
    )


def test_a_log_without_a_helmet_has_no_head_pose(tmp_path):
    header = ";".join(name for name in HEADER.split(";") if "helmet" not in name)
    recording = read(log(tmp_path / "a.csv", [{}, {}], header))
    assert [stream.name for stream in recording.headset.streams] == ["gaze", "lids", "pupils"]


def test_what_it_measures_follows_from_its_streams():
    from vrface.log.importers.sensors import headset_of

    measures = headset_of("vive_pro_eye").measures
    assert {"eyeBlinkLeft", "eyeWideRight", "eyeSquintLeft", "eyeLookUpLeft"} <= set(measures)
    assert not any(name.startswith("brow") for name in measures)


def test_a_log_of_nothing_valid_is_refused(tmp_path):
    header = "time(100ns);eye_valid_L;eye_valid_R"
    path = log(tmp_path / "a.csv", [{"eye_valid_L": 0, "eye_valid_R": 0}] * 3, header)
    with pytest.raises(TakeError, match="no value"):
        read_any(path)


@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_log_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("log") / "a.csv"
    log(path, [{}] * 8, end="\n")
    path.write_bytes(data.draw(damaged(path.read_text())))
    survives(path, "sranipal")


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("log") / "a.csv"
    path.write_bytes(HEADER.encode() + b"\n" + junk)
    survives(path, "sranipal")


REAL = {
    "TESTNA01_2D_Fist3": (1518, 0.139),
    "TESTNA01_360VR_Fist3": (1665, 0.020),
    "TESTNA05_2D_Spread7": (1354, 0.122),
    "TESTNA05_360VR_Spread7": (1336, 0.040),
}


@pytest.mark.parametrize("name", REAL)
def test_real_logs(eye_data, name):
    imported = read_any(eye_data / f"{name}.csv")
    recording = imported.sensors
    rows, lost = REAL[name]
    assert imported.format == "sranipal"
    assert recording.real_sensors
    time, gaze = samples_of(recording, "gaze")
    assert len(time) == rows
    assert np.isnan(gaze).mean() == pytest.approx(lost, abs=0.002)
    assert rows / time[-1] == pytest.approx(120, rel=0.01)
    pose_time, pose = samples_of(recording, "head_pose")
    assert len(pose) / pose_time[-1] == pytest.approx(90, rel=0.01)
    assert (pose[:, 1] > 1).all()  # metres above the floor

    # A gaze is lost where the lid is closed.
    _, lids = samples_of(recording, "lids")
    away = np.isnan(gaze[:, 0])
    assert np.median(lids[away, 0]) < 0.7 < 0.95 < np.median(lids[~away, 0])

    # Eyes turn against the head to keep what they look at.
    head = np.stack([np.interp(time, pose_time, angle) for angle in heading(pose).T], 1)
    for axis, least in ((0, 0.01), (1, 0.004)):
        turned, eye = head[6:, axis] - head[:-6, axis], gaze[6:, axis] - gaze[:-6, axis]
        slow = (np.abs(turned) > least) & (np.abs(eye) < 0.08)
        slope = (turned[slow] * eye[slow]).sum() / (turned[slow] ** 2).sum()
        assert -1.0 < slope < -0.3


def test_the_format_is_found_by_looking(tmp_path):
    assert read_any(log(tmp_path / "eyes.txt", [{}, {}])).format == "sranipal"
    assert "sranipal" in FORMATS
