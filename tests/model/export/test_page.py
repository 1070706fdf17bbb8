"""What docs/export.md shows in Python runs as it stands, and what it counts is so."""

import re
from pathlib import Path

import numpy as np
import onnx

from tests.model.export.networks import model
from vrface.model.config import NetworkConfig
from vrface.model.export import exported, write
from vrface.model.export.graph import OPERATORS, OPSET
from vrface.model.law import LARGEST_SCALE, MIN_SCALE

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "export.md").read_text("utf-8")
DECISION = (DOCS / "decisions" / "0012-onnx.md").read_text("utf-8")


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


def test_sizes_and_nodes_are_those_of_the_default_size():
    default = model(NetworkConfig())
    graphs = {
        name: onnx.load_from_string(data).graph
        for name, data in exported(default).items()
        if name != ".json"
    }
    step, wearer = graphs[".onnx"], graphs["-wearer.onnx"]
    nodes = f"{len(step.node)} nodes at the default size, and {len(wearer.node)} for a wearer"
    assert nodes in DECISION
    shapes = {
        value.name: [dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in step.input
    }
    width = shapes["move"][1] - 1
    sizes = (*shapes["code"][1:], width, *shapes["memory"][1:])
    assert "{}, {}, {} and {} of\nthe default".format(*sizes) in PAGE


def test_laws_are_within_the_ranges_it_tells():
    assert f"the scale in [{MIN_SCALE:g}, {LARGEST_SCALE:g}]".replace("0.", ".") in PAGE
