"""import and info: what they write and what they say of it."""

import re

import pytest

from tests.model.some_calibrations import some
from tests.words import words
from vrface.log import LogReader
from vrface.model.calibration import file
from vrface.trust import Permission

LOCAL = Permission.local()


def test_import_keeps_the_face_alone(vrface, tmp_path, take_csv):
    log = tmp_path / "a.mcap"
    code, out, _ = vrface("import", take_csv, "-o", log, "--person", "p1")
    reader = LogReader(log, LOCAL)
    assert code == 0
    assert "person p1" in words(out)
    assert reader.header.wearer == "p1"
    assert list(reader.frames()) == []
    assert len(list(reader.faces())) == 360

    code, out, _ = vrface("info", log)
    assert code == 0
    assert "headset none" in words(out)
    assert "faces (truth) 360" in words(out)


def test_a_log_is_never_overwritten(fails, tmp_path, take_csv):
    log = tmp_path / "a.mcap"
    log.write_bytes(b"mine")
    assert "never overwritten" in fails(1, "import", take_csv, "-o", log)
    assert log.read_bytes() == b"mine"


def test_a_log_that_cannot_be_written_costs_no_work(fails, tmp_path):
    (tmp_path / "afile").write_text("mine")
    (tmp_path / "there.mcap").write_text("mine")
    line = fails(1, "import", "nothere.csv", "-o", tmp_path / "afile" / "a.mcap")
    assert "cannot write" in line
    assert "Give another -o." in line
    assert "never overwritten" in fails(1, "import", "nothere.csv", "-o", tmp_path / "there.mcap")
    assert (tmp_path / "there.mcap").read_text() == "mine"


def test_info_of_a_take(vrface, take_csv):
    code, out, _ = vrface("info", take_csv)
    assert code == 0
    for fact in ("person erika", "frames 360", "frames a second 60.0", "lost rows 0"):
        assert fact in words(out)
    assert "browInnerUpRight" in out


@pytest.mark.parametrize("model", [None, bytes(range(32))], ids=["untaught", "taught"])
def test_info_of_a_calibration(vrface, tmp_path, model):
    path = tmp_path / "me.calibration"
    file.save(path, some(model=model))
    code, out, err = vrface("info", path)
    assert (code, err) == (0, "")
    text = " ".join(out.split())
    assert "wearer w7 in vive_pro_eye_lip" in text
    assert "calibrated 30.0 s, paired: the sensors, and the face behind them" in text
    assert (f"model digest {bytes(range(32)).hex()[:16]}" in text) == (model is not None)
    labels = re.findall(r"(?m)^ (\w+) ", out)
    assert labels == ["calibration", "wearer", "calibrated", *(["model"] if model else [])]


def test_info_of_what_is_no_calibration(fails, tmp_path):
    path = tmp_path / "me.calibration"
    assert "cannot read the calibration" in fails(1, "info", path)
    path.write_text("dear diary")
    assert "is damaged, or no calibration at all" in fails(1, "info", path)


def test_info_of_everything(vrface):
    code, out, _ = vrface("info")
    assert code == 0
    for fact in ("vive_pro_eye_lip 17 of 54", "default", "browInnerUpLeft/Right"):
        assert fact in words(out)


def test_info_of_a_headset_cites_its_figures(vrface):
    code, out, _ = vrface("info", "vive_pro_eye_lip")
    assert code == 0
    for fact in ("120 Hz", "33 ms", "0.02 rad", "assumed", "occludes 17", "measures 37"):
        assert fact in words(out)


def test_info_of_a_model_shows_its_card(vrface):
    code, out, _ = vrface("info", "default")
    assert code == 0
    assert "digest" in out
    assert "Learned from" in out


def test_info_of_what_it_cannot_be(fails, tmp_path):
    (tmp_path / "a.txt").write_text("hello")
    assert "no recording" in fails(1, "info", tmp_path / "a.txt")
    (tmp_path / "a.mcap").write_text("hello")
    assert "no MCAP file" in fails(1, "info", tmp_path / "a.mcap")
    assert "no recording" in fails(1, "info", tmp_path / "nothere.csv")
    (tmp_path / "a.toml").write_text("name = 3")
    assert "lacks the entry" in fails(2, "info", tmp_path / "a.toml")
    assert "no recording" in fails(1, "info", tmp_path)


def test_info_tells_where_a_simulated_log_comes_from(vrface, tmp_path):
    log = tmp_path / ("where_a_path_is_long_" * 3) / "a.mcap"
    log.parent.mkdir()
    arguments = ("--headset", "openness_gaze_mouth", "--minutes", 0.05, "--seed", 30, "--held-out")
    assert vrface("simulate", "-o", log, *arguments)[0] == 0
    code, out, _ = vrface("info", log)
    assert code == 0
    told = words(out)
    assert "sensors simulated: simulation version 1" in told
    assert "wearer of seed 30, performance of seed 30, donning 0; glasses: " in told
    assert "sensors held out of training: gaze pulled, lids averaged, mouth_tracker " in told
    assert "emg" not in told  # the headset has none
