"""Publishing: what goes into a block."""

import numpy as np
import pytest

from tests.outputs.kept import Kept
from tests.wire.frame_blocks import SESSION, drawn, read
from tests.wire.test_codec import same
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Status
from vrface.outputs.publisher import Publisher
from vrface.wire.frame_block import Flags, names_of


def test_a_block_holds_the_face_and_what_its_session_is():
    kept, names = Kept(), ("tongueUp",)
    publisher = Publisher(
        kept, SESSION, model_digest=bytes(range(32)), clock=2, recording=True, clock_ns=lambda: 77
    )
    face = drawn(1, names)
    publisher.publish(face)
    ((session_id, data),) = kept.blocks
    block = read(data, names_of(names))
    assert (session_id, block.session_id) == (SESSION, SESSION)
    assert (block.published_ns, block.clock, block.model_tag) == (77, 2, bytes(range(4)))
    assert block.flags == Flags.EYES | Flags.UPPER | Flags.LOWER | Flags.RECORDING
    assert same(block.expression, face)
    publisher.end()
    assert kept.ended == [SESSION]


@pytest.mark.parametrize("status", [Status.WITHHELD, Status.NOT_WORN, Status.WARMING_UP])
def test_a_face_without_values_is_published_without_values(status):
    nothing = np.full(COUNT, np.nan, np.float32)
    face = drawn(
        1,
        status=status,
        weights=nothing,
        stddev=nothing,
        source=np.zeros(COUNT, np.uint8),
        confidence=nothing[:3],
        gaze=nothing[:4],
    )
    kept = Kept()
    Publisher(kept, SESSION).publish(drawn(1))
    Publisher(kept, SESSION).publish(face)
    data = kept.blocks[1][1]
    assert np.isnan(np.frombuffer(data, "<f4", 7, 88)).all()
    assert np.isnan(np.frombuffer(data, "<f4", 192, 128)).all()
    assert data[896:992] == bytes(96)
    block = read(data)
    assert (block.expression.status, block.flags) == (status, 0)


def test_the_period_is_that_of_the_faces_and_no_gap_is_one():
    kept = Kept()
    publisher = Publisher(kept, SESSION)
    steps_us = [0, 11_000, 11_100, 11_200, 5_000_000, 11_000, -3_000, 0]
    now_us = 10**9
    for step_us in steps_us:
        now_us += step_us
        publisher.publish(drawn(1, frame_time_ns=now_us * 1000))
    periods = [read(data).period_us for _, data in kept.blocks]
    assert periods == [0, 11_000, 11_100, 11_100, 11_200, 11_100, 11_100, 11_000]


def test_a_period_beyond_its_field_is_the_longest_there_is():
    kept = Kept()
    publisher = Publisher(kept, SESSION)
    for frame_time_ns in (-(2**63) + 1, 2**63 - 1):
        publisher.publish(drawn(1, frame_time_ns=frame_time_ns))
    assert read(kept.blocks[1][1]).period_us == 2**32 - 1
