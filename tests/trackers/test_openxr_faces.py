"""Each face of a stub runtime: what is valid comes in as it is, and nothing else does."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trackers.asked import FACES, GAZE, Asked, show
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.schemes import scheme
from vrface.sensors.align import MAX_AGE_S, Align
from vrface.sensors.frame import SensorFrame, columns
from vrface.trackers.openxr.instance import Lost

MS = 1_000_000

weight = st.one_of(
    st.floats(0, 1, width=32),
    st.sampled_from([float("nan"), float("inf"), -float("inf"), -0.01, 1.01, 5.0, -5.0, 3e38]),
)


@pytest.mark.parametrize("name", FACES)
def test_a_face_is_what_its_scheme_reads_whatever_the_values(runtime, ask, name):
    asked, known = ask(FACES[name][0]), scheme(name)

    @given(st.lists(weight, min_size=len(known.shapes), max_size=len(known.shapes)))
    def check(values):
        show(runtime, name, values)
        given_32 = np.array(values, np.float32)
        sane = (given_32 >= -0.05) & (given_32 <= 1.05)
        read = known.read(np.where(sane, given_32, np.nan))
        expected = dict(zip((*BLENDSHAPES, *known.extras), read.tolist(), strict=True))
        heard = asked.heard()
        for stream in ("mouth_tracker", "upper_face"):
            for own in asked.headset.streams:
                for channel in own.channels if own.name == stream else ():
                    there = heard.get((stream, channel), np.nan)
                    np.testing.assert_allclose(there, expected[channel], atol=1e-6)
        for side in ("left", "right"):
            closed = expected[f"eyeBlink{side.capitalize()}"]
            there = heard.get(("lids", f"openness_{side}"), np.nan)
            np.testing.assert_allclose(there, 1 - closed, atol=1e-6)

    check()


@pytest.mark.parametrize("name", FACES)
def test_a_face_that_is_not_valid_gives_no_samples_and_one_that_is_again_does(runtime, ask, name):
    asked = ask(FACES[name][0])
    show(runtime, name, [0.5] * len(scheme(name).shapes))
    whole = set(asked.samples())
    assert whole >= {"mouth_tracker", "lids", "gaze"}
    for lose, find in _ways_to_lose(runtime)[name]:
        lose()
        assert set(asked.samples()) <= {"head_pose"}
        assert asked.perception.blind
        find()
        assert set(asked.samples()) == whole
        assert not asked.perception.blind
    runtime.answer(FACES[name][1], -8)
    assert set(asked.samples()) <= {"head_pose"}
    runtime.answer(FACES[name][1])
    assert set(asked.samples()) == whole


def _ways_to_lose(stub):
    def steer(structure, **lost):
        found = {name: getattr(structure, name) for name in lost}

        def put(values):
            for name, value in values.items():
                setattr(structure, name, value)

        return lambda: put(lost), lambda: put(found)

    return {
        "fb2": [steer(stub.face2, valid=0), steer(stub.face2, data_source=1)],
        "android": [
            steer(stub.android, valid=0),
            steer(stub.android, state=0),
            steer(stub.android, state=1),
        ],
        "bd": [steer(stub.bd, upper_valid=0, lower_valid=0)],
        "htc": [steer(stub.facial, eye_active=0, lip_active=0)],
    }


@pytest.mark.parametrize("name", FACES)
def test_what_is_lost_is_absent_when_its_time_is_up_and_back_at_once(runtime, ask, name):
    asked = ask(FACES[name][0])
    show(runtime, name, [0.5] * len(scheme(name).shapes))
    align = Align(asked.headset, 1)
    face = np.concatenate(
        [
            np.full(len(stream.channels), stream.name != "head_pose")
            for stream in asked.headset.streams
        ]
    )

    def present():
        now_ns = asked.connection.now()
        samples = asked.perception.samples(now_ns, now_ns)
        align.push(columns([(0, SensorFrame(1, now_ns, samples))], align.widths))
        return align.at(np.array([asked.connection.now()])).present[0, face]

    lose, find = _ways_to_lose(runtime)[name][0]
    assert present().all()
    lose()
    began = time.monotonic()
    while present().any():
        assert time.monotonic() - began < 20
        time.sleep(0.005)
    assert time.monotonic() - began >= MAX_AGE_S - 0.02
    find()
    assert present().all()


@pytest.mark.parametrize(
    ("name", "structure", "field", "gone"),
    [
        ("bd", "bd", "upper_valid", {"upper_face", "lids", "gaze"}),
        ("bd", "bd", "lower_valid", {"mouth_tracker"}),
        ("htc", "facial", "eye_active", {"lids", "gaze"}),
        ("htc", "facial", "lip_active", {"mouth_tracker"}),
        ("fb2", "face2", "eyes_valid", {"gaze"}),
    ],
)
def test_half_a_face_is_half_of_the_streams(runtime, ask, name, structure, field, gone):
    asked = ask(FACES[name][0])
    show(runtime, name, [0.5] * len(scheme(name).shapes))
    whole = set(asked.samples())
    setattr(getattr(runtime, structure), field, 0)
    assert set(asked.samples()) == whole - gone


@pytest.mark.parametrize("name", ["fb2", "android"])
def test_confidences_come_with_the_samples_and_zero_is_lost(runtime, ask, name):
    asked = ask(FACES[name][0])
    show(runtime, name, [0.5] * len(scheme(name).shapes))
    sure = runtime.face2.confidences if name == "fb2" else runtime.android.confidences
    sure[:] = [0.25, 0.75, 0.5][: len(sure)]
    upper = 0.75 if name == "fb2" else 0.5
    told = {stream: sample.confidence for stream, sample in asked.samples().items()}
    assert told["mouth_tracker"] == 0.25
    assert told["upper_face"] == told["lids"] == upper
    sure[0] = 0.0
    assert "mouth_tracker" not in asked.samples()
    sure[:] = [1.0, *[0.0] * (len(sure) - 1)]
    assert set(asked.samples()) - {"head_pose"} == {"mouth_tracker"}


def test_an_eye_that_android_is_not_sure_of_is_lost_by_itself(runtime, ask):
    asked = ask(FACES["android"][0])
    show(runtime, "android", [0.5] * 68)
    runtime.android.confidences[:] = [1.0, 0.0, 0.75]
    heard = asked.heard()
    assert ("upper_face", "browInnerUpRight") in heard
    assert ("upper_face", "browInnerUpLeft") not in heard
    assert ("lids", "openness_right") in heard
    assert ("lids", "openness_left") not in heard
    assert ("mouth_tracker", "mouthSmileLeft") in heard
    assert asked.samples()["upper_face"].confidence == 0.75


@pytest.mark.parametrize("name", FACES)
def test_a_sample_has_the_runtimes_time_and_comes_once(runtime, ask, name):
    asked = ask(FACES[name][0])
    show(runtime, name, [0.5] * len(scheme(name).shapes))

    def sampled_at(time):
        runtime.face2.time = runtime.android.time = runtime.bd.time = time
        runtime.facial.eye_time = runtime.facial.lip_time = time

    before = runtime.now() - 20 * MS
    sampled_at(before)
    first = asked.samples()
    assert {k: v.sample_time_ns for k, v in first.items() if k != "head_pose"} == dict.fromkeys(
        set(first) - {"head_pose"}, before
    )
    assert set(asked.samples()) <= {"head_pose"}  # there was nothing new
    assert not asked.perception.blind
    sampled_at(before - MS)
    assert set(asked.samples()) <= {"head_pose"}  # nor is what comes late
    sampled_at(before + MS)
    assert asked.samples()["mouth_tracker"].sample_time_ns == before + MS
    now_ns = asked.connection.now()
    sampled_at(now_ns + 10 * MS)  # a runtime that predicts
    sample = {each.stream: each for each in asked.perception.samples(now_ns, now_ns)}[0]
    assert sample.sample_time_ns == now_ns


@pytest.mark.parametrize("time", [-(2**63), 1, -200 * MS, 200 * MS, 2**63 - 1])
def test_what_is_not_dated_about_now_is_no_value(runtime, ask, time):
    asked = ask(FACES["fb2"][0])
    runtime.face2.time = runtime.now() + time if abs(time) == 200 * MS else time
    assert asked.samples() == {}
    assert asked.perception.blind
    runtime.face2.time = 0  # the instant of the call
    assert "mouth_tracker" in asked.samples()


def test_a_face_that_stands_still_makes_room_for_the_next_that_tells_of_it(runtime, ask):
    asked = ask(FACES["fb2"][0], FACES["android"][0])
    runtime.face2.time = runtime.now()
    runtime.android.parameters[scheme("android").shapes.index("JAW_DROP")] = 0.5
    assert asked.heard()["mouth_tracker", "jawOpen"] == 0.0
    time.sleep(1.5 * MAX_AGE_S)
    assert asked.heard()["mouth_tracker", "jawOpen"] == 0.5


def test_of_one_face_told_by_all_the_first_that_is_valid_counts(runtime, ask):
    asked = ask()
    order = ["fb2", "android", "bd", "htc"]
    jaws = {"fb2": "JAW_DROP", "android": "JAW_DROP", "bd": "JAW_OPEN", "htc": "LIP_JAW_OPEN"}
    for place, name in enumerate(order):
        shapes = scheme(name).shapes
        values = [0.0] * len(shapes)
        values[shapes.index(jaws[name])] = 0.25 * (place + 1) - 0.125
        show(runtime, name, values)
    ways = _ways_to_lose(runtime)
    for place, name in enumerate(order):
        assert asked.heard()["mouth_tracker", "jawOpen"] == 0.25 * (place + 1) - 0.125
        ways[name][0][0]()
    assert ("mouth_tracker", "jawOpen") not in asked.heard()
    for name in reversed(order):
        ways[name][0][1]()
        expected = 0.25 * (order.index(name) + 1) - 0.125
        assert asked.heard()["mouth_tracker", "jawOpen"] == expected


@pytest.mark.parametrize("create", ["xrCreateFaceTracker2FB", "xrCreateActionSet"])
def test_what_the_runtime_refuses_though_it_promised_is_told_and_the_rest_goes_on(runtime, create):
    runtime.answer(create, -8)
    with Asked(runtime, FACES["fb2"][0], GAZE) as asked:
        assert len(asked.perception.refused) == 1
        assert "XR_" in asked.perception.refused[0]
        show(runtime, "fb2", [0.5] * 70)
        assert asked.samples()


def test_what_the_runtime_has_no_function_for_is_told_and_the_rest_goes_on(
    runtime, ask, pyopenxr, monkeypatch
):
    find = pyopenxr.get_instance_proc_addr

    def lacking(instance, name):
        if name == "xrGetFaceExpressionWeights2FB":
            raise pyopenxr.exception.FunctionUnsupportedError
        return find(instance, name)

    monkeypatch.setattr(pyopenxr, "get_instance_proc_addr", lacking)
    asked = ask(FACES["fb2"][0], GAZE)
    (refused,) = asked.perception.refused
    assert "stub lacks xrGetFaceExpressionWeights2FB" in refused
    assert set(asked.samples()) == {"gaze"}


@pytest.mark.parametrize("code", [-13, -17, -51])
@pytest.mark.parametrize(
    "function", ["xrPollEvent", "xrConvertTimespecTimeToTimeKHR", "xrLocateSpace", FACES["bd"][1]]
)
def test_whoever_says_that_it_is_over_is_believed(runtime, ask, function, code):
    asked = ask(FACES["bd"][0])
    runtime.answer(function, code)
    with pytest.raises(Lost):  # noqa: PT012 - whichever of them asks
        asked.connection.poll()
        asked.samples()
