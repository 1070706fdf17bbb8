"""What every test shares: strict JAX, one compile cache, real recordings, system groups.

Nothing here imports JAX: the flags are environment variables, which child processes inherit too.
"""

import os
import shutil
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("JAX_PLATFORMS", "cpu")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # two workers, two cores
os.environ.setdefault("PJRT_NPROC", "1")
os.environ["JAX_NUMPY_RANK_PROMOTION"] = "raise"
os.environ["JAX_NUMPY_DTYPE_PROMOTION"] = "strict"

SYSTEM_GROUPS = ("cpp", "csharp", "godot", "node", "browser", "xr")
DATA_ADVICE = "real recordings: set VRFACE_DATA to their folder (datasets/README.md)"

settings.register_profile("vrface", deadline=None, derandomize=True)
settings.load_profile("vrface")


def system_advice(group: str) -> str:
    """The one line that says how to turn a system group on."""
    return f"{group}: VRFACE_SYSTEM=1 make test, after `scripts/system-packages {group}` as root"


def system_on() -> bool:
    return os.environ.get("VRFACE_SYSTEM") == "1"


def data_folder() -> Path | None:
    """The folder of real recordings, or None where VRFACE_DATA is unset."""
    folder = os.environ.get("VRFACE_DATA")
    return Path(folder) if folder else None


def system_group(item: pytest.Item) -> str | None:
    mark = item.get_closest_marker("system")
    if mark is None:
        return None
    if len(mark.args) != 1 or mark.args[0] not in SYSTEM_GROUPS:
        raise pytest.UsageError(f"{item.nodeid}: system(...) takes one of {SYSTEM_GROUPS}")
    return str(mark.args[0])


def wants_data(item: pytest.Item) -> bool:
    return "vrface_data" in getattr(item, "fixturenames", ())


def heed_signals() -> None:
    """Undo what `nohup` and a shell's `&` do: children would inherit that signals are ignored."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is signal.SIG_IGN:
        signal.signal(hang_up, signal.SIG_DFL)


def pytest_configure(config: pytest.Config) -> None:
    """A compile cache of this run's own, for all its processes: never the user's."""
    heed_signals()
    if not hasattr(config, "workerinput"):
        os.environ["VRFACE_CACHE"] = tempfile.mkdtemp(prefix="vrface-tests-")


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(os.environ["VRFACE_CACHE"], ignore_errors=True)


@pytest.fixture(scope="session")
def vrface_data() -> Path:
    """The folder of real recordings; skips where VRFACE_DATA is unset, fails where it is wrong."""
    folder = data_folder()
    if folder is None:
        pytest.skip(DATA_ADVICE)
    if not folder.is_dir():
        pytest.fail(f"VRFACE_DATA is {str(folder)!r}, which is no folder")
    return folder


@pytest.fixture(scope="session")
def compiler() -> Callable[[str], str]:
    """Finds a C or C++ compiler: where there is none the test skips, or fails if CI promised it."""

    def found(name: str) -> str:
        path = shutil.which(name)
        if path is None and system_on():
            pytest.fail(f"VRFACE_SYSTEM=1 promises {name}")
        if path is None:
            pytest.skip(system_advice("cpp"))
        return path

    return found


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips here, so that the summary counts all tests of one reason in one line."""
    group = system_group(item)
    if group and not system_on():
        pytest.skip(system_advice(group))
    if wants_data(item) and data_folder() is None:
        pytest.skip(DATA_ADVICE)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """A test whose means were promised may not skip: that is a failure."""
    report = yield
    if not report.skipped or hasattr(report, "wasxfail"):
        return report
    group = system_group(item)
    promised = []
    if group and system_on():
        promised.append(f"VRFACE_SYSTEM=1 promises the packages of {group}")
    if wants_data(item) and data_folder() is not None:
        promised.append("VRFACE_DATA promises the recordings")
    if promised:
        report.outcome = "failed"
        report.longrepr = f"skipped, though {' and '.join(promised)}: {report.longrepr}"
    return report
