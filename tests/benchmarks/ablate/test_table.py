"""The page: every row is there, figures stand beside the right ones, what is missing is said."""

import re

import pytest

from benchmarks.ablate.judging import CALIBRATIONS
from benchmarks.ablate.table import Found, page, ratio, rows, write
from benchmarks.ablate.variants import VARIANTS
from tests.benchmarks.ablate import settings as made
from vrface.training.report.jobs import FOCUS, TIERS

SETTINGS = made.tiny()


def found(real=True):
    results = made.results(SETTINGS, real)
    return Found(
        settings=SETTINGS,
        runs={name[4:]: one for name, one in results.items() if name.startswith("run-")},
        judged={n: one for n, one in results.items() if not n.startswith(("run-", "steps"))},
        steps=results["steps"],
        command="make ablate",
        machine="a machine",
    )


def cells(text):
    """Title -> cells of each row of the table."""
    lines = [line for line in text.splitlines() if line.startswith("| ")][2:]
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {first: rest for first, *rest in split}


def test_every_run_clock_and_calibration_has_its_row():
    titles = cells(page(found()))
    assert len(titles) == len(VARIANTS) + 1 + 2 * len(SETTINGS.rates_hz) + len(CALIBRATIONS)


def test_a_ratio_is_the_geometric_mean_over_wearers_with_its_interval():
    row = next(row for row in rows(SETTINGS) if row.key == "gru")
    beside = ratio(row, found().judged, "simulated", FOCUS)
    assert beside is not None
    assert beside["ratio"] == pytest.approx(31 / 30)
    assert beside["low"] == pytest.approx(beside["high"])  # alike in all wearers
    table = cells(page(found()))
    assert table[VARIANTS["gru"].words][TIERS.index(FOCUS)] == "38.4, 1.03 (1.03-1.03)"


def test_the_base_stands_alone_with_its_size_and_time():
    base = cells(page(found()))["**base**"]
    assert not [cell for cell in base[: len(TIERS)] if "," in cell]
    assert base[5:7] == ["1,000", "100 us"]


def test_calibrations_compare_with_the_usual_one_and_clocks_with_the_base_at_their_rate():
    by_title = {row.title: row for row in rows(SETTINGS)}
    assert by_title["calibration paired 60 s"].beside == "unpaired 5 s"
    assert by_title["no `dt` at 90 Hz"].beside == "base"
    assert by_title["no `dt` at 90 Hz"].part == "90-hz"
    assert ratio(by_title["no `dt` at 90 Hz"], found().judged, "simulated", FOCUS) is not None


def test_without_real_faces_what_needs_them_is_open():
    text = page(found(real=False))
    table = cells(text)
    assert table["**base**"][7:10] == ["open"] * 3
    for name in ("real", "mixed"):
        assert table[VARIANTS[name].words][:3] == ["open"] * 3
    assert "`VRFACE_DATA`" in text
    assert "open" not in "".join(cells(page(found()))["**base**"])


def test_models_that_real_faces_taught_are_judged_on_simulated_ones_too():
    table = cells(page(found()))
    assert re.match(r"\d", table[VARIANTS["mixed"].words][0])
    assert re.match(r"\d", table[VARIANTS["mixed"].words][7])


def test_the_page_and_its_plot_are_written(tmp_path):
    written = write(found(), tmp_path)
    text = written.read_text("utf-8")
    (picture,) = re.findall(r"\((images/[^)]+)\)", text)
    assert (tmp_path / picture).stat().st_size > 1000
    assert not [word for word in ("nan", "None", "inf ") if word in text]
