"""The files of an exported network: what they say of themselves, and who cannot have them."""

import json

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
