"""What reports say alike: figures as text, methods in words, tables that parse."""

import pytest

from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.training.rivals.field import CONTENDERS
from vrface.training.words import (
    RIVALS,
    coverage_words,
    error,
    legend,
    listed,
    many,
    markdown_table,
    percent,
    share,
    tenth,
    whole,
)


def test_every_rival_has_words():
    assert set(RIVALS) == {*CONTENDERS, *LEARNED_RIVALS}


def test_a_legend_explains_those_that_are_there_in_the_order_of_reports():
    assert legend(["pool", "best", "neutral"]) == (
        "- **neutral**: a face that always rests.\n- **pool**: ridge and climatology, mixed.\n"
    )


@pytest.mark.parametrize(
    ("coverage", "words"),
    [(0.869, "too narrow"), (0.87, "honest"), (0.93, "honest"), (0.931, "too wide")],
)
def test_coverage_is_judged_both_ways(coverage, words):
    assert coverage_words(coverage) == words


@pytest.mark.parametrize(
    ("text", "value", "written"),
    [
        (error, 0.02544, "25.4"),
        (share, 0.456, "0.46"),
        (whole, 16.7, "17"),
        (tenth, 0.25, "0.2"),
        (percent, -0.123, "-12 %"),
    ],
)
def test_figures_are_rounded_and_what_is_undefined_is_a_dash(text, value, written):
    assert text(value) == written
    assert text(None) == "-"


def test_words_are_joined_and_counted():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert (many(1, "take"), many(2, "take")) == ("1 take", "2 takes")


def test_a_table_has_as_many_columns_in_every_line():
    text = markdown_table(["a", "b"], [("1", "2"), ("3", "4")])
    assert text == "| a | b |\n| --- | ---: |\n| 1 | 2 |\n| 3 | 4 |\n"
