"""simulate, import and info: what they write and what they say of it."""

import pytest

from vrface.log import LogReader, read_paired
from vrface.trust import Permission

LOCAL = Permission.local()


def words(text):
    return " ".join(text.split())


def test_simulate_writes_a_paired_log_of_a_synthetic_wearer(vrface, tmp_path):
    log = tmp_path / "a.mcap"
    code, out, _ = vrface(
        "simulate", "--headset", "mouth_only", "--seed", 7, "--seconds", 3, "--rate", 50, "-o", log
    )
    paired = read_paired(log, LOCAL)
    assert code == 0
    assert "simulated face, simulated sensors" in out
    assert paired.headset.name == "mouth_only"
    assert not paired.real_sensors
    assert len(paired.frame_time_ns) == pytest.approx(150, abs=2)

    code, out, _ = vrface("info", log)
    assert code == 0
    for fact in ("headset mouth_only", "simulated: evaluation sensors version 1", "of them 0 lost"):
        assert fact in words(out)


def test_simulate_wears_a_recorded_face(vrface, tmp_path, take_csv):
    log = tmp_path / "a.mcap"
    code, out, _ = vrface("simulate", "--headset", "mouth_only", "--face", take_csv, "-o", log)
    assert code == 0
    assert "erika wears mouth_only" in out
    assert "real face, simulated sensors" in out
    assert read_paired(log, LOCAL).wearer == "erika"


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


@pytest.mark.parametrize(
    "verb", [["import", "nothere.csv"], ["simulate", "--headset", "mouth_only", "--face", "no.csv"]]
)
def test_a_log_that_cannot_be_written_costs_no_work(fails, tmp_path, verb):
    (tmp_path / "afile").write_text("mine")
    (tmp_path / "there.mcap").write_text("mine")
    line = fails(1, *verb, "-o", tmp_path / "afile" / "a.mcap")
    assert "cannot write" in line
    assert "Give another -o." in line
    assert "never overwritten" in fails(1, *verb, "-o", tmp_path / "there.mcap")
    assert (tmp_path / "there.mcap").read_text() == "mine"


def test_the_folder_of_a_log_is_made(vrface, tmp_path):
    log = tmp_path / "new" / "a.mcap"
    code, _, err = vrface("simulate", "--headset", "mouth_only", "--seconds", 2, "-o", log)
    assert code == 0, err
    assert read_paired(log, LOCAL).wearer == "simulated-20000"  # who never trained a model


def test_info_of_a_take(vrface, take_csv):
    code, out, _ = vrface("info", take_csv)
    assert code == 0
    for fact in ("person erika", "frames 360", "frames a second 60.0", "lost rows 0"):
        assert fact in words(out)
    assert "browInnerUpRight" in out


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
