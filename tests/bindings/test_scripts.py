"""The scripts that install what other languages need: what they do, and what they leave alone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.bindings.conftest import ROOT

LOCK = '{"packages": {"a": {"integrity": "sha512-"}}}'


@pytest.fixture
def commands(tmp_path):
    """A folder first on the PATH, and a way to put commands there; each logs how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()

    def put(name: str, body: str) -> None:
        command = folder / name
        command.write_text(f'#!/bin/sh\necho "{name} $*" >>{tmp_path}/calls\n{body}\n')
        command.chmod(0o755)

    return put


@pytest.fixture
def call(tmp_path):
    """Runs a script and says how it ended, and which commands it called."""

    def run(script: str, *arguments: object) -> tuple[subprocess.CompletedProcess[str], list[str]]:
        calls = tmp_path / "calls"
        calls.write_text("")
        done = subprocess.run(
            [str(ROOT / "scripts" / script), *map(str, arguments)],
            env=os.environ | {"PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
        )
        return done, calls.read_text().splitlines()

    return run


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "package-lock.json").write_text(LOCK)
    return folder


INSTALL = 'if [ "$1" = ci ]; then rm -rf node_modules; mkdir node_modules; fi'


def test_node_modules_are_installed_once_for_each_lock(commands, call, package):
    commands("npm", INSTALL)
    done, calls = call("node-modules", package)
    assert done.returncode == 0, done.stderr
    assert [line for line in calls if line.startswith("npm ci --ignore-scripts")]
    assert call("node-modules", package)[1] == []
    (package / "package-lock.json").write_text(LOCK + "\n")
    assert call("node-modules", package)[1]


def test_an_interrupted_install_is_done_again(commands, call, package):
    commands("npm", f"{INSTALL}; [ $1 != ci ]")
    done, _ = call("node-modules", package)
    assert done.returncode == 1
    assert "npm could not install them" in done.stderr.splitlines()[-1]
    commands("npm", INSTALL)
    assert call("node-modules", package)[0].returncode == 0


def test_without_npm_it_says_what_to_install(commands, call, package):
    commands("npm", "exit 127")
    done, _ = call("node-modules", package)
    assert done.returncode == 1
    assert (
        done.stderr
        == f"vrface: {package} needs node and npm; as root: scripts/system-packages node\n"
    )


@pytest.mark.parametrize(
    ("node", "npm", "installed"),
    [
        ("exit 0", "exit 0", []),
        ("exit 1", "exit 0", ["nodejs npm"]),
        ("exit 0", "exit 127", ["nodejs npm"]),
    ],
    ids=["both run", "node is too old", "npm is missing"],
)
def test_debians_node_is_installed_where_none_runs(commands, call, node, npm, installed):
    commands("node", node)
    commands("npm", npm)
    commands("dpkg-query", "printf not-installed")
    commands("apt-get", "exit 0")
    done, calls = call("system-packages", "node")
    assert done.returncode == 0, done.stderr
    asked = [line.split("--no-install-recommends ")[1] for line in calls if " install " in line]
    assert asked == installed


def test_packages_that_are_there_are_left_alone(commands, call):
    commands("dpkg-query", "printf installed")
    commands("apt-get", "exit 1")
    done, calls = call("system-packages", "cpp")
    assert done.returncode == 0, done.stderr
    assert "nothing to install" in done.stdout
    assert not [line for line in calls if line.startswith("apt-get")]


def test_an_unknown_group_is_refused_with_those_there_are(call):
    done, _ = call("system-packages", "fortran")
    assert done.returncode == 2
    assert "csharp" in done.stderr


MIRROR = 'case "$*" in *indextargets*) echo http://mirror.example/debian/ ;; esac'
FETCH = """
for word; do
    case "$word" in Dir::Cache=*) : >"${word#Dir::Cache=}/archives/one.deb" ;; esac
done
"""


@pytest.fixture
def keys():
    """Debian's keys, without which the mirror of another Debian cannot be trusted."""
    if not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        pytest.skip("Debian's keys: the package debian-archive-keyring")


def test_an_openxr_runtime_is_unpacked_once_into_a_folder(commands, call, tmp_path, keys):
    (tmp_path / "package/usr").mkdir(parents=True)
    (tmp_path / "package/usr/monado").touch()
    commands("apt-get", f"{MIRROR}; {FETCH}")
    commands("dpkg-deb", f"exec tar -c -C {tmp_path}/package .")
    folder = tmp_path / "xr"
    done, calls = call("xr-runtime", folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{folder}\n"
    assert (folder / "usr/monado").exists()
    assert "http://mirror.example/debian/ trixie main" in (folder / ".apt/sources.list").read_text()
    assert not list((folder / ".apt/cache/archives").glob("*.deb"))
    assert [line for line in calls if "dpkg-deb" in line]
    assert call("xr-runtime", folder)[1] == []


def test_an_openxr_runtime_that_could_not_be_fetched_is_fetched_again(
    commands, call, tmp_path, keys
):
    commands(
        "apt-get", f'{MIRROR}; case "$*" in *install*) echo E: no network >&2; exit 100 ;; esac'
    )
    done, _ = call("xr-runtime", tmp_path / "xr")
    assert done.returncode == 1
    assert done.stderr.startswith("vrface: xr-runtime: apt could not fetch libopenxr1-monado")
    assert done.stderr.endswith("E: no network\n")
    assert call("xr-runtime", tmp_path / "xr")[1]


def test_without_a_mirror_of_debian_it_says_so(commands, call, tmp_path, keys):
    commands("apt-get", "exit 0")
    done, _ = call("xr-runtime", tmp_path / "xr")
    assert done.returncode == 1
    assert done.stderr == "vrface: xr-runtime: this machine's apt names no mirror of Debian\n"
