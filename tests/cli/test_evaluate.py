"""evaluate: takes and logs in, a report and a readable table out."""

import json

import numpy as np
import pytest

from tests.words import words
from vrface.face.blendshapes import BLENDSHAPES

ICT = {name: name for name in ("jawLeft", "jawRight", "mouthLeft", "mouthRight")}
"""Shapes whose sides are no sides of the face: their names on the rig are ARKit's."""


def test_faces_wear_a_simulated_headset(vrface, tmp_path, take_csv):
    out_file = tmp_path / "new" / "report.json"
    code, out, err = vrface(
        "evaluate", "--faces", f"anna={take_csv}", "--headset", "mouth_only", "--json", out_file
    )
    assert code == 0, err
    report = json.loads(out_file.read_text())
    assert {"protocol", "model", "headset", "takes", "summary", "step_ms"} <= set(report)
    assert report["takes"][0]["person"] == "anna"
    for fact in (
        "real face, simulated sensors",
        "headset mouth_only",
        "protocol, seed 1, 0",
        "neutral",
        "copy rule",
        "pool",
        "lid",
        "blinks (inferred)",
        "brow raises",
    ):
        assert fact in words(out)


def test_a_rig_is_a_folder_of_fields(vrface, fails, tmp_path, take_csv):
    names = [
        ICT.get(name, name.replace("Left", "_L").replace("Right", "_R")) for name in BLENDSHAPES
    ]
    deltas = np.full((len(names), 4, 3), 0.5, np.float16)
    rig = tmp_path / "rig"
    rig.mkdir()
    np.savez(rig / "ict_expressions_float16.npz", names=np.array(names), deltas=deltas)
    code, out, err = vrface("evaluate", "--faces", take_csv, "--rig", rig)
    assert code == 0, err
    assert "on the rig:" in words(out)
    assert "holds no rig" in fails(2, "evaluate", "--faces", take_csv, "--rig", tmp_path)


def test_several_faces_follow_one_option(vrface, tmp_path, take_csv):
    out_file = tmp_path / "report.json"
    code, out, _ = vrface(
        "evaluate", "--faces", f"a={take_csv}", f"b={take_csv}", "--json", out_file
    )
    assert code == 0
    assert [take["person"] for take in json.loads(out_file.read_text())["takes"]] == ["a", "b"]
    assert "a/smiles" in out
    assert "b/smiles" in out


def test_logs_have_sensors_of_their_own(vrface, tmp_path):
    log = tmp_path / "a.mcap"
    vrface("simulate", "--headset", "eyes_and_mouth", "--minutes", 0.1, "-o", log)
    code, out, _ = vrface("evaluate", "--logs", log)
    assert code == 0
    assert "simulated face, simulated sensors" in words(out)
    assert "headset eyes_and_mouth" in words(out)


def test_a_calibration_that_did_not_happen_is_told(vrface, take_csv):
    code, out, err = vrface(
        "evaluate", "--faces", f"anna={take_csv}", "--calibrate", "paired", "--seconds", 500
    )
    assert code == 0
    assert "paired asked; none possible for any take" in words(out)
    assert "anna/smiles none" in words(out)  # the table take by take, though there is one alone
    assert err.startswith("warning: paired calibration was asked for and no take got it")


def test_a_calibration_that_happened_is_no_warning(vrface, take_csv, tmp_path):
    header, *lines = take_csv.read_text().splitlines()
    halves = [tmp_path / "first.csv", tmp_path / "second.csv"]
    middle = len(lines) // 2
    for half, rows in zip(halves, (lines[:middle], lines[middle:]), strict=True):
        half.write_text("\n".join([header, *rows]) + "\n")
    faces = [*(f"anna={half}" for half in halves), f"ben={halves[0]}"]
    code, out, err = vrface("evaluate", "--faces", *faces, "--calibrate", "paired", "--seconds", 2)
    assert code == 0, err
    assert "calibration paired, 2 s; left out of the averages" in words(out)
    assert "ben/first (no take" in words(out)
    assert "persons, takes 1, 2" in words(out)
    assert err == ""


def test_a_take_and_a_part_of_it_are_refused(fails, take_csv, tmp_path):
    part = tmp_path / "part.csv"
    part.write_text("\n".join(take_csv.read_text().splitlines()[:300]) + "\n")
    line = fails(2, "evaluate", "--faces", f"anna={take_csv}", f"anna={part}")
    assert "are the same recording" in line


@pytest.mark.parametrize(
    ("code", "arguments", "says"),
    [
        (2, [], "either --faces or --logs"),
        (2, ["--faces", "a.csv", "--logs", "b.mcap"], "either --faces or --logs"),
        (2, ["--logs", "b.mcap", "--headset", "mouth_only"], "knows its headset"),
        (2, ["--faces", "a.csv", "--calibrate", "paird"], "'unpaired', 'paired'"),
        (1, ["--faces", "nothere.csv"], "no recording nothere.csv"),
        (1, ["--logs", "nothere.mcap"], "nothere.mcap"),
    ],
)
def test_what_cannot_be_evaluated(fails, code, arguments, says):
    assert says in fails(code, "evaluate", *arguments)


def test_an_unknown_model(fails, take_csv):
    assert "Did you mean 'default'" in fails(
        2, "evaluate", "--faces", take_csv, "--model", "defualt"
    )


def test_a_report_that_cannot_be_written_costs_no_work(fails, tmp_path):
    (tmp_path / "afile").write_text("mine")
    line = fails(1, "evaluate", "--faces", "nothere.csv", "--json", tmp_path / "afile" / "y.json")
    assert "cannot write" in line
    assert "Give another --json." in line
