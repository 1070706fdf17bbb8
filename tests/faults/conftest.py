"""Servers to trouble, and the figures of the strict form, printed when all is over."""

from collections.abc import Callable

import pytest

from tests.faults.figures import STRICT
from tests.serving.conftest import model as model
from tests.serving.conftest import processes as processes
from tests.serving.conftest import started


@pytest.fixture
def process(processes):
    return processes()


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """The address of a server that nobody stops."""
    with started(tmp_path_factory.mktemp("shared")) as start:
        yield start()[1]


@pytest.fixture
def told(record_property) -> Callable[..., None]:
    """Keeps a figure for the table at the end: what it is, the figure, its unit (ms)."""

    def keep(what: str, figure: float, unit: str = "ms") -> None:
        if STRICT:
            record_property(what, f"{figure:.1f} {unit}".rstrip())

    return keep


def pytest_terminal_summary(terminalreporter) -> None:
    """The figures, those of tests that failed among them."""
    if not STRICT:
        return
    ended = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    terminalreporter.section("figures")
    for figure in sorted(figure for report in ended for figure in report.user_properties):
        terminalreporter.line(": ".join(map(str, figure)))
