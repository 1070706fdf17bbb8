"""The page: every row is there, figures stand beside the right ones, what is missing is said."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.ablate.judging import CALIBRATIONS
from benchmarks.ablate.rows import WITH_GAZE, Found, gaze_away, ratio, rows
from benchmarks.ablate.table import page, write
from benchmarks.ablate.variants import VARIANTS, Settings
from tests.benchmarks.ablate import settings as made
from vrface.training.report.jobs import FOCUS, TIERS

SETTINGS = made.tiny()


def found(persons=2):
    results = made.results(SETTINGS, real=persons > 0, taught=persons > 1)
    return Found(
        settings=SETTINGS,
        runs={name[4:]: one for name, one in results.items() if name.startswith("run-")},
        judged={n: one for n, one in results.items() if not n.startswith(("run-", "steps"))},
        steps=results["steps"],
        persons=persons,
        command="make ablate",
        machine="a machine",
    )


def cells(text):
    """Title -> cells of each row of the table."""
    lines = [line for line in text.split("\n## ")[0].splitlines() if line.startswith("| ")][2:]
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
    assert base[5:8] == ["1,000", "100 us", "1.0"]


def test_calibrations_compare_with_the_usual_one_and_clocks_with_the_base_at_their_rate():
    by_title = {row.title: row for row in rows(SETTINGS)}
    assert by_title["calibration paired 60 s"].beside == "unpaired 5 s"
    assert by_title["no `dt` at 90 Hz"].beside == "base"
    assert by_title["no `dt` at 90 Hz"].part == "90-hz"
    assert ratio(by_title["no `dt` at 90 Hz"], found().judged, "simulated", FOCUS) is not None


def test_without_real_faces_what_needs_them_is_open():
    text = page(found(persons=0))
    table = cells(text)
    assert table["**base**"][8:11] == ["open"] * 3
    for name in ("real", "mixed"):
        assert table[VARIANTS[name].words][:3] == ["open"] * 3
    assert "`VRFACE_DATA`" in text
    assert "open" not in "".join(cells(page(found()))["**base**"])


def test_models_that_real_faces_taught_are_judged_on_simulated_ones_too():
    table = cells(page(found()))
    assert re.match(r"\d", table[VARIANTS["mixed"].words][0])
    assert re.match(r"\d", table[VARIANTS["mixed"].words][8])


def test_when_all_takes_may_be_of_one_person_what_they_teach_stays_open_and_why_is_said():
    text = page(found(persons=1))
    table = cells(text)
    for name in ("real", "mixed"):
        row = table[VARIANTS[name].words]
        assert [*row[:3], *row[8:11]] == ["open"] * 6
    assert re.match(r"\d", table["**base**"][8])  # real faces judge the others all the same
    assert "Not run: all takes here may be of one person" in text
    assert "cannot be decided" in text
    assert "one person" not in page(found())


def test_runs_that_take_too_long_are_named_with_what_they_took():
    whole = found()
    assert "no run here is over it" in page(whole)
    slow = {**whole.runs["gru"], "cpu_s": 12.34 * 60}
    text = page(replace(whole, runs={**whole.runs, "gru": slow}))
    assert "over it a GRU for the leaky memories (12.3)." in text
    assert cells(text)[VARIANTS["gru"].words][7] == "12.3"


def test_the_worst_that_taking_gaze_away_does_to_a_shape_is_told():
    whole = found()
    away = gaze_away(whole.judged, FOCUS)
    assert away is not None
    (both, shapes), looks = away, whole.judged[f"simulated-{FOCUS}"]
    share = (
        looks["gaze away"][0]["shapes"]["browDownLeft"] / looks["deaf"][0]["shapes"]["browDownLeft"]
    )
    assert both["ratio"] == pytest.approx(share)
    assert shapes[0].ratio == pytest.approx(share**2)
    assert [one.shape for one in shapes] == ["cheekSquintLeft", "browDownLeft"]
    lines = [line for line in page(whole).splitlines() if "| cheekSquintLeft |" in line]
    assert [line.split("`")[1] for line in lines] == list(WITH_GAZE)
    assert lines[0].endswith("| 2 of 2 |")


def test_a_session_that_is_not_calibrated_is_not_what_nothing_known_shows():
    text = page(found())
    assert "nothing known, levels never found" in cells(text)
    assert "calibration none" not in text


def test_before_anything_is_measured_every_row_is_there_and_open(tmp_path):
    nothing = replace(found(persons=0), runs={}, judged={}, steps={})
    written = write(nothing, tmp_path)
    assert set(cells(page(nothing))) == set(cells(page(found())))
    assert not list(tmp_path.rglob("*.png"))
    assert "](" not in written.read_text("utf-8")


def test_the_page_that_is_kept_has_the_rows_that_the_tool_writes():
    kept = cells((Path(__file__).parents[3] / "docs" / "ablations.md").read_text("utf-8"))
    assert list(kept)[: len(rows(Settings()))] == [row.title for row in rows(Settings())]


def test_the_page_and_its_plot_are_written(tmp_path):
    written = write(found(), tmp_path)
    text = written.read_text("utf-8")
    (picture,) = re.findall(r"\((report/[^)]+)\)", text)
    assert (tmp_path / picture).stat().st_size > 1000
    assert not [word for word in ("nan", "None", "inf ") if word in text]
