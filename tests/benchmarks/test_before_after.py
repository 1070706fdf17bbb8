"""The small recipe before and after the simulated wearer: which way is better, and what is kept."""

import pytest

from benchmarks.before_after import ERRORS, SKILLS, Change, before_after, changes
from tests.training.report import finished_jobs
from vrface.training.report.findings import read
from vrface.training.report.options import Options

SKILL, EXCESS = SKILLS


@pytest.mark.parametrize(
    ("figure", "before", "after", "better"),
    [
        (SKILL, 0.1, 0.2, True),
        (SKILL, 0.2, 0.1, False),
        (EXCESS, 0.005, 0.002, True),
        (EXCESS, -0.001, 0.002, False),
        (ERRORS[0], 0.03, 0.03, False),
    ],
)
def test_more_skill_and_less_excess_are_better(figure, before, after, better):
    assert Change("mouth_only", figure, before, after).better is better


def test_without_real_faces_there_is_nothing_to_compare(tmp_path):
    options = Options(wearers=6)
    finished_jobs.results(tmp_path, options)
    found = read(tmp_path, options, finished_jobs.ABOUT)
    assert changes(found, ERRORS) == []
    assert before_after(found) is None


def test_every_headset_is_compared_with_what_was_kept_of_it(tmp_path):
    data = tmp_path / "data"
    (data / "arkit" / "erika").mkdir(parents=True)
    (data / "arkit" / "erika" / "a.csv").touch()
    options = Options(wearers=6, data=data)
    finished_jobs.results(tmp_path, options)
    table = before_after(read(tmp_path, options, finished_jobs.ABOUT))
    assert table is not None
    assert "| `mouth_only` | 40.3 -> 26.0 | 79.9 -> 46.8 |" in table
    assert "| `vive_pro_eye_lip` | 28.5 -> 32.0 |" in table
    assert "| `mouth_only` | -0.07 -> " in table  # beside one neutral face
    assert "| `mouth_only` | 0.06 -> " in table  # beside its own
    assert table.count("of 8 cases.") == 2
