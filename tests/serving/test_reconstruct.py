"""Faces without a stream: the token is all that a server needs to know."""

import grpc
import numpy as np
import pytest

from tests.serving.harness import RunningServer, Stream, frames, opening, profile
from vrface import Session
from vrface.session.token import PURPOSE
from vrface.trust.seal import Seal
from vrface.wire.codec import expression_from_proto, frame_to_proto
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2

EXTRAS = profile().extras


def asked(made, **fields) -> session_pb2.ReconstructRequest:
    return session_pb2.ReconstructRequest(
        open=opening(**fields).open, frames=[frame_to_proto(frame) for frame in made]
    )


def test_calls_that_hand_the_token_on_see_the_faces_of_one_session(model):
    made, seal = frames(60), Seal(bytes(32), PURPOSE)
    expected = list(Session(headset=profile(), model=model).run(made))
    found, token = [], b""
    with (
        RunningServer({"small": model}, seal=seal) as one,
        RunningServer({"small": model}, seal=seal) as other,
    ):
        for first in range(0, 60, 13):
            server = (one, other)[first % 2]
            with grpc.insecure_channel(server.address) as channel:
                stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
                answer = stub.Reconstruct(asked(made[first : first + 13], resume_token=token))
            assert answer.opened.resumed == (first > 0)
            assert answer.opened.model == "small"
            found += [expression_from_proto(face, EXTRAS) for face in answer.expressions]
            token = answer.resume_token
        assert one.service.sessions == other.service.sessions == 0
        assert one.stats.faces + other.stats.faces == 60
    for face, wanted in zip(found, expected, strict=True):
        assert face.sequence == wanted.sequence
        for name in ("weights", "stddev", "source", "gaze"):
            np.testing.assert_array_equal(getattr(face, name), getattr(wanted, name), name)


def test_frames_out_of_order_have_no_face(stub):
    made = frames(3)
    answer = stub.Reconstruct(asked([made[1], made[0], made[2]]))
    assert [face.sequence for face in answer.expressions] == [2, 3]


def test_no_frames_are_no_faces(stub):
    answer = stub.Reconstruct(asked([]))
    assert not answer.expressions
    assert answer.resume_token


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"headset_name": "nothing"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"protocol": 9}, grpc.StatusCode.FAILED_PRECONDITION),
        ({"model": "other"}, grpc.StatusCode.INVALID_ARGUMENT),
        ({"calibration": b"none"}, grpc.StatusCode.INVALID_ARGUMENT),
    ],
)
def test_what_is_wrong_has_a_status_and_takes_no_place(stub, server, fields, code):
    with pytest.raises(grpc.RpcError) as raised:
        stub.Reconstruct(asked(frames(1), **fields))
    assert raised.value.code() is code
    assert server.service.sessions == 0


def test_a_full_server_says_when_to_come_again(model, server, stub):
    held = [Stream(stub, opening()) for _ in range(3)]
    for one in held:
        one.read("opened")
    with pytest.raises(grpc.RpcError) as raised:
        stub.Reconstruct(asked(frames(1)))
    assert raised.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert "all 3 sessions are taken" in str(raised.value.details())
    for one in held:
        one.close()
