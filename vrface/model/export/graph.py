"""`Graph`: ONNX operators written down one after the other, in plain arithmetic.

Only operators of `OPERATORS` come in, in their form of opset `OPSET`: onnxruntime knows them all,
and the tables of Unity's Sentis (Inference Engine, 2.1 and later) list them for each backend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, ValueInfoProto, checker, helper, numpy_helper

OPSET = 15
"""The newest opset that every release of Sentis imports officially (7 to 15)."""

_IR = 8  # of the file format: what came with opset 15

OPERATORS = frozenset(
    (
        *("Abs", "Add", "Clip", "Concat", "Div", "Exp", "Gather", "Gemm", "Greater", "LessOrEqual"),
        *("MatMul", "Max", "Min", "Mul", "ReduceMax", "ReduceMean", "ReduceSum", "Reshape"),
        *("Sigmoid", "Softplus", "Split", "Sqrt", "Sub", "Tanh", "Transpose", "Where"),
    )
)
"""All that is used."""

RMS_EPSILON = 1e-6
"""Of `nnx.RMSNorm`, as the network has it."""

Floats = NDArray[np.float32]
Array = NDArray[np.float32] | NDArray[np.int64]


@dataclass(frozen=True)
class Value:
    """A tensor of a graph; arithmetic on it writes operators down.

    Attributes:
        name: In the graph.
        graph: Whose it is.
    """

    name: str
    graph: Graph

    def __add__(self, other: Value | Floats | float) -> Value:
        return self.graph.node("Add", self, other)

    def __sub__(self, other: Value | Floats | float) -> Value:
        return self.graph.node("Sub", self, other)

    def __rsub__(self, other: Floats | float) -> Value:
        return self.graph.node("Sub", other, self)

    def __mul__(self, other: Value | Floats | float) -> Value:
        return self.graph.node("Mul", self, other)

    def __truediv__(self, other: Value | Floats | float) -> Value:
        return self.graph.node("Div", self, other)

    def __matmul__(self, other: Value | Floats) -> Value:
        return self.graph.node("MatMul", self, other)


class Graph:
    """A graph under construction.

    Args:
        name: What it is called.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._nodes: list[NodeProto] = []
        self._constants: dict[tuple[str, bytes, tuple[int, ...]], TensorProto] = {}
        self._inputs: dict[str, tuple[int, ...]] = {}
        self._outputs: dict[str, tuple[str, tuple[int, ...]]] = {}

    def given(self, name: str, *shape: int) -> Value:
        """An input, float32."""
        self._inputs[name] = shape
        return Value(name, self)

    def gives(self, name: str, value: Value, *shape: int) -> None:
        """Make a value an output of this name, float32."""
        self._outputs[name] = value.name, shape

    def constant(self, array: Array | float) -> Value:
        """An array that never changes: float32, or int64 for places and shapes."""
        whole = np.issubdtype(np.asarray(array).dtype, np.integer)
        kept = np.asarray(array, np.int64 if whole else np.float32, order="C")
        key = (kept.dtype.str, kept.tobytes(), kept.shape)
        if key not in self._constants:
            self._constants[key] = numpy_helper.from_array(kept, f"c{len(self._constants)}")
        return Value(self._constants[key].name, self)

    def node(
        self, operator: str, *inputs: Value | Array | float, **settings: int | list[int]
    ) -> Value:
        """The one output of an operator."""
        (value,) = self._nodes_of(operator, 1, inputs, settings)
        return value

    def split(self, value: Value, sizes: Sequence[int], axis: int) -> list[Value]:
        """Parts of a value along an axis."""
        if len(sizes) == 1:
            return [value]
        given = (value, np.array(sizes))
        return self._nodes_of("Split", len(sizes), given, {"axis": axis})

    def concat(self, values: Sequence[Value | Floats], axis: int) -> Value:
        """Values one behind the other along an axis."""
        return self.node("Concat", *values, axis=axis)

    def reshape(self, value: Value, *shape: int) -> Value:
        """The same numbers in another shape."""
        return self.node("Reshape", value, np.array(shape))

    def where(self, condition: Value, value: Value | float, other: Value | Floats | float) -> Value:
        """One value where a condition holds, another one elsewhere."""
        return self.node("Where", condition, value, other)

    def silu(self, value: Value) -> Value:
        """``x sg(x)``."""
        return value * self.node("Sigmoid", value)

    def rms_norm(self, value: Value) -> Value:
        """Over its last axis the mean square becomes 1."""
        square = self.node("ReduceMean", value * value, axes=[-1], keepdims=1)
        return value / self.node("Sqrt", square + RMS_EPSILON)

    def linear(self, value: Value, kernel: Floats, bias: Floats) -> Value:
        """Rows [rows, inputs] through a linear layer."""
        return self.node("Gemm", value, kernel, bias)

    def model(self, metadata: Mapping[str, str], doc: str) -> ModelProto:
        """The finished graph, checked.

        Args:
            metadata: Texts that travel in the file.
            doc: What it is, in words.
        """
        named = {value: name for name, (value, _) in self._outputs.items()}
        for node in self._nodes:
            for names in (node.input, node.output):
                names[:] = [named.get(name, name) for name in names]
        graph = helper.make_graph(
            self._nodes,
            self.name,
            [_described(name, shape) for name, shape in self._inputs.items()],
            [_described(name, shape) for name, (_, shape) in self._outputs.items()],
            list(self._constants.values()),
            doc,
        )
        opsets = [helper.make_opsetid("", OPSET)]
        model = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR, producer_name="vrface"
        )
        helper.set_model_props(model, dict(metadata))
        checker.check_model(model, full_check=True)
        return model

    def _nodes_of(
        self,
        operator: str,
        outputs: int,
        inputs: Sequence[Value | Array | float],
        settings: Mapping[str, Any],
    ) -> list[Value]:
        if operator not in OPERATORS:
            raise ValueError(f"{operator} is none of the operators that are used: {OPERATORS}")
        given = [one if isinstance(one, Value) else self.constant(one) for one in inputs]
        number = len(self._nodes)
        made = [Value(f"v{number}.{place}", self) for place in range(outputs)]
        names = [one.name for one in given], [one.name for one in made]
        self._nodes.append(
            helper.make_node(operator, *names, name=f"{operator}.{number}", **settings)
        )
        return made


def _described(name: str, shape: Sequence[int]) -> ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))
