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
from vrface.trackers.livelink import LiveLinkTracker
from vrface.trackers.steamlink import SteamLinkTracker
from vrface.trackers.udp import MOST_A_PERIOD, MOST_BYTES
from vrface.trackers.vrcft import VrcftTracker

FACE = split(steamlink_face(dict.fromkeys(FB2, 0.5)), (24, 24, 24))
MOST_FRAMES = 2000  # more than twenty seconds: a test that waits for so many has failed


@pytest.fixture
def tracker():
    with_port = SteamLinkTracker(port=0)
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
    assert (tracker.datagrams, tracker.bad, tracker.unread) == (len(FACE), 0, 0)


def test_junk_is_counted_and_hurts_nobody(tracker):
    junk = [os.urandom(40), b"", bytes(MOST_BYTES + 1), b"#bundle\0" + bytes(8) + b"\xff" * 8]
    other = [message("/somebody/else", 1.0).dgram, bundle([])]
    send(tracker.address, [*junk, *other, *FACE])
    until(tracker, lambda: tracker.datagrams == len(junk) + len(other) + len(FACE))
    assert (tracker.bad, tracker.unread) == (len(junk), len(other))


def test_a_flood_ends_neither_the_frames_nor_the_memory(tracker):
    over = threading.Event()

    def flood():
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            while not over.is_set():
                sender.sendto(FACE[0], tracker.address)

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
    tracker = SteamLinkTracker(port=0)
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
    SteamLinkTracker(port=tracker.address[1]).close()


def test_a_clock_that_stands_still_holds_nobody_up():
    tracker = SteamLinkTracker(port=0, clock_ns=lambda: 7)
    threading.Timer(0.1, tracker.close).start()
    assert list(tracker.frames()) == []


def test_a_port_belongs_to_one(tracker):
    with pytest.raises(ServerError, match=f"port {tracker.address[1]}") as raised:
        SteamLinkTracker(port=tracker.address[1])
    assert "another port" in raised.value.advice


def test_others_may_not_send_unless_somebody_agrees():
    with pytest.raises(Refused) as raised:
        SteamLinkTracker(port=0, host="0.0.0.0")
    assert "--insecure-lan" in raised.value.advice
    tracker = SteamLinkTracker(port=0, host="0.0.0.0", insecure_lan=True)
    send(("127.0.0.1", tracker.address[1]), FACE)
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
def test_bad_use(options, says):
    with pytest.raises(BadUse, match=says):
        SteamLinkTracker(**{"port": 0, **options})


@pytest.mark.parametrize(
    ("name", "kind", "worn", "port"),
    [
        ("steamlink", SteamLinkTracker, "quest_pro", 9015),
        ("vrcft", VrcftTracker, "babble_eyetrackvr", 9000),
        ("livelink", LiveLinkTracker, "livelink_face", 11111),
    ],
)
def test_listening_trackers_by_name(name, kind, worn, port):
    assert name in TRACKERS
    assert kind.dialect.port == port
    tracker = open_tracker(name, port=0)
    assert isinstance(tracker, kind)
    assert (tracker.name, tracker.headset) == (name, headset(worn))
    tracker.close()
    tracker = open_tracker(name, headset("eyes_and_mouth"), port=0, rate_hz=72)
    assert tracker.headset.name == "eyes_and_mouth"
    tracker.close()


def test_a_tracker_nobody_knows():
    with pytest.raises(UnknownName) as raised:
        open_tracker("steamlnk", port=0)
    assert raised.value.advice == "Did you mean 'steamlink'?"
