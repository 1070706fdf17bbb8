"""What is known of a wearer as a graph: from figures to the arrays that steps and features take.

It says once more what `Calibration.levels`, `Calibration.face_rest`, `known.summaries` and the
network's `WearerEncoder` say. It runs once for each calibration, not for each frame. What was not
seen is told by a mask: NaN is not safe on every engine's processor.
"""

from __future__ import annotations

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.model.calibration.calibration import Arrays
from vrface.model.calibration.summary import FACE_FIGURES, QUANTILES, REST, SENSOR_FIGURES
from vrface.model.config import NetworkConfig
from vrface.model.export.graph import Floats, Graph, Value
from vrface.model.features import IS_SKIN, NAMED, SKIN, SPREAD_FLOOR, WIDTH
from vrface.model.known import BUSY_S, MOST
from vrface.model.skin import REACH_M


def wearer_graph(
    config: NetworkConfig, params: dict[str, Floats], statistics: Arrays, wearers: int
) -> Graph:
    """What is known of W wearers, from what their sensors and faces did for some seconds.

    Args:
        config: Size of the network.
        params: Its parameters by name.
        statistics: Of the checkpoint: its population stands in for what was not seen.
        wearers: W.
    """
    graph = Graph("face-wearer")
    parts = [*_sensors(graph, statistics, wearers), *_face(graph, statistics, wearers)]
    summary = graph.node("Clip", graph.concat(parts, axis=1), -MOST, MOST)
    widen, narrow = (
        (params[f"wearer.{layer}.kernel"], params[f"wearer.{layer}.bias"])
        for layer in ("widen", "narrow")
    )
    hidden = graph.silu(graph.linear(summary, *widen))
    code = graph.node("Tanh", graph.linear(hidden, *narrow))
    graph.gives("code", code, wearers, config.code_width)
    if config.skin:
        near = _nearness(graph, config, params, wearers)
        graph.gives("nearness", near, wearers, *nearness_shape(config))
    return graph


def nearness_shape(config: NetworkConfig) -> tuple[int, int, int]:
    """Kinds of skin sensors, the most channels that one of them has, places."""
    kinds = config.skin.values()
    return len(kinds), max(map(len, kinds)), config.skin_places


def _sensors(graph: Graph, statistics: Arrays, wearers: int) -> list[Value]:
    """What a summary says of sensors [W, slots] each; levels are given on the way."""
    sensors = graph.given("sensors", wearers, SENSOR_FIGURES, WIDTH)
    sensors_seen = graph.given("sensors_seen", wearers, WIDTH)
    seen = graph.node("Greater", sensors_seen, 0.0)
    figures = graph.split(sensors, [1] * SENSOR_FIGURES, axis=1)
    figures = [graph.reshape(figure, wearers, WIDTH) for figure in figures]
    rest = graph.where(seen, figures[REST], statistics["sensor_rest"][None])
    spread = figures[len(QUANTILES) - 1] - figures[0]
    spread = graph.where(seen, spread, statistics["sensor_spread"][None])
    amplified = graph.node("Div", 1.0, graph.node("Max", spread, SPREAD_FLOOR))
    skin = IS_SKIN[None].astype(np.float32)
    graph.gives("rest", rest, wearers, WIDTH)
    graph.gives("gain", amplified * skin + (1.0 - skin), wearers, WIDTH)

    off = [figure - figures[REST] for figure in figures]
    off[REST] = figures[REST] - statistics["sensor_rest"][None]
    off[-1] = figures[-1] * BUSY_S
    off = [graph.where(seen, figure, 0.0) for figure in off]
    return _named(graph, [*off, graph.where(seen, 1.0, 0.0)])


def _face(graph: Graph, statistics: Arrays, wearers: int) -> list[Value]:
    """What a summary says of faces [W, figures] each; where they rest is given on the way."""
    face = graph.given("face", wearers, FACE_FIGURES, COUNT)
    face_seen = graph.given("face_seen", wearers, COUNT)
    shown = graph.node("Greater", face_seen, 0.0)
    rest, *_ = graph.split(face, [1, FACE_FIGURES - 1], axis=1)
    rest = graph.reshape(rest, wearers, COUNT)
    usual = statistics["face_rest"][None]
    graph.gives("face_rest", graph.where(shown, rest, usual), wearers, COUNT)
    figure_units = [np.float32(1.0)] * (FACE_FIGURES - 1) + [np.float32(BUSY_S)]
    scaled = face * np.array(figure_units, np.float32)[None, :, None]
    return [
        graph.reshape(scaled, wearers, FACE_FIGURES * COUNT),
        graph.node("ReduceMax", graph.where(shown, 1.0, 0.0), axes=[1], keepdims=1),
    ]


def _nearness(
    graph: Graph, config: NetworkConfig, params: dict[str, Floats], wearers: int
) -> Value:
    """[W, kinds, channels, places] of skin sensors; 0 of channels that a kind has not."""
    kinds, most, _ = nearness_shape(config)
    positions = graph.given("positions", wearers, len(SKIN), 3)
    of_kinds = config.skin.values()
    slots = np.array([[*of_kind, *of_kind[:1] * (most - len(of_kind))] for of_kind in of_kinds])
    own = np.array([np.arange(most) < len(of_kind) for of_kind in of_kinds], np.float32)
    sits = graph.node("Gather", positions, slots.reshape(-1) - len(NAMED), axis=1)
    rows = graph.reshape(sits, wearers, kinds, most, 3) / REACH_M
    at = params["fusion.encoder.skin.places"][None]
    # Squares of distances in parts, so that no tensor has more than four axes.
    own_square = graph.node("ReduceSum", rows * rows, np.array([3]), keepdims=1)
    apart = rows @ np.swapaxes(at, 2, 3) * -2.0 + own_square
    square = apart + np.square(at).sum(axis=3)[:, :, None]
    steep = np.logaddexp(params["fusion.encoder.skin.steep"], np.float32(0.0))
    near = graph.node("Exp", square * -steep[None, :, None])
    return near * own.reshape(1, kinds, most, 1)


def _named(graph: Graph, figures: list[Value]) -> list[Value]:
    """Of figures [W, 256] those of named slots."""
    sizes = [len(NAMED), WIDTH - len(NAMED)]
    return [graph.split(figure, sizes, axis=1)[0] for figure in figures]
