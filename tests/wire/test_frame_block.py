"""The frame block: its bytes, what it refuses, and that no mixture of two is ever accepted."""

import re
import struct
import zlib
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.wire.frame_blocks import EXTRAS, OTHER, SESSION, block_of, drawn, read
from tests.wire.test_codec import expressions, same
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.wire.faces_file import FILE_BYTES
from vrface.wire.frame_block import (
    BLOCK_BYTES,
    LONGEST_PERIOD_US,
    MOST_WEIGHTS,
    SHORTEST_STALE_NS,
    Fault,
    Flags,
    FrameBlock,
    extra_set,
    names_of,
    pack,
    parse,
    session_bytes,
)

NAMES = ("tongueUp", "tongueDown", "cheekSuckLeft")
TAG = b"\x01\x02\xfe\xff"

# (at, struct format, what stands there): the layout, written down a second time.
LAYOUT = [
    (0, "4s", b"VRFB"),
    (4, "H", 1),
    (6, "H", 128),
    (8, "I", 1024),
    (12, "H", 1),
    (14, "H", 5),
    (16, "Q", 0),
    (24, "Q", 2**63 + 1),
    (32, "q", -2),
    (40, "q", 3),
    (48, "q", 2**62),
    (56, "I", 11_111),
    (60, "B", 3),
    (61, "B", 2),
    (62, "H", 54),
    (64, "H", 3),
    (66, "H", 0),
    (68, "I", zlib.crc32(b"tongueUp\ntongueDown\ncheekSuckLeft")),
    (72, "16s", bytes.fromhex(SESSION)),
    (116, "4s", TAG),
    (120, "8s", bytes(8)),
    (992, "28s", bytes(28)),
]


def possible(face: Expression) -> Expression:
    """A face without the numbers that no face can hold, one by one."""

    def within(values: np.ndarray, most: float, least: float = 0.0) -> np.ndarray:
        low, high = np.float32(least), np.float32(most)
        return np.array([v if low <= v <= high else np.nan for v in values], np.float32)

    known = [1 <= kind <= 7 for kind in face.source]
    weights = np.where(known, within(face.weights, 1), np.float32(np.nan))
    return replace(
        face,
        weights=weights,
        source=np.where(np.isnan(weights), 0, face.source).astype(np.uint8),
        stddev=within(face.stddev, 1),
        confidence=within(face.confidence, 1),
        gaze=within(face.gaze, 1.6, -1.6),
    )


def same_block(one: FrameBlock, other: FrameBlock) -> bool:
    """Field by field; what does not travel aside."""
    faces = [replace(block.expression, queue_us=0, step_us=0) for block in (one, other)]
    names = [one.name for one in fields(FrameBlock) if one.name != "expression"]
    return same(*faces) and all(getattr(one, name) == getattr(other, name) for name in names)


def sealed(data: bytes) -> bytes:
    """The bytes with a checksum that is right."""
    return data[:-4] + struct.pack("<I", zlib.crc32(data[24:-4]))


def altered(data: bytes, at: int, code: str, value) -> bytes:
    changed = bytearray(data)
    struct.pack_into(f"<{code}", changed, at, value)
    return bytes(changed)


def test_every_field_stands_where_the_layout_says():
    face = drawn(
        1,
        NAMES,
        sequence=2**63 + 1,
        frame_time_ns=-2,
        sample_time_ns=3,
        status=Status.NOT_WORN,
    )
    data = block_of(face, 2**62, period_us=11_111, clock=2, flags=5, model_tag=TAG)
    assert len(data) == BLOCK_BYTES
    for at, code, value in LAYOUT:
        assert struct.unpack_from(f"<{code}", data, at) == (value,), at
    for at, values in ((88, face.confidence), (100, face.gaze), (128, face.weights)):
        np.testing.assert_array_equal(np.frombuffer(data, "<f4", len(values), at), values)
    np.testing.assert_array_equal(np.frombuffer(data, "<f4", 57, 512), face.stddev)
    assert data[896 : 896 + 57] == face.source.tobytes()
    assert struct.unpack_from("<I", data, 1020) == (zlib.crc32(data[24:1020]),)


SIZES = {"char": 1, "u8": 1, "u16": 2, "u32": 4, "u64": 8, "i64": 8, "f32": 4}


def test_the_page_lists_every_byte_once():
    """Both tables of docs/frame-block.md; the first one's places are those of `LAYOUT`."""
    page = (Path(__file__).resolve().parents[2] / "docs/frame-block.md").read_text("utf-8")
    tables = []
    for part in page.split("| at | type | field |")[1:]:
        rows = re.findall(r"(?m)^\| (\d+) \| (\w+)(?:\[(\d+)\])? \|", part)
        tables.append([(int(at), SIZES[kind] * int(many or 1)) for at, kind, many in rows])
    for table, size in zip(tables, (BLOCK_BYTES, FILE_BYTES), strict=True):
        ends = [at + bytes_ for at, bytes_ in table]
        assert [at for at, _ in table] == [0, *ends[:-1]]
        assert ends[-1] == size
    assert {(at, struct.calcsize(f"<{code}")) for at, code, _ in LAYOUT} < set(tables[0])


def test_places_without_a_shape_hold_no_value():
    data = block_of(drawn(1, NAMES))
    for at in (128, 512):
        assert np.isnan(np.frombuffer(data, "<f4", 96 - 57, at + 57 * 4)).all()
    assert data[896 + 57 : 992] == bytes(96 - 57)


@settings(max_examples=40)
@given(
    face=st.sampled_from([COUNT, COUNT + 3, MOST_WEIGHTS]).flatmap(expressions),
    published_ns=st.integers(-(2**63), 2**63 - 1),
    period_us=st.integers(0, 2**32 - 1),
    clock=st.integers(0, 255),
    flags=st.integers(0, 2**16 - 1),
    model_tag=st.binary(min_size=4, max_size=4),
)
def test_what_is_packed_is_read_but_for_what_no_face_can_hold(face, **fields):
    block = FrameBlock(face, SESSION, **fields)
    back = read(pack(block), names_of(face.extras))
    shown = replace(block, expression=possible(face))
    assert same_block(back, shown)
    assert same_block(read(pack(back), names_of(face.extras)), shown)
    assert back.expression.received_ns == block.published_ns


@pytest.mark.parametrize("weight", [np.inf, -np.inf, 1e30, -5.0, 1.0000001, -1e-45, np.nan])
def test_a_weight_that_no_face_can_hold_is_absent(weight):
    face = drawn(1, NAMES)
    for place in (0, 53, 56):
        weights = face.weights.copy()
        weights[place] = weight
        shown = read(block_of(replace(face, weights=weights)), names_of(NAMES)).expression
        assert np.flatnonzero(np.isnan(shown.weights)).tolist() == [place]
        assert np.flatnonzero(shown.source == Source.ABSENT).tolist() == [place]


@pytest.mark.parametrize("kind", [0, 8, 200, 255])
def test_a_weight_of_a_source_nobody_knows_is_absent(kind):
    face = drawn(1)
    source = face.source.copy()
    source[7] = kind
    shown = read(block_of(replace(face, source=source))).expression
    assert np.isnan(shown["eyeBlinkRight"])
    assert (shown.source == Source.ABSENT).sum() == np.isnan(shown.weights).sum() == 1


@pytest.mark.parametrize("weight", [0.0, -0.0, 1.0, 1e-45])
def test_the_ends_of_the_range_are_in_it(weight):
    ends = np.full(COUNT, weight, np.float32)
    gaze = np.array([1.6, -1.6, 0.0, 1.6], np.float32)
    face = drawn(1, weights=ends, stddev=ends, confidence=ends[:3], gaze=gaze)
    assert same(read(block_of(face)).expression, face)


def test_a_face_that_was_read_is_its_readers_own():
    data = block_of(drawn(1))
    shown, again = read(data).expression, read(data).expression
    for name in ("weights", "stddev", "source", "confidence", "gaze"):
        getattr(shown, name)[:] = 0
    assert same(again, read(data).expression)
    assert same(again, read(bytes(data)).expression)


def test_it_is_received_when_it_was_published_or_when_it_arrived():
    data = block_of(drawn(1), 17)
    assert read(data).expression.received_ns == 17
    assert read(data, received_ns=23).expression.received_ns == 23


def test_extras_come_under_their_own_names_or_not_at_all():
    face = drawn(2, NAMES)
    data = block_of(face)
    for names in (
        names_of(),
        names_of(NAMES[:2]),
        names_of(NAMES[::-1]),
        {extra_set(NAMES): NAMES[:2]},
    ):
        block = read(data, names)
        assert block.expression.extras == ()
        np.testing.assert_array_equal(block.expression.weights, face.weights[:COUNT])
        assert len(block.expression.stddev) == len(block.expression.source) == COUNT
    block = read(data, names_of((), EXTRAS, NAMES))
    assert block.expression.extras == NAMES
    assert block.expression["tongueDown"] == face.weights[COUNT + 1]


def test_a_status_from_a_later_version_is_absent():
    assert read(sealed(altered(block_of(drawn(1)), 60, "B", 9))).expression.status == 0


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda data: b"", Fault.SIZE),
        (lambda data: data[:-1], Fault.SIZE),
        (lambda data: data + b"\0", Fault.SIZE),
        (lambda data: bytes(BLOCK_BYTES), Fault.MAGIC),
        (lambda data: b"VRFS" + data[4:], Fault.MAGIC),
        (lambda data: altered(data, 4, "H", 2), Fault.VERSION),
        (lambda data: altered(data, 6, "H", 136), Fault.VERSION),
        (lambda data: altered(data, 8, "I", 2048), Fault.VERSION),
        (lambda data: altered(data, 12, "H", 2), Fault.VERSION),
        (lambda data: sealed(altered(data, 62, "H", 55)), Fault.VERSION),
        (lambda data: sealed(altered(data, 64, "H", 43)), Fault.VERSION),
        (lambda data: altered(data, 64, "H", 43), Fault.TORN),
        (lambda data: data[:512] + block_of(drawn(2))[512:], Fault.TORN),
        (lambda data: data[:-4] + bytes(4), Fault.TORN),
    ],
)
def test_what_is_no_block_is_said_and_not_read(change, fault: Fault):
    data = change(block_of(drawn(1)))
    assert parse(data) == fault


def test_every_flipped_bit_behind_the_lock_is_seen():
    data = block_of(drawn(1))
    for bit in range(24 * 8, BLOCK_BYTES * 8):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        assert parse(bytes(flipped)) is Fault.TORN, bit


def test_the_lock_is_not_part_of_the_face():
    data = block_of(drawn(1))
    assert same_block(read(altered(data, 16, "Q", 2**64 - 1)), read(data))


@given(st.binary(max_size=BLOCK_BYTES + 8) | st.binary(min_size=1010, max_size=1010))
def test_arbitrary_bytes_are_a_typed_fault(data):
    start = block_of(drawn(1))[:14]
    for attempt in (data, start + data, sealed(start + data) if len(data) == 1010 else data):
        assert isinstance(parse(attempt), (FrameBlock, Fault))


@given(st.binary(min_size=1006, max_size=1006))
def test_arbitrary_fields_under_a_right_checksum_are_a_face_or_a_fault(data):
    attempt = sealed(block_of(drawn(1))[:14] + data[:48] + b"\x36\0\x03\0" + data[52:] + bytes(4))
    found = parse(attempt, names_of(NAMES))
    assert isinstance(found, FrameBlock)
    assert len(found.expression.weights) == len(found.expression.stddev) == COUNT
    assert len(found.expression.source) == COUNT
    assert same(possible(found.expression), found.expression)
    assert isinstance(found.expression.status, Status)


def test_no_mixture_of_two_blocks_is_accepted():
    """Whatever a reader copies while a writer writes, eight bytes at a time, in any order."""
    one, other = (np.frombuffer(block_of(drawn(seed)), "<u8") for seed in (1, 2))
    words = BLOCK_BYTES // 8
    first_word = 3  # the lock and what stands before it are not part of the face

    def check(new: np.ndarray) -> None:
        mixed = np.where(new, other, one)
        if not isinstance(parse(mixed.tobytes()), Fault):
            face = mixed[first_word:]
            assert (face == one[first_word:]).all() or (face == other[first_word:]).all(), new

    places = np.arange(words)
    for start in range(words):
        for stop in range(start, words + 1):
            inside = (places >= start) & (places < stop)
            check(inside)
            check(~inside)
    for chance in (0.02, 0.5, 0.98):
        for new in np.random.default_rng(0).random((3000, words)) < chance:
            check(new)


@pytest.mark.parametrize(
    ("period_us", "fresh_ns"),
    [
        (0, SHORTEST_STALE_NS),
        (11_111, SHORTEST_STALE_NS),
        (33_333, SHORTEST_STALE_NS),
        (50_000, 150_000_000),
        (LONGEST_PERIOD_US, 3_000_000_000),
        (2**32 - 1, 3_000_000_000),
    ],
)
def test_a_face_is_stale_after_three_periods_and_100_ms(period_us, fresh_ns):
    block = FrameBlock(drawn(1), SESSION, 0, period_us)
    for age_ns, stale in ((0, False), (fresh_ns, False), (fresh_ns + 1, True), (-1, True)):
        assert block.stale(age_ns) is stale, age_ns
        status = block.shown(age_ns).status
        assert status == (Status.STALE if stale else Status.TRACKING)


def test_a_stale_face_keeps_its_values_and_a_withheld_one_its_status():
    block = FrameBlock(drawn(1), SESSION, 0)
    late = block.shown(10**12)
    assert same(replace(late, status=Status.TRACKING), block.expression)
    withheld = FrameBlock(drawn(1, status=Status.WITHHELD), OTHER, 0)
    assert withheld.shown(10**12).status == Status.WITHHELD


@pytest.mark.parametrize(
    ("face", "fields"),
    [
        ({"sequence": -1}, {}),
        ({"sequence": 2**64}, {}),
        ({"frame_time_ns": 2**63}, {}),
        ({"weights": np.zeros(53, np.float32)}, {}),
        ({"stddev": np.zeros(0, np.float32)}, {}),
        ({"source": np.zeros(55, np.uint8)}, {}),
        ({"confidence": np.zeros(4, np.float32), "gaze": np.zeros(3, np.float32)}, {}),
        ({"extras": ("tongueUp",)}, {}),
        ({}, {"period_us": 2**32}),
        ({}, {"clock": 256}),
        ({}, {"flags": -1}),
        ({}, {"session_id": "1234"}),
        ({}, {"session_id": "xy" * 16}),
        ({}, {"session_id": "00" * 16}),
    ],
    ids=str,
)
def test_what_does_not_fit_is_bad_use(face, fields):
    usual = {"session_id": SESSION, "published_ns": 0} | fields
    with pytest.raises(BadUse):
        pack(FrameBlock(replace(drawn(1), **face), **usual))


def test_more_extras_than_there_is_room_for_are_bad_use():
    names = tuple(f"extra{number}" for number in range(43))
    with pytest.raises(BadUse, match="43 extras"):
        block_of(drawn(1, names))


def test_flags_and_extra_sets_are_what_others_compute():
    assert [flag.value for flag in Flags] == [1, 2, 4, 8, 16]
    assert extra_set(()) == 0
    assert extra_set(("a", "b")) == zlib.crc32(b"a\nb")
    assert session_bytes(SESSION) == bytes.fromhex(SESSION)
