"""Captures of Live Link Face: three kinds of file, one face."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.packets import ethernet, ipv4, livelink, llv, pcap, udp
from tests.log.importers.recordings import survives
from vrface.errors import TakeError
from vrface.face.blendshapes import index
from vrface.face.expression import Source
from vrface.log.importers import read_any, read_take
from vrface.wire.livelink import ANGLES, SHAPES

ORDER = (*SHAPES, *ANGLES)


def values(**named):
    found = [0.0] * len(ORDER)
    for name, value in named.items():
        found[ORDER.index(name)] = value
    return found


def moving(count, start=1000, **changes):
    return [
        livelink(
            start + k,
            values(jawOpen=k / count, LeftEyeYaw=0.1 * k, RightEyeYaw=0.1, mouthLeft=0.2),
            **changes,
        )
        for k in range(count)
    ]


def as_pcap(packets, start=100.0, step=1 / 60):
    return pcap([(start + k * step, ethernet(ipv4(udp(p)))) for k, p in enumerate(packets)])


KINDS = {"pcap": as_pcap, "row": b"".join, "llv": llv}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_file_holds_the_same_face(tmp_path, kind):
    path = tmp_path / "face"
    path.write_bytes(KINDS[kind](moving(10)))
    imported = read_any(path)
    take = imported.take
    assert imported.format == "livelink_udp"
    assert imported.notes == ("Times are the phone's timecode.",)
    np.testing.assert_allclose(take.time_ns, np.arange(10) * 1e9 / 60, atol=2)
    np.testing.assert_allclose(take.weights[:, index("jawOpen")], np.arange(10) / 10, rtol=1e-6)
    np.testing.assert_allclose(take.weights[:, index("mouthLeft")], 0.2, rtol=1e-6)
    assert take.source[index("cheekPuffRight")] == Source.COPIED
    assert take.person == tmp_path.name


def test_looking_to_ones_right_gives_yaw_above_0_and_up_pitch(tmp_path):
    def looking(k):
        sides = {
            f"{side}Eye{way}": sign * 0.1 * k
            for side in ("Left", "Right")
            for way, sign in (("Yaw", 1), ("Pitch", -1))
        }
        return livelink(k, values(**sides))

    path = tmp_path / "face.udp"
    path.write_bytes(b"".join(looking(k) for k in range(4)))
    gaze = read_take(path).gaze
    np.testing.assert_allclose(gaze, np.outer([0, 0.1, 0.2, 0.3], [1, 1, 1, 1]), atol=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_where_no_face_is_in_view_the_row_is_lost(tmp_path, kind):
    packets = moving(8)
    packets[3], packets[4] = livelink(1003), livelink(1004)
    path = tmp_path / "face"
    path.write_bytes(KINDS[kind](packets))
    take = read_take(path)
    assert len(take.time_ns) == 8
    assert np.flatnonzero(~take.tracked).tolist() == [3, 4]


def test_midnight_is_one_step(tmp_path):
    frames = [86_400 * 60 - 2, 86_400 * 60 - 1, 0, 1, 2]
    path = tmp_path / "face"
    path.write_bytes(b"".join(livelink(f, values(jawOpen=0.5)) for f in frames))
    np.testing.assert_allclose(np.diff(read_take(path).time_ns), 1e9 / 60, atol=2)


def test_the_fraction_of_a_frame_counts_and_any_rate(tmp_path):
    path = tmp_path / "face"
    packets = [
        livelink(k // 2, values(), sub_frame=k % 2 / 2, rate=(30000, 1001)) for k in range(6)
    ]
    path.write_bytes(b"".join(packets))
    np.testing.assert_allclose(np.diff(read_take(path).time_ns), 1001e9 / 60000, atol=2)


def test_a_timecode_that_stands_still_leaves_the_time_of_arrival(tmp_path):
    packets = [livelink(7, values(jawOpen=k / 10), rate=(0, 0)) for k in range(6)]
    path = tmp_path / "face.pcap"
    path.write_bytes(as_pcap(packets, step=0.25))
    imported = read_any(path)
    assert imported.notes[0] == "Times are when each packet arrived."
    np.testing.assert_array_equal(np.diff(imported.take.time_ns), 250_000_000)
    path.write_bytes(b"".join(packets))
    with pytest.raises(TakeError, match="packets without times"):
        read_any(path)


def test_packets_that_come_twice_or_late_are_left_out(tmp_path):
    packets = moving(10)
    packets[5] = packets[4]
    packets[7], packets[6] = packets[6], packets[7]
    path = tmp_path / "face.pcap"
    path.write_bytes(as_pcap(packets))
    imported = read_any(path)
    assert len(imported.take.time_ns) == 8
    assert "2 rows left out: doubled, or back in time." in imported.notes


def test_of_two_phones_the_one_that_sent_most_is_read(tmp_path):
    one, other = moving(10), moving(6, subject="other")
    path = tmp_path / "face.pcap"
    path.write_bytes(as_pcap([*other[:3], *one, *other[3:]]))
    imported = read_any(path)
    assert len(imported.take.time_ns) == 10
    assert any("2 phones" in note for note in imported.notes)


def test_strange_packets_are_told_and_those_of_others_are_not(tmp_path):
    packets = [(k / 60, ethernet(ipv4(udp(p)))) for k, p in enumerate(moving(6))]
    strange = [(0.5, ethernet(ipv4(udp(b"metahuman")))), (0.6, ethernet(ipv4(udp(b"dns", 53))))]
    elsewhere = [(0.7, ethernet(ipv4(udp(moving(1, 2000)[0], port=4000))))]
    path = tmp_path / "face.pcap"
    path.write_bytes(pcap([*packets, *strange, *elsewhere]))
    imported = read_any(path)
    assert len(imported.take.time_ns) == 7
    assert "1 row left out: no packet of Live Link Face, version 6." in imported.notes


@pytest.mark.parametrize("kind", KINDS)
def test_a_torn_end_leaves_the_packets_before_it(tmp_path, kind):
    path = tmp_path / "face"
    path.write_bytes(KINDS[kind](moving(10))[:-5])
    assert len(read_take(path).time_ns) == 9


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pcap([]), "no packet"),
        (pcap([(1, ethernet(ipv4(udp(b"x"))))]), "no packet"),
        (b"\x0a\x0d\x0d\x0a" + bytes(40), "pcapng"),
        (livelink(1, values()), "without times"),
        (b"".join(livelink(k) for k in range(5)), "tracked in 0"),
        (b"\x06\0\0\0\x24", "no packet"),
    ],
)
def test_what_holds_no_face_is_refused(tmp_path, data, said):
    path = tmp_path / "face"
    path.write_bytes(data)
    with pytest.raises(TakeError, match=said):
        read_any(path)


numbers = st.floats(width=32)


@settings(max_examples=60)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    frames=st.lists(st.tuples(st.integers(-(2**31), 2**31 - 1), numbers), min_size=1, max_size=6),
    rate=st.tuples(st.integers(-(2**31), 2**31 - 1), st.integers(-3, 3)),
    shape=numbers,
)
def test_any_numbers_in_packets_are_read_or_refused(tmp_path_factory, kind, frames, rate, shape):
    packets = [livelink(f, [shape] * 61, sub_frame=sub, rate=rate) for f, sub in frames]
    path = tmp_path_factory.mktemp("capture") / "face"
    path.write_bytes(KINDS[kind](packets))
    survives(path, "livelink_udp")


@settings(max_examples=100)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    damage=st.lists(st.tuples(st.integers(0, 1500), st.integers(0, 255)), max_size=4),
    length=st.integers(0, 2000),
)
def test_a_damaged_capture_is_read_or_refused(tmp_path_factory, kind, damage, length):
    data = bytearray(KINDS[kind](moving(4)))
    for place, byte in damage:
        data[place % len(data)] = byte
    path = tmp_path_factory.mktemp("capture") / "face"
    path.write_bytes(data[:length])
    survives(path, "livelink_udp")
