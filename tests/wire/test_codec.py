from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import SHIPPED, headset
from vrface.sensors.stream import Sources
from vrface.wire import codec
from vrface.wire.messages import expression_pb2, sensor_frame_pb2

times = st.integers(-(2**63), 2**63 - 1)
microseconds = st.integers(0, 2**32 - 1)
any_float = st.floats(width=32)


def vectors(length, elements=any_float):
    return st.lists(elements, min_size=length, max_size=length).map(
        lambda values: np.array(values, dtype=np.float32)
    )


samples = st.builds(
    Sample,
    stream=st.integers(0, 2**32 - 1),
    sample_time_ns=times,
    values=st.integers(0, 5).flatmap(vectors),
    confidence=st.none() | st.floats(0, 1, width=32),
)
frames = st.builds(
    SensorFrame,
    sequence=st.integers(0, 2**64 - 1),
    frame_time_ns=times,
    samples=st.lists(samples, max_size=3).map(tuple),
)


def expressions(count=COUNT):
    return st.builds(
        Expression,
        sequence=st.integers(0, 2**64 - 1),
        frame_time_ns=times,
        sample_time_ns=times,
        status=st.sampled_from(Status),
        weights=vectors(count),
        stddev=vectors(count),
        source=st.binary(min_size=count, max_size=count).map(
            lambda data: np.frombuffer(data, dtype=np.uint8)
        ),
        confidence=vectors(3),
        gaze=vectors(4),
        extras=st.just(tuple(f"extra{k}" for k in range(count - COUNT))),
        queue_us=microseconds,
        step_us=microseconds,
    )


def same(one: object, other: object) -> bool:
    """Field by field, NaN equal to NaN."""
    for name, value in vars(one).items():
        there = getattr(other, name)
        if name == "received_ns":
            continue
        if isinstance(value, np.ndarray):
            if value.dtype != there.dtype or not np.array_equal(
                value, there, equal_nan=value.dtype.kind == "f"
            ):
                return False
        elif name == "samples":
            if len(value) != len(there) or not all(map(same, value, there)):
                return False
        elif value != there:
            return False
    return True


def over_the_wire(message):
    return type(message).FromString(message.SerializeToString())


@given(frames)
def test_a_frame_comes_back_as_it_was(frame):
    assert same(codec.frame_from_proto(over_the_wire(codec.frame_to_proto(frame))), frame)


def test_values_that_are_not_packed_or_come_in_pieces_are_read_too():
    """Protobuf asks it of every reader."""
    values = np.array([0.5, 0.25, 1.5], "<f4")
    pieces = bytes([3 << 3 | 5]) + values[:1].tobytes()  # one of them, not packed
    pieces += bytes([3 << 3 | 2, 8]) + values[1:].tobytes()  # the others, packed
    message = sensor_frame_pb2.SensorFrame()
    message.samples.add().ParseFromString(pieces)
    assert codec.frame_from_proto(message).samples[0].values.tolist() == values.tolist()


@given(st.sampled_from([COUNT, COUNT + 2]).flatmap(expressions))
def test_an_expression_comes_back_as_it_was(expression):
    message = over_the_wire(codec.expression_to_proto(expression, want_stddev=True))
    assert same(codec.expression_from_proto(message, expression.extras), expression)


@given(expressions())
def test_unwanted_stddev_is_not_sent_and_comes_back_as_nan(expression):
    message = codec.expression_to_proto(expression, want_stddev=False)
    assert not message.stddev
    assert np.isnan(codec.expression_from_proto(message).stddev).all()


@pytest.mark.parametrize("sent", [0, 1, COUNT - 1, COUNT + 9])
def test_lists_of_a_wrong_length_become_no_value(sent):
    message = expression_pb2.Expression(weights=[0.5] * sent, source=bytes([1]) * sent, gaze=[1.0])
    expression = codec.expression_from_proto(message)
    known = min(sent, COUNT)
    assert (
        expression.weights.shape == expression.stddev.shape == expression.source.shape == (COUNT,)
    )
    assert np.isfinite(expression.weights).sum() == known
    assert (expression.source == Source.MEASURED).sum() == known
    assert (expression.source == Source.ABSENT).sum() == COUNT - known
    np.testing.assert_array_equal(expression.gaze, np.array([1, np.nan, np.nan, np.nan]))
    assert np.isnan(expression.confidence).all()


def test_a_status_of_a_later_version_is_absent():
    message = expression_pb2.Expression.FromString(bytes([4 << 3, 9]))
    assert codec.expression_from_proto(message).status == Status.ABSENT


def test_the_numbers_of_the_wire_are_the_numbers_of_the_words():
    for words, prefix, enum in (
        (Source, "SOURCE_", expression_pb2.Source),
        (Status, "FACE_STATUS_", expression_pb2.FaceStatus),
    ):
        wire = {name.removeprefix(prefix): number for name, number in enum.items()}
        assert {word.name: int(word) for word in words if word} == {
            name: number for name, number in wire.items() if number
        }


@pytest.mark.parametrize(
    "frame",
    [
        SensorFrame(sequence=-1, frame_time_ns=0),
        SensorFrame(sequence=1, frame_time_ns=2**63),
        SensorFrame(1, 0, (Sample(-1, 0, np.zeros(1, np.float32)),)),
        SensorFrame(sequence=1.5, frame_time_ns=0),  # type: ignore[arg-type]
    ],
)
def test_a_frame_that_cannot_be_sent_says_so(frame):
    with pytest.raises(BadUse, match="cannot be sent") as caught:
        codec.frame_to_proto(frame)
    assert caught.value.advice


@pytest.mark.parametrize("name", SHIPPED)
def test_a_headset_keeps_what_the_wire_carries(name):
    profile = headset(name)
    received = codec.headset_from_proto(over_the_wire(codec.headset_to_proto(profile)))
    said = "from the client"
    as_carried = replace(
        profile,
        summary="",
        scheme="",
        source=said,
        streams=tuple(
            replace(
                stream,
                sources=Sources(said, said, said, said, said if stream.positions else ""),
            )
            for stream in profile.streams
        ),
    )
    assert received == as_carried
    assert received.occludes == profile.occludes
    assert received.extras == profile.extras


def lids(**changes) -> sensor_frame_pb2.HeadsetProfile:
    message = sensor_frame_pb2.HeadsetProfile(
        name="mine",
        version="1",
        streams=[
            sensor_frame_pb2.SensorStream(
                name="lids", channels=["openness_left", "openness_right"], rate_hz=90
            )
        ],
        measures=["eyeBlinkLeft", "eyeBlinkRight"],
    )
    for name, value in changes.items():
        if name == "measures":
            message.measures[:] = value
        elif name == "occludes":
            message.occludes[:] = value
        elif name == "channels":
            message.streams[0].channels[:] = value
        elif name == "units":
            message.streams[0].units[:] = value
        elif name == "copies":
            message.copies[:] = value
        elif name == "noise":
            message.streams[0].noise[:] = value
        elif name == "positions":
            message.streams[0].head_from_sensor.extend([sensor_frame_pb2.Pose(qw=1.0)] * value)
        else:
            setattr(message.streams[0], name, value)
    return message


def test_a_client_may_leave_out_units_and_what_is_occluded():
    profile = codec.headset_from_proto(lids())
    assert len(profile.occludes) == len(BLENDSHAPES) - 2
    assert profile.streams[0].latency_us == 0
    assert profile.streams[0].noise == codec.ASSUMED_NOISE
    assert profile.copies == ()


def test_a_noise_of_zero_is_a_figure_and_no_noise_is_none():
    assert codec.headset_from_proto(lids(noise=[0.0, 0.0])).streams[0].noise == 0.0
    assert codec.headset_from_proto(lids(noise=[])).streams[0].noise == codec.ASSUMED_NOISE
    heard = headset("audio_only")
    received = codec.headset_from_proto(over_the_wire(codec.headset_to_proto(heard)))
    assert [stream.noise for stream in received.streams] == [0.0, 0.001]


def test_an_extra_that_only_repeats_another_travels_as_a_copy():
    shapes = ("jawOpen", "cheekSuckLeft", "cheekSuckRight")
    message = sensor_frame_pb2.HeadsetProfile(
        name="mine",
        version="1",
        streams=[sensor_frame_pb2.SensorStream(name="mouth_tracker", channels=shapes, rate_hz=60)],
        measures=["jawOpen"],
        copies=["cheekSuckRight"],
    )
    profile = codec.headset_from_proto(over_the_wire(message))
    assert profile.copies == ("cheekSuckRight",)
    assert list(codec.headset_to_proto(profile).copies) == ["cheekSuckRight"]
    message.streams[0].channels[:] = shapes[:2]
    with pytest.raises(BadUse, match="copies cheekSuckRight without measuring"):
        codec.headset_from_proto(message)


@pytest.mark.parametrize(
    ("changes", "error", "word"),
    [
        ({"name": "eyelids"}, UnknownName, "lids"),
        ({"channels": ["openness_lft"]}, UnknownName, "openness_left"),
        ({"channels": []}, BadUse, "channels"),
        ({"measures": ["eyeBlinkLeftt"]}, UnknownName, "eyeBlinkLeft"),
        ({"measures": ["browDownLeft"]}, BadUse, "no stream"),
        ({"occludes": ["eyeBlinkLeft"]}, BadUse, "occludes"),
        ({"units": ["percent", "percent"]}, BadUse, "percent"),
        ({"rate_hz": 0.0}, BadUse, "rate_hz"),
        ({"rate_hz": float("nan")}, BadUse, "rate_hz"),
        ({"latency_us": 2_000_000}, BadUse, "latency_us"),
        ({"noise": [float("nan"), float("nan")]}, BadUse, "noise nan"),
        ({"copies": ["jawOpen"]}, BadUse, "copies jawOpen"),
        ({"copies": ["jawOpn"]}, UnknownName, "jawOpen"),
        ({"positions": 3}, BadUse, "3 positions of 2 channels"),
    ],
)
def test_an_impossible_headset_is_refused_with_advice(changes, error, word):
    with pytest.raises(error, match=word):
        codec.headset_from_proto(lids(**changes))


def test_a_headset_without_streams_is_refused():
    with pytest.raises(BadUse, match="needs streams"):
        codec.headset_from_proto(sensor_frame_pb2.HeadsetProfile(name="mine"))
