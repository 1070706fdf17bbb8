"""A session that breaks off goes on at another server, as if nothing had happened."""

import grpc
import numpy as np
import pytest

from tests.serving.harness import RunningServer, Stream, frames, opening, profile, request
from vrface import Session
from vrface.face.blendshapes import GROUPS
from vrface.model.calibration import Calibration, file
from vrface.model.features import WIDTH
from vrface.session.token import PURPOSE
from vrface.trust.seal import Seal
from vrface.wire.codec import expression_from_proto
from vrface.wire.messages import expression_service_pb2_grpc
from vrface.wire.notice_code import Code

KEY = bytes(range(32))
EXTRAS = profile().extras


def stub_of(server: RunningServer) -> expression_service_pb2_grpc.ExpressionServiceStub:
    return expression_service_pb2_grpc.ExpressionServiceStub(
        grpc.insecure_channel(server.address, options=[("grpc.enable_http_proxy", 0)])
    )


@pytest.fixture
def servers(model):
    with (
        RunningServer({"small": model}, seal=Seal(KEY, PURPOSE)) as one,
        RunningServer({"small": model}, seal=Seal(KEY, PURPOSE)) as other,
    ):
        yield one, other


def lived(stream: Stream, made) -> tuple[bytes, int]:
    """Send frames, read their faces; the last resume token, and the frame it came after."""
    token, after, shown = b"", 0, 0
    for frame in made:
        stream.send(request(frame))
        while True:
            response = next(stream.responses)
            if response.HasField("resume_token"):
                token, after = response.resume_token, shown
            elif response.HasField("expression"):
                shown = response.expression.sequence
                break
    return token, after


@pytest.mark.parametrize("style", [1, 2])
@pytest.mark.parametrize("known", [False, True])
def test_it_goes_on_at_another_server_to_the_same_bytes(servers, model, style, known, monkeypatch):
    monkeypatch.setattr("vrface.session.lifecycle.KEEP_NS", 10_000_000)
    figures = np.repeat(
        np.array([[0.1], [0.15], [0.2], [0.25], [0.3], [0.5]], np.float32), WIDTH, axis=1
    )
    calibration = Calibration("unpaired", figures, Calibration.none().face) if known else None
    data = b"" if calibration is None else file.packed(calibration)
    made = frames(150)
    with Session(
        headset=profile(),
        model=model,
        calibration=calibration,
        seed=9,
        style="lively" if style == 2 else "expected",
    ) as local:
        expected = list(local.run(made))
    first = Stream(stub_of(servers[0]), opening(style=style, seed=9, calibration=data))
    assert not first.read("opened").resumed
    token, after = lived(first, made[:100])
    assert after > 0
    first.responses.cancel()

    again = opening(style=style, seed=9, calibration=data, resume_token=token)
    second = Stream(stub_of(servers[1]), again)
    assert second.read("opened").resumed
    for frame in made[after:]:
        second.send(request(frame))
        face = expression_from_proto(second.read("expression"), EXTRAS)
        for name in ("weights", "stddev", "source", "gaze", "confidence"):
            found, wanted = getattr(face, name), getattr(expected[frame.sequence - 1], name)
            np.testing.assert_array_equal(found, wanted, name)
    second.close()


def test_who_goes_on_is_shown_as_calm_as_they_say_now(servers, monkeypatch):
    monkeypatch.setattr("vrface.session.lifecycle.KEEP_NS", 10_000_000)
    made, still = frames(60), {"still_hz": 0.01}
    first = Stream(stub_of(servers[0]), opening())
    first.read("opened")
    token, after = lived(first, made[:50])
    assert token
    groups = dict.fromkeys(GROUPS, still)
    calm = opening(resume_token=token, smoothing={"measured": True, **groups})
    second = Stream(stub_of(servers[1]), calm)
    assert second.read("opened").resumed
    second.send(request(made[after]))
    begun = np.array(second.read("expression").weights)
    for frame in made[after + 1 :]:
        second.send(request(frame))
        weights = np.array(second.read("expression").weights)
    assert np.abs(weights - begun).max() < 0.02
    for one in (first, second):
        one.close()


@pytest.mark.parametrize("change", ["token", "headset", "seed", "key"])
def test_what_cannot_be_resumed_starts_anew_and_is_told(servers, model, change, monkeypatch):
    monkeypatch.setattr("vrface.session.lifecycle.KEEP_NS", 10_000_000)
    first = Stream(stub_of(servers[0]), opening(style=2, seed=9))
    first.read("opened")
    token, _ = lived(first, frames(100))
    again = {"style": 2, "seed": 9, "resume_token": token}
    if change == "token":
        again["resume_token"] = token[:-1] + bytes([token[-1] ^ 1])
    elif change == "headset":
        again["headset_name"] = "mouth_only"
    elif change == "seed":
        again["seed"] = 10
    with RunningServer({"small": model}) as stranger:
        second = Stream(stub_of(stranger if change == "key" else servers[1]), opening(**again))
        assert not second.read("opened").resumed
        assert second.read("notice").code == Code.RESUME
        second.close()
    first.close()


def test_a_session_asked_to_leave_has_its_newest_token_first(servers):
    stream = Stream(stub_of(servers[0]), opening())
    stream.read("opened")
    assert lived(stream, frames(3)) == (b"", 0)
    servers[0]._loop.call_soon_threadsafe(servers[0].service.drain, 1.0, "the server stops")
    assert next(stream.responses).HasField("resume_token")
    assert next(stream.responses).HasField("go_away")
    stream.close()
