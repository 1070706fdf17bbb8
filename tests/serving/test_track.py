"""One wearer's stream, as any client of the .proto would speak it."""

import itertools
import threading
import time
from dataclasses import replace

import grpc
import numpy as np
import pytest

from tests.serving.harness import (
    END,
    HEADSET,
    Stream,
    eventually,
    frames,
    opening,
    profile,
    request,
    texts,
)
from vrface import Session
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.expression import Source
from vrface.face.smoothing import Smoothing
from vrface.sensors import headset
from vrface.simulation import synthetic_take, wear
from vrface.wire.codec import expression_from_proto, headset_to_proto
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2
from vrface.wire.notice_code import Code
from vrface.wire.smoothing import smoothing_to_proto


def test_opened_says_everything_a_client_needs(stream, model):
    opened = stream(opening(seed=42)).read("opened")
    local = Session(model=model)
    assert tuple(opened.blendshapes.names) == BLENDSHAPES
    assert (opened.blendshapes.name, opened.blendshapes.version) == ("vrface", 1)
    assert tuple(opened.extras) == local.extras == profile().extras
    assert len(opened.expected_source) == 54 + len(opened.extras)
    assert opened.expected_source == local.expected_source.tobytes()
    assert (opened.model, opened.model_digest, opened.seed) == ("small", model.digest, 42)
    assert list(opened.unused_streams) == list(local.unused_streams)
    assert list(opened.missing_streams) == list(local.missing_streams)
    assert len(bytes.fromhex(opened.session_id)) == 16
    assert len(opened.watch_token) == 16
    assert opened.max_message_bytes == 65536
    assert not opened.resumed


def test_a_stream_without_an_open_is_ended(server, stream):
    server.service.open_s = 0.2
    silent = stream()
    with pytest.raises(grpc.RpcError) as raised:
        next(silent.responses)
    assert raised.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert raised.value.details() == "no Open within 0.2 s."
    assert server.stats.failed == 0
    stream(opening()).read("opened")


def test_ids_tokens_and_seeds_are_drawn_for_each_session(stream):
    first, second = (stream(opening()).read("opened") for _ in range(2))
    assert first.session_id != second.session_id
    assert first.watch_token != second.watch_token
    assert first.seed != second.seed
    assert first.seed > 0


def test_faces_are_those_of_a_local_session(stream, model):
    made = frames(60)
    local = list(Session(model=model).run(made))
    remote = stream(opening())
    remote.read("opened")
    for frame, expected in zip(made, local, strict=True):
        remote.send(request(frame))
        face = expression_from_proto(remote.read("expression"), profile().extras)
        assert (face.sequence, face.frame_time_ns) == (frame.sequence, frame.frame_time_ns)
        assert face.sample_time_ns == expected.sample_time_ns
        for name in ("weights", "stddev", "source", "confidence", "gaze"):
            np.testing.assert_array_equal(getattr(face, name), getattr(expected, name), name)
    assert face.step_us > 0


def test_stddev_only_comes_when_wanted(stream):
    remote = stream(opening(want_stddev=False), request(frames(1)[0]))
    remote.read("opened")
    face = remote.read("expression")
    assert (len(face.weights), len(face.stddev)) == (72, 0)


def test_a_whole_profile_opens_a_headset_nobody_has_heard_of(stream):
    mine = replace(profile().without("lids"), name="mine")
    remote = stream(opening(headset_profile=headset_to_proto(mine)))
    assert "lids" in remote.read("opened").missing_streams


@pytest.mark.parametrize("name", ["quest_pro", "pico_4_pro"])
def test_extras_and_copies_cross_the_wire(stream, model, name):
    mine = replace(headset(name), name="mine")
    remote, local = (
        stream(opening(headset_profile=headset_to_proto(mine))),
        Session(headset=mine, model=model),
    )
    opened = remote.read("opened")
    assert tuple(opened.extras) == mine.extras == local.extras
    assert opened.expected_source == local.expected_source.tobytes()
    assert (Source.COPIED in opened.expected_source) == (name == "pico_4_pro")
    made = wear(synthetic_take(seed=4, seconds=2), mine, seed=4).frames()
    for frame in itertools.islice(made, 30):
        remote.send(request(frame))
        face = expression_from_proto(remote.read("expression"), tuple(opened.extras))
        expected = local.step(frame)
        for part in ("weights", "stddev", "source", "confidence", "gaze"):
            np.testing.assert_array_equal(getattr(face, part), getattr(expected, part), part)
    assert (face.source[54:] == Source.MEASURED).all()
    assert np.isfinite(face.weights).all()


def test_end_is_answered_by_end_and_a_clean_close(stub, server):
    responses = stub.Track(iter([opening(), *map(request, frames(1)), END]))
    assert texts(responses) == ["opened", "expression", "end"]
    assert responses.code() == grpc.StatusCode.OK
    assert (server.stats.ended, server.stats.vanished) == (1, 0)
    eventually(lambda: server.service.sessions == 0)


def test_a_client_that_never_acknowledges_gets_its_window_and_no_more(stream):
    remote = stream(opening(window=2))
    remote.read("opened")
    faces = []
    made = frames(30)
    reader = threading.Thread(target=lambda: faces.extend(remote.responses), daemon=True)
    reader.start()
    for frame in made:
        remote.send(request(frame))
        time.sleep(0.005)
    time.sleep(0.1)
    sequences = [face.expression.sequence for face in faces]
    assert len(sequences) == 2
    # The ack opens the window at once: for the newest frame, with the samples of all it overtook.
    remote.send(session_pb2.TrackRequest(ack=sequences[-1]))
    eventually(lambda: len(faces) == 3)
    assert faces[-1].expression.sequence == made[-1].sequence
    remote.send(END)
    reader.join(5)
    assert faces[-1].WhichOneof("message") == "end"


def test_a_window_of_0_asks_for_no_acknowledgement(stream):
    remote = stream(opening(window=0))
    remote.read("opened")
    for frame in frames(30):
        remote.send(request(frame))
        assert remote.read("expression").sequence == frame.sequence


def test_overtaken_frames_lose_no_sample(stream, model):
    """What comes of a burst is what a session makes of all its samples at once."""
    made = frames(40)
    remote = stream(opening(window=1), request(made[0]))
    remote.read("opened")
    assert remote.read("expression").sequence == 1
    for frame in made[1:]:
        remote.send(request(frame))
    time.sleep(0.2)
    remote.send(session_pb2.TrackRequest(ack=1))
    face = expression_from_proto(remote.read("expression"), profile().extras)

    local = Session(model=model)
    local.step(made[0])
    samples = tuple(sample for frame in made[1:] for sample in frame.samples)
    expected = local.step(replace(made[-1], samples=samples))
    assert face.sequence == made[-1].sequence
    np.testing.assert_array_equal(face.weights, expected.weights)
    assert face.queue_us > 0


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
def test_what_is_not_a_value_flows_through_as_no_value(stream, value):
    made = frames(20)
    remote = stream(opening())
    remote.read("opened")
    for frame in made:
        samples = tuple(replace(s, values=np.full_like(s.values, value)) for s in frame.samples)
        remote.send(request(replace(frame, samples=samples)))
        face = expression_from_proto(remote.read("expression"), profile().extras)
        held = face.source != 0
        assert np.isfinite(face.weights[held]).all()
        assert ((face.weights[held] >= 0) & (face.weights[held] <= 1)).all()


@pytest.mark.parametrize("time_ns", [-(2**63), -1, 0, 2**63 - 1])
def test_any_frame_time_is_answered(stream, time_ns):
    remote = stream(opening(), request(replace(frames(1)[0], frame_time_ns=time_ns)))
    remote.read("opened")
    response = next(remote.responses)
    if response.WhichOneof("message") == "notice":
        assert response.notice.code == Code.FRAME_TIME
        response = next(remote.responses)
    assert response.expression.sequence == 1


def test_a_frame_time_beyond_its_samples_is_moved_back_and_told_once(stream):
    made = [replace(f, frame_time_ns=f.frame_time_ns + 10**9) for f in frames(3)]
    remote = stream(opening(), request(made[0]))
    remote.read("opened")
    assert remote.read("notice").code == Code.FRAME_TIME
    assert remote.read("expression").frame_time_ns < made[0].frame_time_ns
    remote.send(request(made[1]))
    assert remote.read("expression").frame_time_ns < made[1].frame_time_ns


def test_a_frame_out_of_order_is_ignored_and_told_once(stream, server):
    made = frames(4)
    remote = stream(opening())
    remote.read("opened")
    remote.send(request(made[2]))
    assert remote.read("expression").sequence == 3
    remote.send(request(made[1]))
    notice = remote.read("notice")
    assert notice.code == Code.FRAME_ORDER
    assert notice.text
    assert notice.advice
    remote.send(request(made[0]), request(made[2]), request(made[3]))
    assert remote.read("expression").sequence == 4
    assert server.stats.ignored == 3


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"style": 7}, Code.STYLE),
        ({"resume_token": b"x"}, Code.RESUME),
        ({"consent_token": b"x"}, Code.CONSENT),
    ],
)
def test_what_open_asks_for_in_vain_is_told(stream, fields, code):
    remote = stream(opening(**fields), request(frames(1)[0]))
    remote.read("opened")
    assert remote.read("notice").code == code
    assert remote.read("expression").sequence == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (
            {"calibrate": session_pb2.Calibrate(step=session_pb2.Calibrate.STEP_END)},
            Code.CALIBRATION,
        ),
        ({"cue": session_pb2.Cue(name="smile")}, Code.CUE),
        ({"consent_token": b"x"}, Code.CONSENT),
        ({"recording": session_pb2.Recording(on=True)}, Code.RECORDING),
        ({}, Code.UNKNOWN_REQUEST),
    ],
)
def test_requests_that_are_not_served_are_told(stream, message, code):
    remote = stream(opening())
    remote.read("opened")
    for _ in range(2):
        remote.send(session_pb2.TrackRequest(**message))
        assert remote.read("notice").code == code


def test_every_notice_says_what_happened_and_what_to_do():
    from vrface.serving.notices import notice

    for code in Code:
        assert notice(code).text.endswith(".")
        assert notice(code).advice


def test_many_streams_at_once(server, model):
    with server_of_eight(model) as running:
        made = frames(60)
        expected = [face.weights for face in Session(model=model).run(made)]
        wrong = []

        def one() -> None:
            with grpc.insecure_channel(running.address) as channel:
                stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
                remote = Stream(stub, opening(window=2))
                remote.read("opened")
                for index, frame in enumerate(made):
                    remote.send(request(frame, ack=index))
                    face = expression_from_proto(remote.read("expression"), profile().extras)
                    # Who is stepped with others has the same face but for the last digits.
                    near = np.allclose(face.weights, expected[index], atol=1e-5, equal_nan=True)
                    if not near:
                        wrong.append(index)
                remote.send(END)
                remote.read("end")
                remote.close()

        threads = [threading.Thread(target=one) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert not any(thread.is_alive() for thread in threads)
        assert wrong == []
        assert running.stats.faces == 8 * 60


def server_of_eight(model):
    from tests.serving.harness import RunningServer

    return RunningServer({"small": model}, max_sessions=8)


def test_a_client_that_goes_without_a_word_gives_its_place_back(server):
    channel = grpc.insecure_channel(server.address)
    stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
    remote = Stream(stub, opening(), *map(request, frames(3)))
    remote.read("opened")
    assert server.service.sessions == 1
    channel.close()
    remote.close()
    eventually(lambda: server.service.sessions == 0)
    eventually(lambda: server.stats.vanished == 1)
    assert server.stats.failed == 0


def test_a_client_that_stops_sending_gets_its_last_face(stub, server):
    responses = stub.Track(iter([opening(), *map(request, frames(1))]))
    assert texts(responses) == ["opened", "expression", "end"]
    assert server.stats.vanished == 1


def test_names_of_headsets_are_never_paths(stub, tmp_path):
    path = tmp_path / f"{HEADSET}.toml"
    path.write_text("name = 'x'")
    responses = stub.Track(iter([opening(headset_name=str(path))]))
    with pytest.raises(grpc.RpcError) as raised:
        list(responses)
    assert raised.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "unknown headset" in str(raised.value.details())


def test_a_lively_session_draws_the_faces_of_its_seed(stream, model):
    remote = stream(opening(style=session_pb2.STYLE_LIVELY, seed=21))
    answer = remote.read("opened")
    assert answer.seed == 21
    assert Source.GENERATED in answer.expected_source
    made = frames(5)
    with Session(headset=profile(), model=model, style="lively", seed=21) as local:
        for frame, face in zip(made, local.run(made), strict=True):
            remote.send(request(frame))
            weights = np.array(remote.read("expression").weights, np.float32)
            np.testing.assert_allclose(weights, face.weights, atol=1e-5)


def test_each_wearer_is_shown_as_calm_as_they_say(stream, model):
    calm = Smoothing.parse("on,measured,mouth=0.1:0.3")
    remote = stream(opening(smoothing=smoothing_to_proto(calm)))
    beside = stream(opening())
    for one in (remote, beside):
        one.read("opened")
    made = frames(20)
    with Session(model=model, smoothing=calm) as local, Session(model=model) as plain:
        for frame, calmed, other in zip(made, local.run(made), plain.run(made), strict=True):
            for one, face in ((remote, calmed), (beside, other)):
                one.send(request(frame))
                weights = np.array(one.read("expression").weights, np.float32)
                np.testing.assert_allclose(weights, face.weights, atol=1e-5)
    assert np.abs(calmed.weights - other.weights).max() > 0.01


def test_without_a_seed_one_is_drawn_and_told(stream):
    seeds = {stream(opening(style=session_pb2.STYLE_LIVELY)).read("opened").seed for _ in "ab"}
    assert len(seeds) == 2
    assert 0 not in seeds
