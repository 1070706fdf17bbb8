"""serve and record with a tracker that listens: another program's face in, from end to end."""

import re
import signal
import socket
import threading

import numpy as np
import pytest

from tests.openxr.stub import EXTENSIONS
from tests.trackers.senders import random_face, send, split, steamlink_face
from vrface.cli.serve import READY
from vrface.face.blendshapes import index
from vrface.face.expression import Source
from vrface.log import LogReader
from vrface.sensors import headset
from vrface.wire.address import Address

WAIT_S = 60
STEAMLINK = ("--tracker", "steamlink", "--tracker-port", 0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["serve", "--tracker-port", "9015"], "Say --tracker steamlink"),
        (["serve", "--tracker", "synthetic", "--tracker-port", "9015"], "steamlink or vrcft or"),
        (["serve", "--tracker", "vrcft", "--seed", "1"], "--seed goes with --tracker synthetic"),
        (["serve", "--tracker", "vrcft", "--tracker-port", "70000"], "0..65535"),
        (["serve", "--tracker", "vrcft", "--headset", "nosuch"], "unknown headset"),
        (["serve", "--tracker", "vrcft", "--headset", "emg_8"], "no channel"),
        (["record", "-o", "OUT", "--tracker", "livelink"], "--wearer"),
        (["record", "-o", "OUT", "--tracker", "openxr"], "--wearer"),
        (["serve", "--tracker", "openxr", "--tracker-port", "9015"], "Say --tracker steamlink"),
        (["serve", "--tracker", "openxr", "--insecure-lan", "--seed", "1"], "--tracker synthetic"),
        (["record", "-o", "OUT", "--tracker-host", "127.0.0.1"], "--tracker steamlink"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_bad_use(fails, tmp_path, arguments, says):
    log = tmp_path / "a.mcap"
    assert says in fails(2, *(str(log) if word == "OUT" else word for word in arguments))
    assert not log.exists()


def test_others_may_not_send_unless_somebody_agrees(fails):
    refused = fails(3, "serve", "--tracker", "livelink", "--tracker-host", "0.0.0.0")
    assert "--insecure-lan" in refused


def test_a_busy_port_is_one_line(fails):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        line = fails(1, "serve", "--tracker", "vrcft", "--tracker-port", taken.getsockname()[1])
    assert "another port" in line


class Playing:
    """Sends a face again and again to where a process says it listens."""

    def __init__(self, process):
        line = process.stderr.readline()
        found = re.fullmatch(r"steamlink is heard at (127\.0\.0\.1):(\d+)\n", line)
        assert found, line + process.stderr.read()
        self.face = random_face(np.random.default_rng(3))
        self._address = Address(found[1], int(found[2]))
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._play)

    def _play(self):
        datagrams = split(steamlink_face(self.face), (24, 24, 24))
        while not self._over.wait(0.01):
            send(self._address, datagrams)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def test_a_recording_that_hears_nobody_says_so(vrface, tmp_path, monkeypatch):
    monkeypatch.setattr("vrface.trackers.live.SILENT_S", 0.2)
    livelink = ("--tracker", "livelink", "--tracker-port", 0, "--wearer", "w1")
    code, out, err = vrface("record", "-o", tmp_path / "a.mcap", *livelink, "--seconds", 0.5)
    assert code == 0
    where, warning = err.splitlines()
    address = where.removeprefix("livelink is heard at ")
    assert warning.startswith("livelink: 0 datagrams heard, 0 bad, 0 unused: no face.")
    assert f"sent to {address};" in warning
    assert out.splitlines()[-1] == "livelink: 0 datagrams heard, 0 bad, 0 unused"


def test_what_steam_link_sends_is_recorded(spawn, tmp_path):
    log = tmp_path / "a.mcap"
    wearer = ("--wearer", "w1", "--seconds", 1)
    process = spawn("record", "-o", log, *STEAMLINK, *wearer, "--headset", "quest_pro")
    with Playing(process) as sent:
        assert process.wait(WAIT_S) == 0, process.stderr.read()
    assert "steamlink: a face is heard\n" in process.stderr.read()
    assert re.search(
        r"steamlink: [1-9]\d* datagrams heard, 0 bad, 0 unused\n$", process.stdout.read()
    )
    reader = LogReader(log)
    assert (reader.header.wearer, reader.header.simulation) == ("w1", "real")
    assert reader.header.headset == headset("quest_pro")
    *_, last = reader.expressions()
    assert last.source[: len(last.weights) - len(last.extras)].tolist().count(Source.MEASURED) > 40
    assert last["jawOpen"] == pytest.approx(sent.face["JAW_DROP"], abs=1e-6)
    assert last["tongueRetreat"] == pytest.approx(sent.face["TONGUE_RETREAT"], abs=1e-6)
    assert last.extras == headset("quest_pro").extras


def test_what_an_openxr_runtime_senses_is_recorded(spawn, runtime, tmp_path):
    runtime.offer(*EXTENSIONS[:2], "XR_HTC_facial_tracking")
    runtime.facial.lip[3] = 0.5
    log = tmp_path / "a.mcap"
    process = spawn("record", "-o", log, "--tracker", "openxr", "--wearer", "w1", "--seconds", 1)
    assert process.wait(WAIT_S) == 0, process.stderr.read()
    assert process.stderr.read().splitlines() == [
        "openxr: the headset is taken for openxr",
        "openxr: stub gives lids and gaze, the mouth, the pose of the head",
    ]
    reader = LogReader(log)
    worn = reader.header.headset
    assert worn is not None
    streams = [stream.name for stream in worn.streams]
    assert streams == ["mouth_tracker", "lids", "gaze", "head_pose"]
    assert (reader.header.wearer, reader.header.simulation) == ("w1", "real")
    *_, last = reader.expressions()
    assert last["jawOpen"] == pytest.approx(0.5, abs=1e-6)
    assert last.source[index("jawOpen")] == Source.MEASURED
    assert last.source[index("browInnerUpLeft")] == Source.INFERRED


def test_what_steam_link_sends_can_be_watched(spawn):
    server = spawn("serve", "--port", 0, *STEAMLINK)
    with Playing(server):
        line = server.stdout.readline()
        assert line.startswith(READY), server.stderr.read()
        watch = spawn("watch")
        lines = [watch.stdout.readline()]
        while "54 measured and 20 extras" not in lines[-1] and len(lines) < 20:
            lines.append(watch.stdout.readline())
        watch.send_signal(signal.SIGINT)
        assert watch.wait(WAIT_S) == 130
    server.send_signal(signal.SIGTERM)
    assert server.wait(WAIT_S) == 0
    assert "54 measured and 20 extras" in lines[-1], lines
