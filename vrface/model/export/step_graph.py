"""The step of a network as a graph: what `NetworkArchitecture.step` does, for engines without JAX.

It says once more what `encoders`, `skin`, `recurrence`, `head` and `law` say, operator by operator,
with whatever can be worked out of the parameters worked out beforehand; tests hold the two to 1e-4
of each other.
"""

from __future__ import annotations

from math import pi

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT
from vrface.model import law
from vrface.model.config import NetworkConfig
from vrface.model.encoders import FRESH_S
from vrface.model.export.graph import Floats, Graph, Value
from vrface.model.export.wearer_graph import nearness_shape
from vrface.model.features import DIFFERENCE_SCALE, PLANES, WIDTH
from vrface.model.head import REACH, START_SCALE, sides
from vrface.model.skin import FEW

_LARGEST_FLOAT = float(np.finfo(np.float32).max)


class StepGraph:
    """Writes down one step of W wearers.

    Args:
        config: Size of the network.
        params: Its parameters by name.
        wearers: W.
    """

    def __init__(self, config: NetworkConfig, params: dict[str, Floats], wearers: int) -> None:
        self.config, self.params, self.wearers = config, params, wearers
        self.graph = Graph("face")

    def written(self) -> Graph:
        """The whole step."""
        graph, config, wearers = self.graph, self.config, self.wearers
        features = graph.given("features", wearers, len(PLANES), WIDTH)
        dt = graph.given("dt", wearers)
        code = graph.given("code", wearers, config.code_width)
        near = None
        if config.skin:
            near = graph.given("nearness", wearers, *nearness_shape(config))
        move = graph.given("move", wearers, config.width + 1, COUNT)
        widen = graph.given("widen", wearers, COUNT)
        memory = graph.given("memory", wearers, config.blocks, config.memory)

        state = self._fused(self._heard(features), near)
        bends = graph.linear(code, self.params["bend.kernel"], self.params["bend.bias"])
        first, *rest = graph.split(bends, [config.width] * (2 * config.blocks + 1), axis=1)
        state, after = state + first, []
        before = graph.split(memory, [1] * config.blocks, axis=1)
        since = graph.reshape(dt, wearers, 1)
        for block in range(config.blocks):
            kept = graph.reshape(before[block], wearers, config.memory)
            state, kept = self._block(block, state, since, kept)
            state = state * (rest[2 * block] + 1.0) + rest[2 * block + 1]
            after.append(graph.reshape(kept, wearers, 1, config.memory))
        loc, scale = self._touched(state, move, widen)
        for name, value in (("loc", loc), ("scale", scale), *self._told(loc, scale)):
            graph.gives(name, value, wearers, COUNT)
        shape = (wearers, config.blocks, config.memory)
        # A reshape to the same shape: of one block alone nothing is concatenated.
        whole = graph.reshape(graph.concat(after, axis=1), *shape)
        graph.gives("new_memory", whole, *shape)
        return graph

    def _heard(self, features: Value) -> Value:
        """[W, 4, 256] value, change, presence and freshness, 0 where absent."""
        graph = self.graph
        value, change, present, age = graph.split(features, [1] * len(PLANES), axis=1)
        there = graph.node("Greater", present, 0.0)
        value, change, age = (graph.where(there, plane, 0.0) for plane in (value, change, age))
        fresh = present * graph.node("Exp", age * (-1.0 / FRESH_S))
        return graph.concat([value, change * DIFFERENCE_SCALE, present, fresh], axis=1)

    def _fused(self, heard: Value, near: Value | None) -> Value:
        """[W, width] the gated sum of all streams."""
        graph, config, longest = self.graph, self.config, self._longest()
        flat = graph.reshape(heard, self.wearers, len(PLANES) * WIDTH)
        rows, there = [], []
        if config.named:
            named = self._gathered(flat, list(config.named.values()), longest)
            rows.append(graph.reshape(named, -1, self.wearers, len(PLANES) * longest))
            there.append(named)
        if near is not None:
            kinds = list(config.skin.values())
            felt = self._gathered(flat, kinds, max(map(len, kinds)))
            rows.append(self._read_off(felt, near, longest))
            there.append(felt)
        hidden = graph.silu(self._concat(rows) @ self._widen(longest))
        encoded = graph.rms_norm(hidden @ self.params["fusion.encoder.narrow.kernel"])
        most = [graph.node("ReduceMax", planes, axes=[3], keepdims=0) for planes in there]
        _, told = graph.split(self._concat(most), [2, 2], axis=2)
        mixed = graph.concat([encoded, told], axis=2) @ self.params["fusion.mixer.kernel"]
        value, gate = graph.split(mixed, [config.width] * 2, axis=2)
        present, _ = graph.split(told, [1, 1], axis=2)
        spoken = present * graph.node("Softplus", gate) * value
        total = graph.node("ReduceSum", spoken, np.array([0]), keepdims=0)
        silent = graph.reshape(1.0 - present, -1, self.wearers)
        absent = self.params["fusion.absent"]
        return graph.rms_norm(graph.node("Gemm", silent, absent, total, transA=1))

    def _longest(self) -> int:
        """Slots or places of the stream that has the most: others are filled up to it."""
        config = self.config
        return max([*map(len, config.named.values()), *[config.skin_places] * bool(config.skin)])

    def _concat(self, parts: list[Value]) -> Value:
        return parts[0] if len(parts) == 1 else self.graph.concat(parts, axis=0)

    def _gathered(self, flat: Value, streams: list[tuple[int, ...]], longest: int) -> Value:
        """[streams, W, 4, longest] planes; a shorter stream is filled up with its first slot.

        That changes nothing: neither the most of it, nor, times 0, what is heard of it.
        """
        filled = np.array([[*slots, *slots[:1] * (longest - len(slots))] for slots in streams])
        planes = filled[:, None] + WIDTH * np.arange(len(PLANES))[:, None]
        found = self.graph.node("Gather", flat, planes.reshape(len(streams), -1), axis=1)
        rows = self.graph.node("Transpose", found, perm=[1, 0, 2])
        return self.graph.reshape(rows, len(streams), self.wearers, len(PLANES), longest)

    def _widen(self, longest: int) -> Floats:
        """The first kernel, 0 where a stream is filled up."""
        kernel = self.params["fusion.encoder.widen.kernel"].copy()
        for of_stream, slots in zip(kernel, self.config.named.values(), strict=False):
            of_stream.reshape(len(PLANES), longest, -1)[:, len(slots) :] = 0.0
        return kernel

    def _read_off(self, felt: Value, near: Value, longest: int) -> Value:
        """[kinds, W, 4 longest] the planes of skin sensors at places of the face."""
        graph, wearers, places = self.graph, self.wearers, self.config.skin_places
        kinds = len(self.config.skin)
        total = felt @ graph.node("Transpose", near, perm=[1, 0, 2, 3])
        _, present, _ = graph.split(total, [2, 1, 1], axis=2)
        read = total / (present + FEW)
        if longest > places:
            more = np.zeros((kinds, wearers, len(PLANES), longest - places), np.float32)
            read = graph.concat([read, more], axis=3)
        return graph.reshape(read, kinds, wearers, len(PLANES) * longest)

    def _block(self, number: int, state: Value, since: Value, before: Value) -> tuple[Value, Value]:
        """The next residual state and memory."""
        graph, config = self.graph, self.config
        weights = {
            name.removeprefix(f"blocks.{number}."): value
            for name, value in self.params.items()
            if name.startswith(f"blocks.{number}.")
        }
        gates = graph.linear(graph.rms_norm(state), weights["gates.kernel"], weights["gates.bias"])
        drive, entry, release, out = graph.split(gates, [config.memory] * 4, axis=1)
        gated = np.logaddexp(weights["rate"], np.float32(0.0))
        rate = graph.node("Sigmoid", release) * gated + 1.0 / config.memory_s
        decay = graph.node("Exp", since * rate * -1.0)
        pushed = (1.0 - decay) * graph.node("Sigmoid", entry) * drive
        memory = decay * before + pushed
        finite = graph.node("LessOrEqual", graph.node("Abs", memory), _LARGEST_FLOAT)
        memory = graph.where(finite, memory, 0.0)
        state = state + (memory * graph.silu(out)) @ weights["recall.kernel"]
        widened = graph.linear(
            graph.rms_norm(state), weights["widen.kernel"], weights["widen.bias"]
        )
        value, gate = graph.split(widened, [config.hidden] * 2, axis=1)
        return state + (value * graph.silu(gate)) @ weights["narrow.kernel"], memory

    def _touched(self, state: Value, move: Value, widen: Value) -> tuple[Value, Value]:
        """Location and scale [W, 54], with what the wearer's own truth taught."""
        graph, wearers = self.graph, self.wearers
        normed = graph.rms_norm(state)
        kernel, bias = (_by_sides(self.params[f"head.laws.{of}"]) for of in ("kernel", "bias"))
        bias[COUNT:] += np.float32(np.log(np.expm1(START_SCALE)))
        laws = graph.linear(normed, kernel, bias)
        loc, spread = graph.split(laws, [COUNT, COUNT], axis=1)
        scale = self._bounded(graph.node("Softplus", spread) + law.MIN_SCALE)
        loc = self._within_reach(loc, scale)
        scale = self._bounded(scale * widen)
        one = np.ones((wearers, 1), np.float32)
        told = graph.reshape(graph.concat([one, normed], axis=1), wearers, 1, -1)
        moved = graph.reshape(told @ move, wearers, COUNT)
        return self._within_reach(loc + moved, scale), scale

    def _bounded(self, scale: Value) -> Value:
        return self.graph.node("Clip", scale, law.MIN_SCALE, law.LARGEST_SCALE)

    def _within_reach(self, loc: Value, scale: Value) -> Value:
        reach = scale * REACH
        return self.graph.node("Min", self.graph.node("Max", loc, reach * -1.0), reach + 1.0)

    def _told(self, loc: Value, scale: Value) -> tuple[tuple[str, Value], tuple[str, Value]]:
        """Mean and standard deviation of laws."""
        graph = self.graph
        # A law mirrored at a half has the same spread, and near 0 no large squares cancel: float32
        # would be 5e-5 off near 1.
        near = graph.node("Min", loc, 1.0 - loc)
        x = graph.concat([near / scale, (near - 1.0) / scale], axis=1)
        above, below = graph.split(graph.node("Softplus", x), [COUNT, COUNT], axis=1)
        of_near = graph.node("Clip", scale * (above - below), 0.0, 1.0)
        high, low = graph.split(self._dilog_neg_exp(x), [COUNT, COUNT], axis=1)
        square = scale * scale * (low - high) * 2.0 - scale * below * 2.0
        spread = graph.node("Clip", square - of_near * of_near, 0.0, 0.25)
        mirrored = graph.node("Greater", loc, 0.5)
        mean = graph.where(mirrored, 1.0 - of_near, of_near)
        return ("mean", mean), ("stddev", graph.node("Sqrt", spread))

    def _dilog_neg_exp(self, x: Value) -> Value:
        """``Li2(-e^x)``, as `law` works it out."""
        graph = self.graph
        t = graph.node("Exp", graph.node("Abs", x) * -1.0)
        series = t * law.DILOG[0] + law.DILOG[1]
        for factor in law.DILOG[2:]:
            series = series * t + factor
        small = t * series * -1.0
        large = x * x * -0.5 - pi**2 / 6.0 - small
        return graph.where(graph.node("Greater", x, 0.0), large, small)


def _by_sides(laws: NDArray[np.float32]) -> Floats:
    """A layer [..., 108] to means and differences of pairs, as one to sides."""
    split = np.asarray(sides(jnp.asarray(laws.reshape(*laws.shape[:-1], 2, COUNT))))
    return np.array(split.reshape(laws.shape), np.float32)
