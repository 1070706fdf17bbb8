"""Logs of a Pico Neo 3 Pro Eye: tabs, masks, Unity's axes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.recordings import damaged, heading, samples_of, survives
from vrface.log.importers import read_any

VECTORS = ("Head Position", "Head Rotation", "Combine Eye Gaze Vector", "Foveated Gaze Direction")
STATUS = ("Left Eye Pose Status", "Right Eye Pose Status")
OPENNESS = ("Left Eye Gaze Openness", "Right Eye Gaze Openness")
COLUMNS = (
    "User Name",
    "Timeline",
    *(f"{name}. {axis}" for name in VECTORS for axis in "xyz"),
    "Eye Left Blinking",
    *STATUS,
    *OPENNESS,
)
RESTING = {
    "Combine Eye Gaze Vector. z": 1,
    "Eye Left Blinking": "True",
    "User Name": "Erika",
    **dict.fromkeys(STATUS, 52),
    **dict.fromkeys(OPENNESS, 1),
}


def log(path, rows, columns=COLUMNS):
    lines = ["\t".join(columns)]
    for k, row in enumerate(rows):
        cells = {"Timeline": round(0.02 * (k + 1), 6), **RESTING, **row}
        lines.append("\t".join(str(cells.get(name, 0)) for name in columns))
    path.write_text("\r\n".join(lines))
    return path


def last(path, stream):
    return samples_of(read_any(path).sensors, stream)[1][-1]


def gaze(x, y, z):
    numbers = zip("xyz", (x, y, z), strict=True)
    return {f"Combine Eye Gaze Vector. {axis}": number for axis, number in numbers}


def test_looking_to_ones_right_gives_yaw_above_0_and_up_pitch(tmp_path):
    right = last(log(tmp_path / "a.csv", [{}, gaze(0.6, 0, 0.8)]), "gaze_combined")
    np.testing.assert_allclose(right, [np.arcsin(0.6), 0], atol=1e-6)
    up = last(log(tmp_path / "b.csv", [{}, gaze(0, 0.6, 0.8)]), "gaze_combined")
    np.testing.assert_allclose(up, [0, np.arcsin(0.6)], atol=1e-6)


@pytest.mark.parametrize(
    ("turn", "yaw", "pitch"), [((0, 30, 0), 30, 0), ((330, 0, 0), 0, 30), ((0, 340, 0), -20, 0)]
)
def test_a_head_that_turns_right_or_up_does_so(tmp_path, turn, yaw, pitch):
    cells = {f"Head Rotation. {axis}": v for axis, v in zip("xyz", turn, strict=True)}
    pose = last(log(tmp_path / "a.csv", [{}, {**cells, "Head Position. z": 2}]), "head_pose")
    np.testing.assert_allclose(heading(pose[None])[0], np.radians([yaw, pitch]), atol=1e-6)
    np.testing.assert_allclose(pose[:3], [0, 0, -2], atol=1e-6)


@pytest.mark.parametrize(("left", "right"), [(4, 52), (52, 4), (0, 0), ("", 52), (-1, 52)])
def test_a_gaze_of_an_eye_that_is_not_seen_is_no_value(tmp_path, left, right):
    path = log(tmp_path / "a.csv", [{}, dict(zip(STATUS, (left, right), strict=True))])
    assert np.isnan(last(path, "gaze_combined")).all()


def test_openness_counts_where_the_mask_vouches_for_it(tmp_path):
    row = dict(zip((*OPENNESS, *STATUS), (0, 1, 4, 0), strict=True))
    lids = last(log(tmp_path / "a.csv", [{}, row]), "lids")
    assert lids[0] == 0
    assert np.isnan(lids[1])


def test_a_log_without_openness_has_no_lids(tmp_path):
    columns = [name for name in COLUMNS if name not in OPENNESS]
    recording = read_any(log(tmp_path / "a.csv", [{}, {}], columns)).sensors
    assert [stream.name for stream in recording.headset.streams] == ["gaze_combined", "head_pose"]
    assert "eyeBlinkLeft" not in recording.headset.measures


def test_no_name_of_a_user_is_kept(tmp_path):
    recording = read_any(log(tmp_path / "a.csv", [{}, {}]), "p1").sensors
    assert "Erika" not in repr((recording.name, recording.wearer, recording.donning))


@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_log_is_read_or_refused(tmp_path_factory, data):
    path = log(tmp_path_factory.mktemp("log") / "a.csv", [{}] * 8)
    path.write_bytes(data.draw(damaged(path.read_text())))
    survives(path, "pico")


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("log") / "a.csv"
    path.write_bytes("\t".join(COLUMNS).encode() + b"\n" + junk)
    survives(path, "pico")


def test_a_real_log(eye_data):
    path = eye_data / "boxing_360.csv"
    imported = read_any(path)
    assert imported.format == "pico"
    time, angles = samples_of(imported.sensors, "gaze_combined")
    assert len(time) == 217
    assert np.median(np.diff(time)) == pytest.approx(0.02, abs=1e-4)
    lost = np.isnan(angles[:, 0])
    assert lost.sum() == 33
    # Where the eyes are not seen the SDK's gaze swings up by 25 degrees; none of that is left.
    assert np.abs(angles[~lost]).max() < 0.3

    # The SDK gives the foveated gaze in OpenXR's axes: +x right, -z forward.
    lines = [line.split("\t") for line in path.read_text().splitlines()]
    columns = {name: k for k, name in enumerate(lines[0])}
    x, y, z = (
        np.array([float(line[columns[f"Foveated Gaze Direction. {axis}"]]) for line in lines[1:]])
        for axis in "xyz"
    )
    assert (z < 0).all()
    assert np.median(np.abs(np.arctan2(x, -z) - angles[:, 0])[~lost]) < 0.03
    assert np.median(np.abs(np.arcsin(y) - angles[:, 1])[~lost]) < 0.03
