"""Findings are what finished jobs kept, joined, and of one checkpoint."""

import pytest

from tests.training.report import finished_jobs
from vrface.errors import VrfaceError
from vrface.training.report.findings import Findings, read
from vrface.training.report.jobs import ABLATED, HEADSETS, TIERS, UNHEARD
from vrface.training.report.options import Options
from vrface.training.words import BEST


def test_parts_of_one_headset_are_joined_before_they_are_averaged(findings):
    for name, modes in findings.simulated.items():
        assert list(modes) == ["none", "unpaired", "paired"]
        for one in modes.values():
            assert one.summary["persons"] == len(one.takes) == (12 if name in TIERS else 6)
            assert one.summary["against"][BEST]["high"] is not None
    assert list(findings.simulated) == list(HEADSETS)
    assert list(findings.real) == [name for name in HEADSETS if name not in UNHEARD]


def test_what_has_a_stream_taken_away_stands_apart(findings):
    assert ABLATED not in findings.real
    assert set(findings.ablated) == {"unpaired", "paired"}
    assert findings.ablated["paired"].error("model") == pytest.approx(0.038)


def test_what_is_known_of_the_model_is_read_back(findings):
    assert findings.known == finished_jobs.KNOWN


def test_results_of_another_checkpoint_are_refused(tmp_path):
    options = Options(wearers=1)
    finished_jobs.results(tmp_path, options)
    with pytest.raises(VrfaceError, match="of another checkpoint"):
        read(tmp_path, options, finished_jobs.ABOUT | {"digest": "fedcba"})


def test_every_label_names_evidence_seeds_protocol_and_checkpoint(findings):
    assert findings.label("real") == (
        "real face, simulated sensors; sensor seeds 0 to 4; protocol 1; checkpoint 01234567"
    )
    assert findings.label("simulated") == (
        "simulated face, simulated sensors; wearer seeds 10000 to 10011, sensor seed 0; "
        "protocol 1; checkpoint 01234567"
    )


def test_what_is_missing_says_why(findings, tmp_path):
    assert findings.missing("real") == findings.missing("simulated") == ""
    nothing = Findings(finished_jobs.ABOUT, Options())
    assert "VRFACE_DATA" in nothing.missing("real")
    nothing = Findings(finished_jobs.ABOUT, Options(data=tmp_path))
    assert "arkit/PERSON/TAKE.csv" in nothing.missing("real")
