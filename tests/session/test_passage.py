"""A face that passes through vrface never loses a value its headset measured.

What a tracker sends in its own standard is read by its scheme, goes up as samples of the headset,
comes back as a face with extras and is written in the same standard again.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from vrface import Session
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, index, indices
from vrface.face.expression import Expression, Source
from vrface.face.gaze import GAZE_CHANNELS, gaze_from_eye_look
from vrface.face.schemes import Scheme, scheme
from vrface.log import LogReader, write_paired
from vrface.model import pretrained
from vrface.sensors import HeadsetProfile, Sample, SensorFrame, headset
from vrface.sensors.headset import measured_by_channel
from vrface.session.comparison import Comparison
from vrface.session.replay import Replay
from vrface.simulation import synthetic_take, wear

STEP_NS = 11_000_000
ONE_BYTE = 1 / 255

# Each eye looks one way at a time: angles are the truth, and cannot say "in and out".
OPPOSITE = {
    f"eyeLook{one}{side}": f"eyeLook{other}{side}"
    for one, other in (("In", "Out"), ("Up", "Down"))
    for side in ("Left", "Right")
}


def possible(own: Scheme, values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each eye looks one way at a time; HTC's two lowered jaws are together no more than one."""
    if own.name == "htc":
        jaw, ape = map(own.shapes.index, ("LIP_JAW_OPEN", "LIP_MOUTH_APE_SHAPE"))
        values[jaw] = min(values[jaw], 1 - values[ape])
    place = {row.into[0].name: number for number, row in enumerate(own.rows) if row.into}
    for number, pair in enumerate(OPPOSITE.items()):
        if pair[0] in place:
            values[place[pair[number % 2]]] = 0.0
    return values


def faces(own: Scheme) -> Iterator[NDArray[np.float32]]:
    """Every shape alone, then many together."""
    for number in range(len(own.shapes)):
        yield np.eye(len(own.shapes), dtype=np.float32)[number]
    rng = np.random.default_rng(0)
    for _ in range(40):
        yield possible(own, rng.random(len(own.shapes), dtype=np.float32))


def sensed(
    profile: HeadsetProfile, own: Scheme, values: NDArray[np.float32], k: int
) -> SensorFrame:
    """The samples that a tracker of this standard makes of its values."""
    weights = own.read(values)
    named = dict(zip((*BLENDSHAPES, *own.extras), weights.tolist(), strict=True))
    named |= dict(zip(GAZE_CHANNELS, gaze_from_eye_look(weights[indices(EYE_LOOK)]), strict=True))
    now = (k + 1) * STEP_NS
    samples = []
    for number, stream in enumerate(profile.streams):
        row = []
        for name in stream.channels:
            value = named.get(measured_by_channel(stream.name, name) or name, np.nan)
            row.append(1.0 - value if name.startswith("openness") else value)
        samples.append(Sample(number, now, np.array(row, np.float32)))
    return SensorFrame(k + 1, now, tuple(samples))


def through_us(
    profile: HeadsetProfile, own: Scheme
) -> Iterator[tuple[NDArray[np.float32], Expression]]:
    with Session(headset=profile) as session:
        for k, values in enumerate(faces(own)):
            yield values, session.step(sensed(profile, own, values, k))


@pytest.mark.parametrize(
    ("name", "standard", "shapes"),
    [
        ("quest_pro", "fb2", 70),
        ("vive_pro_eye_lip", "htc", 51),
        ("vive_focus_3", "htc", 51),
        ("pico_4_pro", "bd", 52),
    ],
)
def test_every_value_comes_out_as_it_went_in(name: str, standard: str, shapes: int) -> None:
    own, profile = scheme(standard), headset(name)
    assert len(own.shapes) == shapes
    for values, face in through_us(profile, own):
        back = own.write(face.weights, face.extras)
        np.testing.assert_allclose(back, values, atol=ONE_BYTE)


def test_a_quest_pro_face_is_measured_from_end_to_end() -> None:
    own = scheme("fb2")
    for _, face in through_us(headset("quest_pro"), own):
        assert (face.source == Source.MEASURED).all()
        assert len(face.weights) == 74
        assert (own.write_source(face.source, face.extras) == Source.MEASURED).all()


def test_through_the_54_alone_it_would_lose_them() -> None:
    """Why there are extras: without them quarters of a funnel are all the same."""
    own = scheme("fb2")
    values = np.zeros(70, np.float32)
    values[own.shapes.index("LIP_FUNNELER_LB")] = 1.0
    back = own.write(own.read(values)[:54])
    assert np.nanmax(np.abs(np.nan_to_num(back) - values)) > 0.5


def test_parts_of_a_mouth_never_contradict_it_when_its_tracker_falls_silent() -> None:
    """It is inferred at once, so its parts are written from that, not from what they were."""
    own, profile = scheme("fb2"), headset("quest_pro")
    mouth = profile.stream_index("mouth_tracker")
    shapes = [number for number, name in enumerate(own.shapes) if "FUNNELER" in name]
    values = np.zeros(70, np.float32)
    values[shapes] = 0.6
    kinds = []
    with Session(headset=profile) as session:
        for k in range(90):
            frame = sensed(profile, own, values, k)
            if k >= 20:
                samples = tuple(s for s in frame.samples if s.stream != mouth)
                frame = SensorFrame(frame.sequence, frame.frame_time_ns, samples)
            face = session.step(frame)
            written = own.write(face.weights, face.extras)[shapes]
            np.testing.assert_allclose(written, face.weights[index("mouthFunnel")], atol=1e-6)
            kinds.append(Source(int(face.source[index("mouthFunnel")])))
            worth = set(own.write_source(face.source, face.extras)[shapes].tolist())
            assert worth == {kinds[-1]}
    assert set(kinds) == {Source.MEASURED, Source.INFERRED}


STRANGE = """# A tracker with one value for both cheeks
shape,into,from,fate,note
JAW,jawOpen,jawOpen,measured,
SUCK,cheekSuckLeft + copy cheekSuckRight,cheekSuckLeft | copy cheekSuckRight,copied,
"""

STRANGER = """
name = "stranger"
version = "1"
summary = "a jaw and sucked cheeks"
source = "assumed"
{says}
[[streams]]
name = "mouth_tracker"
channels = ["jawOpen", "cheekSuckLeft", "cheekSuckRight"]
rate_hz = 60
latency_us = 0
noise = 0.02
source = "assumed"
"""


@pytest.mark.parametrize("says", ['scheme = "own.csv"', 'copies = ["cheekSuckRight"]'])
def test_an_extra_that_only_repeats_another_comes_out_copied(tmp_path: Path, says: str) -> None:
    (tmp_path / "own.csv").write_text(STRANGE, encoding="utf-8")
    (tmp_path / "mine.toml").write_text(STRANGER.format(says=says), encoding="utf-8")
    now, values = STEP_NS, np.array([0.1, 0.7, 0.7], np.float32)
    with Session(headset=tmp_path / "mine.toml") as session:
        face = session.step(SensorFrame(1, now, (Sample(0, now, values),)))
        np.testing.assert_array_equal(session.expected_source[54:], face.source[54:])
    assert face.extras == ("cheekSuckLeft", "cheekSuckRight")
    assert face.source[54:].tolist() == [Source.MEASURED, Source.COPIED]
    assert "1 extra copied" in str(face)


def test_a_log_keeps_extras_and_a_replay_makes_them_again(tmp_path: Path) -> None:
    profile, own = headset("quest_pro"), scheme("fb2")
    path = tmp_path / "quest.mcap"
    made = [sensed(profile, own, values, k) for k, values in enumerate(faces(own))]
    with Session(headset=profile, record=path, wearer="w") as session:
        shown = list(session.run(made))
    log = LogReader(path)
    assert log.header.headset == profile
    assert log.header.extras == profile.extras
    comparison = Comparison()
    for replayed, face in zip(Replay(log, pretrained.load()), shown, strict=True):
        comparison.add(replayed)
        assert replayed.logged is not None
        assert replayed.logged.extras == profile.extras
        np.testing.assert_array_equal(replayed.logged.weights, face.weights)
        np.testing.assert_array_equal(replayed.logged.source, face.source)
    assert comparison.identical == len(made)


def test_a_paired_log_without_faces_of_ours_replays_with_its_extras(tmp_path: Path) -> None:
    worn = wear(synthetic_take(seed=3, seconds=2), headset("vive_pro_eye_lip"), seed=3)
    write_paired(tmp_path / "paired.mcap", worn)
    list(Replay(LogReader(tmp_path / "paired.mcap"), pretrained.load(), tmp_path / "again.mcap"))
    log = LogReader(tmp_path / "again.mcap")
    *_, face = log.expressions()
    assert face.extras == worn.headset.extras
    assert (face.source[54:] == Source.MEASURED).all()
    np.testing.assert_array_equal(log.take().weights, worn.truth.weights)
