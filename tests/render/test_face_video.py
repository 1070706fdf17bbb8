"""The video: what was drawn is what plays, and nothing half-written is ever there."""

import resource
from typing import Any

import cv2
import numpy as np
import pytest

from tests.render.heads import Head, need_panda3d
from vrface.errors import BadUse, DependencyError, UnknownName, VrfaceError
from vrface.face.blendshapes import COUNT, indices
from vrface.render import face_video as module
from vrface.render.face_video import face_video

need_panda3d()

SIZE = (240, 120)


@pytest.fixture(scope="module")
def head():
    return Head()


def still(head, frames=6):
    """A track of a head at rest."""
    return head, np.zeros((frames, COUNT), np.float32), np.zeros((frames, 4), np.float32)


def frames_of(path):
    video = cv2.VideoCapture(str(path))
    rate = video.get(cv2.CAP_PROP_FPS)
    frames: list[np.ndarray] = []
    while True:
        ok, frame = video.read()
        if not ok:
            return rate, np.array(frames).astype(int)
        frames.append(frame)


@pytest.mark.parametrize("codec", ["vp9", "vp8"])
def test_a_moved_weight_changes_its_own_face_alone(tmp_path, head, codec):
    path = tmp_path / "face.webm"
    told: list[int] = []
    moving = still(head)
    moving[1][3:, indices(["jawOpen", "mouthFunnel", "mouthPucker"])] = 1.0
    labels = ("truth\nsimulated", "reconstructed")
    face_video(path, [still(head), moving], 25.0, labels, SIZE, told.append, codec)
    rate, frames = frames_of(path)
    assert rate == pytest.approx(25.0, abs=0.1)
    assert frames.shape == (6, 120, 240, 3)
    assert told == [1, 2, 3, 4, 5, 6]
    changed = np.abs(frames[5] - frames[0]).max(axis=2)
    assert changed[:100, 120:].max() > 25
    assert changed[:, :115].max() < 12
    # The labels: dark letters on paper under each face.
    below = frames[0, 107:, :, 0]
    assert below[:, :120].min() < 110
    assert below[:, 120:].min() < 110
    assert below.max() > 220
    assert list(tmp_path.iterdir()) == [path]


def test_a_face_of_which_nothing_is_known_is_grey_for_as_long(tmp_path, head):
    lost = still(head)
    lost[1][2:4] = np.nan
    face_video(tmp_path / "face.webm", [lost], 30.0, ["lost"], SIZE)
    _, frames = frames_of(tmp_path / "face.webm")
    spread = np.ptp(frames[:, 50, 120], axis=1)
    assert (spread > 30).tolist() == [True, True, False, False, True, True]


def test_what_was_there_is_replaced_at_the_end_alone(tmp_path, head):
    path = tmp_path / "face.webm"
    path.write_bytes(b"before")
    held = []
    face_video(path, [still(head)], 30.0, [""], SIZE, lambda _: held.append(path.read_bytes()))
    assert held == [b"before"] * 6
    assert path.read_bytes()[:4] == b"\x1a\x45\xdf\xa3"  # EBML


def test_an_interrupted_video_leaves_nothing_and_what_was_there(tmp_path, head):
    path = tmp_path / "face.webm"
    path.write_bytes(b"before")

    def interrupted(frames):
        assert path.read_bytes() == b"before"
        if frames == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        face_video(path, [still(head)], 30.0, [""], SIZE, interrupted)
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_full_disk_is_told_and_nothing_is_kept(tmp_path, head, capfd):
    track = still(head, 40)
    track[1][:] = np.random.default_rng(0).uniform(size=(40, COUNT))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, limits[1]))
    try:
        with pytest.raises(VrfaceError, match="of 40 frames reached the disk"):
            face_video(tmp_path / "face.webm", [track], 30.0, [""], SIZE, codec="vp8")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_is_not_there_is_told_by_name(tmp_path, head):
    with pytest.raises(VrfaceError, match=r"cannot write .*none/face.webm: No such file"):
        face_video(tmp_path / "none" / "face.webm", [still(head)], 30.0, [""], SIZE)


def test_without_an_encoder_there_is_one_line_and_no_file(tmp_path, head, monkeypatch, capfd):
    monkeypatch.setitem(module.CODECS, "vp9", cv2.VideoWriter.fourcc(*"nope"))
    with pytest.raises(DependencyError, match="cannot write a WebM"):
        face_video(tmp_path / "face.webm", [still(head)], 30.0, [""], SIZE)
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "face.mp4"}, "ends in .webm"),
        ({"size": (241, 120)}, "even"),
        ({"size": (24, 120)}, "32 to 4096"),
        ({"rate_hz": 0.0}, "1 to 240"),
        ({"rate_hz": float("nan")}, "1 to 240"),
        ({"labels": ["one", "two"]}, "2 labels"),
        ({"frames": 0}, "0"),
    ],
)
def test_what_makes_no_video_is_bad_use(tmp_path, head, change, says):
    given: dict[str, Any] = {
        "name": "face.webm",
        "size": SIZE,
        "rate_hz": 30.0,
        "labels": ["one"],
        "frames": 2,
    }
    given |= change
    track = still(head, given["frames"])
    with pytest.raises(BadUse, match=says):
        face_video(
            tmp_path / given["name"], [track], given["rate_hz"], given["labels"], given["size"]
        )
    assert list(tmp_path.iterdir()) == []


def test_a_codec_that_webm_does_not_hold_is_told(tmp_path, head):
    with pytest.raises(UnknownName, match="Did you mean 'vp9'"):
        face_video(tmp_path / "face.webm", [still(head)], 30.0, [""], SIZE, codec="vp99")


def test_tracks_of_two_lengths_are_bad_use(tmp_path, head):
    with pytest.raises(BadUse, match=r"\[5, 6\] frames"):
        face_video(tmp_path / "f.webm", [still(head), still(head, 5)], 30.0, ["", ""], SIZE)
