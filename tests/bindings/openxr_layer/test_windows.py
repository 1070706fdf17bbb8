"""The layer for Windows: built by mingw-w64, run under Wine."""

from __future__ import annotations

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.bindings.openxr_layer.conftest import LAYER, ROOT, Service

pytestmark = pytest.mark.system("xr")
HERE = ROOT / "tests/bindings/openxr_layer"
TOOLS = "x86_64-w64-mingw32"
READS = 100


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """The library, beside its manifest."""
    folder = tmp_path_factory.mktemp("windows")
    command = ["make", "-C", str(LAYER), f"OUT={folder}", "OPTIMISE=-O1", "windows"]
    subprocess.run(command, check=True, capture_output=True)
    (manifest,) = (folder / "windows").glob("*.json")
    named = json.loads(manifest.read_text())["api_layer"]["library_path"]
    return manifest.parent / named.removeprefix(".\\")


@pytest.fixture
def service(path):
    """A service by the clock that is Wine's performance counter."""
    with Service(path, lambda: time.clock_gettime_ns(time.CLOCK_MONOTONIC_RAW)) as service:
        yield service


def test_the_library_brings_nothing_along_and_shows_one_function(library):
    command = [f"{TOOLS}-objdump", "-p", library]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert set(re.findall(r"DLL Name: (\S+)", said)) == {"KERNEL32.dll", "msvcrt.dll"}
    shown = said.rsplit("[Ordinal/Name Pointer] Table", 1)[1].split("\n\n")[0]
    assert shown.split()[-1:] == ["xrNegotiateLoaderApiLayerInterface"]
    assert shown.count("]") == 1


def test_an_application_under_wine_sees_faces(library, publishing, path, tmp_path):
    program = tmp_path / "reads.exe"
    options = ("-std=c++17", "-static", f"-I{LAYER}", f"-I{HERE}", HERE / "reads.cpp")
    subprocess.run([f"{TOOLS}-g++-posix", *options, "-o", program], check=True)
    folder = str(Path(path).parents[1]).replace("/", "\\")
    wine = {"WINEPREFIX": str(tmp_path / "wine"), "WINEDEBUG": "-all"}
    environment = os.environ | wine | {"XDG_RUNTIME_DIR": f"Z:{folder}"}
    try:
        done = subprocess.run(
            ["wine", str(program), str(library), str(READS)],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
    finally:
        subprocess.run(["wineserver", "-k"], env=environment, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > READS // 2
