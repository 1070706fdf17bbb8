"""The bench of the server: its messages, its load, and what it says of what it found."""

import dataclasses
import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.performance import host, hour, messages, page, rows
from benchmarks.performance.load import Load, Told
from benchmarks.performance.servers import ECHO, TRACK, Server, echo_server
from vrface.cli import bench
from vrface.errors import ServerError
from vrface.wire.messages import session_pb2

ROW: dict[str, Any] = {"noisy_host": False, "host_jitter_us": 90.0}
REPORT: dict[str, Any] = {
    "host": {"processor": "some", "cores": 2},
    "model": "default",
    "headset": messages.HEADSET,
    "seconds": 4.0,
    "cpu_per_frame": ROW
    | {
        "sessions": 32,
        "echo_us": 100.0,
        "track_us": 150.0,
        "track_ratio": 1.5,
        "track_many_us": 30.0,
        "track_many_wearers": 300,
    },
    "round_trip": ROW
    | {
        "echo_p50_us": 300.0,
        "echo_p99_us": 500.0,
        "vrface_p50_us": 500.0,
        "vrface_p99_us": 1100.0,
        "p50_ratio": 1.67,
        "p99_ratio": 2.2,
    },
    "on_time": [
        ROW | {"sessions": 10, "echo": 1.0, "vrface": 0.99},
        ROW | {"sessions": 20, "echo": 0.99, "vrface": 0.9, "noisy_host": True},
        ROW | {"sessions": 30, "echo": 0.96, "vrface": 0.5},
        ROW | {"sessions": 40, "echo": 0.5, "vrface": 0.1},
        ROW | {"sessions": 50, "echo": 0.99, "vrface": 0.1},
    ],
    "track_many": ROW | {"wearers": 300, "on_time": 0.995, "tried": []},
    "memory": {"session_kib": 80.0, "cycles": 10_000, "cycles_grew_kib": 512},
    "step": {"1": {"vrface_us": 200.0, "onnxruntime_us": 300.0, "ratio": 0.67}},
    "frame_block": {"read_us": 9.0, "write_us": 8.0},
    "cold_start_s": 1.9,
    "import_jax_s": 0.6,
}


def verdict(lines: list[str], words: str) -> str:
    (line,) = (line for line in lines if words in line)
    return line.split("|")[-2].strip()


def test_the_table_says_which_aims_are_reached():
    lines = page.table(REPORT).splitlines()
    for words, expected in (
        ("server CPU a frame", "yes"),
        ("round trip, p50", "yes"),
        ("round trip, p99", "**no**"),
        ("wearer's frame", "**no**"),
        ("wearers held", "yes"),
        ("on time, 10 sessions", "yes"),
        ("on time, 20 sessions", "**no**"),
        ("on time, 30 sessions", ""),
        ("frame block, read", "yes"),
        ("first face after", "yes"),
        ("batch 1", ""),
    ):
        assert verdict(lines, words) == expected, words
    assert [line for line in lines if "noisy host" in line] == [
        line for line in lines if "20 sessions" in line
    ]
    assert page.held_by_echo(REPORT["on_time"]) == 30


def test_the_page_shows_the_table_and_its_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(page, "DOCS", tmp_path)
    page.write(REPORT)
    text = (tmp_path / "performance.md").read_text()
    assert page.table(REPORT) in text
    assert "processor some, cores 2" in text
    assert (tmp_path / "performance.png").read_bytes().startswith(b"\x89PNG")


def read(path: Path) -> list[bytes]:
    data, found = path.read_bytes(), []
    while data:
        length = int.from_bytes(data[:4], "little")
        found.append(data[4 : 4 + length])
        data = data[4 + length :]
    return found


def test_messages_open_a_session_and_count_up(tmp_path):
    opened, *frames = read(messages.written(tmp_path / "track", messages.track(0, 5)))
    assert session_pb2.TrackRequest.FromString(opened).open.headset_name == messages.HEADSET
    parsed = [session_pb2.TrackRequest.FromString(frame).frame for frame in frames]
    assert [frame.sequence for frame in parsed] == [1, 2, 3, 4, 5]
    assert all(frame.samples for frame in parsed)


@pytest.mark.parametrize("rate_hz", [1.0, 10.0, 90.0])
def test_there_are_as_many_frames_as_asked_for(rate_hz):
    assert len(messages.frames(0, 20, rate_hz)) == 20


def test_columns_are_the_frames_of_the_same_wearers():
    opened, *frames = messages.track_many(11, 3)
    controls = session_pb2.TrackManyRequest.FromString(opened).control
    assert [one.wearer for one in controls] == list(range(11))
    (columns,) = session_pb2.TrackManyRequest.FromString(frames[1]).frames
    single = messages.frames(3, 3)[1]
    assert columns.frame_time_ns[3] == single.frame_time_ns
    told = {
        (one.stream, time)
        for one in columns.samples
        for row, time in zip(one.row, one.sample_time_ns, strict=True)
        if row == 3
    }
    assert told == {(sample.stream, sample.sample_time_ns) for sample in single.samples}
    # More wearers than takes: the ninth sends what the first does.
    assert columns.frame_time_ns[8] == columns.frame_time_ns[0]


def test_a_row_says_how_restless_the_host_was(monkeypatch):
    row: dict[str, object] = {}
    told = iter([100.0, 2000.0])
    monkeypatch.setattr(host, "jitter_us", lambda: next(told))
    with rows.watched(row):
        pass
    assert row == {"host_jitter_us": 2000.0, "noisy_host": True}


def test_other_benchmarks_come_in_as_the_report_has_them():
    found = {"us": {"memory": {"p50": 9.0}, "publish": {"p50": 8.0}, "C": {"p50": 4.0}}}
    assert page.of_module("frame_block", found) == {
        "frame_block": {"read_us": 9.0, "write_us": 8.0, "read_c_us": 4.0}
    }
    found = {"seconds": {"cache filled": {"p50": 1.5}, "import jax alone": {"p50": 0.5}}}
    assert page.of_module("start", found) == {"cold_start_s": 1.5, "import_jax_s": 0.5}


TOLD = Told(1000, 0.99, 1090, 900.0, 4000.0, 90.0, 300.0)


def an_hour(kib_per_hour: float, minutes: int = 60, stopped: bool = False) -> hour.Found:
    time_s = [10.0 * number for number in range(6 * minutes)]
    kib = [500_000 + round(kib_per_hour * at / 3600.0) for at in time_s]
    return hour.Found(time_s, kib, TOLD, stopped)


def test_memory_is_flat_up_to_a_mebibyte_an_hour():
    assert an_hour(1000.0).flat is True
    assert an_hour(1100.0).flat is False
    assert an_hour(-5000.0).flat is True
    assert an_hour(0.0, minutes=20).flat is None
    assert hour.Found([], [], TOLD, True).flat is None


def test_a_server_that_cannot_keep_up_is_not_judged():
    found = an_hour(0.0)
    behind = dataclasses.replace(found, told=dataclasses.replace(TOLD, answered=980))
    assert behind.flat is None
    assert hour.words(behind, 60, 90.0).endswith("try a lower --rate")


def test_a_few_odd_readings_move_no_slope():
    found = an_hour(800.0)
    odd = [kib + 50_000 * (number % 20 == 0) for number, kib in enumerate(found.resident_kib)]
    assert hour.slope(found.time_s, odd, 3600.0) == pytest.approx(800.0, abs=60.0)


def test_what_an_hour_found_is_said():
    text = hour.words(an_hour(7200.0), 60, 30.0)
    assert "60 sessions at 30 Hz: 1,090 frames answered, 99.0% on time" in text
    assert "488.9 MiB in the first 10, 494.7 in the last; +7200 KiB an hour" in text
    assert text.endswith("not flat: more than 1024 KiB an hour")
    assert "too short" in hour.words(an_hour(0.0, minutes=1), 60, 30.0)
    assert "memory" not in hour.words(hour.Found([], [], TOLD, True), 60, 30.0)


@pytest.fixture(scope="module")
def load(tmp_path_factory):
    return Load(tmp_path_factory.mktemp("load"))


@pytest.mark.system("cpp")
def test_the_load_sends_each_message_in_time_and_sees_its_answer(load, tmp_path):
    path = messages.written(tmp_path / "track", messages.track(0, 135))
    with echo_server(b"x" * 300) as server:
        told = load(server, ECHO, path, "count", 4)
    assert told.sent == 4 * 45  # a second of warm-up does not count
    assert told.answered == 4 * 135
    assert 0.0 < told.p50_us <= told.p99_us
    assert told.server_cpu_us > 0.0
    assert 0.0 <= told.on_time <= 1.0


@pytest.mark.system("cpp")
def test_a_load_that_is_stopped_tells_what_it_found(load, tmp_path):
    path = messages.written(tmp_path / "track", messages.track(0, 9000))
    with (
        echo_server(b"x" * 300) as server,
        load.running(server, ECHO, path, "count", 2) as process,
    ):
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        told = Told.parse(process.communicate(timeout=10)[0], 0.0)
    assert 180 <= told.answered < 1000
    assert told.sent == told.answered - 180  # a second of warm-up does not count


@pytest.mark.system("cpp")
def test_the_load_knows_a_face_by_its_sequence(load, tmp_path, server):
    path = messages.written(tmp_path / "track", messages.track(0, 100))
    with load.running(server, TRACK, path, "track", 2) as process:
        found = json.loads(process.communicate()[0])
    assert found["sent"] == 2 * 10
    assert 0 < found["answered"] <= 20
    assert found["p50_us"] > 0.0


@pytest.mark.system("cpp")
def test_a_server_that_refuses_is_said(load, tmp_path, server):
    path = messages.written(tmp_path / "odd", [b"", b""])
    with pytest.raises(ServerError, match="broke off"):
        load(Server(os.getpid(), server.address), TRACK, path, "track", 1)


def test_without_a_checkout_it_says_what_to_do(vrface, monkeypatch, tmp_path):
    monkeypatch.setattr(bench, "CHECKOUT", tmp_path)
    code, _, err = vrface("bench")
    assert code == 2
    assert "not part of the package" in err
    assert "Clone the repository" in err
