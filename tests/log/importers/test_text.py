"""Delimited text: encodings, line ends, sizes, times."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import TakeError
from vrface.log.importers import text
from vrface.log.importers.text import (
    LARGEST,
    cells,
    first_line,
    header,
    in_order,
    later,
    number,
    read_rows,
    seconds,
)

HEADER = "time;Séquence;x"
BODY = "1;a;0,5\n2;b;0.25\n3;c;\n"


def rows_of(path, **changes):
    return read_rows(
        **{
            "path": path,
            "delimiter": ";",
            "time": "time",
            "numbers": ("x", "y"),
            "read_time": int,
            **changes,
        }
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_any_line_end(tmp_path, encoding, end):
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEADER}\n{BODY}".rstrip("\n").replace("\n", end).encode(encoding))
    rows = rows_of(path)
    assert rows.columns == ("time", "Séquence", "x")
    assert rows.time.tolist() == [1, 2, 3]
    np.testing.assert_array_equal(rows.numbers["x"], [0.5, 0.25, np.nan])


def test_columns_are_found_in_any_case_and_the_first_of_two_counts(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(" TIME ;X;x\n1;10;20\n")
    rows = rows_of(path)
    assert rows.numbers["x"].tolist() == [10.0]
    assert rows.have("x")
    assert not rows.have("x", "y")
    assert np.isnan(rows.together("x", "y")[0]).tolist() == [False, True]


def test_the_first_bytes_tell_the_header_that_the_whole_tells(tmp_path):
    for name, content in {
        "comment": b"# made by hand\n\nTime; X ;y\n1;2;3\n",
        "cr": b"Time; X ;y\r1;2;3\r",
        "quoted": b'"Time";"X";"y"\n1;2;3\n',
        "utf-16": "Time;X;y\n1;2;3\n".encode("utf-16"),
        "marked": "Time;X;y\n1;2;3\n".encode("utf-8-sig"),
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        assert header(content, ";") == next(cells(path, ";")) == ["Time", "X", "y"]


@given(st.binary(max_size=300))
def test_any_bytes_have_a_first_line_and_a_header_or_none(data):
    assert "\n" not in first_line(data)
    assert isinstance(header(data, ","), list)


def test_a_bit_of_a_mask_is_there_or_not(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time;x\n1;20\n2;4\n3;\n4;-1\n5;1e30\n6;16\n")
    has = rows_of(path).has_bit(16, "x", "y")
    assert has.tolist() == [[known, False] for known in (True, False, False, False, False, True)]


def test_more_values_than_can_be_held_are_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("time;x\n" + "1\n" * 100)  # short rows hold as much room as whole ones
    monkeypatch.setattr(text, "MOST_VALUES", 200)
    assert len(rows_of(path).time) == 100
    monkeypatch.setattr(text, "MOST_VALUES", 198)
    with pytest.raises(TakeError, match="more than 198 values"):
        rows_of(path)


def test_rows_without_a_time_are_counted_and_short_ones_hold_nothing(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time;x\n# a comment\nsoon;1\n\n5\n;\n99999999999999999999;1\n6;2;3;4\n")
    rows = rows_of(path)
    assert rows.time.tolist() == [5, 6]
    assert rows.untimed == 3
    np.testing.assert_array_equal(rows.numbers["x"], [np.nan, 2.0])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column 'time'"),
        (b"x;y\n1;2\n", "starts with 'x,y'"),
        (b"time;x\n", "0 rows"),
        (b"time;x\nsoon;1\n", "1 rows, and none with a time"),
        (b"time;x\n1;\0\n", "not a text"),
        (b"time;x\n" + b"1" * 100_000, "not a text"),
    ],
)
def test_what_is_no_such_text_is_said_to_be_none(tmp_path, content, said):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(TakeError, match=said):
        rows_of(path)


def test_a_text_that_is_too_long_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "a.csv"
    path.write_text("time;x\n" + "1;2\n" * 1000)
    monkeypatch.setattr(text, "MOST_BYTES", 1000)
    with pytest.raises(TakeError, match="longer than"):
        next(cells(path, ";"))


def test_what_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(TakeError, match="there is no file"):
        next(cells(tmp_path / "none.csv", ";"))


def test_only_rows_later_than_all_before_are_in_order(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("time;x\n10;1\n12;2\n12;3\n11;4\n15;5\nx;6\n")
    rows, time, notes = in_order(path, rows_of(path), 1000)
    assert time.tolist() == [0, 2000, 5000]
    assert rows.numbers["x"].tolist() == [1.0, 2.0, 5.0]
    assert notes == ("1 row left out: no time.", "2 rows left out: doubled, or back in time.")


def test_a_time_from_another_year_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"time;x\n0;1\n{2**62};2\n")
    with pytest.raises(TakeError, match="days"):
        in_order(path, rows_of(path), 1000)


def test_nothing_is_later_than_nothing():
    assert later(np.zeros(0, np.int64)).tolist() == []


def test_seconds_are_nanoseconds():
    assert seconds("5,38000011444092") == 5_380_000_114
    for cell in ("", "soon", "nan", "1e999"):
        with pytest.raises((ValueError, OverflowError)):
            seconds(cell)


@given(st.floats(-LARGEST, LARGEST))
def test_a_number_reads_with_a_point_and_with_a_comma(value):
    assert number(repr(value)) == value
    assert number(repr(value).replace(".", ",")) == value


def test_a_number_too_large_for_any_sensor_stays_finite():
    assert number("1e300") == LARGEST
    assert number("-1e300") == -LARGEST
    for cell in ("inf", "-Infinity", "1e999", "nan", ""):
        assert np.isnan(number(cell))


@given(st.text(max_size=20))
def test_any_cell_is_a_number_or_none(cell):
    assert isinstance(number(cell), float)


@given(st.binary(max_size=300))
def test_any_bytes_are_rows_or_an_error(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("text") / "a.csv"
    path.write_bytes(b"time;x\n" + data)
    try:
        rows = rows_of(path)
    except TakeError:
        return
    assert len(rows.time) == len(rows.numbers["x"])
