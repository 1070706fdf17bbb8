"""What benchmarks share: ratios with an interval that means something, reports that can be read."""

import json
from pathlib import Path

import numpy as np
import pytest

from benchmarks import measure
from vrface.errors import BadUse


def times(middle: float, seed: int) -> np.ndarray:
    return middle * np.random.default_rng(seed).lognormal(0.0, 0.1, (50, 40))


def test_a_ratio_is_that_of_the_medians_and_lies_in_its_interval() -> None:
    ratio, low, high = measure.ratio(times(80.0, 0), times(160.0, 1), 0)
    assert ratio == pytest.approx(0.5, rel=0.02)
    assert low < ratio < high
    assert high - low < 0.02


def test_rounds_that_differ_widen_the_interval() -> None:
    steady, shaken = times(80.0, 0), times(80.0, 0)
    shaken *= np.random.default_rng(2).uniform(0.5, 1.5, (50, 1))
    narrow, wide = (measure.ratio(ours, times(80.0, 1), 0) for ours in (steady, shaken))
    assert wide[2] - wide[1] > 3 * (narrow[2] - narrow[1])


def test_what_disturbs_both_sides_of_a_round_leaves_the_ratio_alone() -> None:
    slow = np.ones((50, 1))
    slow[25:] = 10.0
    ratio, *_ = measure.ratio(times(80.0, 0) * slow, times(80.0, 1) * slow, 0)
    assert ratio == pytest.approx(1.0, abs=0.1)


def test_quantiles_of_known_times() -> None:
    assert measure.quantiles(np.arange(101.0)) == {"p10": 10.0, "p50": 50.0, "p99": 99.0}


def test_a_report_says_where_it_was_taken_and_can_be_read_again(tmp_path: Path) -> None:
    told = measure.machine("numpy")
    assert told["numpy"] == np.__version__
    assert told["cores"] >= 1
    measure.write({"machine": told}, tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text()) == {"machine": told}
    measure.write({"machine": told}, None)


def test_what_fails_is_one_line_and_an_exit_code(capsys) -> None:
    own = KeyboardInterrupt("2 of 3 are kept")
    cases = [
        (BadUse("no.", "Say yes."), "", 2, "dig: no. Say yes.\n"),
        (KeyboardInterrupt(), "", 130, "dig: stopped\n"),
        (KeyboardInterrupt(), "it goes on", 130, "dig: stopped; it goes on\n"),
        (own, "it goes on", 130, "dig: stopped; 2 of 3 are kept\n"),
    ]
    for error, stopped, code, said in cases:
        with pytest.raises(SystemExit) as left, measure.told("dig", stopped):
            raise error
        assert (left.value.code, capsys.readouterr().err) == (code, said)
    with measure.told("dig"):
        pass
