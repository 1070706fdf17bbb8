"""What docs/export.md shows in Python runs as it stands, and what it counts is so."""

import re
from pathlib import Path

import numpy as np
import onnx

from tests.model.export.networks import model
from vrface.model.export import exported, write
from vrface.model.export.graph import OPERATORS, OPSET

PAGE = (Path(__file__).parents[3] / "docs" / "export.md").read_text("utf-8")


def test_the_example_runs(tmp_path, monkeypatch):
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    write(model(), tmp_path / "face.onnx")
    monkeypatch.chdir(tmp_path)
    found: dict = {}
    exec(code, found)
    assert found["weights"].shape == (1, 54)
    assert np.isfinite(found["weights"]).all()


def test_operators_are_as_many_as_it_says():
    assert f"hold {len(OPERATORS)} plain operators of ONNX opset {OPSET}" in PAGE
    used = {
        node.op_type
        for name in (".onnx", "-wearer.onnx")
        for node in onnx.load_from_string(exported(model())[name]).graph.node
    }
    assert used == OPERATORS


def test_it_names_every_input_and_output():
    for name in (".onnx", "-wearer.onnx"):
        graph = onnx.load_from_string(exported(model())[name]).graph
        assert all(f"`{value.name}`" in PAGE for value in (*graph.input, *graph.output))
