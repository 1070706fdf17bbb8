"""Tables of how a face looks hold the figures that were measured, each in its place."""

from tests.training.report.rows import rows_of
from vrface.training.report import sights

MODE = "unpaired"


def found(one):
    return {"mouth_only": {MODE: one}}


def test_active_and_still_leave_out_a_ceiling_that_is_none(evaluation):
    rows = rows_of(sights.activity(found(evaluation(0.02)), MODE))
    assert rows[2] == ["`mouth_only`", "**this model**", "0.55", "0.50", "2.0"]
    assert [row[1] for row in rows[2:]] == ["**this model**", "**B** (pool)", "ceiling C: personal"]
    rows = rows_of(sights.activity(found(evaluation(0.02, ceiling=0.03)), MODE))
    assert [row[1] for row in rows[2:]] == ["**this model**", "**B** (pool)"]


def test_agreement_stands_by_group_for_model_b_and_c(evaluation):
    rows = rows_of(sights.agreement(found(evaluation(0.02)), MODE))
    assert rows[0][2:5] == ["R2: model", "B", "C"]
    assert [row[1] for row in rows[2:]] == ["lid", "brow", "cheek", "nose"]
    assert rows[2][2:] == ["0.50"] * 3 + ["0.70"] * 3 + ["0.55", "0.46", "0.66"]
    rows = rows_of(sights.agreement(found(evaluation(0.02, ceiling=0.03)), MODE))
    assert rows[2][2:] == ["0.50", "0.50", "-", "0.70", "0.70", "-", "0.55", "0.46", "-"]


def test_coverage_tells_what_is_below_inside_and_above(evaluation):
    rows = rows_of(sights.coverage(found(evaluation(0.02))))
    assert rows[2] == ["`mouth_only`", MODE, "0.05", "0.90", "0.05", "0.90"]


def test_what_is_measured_stands_apart(evaluation):
    rows = rows_of(sights.of_summaries(found(evaluation(0.02)), MODE, sights.MEASURED))
    assert rows[2] == ["`mouth_only`", "0.93", "0.96", "20.0", "17"]


def test_blinks_say_whether_lids_have_a_sensor(evaluation):
    rows = rows_of(sights.blinks(found(evaluation(0.02)), MODE))
    assert rows[2][:5] == ["`mouth_only`", "measured", "14.0", "12.0", "0.90"]


def test_recovery_tells_how_many_drops_count(evaluation):
    rows = rows_of(sights.of_summaries(found(evaluation(0.02)), MODE, sights.RECOVERY))
    assert rows[2] == [
        *("`mouth_only`", "4.0", "1.0", "3.0", "120", "0.25", "20.0", "40.0", "40.0", "50.0")
    ]


def test_what_is_not_defined_is_a_dash(bare):
    for columns in (sights.LIVELINESS, sights.RECOVERY, sights.MILLIMETRES):
        assert rows_of(sights.of_summaries(bare.real, MODE, columns))[2][1:] == ["-"] * len(columns)
