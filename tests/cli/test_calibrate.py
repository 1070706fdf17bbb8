"""calibrate: a wearer's file from a log or live, told so that people can act on it."""

import json
import stat
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.words import words
from vrface.face.take import Take
from vrface.log import LogReader, write_paired, write_sensors
from vrface.model.calibration.file import load
from vrface.sensors import headset
from vrface.simulation import synthetic_take, wear

VIVE = headset("vive_pro_eye_lip")


@pytest.fixture(scope="module")
def paired(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "paired.mcap"
    recording = wear(synthetic_take(seed=9102, seconds=5.0), VIVE, seed=1)
    write_paired(path, replace(recording, wearer="erika", donning="erika-2"))
    return path


def test_a_paired_log_teaches_a_model(vrface, tmp_path, paired, small):
    output, report = tmp_path / "a.calibration", tmp_path / "a.json"
    where = ("-o", output, "--model", small, "--json", report)
    code, out, err = vrface("calibrate", paired, "--seconds", 4, *where)
    assert (code, err) == (0, "")
    made = load(output)
    assert (made.mode, *made.about) == ("paired", "erika", "erika-2", VIVE.name, 4.0)
    assert made.touch is not None
    found = json.loads(report.read_text())
    assert found["model_digest"] == made.touch.model.hex()
    assert found["model_digest"][:16] in out
    assert "erika in vive_pro_eye_lip" in words(out)
    assert "4.0 s, paired" in words(out)
    assert f"{output}: written; only you can read it." in out
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    assert set(found["streams"]) >= {"mouth_tracker", "lids", "gaze"}
    assert found["streams"]["lids"]["share"] > 0.9


@pytest.mark.parametrize("kind", ["asked for", "no face"])
def test_from_sensors_alone_no_model_is_loaded(vrface, tmp_path, paired, kind):
    log, extra = paired, ["--unpaired"]
    if kind == "no face":
        log, extra = tmp_path / "sensors.mcap", []
        write_sensors(log, wear(synthetic_take(seed=9102, seconds=5.0), VIVE, seed=1))
    output = tmp_path / "a.calibration"
    code, out, _ = vrface("calibrate", log, *extra, "--model", "/nowhere/at/all", "-o", output)
    assert code == 0
    made = load(output)
    assert (made.mode, made.touch) == ("unpaired", None)
    assert np.isnan(made.face).all()
    assert "unpaired" in out


def test_the_file_stands_beside_its_log_unless_said_otherwise(vrface, tmp_path, paired):
    log = tmp_path / "mine.mcap"
    log.write_bytes(paired.read_bytes())
    who = ("--wearer", "w1", "--donning", "w1-3")
    for seconds in (4, 2):  # a second time it is renewed
        assert vrface("calibrate", log, "--unpaired", "--seconds", seconds, *who)[0] == 0
        made = load(tmp_path / "mine.calibration")
        assert made.about == ("w1", "w1-3", VIVE.name, seconds)


def test_only_the_first_seconds_count(vrface, tmp_path, paired):
    cut = tmp_path / "cut.mcap"
    recording = wear(synthetic_take(seed=9102, seconds=5.0), VIVE, seed=1)
    kept = recording.frame_time_ns < recording.frame_time_ns[0] + 3 * 10**9
    write_sensors(cut, replace_times(recording, kept))
    for log, name in ((paired, "a"), (cut, "b")):
        where = ("--unpaired", "--seconds", 3, "-o", tmp_path / name)
        assert vrface("calibrate", log, *where)[0] == 0
    np.testing.assert_array_equal(load(tmp_path / "a").sensors, load(tmp_path / "b").sensors)


def replace_times(recording, kept):
    truth = recording.truth
    cut = Take(
        name=truth.name,
        person=truth.person,
        time_ns=truth.time_ns[kept],
        weights=truth.weights[kept],
        gaze=truth.gaze[kept],
        source=truth.source,
        simulated=True,
    )
    return replace(recording, frame_time_ns=cut.time_ns, truth=cut)


@pytest.mark.parametrize(
    ("code", "arguments", "says"),
    [
        (2, [], "a log or a tracker, one of the two"),
        (2, ["LOG", "--tracker", "synthetic"], "a log or a tracker, one of the two"),
        (2, ["--tracker", "replay"], "Use vrface calibrate LOG"),
        (2, ["--tracker", "quset"], "unknown tracker"),
        (2, ["LOG", "--headset", "quest_3"], "--headset goes with --tracker"),
        (2, ["LOG", "--seconds", "1"], "2 to 300 seconds, got 1"),
        (2, ["--tracker", "synthetic", "--seconds", "1"], "2 to 300 seconds, got 1"),
        (2, ["--tracker", "vrcft", "--seconds", "19"], "live takes 20 to 300 seconds, got 19"),
        (2, ["--tracker", "vrcft", "--unpaired"], "--unpaired goes with a log"),
        (2, ["--tracker", "synthetic", "--model", "nowhere"], "--model goes with a log"),
        (2, ["LOG", "--insecure-lan"], "Say --tracker steamlink, or leave --insecure-lan out"),
        (2, ["--tracker", "synthetic", "--insecure-lan"], "--insecure-lan goes with --tracker"),
        (2, ["--tracker", "synthetic", "--seed", str(2**64)], "a seed is in 0..2^64-1, got"),
        (2, ["LOG", "-o", "a.json", "--json", "a.json"], "-o and --json are both a.json"),
        (2, ["LOG", "-o", "a.json", "--json", "./a.json"], "-o and --json are both a.json"),
        (2, ["LOG", "-o", "a", "--json", "b.calibration"], "--json would write over"),
        (2, ["LOG", "--seconds", "nan"], "nan is not a number"),
        (2, ["LOG", "--seconds", "inf"], "2 to 300 seconds"),
        (1, ["none.mcap"], "cannot read"),
        (2, ["LOG", "-o", "LOG"], "is no calibration"),
        (2, ["LOG", "--model", "defualt"], "Did you mean 'default'"),
    ],
)
def test_bad_use_is_one_line_and_leaves_no_file(
    fails, tmp_path, monkeypatch, paired, code, arguments, says
):
    monkeypatch.chdir(tmp_path)
    before = paired.read_bytes()
    line = fails(code, "calibrate", *(str(paired) if a == "LOG" else a for a in arguments))
    assert says in line
    assert paired.read_bytes() == before
    assert not paired.with_suffix(".calibration").exists()
    assert list(tmp_path.iterdir()) == []


def test_json_never_writes_over_a_calibration(vrface, fails, tmp_path, paired):
    mine, other = tmp_path / "mine", tmp_path / "other"
    for path in (mine, other):
        assert vrface("calibrate", paired, "--unpaired", "-o", path)[0] == 0
    kept = mine.read_bytes()
    (tmp_path / "link").symlink_to(mine)
    for json_path, says in (
        (other, "which is no JSON"),
        (mine, "are both"),
        (tmp_path / "link", "are both"),
    ):
        arguments = ("calibrate", paired, "--unpaired", "-o", mine, "--json", json_path)
        assert says in fails(2, *arguments)
    assert mine.read_bytes() == kept
    assert load(other)


def test_a_face_alone_and_a_short_log_make_none(fails, vrface, tmp_path, take_csv):
    face, short = tmp_path / "face.mcap", tmp_path / "short.mcap"
    vrface("import", take_csv, "-o", face)
    assert "a face alone" in fails(1, "calibrate", face)
    recording = wear(synthetic_take(seed=9103, seconds=1.0), VIVE, seed=1)
    write_sensors(short, recording)
    assert "too few to calibrate from" in fails(1, "calibrate", short)
    assert {path.name for path in tmp_path.iterdir()} == {"face.mcap", "short.mcap"}


def test_the_verbs_that_open_sessions_take_the_file(vrface, tmp_path, paired, small):
    known, log, again = (tmp_path / name for name in ("a.calibration", "a.mcap", "b.mcap"))
    assert vrface("calibrate", paired, "--model", small, "-o", known)[0] == 0
    where = ("--headset", VIVE.name, "--model", small, "--seconds", 0.3)
    assert vrface("record", *where, "--calibration", known, "-o", log)[0] == 0
    ((_, kept),) = LogReader(log).calibrations()
    assert kept.calibration == known.read_bytes()
    code, out, _ = vrface("replay", log, "--model", small, "-o", again)
    assert code == 0
    assert "calibration paired" in words(out)
    assert again.read_bytes() == log.read_bytes()
    report = tmp_path / "report.json"
    plain = ("replay", paired, "--model", small, "--json", report)
    assert vrface(*plain)[0] == 0
    assert json.loads(report.read_text())["calibration"] == "none"
    assert vrface(*plain, "--calibration", known, "-o", tmp_path / "c.mcap")[0] == 0
    assert json.loads(report.read_text())["calibration"] == "paired"
    assert [one.calibration for _, one in LogReader(tmp_path / "c.mcap").calibrations()] == [
        known.read_bytes()
    ]


@pytest.mark.parametrize("verb", ["record", "replay", "serve"])
def test_a_file_that_is_no_calibration_is_one_line(fails, tmp_path, paired, small, verb):
    diary = tmp_path / "diary.txt"
    diary.write_text("dear diary")
    rest = {
        "record": ["-o", tmp_path / "a.mcap"],
        "replay": [paired],
        "serve": ["--tracker", "synthetic", "--port", 0],
    }[verb]
    line = fails(1, verb, *rest, "--model", small, "--calibration", diary)
    assert "is damaged, or no calibration at all" in line
    assert "dear" not in line
    assert [path.name for path in tmp_path.iterdir()] == ["diary.txt"]


def test_a_servers_calibration_is_of_its_tracker(fails, tmp_path):
    assert "Add --tracker" in fails(2, "serve", "--calibration", tmp_path / "a.calibration")


def test_calibrating_from_sensors_loads_no_jax(tmp_path, paired):
    code = (
        "import sys; from vrface.cli.main import main; "
        f"code = main(['calibrate', {str(paired)!r}, '--unpaired', '-o', "
        f"{str(tmp_path / 'a.calibration')!r}]); "
        "print('code', code, 'jax' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "code 0 False", done.stderr
