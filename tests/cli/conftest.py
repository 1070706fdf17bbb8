"""What tests of the command line share: running a verb here, and a take to give it."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.face.faces import LIVELINK_CSV
from tests.openxr.conftest import layer as layer
from tests.openxr.conftest import pyopenxr as pyopenxr
from tests.openxr.conftest import stub as stub
from tests.openxr.conftest import stub_library as stub_library
from tests.serving.harness import small_model
from tests.trackers.conftest import runtime as runtime
from vrface.cli.main import main
from vrface.face.blendshapes import ALIASES, index
from vrface.log import FileSink
from vrface.simulation.performance import synthetic_take

COMMAND = [sys.executable, "-m", "vrface.cli.main"]


@pytest.fixture
def vrface(capsys):
    """Run a verb in this process: exit code, stdout, stderr."""

    def run(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


@pytest.fixture
def fails(vrface):
    """Run a verb that must fail with a code, in one line; give that line."""

    def run(code, *arguments):
        got, out, err = vrface(*arguments)
        assert (got, out) == (code, ""), err
        assert err.startswith("error: ")
        assert err.count("\n") == 1
        assert "Traceback" not in err
        return err

    return run


@pytest.fixture
def small_disk(monkeypatch):
    """Let every log that is written by way of a module's `FileSink` find room for 20 kB."""

    class Full(FileSink):
        room = 20_000

        def append(self, data):
            self.room -= len(data)
            if self.room < 0:
                raise self._failed(OSError(errno.ENOSPC, "No space left on device"))
            super().append(data)

    return lambda module: monkeypatch.setattr(f"{module}.FileSink", Full)


@pytest.fixture
def spawn(tmp_path):
    """Start a verb in a process of its own; killed at the end if it still runs."""
    started = []

    def run(*arguments, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True} | options
        environment = os.environ | {"XDG_RUNTIME_DIR": str(tmp_path / "runtime")}
        command = [*COMMAND, *map(str, arguments)]
        process = subprocess.Popen(command, env=environment, **options)
        started.append(process)
        return process

    yield run
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture(scope="session")
def small(tmp_path_factory) -> Path:
    """The folder of a small model that nobody trained."""
    folder: Path = tmp_path_factory.mktemp("model") / "small"
    small_model(folder)
    return folder


@pytest.fixture(scope="session")
def take_csv(tmp_path_factory) -> Path:
    """Six seconds of a synthetic face as a Live Link Face take of the person `erika`."""
    take = synthetic_take(seed=77, seconds=6.0)
    folder = tmp_path_factory.mktemp("takes") / "erika"
    folder.mkdir()
    return write_livelink(folder / "smiles.csv", take)


def write_livelink(path: Path, take) -> Path:
    """A take at 60 frames a second in the columns of a Live Link Face CSV."""
    shapes = LIVELINK_CSV
    angles = ["LeftEyeYaw", "LeftEyePitch", "RightEyeYaw", "RightEyePitch"]
    heads = [shape[0].upper() + shape[1:] for shape in shapes]
    lines = [",".join(["Timecode", "BlendShapeCount", *heads, *angles])]
    for row in range(len(take.time_ns)):
        named = [ALIASES.get(shape, (shape,)) for shape in shapes]
        values = [np.mean([take.weights[row, index(name)] for name in names]) for names in named]
        values += list(take.gaze[row])
        timecode = f"12:00:{row // 60:02d}:{row % 60:02d}.000"
        lines.append(",".join([timecode, "61", *(f"{value:.6f}" for value in values)]))
    path.write_text("\n".join(lines) + "\n")
    return path
