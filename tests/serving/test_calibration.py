"""Open.calibration: the faces of a local session that knows the same; bad bytes are told."""

from dataclasses import replace

import grpc
import numpy as np
import pytest

from tests.model.some_calibrations import ABOUT, some
from tests.serving.harness import HEADSET, SMALL, RunningServer, frames, opening, request
from tests.session.conftest import FrameTracker
from vrface import Session
from vrface.errors import CalibrationError
from vrface.model.calibration import file
from vrface.sensors import headset
from vrface.serving.opening import MAX_TRACK_BYTES
from vrface.wire.notice_code import Code


@pytest.fixture
def own(model):
    return some(model=model.digest, width=SMALL.width)


def test_a_remote_session_makes_the_faces_of_a_local_one(tmp_path, server, model, own):
    path = tmp_path / "a.calibration"
    file.save(path, own)
    made = frames(8)
    with Session(headset=HEADSET, model=model, calibration=own) as session:
        here = [face.weights for face in session.run(made)]
    with Session(headset=HEADSET, model=model) as session:
        unknown = [face.weights for face in session.run(made)]
    for given in (path, own):
        with Session.connect(server.address, headset=HEADSET, calibration=given) as remote:
            there = [face.weights for face in remote.run(made)]
            assert not remote.notices
        np.testing.assert_array_equal(here, there)
    assert np.nanmax(np.abs(np.stack(here) - np.stack(unknown))) > 0.05


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"x", "damaged, or no calibration at all (1 bytes)"),
        (bytes(file.MOST_BYTES + 1), f"more than {file.MOST_BYTES} bytes"),
    ],
)
def test_bad_bytes_are_an_invalid_argument_in_one_line(server, stub, data, says):
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.Track(iter([opening(calibration=data)])))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    details = str(caught.value.details())
    assert says in details
    assert "\n" not in details
    trailing = {entry.key: str(entry.value) for entry in caught.value.trailing_metadata()}
    assert trailing["vrface-advice"] == "Make a new one: vrface calibrate."
    assert server.stats.failed == 0


def test_a_touch_that_cannot_be_this_models_is_an_invalid_argument(stub, model):
    data = file.packed(some(model=model.digest, width=5))
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.Track(iter([opening(calibration=data)])))
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("change", "code"),
    [("model", Code.CALIBRATION_MODEL), ("headset", Code.CALIBRATION_HEADSET)],
)
def test_what_is_left_aside_is_told(server, own, change, code):
    if change == "model":
        given = replace(own, touch=own.touch._replace(model=bytes(32)))
    else:
        given = replace(own, about=ABOUT._replace(headset="mouth_only"))
    with Session.connect(server.address, headset=HEADSET, calibration=given) as remote:
        remote.step(frames(1)[0])
        (told,) = remote.notices
    assert told.code == code
    assert "left aside" in told.text
    assert told.advice


def test_an_open_may_be_larger_than_other_messages_by_its_calibration_alone(stub):
    data = file.packed(some(seen=1.0, model=bytes(32), width=512))
    assert len(data) > MAX_TRACK_BYTES
    responses = stub.Track(iter([opening(calibration=data), request(frames(1)[0])]))
    assert next(responses).WhichOneof("message") == "opened"
    responses.cancel()
    with pytest.raises(grpc.RpcError) as caught:
        list(stub.Track(iter([opening(calibration=data, client="x" * MAX_TRACK_BYTES)])))
    assert caught.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_a_file_that_is_none_never_reaches_the_server(tmp_path, server):
    path = tmp_path / "a.calibration"
    path.write_bytes(b"a diary")
    with pytest.raises(CalibrationError, match="damaged"):
        Session.connect(server.address, headset=HEADSET, calibration=path)
    assert server.stats.opened == 0


def test_a_servers_own_tracker_is_known_too(tmp_path, monkeypatch, model, own, caplog):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tracker = FrameTracker(headset("mouth_only"), [])
    with RunningServer({"small": model}, tracker=tracker, calibration=own):
        assert "behind another headset" in caplog.text
