"""`vrface map`: what becomes of a standard's shapes, and a CSV in another standard's shapes."""

import csv

import numpy as np
import pytest

from tests.words import words
from vrface.face.blendshapes import index
from vrface.face.schemes import SCHEMES, scheme
from vrface.log.importers import read_take

FB2 = scheme("fb2").shapes


def write(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def test_without_a_scheme_it_lists_them_all(vrface):
    code, out, _ = vrface("map")
    assert code == 0
    assert set(SCHEMES) <= set(out.split())
    assert "unified 102 54 42 16 Unified Expressions" in words(out)


@pytest.mark.parametrize("name", SCHEMES)
def test_of_every_shape_it_tells_the_fate(vrface, name):
    code, out, _ = vrface("map", name)
    assert code == 0
    for row in scheme(name).rows:
        assert any(line.split()[:2] == [row.shape, row.fate] for line in out.splitlines()), (
            row.shape
        )


def test_it_tells_what_is_made_of_what_and_what_is_lost(vrface):
    code, out, _ = vrface("map", "fb2", "--to", "unified")
    assert code == 0
    text = words(out)
    assert "BrowPinchLeft copied BROW_LOWERER_L" in text
    assert "TongueUp absent -" in text
    assert "Lost of fb2: TONGUE_TIP_INTERDENTAL, TONGUE_FRONT_DORSAL_PALATE" in text
    _, out, _ = vrface("map", "fb2", "--to", "arkit")
    both = "0.5 INNER_BROW_RAISER_L + 0.5 INNER_BROW_RAISER_R"
    assert f"browInnerUp merged {both}" in words(out)
    assert "jawOpen measured JAW_DROP" in words(out)
    assert f"browInnerUp = {both}" in words(out).partition("Merged in arkit: ")[2]
    assert "Merged in fb2: nothing." in vrface("map", "fb2", "--to", "fb2")[1]


def test_a_csv_of_a_quest_pro_comes_back_as_it_was_and_its_other_columns_with_it(vrface, tmp_path):
    values = np.random.default_rng(0).integers(0, 256, (20, 70)).astype(np.float32) / 255
    rows = [[k, *map(str, line), f"row {k}"] for k, line in enumerate(values)]
    given = write(tmp_path / "a.csv", ["time_ns", *FB2, "comment"], rows)
    code, out, _ = vrface("map", "fb2", given, "--to", "fb2", "-o", tmp_path / "b.csv")
    assert code == 0
    assert "20 rows, 70 of 70 shapes of fb2" in words(out)
    assert "Lost of fb2: nothing." in out
    back = read(tmp_path / "b.csv")
    assert [row["time_ns"] for row in back] == [str(k) for k in range(20)]
    assert back[7]["comment"] == "row 7"
    again = np.array([[row[shape] for shape in FB2] for row in back], np.float32)
    np.testing.assert_array_equal(again, values)


def test_into_another_standard_what_has_no_value_is_an_empty_cell(vrface, tmp_path):
    header = ["Timecode", "jawopen", "BrowInnerUp", "tongueOut"]
    rows = [["0", "0.5", "0.25", ""], ["1", "much", "0.5", "0.1"], ["2", "1e99"]]
    given = write(tmp_path / "a.csv", header, rows)
    code, out, _ = vrface("map", "arkit", given, "--to", "fb2", "-o", tmp_path / "b.csv")
    assert code == 0
    assert "3 rows, 3 of 52 shapes of arkit" in words(out)
    assert "Absent in fb2: BROW_LOWERER_L," in out
    assert "No number, left empty: 2 (jawOpen)." in out
    assert "Columns of neither scheme, passed through: Timecode." in out
    first, second, third = read(tmp_path / "b.csv")
    assert first["Timecode"] == "0"
    assert (first["JAW_DROP"], first["TONGUE_OUT"]) == ("0.5", "")
    assert first["INNER_BROW_RAISER_L"] == first["INNER_BROW_RAISER_R"] == "0.25"
    assert (second["JAW_DROP"], second["TONGUE_OUT"]) == ("", "0.1")
    assert (third["JAW_DROP"], third["INNER_BROW_RAISER_L"]) == ("", "")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "utf-16"])
def test_a_csv_is_read_as_recordings_are(vrface, tmp_path, encoding):
    given = tmp_path / "a.csv"
    text = '# noted\rJAW_DROP , mood\r"0,5", très bien\r.25,\r'
    given.write_bytes(text.encode(encoding))
    code, out, err = vrface("map", "fb2", given, "--to", "arkit", "-o", tmp_path / "b.csv")
    assert code == 0, err
    assert "2 rows, 1 of 70 shapes of fb2" in words(out)
    back = read(tmp_path / "b.csv")
    assert [(row["jawOpen"], row["mood"]) for row in back] == [("0.5", " très bien"), ("0.25", "")]


def test_rows_are_mapped_in_blocks_and_none_is_lost_between_them(vrface, tmp_path, monkeypatch):
    rows = [[k, "" if k < 4 else k / 10] for k in range(8)]
    given = write(tmp_path / "a.csv", ["time_s", "JAW_DROP"], rows)
    monkeypatch.setattr("vrface.cli.weights_csv._BLOCK", 3)
    code, out, _ = vrface("map", "fb2", given, "--to", "arkit", "-o", tmp_path / "b.csv")
    assert code == 0
    assert "8 rows" in out
    back = [(row["time_s"], row["jawOpen"]) for row in read(tmp_path / "b.csv")]
    assert back == [(str(k), "" if k < 4 else str(k / 10)) for k in range(8)]


def test_a_csv_that_is_too_long_is_refused(fails, tmp_path, monkeypatch):
    given = write(tmp_path / "a.csv", ["JAW_DROP", "mood"], [["0.5"]] * 20)
    into = ["--to", "arkit", "-o", tmp_path / "b.csv"]
    monkeypatch.setattr("vrface.log.importers.text.MOST_BYTES", 30)
    assert "longer than" in fails(1, "map", "fb2", given, *into)
    assert not (tmp_path / "b.csv").exists()


def test_the_canonical_set_is_written_as_any_other(vrface, tmp_path):
    code, out, _ = vrface("map", "canonical", "--to", "fb2")
    assert code == 0
    assert "Lost of canonical: nothing." in words(out)
    given = write(tmp_path / "a.csv", ["jawOpen", "browInnerUpLeft"], [["0.5", "0.25"]])
    assert vrface("map", "canonical", given, "--to", "fb2", "-o", tmp_path / "b.csv")[0] == 0
    (row,) = read(tmp_path / "b.csv")
    assert (row["JAW_DROP"], row["INNER_BROW_RAISER_L"]) == ("0.5", "0.25")
    assert "INNER_BROW_RAISER_R" not in row


def test_what_an_absent_column_takes_along_is_told(vrface, tmp_path):
    header = [shape for shape in FB2 if shape != "LIP_FUNNELER_LB"]
    given = write(tmp_path / "a.csv", header, [["0.5"] * 69])
    _, out, _ = vrface("map", "fb2", given, "--to", "arkit", "-o", tmp_path / "b.csv")
    assert "Absent in arkit: mouthFunnel." in out
    assert "mouthFunnel" not in read(tmp_path / "b.csv")[0]


def test_a_table_of_ones_own(vrface, tmp_path):
    table = tmp_path / "mine.csv"
    table.write_text(
        "# my puppet\nshape,into,from,fate,note\n"
        "Mouth,jawOpen,jawOpen,measured,\nEars,,,lost,none\n"
    )
    code, out, _ = vrface("map", table)
    assert code == 0
    assert "mine: my puppet" in out
    given = write(tmp_path / "a.csv", ["JAW_DROP"], [["0.5"]])
    assert vrface("map", "fb2", given, "--to", table, "-o", tmp_path / "b.csv")[0] == 0
    assert read(tmp_path / "b.csv") == [{"Mouth": "0.5"}]


@pytest.mark.parametrize("second", ["fb2", "canonical", "unified", "arkit"])
def test_what_it_writes_of_a_take_is_imported(vrface, tmp_path, take_csv, second):
    out, log = tmp_path / "b.csv", tmp_path / "a.mcap"
    code, said, err = vrface("map", "arkit", take_csv, "--to", second, "-o", out)
    assert code == 0, err
    assert "360 rows" in said
    assert out.read_text().startswith(f"# vrface csv 1; scheme: {second}\nTimecode,")
    code, said, err = vrface("import", out, "-o", log, "--person", "p1")
    assert code == 0, err
    for fact in ("format plain", "person p1", "frames 360", "frames a second 60.0", "lost rows 0"):
        assert fact in words(said)
    code, said, err = vrface("info", log)
    assert code == 0, err
    assert "faces (truth) 360, of them 0 lost" in words(said)
    was, now = read_take(take_csv), read_take(out)
    np.testing.assert_array_equal(now.time_ns, was.time_ns)
    place = index("jawOpen")
    np.testing.assert_allclose(now.weights[:, place], was.weights[:, place], rtol=1e-6)


def test_what_a_first_line_says_stays(vrface, tmp_path):
    given, out = tmp_path / "a.csv", tmp_path / "b.csv"
    first = "# vrface csv 1; scheme: fb2; person: p1; rate_hz: 50; face: simulated"
    given.write_text(f"{first}\nJAW_DROP\n0.5\n0.25\n")
    assert vrface("map", "fb2", given, "--to", "arkit", "-o", out)[0] == 0
    take = read_take(out)
    assert (take.person, take.simulated, take.time_ns.tolist()) == ("p1", True, [0, 20_000_000])


def test_without_a_time_or_a_scheme_that_ships_there_is_no_first_line(vrface, tmp_path):
    out = tmp_path / "b.csv"
    given = write(tmp_path / "a.csv", ["JAW_DROP"], [["0.5"]])
    _, said, _ = vrface("map", "fb2", given, "--to", "arkit", "-o", out)
    assert "Not for `vrface import`" in said
    assert out.read_text() == "jawOpen\n0.5\n"
    table = tmp_path / "arkit.csv"
    table.write_text("shape,into,from,fate,note\nMouth,jawOpen,jawOpen,measured,\n")
    given = write(tmp_path / "a.csv", ["time_s", "JAW_DROP"], [["0", "0.5"]])
    vrface("map", "fb2", given, "--to", table, "-o", out)
    assert out.read_text() == "time_s,Mouth\n0,0.5\n"


def test_values_that_are_none_are_counted_and_named(vrface, tmp_path):
    header = ["time_s", "jawOpen", "jawLeft", "jawRight", "mood"]
    rows = [["0", "1.5", "-1", "x"], ["1", "2", "0", ""], ["2", "1", ".5", "nan", "good"]]
    given = write(tmp_path / "a.csv", header, rows)
    code, out, _ = vrface("map", "arkit", given, "--to", "fb2", "-o", tmp_path / "b.csv")
    assert code == 0
    assert "3 rows, 2 of 52 shapes of arkit" in words(out)
    for line in (
        "No number, left empty: 2 (jawRight).",
        "Above 1, taken as 1: 2 (jawOpen).",
        "Below 0, taken as 0: 1 (jawLeft).",
        "Columns of neither scheme, passed through: time_s, mood.",
    ):
        assert line in out.splitlines()
    assert [row["JAW_DROP"] for row in read(tmp_path / "b.csv")] == ["1.0"] * 3


def test_failures_are_one_line(fails, tmp_path):
    given = write(tmp_path / "a.csv", ["JAW_DROP", "jawOpen"], [["0.5", "0.1"]])
    out = tmp_path / "b.csv"
    assert "Did you mean 'fb2'" in fails(2, "map", "fb22")
    assert "--to and -o" in fails(2, "map", "fb2", given)
    assert "--to and -o" in fails(2, "map", "fb2", "--to", "arkit", "-o", out)
    assert "cannot be read" in fails(2, "map", tmp_path / "none.csv")
    assert "the columns" in fails(2, "map", given)
    assert "jawOpen" in fails(2, "map", "fb2", given, "--to", "arkit", "-o", out)
    again = write(tmp_path / "again.csv", ["JAW_DROP", "JAWOPEN"], [["0.5", "0.1"]])
    assert "JAWOPEN" in fails(2, "map", "fb2", again, "--to", "arkit", "-o", out)
    nothing = write(tmp_path / "nothing.csv", ["time_s", "JAW_DROP"], [["0", "soon"]])
    assert "no row of" in fails(1, "map", "fb2", nothing, "--to", "arkit", "-o", out)
    assert "over itself" in fails(2, "map", "fb2", given, "--to", "fb1", "-o", given)
    assert "no column of scheme htc" in fails(2, "map", "htc", given, "--to", "fb1", "-o", out)
    assert "there is no file" in fails(1, "map", "fb2", tmp_path / "x", "--to", "fb1", "-o", out)
    twice = write(tmp_path / "twice.csv", ["JAW_DROP", "jaw_drop"], [["0.5", "0.1"]])
    assert "two columns" in fails(2, "map", "fb2", twice, "--to", "fb1", "-o", out)
    long = write(tmp_path / "long.csv", ["JAW_DROP"], [["0.5", "0.1"]])
    assert "row 1 of" in fails(1, "map", "fb2", long, "--to", "fb1", "-o", out)
    (tmp_path / "empty.csv").write_text("")
    empty = tmp_path / "empty.csv"
    assert "is empty" in fails(1, "map", "fb2", empty, "--to", "fb1", "-o", out)
    empty.write_bytes(b"JAW_DROP\n\0")
    assert "not a text" in fails(1, "map", "fb2", empty, "--to", "fb1", "-o", out)
    assert not out.exists()
