"""Findings made by hand, of two real persons and twelve simulated ones."""

import pytest

from tests.training.report import finished_jobs
from vrface.training.averages import summary
from vrface.training.report.evaluation import Evaluation
from vrface.training.report.findings import read
from vrface.training.report.options import Options


@pytest.fixture
def data(tmp_path):
    """A folder of recordings with one in it."""
    (tmp_path / "data/arkit/anna").mkdir(parents=True)
    (tmp_path / "data/arkit/anna/take.csv").write_text("a face")
    return tmp_path / "data"


@pytest.fixture
def findings(tmp_path, data):
    options = Options(data=data, wearers=12)
    finished_jobs.results(tmp_path / "kept", options)
    return read(tmp_path / "kept", options, finished_jobs.ABOUT)


@pytest.fixture
def bare(tmp_path, data):
    """Of one person, with hardly a figure that is defined."""
    options = Options(data=data, wearers=1)
    finished_jobs.results(tmp_path / "kept", options, people=1, bare=True)
    return read(tmp_path / "kept", options, finished_jobs.ABOUT)


@pytest.fixture
def evaluation():
    """Makes evaluations of some persons, each with one take of the same error."""

    def made(crps, persons=2, **others):
        takes = [
            finished_jobs.take(f"take-{n}", f"person-{n}", crps, **others) for n in range(persons)
        ]
        return Evaluation(takes, summary(takes))

    return made
