"""demo: the whole line end to end in processes of its own, and what it chooses to show."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pytest
from matplotlib.image import imread

from vrface.cli.demo import SEED
from vrface.cli.demo.folder import Folder
from vrface.cli.demo.losses import Losses
from vrface.cli.demo.picture import STRETCH_S, lively_shapes, lively_stretch, stretch, timeline
from vrface.cli.demo.round_trip import SAME, RoundTrip, difference
from vrface.cli.demo.shown import check, hidden_shapes
from vrface.errors import BadUse, ServerError
from vrface.face.blendshapes import COUNT, group_of, index
from vrface.face.expression import Source
from vrface.model import law, pretrained
from vrface.model.calibration import Calibration
from vrface.render import stage
from vrface.render.plots import Timeline, draw_timeline
from vrface.sensors.headset import SHIPPED, headset
from vrface.sensors.paired import Paired
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.recording import Recording, infer

COMMAND = [sys.executable, "-m", "vrface.cli.main", "demo"]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A short demo: what it said and the folder it wrote."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    done = subprocess.run(
        [*COMMAND, "--seconds", "4", "-o", str(folder)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, folder


def test_the_summary_is_a_report_and_what_crossed_the_wire(run):
    summary = json.loads((run[1] / "summary.json").read_text())
    report = {"protocol", "model", "headset", "takes", "summary", "step_ms"}
    assert report | {"round_trip_ms", "wire_difference"} <= set(summary)
    assert 0 < summary["round_trip_ms"]["p50"] <= summary["round_trip_ms"]["p99"]
    assert summary["wire_difference"] <= SAME
    assert summary["takes"][0]["label"] == "simulated face, simulated sensors"
    assert {"neutral", "climatology", "copy_rule"} <= set(summary["summary"]["rivals"])


def test_the_terminal_tells_the_story(run):
    out = " ".join(run[0].split())
    for words in ("A synthetic wearer", "hides 17 of 54", "lower is better", "in band", "p99"):
        assert words in out
    assert "index.html" in out


def test_the_page_stands_alone(run):
    page = (run[1] / "index.html").read_text()
    assert "simulated sensors" in page
    assert "real faces are harder" in " ".join(page.split())
    assert "data:image/png;base64," in page
    assert "data:video/webm;base64," in page
    assert not re.search(r"""(src|href)=["'](?!data:)""", page)


def test_the_timeline_is_a_picture(run):
    assert imread(run[1] / "timeline.png").shape[:2] == (1000, 1400)


def test_the_video_shows_three_faces(run):
    video = cv2.VideoCapture(str(run[1] / "face.webm"))
    assert video.get(cv2.CAP_PROP_FRAME_COUNT) == pytest.approx(4 * 30, abs=2)
    video.set(cv2.CAP_PROP_POS_FRAMES, 100)  # once the session has warmed up
    there, picture = video.read()
    assert there
    left, middle, right = np.split(picture[:400].astype(int), 3, axis=1)
    spread = [np.ptp(face, axis=2).mean() for face in (left, middle, right)]  # grey has none
    assert spread[1] < 0.9 * min(spread[0], spread[2])
    assert np.abs(left - right).mean() < np.abs(left - middle).mean()


def test_what_is_lost_is_told_and_shown(tmp_path):
    folder = tmp_path / "out"
    lost = ["--seconds", "5", "--lose", "gaze@2s-3s", "-o", str(folder)]
    done = subprocess.run([*COMMAND, *lost], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = "gaze silent from 2 to 3 s"
    assert told in done.stdout
    assert told in (folder / "index.html").read_text()


def test_a_loss_that_cannot_be_costs_no_work(fails, tmp_path):
    assert "cannot be read" in fails(2, "demo", "--lose", "gaze", "-o", tmp_path / "out")
    assert "foam" in fails(2, "demo", "--lose", "foam@1s", "-o", tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_without_what_draws_faces_there_is_a_page_all_the_same(vrface, tmp_path, monkeypatch):
    monkeypatch.setattr(stage, "find_spec", lambda name: None)
    code, out, _ = vrface("demo", "--seconds", 3, "-o", tmp_path / "out")
    assert code == 0
    assert "No video: faces are drawn by Panda3D" in " ".join(out.split())
    assert "pip install" in out
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"index.html", "summary.json", "timeline.png"}
    assert "<video" not in (tmp_path / "out" / "index.html").read_text()


def test_a_recorded_face(tmp_path, take_csv):
    folder = tmp_path / "out"
    arguments = ["--face", str(take_csv), "--headset", "mouth_only", "-o", str(folder)]
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "A real person (erika) wears mouth_only" in " ".join(done.stdout.split())
    summary = json.loads((folder / "summary.json").read_text())
    assert summary["takes"][0]["label"] == "real face, simulated sensors"
    assert "real faces are harder" not in " ".join((folder / "index.html").read_text().split())
    assert folder.stat().st_mode & 0o777 == 0o700  # nobody else may see a real face
    assert [file.stat().st_mode & 0o777 for file in folder.iterdir()] == [0o600] * 4


def test_a_server_that_cannot_start_says_why(vrface, tmp_path):
    (tmp_path / "model").mkdir()
    out = tmp_path / "out"
    code, _, err = vrface("demo", "--seconds", 3, "--model", tmp_path / "model", "-o", out)
    assert code == 1
    assert err.startswith("error: the demo's server did not start.")
    assert "no checkpoint" in err
    assert list(out.iterdir()) == []


def test_an_unknown_model_is_bad_use(fails, tmp_path):
    line = fails(2, "demo", "--model", "defualt", "-o", tmp_path / "out")
    assert "Did you mean 'default'?" in line
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_costs_no_work(fails, tmp_path):
    (tmp_path / "afile").write_text("mine")
    for folder in (tmp_path / "afile", tmp_path / "afile" / "sub"):
        line = fails(1, "demo", "--face", "nothere.csv", "-o", folder)
        assert "cannot write" in line
        assert "Give another -o." in line
    (tmp_path / "out" / "index.html").mkdir(parents=True)
    assert "index.html" in fails(1, "demo", "--face", "nothere.csv", "-o", tmp_path / "out")


def test_an_older_page_is_made_private_too(tmp_path):
    folder = Folder(tmp_path, private=True)
    folder.page.write_text("of a synthetic wearer")
    folder.page.chmod(0o644)
    folder.open()
    assert [file.stat().st_mode & 0o777 for file in tmp_path.iterdir()] == [0o600] * 4


NOTHING_HIDDEN = {"livelink_face", "pico_4_pro", "quest_pro"}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_headset_is_drawn_or_refused_before_anything_runs(name, fails, tmp_path):
    if name in NOTHING_HIDDEN:
        line = fails(2, "demo", "--headset", name, "-o", tmp_path / "out")
        assert "hides nothing" in line
        assert name in line
        assert "such as vive_pro_eye_lip" in line
        assert list(tmp_path.iterdir()) == []
        return
    profile = headset(name)
    check(profile, "default")
    paired = wear(synthetic_take(seed=SEED, seconds=4.0), profile, seed=0)
    drawn = with_nothing_inferred(paired)
    assert drawn.hidden
    draw_timeline(drawn, tmp_path / "timeline.png")
    assert imread(tmp_path / "timeline.png").shape[:2] == (1000, 1400)


def with_nothing_inferred(paired: Paired) -> Timeline:
    """The timeline of a run where every face and every law is the same."""
    truth, flat = paired.truth.weights, np.full((1, *paired.truth.weights.shape), 0.1, np.float32)
    inferred: Any = SimpleNamespace(loc=flat, scale=flat)
    rows = stretch(paired, truth, Losses())
    return timeline(paired, truth, flat[0], np.zeros(COUNT, np.float32), inferred, rows, "a run")


def test_a_headset_that_tells_nothing_a_model_hears_is_refused(tmp_path):
    mouth_only = headset("mouth_only")
    tongue = replace(mouth_only.streams[0], channels=("tongueUp",))
    odd = replace(mouth_only, name="odd", streams=(tongue,))
    with pytest.raises(BadUse, match=r"listens to no stream of headset 'odd' \(mouth_tracker\)"):
        check(odd, str(tmp_path))


def test_a_take_that_knows_nothing_hidden_is_refused(paired):
    known = paired.truth.source.copy()
    known[[index(name) for name in paired.headset.occludes]] = Source.COPIED
    blind = replace(paired, truth=replace(paired.truth, source=known))
    with pytest.raises(BadUse, match="hides nothing that 'synthetic-10002' knows"):
        hidden_shapes(blind)


@pytest.fixture(scope="module")
def paired():
    return wear(synthetic_take(seed=10_002, seconds=40.0), headset("vive_pro_eye_lip"), seed=0)


def test_line_and_band_and_truth_are_all_relative_to_rest(paired):
    """At rest the line of what was inferred lies about where its law has its mean, near 0."""
    model, truth = pretrained.load(), paired.truth.weights
    calibration = Calibration.none()
    inferred = infer(Recording(paired.name, paired.wearer, (paired,)), model, [calibration])
    shown, rest = inferred.weights[0], calibration.face_rest(model.statistics)
    rows = stretch(paired, truth, Losses())
    drawn = timeline(paired, truth, shown, rest, inferred, rows, "a run")
    seconds = (paired.frame_time_ns - paired.frame_time_ns[0]) / 1e9
    np.testing.assert_array_equal(drawn.seconds, seconds[rows])
    mean = np.asarray(law.mean(inferred.loc[0, rows], inferred.scale[0, rows]))
    for channel in drawn.hidden:
        at = index(channel.name)
        # The line is without the tremor of the sensors, and hardly late.
        assert np.abs(channel.mean - mean[:, at]).mean() < 0.05
        assert abs(channel.mean.mean() - mean[:, at].mean()) < 0.02
        np.testing.assert_array_equal(channel.truth, truth[rows, at])


def test_shown_are_hidden_shapes_of_every_region(paired):
    shapes = lively_shapes(paired, paired.truth.weights)
    assert len(shapes) == 6
    assert set(shapes) <= set(paired.headset.occludes)
    assert {group_of(name) for name in shapes} == {"brow", "cheek", "nose", "mouth"}
    bases = [name.removesuffix("Left").removesuffix("Right") for name in shapes]
    assert len(set(bases)) == 6


def test_the_livelier_side_is_shown(paired):
    truth = np.zeros((100, COUNT), np.float32)
    truth[50:, index("browDownLeft")] = 0.3
    truth[50:, index("browDownRight")] = 0.9
    assert "browDownRight" in lively_shapes(paired, truth)


def test_the_stretch_holds_most_of_what_happens():
    seconds = np.arange(6000) / 60
    truth = np.zeros((6000, 2), np.float32)
    truth[4000:4200, 0] = np.sin(np.arange(200))  # 66.7 s to 70 s
    truth[:, 1] = np.nan
    rows = lively_stretch(truth, seconds)
    assert rows.start <= 4000
    assert rows.stop >= 4200
    assert seconds[rows][-1] - seconds[rows][0] == pytest.approx(STRETCH_S, abs=0.05)


def test_what_is_lost_is_in_the_stretch(paired):
    losses = Losses.of("gaze@3s,lids@12s", paired.headset, 40.0)
    rows = stretch(paired, paired.truth.weights, losses)
    seconds = (paired.frame_time_ns - paired.frame_time_ns[0]) / 1e9
    assert seconds[rows][0] == pytest.approx(1.0, abs=0.02)
    assert seconds[rows][-1] == pytest.approx(1.0 + STRETCH_S, abs=0.05)
    late = Losses.of("gaze@39s", paired.headset, 40.0)
    assert seconds[stretch(paired, paired.truth.weights, late)][-1] == seconds[-1]


def test_a_short_run_is_shown_whole():
    assert lively_stretch(np.zeros((300, 1), np.float32), np.arange(300) / 60) == slice(0, 300)


def trip(weights, source):
    gaze = np.zeros((len(weights), 4), np.float32)
    return RoundTrip(weights, weights, source, gaze, np.zeros(len(weights)), 1.0, b"", 0)


def test_the_difference_of_faces_that_crossed_the_wire():
    here = np.full((3, COUNT), 0.5, np.float32)
    here[0] = np.nan
    source = np.ones((3, COUNT), np.uint8)
    assert difference(trip(here, source), here, source) == 0.0
    assert 0 < difference(trip(here + 5e-5, source), here, source) <= SAME
    for other, kind in ((here + 1e-3, source), (np.nan_to_num(here), source), (here, source * 2)):
        with pytest.raises(ServerError, match="over the wire"):
            difference(trip(other, kind), here, source)
