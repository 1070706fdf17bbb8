"""`vrface map`: what becomes of a standard's shapes, and a CSV in another standard's shapes."""

import csv

import numpy as np
import pytest

from vrface.face.schemes import SCHEMES, scheme

FB2 = scheme("fb2").shapes


def words(text):
    return " ".join(text.split())


def write(path, header, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def read(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


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
    assert "browInnerUp measured 0.5 INNER_BROW_RAISER_L + 0.5 INNER_BROW_RAISER_R" in words(out)


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
    first, second, third = read(tmp_path / "b.csv")
    assert first["Timecode"] == "0"
    assert (first["JAW_DROP"], first["TONGUE_OUT"]) == ("0.5", "")
    assert first["INNER_BROW_RAISER_L"] == first["INNER_BROW_RAISER_R"] == "0.25"
    assert (second["JAW_DROP"], second["TONGUE_OUT"]) == ("", "0.1")
    assert (third["JAW_DROP"], third["INNER_BROW_RAISER_L"]) == ("", "")


def test_what_an_absent_column_takes_along_is_told(vrface, tmp_path):
    header = [shape for shape in FB2 if shape != "LIP_FUNNELER_LB"]
    given = write(tmp_path / "a.csv", header, [["0.5"] * 69])
    _, out, _ = vrface("map", "fb2", given, "--to", "arkit", "-o", tmp_path / "b.csv")
    assert "Absent in arkit: mouthFunnel." in out
    assert read(tmp_path / "b.csv")[0]["mouthFunnel"] == ""


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
    assert read(tmp_path / "b.csv") == [{"Mouth": "0.5", "Ears": ""}]


def test_failures_are_one_line(fails, tmp_path):
    given = write(tmp_path / "a.csv", ["JAW_DROP", "jawOpen"], [["0.5", "0.1"]])
    out = tmp_path / "b.csv"
    assert "Did you mean 'fb2'" in fails(2, "map", "fb22")
    assert "--to and -o" in fails(2, "map", "fb2", given)
    assert "--to and -o" in fails(2, "map", "fb2", "--to", "arkit", "-o", out)
    assert "cannot be read" in fails(2, "map", tmp_path / "none.csv")
    assert "the columns" in fails(2, "map", given)
    assert "jawOpen" in fails(2, "map", "fb2", given, "--to", "arkit", "-o", out)
    assert "over itself" in fails(2, "map", "fb2", given, "--to", "fb1", "-o", given)
    assert "no column of scheme htc" in fails(2, "map", "htc", given, "--to", "fb1", "-o", out)
    assert "No such file" in fails(1, "map", "fb2", tmp_path / "x", "--to", "fb1", "-o", out)
    twice = write(tmp_path / "twice.csv", ["JAW_DROP", "jaw_drop"], [["0.5", "0.1"]])
    assert "two columns" in fails(2, "map", "fb2", twice, "--to", "fb1", "-o", out)
    long = write(tmp_path / "long.csv", ["JAW_DROP"], [["0.5", "0.1"]])
    assert "row 1 of" in fails(1, "map", "fb2", long, "--to", "fb1", "-o", out)
    (tmp_path / "empty.csv").write_text("")
    empty = tmp_path / "empty.csv"
    assert "is empty" in fails(1, "map", "fb2", empty, "--to", "fb1", "-o", out)
    empty.write_bytes(b"\xff\xfe\x00")
    assert "not a text" in fails(1, "map", "fb2", empty, "--to", "fb1", "-o", out)
    assert not out.exists()
