"""The house rules that no other tool checks: locks, floors, budgets, packaging."""

import ast
import re
import statistics
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-proto.lock")
HAND_WRITTEN = [
    path
    for path in sorted((ROOT / "vrface").rglob("*.py"))
    if not {"v1", "tables"} & set(path.relative_to(ROOT).parts)
]


def requirements(lock: str) -> list[str]:
    """The logical lines of a lock: comments gone, continuations joined."""
    text = re.sub(r"(?m)^\s*#.*\n?", "", (ROOT / lock).read_text())
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_pins_each_package_with_hashes(lock):
    lines = requirements(lock)
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9._-]+(\[[a-z0-9,-]+\])?==\S+ ", line), line
        assert "--hash=sha256:" in line, line


@pytest.mark.parametrize("lock", LOCKS)
def test_lock_names_no_index_and_no_machine(lock):
    text = (ROOT / lock).read_text()
    for word in ("://", "--index", "--extra-index", "--find-links", "file:", " @ ", " /", ".."):
        assert word not in text, word


def names(specifiers: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", specifier)[0] for specifier in specifiers}


def locked(lock: str) -> set[str]:
    return {line.split("==")[0].split("[")[0] for line in requirements(lock)}


def test_locks_hold_what_pyproject_asks_for():
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]
    base = names(project["dependencies"] + project["optional-dependencies"]["render"])
    assert base | names(groups["build"]) <= locked("requirements.lock")
    assert names(groups["dev"]) <= locked("requirements-dev.lock")
    assert names(groups["proto"]) <= locked("requirements-proto.lock")


def test_dev_lock_agrees_with_base_lock():
    def pins(lock: str) -> set[str]:
        return {line.split(" --hash")[0].strip() for line in requirements(lock)}

    shared = locked("requirements.lock") & locked("requirements-dev.lock")
    for pin in pins("requirements-dev.lock"):
        if pin.split("==")[0] in shared:
            version = pin.split(";")[0].strip()
            assert any(base.split(";")[0].strip() == version for base in pins("requirements.lock"))


def test_architecture_shows_the_floors_that_are_checked():
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    checked = [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
    rows = re.findall(r"(?m)^\| \d \| (.*?) \|", (ROOT / "ARCHITECTURE.md").read_text())
    assert [set(re.findall(r"`(\w+)`", row)) for row in rows] == checked


def test_what_is_not_built_yet_is_marked_and_nothing_else():
    contract = PROJECT["tool"]["importlinter"]["contracts"][0]
    floors = " ".join(contract["layers"])
    rows = re.findall(r"(?m)^\| \d \| (.*?) \|", (ROOT / "ARCHITECTURE.md").read_text())
    there = {path.stem for path in (ROOT / "vrface").iterdir()}
    absent = set(re.findall(r"\w+", floors)) - there
    assert set(re.findall(r"\((\w+)\)", floors)) == absent
    assert set(re.findall(r"\*`(\w+)`\*", " ".join(rows))) == absent


@pytest.mark.parametrize("path", HAND_WRITTEN, ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_functions_stay_within_budget(path):
    text = path.read_text()
    assert text.count("\n") <= 400, "does this file hold two nouns?"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert length(node) <= 50, f"{node.name} has {length(node)} lines, docstring aside"


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from `def` to the end, without the docstring."""
    first = function.body[0]
    docstring = 0
    if ast.get_docstring(function) is not None:
        docstring = (first.end_lineno or 0) - first.lineno + 1
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def test_median_file_is_short():
    assert statistics.median(path.read_text().count("\n") for path in HAND_WRITTEN) <= 150


def test_changelog_starts_with_unreleased():
    headings = re.findall(r"(?m)^## (.*)$", (ROOT / "CHANGELOG.md").read_text())
    assert headings[0] == "[Unreleased]"
    version = PROJECT["project"]["version"]
    assert ".dev" in version or any(version in heading for heading in headings)


def test_every_recipe_is_listed_with_the_score_it_promises():
    page = (ROOT / "train/README.md").read_text()
    for recipe in (ROOT / "train/recipes").glob("*.py"):
        assert f"vrface train train/recipes/{recipe.name} " in page
        (row,) = re.findall(rf"(?m)^\| `{recipe.name}` \|.*$", page)
        promise = (ast.get_docstring(ast.parse(recipe.read_text())) or "").split("Promise:")[1]
        scores = re.findall(r"\d+\.\d+", promise)
        assert scores or promise.strip().startswith("none")
        assert scores == re.findall(r"\d+\.\d+", row.split("|")[-2])


def test_make_knows_its_words():
    makefile = (ROOT / "Makefile").read_text()
    for word in ("setup", "demo", "test", "check", "layers", "proto", "report", "lock"):
        assert re.search(rf"(?m)^{word}:.* ## ", makefile), word


def test_scripts_are_valid_shell():
    for script in [ROOT / ".ci/run", *(p for p in (ROOT / "scripts").iterdir() if not p.suffix)]:
        shell = script.read_text().splitlines()[0].split()[-1].rsplit("/", 1)[-1]
        done = subprocess.run([shell, "-n", str(script)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert script.stat().st_mode & 0o111, f"{script.name} is not executable"


def test_wheel_holds_the_package_alone(tmp_path):
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert {name.split("/")[0] for name in inside} - {"vrface"} == {
        f"vrface-{PROJECT['project']['version']}.dist-info"
    }
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "vrface").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert package <= inside
