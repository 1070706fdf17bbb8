"""Listening trackers: frames whatever arrives, and an end when somebody closes."""

import itertools
import os
import socket
import threading
import time

import numpy as np
import pytest

from tests.trackers.senders import FB2, bundle, message, send, split, steamlink_face
from vrface.errors import BadUse, Refused, ServerError, UnknownName
from vrface.sensors import headset
from vrface.sensors.frame import MOST_SAMPLES, SensorFrame
from vrface.trackers import TRACKERS, open_tracker
from vrface.trackers.steamlink import DIALECT
from vrface.trackers.tracker import DIALECTS
from vrface.trackers.udp import MOST_A_PERIOD, MOST_BYTES, UdpTracker
from vrface.wire.address import Address

FACE = split(steamlink_face(dict.fromkeys(FB2, 0.5)), (24, 24, 24))
MOST_FRAMES = 2000  # more than twenty seconds: a test that waits for so many has failed


@pytest.fixture
def tracker():
    with_port = UdpTracker(DIALECT, port=0)
    yield with_port
    with_port.close()


def until(tracker, condition):
    """Take frames until something holds, or fail; the frames."""
    taken: list[SensorFrame] = []
    for frame in itertools.islice(tracker.frames(), MOST_FRAMES):
        taken.append(frame)
        if condition():
            return taken
    raise AssertionError("did not come about in time")


def test_frames_come_whether_anything_is_heard_or_not(tracker):
    frames = list(itertools.islice(tracker.frames(), 5))
    assert all(frame.samples == () for frame in frames)
    assert all(a.sequence < b.sequence for a, b in itertools.pairwise(frames))
    assert all(a.frame_time_ns < b.frame_time_ns for a, b in itertools.pairwise(frames))


def test_a_face_sent_is_a_face_heard(tracker):
    seen: dict[int, np.ndarray] = {}
    send(tracker.address, FACE)
    for frame in itertools.islice(tracker.frames(), MOST_FRAMES):
        for sample in frame.samples:
            assert sample.sample_time_ns < frame.frame_time_ns
            seen[sample.stream] = np.where(
                np.isnan(sample.values), seen.get(sample.stream, np.nan), sample.values
            )
        if len(seen) >= 3 and all(np.isfinite(v).all() for v in list(seen.values())[:3]):
            break
    for stream in range(3):
        np.testing.assert_allclose(seen[stream], 0.5)
    assert (tracker.datagrams, tracker.bad, tracker.unused) == (len(FACE), 0, 0)


def test_junk_is_counted_and_hurts_nobody(tracker):
    junk = [os.urandom(40), b"", bytes(MOST_BYTES + 1), b"#bundle\0" + bytes(8) + b"\xff" * 8]
    other = [message("/somebody/else", 1.0).dgram, bundle([])]
    send(tracker.address, [*junk, *other, *FACE])
    until(tracker, lambda: tracker.datagrams == len(junk) + len(other) + len(FACE))
    assert (tracker.bad, tracker.unused) == (len(junk), len(other))


def test_it_tells_when_faces_begin_to_come_and_when_they_stop(monkeypatch):
    monkeypatch.setattr("vrface.trackers.live.SILENT_S", 0.2)
    tracker = UdpTracker(DIALECT, port=0)
    told: list[bool] = []
    tracker.on_hearing = told.append
    lost = split(steamlink_face(dict.fromkeys(FB2, 0.5), lower=0.0, upper=0.0), ())
    try:
        until(tracker, lambda: told)
        send(tracker.address, lost)  # heard, and no face
        until(tracker, lambda: tracker.datagrams == len(lost))
        assert told == [False]
        send(tracker.address, FACE)
        until(tracker, lambda: len(told) == 2)
        until(tracker, lambda: len(told) == 3)
    finally:
        tracker.close()
    assert told == [False, True, False]


def test_a_flood_ends_neither_the_frames_nor_the_memory(tracker):
    over = threading.Event()
    here = tracker.address.host, tracker.address.port

    def flood():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not over.is_set():
                sender.sendto(FACE[0], here)

    sender = threading.Thread(target=flood)
    sender.start()
    try:
        before = tracker.datagrams
        frames = list(itertools.islice(tracker.frames(), 20))
        periods = frames[-1].sequence + 1
        assert sum(len(frame.samples) for frame in frames) > 0
        assert (tracker.datagrams - before) * len(FACE[0]) <= MOST_A_PERIOD * (periods + 1)
    finally:
        over.set()
        sender.join()
    assert all(len(frame.samples) <= MOST_SAMPLES for frame in frames)


def test_a_consumer_that_comes_late_gets_one_frame_with_all_it_missed(tracker):
    frames = tracker.frames()
    next(frames)
    for _ in range(3):
        send(tracker.address, FACE)
        time.sleep(0.1)
    frame = next(frames)
    mouth = [sample for sample in frame.samples if sample.stream == 0]
    assert len(mouth) >= 2
    assert all(a.sample_time_ns < b.sample_time_ns for a, b in itertools.pairwise(mouth))
    assert next(frames).sequence > frame.sequence


def test_close_ends_whoever_waits_and_frees_the_port():
    tracker = UdpTracker(DIALECT, port=0)
    taken: list[SensorFrame] = []
    waiting = threading.Thread(target=lambda: taken.extend(tracker.frames()))
    waiting.start()
    until_deadline = time.monotonic() + 20
    while not taken and time.monotonic() < until_deadline:
        time.sleep(0.005)
    tracker.close()
    tracker.close()
    waiting.join(20)
    assert taken
    assert not waiting.is_alive()
    assert list(tracker.frames()) == []
    UdpTracker(DIALECT, port=tracker.address.port).close()


def test_a_clock_that_stands_still_holds_nobody_up():
    tracker = UdpTracker(DIALECT, port=0, clock_ns=lambda: 7)
    threading.Timer(0.1, tracker.close).start()
    assert list(tracker.frames()) == []


def test_a_port_belongs_to_one(tracker):
    with pytest.raises(ServerError, match=f"port {tracker.address.port}") as raised:
        UdpTracker(DIALECT, port=tracker.address.port)
    assert "another port" in raised.value.advice


def test_others_may_not_send_unless_somebody_agrees():
    with pytest.raises(Refused) as raised:
        UdpTracker(DIALECT, port=0, host="0.0.0.0")
    assert "--insecure-lan" in raised.value.advice
    tracker = UdpTracker(DIALECT, port=0, host="0.0.0.0", insecure_lan=True)
    send(Address(port=tracker.address.port), FACE)
    until(tracker, lambda: tracker.datagrams == len(FACE))
    tracker.close()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"port": 70000}, "0..65535"),
        ({"port": -1}, "0..65535"),
        ({"rate_hz": 10.0}, "50 to 144"),
        ({"rate_hz": float("nan")}, "50 to 144"),
        ({"host": "nosuch.invalid", "insecure_lan": True}, "cannot listen"),
        ({"host": "a..b", "insecure_lan": True}, "cannot listen"),
        ({"host": "192.0.2.1", "insecure_lan": True}, "no network interface"),
    ],
    ids=str,
)
def test_bad_use(options, says, monkeypatch):
    resolve = socket.getaddrinfo

    def without_a_network(host, *arguments, **more):
        if host == "nosuch.invalid":
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return resolve(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", without_a_network)
    with pytest.raises(BadUse, match=says):
        UdpTracker(DIALECT, **{"port": 0, **options})


@pytest.mark.parametrize(
    ("name", "worn", "port"),
    [
        ("steamlink", "quest_pro", 9015),
        ("vrcft", "babble_eyetrackvr", 9000),
        ("livelink", "livelink_face", 11111),
    ],
)
def test_listening_trackers_by_name(name, worn, port):
    assert name in TRACKERS
    assert DIALECTS[name].port == port
    tracker = open_tracker(name, port=0)
    assert isinstance(tracker, UdpTracker)
    assert tracker.dialect is DIALECTS[name]
    assert (tracker.name, tracker.headset) == (name, headset(worn))
    tracker.close()
    tracker = open_tracker(name, headset("eyes_and_mouth"), port=0, rate_hz=72)
    assert tracker.headset.name == "eyes_and_mouth"
    tracker.close()


def test_times_are_of_the_monotonic_clock_as_servers_tell_engines(tracker):
    before_ns = time.perf_counter_ns()
    send(tracker.address, FACE)
    frames = until(tracker, lambda: tracker.datagrams == len(FACE))
    frames.append(next(tracker.frames()))
    samples = [sample for frame in frames for sample in frame.samples]
    assert samples
    latest_ns = max(stream.latency_us for stream in tracker.headset.streams) * 1000
    for sample in samples:
        assert before_ns - latest_ns <= sample.sample_time_ns <= time.perf_counter_ns()
    assert before_ns <= frames[-1].frame_time_ns <= time.perf_counter_ns()


def test_a_tracker_nobody_knows():
    with pytest.raises(UnknownName) as raised:
        open_tracker("steamlnk", port=0)
    assert raised.value.advice == "Did you mean 'steamlink'?"
