"""The report for people: the figures that were measured, in tables that parse."""

import pytest

from tests.training.reports import report
from vrface.training.held_out_page import (
    coverage_verdict,
    hidden_errors,
    report_page,
    score_tables,
)


def rows_of(text):
    """The rows of all tables of a Markdown text, as lists of cells."""
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_every_calibration_has_its_table_by_group():
    page = report_page(report())
    for heading in ("## vive_pro_eye_lip", "### Calibration none", "### Calibration paired"):
        assert heading in page
    assert ["", "hidden", "brow", "cheek", "in band", "active skill", "sd ratio", "lag"] in rows_of(
        page
    )
    ours = ["this model", "14.8", "29.6", "7.4", "0.90", "0.40", "0.80", "21"]
    assert ours in rows_of(page)
    assert page.count("\n| ridge |") == 3
    assert page.count("\n| ridge user |") == 1


def test_the_page_says_what_the_figures_are_of():
    page = report_page(report())
    assert "simulated face, simulated sensors" in page
    assert "6 wearers, 240 s, drawn by seed 3 from 32 held out" in page
    assert "from 20 s of the other half" in page
    page = report_page(report() | {"headsets": [report()["headsets"][0] | {"wearers": 1}]})
    assert "1 wearer, 240 s" in page


def test_tiers_stand_beside_the_whole_headset_with_b_whoever_is_best_there():
    made = report()
    for summary in made["headsets"][0]["tiers"].values():
        summary["rivals"]["neutral"]["groups"]["hidden"]["crps"] = 0.001
    rows = rows_of(report_page(made))
    whole = ["`vive_pro_eye_lip`", "14.8", "29.6", "7.4", "0.90", "18.5 (ridge)"]
    fewer = ["`mouth_only`", "17.1", "34.2", "8.6", "0.97", "19.9 (ridge)"]
    assert rows[rows.index(whole) + 1] == fewer


def test_best_is_never_listed_twice():
    assert "| best |" not in report_page(report())


def test_the_legend_explains_the_rivals_of_its_tables_and_no_others():
    page = report_page(report())
    for name in ("neutral", "ridge", "ridge user"):
        assert page.count(f"\n- **{name}**: ") == 1
    assert "**pool**" not in page


def test_a_report_of_nothing_says_so():
    empty = report() | {"headsets": []}
    assert "No held-out log is long enough" in report_page(empty)
    assert score_tables(empty) == ""


def test_what_is_undefined_is_a_dash():
    made = report()
    made["headsets"][0]["calibrations"]["none"]["groups"]["hidden"]["lag_ms"] = None
    assert ["this model", "20.1", "40.2", "10.1", "0.80", "0.40", "0.80", "-"] in rows_of(
        report_page(made)
    )


def test_the_short_tables_have_one_column_a_calibration():
    rows = rows_of(score_tables(report()))
    assert rows[0] == ["hidden shapes, CRPS x 1000", "none", "unpaired", "paired"]
    assert ["this model", "20.1", "14.8", "14.2"] in rows
    assert ["ridge user", "-", "-", "13.9"] in rows
    assert rows[-1][1:] == ["0.80", "0.90", "0.90"]


def test_hidden_errors_name_the_model_first():
    errors = hidden_errors(report()["headsets"][0]["calibrations"])
    assert [name for name, *_ in errors] == ["this model", "neutral", "ridge", "ridge user"]


@pytest.mark.parametrize(
    ("coverage", "words"),
    [
        (0.80, "80.0 % of the truth: too narrow, it is surer than it may be."),
        (0.90, "90.0 % of the truth: honest."),
        (0.954, "95.4 % of the truth: too wide, it is less sure than it could be."),
        (None, "cannot be judged."),
    ],
)
def test_coverage_is_told_as_a_sentence(coverage, words):
    assert words in coverage_verdict(coverage)
