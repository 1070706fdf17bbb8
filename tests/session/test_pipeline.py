"""The frame path: finite whatever comes in, compiled once, the same for one wearer and for many."""

import logging
from collections.abc import Iterator

import jax
import numpy as np
import pytest

from tests.model import calibrations
from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import group_indices
from vrface.face.expression import Source, Status, Style
from vrface.face.smoothing import Smoothing
from vrface.model import law, pretrained
from vrface.model.calibration import Calibration
from vrface.model.calibration.summary import REST
from vrface.model.features import SLOTS
from vrface.sensors import Sample, SensorFrame
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset, parse
from vrface.session.pipeline import Pipeline
from vrface.session.stepper import BATCHES

MODEL = pretrained.load()
POSE = '["x", "y", "z", "qx", "qy", "qz", "qw"]'


def frames(
    profile: HeadsetProfile, seed: int, count: int, rate_hz: float = 90.0
) -> Iterator[SensorFrame]:
    """Frames with every stream in each, values in their channels' ranges."""
    rng = np.random.default_rng(seed)
    for k in range(count):
        now = round((k + 1) / rate_hz * 1e9)
        samples = []
        for number, stream in enumerate(profile.streams):
            low = np.array([max(c.low, -0.5) for c in stream.registered], np.float32)
            high = np.array([min(c.high, 1.0) for c in stream.registered], np.float32)
            values = low + (high - low) * rng.random(len(low), dtype=np.float32)
            samples.append(Sample(number, now - stream.latency_us * 1000, values))
        yield SensorFrame(k + 1, now, tuple(samples))


def step(pipeline: Pipeline, frame: SensorFrame, rows: tuple[int, ...] = (0,)):
    pipeline.push((row, frame) for row in rows)
    wearers = pipeline.wearers
    return pipeline.step(np.full(wearers, frame.sequence), np.full(wearers, frame.frame_time_ns))


@pytest.mark.parametrize("name", SHIPPED)
def test_sources_are_what_the_headset_promises(name: str) -> None:
    pipeline = Pipeline(headset(name), MODEL)
    for frame in frames(headset(name), 0, 12):
        faces = step(pipeline, frame)
    profile = headset(name)
    np.testing.assert_array_equal(faces.source[0], pipeline.expected_source)
    hears = any(stream.name in SLOTTED for stream in profile.streams)
    assert faces.status[0] == (Status.TRACKING if hears else Status.WARMING_UP)
    counts = {kind: int((faces.source[0] == kind).sum()) for kind in Source}
    measured = len(profile.measures) + len(profile.extras)
    assert counts[Source.MEASURED] == measured - len(profile.copies)
    assert counts[Source.COPIED] == len(profile.copies)
    assert counts[Source.INFERRED if hears else Source.ABSENT] == len(profile.occludes)


SLOTTED = {stream for stream, _ in SLOTS}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_headset_that_stays_warming_up_for_ever_is_told(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    Pipeline(headset(name), MODEL)
    told = [record.getMessage() for record in caplog.records if record.name.startswith("vrface")]
    hears = any(stream.name in SLOTTED for stream in headset(name).streams)
    assert len(told) == (not hears)
    assert all(name in text and "warming_up" in text for text in told)


def test_many_wearers_equal_each_alone() -> None:
    profile = headset("vive_pro_eye_lip")
    together = Pipeline(profile, MODEL, 3)
    alone = [Pipeline(profile, MODEL) for _ in range(3)]
    for rows in zip(*(frames(profile, seed, 20) for seed in range(3)), strict=True):
        together.push(enumerate(rows))
        when = np.array([frame.frame_time_ns for frame in rows])
        batch = together.step(np.array([frame.sequence for frame in rows]), when)
        for row, frame in enumerate(rows):
            one = step(alone[row], frame)
            for name in ("weights", "stddev", "loc", "confidence", "gaze"):
                got, expected = getattr(batch, name)[row], getattr(one, name)[0]
                np.testing.assert_allclose(got, expected, atol=1e-5, err_msg=name)
            np.testing.assert_array_equal(batch.source[row], one.source[0])


class _Compiles(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if "Compiling" in record.getMessage():
            self.names.append(record.getMessage())


@pytest.fixture
def compiles() -> Iterator[list[str]]:
    handler = _Compiles()
    logger = logging.getLogger("jax")
    logger.addHandler(handler)
    with jax.log_compiles(True):
        yield handler.names
    logger.removeHandler(handler)


def test_the_counter_of_compiles_counts(compiles: list[str]) -> None:
    jax.jit(lambda x: x * 3.0 + 1.25)(np.zeros(7, np.float32))
    assert compiles


@pytest.mark.filterwarnings("ignore")
def test_nothing_compiles_after_warm_up_over_twenty_sessions(compiles: list[str]) -> None:
    for batch in BATCHES:
        Pipeline(headset("mouth_only"), MODEL, batch)
    compiles.clear()
    rng = np.random.default_rng(0)
    for number in range(20):
        profile = headset(SHIPPED[number % len(SHIPPED)])
        wearers = (1, 5, 1, 64, 200)[number % 5]
        pipeline = Pipeline(profile, MODEL, wearers)
        rate = (50.0, 72.0, 90.0, 120.0, 144.0)[number % 5]
        for frame in frames(profile, number, 30 if wearers < 8 else 5, rate):
            # Channels come and go: samples are lost, values are NaN, whole streams fall silent.
            kept = tuple(s for s in frame.samples if rng.random() > 0.3)
            for sample in kept:
                sample.values[rng.random(len(sample.values)) < 0.2] = np.nan
            gap = int(rng.integers(0, 40)) * 1_000_000
            step(pipeline, SensorFrame(frame.sequence, frame.frame_time_ns + gap, kept))
    assert compiles == []


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 1e30, -5.0, 7.0])
def test_poison_never_reaches_a_face_and_is_forgotten(poison: float) -> None:
    profile = headset("vive_pro_eye_lip")
    clean, hurt = Pipeline(profile, MODEL), Pipeline(profile, MODEL)
    for frame in frames(profile, 3, 200, 60.0):
        expected = step(clean, frame)
        if 50 <= frame.sequence < 60:
            bad = tuple(
                Sample(s.stream, s.sample_time_ns, np.full_like(s.values, poison))
                for s in frame.samples
            )
            frame = SensorFrame(frame.sequence, frame.frame_time_ns, bad)
        got = step(hurt, frame)
        assert np.isfinite(got.loc).all()
        known = got.source != Source.ABSENT
        assert ((got.weights[known] >= 0) & (got.weights[known] <= 1)).all()
    np.testing.assert_allclose(got.weights, expected.weights, atol=5e-3)


def test_hostile_times_and_shapes_are_values_too() -> None:
    profile = headset("mouth_only")
    pipeline = Pipeline(profile, MODEL)
    width = len(profile.streams[0].channels)
    good = np.full(width, 0.2, np.float32)
    extremes = (0, 1, -1, 2**62, -(2**62), 2**63 - 1, -(2**63) + 1)
    for when in extremes:
        for sampled in extremes:
            samples = (
                Sample(0, sampled, good),
                Sample(9, sampled, good),
                Sample(0, sampled, good[:3]),
                Sample(0, sampled, np.zeros((2, 2), np.float32)),
                Sample(0, 2**80, good),
            )
            faces = step(pipeline, SensorFrame(1, when, samples))
            known = faces.source != Source.ABSENT
            assert np.isfinite(faces.loc).all()
            assert ((faces.weights[known] >= 0) & (faces.weights[known] <= 1)).all()


def test_the_same_frames_give_the_same_bytes() -> None:
    profile = headset("eyes_and_mouth")
    runs = []
    for _ in range(2):
        pipeline = Pipeline(profile, MODEL)
        runs.append(b"".join(step(pipeline, f).weights.tobytes() for f in frames(profile, 5, 50)))
    assert runs[0] == runs[1]


def test_wrong_numbers_of_wearers_are_refused() -> None:
    with pytest.raises(BadUse, match="begins with 1 to 256"):
        Pipeline(headset("mouth_only"), MODEL, 300)
    with pytest.raises(BadUse, match="2 wearers but 1 calibrations"):
        Pipeline(headset("mouth_only"), MODEL, 2, [Calibration.none()])


def resting(profile: HeadsetProfile, calibration: Calibration, count: int) -> list[SensorFrame]:
    """Every sensor reads what it reads at rest."""
    level = dict(zip(SLOTS, calibration.sensors[REST].tolist(), strict=True))
    made = []
    for k in range(count):
        now = (k + 1) * 11_000_000
        samples = tuple(
            Sample(
                number,
                now - 5_000_000,
                np.array([level.get((stream.name, n), 0.0) for n in stream.channels], np.float32),
            )
            for number, stream in enumerate(profile.streams)
        )
        made.append(SensorFrame(k + 1, now, samples))
    return made


def calibration(face_rest: float, sensor_rest: float = 0.2) -> Calibration:
    return calibrations.resting("paired", sensors=sensor_rest, face=face_rest)


def test_a_face_is_shown_as_sensors_measure_it_around_the_wearers_rest() -> None:
    profile = headset("vive_pro_eye_lip")
    low, high = (Pipeline(profile, MODEL, 1, [calibration(rest)]) for rest in (0.0, 0.4))
    # The means are shown without their tremor, so of one frame they are shown as they are.
    *before, frame = resting(profile, calibration(0.0), 30)
    samples = tuple(sample for one in (*before[-2:], frame) for sample in one.samples)
    frame = SensorFrame(frame.sequence, frame.frame_time_ns, samples)
    lower, higher = step(low, frame), step(high, frame)
    inferred = np.flatnonzero(lower.source[0] == Source.INFERRED)
    for faces, rest in ((lower, 0.0), (higher, 0.4)):
        expected = rest + (1.0 - rest) * np.asarray(law.mean(faces.loc, faces.scale))[0, inferred]
        np.testing.assert_allclose(faces.weights[0, inferred], expected, atol=1e-5)
        spread = (1.0 - rest) * np.asarray(law.stddev(faces.loc, faces.scale))[0, inferred]
        np.testing.assert_allclose(faces.stddev[0, inferred], spread, atol=1e-5)
    others = np.setdiff1d(np.arange(lower.weights.shape[1]), inferred)
    np.testing.assert_array_equal(higher.weights[0, others], lower.weights[0, others])


def test_a_resting_mouth_does_not_jump_when_its_tracker_falls_silent() -> None:
    profile = headset("vive_pro_eye_lip")
    at_rest = calibration(0.2)
    pipeline = Pipeline(profile, MODEL, 1, [at_rest])
    mouth = profile.stream_index("mouth_tracker")
    mouths = group_indices("mouth")
    for frame in resting(profile, at_rest, 90):
        silent = frame.sequence > 45
        kept = tuple(s for s in frame.samples if not (silent and s.stream == mouth))
        faces = step(pipeline, SensorFrame(frame.sequence, frame.frame_time_ns, kept))
        if frame.sequence == 45:
            before = faces.weights[0, mouths].mean()
    assert (faces.source[0, mouths] == Source.INFERRED).all()
    assert faces.weights[0, mouths].mean() == pytest.approx(before, abs=0.05)


def test_a_head_pose_alone_is_no_face() -> None:
    text = """
        name = "posed"
        version = "1"
        summary = "a mouth tracker and a head pose"
        source = "assumed"
        """ + "".join(
        f"""
        [[streams]]
        name = "{name}"
        channels = {channels}
        rate_hz = 60
        latency_us = 0
        noise = 0.01
        source = "assumed"
        """
        for name, channels in (("mouth_tracker", '["jawOpen"]'), ("head_pose", POSE))
    )
    pipeline = Pipeline(parse(text, "test"), MODEL)
    pose = np.array([0, 1.6, 0, 0, 0, 0, 1], np.float32)
    for number in range(1, 20):
        now_ns = number * 20_000_000
        faces = step(pipeline, SensorFrame(number, now_ns, (Sample(1, now_ns, pose),)))
        assert faces.status[0] == Status.WARMING_UP
    jaw = Sample(0, now_ns, np.zeros(1, np.float32))
    assert step(pipeline, SensorFrame(20, now_ns + 1, (jaw,))).status[0] == Status.TRACKING


def test_sensors_that_this_model_does_not_listen_to_are_no_face(caplog) -> None:
    profile = headset("emg_8")
    pipeline = Pipeline(profile, MODEL.ridge)
    assert "listens to no sensor of the face that headset 'emg_8' has" in caplog.text
    assert (pipeline.expected_source == Source.ABSENT).all()
    for frame in frames(profile, 0, 10):
        faces = step(pipeline, frame)
    assert faces.status[0] == Status.WARMING_UP


def test_a_sensor_that_sends_nothing_but_nan_looks_as_old_as_it_is() -> None:
    profile = headset("mouth_only")
    pipeline = Pipeline(profile, MODEL)
    width = len(profile.streams[0].channels)
    good, nothing = np.full(width, 0.1, np.float32), np.full(width, np.nan, np.float32)
    step(pipeline, SensorFrame(1, 2_000_000, (Sample(0, 1_000_000, good),)))
    faces = step(pipeline, SensorFrame(2, 12_000_000, (Sample(0, 11_000_000, nothing),)))
    assert faces.sample_time_ns[0] == 1_000_000


def test_a_lively_face_draws_what_is_inferred_and_leaves_the_rest_as_it_is() -> None:
    profile = headset("mouth_only")
    expected = Pipeline(profile, MODEL)
    lively = Pipeline(profile, MODEL, style="lively", seeds=[3])
    for frame in frames(profile, 0, 20):
        mean, draw = step(expected, frame), step(lively, frame)
    np.testing.assert_array_equal(draw.source[0], lively.expected_source)
    drawn = draw.source[0] == Source.GENERATED
    assert drawn.any()
    assert (draw.source[0][group_indices("gaze")] == Source.INFERRED).all()
    np.testing.assert_array_equal(draw.weights[0, ~drawn], mean.weights[0, ~drawn])
    for same in ("stddev", "confidence", "gaze", "status"):
        np.testing.assert_array_equal(getattr(draw, same), getattr(mean, same))


def test_a_wearer_among_many_has_the_lively_face_of_one_alone() -> None:
    profile = headset("mouth_only")
    alone = Pipeline(profile, MODEL, style="lively", seeds=[5])
    among = Pipeline(profile, MODEL, 3, style="lively", seeds=[4, 5, 6])
    for frame in frames(profile, 0, 20):
        one, many = step(alone, frame), step(among, frame, (0, 1, 2))
    np.testing.assert_allclose(many.weights[1], one.weights[0], atol=1e-5)
    assert np.abs(many.weights[0] - many.weights[2]).max() > 0.001


def test_styles_and_seeds_that_are_none_are_refused() -> None:
    profile = headset("mouth_only")
    with pytest.raises(UnknownName, match="style 'livly'"):
        Pipeline(profile, MODEL, style="livly")  # type: ignore[arg-type]
    with pytest.raises(BadUse, match="takes a seed in"):
        Pipeline(profile, MODEL, 2, seeds=[1])
    with pytest.raises(BadUse, match="takes a seed in"):
        Pipeline(profile, MODEL, seeds=[-1])
    with pytest.raises(BadUse, match="2 wearers but 1 smoothings"):
        Pipeline(profile, MODEL, 2, smoothings=[Smoothing.none()])


@pytest.mark.parametrize("style", ["expected", "lively"])
def test_wearers_stepped_in_any_company_have_the_faces_of_each_alone(style: Style) -> None:
    profile, count = headset("eyes_and_mouth"), 5
    seeds = list(range(count))
    calm = [*map(Smoothing.parse, ("off", "on", "brow=1:0", "off", "on,measured"))]
    together = Pipeline(profile, MODEL, count, style=style, seeds=seeds, smoothings=calm)
    alone = [
        Pipeline(profile, MODEL, style=style, seeds=[seed], smoothings=[calm[seed]])
        for seed in seeds
    ]
    rng = np.random.default_rng(0)
    given = [list(frames(profile, seed, 1000)) for seed in seeds]
    next_frame = np.zeros(count, int)
    for _ in range(80):
        rows = rng.permutation(count)[: rng.integers(1, count + 1)]
        now = [given[row][next_frame[row]] for row in rows]
        next_frame[rows] += rng.integers(1, 4, len(rows))
        together.push(zip(rows.tolist(), now, strict=True))
        sequence = np.array([frame.sequence for frame in now])
        when = np.array([frame.frame_time_ns for frame in now])
        faces = together.step(sequence, when, rows)
        for place, row in enumerate(rows):
            one = step(alone[row], now[place])
            for name in ("weights", "stddev", "confidence", "gaze"):
                got, expected = getattr(faces, name)[place], getattr(one, name)[0]
                np.testing.assert_allclose(got, expected, atol=1e-5, err_msg=name)
            np.testing.assert_array_equal(faces.source[place], one.source[0])
            assert faces.sequence[place] == now[place].sequence


def test_a_row_that_somebody_else_takes_begins_anew() -> None:
    profile = headset("mouth_only")
    calm = [Smoothing.parse("on,measured")] * 3
    shared = Pipeline(profile, MODEL, 3, style="lively", seeds=[7, 8, 9], smoothings=calm)
    for frame in frames(profile, 0, 900):
        before = step(shared, frame, (0, 1, 2))
    newcomer = calibration(0.3)
    shared.begin(1, newcomer, seed=5)
    fresh = Pipeline(profile, MODEL, 1, [newcomer], style="lively", seeds=[5])
    for frame in frames(profile, 1, 30):
        shared.push([(1, frame)])
        sequence, when = np.array([frame.sequence]), np.array([frame.frame_time_ns])
        got, expected = shared.step(sequence, when, np.array([1])), step(fresh, frame)
        np.testing.assert_allclose(got.weights, expected.weights, atol=1e-5)
        np.testing.assert_array_equal(got.source, expected.source)
    assert np.abs(before.weights[1] - got.weights[0]).max() > 0.01
