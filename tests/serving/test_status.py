"""Every refusal: status code, words, advice; and that nothing else leaves the server."""

import logging
import math
import threading
from dataclasses import replace

import grpc
import pytest

from tests.serving.harness import END, RunningServer, frames, opening, profile, request
from vrface.errors import BadUse, LogError, Refused, UnknownName
from vrface.serving.status import LONGEST_TEXT
from vrface.wire.codec import headset_to_proto
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2

Code = grpc.StatusCode


def refusal(call) -> tuple[grpc.StatusCode, str, str]:
    """Status, details and advice of a call that must fail."""
    with pytest.raises(grpc.RpcError) as raised:
        list(call) if hasattr(call, "__next__") else call()
    trailing = metadata(raised.value)
    return raised.value.code(), str(raised.value.details()), trailing.get("vrface-advice", "")


def metadata(error: grpc.RpcError) -> dict[str, str]:
    return {entry.key: str(entry.value) for entry in error.trailing_metadata() or ()}


def test_a_frame_before_open(stub):
    code, text, advice = refusal(stub.Track(iter([request(frames(1)[0])])))
    assert code == Code.FAILED_PRECONDITION
    assert "begins with Open" in text
    assert "Open" in advice


def test_a_second_open(stub):
    code, text, advice = refusal(stub.Track(iter([opening(), opening()])))
    assert (code, bool(advice)) == (Code.FAILED_PRECONDITION, True)
    assert "open already" in text


@pytest.mark.parametrize("protocol", [0, 2])
def test_another_protocol(stub, protocol):
    code, text, advice = refusal(stub.Track(iter([opening(protocol=protocol)])))
    assert code == Code.FAILED_PRECONDITION
    assert f"got {protocol}" in text
    assert "protocol = 1" in advice


def test_an_unknown_headset(stub):
    code, text, advice = refusal(stub.Track(iter([opening(headset_name="vive_pro_eye_lips")])))
    assert code == Code.INVALID_ARGUMENT
    assert "unknown headset" in text
    assert advice == "Did you mean 'vive_pro_eye_lip'?"


def test_no_headset(stub):
    first = session_pb2.TrackRequest(open=session_pb2.Open(protocol=1))
    code, _, advice = refusal(stub.Track(iter([first])))
    assert code == Code.INVALID_ARGUMENT
    assert "vive_pro_eye_lip" in advice


def test_a_profile_that_says_impossible_things(stub):
    proto = headset_to_proto(replace(profile(), name="mine"))
    proto.streams[0].channels[0] = "jawForwards"
    code, text, advice = refusal(stub.Track(iter([opening(headset_profile=proto)])))
    assert code == Code.INVALID_ARGUMENT
    assert "jawForwards" in text
    assert "'jawForward'" in advice


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"brow": {"still_hz": 0.0, "per_speed": 1.0}}, "got 0 and 1"),
        ({"lid": {"still_hz": 4.0, "per_speed": -1.0}}, "got 4 and -1"),
        ({"gaze": {"still_hz": math.nan}}, "a cutoff is in 0.01..1000 Hz and grows by 0..1000"),
        ({"measured": True}, "nothing is smoothed, so nothing measured is"),
    ],
)
def test_a_smoothing_out_of_range(stub, asked, said):
    code, text, advice = refusal(stub.Track(iter([opening(smoothing=asked)])))
    assert code == Code.INVALID_ARGUMENT
    assert said in text
    assert advice


def test_an_unknown_model(stub):
    code, text, advice = refusal(stub.Track(iter([opening(model="smal")])))
    assert (code, advice) == (Code.INVALID_ARGUMENT, "Did you mean 'small'?")
    assert "unknown model" in text


def test_a_full_server_says_when_to_try_again(stub, server):
    blocked = threading.Event()

    def hold():
        yield opening()
        blocked.wait(10)

    held = [stub.Track(hold()) for _ in range(3)]
    for one in held:
        next(one)
    with pytest.raises(grpc.RpcError) as raised:
        next(stub.Track(iter([opening()])))
    trailing = metadata(raised.value)
    assert raised.value.code() == Code.RESOURCE_EXHAUSTED
    assert int(trailing["vrface-retry-after-ms"]) > 0
    assert trailing["vrface-advice"]
    blocked.set()
    for one in held:
        assert [r.WhichOneof("message") for r in one] == ["end"]
    assert next(stub.Track(iter([opening(), END]))).opened.session_id


def test_a_message_too_large(stub):
    frame = frames(1)[0]
    many = replace(frame, samples=frame.samples * 1000)
    assert request(many).ByteSize() < 1024 * 1024
    code, text, advice = refusal(stub.Track(iter([opening(), request(many)])))
    assert (code, bool(advice)) == (Code.RESOURCE_EXHAUSTED, True)
    assert "65536" in text


def test_an_open_too_large(stub):
    code, _, _ = refusal(stub.Track(iter([opening(client="x" * 70_000)])))
    assert code == Code.RESOURCE_EXHAUSTED


def test_a_message_beyond_what_grpc_takes(stub):
    code, _, _ = refusal(stub.Track(iter([opening(client="x" * 2_000_000)])))
    assert code == Code.RESOURCE_EXHAUSTED


def test_a_long_or_foreign_name_does_not_break_the_answer(stub):
    code, text, _ = refusal(stub.Track(iter([opening(model="né\n" * 9000)])))
    assert code == Code.INVALID_ARGUMENT
    assert len(text) <= LONGEST_TEXT
    assert text.isascii()


def test_a_session_that_cannot_be_watched_is_like_one_that_is_not_there(stub):
    stream = stub.Track(iter([opening()]))
    opened = next(stream).opened
    answers = {
        refusal(stub.Watch(session_pb2.WatchRequest(session_id=session_id, watch_token=token)))
        for session_id, token in (
            (opened.session_id, b""),
            (opened.session_id, b"\x00" * 16),
            ("0" * 32, opened.watch_token),
            ("nobody", b""),
        )
    }
    assert len(answers) == 1
    code, _, advice = answers.pop()
    assert (code, bool(advice)) == (Code.PERMISSION_DENIED, True)


def test_what_nobody_foresaw_is_internal_and_tells_nobody_about_a_face(
    stub, server, monkeypatch, caplog
):
    def break_down(*_):
        raise ValueError("jawOpen is 0.123456")

    monkeypatch.setattr("vrface.session.cohort.Cohort.step", break_down)
    with caplog.at_level(logging.DEBUG):
        code, text, _ = refusal(stub.Track(iter([opening(wearer="anna"), request(frames(1)[0])])))
    assert code == Code.INTERNAL
    assert "Traceback" not in text
    assert "ValueError at" in caplog.text
    assert "break_down" in caplog.text
    for secret in ("0.123456", "anna"):
        assert secret not in text + caplog.text
    assert server.stats.failed == 1
    assert server.service.sessions == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnknownName("thing", "x", ["y"]), Code.INVALID_ARGUMENT),
        (BadUse("x"), Code.INVALID_ARGUMENT),
        (Refused("x"), Code.PERMISSION_DENIED),
        (LogError("x"), Code.FAILED_PRECONDITION),
    ],
)
def test_errors_from_anywhere_have_a_status(stub, monkeypatch, error, code):
    def fail(*_):
        raise error

    monkeypatch.setattr("vrface.serving.door.wish_of", fail)
    assert refusal(stub.Track(iter([opening()])))[0] == code


def test_a_draining_server_turns_new_sessions_away(model):
    with RunningServer({"small": model}) as running:
        running.service.drain(1.0, "test")
        with grpc.insecure_channel(running.address) as channel:
            stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
            code, _, advice = refusal(stub.Track(iter([opening()])))
    assert (code, bool(advice)) == (Code.UNAVAILABLE, True)
