"""The front of the command line: help, failures in one line, exit codes, no JAX without need."""

import os
import re
import subprocess
import sys

import pytest

from vrface.cli import info as info_verb
from vrface.cli.main import VERBS

LOADED = """
import sys
from vrface.cli.main import main
code = main({arguments!r})
print("code", code, "loaded", *sorted({{"jax", "matplotlib", "cv2", "panda3d"}} & set(sys.modules)))
"""


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(vrface, verb):
    code, out, _ = vrface(verb, "--help")
    assert code == 0
    assert f"vrface {verb}" in out
    summary = out.splitlines()[2].strip()
    assert summary.endswith(".")
    assert len(summary) <= 64  # or the list of verbs would cut it


def test_without_a_verb_it_lists_them_all(vrface):
    code, out, _ = vrface()
    assert code == 0
    assert all(f"  {verb} " in out for verb in VERBS)
    assert "..." not in out.split("Commands:")[1]


def test_version(vrface):
    code, out, _ = vrface("--version")
    assert code == 0
    assert out.startswith("vrface 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        ["nonsense"],
        ["info", "--bogus"],
        ["simulate"],
        ["simulate", "--headset", "mouth_only", "-o", "x.mcap", "--rate", "many"],
        ["simulate", "--headset", "mouth_only", "-o", "x.mcap", "--minutes", "0"],
        ["simulate", "--headset", "mouth_only", "-o", "x.mcap", "--minutes", "inf"],
        ["simulate", "--headset", "mouth_only", "-o", "x.mcap", "--minutes", "nan"],
        ["simulate", "--headset", "mouth_only", "-o", "x.mcap", "--rate", "nan"],
        ["simulate", "--headset", "mouth_only", "-o", "x.mcap", "--seed", "-1"],
        ["demo", "--seconds", "inf"],
        ["demo", "--seconds", "nan"],
        ["demo", "--seconds", "1e6"],
        ["serve", "--max-sessions", "0"],
        ["record"],
        ["replay"],
    ],
    ids=" ".join,
)
def test_bad_use_is_one_line_with_advice(fails, arguments):
    assert re.search(r"[^.]\. See `vrface.* --help`\.\n$", fails(2, *arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["record", "-o", "a.mcap"],
        ["replay", "a.mcap"],
        ["serve", "--tracker", "synthetic"],
        ["calibrate", "--tracker", "synthetic"],
        ["demo"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("seed", [-1, 2**64])
def test_a_seed_of_more_than_64_bits_is_told_as_one(fails, arguments, seed):
    assert f"a seed is in 0..2^64-1, got {seed}. See" in fails(2, *arguments, "--seed", seed)


@pytest.mark.parametrize(
    "arguments",
    [
        ["simulate", "-o", "x.mcap", "--headset"],
        ["demo", "--headset"],
        ["serve", "--tracker", "synthetic", "--headset"],
        ["record", "-o", "x.mcap", "--headset"],
        ["info"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_an_unknown_headset_is_met_with_the_nearest(fails, arguments):
    assert "Did you mean 'vive_pro_eye_lip'?" in fails(2, *arguments, "vive_pro_eye_lp")


def test_evaluate_meets_an_unknown_headset_with_the_nearest(fails, take_csv):
    line = fails(2, "evaluate", "--faces", take_csv, "--headset", "mouth_onli")
    assert "Did you mean 'mouth_only'?" in line


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (FileNotFoundError(2, "not there", "x"), 1)]
)
def test_interrupts_and_files(vrface, monkeypatch, error, code):
    def fail():
        raise error

    monkeypatch.setattr(info_verb, "_everything", fail)
    got, _, err = vrface("info")
    assert got == code
    assert err == ("" if code == 130 else "error: x: not there.\n")


def test_an_unforeseen_error_is_one_line_too(fails, vrface, monkeypatch):
    def fail():
        raise ZeroDivisionError("by\nzero")

    monkeypatch.setattr(info_verb, "_everything", fail)
    line = fails(1, "info")
    assert "ZeroDivisionError: by zero" in line
    assert "VRFACE_DEBUG=1" in line
    monkeypatch.setenv("VRFACE_DEBUG", "1")
    code, _, err = vrface("info")
    assert code == 1
    assert "Traceback" in err


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["info"],
        ["info", "mouth_only"],
        ["watch", "localhost:1", "--session", "a", "--token", "xy"],
        ["import", "nothere.csv", "-o", "x.mcap"],
        ["record", "-o", "x.mcap", "--tracker", "nope"],
        ["replay", "nothere.mcap"],
        ["evaluate", "--help"],
        ["demo", "--model", "nope"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]) or "help",
)
def test_what_needs_no_model_loads_none(arguments):
    done = subprocess.run(
        [sys.executable, "-c", LOADED.format(arguments=arguments)], capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1].endswith("loaded")


@pytest.mark.parametrize("arguments", [[], ["info"], ["--version"]], ids=" ".join)
def test_a_reader_that_goes_away_is_no_error(arguments):
    readable, writable = os.pipe()
    os.close(readable)
    done = subprocess.run(
        [sys.executable, "-m", "vrface.cli.main", *arguments],
        stdout=writable,
        stderr=subprocess.PIPE,
    )
    os.close(writable)
    assert done.stderr == b""
    assert done.returncode == 1
