"""render: a log's faces as a video, every shape as a picture; failures in one line."""

import signal

import cv2
import numpy as np
import pytest

from tests.render.heads import Head, need_panda3d
from tests.rig import avatars
from vrface import Session
from vrface.face.blendshapes import COUNT, indices
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.log import write_paired, write_take
from vrface.model import pretrained
from vrface.render import stage
from vrface.rig.rig import Rig
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.trackers.synthetic import SyntheticTracker

need_panda3d()

SMALL = ("--size", "300x120", "--rate", 10)


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Who is drawn is a ball here; gives the seeds that were asked for."""
    seeds = []

    def drawn(cls, seed=None):
        seeds.append(seed)
        return Head()

    monkeypatch.setattr(Rig, "drawn", classmethod(drawn))
    return seeds


def take():
    """Two seconds of a face whose mouth and brows go up half way through, and stay there."""
    weights = np.zeros((120, COUNT), np.float32)
    weights[60:, indices(["jawOpen", "mouthFunnel", "mouthPucker"])] = 1.0
    weights[60:, indices(["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft"])] = 1.0
    return Take(
        name="up",
        person="erika",
        time_ns=(np.arange(120) * (1e9 / 60)).astype(np.int64),
        weights=weights,
        gaze=np.zeros((120, 4), np.float32),
        source=np.full(COUNT, Source.MEASURED, np.uint8),
    )


@pytest.fixture(scope="module")
def paired(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "paired.mcap"
    write_paired(path, wear(take(), headset("mouth_only"), seed=1))
    return path


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, small):
    """A log of a second with the faces that a model made of it."""
    path = tmp_path_factory.mktemp("log") / "recorded.mcap"
    tracker = SyntheticTracker(headset("mouth_only"), seed=5, realtime=False)
    with Session(tracker, model=str(small), record=path, wearer="erika") as session:
        list(session.take(90))
    return path


def frames_of(path):
    video = cv2.VideoCapture(str(path))
    frames: list[np.ndarray] = []
    while True:
        ok, frame = video.read()
        if not ok:
            return np.array(frames).astype(int)
        frames.append(frame)


def test_a_paired_log_gives_truth_what_was_seen_and_what_was_inferred(
    vrface, tmp_path, paired, small, asked
):
    video = tmp_path / "face.webm"
    code, out, err = vrface("render", paired, "-o", video, "--model", small, *SMALL)
    assert (code, err) == (0, "")
    assert out == f"{video}: 3 faces side by side, 20 frames, 2.0 s\n"
    assert asked == [None]
    frames = frames_of(video)
    assert frames.shape == (20, 120, 300, 3)
    truth, seen, inferred = (frames[:, :106, k : k + 100] for k in (0, 100, 200))
    # The headset sees the mouth alone: brows are grey, and rest.
    brow, mouth = (slice(25, 42), slice(35, 65)), (slice(70, 90), slice(35, 65))
    for part, moves in ((mouth, True), (brow, False)):
        before, after = (seen[k][part] for k in (5, -1))
        assert (np.abs(after - before).max() > 8) == moves
    before, after = (truth[k][brow] for k in (5, -1))
    assert np.abs(after - before).max() > 8
    assert np.ptp(truth[5][brow], axis=2).mean() > 2 * np.ptp(seen[5][brow], axis=2).mean()
    assert np.ptp(inferred[5][brow], axis=2).mean() > 2 * np.ptp(seen[5][brow], axis=2).mean()
    assert list(tmp_path.iterdir()) == [video]


def test_faces_that_a_log_holds_are_drawn_and_no_model_is_asked(
    vrface, tmp_path, recorded, monkeypatch
):
    monkeypatch.setattr(pretrained, "load", lambda *_: pytest.fail("a model was loaded"))
    video = tmp_path / "face.webm"
    code, out, err = vrface("render", recorded, "-o", video, *SMALL, "--wearer", 7)
    assert (code, err) == (0, "")
    assert "2 faces side by side, 10 frames" in out


def test_a_log_of_a_face_alone_gives_that_face(vrface, tmp_path, asked):
    write_take(tmp_path / "face.mcap", take())
    video = tmp_path / "face.webm"
    arguments = ("--start", 0.9, "--seconds", 0.5, "--wearer", 7, "--codec", "vp8")
    code, out, _ = vrface("render", tmp_path / "face.mcap", "-o", video, *SMALL, *arguments)
    assert code == 0
    assert out == f"{video}: 1 face, 5 frames, 0.5 s\n"
    assert asked == [7]
    assert video.stat().st_mode & 0o777 == 0o600  # a real face's movements are in it
    frames = frames_of(video)
    moved = np.abs(frames - frames[0]).max(axis=(1, 2, 3)) > 25
    assert moved.tolist() == [False, True, True, True, True]


def test_an_avatar_is_drawn_by_the_same_way(vrface, tmp_path, asked):
    write_take(tmp_path / "face.mcap", take())
    glb, video = avatars.face().glb(tmp_path / "me.glb"), tmp_path / "face.webm"
    code, _, err = vrface("render", tmp_path / "face.mcap", "-o", video, "--avatar", glb, *SMALL)
    assert (code, err) == (0, "")
    assert asked == []
    frames = frames_of(video)
    assert np.abs(frames[-1] - frames[0])[:106].max() > 20


def test_a_rig_that_holds_a_morph_back_is_obeyed(vrface, tmp_path, asked):
    write_take(tmp_path / "face.mcap", take())
    glb, rig = avatars.face().glb(tmp_path / "me.glb"), tmp_path / "rig.json"
    assert vrface("map", glb, "-o", rig)[0] == 0
    rig.write_text(rig.read_text().replace('"gain": 1.0', '"gain": 0.0'))
    video = tmp_path / "face.webm"
    arguments = ("--avatar", glb, "--rig", rig, *SMALL)
    code, _, err = vrface("render", tmp_path / "face.mcap", "-o", video, *arguments)
    assert (code, err) == (0, "")
    frames = frames_of(video)
    assert np.abs(frames[-1] - frames[0])[:106].max() < 20


def test_shapes_are_a_picture(vrface, tmp_path, asked):
    picture = tmp_path / "shapes.png"
    code, out, err = vrface("render", "--shapes", "-o", picture, "--wearer", 3)
    assert (code, err) == (0, "")
    assert out == f"{picture}: 54 shapes, each in full\n"
    assert cv2.imread(str(picture)) is not None
    assert asked == [3]


@pytest.mark.parametrize(
    ("code", "says", "arguments"),
    [
        (2, "takes a log, or --shapes", ["-o", "a.webm"]),
        (2, "takes a log, or --shapes", ["LOG", "--shapes", "-o", "a.png"]),
        (2, "Give one that ends in .webm", ["LOG", "-o", "a.mp4"]),
        (2, "Give one that ends in .png", ["--shapes", "-o", "a.webm"]),
        (2, "'wide' is no size", ["LOG", "-o", "a.webm", "--size", "wide"]),
        (2, "241 x 120 pixels", ["LOG", "-o", "a.webm", "--size", "241x120"]),
        (2, "10 x 120 pixels", ["LOG", "-o", "a.webm", "--size", "10x120"]),
        (2, "Invalid value for '--rate'", ["LOG", "-o", "a.webm", "--rate", "nan"]),
        (2, "unknown codec 'h264'", ["LOG", "-o", "a.webm", "--codec", "h264"]),
        (2, "Give an earlier --start", ["LOG", "-o", "a.webm", "--start", "60"]),
        (2, "--wearer is the seed", ["LOG", "-o", "a.webm", "--avatar", "a.glb", "--wearer", "1"]),
        (2, "none.glb", ["LOG", "-o", "a.webm", "--avatar", "none.glb"]),
        (2, "Give the --avatar too", ["LOG", "-o", "a.webm", "--rig", "rig.json"]),
        (1, "cannot read the log none.mcap", ["none.mcap", "-o", "a.webm"]),
        (1, "no MCAP file", ["text.mcap", "-o", "a.webm"]),
        (1, "cannot write text.mcap/a.webm", ["LOG", "-o", "text.mcap/a.webm"]),
    ],
)
def test_bad_input_is_one_line_and_leaves_no_file(
    fails, tmp_path, recorded, monkeypatch, code, says, arguments
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.mcap").write_text("hello")
    given = [recorded if argument == "LOG" else argument for argument in arguments]
    assert says in fails(code, "render", *given)
    assert [path.name for path in tmp_path.iterdir()] == ["text.mcap"]


def test_a_torn_log_is_one_line_and_leaves_no_video(fails, tmp_path, recorded):
    torn, video = tmp_path / "torn.mcap", tmp_path / "face.webm"
    torn.write_bytes(recorded.read_bytes()[:-5000])
    assert "ends too early" in fails(1, "render", torn, "-o", video, *SMALL)
    assert not video.exists()


def test_without_panda3d_it_says_what_to_install(fails, tmp_path, recorded, monkeypatch):
    monkeypatch.setattr(stage, "find_spec", lambda name: None)
    error = fails(1, "render", recorded, "-o", tmp_path / "face.webm")
    assert "pip install 'vrface[render]'" in error


@pytest.mark.parametrize("shapes", [False, True])
def test_ctrl_c_ends_it_and_leaves_nothing(vrface, tmp_path, recorded, monkeypatch, shapes):
    drawn, draw = [], stage.Stage.draw

    def interrupted(self, faces):
        drawn.append(1)
        if len(drawn) == 3:
            signal.raise_signal(signal.SIGINT)
        return draw(self, faces)

    monkeypatch.setattr(stage.Stage, "draw", interrupted)
    what = (
        ["--shapes", "-o", tmp_path / "a.png"] if shapes else [recorded, "-o", tmp_path / "a.webm"]
    )
    assert vrface("render", *what) == (130, "", "")
    assert len(drawn) == 3
    assert list(tmp_path.iterdir()) == []
