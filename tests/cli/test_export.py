"""export: three files in the folder asked for, or one line that says why not."""

import json
from dataclasses import replace

import onnx
import pytest

from tests.model.export.networks import model
from vrface.model import pretrained
from vrface.model.export import exported, files
from vrface.model.ridge import RidgeArchitecture


@pytest.fixture(autouse=True)
def by_lot(monkeypatch):
    """A small model nobody trained, under the name of the one that ships."""
    small = model()
    monkeypatch.setattr(pretrained, "load", lambda name: {"default": small}[name])


def test_three_files_that_it_names(vrface, tmp_path):
    code, out, err = vrface("export", "-o", tmp_path / "made" / "face.onnx")
    assert (code, err) == (0, "")
    names = [line.split()[0] for line in out.splitlines()]
    ends = ("face.onnx", "face-wearer.onnx", "face.json")
    assert names == [str(tmp_path / "made" / end) for end in ends]
    for end, data in exported(model()).items():
        assert (tmp_path / "made" / f"face{end}").read_bytes() == data


def test_as_many_rows_as_asked_for(vrface, tmp_path):
    assert vrface("export", "-o", tmp_path / "face.onnx", "--wearers", 3)[0] == 0
    assert json.loads((tmp_path / "face.json").read_text())["wearers"] == 3
    first = onnx.load(tmp_path / "face.onnx").graph.input[0]
    assert first.type.tensor_type.shape.dim[0].dim_value == 3


def test_another_ending_is_bad_use(fails, tmp_path):
    assert "ends in .onnx" in fails(2, "export", "-o", tmp_path / "face.pb")
    assert not list(tmp_path.iterdir())


def test_nobody_elses_json_is_written_over(fails, tmp_path):
    other = tmp_path / "package.json"
    other.write_text('{"name": "mine"}')
    line = fails(2, "export", "-o", tmp_path / "package.onnx")
    assert line.endswith(f"{other} is there, and is no sheet of an export. Give another -o.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["package.json"]
    assert other.read_text() == '{"name": "mine"}'


def test_without_the_package_it_says_what_to_install(fails, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "find_spec", lambda name: None)
    assert "pip install 'vrface[onnx]'" in fails(1, "export", "-o", tmp_path / "face.onnx")
    assert not list(tmp_path.iterdir())


def test_what_is_no_network_cannot_be_exported(fails, tmp_path, monkeypatch):
    ridge = replace(model(), name="ridge", architecture=RidgeArchitecture())
    monkeypatch.setattr(pretrained, "load", lambda name: ridge)
    assert "ridge is no network" in fails(
        2, "export", "-o", tmp_path / "r.onnx", "--model", "ridge"
    )
