"""Live Link Face packets: bytes built here field by field, from the description."""

import base64
import contextlib
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse
from vrface.face.gaze import GAZE_CHANNELS
from vrface.wire import livelink
from vrface.wire.livelink import Packet, decode, encode, gaze, split

INDEPENDENT = zlib.decompress(
    base64.b85decode(
        "c-j@tFK+@t5Qg!=kS0_hkrfEcChRQ@C+;Sd$jVBN`;$si2tgtc2m}IwKvW<qDk>@}5QvHjL`6jf0)ePNkcJPybK<"
        "wzoy^X>MG>j`nV-}n+cYkA)-*EDGk$7ga~s>Fk+{g~*gAcs!BZB+sp+S^zPM|r|K5mlfI^s`0ncC~5^@i3aECUih"
        "ci6m4SCNu_Be?s{d$EmD&Viyz*hCa9Bttq4`8M~qKhGzuVYLw1-o>P1(sm1uJD3akU`(^fi=jZpZLNSWYZt~Vh3{"
        "S0e?6m&wLiS0Dkj8#s"
    )
)
"""What PyLiveLinkFace 0.1 sent for 1/128, 2/128 ... of its shapes and angles, in its order."""

DEVICE = "8F8D0A17-3C31-4F22-8E1C-5C1D4D3A2B10"

texts = st.text(max_size=20)
i32 = st.integers(-(2**31), 2**31 - 1)
f32 = st.floats(width=32)
weights = st.none() | st.lists(f32, min_size=61, max_size=61).map(
    lambda values: np.array(values, dtype=np.float32)
)
packets = st.builds(
    Packet,
    device=texts,
    subject=texts,
    frame=i32,
    sub_frame=f32,
    rate=st.tuples(i32, i32),
    weights=weights,
)


def by_hand(subject="phone", values=(), count=61, frame=1000, sub_frame=0.25, rate=(60, 1)):
    """A packet as the description has it."""
    name = subject.encode()
    return (
        b"\x06"
        + b"\x00\x00\x00\x24"
        + DEVICE.encode()
        + struct.pack(">i", len(name))
        + name
        + struct.pack(">if", frame, sub_frame)
        + struct.pack(">ii", *rate)
        + (bytes([count]) if count is not None else b"")
        + struct.pack(f">{len(values)}f", *values)
    )


def same(one, other):
    assert (one.device, one.subject, one.frame, one.rate) == (
        other.device,
        other.subject,
        other.frame,
        other.rate,
    )
    np.testing.assert_array_equal(one.sub_frame, other.sub_frame)
    assert (one.weights is None) == (other.weights is None)
    if one.weights is not None:
        np.testing.assert_array_equal(one.weights, other.weights)


def test_a_packet_is_read_field_by_field():
    values = [k / 64 for k in range(61)]
    data = by_hand("phone", values)
    packet = decode(data)
    assert len(data) == 306 + len("phone")
    assert (packet.device, packet.subject) == (DEVICE, "phone")
    assert (packet.frame, packet.sub_frame, packet.rate) == (1000, 0.25, (60, 1))
    assert packet.seconds == 1000.25 / 60
    np.testing.assert_array_equal(packet.weights, np.array(values, np.float32))
    assert encode(packet) == data


def test_a_packet_of_an_independent_writer_is_read_and_written_alike():
    packet = decode(INDEPENDENT)
    assert packet.device == DEVICE.lower()
    assert packet.subject == "vrface-test"
    assert (packet.frame, packet.rate) == (3345459, (60, 1))
    assert packet.weights is not None
    assert (packet.weights * 128).tolist() == list(range(1, 62))
    assert encode(packet) == INDEPENDENT


def test_values_stand_in_the_order_of_the_wire_and_not_of_the_csv():
    assert livelink.SHAPES[15:17] == ("jawLeft", "jawRight")
    assert livelink.SHAPES[51] == "tongueOut"
    assert len(livelink.SHAPES) == 52
    assert livelink.COUNT == 61
    assert livelink.ANGLES[0] == "HeadYaw"


@pytest.mark.parametrize("count", [0, None])
def test_a_packet_without_values_says_that_no_face_is_in_view(count):
    assert decode(by_hand(count=count)).weights is None


def test_a_name_may_be_of_any_alphabet():
    assert decode(by_hand("Erikas Telefön 電話", [0.0] * 61)).subject == "Erikas Telefön 電話"


def test_a_rate_that_is_none_gives_no_time():
    assert np.isnan(decode(by_hand(values=[0.0] * 61, rate=(60, 0))).seconds)
    assert np.isnan(decode(by_hand(values=[0.0] * 61, rate=(-1, 1))).seconds)


def test_looking_right_gives_yaw_above_0_and_up_gives_pitch_above_0():
    values = np.zeros(61, np.float32)
    for name, angle in zip(livelink.EYE_ANGLES, [0.3, -0.2, 0.25, -0.1], strict=True):
        values[52 + livelink.ANGLES.index(name)] = angle
    found = gaze(livelink.eye_angles(values))
    assert GAZE_CHANNELS == ("left_yaw", "left_pitch", "right_yaw", "right_pitch")
    np.testing.assert_allclose(found, [0.3, 0.2, 0.25, 0.1], rtol=1e-6)


def test_an_angle_that_no_eye_can_have_is_no_value():
    found = gaze([2.0, 0.1, np.nan, np.inf])
    assert np.isnan(found[[0, 2, 3]]).all()
    assert found[1] == np.float32(-0.1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "nothing"),
        (b"\x07" + by_hand(values=[0.0] * 61)[1:], "starts with 07"),
        (by_hand(values=[0.0] * 61) + b"x", "1 bytes follow its end"),
        (by_hand(values=[0.0] * 60), "announces 61 values"),
        (by_hand(values=[0.0] * 52, count=52), "announces 52 values"),
        (by_hand(count=None)[:-3], "within its frame time"),
        (b"\x06\xff\xff\xff\xff", "-1 bytes long"),
        (b"\x06\x00\x00", "within a name"),
        (b"\x06\x00\x00\x00\x01\xff", "not UTF-8"),
    ],
)
def test_what_is_no_packet_is_said_to_be_none(data, said):
    with pytest.raises(BadUse, match=said):
        decode(data)


def test_packets_one_behind_the_other_are_told_apart():
    face = by_hand("a", [0.5] * 61)
    stream = face + by_hand("b", count=None) + by_hand("c", count=0) + face
    found = list(split(stream))
    assert [packet.subject for packet in found] == ["a", "b", "c", "a"]
    assert [packet.weights is None for packet in found] == [False, True, True, False]


def test_a_torn_end_gives_the_whole_packets_before_it():
    face = by_hand("a", [0.5] * 61)
    it = split(face + face[:-1])
    assert next(it).subject == "a"
    with pytest.raises(BadUse):
        next(it)


@pytest.mark.parametrize(
    "packet",
    [
        Packet("d", "s", 2**31, 0.0, (60, 1), None),
        Packet("d", "s", 0, 1e300, (60, 1), None),
        Packet("d", "\ud800", 0, 0.0, (60, 1), None),
        Packet("d", "s", 0, 0.0, (60, 1), np.zeros(52, np.float32)),
    ],
)
def test_what_no_packet_can_hold_is_bad_use(packet):
    with pytest.raises(BadUse):
        encode(packet)


@given(packets)
def test_a_packet_comes_back_as_it_was(packet):
    same(decode(encode(packet)), packet)


@given(st.lists(packets, max_size=4))
def test_a_row_of_packets_comes_back_as_it_was(sent):
    found = list(split(b"".join(map(encode, sent))))
    assert len(found) == len(sent)
    for one, other in zip(found, sent, strict=True):
        same(one, other)


@given(st.binary(max_size=400) | st.binary(max_size=400).map(lambda data: b"\x06" + data))
def test_any_bytes_are_a_packet_or_bad_use(data):
    try:
        packet = decode(data)
    except BadUse:
        return
    same(decode(encode(packet)), packet)


@given(st.integers(0, 310), st.integers(0, 255), st.integers(0, 320))
def test_a_damaged_packet_is_a_packet_or_bad_use(place, byte, length):
    data = bytearray(by_hand("phone", [0.5] * 61))
    data[place] = byte
    with contextlib.suppress(BadUse):
        decode(bytes(data[:length]))
