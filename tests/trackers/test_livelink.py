"""Live Link Face over UDP: a phone's face, or none."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from tests.trackers.senders import send
from vrface.errors import BadUse
from vrface.face.gaze import GAZE_CHANNELS
from vrface.sensors import headset
from vrface.trackers.assembly import Assembly
from vrface.trackers.livelink import DIALECT, read
from vrface.trackers.udp import UdpTracker
from vrface.wire import livelink
from vrface.wire.livelink import ANGLES, EYE_ANGLES, SHAPES, Packet

PHONE = headset("livelink_face")
VALUES = np.linspace(0.1, 0.9, 61, dtype=np.float32)
PACKET = Packet("8F8D0A17-3C31-4F22-8E1C-5C1D4D3A2B10", "phone", 1, 0.0, (60, 1), VALUES)


def channels(packet):
    assembly = Assembly(PHONE, DIALECT)
    assembly.hear(read(livelink.encode(packet)), 10**9)
    return {
        name: value
        for sample in assembly.take(10**9)
        for name, value in zip(
            PHONE.streams[sample.stream].channels, sample.values.tolist(), strict=True
        )
    }


def test_a_face_fills_every_channel():
    found = channels(PACKET)
    sent = dict(zip(SHAPES, VALUES.tolist(), strict=False))
    assert all(np.isfinite(value) for value in found.values())
    assert len(found) == sum(len(stream.channels) for stream in PHONE.streams)
    for name in set(SHAPES) & set(found):
        assert found[name] == pytest.approx(sent[name])
    assert found["openness_left"] == pytest.approx(1.0 - sent["eyeBlinkLeft"])
    assert (
        found["browInnerUpLeft"] == found["browInnerUpRight"] == pytest.approx(sent["browInnerUp"])
    )
    assert PHONE.copies == ("browInnerUpRight", "cheekPuffRight")
    assert PHONE.occludes == ()


def test_each_eye_has_its_own_squint_and_its_own_gaze():
    """A module for another tracker took the right eye's squint from the left one."""
    before = channels(PACKET)
    for side, other in (("Left", "right"), ("Right", "left")):
        values = VALUES.copy()
        for name in (f"eyeSquint{side}", f"eyeWide{side}", f"eyeBlink{side}"):
            values[SHAPES.index(name)] += 0.05
        for name in EYE_ANGLES:
            if name.startswith(side):
                values[len(SHAPES) + ANGLES.index(name)] += 0.05
        after = channels(replace(PACKET, weights=values))
        changed = {name for name in before if before[name] != after[name]}
        assert len(changed) == 5
        assert not any(other in name for name in changed)


def test_looking_to_the_right_gives_yaw_above_0():
    values = np.zeros(61, np.float32)
    for name in ("LeftEyeYaw", "RightEyeYaw"):
        values[len(SHAPES) + ANGLES.index(name)] = 0.25
    for name in ("LeftEyePitch", "RightEyePitch"):
        values[len(SHAPES) + ANGLES.index(name)] = -0.125
    found = channels(replace(PACKET, weights=values))
    assert [found[name] for name in GAZE_CHANNELS] == [0.25, 0.125, 0.25, 0.125]


@pytest.mark.parametrize("subject", ["", "x", "iPhone", "Erikas Telefön", "電話" * 40])
def test_no_size_of_a_packet_is_assumed(subject):
    """Another tracker's module takes packets of 312 bytes alone: names of six letters."""
    datagram = livelink.encode(replace(PACKET, subject=subject))
    assert len(datagram) == 306 + len(subject.encode())
    assert len(read(datagram)) == 52 + 4


def test_no_face_in_view_is_no_sample():
    assert read(livelink.encode(replace(PACKET, weights=None))) == []
    assert channels(replace(PACKET, weights=None)) == {}


def test_what_is_no_packet_is_refused():
    with pytest.raises(BadUse):
        read(b"\x02\0metahuman")


def test_packets_become_frames():
    tracker = UdpTracker(DIALECT, port=0)
    face, none = (livelink.encode(replace(PACKET, weights=w)) for w in (VALUES, None))
    send(tracker.address, [face, b"junk", none])
    for frame in itertools.islice(tracker.frames(), 2000):
        if frame.samples:
            break
    while tracker.datagrams < 3:
        next(tracker.frames())
    tracker.close()
    assert [sample.stream for sample in frame.samples] == [0, 1, 2, 3]
    assert all(np.isfinite(sample.values).all() for sample in frame.samples)
    assert (tracker.bad, tracker.unused) == (1, 1)
