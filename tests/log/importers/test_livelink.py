import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.face.faces import LIVELINK_CSV
from tests.log.importers.recordings import damaged, survives
from vrface.errors import TakeError
from vrface.face.blendshapes import ALIASES, BLENDSHAPES, COUNT, index
from vrface.face.expression import Source
from vrface.face.gaze import GAZE_CHANNELS, eye_look_from_gaze
from vrface.log.importers import read_any, read_take

SHAPES = LIVELINK_CSV
ANGLES = (
    "LeftEyeYaw",
    "LeftEyePitch",
    "LeftEyeRoll",
    "RightEyeYaw",
    "RightEyePitch",
    "RightEyeRoll",
)


def capital(name: str) -> str:
    return name[0].upper() + name[1:]


def timecode(start_s: int, frame: int, base: int, step: int = 1, fraction: str = "000") -> str:
    second, within = divmod(frame * step, base)
    second = (start_s + second) % 86_400
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}:{within:02d}.{fraction}"


class Recording:
    """A Live Link file in the making: one dict of cells a row."""

    def __init__(self, frames=90, base=60, step=2, start_s=3600, seed=0, fraction="250") -> None:
        rng = np.random.default_rng(seed)
        self.weights = rng.random((frames, len(SHAPES))).round(6)
        self.angles = rng.uniform(-0.5, 0.5, (frames, len(ANGLES))).round(6)
        self.header = ["Timecode", "BlendShapeCount", *map(capital, SHAPES), *ANGLES]
        self.rows = [
            {
                "Timecode": timecode(start_s, k, base, step, fraction),
                "BlendShapeCount": "61",
                **{capital(n): str(v) for n, v in zip(SHAPES, self.weights[k], strict=True)},
                **{n: str(v) for n, v in zip(ANGLES, self.angles[k], strict=True)},
            }
            for k in range(frames)
        ]

    def save(self, path, header=None):
        names = header or self.header
        lines = [[row[name] for name in self.header if name in row] for row in self.rows]
        path.write_text("".join(",".join(line) + "\n" for line in [names, *lines]), "utf-8")
        return path

    def without(self, *names: str) -> "Recording":
        self.header = [name for name in self.header if name not in names]
        return self

    def lose(self, k: int) -> None:
        self.rows[k] = {"Timecode": self.rows[k]["Timecode"], "BlendShapeCount": "0"}

    def shape(self, name: str) -> np.ndarray:
        return self.weights[:, SHAPES.index(name)].astype(np.float32)


def test_every_shape_lands_under_its_name(tmp_path):
    recording = Recording()
    take = read_take(recording.save(tmp_path / "smile.csv"))
    assert (take.name, take.person, take.simulated) == ("smile", tmp_path.name, False)
    split = {side: alias for alias, sides in ALIASES.items() for side in sides}
    for place, name in enumerate(BLENDSHAPES):
        np.testing.assert_array_equal(
            take.weights[:, place], recording.shape(split.get(name, name)), err_msg=name
        )
    copied = {BLENDSHAPES[k] for k in np.flatnonzero(take.source == Source.COPIED)}
    assert copied == {"browInnerUpRight", "cheekPuffRight"}
    assert take.tracked.all()


def test_angles_become_gaze_right_and_up_positive(tmp_path):
    recording = Recording()
    take = read_take(recording.save(tmp_path / "a.csv"))
    for channel, column, sign in zip(
        GAZE_CHANNELS,
        ("LeftEyeYaw", "LeftEyePitch", "RightEyeYaw", "RightEyePitch"),
        (1, -1, 1, -1),
        strict=True,
    ):
        np.testing.assert_array_equal(
            take.gaze[:, GAZE_CHANNELS.index(channel)],
            (sign * recording.angles[:, ANGLES.index(column)]).astype(np.float32),
        )


@pytest.mark.parametrize("how", ["missing", "still"])
def test_gaze_comes_from_the_shapes_where_the_angles_are_of_no_use(tmp_path, how):
    recording = Recording()
    looking = np.zeros((90, 4))
    looking[:, 0], looking[:, 1] = 0.3, -0.2  # the left eye to the right and down
    for k, row in enumerate(recording.rows):
        for name in ANGLES:
            row[name] = "0.0000000000"
        for name, value in zip(
            [n for n in BLENDSHAPES if n.startswith("eyeLook")],
            eye_look_from_gaze(looking[k]),
            strict=True,
        ):
            row[capital(name)] = str(value)
    if how == "missing":
        recording.without(*ANGLES)
    take = read_take(recording.save(tmp_path / "a.csv"))
    np.testing.assert_allclose(take.gaze, looking, atol=1e-6)


@pytest.mark.parametrize(
    ("base", "step", "hz"),
    [
        (24, 1, 24),
        (25, 1, 25),
        (30, 1, 30),
        (48, 1, 48),
        (50, 1, 50),
        (60, 1, 60),
        (60, 2, 30),
        (48, 2, 24),
        (50, 2, 25),
    ],
)
def test_the_base_of_the_timecode_is_found(tmp_path, base, step, hz):
    recording = Recording(frames=4 * hz, base=base, step=step)
    for k in (5, hz, hz + 1, 2 * hz):
        recording.lose(k)
    del recording.rows[2 * hz + 3]
    take = read_take(recording.save(tmp_path / "a.csv"))
    assert take.seconds == pytest.approx((4 * hz - 1) / hz, abs=1e-6)
    assert np.median(np.diff(take.time_ns)) == pytest.approx(1e9 / hz, abs=2)


def test_a_take_shorter_than_a_second_gets_the_smallest_base_that_fits(tmp_path):
    recording = Recording(frames=10, base=60, step=2, start_s=100)
    take = read_take(recording.save(tmp_path / "a.csv"))
    assert take.seconds == pytest.approx(18 / 24)


def test_midnight_is_one_step(tmp_path):
    recording = Recording(frames=180, base=60, step=2, start_s=86_397)
    take = read_take(recording.save(tmp_path / "a.csv"))
    assert take.time_ns[0] == 0
    np.testing.assert_allclose(np.diff(take.time_ns), 1e9 / 30, atol=2)


def test_rows_that_do_not_advance_are_left_out_and_told(tmp_path):
    recording = Recording(frames=90)
    recording.rows[20]["Timecode"] = recording.rows[19]["Timecode"]
    recording.rows[40]["Timecode"] = recording.rows[30]["Timecode"]
    recording.rows[60]["Timecode"] = "soon"
    imported = read_any(recording.save(tmp_path / "a.csv"))
    take = imported.take
    assert len(take.time_ns) == 87
    assert imported.notes == (
        "1 row left out: no time.",
        "2 rows left out: doubled, or back in time.",
    )
    kept = np.delete(recording.shape("jawOpen"), [20, 40, 60])
    np.testing.assert_array_equal(take.weights[:, index("jawOpen")], kept)


def test_lost_rows_stay_as_nan_at_their_times(tmp_path):
    recording = Recording(frames=90)
    recording.lose(10)
    recording.rows[11]["JawOpen"] = ""
    recording.rows[12]["JawOpen"] = "NaN"
    recording.rows[13]["JawOpen"] = "inf"
    recording.rows[14] = {n: recording.rows[14][n] for n in recording.header[:30]}
    recording.rows[15]["BlendShapeCount"] = "0"
    take = read_take(recording.save(tmp_path / "a.csv"))
    assert np.flatnonzero(~take.tracked).tolist() == [10, 11, 12, 13, 14, 15]
    assert np.isnan(take.weights[10:16]).all()
    assert np.isnan(take.gaze[10:16]).all()
    assert np.isfinite(take.gaze[16:]).all()
    np.testing.assert_allclose(np.diff(take.time_ns), 1e9 / 30, atol=2)


def test_weights_out_of_range_are_clipped_and_angles_are_no_value(tmp_path):
    recording = Recording(frames=30)
    recording.rows[3].update(JawOpen="1.076", MouthClose="-0.2", MouthLeft="1e300")
    recording.rows[3].update(LeftEyeYaw="1e300", RightEyeYaw="nan")
    take = read_take(recording.save(tmp_path / "a.csv"))
    seen = take.weights[3, [index(n) for n in ("jawOpen", "mouthClose", "mouthLeft")]]
    assert seen.tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(take.gaze[3]).tolist() == [True, False, True, False]
    assert take.tracked.all()


def test_missing_columns_are_absent(tmp_path):
    recording = Recording(frames=30).without("BrowInnerUp", "TongueOut", "BlendShapeCount")
    take = read_take(recording.save(tmp_path / "a.csv"))
    absent = {BLENDSHAPES[k] for k in np.flatnonzero(take.source == Source.ABSENT)}
    assert absent == {"browInnerUpLeft", "browInnerUpRight", "tongueOut"}
    assert np.isnan(take.weights[:, index("tongueOut")]).all()
    assert take.tracked.all()


@settings(max_examples=40)
@given(
    seed=st.integers(0, 2**32 - 1),
    columns=st.integers(0, 2**32 - 1),
    spell=st.sampled_from([str, str.upper, str.lower, lambda name: f" {name} "]),
    base=st.sampled_from([(30, 1), (60, 1), (60, 2), (24, 1)]),
    start_s=st.integers(0, 86_399),
    lost=st.sets(st.integers(2, 69), max_size=40),
)
def test_any_order_spelling_start_and_loss(
    tmp_path_factory, seed, columns, spell, base, start_s, lost
):
    recording = Recording(frames=70, base=base[0], step=base[1], start_s=start_s, seed=seed)
    for k in lost:
        for name in recording.rows[k]:
            if name not in ("Timecode", "BlendShapeCount"):
                recording.rows[k][name] = ""
    random.Random(columns).shuffle(recording.header)
    path = tmp_path_factory.mktemp("take") / "a.csv"
    take = read_take(recording.save(path, [spell(n) for n in recording.header]), person="p1")
    assert take.person == "p1"
    assert set(np.flatnonzero(~take.tracked)) == lost
    kept = take.tracked
    for name in ("jawRight", "jawLeft", "mouthRight", "mouthLeft", "eyeBlinkRight"):
        np.testing.assert_array_equal(
            take.weights[kept, index(name)], recording.shape(name)[kept], err_msg=name
        )
    np.testing.assert_allclose(np.diff(take.time_ns), 1e9 * base[1] / base[0], atol=2)


@settings(max_examples=60)
@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_a_traceback(tmp_path_factory, junk):
    folder = tmp_path_factory.mktemp("junk")
    for name, head in (("a", b""), ("b", b"Timecode,BlendShapeCount,JawOpen\n1:2:3:04.5,1,0.5\n")):
        path = folder / f"{name}.csv"
        path.write_bytes(head + junk)
        try:
            take = read_take(path)
        except TakeError:
            continue
        assert take.weights.shape == (len(take.time_ns), COUNT)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"\xff\x00\x01", "not a text"),
        (b"13:13:04:31.652,61,0.1,0.2\n", "13:13:04:31.652"),
        (b"time,face,jawOpen\n0,1,0.5\n", "no column Timecode"),
        (b"Timecode,BlendShapeCount,Smile\n", "0 of the 52 shapes"),
        (b"Timecode,BlendShapeCount,JawOpen\n", "0 rows"),
        (b"Timecode,BlendShapeCount,JawOpen\n" + b"0:0:1:01.0,1,.5\n" * 3, "stands still"),
        (b"Timecode,BlendShapeCount,JawOpen\n0:0:1:01.0,0,\n0:0:1:02.0,0,\n", "tracked in 0"),
        (b"Timecode,BlendShapeCount,JawOpen\n0:0:1:99.0,1,.5\n0:0:2:01.0,1,.5\n", "up to 99"),
    ],
)
def test_what_is_no_take_says_what_it_is(tmp_path, content, word):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(TakeError, match=word) as caught:
        read_any(path, format="livelink")
    assert caught.value.advice
    with pytest.raises(TakeError):
        read_take(path)


def test_what_is_no_file_says_so(tmp_path):
    for path in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(TakeError, match="there is no"):
            read_any(path, format="livelink")


@settings(max_examples=100)
@given(st.data())
def test_a_damaged_take_is_read_or_refused(tmp_path_factory, data):
    path = Recording(frames=8).save(tmp_path_factory.mktemp("take") / "a.csv")
    path.write_bytes(data.draw(damaged(path.read_text("utf-8"))))
    survives(path, "livelink")


REAL = {
    "alex/alex_rom_3": (4030, 0),
    "alex/alex_rom_4": (3809, 0),
    "talk/S07-001": (2028, 0),
    "talk/apfel": (1926, 35),
    "talk/facial": (1913, 0),
}


@pytest.mark.parametrize("name", REAL)
def test_real_takes(vrface_data, name):
    take = read_take(vrface_data / "arkit" / f"{name}.csv")
    frames, lost = REAL[name]
    assert (len(take.time_ns), int((~take.tracked).sum())) == (frames, lost)
    assert take.person == name.split("/")[0]
    assert np.median(np.diff(take.time_ns)) == pytest.approx(1e9 / 30, rel=0.01)
    assert np.nanmax(take.weights) <= 1.0
    assert np.isnan(take.gaze[~take.tracked]).all()

    # Looking to one's right gives yaw > 0, up gives pitch > 0: as the shapes beside them say.
    weights, gaze = take.weights[take.tracked], take.gaze[take.tracked]
    for side, right, left, yaw, pitch in (
        ("Left", "In", "Out", 0, 1),
        ("Right", "Out", "In", 2, 3),
    ):
        shape = {
            way: weights[:, index(f"eyeLook{way}{side}")] for way in ("In", "Out", "Up", "Down")
        }
        to_right = shape[right] - shape[left]
        to_up = shape["Up"] - shape["Down"]
        assert np.corrcoef(to_right, gaze[:, yaw])[0, 1] > 0.99
        assert np.corrcoef(to_up, gaze[:, pitch])[0, 1] > 0.99
        assert (gaze[to_right > 0.3, yaw] > 0).all()
        assert (gaze[to_right < -0.3, yaw] < 0).all()
        assert (gaze[to_up > 0.3, pitch] > 0).all()
        assert (gaze[to_up < -0.3, pitch] < 0).all()
