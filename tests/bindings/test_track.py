"""Three languages replay the same requests to the same server and see the same faces."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.bindings.conftest import ROOT
from tests.bindings.track import NUMBERS, read, requests_of, track
from tests.conformance.track.make_frames import COUNT, FILES, text
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.expression import Source
from vrface.wire.notice_code import Code

VECTORS = ROOT / "tests/conformance/track"
CLIENTS = [pytest.param(name, marks=pytest.mark.system(name), id=name) for name in ("node", "cpp")]


@pytest.fixture
def client(request):
    """Runs one language's client."""
    command = request.getfixturevalue(request.param)

    def run(address: str, file: Path) -> subprocess.CompletedProcess[str]:
        words = [*command, "--address", address, str(file)]
        return subprocess.run(words, capture_output=True, text=True, timeout=120)

    return run


@pytest.mark.parametrize("client", CLIENTS, indirect=True)
@pytest.mark.parametrize("file", FILES)
def test_a_client_sees_the_faces_that_python_sees(client, file, address):
    done = client(address, VECTORS / file)
    assert done.returncode == 0, done.stderr
    printed = read(done.stdout)
    expected, notices = track(address, requests_of(VECTORS / file))
    assert printed.names == expected.names
    assert printed.extras == expected.extras
    assert len(printed.faces) == len(expected.faces) == COUNT
    for got, wanted in zip(printed.faces, expected.faces, strict=True):
        for name in NUMBERS:
            np.testing.assert_array_equal(got.pop(name), wanted.pop(name), err_msg=name)
        assert got == wanted
    for notice in notices:
        assert notice.text in done.stderr


@pytest.mark.parametrize("client", CLIENTS, indirect=True)
def test_a_client_passes_on_why_it_was_refused(client, address, tmp_path):
    file = tmp_path / "frames.jsonl"
    file.write_text('{"open": {"protocol": 1, "headsetName": "mouth_onyl"}}\n')
    done = client(address, file)
    assert done.returncode == 1
    assert not done.stdout
    assert "Did you mean 'mouth_only'" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("client", CLIENTS, indirect=True)
def test_a_client_that_is_given_something_else_says_so(client, address, tmp_path):
    file = tmp_path / "frames.jsonl"
    file.write_text('{"frame": {"sequence": "1"}}\n')
    done = client(address, file)
    assert done.returncode == 1
    assert "no Open" in done.stderr


@pytest.mark.parametrize("client", CLIENTS, indirect=True)
def test_a_client_says_that_the_session_has_ended(client, address, tmp_path):
    opened, *frames = (VECTORS / "named.jsonl").read_text().splitlines()
    file = tmp_path / "frames.jsonl"
    file.write_text("\n".join([opened, frames[0], '{"end": {}}', frames[1], ""]))
    done = client(address, file)
    assert done.returncode == 1
    assert len(done.stdout.splitlines()) == 2
    assert "the session has ended: the client said End." in done.stderr


def test_a_known_headset_measures_what_it_names(address):
    faces, notices = track(address, requests_of(VECTORS / "named.jsonl"))
    assert not notices, (
        "the headset has other channels now: run tests.conformance.track.make_frames"
    )
    jaw = faces.names.index("jawOpen")
    assert {face["source"][jaw] for face in faces.faces[-30:]} == {Source.MEASURED}
    assert np.ptp([face["weights"][jaw] for face in faces.faces]) > 0.01


def test_a_described_headset_keeps_its_extras_and_its_trouble_is_said(address):
    faces, notices = track(address, requests_of(VECTORS / "profile.jsonl"))
    assert faces.names == [*BLENDSHAPES, *faces.extras]
    assert faces.extras == ["cheekSuckLeft", "cheekSuckRight", "tongueUp"]
    assert {int(notice.code) for notice in notices} == {Code.FRAME_TIME, Code.SAMPLE}
    source = np.array([face["source"] for face in faces.faces])
    weights = np.array([face["weights"] for face in faces.faces])
    assert set(source[:, -1]) == {Source.MEASURED}
    assert not np.isnan(weights[:, -1]).any()
    assert set(source[5:, faces.names.index("cheekPuffRight")]) == {Source.COPIED}
    assert len(set(source[:, faces.names.index("eyeBlinkLeft")])) > 1, "the lids fell silent"
    gaze = np.array([face["gaze"] for face in faces.faces])
    assert np.isnan(gaze[47]).all()
    assert np.isfinite(gaze[-1]).all()


@pytest.mark.parametrize("file", FILES)
def test_the_requests_can_be_made_again(file):
    lines = text(FILES[file]()).splitlines()
    kept = (VECTORS / file).read_text().splitlines()
    assert len(lines) == len(kept)
    assert lines[0] == kept[0]
    # Another machine may round the simulated face's last digit otherwise.
    shape = [re.sub(r"-?\d+(\.\d+)?(e-?\d+)?", "0", line) for line in lines]
    assert shape == [re.sub(r"-?\d+(\.\d+)?(e-?\d+)?", "0", line) for line in kept]


@pytest.mark.system("node")
def test_the_example_of_the_bindings_page_runs(node, address, tmp_path):
    page = (ROOT / "bindings/README.md").read_text()
    (example,) = re.findall(r"```js\n(.*?)```", page, re.DOTALL)
    library = (ROOT / "bindings/node/vrface.js").as_uri()
    example = example.replace("./vrface.js", library).replace("localhost:50515", address)
    script = tmp_path / "example.mjs"
    script.write_text(example)
    done = subprocess.run(["node", str(script)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "unknown channel 'jawOpened'" in done.stdout
    faces = [line for line in done.stdout.splitlines() if line.startswith("face")]
    assert len(faces) == 90
    assert "0.30 FACE_STATUS_TRACKING" in faces[-1]
    assert "latest 90" in done.stdout
