"""Pose logs of a Quest Pro: decimal commas, sequences, Unity's axes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.recordings import damaged, heading, samples_of, survives
from vrface.log.importers import read_any
from vrface.log.importers.quest_pro import APART_NS

HEADER = (
    "Matricule;TrainingName;Date;Sequence;SequenceTime;CenterEyePosX;CenterEyePosY;CenterEyePosZ;"
    "CenterEyeRotX;CenterEyeRotY;CenterEyeRotZ;CenterEyeRotW;LeftHandPosX"
)


def row(sequence, time, position=(0, 1.7, 0.5), rotation=(0, 0, 0, 1)):
    numbers = [time, *position, *rotation]
    cells = ["08", "Séquence 360", "2025-05-27", sequence, *numbers, 0.5]
    return ";".join(str(cell).replace(".", ",") for cell in cells)


def log(path, rows, encoding="utf-8"):
    path.write_bytes("\r\n".join([HEADER, *rows]).encode(encoding))
    return path


def steady(sequence, start, count=5):
    return [row(sequence, round(start + 0.02 * k, 2)) for k in range(count)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_decimal_commas_and_any_encoding(tmp_path, encoding):
    path = log(tmp_path / "a.csv", [row(1, 5.38), row(1, 5.4, (-0.25, 1.5, 0.75))], encoding)
    time, pose = samples_of(read_any(path).sensors, "head_pose")
    np.testing.assert_allclose(time, [0, 0.02])
    np.testing.assert_allclose(pose[1], [-0.25, 1.5, -0.75, 0, 0, 0, 1])


@pytest.mark.parametrize(
    ("axis", "degrees", "yaw", "pitch"),
    [("y", 30, 30, 0), ("x", -30, 0, 30), ("y", -20, -20, 0), ("x", 10, 0, -10)],
)
def test_a_head_that_turns_right_or_up_does_so(tmp_path, axis, degrees, yaw, pitch):
    half = np.radians(degrees) / 2
    turn = [np.sin(half) if name == axis else 0.0 for name in "xyz"] + [np.cos(half)]
    path = log(tmp_path / "a.csv", [row(1, 0.0), row(1, 0.02, rotation=turn)])
    _, pose = samples_of(read_any(path).sensors, "head_pose")
    np.testing.assert_allclose(heading(pose)[1], np.radians([yaw, pitch]), atol=1e-6)


def test_each_sequence_follows_the_one_before(tmp_path):
    rows = [*steady(1, 5.0), *steady(2, 3.0), *steady(3, 90.0)]
    imported = read_any(log(tmp_path / "a.csv", rows))
    steps = np.diff(imported.sensors.frame_time_ns)
    assert len(steps) == 14
    assert np.flatnonzero(steps > 20_000_000).tolist() == [4, 9]
    assert (steps[[4, 9]] == APART_NS).all()
    assert any("3 sequences" in note for note in imported.notes)


def test_rows_that_go_back_within_a_sequence_are_left_out(tmp_path):
    rows = [row(1, 1.0), row(1, 1.02), row(1, 1.02), row(1, 0.9), row(1, 1.04), row(2, 0.0)]
    imported = read_any(log(tmp_path / "a.csv", rows))
    assert len(imported.sensors.frame_time_ns) == 4
    assert "2 rows left out: doubled, or back in time." in imported.notes


@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_log_is_read_or_refused(tmp_path_factory, data):
    path = log(tmp_path_factory.mktemp("log") / "a.csv", [*steady(1, 5.0), *steady(2, 3.0)])
    path.write_bytes(data.draw(damaged(path.read_text())))
    survives(path, "quest_pro")


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("log") / "a.csv"
    path.write_bytes(HEADER.encode() + b"\n" + junk)
    survives(path, "quest_pro")


def test_a_real_log(eye_data):
    path = eye_data / "baseball_360VR.csv"
    imported = read_any(path)
    assert imported.format == "quest_pro"
    time, pose = samples_of(imported.sensors, "head_pose")
    assert len(time) == 1985
    assert any("20 sequences" in note for note in imported.notes)
    assert (np.diff(time) > 0.9).sum() == 19
    assert np.median(np.diff(time)) == pytest.approx(0.02, abs=1e-4)
    assert ((pose[:, 1] > 1.5) & (pose[:, 1] < 1.8)).all()
    assert np.abs(heading(pose)[:, 1]).max() < 0.5  # nobody looks at the ceiling

    # The left hand is to the left of the right one, and both are before the face.
    lines = [line.split(";") for line in path.read_text("utf-8").splitlines()]
    columns = {name: k for k, name in enumerate(lines[0])}
    left, right = (
        np.array(
            [
                [float(line[columns[f"{side}HandPos{axis}"]].replace(",", ".")) for axis in "XYZ"]
                for line in lines[1:]
            ]
        )
        * [1, 1, -1]
        - pose[:, :3]
        for side in ("Left", "Right")
    )
    yaw = heading(pose)[:, 0]
    to_right = np.stack([np.cos(yaw), np.sin(yaw)], 1)  # in x and z
    forward = np.stack([np.sin(yaw), -np.cos(yaw)], 1)
    side = [(hand[:, [0, 2]] * to_right).sum(1) for hand in (left, right)]
    ahead = [(hand[:, [0, 2]] * forward).sum(1) for hand in (left, right)]
    assert np.median(side[0]) < 0 < np.median(side[1])
    assert min(map(np.median, ahead)) > 0
