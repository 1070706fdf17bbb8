"""The verdict says what the figures carry, and hides no defeat."""

from tests.training.report import finished_jobs
from vrface.training.report.findings import Findings
from vrface.training.report.options import Options
from vrface.training.report.verdict import no_ceiling, summary_line, verdict


def of(**real):
    modes = {name: {"unpaired": one} for name, one in real.items()}
    return Findings(finished_jobs.ABOUT, Options(), real=modes)


def test_it_tells_defeat_and_victory(findings):
    real, simulated = (verdict(findings, kind) for kind in ("real", "simulated"))
    assert "better than B in 0 of 10 cases" in real
    assert "8 % more error (`mouth_only` unpaired) to 42 % more" in real
    assert "first in 0 of 10 cases" in real
    assert "better than B in 12 of 12 cases" in simulated
    assert summary_line(findings) == (
        "real faces: better than B in 0 of 10; simulated faces: better than B in 12 of 12"
    )


def test_two_persons_are_too_few_and_every_case_is_a_look(findings):
    real, simulated = (verdict(findings, kind) for kind in ("real", "simulated"))
    assert "Whether that is chance cannot be told of 2 persons: it takes 5." in real
    assert "beyond chance" not in real
    assert "12 cases are 12 looks), it is beyond chance better in 12 and worse in 0 of" in simulated


def test_the_spread_is_called_by_its_name_alone(evaluation):
    honest, narrow = evaluation(0.02), evaluation(0.02)
    narrow.summary["groups"]["hidden"]["coverage90"] = 0.8
    assert verdict(of(a=honest), "real").endswith("holds 90 % of the truth: honest.")
    assert "holds 80 % of the truth: too narrow." in verdict(of(a=narrow), "real")
    both = verdict(of(a=honest, b=narrow), "real")
    assert "holds 80 to 90 % of the truth: honest and too narrow." in both


def test_a_face_that_moves_too_little_or_wrongly_is_told(evaluation):
    said = verdict(of(a=evaluation(0.02), b=evaluation(0.06)), "real")
    assert "saves error against the neutral face (active skill): `a` (0.55)." in said
    assert "no better than a face that never moves: `b` (-0.35)." in said
    assert "Over all frames it is better than the neutral face in 1 of 2." in said


def test_where_c_loses_to_b_it_is_said(evaluation):
    good, bad = evaluation(0.02), evaluation(0.02, ceiling=0.03)
    assert no_ceiling(of(a=good), "real") == ""
    assert "where it loses to B: `b` unpaired." in no_ceiling(of(a=good, b=bad), "real")


def test_without_b_there_is_nothing_to_compare_with(bare):
    assert "there is no B to compare with" in verdict(bare, "real")
