"""The plain CSV: any scheme, any columns of it, in any order."""

import random
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.recordings import damaged, survives
from vrface.errors import TakeError
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.expression import Source
from vrface.face.schemes import SCHEMES, scheme
from vrface.log.importers import faces, plain, read_any, read_take
from vrface.log.importers.format import Head

FIRST = "# vrface csv 1; scheme: canonical"


def write(path, *lines):
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(lines))
    return path


def test_a_face_in_canonical_names(tmp_path):
    path = write(
        tmp_path / "a.csv",
        "# vrface csv 1; scheme: canonical; person: erika; rate_hz: 50",
        "jawOpen,time_s,browInnerUpLeft,gaze_left_yaw,gaze_left_pitch,gaze_right_yaw,gaze_right_pitch",
        "0.25,10.0,0.5,0.1,0.2,0.3,0.4",
        "0.75,10.5,1.5,-0.1,-0.2,-0.3,9",
    )
    imported = read_any(path)
    take = imported.take
    assert (imported.format, imported.named, take.person) == ("plain", True, "erika")
    assert imported.notes == (
        "Values clipped to [0, 1]: 1 above, 0 below.",
        "Gaze angles over a quarter turn, taken as no value: 1. They look like degrees: give "
        "radians.",
    )
    assert take.time_ns.tolist() == [0, 500_000_000]
    assert take.weights[:, index("jawOpen")].tolist() == [0.25, 0.75]
    assert take.weights[:, index("browInnerUpLeft")].tolist() == [0.5, 1.0]
    known = {BLENDSHAPES[k] for k in np.flatnonzero(take.source == Source.MEASURED)}
    assert known == {"jawOpen", "browInnerUpLeft"}
    np.testing.assert_allclose(take.gaze[0], [0.1, 0.2, 0.3, 0.4], rtol=1e-6)
    assert np.isnan(take.gaze[1]).tolist() == [False, False, False, True]
    assert read_take(path, "other").person == "other"


def test_looking_to_ones_right_gives_yaw_above_0_by_angles_and_by_shapes(tmp_path):
    angles = "time_s,jawOpen,gaze_left_yaw,gaze_left_pitch,gaze_right_yaw,gaze_right_pitch"
    path = write(tmp_path / "a.csv", FIRST, angles, "0,0,0,0,0,0", "1,0,.2,.1,.2,.1")
    assert (read_take(path).gaze[1] > 0).all()
    # A left eye that looks right looks in, a right eye looks out.
    shapes = "time_s,eyeLookInLeft,eyeLookOutRight,eyeLookUpLeft,eyeLookUpRight"
    others = "eyeLookOutLeft,eyeLookInRight,eyeLookDownLeft,eyeLookDownRight"
    row = "1,.5,.5,.3,.3,0,0,0,0"
    path = write(tmp_path / "b.csv", FIRST, f"{shapes},{others}", "0,0,0,0,0,0,0,0,0", row)
    gaze = read_take(path).gaze[1]
    np.testing.assert_allclose(gaze, np.pi / 4 * np.array([0.5, 0.3, 0.5, 0.3]), rtol=1e-6)


@pytest.mark.parametrize("name", SCHEMES)
def test_every_scheme_reads_as_its_own_table_says(tmp_path, name):
    shapes = scheme(name).shapes
    rng = np.random.default_rng(7)
    values = rng.random((4, len(shapes))).round(4)
    rows = [f"{20 * k}000000," + ",".join(map(str, row)) for k, row in enumerate(values)]
    first = f"# vrface csv 1; scheme: {name}"
    path = write(tmp_path / "a.csv", first, ",".join(["time_ns", *shapes]), *rows)
    imported = read_any(path)
    take = imported.take
    np.testing.assert_array_equal(take.weights, scheme(name).read(values)[:, :COUNT])
    np.testing.assert_array_equal(take.source, scheme(name).source[:COUNT])
    assert any("not kept" in note for note in imported.notes) == bool(scheme(name).extras)
    assert np.diff(take.time_ns).tolist() == [20_000_000] * 3


@settings(max_examples=40)
@given(
    name=st.sampled_from(["arkit", "fb2", "unified", "android"]),
    seed=st.integers(0, 2**32 - 1),
    kept=st.integers(1, 40),
)
def test_any_columns_in_any_order(tmp_path_factory, name, seed, kept):
    chosen = random.Random(seed)
    shapes = list(scheme(name).shapes)
    columns = chosen.sample(shapes, min(kept, len(shapes)))
    values = np.random.default_rng(seed).random((3, len(columns))).round(4)
    header = [*columns, "time_s"]
    chosen.shuffle(header)
    rows = [
        ",".join(str(dict(zip(columns, row, strict=True)).get(c, k)) for c in header)
        for k, row in enumerate(values)
    ]
    path = tmp_path_factory.mktemp("plain") / "a.csv"
    write(path, f"# vrface csv 1; scheme: {name}", ",".join(header), *rows)
    whole = np.full((3, len(shapes)), np.nan)
    whole[:, [shapes.index(column) for column in columns]] = values
    take = read_take(path)
    np.testing.assert_array_equal(take.weights, scheme(name).read(whole)[:, :COUNT])
    absent = take.source == Source.ABSENT
    np.testing.assert_array_equal(absent, np.isnan(take.weights[0]))


def test_without_times_rows_come_at_the_rate(tmp_path):
    first = f"{FIRST}; rate_hz: 72; face: simulated"
    path = write(tmp_path / "a.csv", first, "jawOpen", *["0.5"] * 5)
    take = read_take(path)
    np.testing.assert_allclose(np.diff(take.time_ns), 1e9 / 72, atol=1)
    assert take.simulated


def test_a_row_that_lacks_a_shape_lacks_the_face(tmp_path):
    rows = ["0,.1,.2", "1,,.2", "2,nan,.2", "3,soon,.2", "4,.1", "5,.1,.2"]
    path = write(tmp_path / "a.csv", FIRST, "time_s,jawOpen,mouthLeft", *rows)
    take = read_take(path)
    assert np.flatnonzero(~take.tracked).tolist() == [1, 2, 3, 4]


def test_a_column_without_a_value_is_a_shape_that_is_absent(tmp_path):
    rows = [f"{k},.1,,soon, " for k in range(3)]
    path = write(tmp_path / "a.csv", FIRST, "time_s,jawOpen,jawLeft,jawRight,mouthLeft", *rows)
    take = read_take(path)
    assert take.tracked.all()
    assert np.flatnonzero(take.source == Source.MEASURED).tolist() == [index("jawOpen")]


def test_only_extras_that_the_file_could_give_are_told_as_not_kept(tmp_path):
    first, header = "# vrface csv 1; scheme: fb2", "time_s,JAW_DROP,CHEEK_SUCK_L,CHEEK_SUCK_R"
    path = write(tmp_path / "a.csv", first, header, "0,.1,.2,", "1,.1,.2,")
    assert read_any(path).notes == ("A take holds the 54; not kept: cheekSuckLeft.",)
    path = write(tmp_path / "a.csv", first, "time_s,JAW_DROP", "0,.1", "1,.1")
    assert read_any(path).notes == ()


def test_gaze_far_beyond_any_angle_is_not_called_degrees(tmp_path):
    path = write(tmp_path / "a.csv", FIRST, "time_s,jawOpen,gaze_left_yaw", "0,.1,1e6", "1,.1,.1")
    assert read_any(path).notes == ("Gaze angles over a quarter turn, taken as no value: 1.",)


def test_live_link_faces_timecode_is_a_time_too(tmp_path):
    rows = [f"10:00:{k // 30:02}:{k % 30:02}.0,{k / 90}" for k in range(90)]
    path = write(tmp_path / "a.csv", FIRST, "Timecode,jawOpen", *rows)
    imported = read_any(path)
    assert imported.format == "plain"
    np.testing.assert_allclose(np.diff(imported.take.time_ns), 1e9 / 30, atol=2)


def test_a_first_line_is_read_as_it_is_written(tmp_path):
    for line in (plain.FirstLine("fb2"), plain.FirstLine("arkit", "p 1", 1 / 3, True)):
        path = write(tmp_path / "a.csv", str(line))
        again = plain.first_line(Head.of(path))
        assert again is not None
        assert str(again) == str(line)
        assert (again.person, again.simulated) == (line.person, line.simulated)
    assert plain.first_line(Head.of(write(tmp_path / "a.csv", "time_s,jawOpen"))) is None


@pytest.mark.parametrize("name", SCHEMES)
def test_a_file_that_lacks_only_the_first_line_is_told_which(tmp_path, name):
    shapes = scheme(name).shapes
    path = write(tmp_path / "a.csv", ",".join(["time_s", *shapes]), "0" + ",0" * len(shapes))
    with pytest.raises(TakeError, match="Its columns are those of scheme") as caught:
        read_any(path)
    (line,) = re.findall("`(# vrface csv 1; scheme: .*?)` on its first line", caught.value.advice)
    told = scheme(line.rpartition(" ")[2])
    assert {shape.lower() for shape in shapes} <= {shape.lower() for shape in told.shapes}
    assert len(told.shapes) == len(shapes)
    write(tmp_path / "a.csv", ",".join(shapes[:5]))
    with pytest.raises(TakeError, match="name its time column time_s or time_ns"):
        read_any(path)


def test_rows_are_read_in_blocks_and_none_is_lost_between_them(tmp_path, monkeypatch):
    rows = [f"{k},{k / 10}" for k in range(8)]
    path = write(tmp_path / "a.csv", FIRST, "time_s,jawOpen", *rows)
    monkeypatch.setattr(faces, "_BLOCK", 3)
    seen = read_take(path).weights[:, index("jawOpen")]
    np.testing.assert_array_equal(seen, np.arange(8, dtype=np.float32) / np.float32(10))


def test_columns_of_no_shape_are_told(tmp_path):
    path = write(tmp_path / "a.csv", FIRST, "time_s,jawOpen,jawOpne,note", "0,.1,.1,x", "1,.2,.1,x")
    assert read_any(path).notes == ("Columns not read: jawOpne, note.",)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["# vrface csv 2; scheme: arkit", "time_s,jawOpen"], "version 2"),
        (["# vrface csv 1", "time_s,jawOpen", "0,1", "1,1"], "unknown scheme ''"),
        (["# vrface csv 1; scheme: fb3", "time_s,jawOpen"], r"Did you mean 'fb.*'\? docs/"),
        (["# vrface csv 1; scheme: /etc/passwd", "time_s,jawOpen"], "unknown scheme"),
        (["# vrface csv 1; scheme: canonical; persn: x", "time_s"], "Did you mean 'person'"),
        ([f"{FIRST}; rate_hz: fast", "jawOpen", "1", "1"], "rate_hz is 'fast'"),
        ([f"{FIRST}; rate_hz: 0", "jawOpen", "1", "1"], "rate_hz is '0'"),
        ([f"{FIRST}; face: dog", "time_s,jawOpen", "0,1", "1,1"], "not real or simulated"),
        ([FIRST, "jawOpen", "1", "1"], "no column time_s"),
        ([FIRST, "time_s,smile", "0,1", "1,1"], "none of its columns is a shape"),
        ([FIRST], "no column time_s"),
        ([FIRST, "time_s,jawOpen", "0,1"], "tracked in 1"),
        ([FIRST, "time_s,jawOpen", "0,1", "0,1"], "tracked in 1"),
    ],
)
def test_what_is_no_plain_csv_says_what_is_wrong(tmp_path, lines, said):
    path = write(tmp_path / "a.csv", *lines)
    with pytest.raises(TakeError, match=said):
        read_any(path)


@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("plain") / "a.csv"
    rows = [f"{k},.1,.2,.3" for k in range(6)]
    write(path, FIRST, "time_s,jawOpen,mouthLeft,gaze_left_yaw", *rows)
    path.write_bytes(data.draw(damaged(path.read_text())))
    survives(path, "plain")


@settings(max_examples=60)
@given(st.text(max_size=100), st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, words, junk):
    path = tmp_path_factory.mktemp("plain") / "a.csv"
    path.write_text(f"# vrface csv 1; scheme: arkit;{words}\n{junk}", "utf-8", "surrogatepass")
    survives(path, "plain")
