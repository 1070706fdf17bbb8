"""What every scheme reads and writes of one seeded face, held against its golden table."""

import csv
import io

import pytest

from tests.golden.schemes.regenerate import FOLDER, golden
from vrface.face.schemes import SCHEMES


def rows(text):
    return list(csv.reader(io.StringIO(text)))


def test_every_scheme_has_a_golden_table_and_no_table_lost_its_scheme():
    assert sorted(path.stem for path in FOLDER.glob("*.csv")) == list(SCHEMES)


@pytest.mark.parametrize("name", SCHEMES)
def test_a_scheme_still_reads_and_writes_what_its_golden_table_says(name):
    kept = rows((FOLDER / f"{name}.csv").read_text(encoding="utf-8"))
    now = rows(golden(name))
    assert [row[:2] for row in now] == [row[:2] for row in kept]
    for (block, shape, value), (_, _, before) in zip(now[1:], kept[1:], strict=True):
        same = value == before or (value and before and abs(float(value) - float(before)) < 2e-6)
        assert same, f"{block} {shape}: {value!r} was {before!r}"
