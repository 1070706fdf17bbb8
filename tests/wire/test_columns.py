"""Columns: the bytes are those of the plain messages, whatever way a peer wrote its own."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.test_codec import any_float, microseconds, times
from vrface.face.blendshapes import COUNT
from vrface.session.faces import Faces
from vrface.wire.codec import expression_to_proto
from vrface.wire.columns import (
    expression_columns_to_proto,
    face_response,
    frame_columns_from_proto,
)
from vrface.wire.messages import session_pb2

WIDTHS = (2, 1)


def made(draw, wearers: int, extras: int) -> Faces:
    def floats(*shape: int) -> np.ndarray:
        values = draw(st.lists(any_float, min_size=1, max_size=7))
        return np.resize(np.array(values, np.float32), (wearers, *shape))

    def numbers(kind: type, elements: st.SearchStrategy[int]) -> np.ndarray:
        return np.array([draw(elements) for _ in range(wearers)], kind)

    count = COUNT + extras
    return Faces(
        sequence=numbers(np.int64, st.integers(0, 2**63 - 1)),
        frame_time_ns=numbers(np.int64, times),
        sample_time_ns=numbers(np.int64, times),
        status=numbers(np.uint8, st.integers(0, 5)),
        weights=floats(count),
        stddev=floats(count),
        source=np.resize(np.arange(8, dtype=np.uint8), (wearers, count)),
        confidence=floats(3),
        gaze=floats(4),
        loc=floats(COUNT),
        scale=floats(COUNT),
        step_us=draw(microseconds),
        extras=tuple(f"extra{k}" for k in range(extras)),
    )


faces = st.composite(made)


@given(faces(3, 2), st.integers(0, 2), microseconds, st.booleans())
def test_a_face_out_of_columns_is_the_message_of_its_expression(made, row, queue_us, want_stddev):
    message = expression_to_proto(made.expression(row), want_stddev)
    message.queue_us = queue_us
    plain = session_pb2.TrackResponse(expression=message).SerializeToString()
    assert face_response(made, row, queue_us, want_stddev).SerializeToString() == plain


def test_a_face_is_the_same_out_of_a_part_of_another_array():
    """Rows of what was made for more wearers, or stands in one array with all the rest."""
    rng = np.random.default_rng(0)
    whole = rng.random((4, 200), dtype=np.float32)
    count = np.arange(4)
    kinds = np.ones((COUNT, 4), np.uint8).T
    parts = (
        whole[:, ::2][:, :COUNT],
        whole[:, 60 : 60 + COUNT],
        kinds,
        whole[:, :3],
        whole[:, 3:7],
    )
    made = Faces(count, count, count, kinds[:, 0], *parts, *parts[:2], 5, ())
    message = expression_to_proto(made.expression(2), want_stddev=True)
    plain = session_pb2.TrackResponse(expression=message).SerializeToString()
    assert face_response(made, 2, 0, want_stddev=True).SerializeToString() == plain


@given(faces(2, 1), faces(1, 1), st.booleans())
def test_faces_in_columns_are_those_of_their_parts(one, other, want_stddev):
    sent = expression_columns_to_proto(
        7, np.array([5, 2**32 - 1, 0]), [one, other], want_stddev, 1, 2
    )
    assert (sent.sequence, sent.queue_us, sent.step_us) == (7, 1, 2)
    assert list(sent.wearer) == [5, 2**32 - 1, 0]
    for name in ("frame_time_ns", "sample_time_ns", "weights", "stddev", "confidence", "gaze"):
        expected = np.concatenate([getattr(one, name), getattr(other, name)]).ravel()
        if name == "stddev" and not want_stddev:
            expected = expected[:0]
        np.testing.assert_array_equal(np.array(getattr(sent, name), expected.dtype), expected)
    for name in ("status", "source"):
        assert getattr(sent, name) == getattr(one, name).tobytes() + getattr(other, name).tobytes()


def columns(**changes) -> session_pb2.FrameColumns:
    """Three wearers, of whom the first and the last have a sample of the first stream."""
    entry = {
        "stream": 0,
        "row": [0, 2],
        "sample_time_ns": [-1, 2**63 - 1],
        "values": [0.5, float("nan"), -0.0, 1.5],
    } | changes
    message = session_pb2.FrameColumns(sequence=4, wearer=[9, 1, 300], frame_time_ns=[1, -2, 3])
    message.samples.add(**entry)
    return message


def test_frames_in_columns_are_read():
    found, whole = frame_columns_from_proto(columns(), WIDTHS)
    assert whole
    assert found.sequence == 4
    assert found.wearer.tolist() == [9, 1, 300]
    assert found.frame_time_ns.tolist() == [1, -2, 3]
    (entry,) = found.samples
    assert entry.row.tolist() == [0, 2]
    assert entry.sample_time_ns.tolist() == [-1, 2**63 - 1]
    np.testing.assert_array_equal(
        entry.values, np.array([[0.5, np.nan], [0, 1.5]], np.float32), strict=True
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"stream": 1},
        {"stream": 2},
        {"row": [0]},
        {"row": [0, 3]},
        {"sample_time_ns": [1]},
        {"values": [1.0] * 3},
        {"values": []},
    ],
    ids=str,
)
def test_what_is_not_of_the_headset_is_left_out(changes):
    found, whole = frame_columns_from_proto(columns(**changes), WIDTHS)
    assert not whole
    assert found.samples == []
    assert len(found.wearer) == 3


def test_rows_without_a_time_or_a_wearer_are_left_out():
    message = columns(row=[0, 1])
    del message.frame_time_ns[2:]
    found, whole = frame_columns_from_proto(message, WIDTHS)
    assert not whole
    assert found.wearer.tolist() == [9, 1]
    assert found.frame_time_ns.tolist() == [1, -2]
    assert len(found.samples) == 1


def test_lists_that_are_not_packed_or_come_in_pieces_are_read_too():
    """Protobuf asks it of every reader."""
    values = np.array([0.5, 0.25, 0.75, 1.5], "<f4")
    pieces = bytes([4 << 3 | 2, 8]) + values[:2].tobytes()  # two of them, packed
    pieces += b"".join(bytes([4 << 3 | 5]) + one.tobytes() for one in values[2:])  # the others, not
    entry = columns(values=[]).samples[0].SerializeToString() + pieces
    message = columns()
    message.samples[0].ParseFromString(entry)
    found, whole = frame_columns_from_proto(message, WIDTHS)
    assert whole
    assert found.samples[0].values.ravel().tolist() == values.tolist()
