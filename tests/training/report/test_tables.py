"""Tables hold the figures that were measured, each in its place."""

from tests.training.report import finished_jobs
from tests.training.report.rows import rows_of
from vrface.training.report import tables
from vrface.training.report.evaluation import Evaluation


def test_the_short_of_it_names_b_and_who_would_have_been_it(evaluation):
    found = {"mouth_only": {"unpaired": evaluation(0.026, climatology=0.022)}}
    assert rows_of(tables.standing(found, ("unpaired", "paired")))[2:] == [
        ["`mouth_only`", "unpaired", "26.0", "24.0 (pool)", "1.08", "4 of 6", "22.0 (climatology)"]
    ]


def test_errors_by_method_have_two_columns_a_calibration(evaluation):
    modes = {mode: evaluation(0.026, mode=mode) for mode in ("unpaired", "paired")}
    rows = rows_of(tables.by_method(modes))
    assert rows[0][1:] == ["unpaired", "raw", "paired", "raw"]
    assert ["**this model**", "26.0", "39.0", "26.0", "39.0"] in rows
    assert ["**B** (pool)", "24.0", "36.0", "24.0", "36.0"] in rows
    assert ["ridge user", "-", "-", "21.0", "31.5"] in rows


def test_b_is_named_for_each_calibration_where_it_is_not_the_same(evaluation):
    modes = {"none": evaluation(0.02, best="ridge"), "unpaired": evaluation(0.02)}
    (row,) = [row for row in rows_of(tables.by_method(modes)) if row[0].startswith("**B**")]
    assert row[0] == "**B** (none: ridge, unpaired: pool)"


def test_takes_have_a_column_each_and_tell_what_was_seen_and_how_they_were_calibrated():
    takes = [finished_jobs.take("a", "anna", 0.02), finished_jobs.take("b", "bert", 0.03)]
    takes[0]["seen"], takes[1]["calibration"] = True, "none"
    rows = rows_of(tables.by_take(Evaluation.of(takes)))
    assert rows[0] == ["", "anna / a (SEEN in training)", "bert / b"]
    assert ["**this model**", "20.0", "30.0"] in rows
    assert rows[-1] == ["calibrated", "unpaired", "none"]


def test_persons_have_a_row_each():
    takes = [finished_jobs.take("a", "anna", 0.021), finished_jobs.take("b", "bert", 0.03)]
    assert rows_of(tables.by_person(Evaluation.of(takes)))[2:] == [
        ["anna", "21.0", "24.0", "15.0", "0.88", "33 %"],
        ["bert", "30.0", "24.0", "15.0", "1.25", "-67 %"],
    ]


def test_a_ceiling_that_is_none_is_not_listed_by_group(evaluation):
    for ceiling, names in ((0.015, 4), (0.03, 3)):
        found = {"mouth_only": {"unpaired": evaluation(0.02, ceiling=ceiling)}}
        rows = rows_of(tables.by_group(found, "unpaired"))[2:]
        assert len(rows) == names
        assert rows[0][:4] == ["`mouth_only`", "**this model**", "20.0", "20.0"]


def test_channels_have_error_skill_and_agreement(evaluation):
    rows = rows_of(tables.by_channel({"mouth_only": {"unpaired": evaluation(0.02)}}, "unpaired"))
    assert ["browDownLeft", "20.0", "0.50", "0.70"] in rows
    assert ["*eyeLookUpLeft*", "20.0", "0.50", "0.70"] in rows
    assert len(rows) == 2 + len(finished_jobs.CHANNELS)


def test_an_ablation_has_both_side_by_side(evaluation):
    whole, without = {"paired": evaluation(0.02)}, {"paired": evaluation(0.03, pool=0.031)}
    rows = rows_of(tables.ablation(whole, without))
    assert rows[0][:3] == ["CRPS x 1000", "calibration", "hidden"]
    assert [row[:3] for row in rows[2:]] == [
        ["**this model**, with gaze", "paired", "20.0"],
        ["**this model**, without", "paired", "30.0"],
        ["**B** (pool), with gaze", "paired", "24.0"],
        ["**B** (pool), without", "paired", "31.0"],
    ]


def test_a_ratio_has_its_interval_from_five_persons_on(evaluation):
    few, many = ({"unpaired": evaluation(0.018, persons=n)} for n in (2, 5))
    assert ["**B** (pool)", "0.75"] in rows_of(tables.against(few))
    assert ["**B** (pool)", "0.75 (0.75 to 0.75)"] in rows_of(tables.against(many))


def test_the_way_to_the_ceiling_is_a_share(evaluation):
    found = {"mouth_only": {"unpaired": evaluation(0.02), "paired": evaluation(0.02, ceiling=0.1)}}
    assert ["`mouth_only`", "44 %", "-"] in rows_of(tables.gap(found))


def test_the_worst_tenth_stands_beside_all():
    takes = [finished_jobs.take(f"take-{n}", f"person-{n}", 0.02) for n in range(9)]
    takes.append(finished_jobs.take("bad", "the-tenth", 0.03))
    rows = rows_of(tables.worst({"mouth_only": {"unpaired": Evaluation.of(takes)}}))
    assert rows[2] == ["`mouth_only`", "unpaired", "20.8", "30.0", "0.25", "0.90"]
