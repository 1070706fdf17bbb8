"""demo: the whole line end to end in processes of its own, and what it chooses to show."""

import json
import re
import signal
import subprocess
import sys

import numpy as np
import pytest
from matplotlib.image import imread

from vrface.cli.demo.crossing import SAME, Crossing, difference
from vrface.cli.demo.picture import STRETCH_S, lively_shapes, lively_stretch
from vrface.errors import ServerError
from vrface.face.blendshapes import COUNT, group_of, index
from vrface.sensors.headset import headset
from vrface.simulation.behaviour import synthetic_take
from vrface.simulation.occlusion import wear

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
    assert "data:image/png;base64," in page
    assert not re.search(r"""(src|href)=["'](?!data:)""", page)


def test_the_timeline_is_a_picture(run):
    assert imread(run[1] / "timeline.png").shape[:2] == (1000, 1400)


def test_a_recorded_face(tmp_path, take_csv):
    arguments = ["--face", str(take_csv), "--headset", "mouth_only", "-o", str(tmp_path)]
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "A real person (erika) wears mouth_only" in " ".join(done.stdout.split())
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["takes"][0]["label"] == "real face, simulated sensors"


def test_a_server_that_cannot_start_says_why(vrface, tmp_path):
    code, _, err = vrface("demo", "--seconds", 3, "--model", "nothere", "-o", tmp_path)
    assert code == 1
    assert err.startswith("error: the demo's server did not start.")
    assert "unknown model 'nothere'" in err
    assert list(tmp_path.iterdir()) == []


def test_an_interrupted_demo_leaves_no_server(spawn, tmp_path):
    demo = spawn("demo", "--seconds", 600, "-o", tmp_path)
    assert demo.stdout.readline().startswith("A synthetic wearer")
    demo.send_signal(signal.SIGINT)
    assert demo.wait(60) == 130
    assert demo.stderr.read() == ""


@pytest.fixture(scope="module")
def paired():
    return wear(synthetic_take(seed=10_002, seconds=40.0), headset("vive_pro_eye_lip"), seed=0)


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


def test_a_short_run_is_shown_whole():
    assert lively_stretch(np.zeros((300, 1), np.float32), np.arange(300) / 60) == slice(0, 300)


def crossing(weights, source):
    return Crossing(weights, weights, source, np.zeros(len(weights)), 1.0, b"")


def test_the_difference_of_faces_that_crossed_the_wire():
    here = np.full((3, COUNT), 0.5, np.float32)
    here[0] = np.nan
    source = np.ones((3, COUNT), np.uint8)
    assert difference(crossing(here, source), here, source) == 0.0
    assert 0 < difference(crossing(here + 5e-5, source), here, source) <= SAME
    for other, kind in ((here + 1e-3, source), (np.nan_to_num(here), source), (here, source * 2)):
        with pytest.raises(ServerError, match="over the wire"):
            difference(crossing(other, kind), here, source)
