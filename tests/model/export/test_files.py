"""The files of an exported network: what they say of themselves, and who cannot have them."""

import errno
import json
from pathlib import Path

import onnx
import pytest

from tests.model.export.networks import model
from vrface.errors import BadUse, DependencyError
from vrface.face.blendshapes import BLENDSHAPES
from vrface.model.export import exported, files, write
from vrface.model.features import FEATURES_VERSION, SLOTS


def test_each_graph_carries_its_checkpoint_and_the_sheet():
    contents = exported(model())
    told = json.loads(contents[".json"])
    for name in (".onnx", "-wearer.onnx"):
        properties = onnx.load_from_string(contents[name]).metadata_props
        found = {entry.key: entry.value for entry in properties}
        assert found["checkpoint"] == bytes(range(32)).hex() == told["checkpoint"]
        assert int(found["features_version"]) == FEATURES_VERSION == told["features_version"]
        assert json.loads(found["sheet"]) == told
    assert told["blendshapes"]["names"] == list(BLENDSHAPES)
    assert [(slot["stream"], slot["channel"]) for slot in told["slots"]] == list(SLOTS)


def test_the_same_model_gives_the_same_bytes():
    assert exported(model()) == exported(model())


def test_three_files_beside_each_other(tmp_path):
    paths = write(model(), tmp_path / "face.onnx")
    assert [path.name for path in paths] == ["face.onnx", "face-wearer.onnx", "face.json"]
    assert {path.name: path.read_bytes() for path in paths} == {
        f"face{end}": data for end, data in exported(model()).items()
    }


def test_an_older_export_is_replaced_and_nothing_else(tmp_path):
    write(model(), tmp_path / "face.onnx", wearers=2)
    write(model(), tmp_path / "face.onnx")
    assert json.loads((tmp_path / "face.json").read_bytes())["wearers"] == 1
    assert len(list(tmp_path.iterdir())) == 3
    for content in ('{"name": "mine"}', "[1]", "a diary"):
        (tmp_path / "package.json").write_text(content)
        with pytest.raises(BadUse, match=r"package\.json is there, and is no sheet of an export"):
            write(model(), tmp_path / "package.onnx")
        assert (tmp_path / "package.json").read_text() == content
    (tmp_path / "folder.json").mkdir()
    with pytest.raises(BadUse, match="is no sheet"):
        write(model(), tmp_path / "folder.onnx")
    assert not list(tmp_path.glob("package*.onnx")) + list(tmp_path.glob("folder*.onnx"))


def test_a_disk_that_is_full_leaves_what_was_there(tmp_path, monkeypatch):
    write(model(), tmp_path / "face.onnx")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    written = Path.write_bytes

    def full(self, data):
        if self.suffix == ".json":
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(self, data)

    monkeypatch.setattr(Path, "write_bytes", full)
    for name in ("face.onnx", "other.onnx"):
        with pytest.raises(OSError, match="No space left"):
            write(model(seed=1), tmp_path / name)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(BadUse, match=r"ends in \.onnx, got 'face\.bin'"):
        write(model(), tmp_path / "face.bin")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wearers", [0, 257])
def test_a_graph_has_1_to_256_rows(wearers):
    with pytest.raises(BadUse, match=f"1 to 256 wearers, got {wearers}"):
        exported(model(), wearers)


def test_without_the_package_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    with pytest.raises(DependencyError, match=r"pip install 'vrface\[onnx\]'"):
        exported(model())
