"""The files of an exported network: two graphs and the sheet that says how to feed them."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from vrface.errors import BadUse, DependencyError
from vrface.face.blendshapes import SET_VERSION
from vrface.model.export.sheet import sheet
from vrface.model.features import FEATURES_VERSION
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture

STEP = "One frame of a face: laws of the rest-relative weights, and the memory for the next frame."
WEARER = "What is known of a wearer: run once for each calibration; all zeros where nothing is."

MOST_WEARERS = 256
"""Rows that a graph may have."""


def require_onnx() -> None:
    """Check that graphs can be written here.

    Raises:
        DependencyError: if the package onnx is not installed.
    """
    if find_spec("onnx") is None:
        raise DependencyError(
            "graphs are written with the package onnx, which is not installed.",
            "pip install 'vrface[onnx]'.",
        )


def exported(model: Model, wearers: int = 1) -> dict[str, bytes]:
    """The files of a model: what follows the chosen name -> content.

    Args:
        model: A network.
        wearers: Rows of the graphs: how many wearers one call is for.

    Returns:
        ``.onnx``: the step; ``-wearer.onnx``: what is known of wearers; ``.json``: the sheet.

    Raises:
        BadUse: if the model is no network, or `wearers` is not in 1..256.
        DependencyError: if the package onnx is not installed.
    """
    architecture = model.architecture
    if not isinstance(architecture, NetworkArchitecture) or architecture.kind is not None:
        raise BadUse(f"{model.name} is no network.", "Only networks can be exported.")
    if not 1 <= wearers <= MOST_WEARERS:
        raise BadUse(f"a graph is for 1 to {MOST_WEARERS} wearers, got {wearers}.")
    require_onnx()
    from vrface.model.export.step_graph import StepGraph
    from vrface.model.export.wearer_graph import wearer_graph

    config, statistics = architecture.config, model.statistics
    params = {name: np.asarray(value) for name, value in model.params.items()}
    told = sheet(config, statistics, model.digest, wearers)
    metadata = {
        "checkpoint": model.digest.hex(),
        "features_version": str(FEATURES_VERSION),
        "blendshapes_version": str(SET_VERSION),
        "sheet": json.dumps(told, separators=(",", ":")),
    }
    step = StepGraph(config, params, wearers).written().model(metadata, STEP)
    wearer = wearer_graph(config, params, statistics, wearers).model(metadata, WEARER)
    return {
        ".onnx": step.SerializeToString(deterministic=True),
        "-wearer.onnx": wearer.SerializeToString(deterministic=True),
        ".json": (json.dumps(told, indent=1) + "\n").encode(),
    }


def write(model: Model, path: Path, wearers: int = 1) -> tuple[Path, ...]:
    """Write the files of a model; only once all are written do they replace an older export's.

    Args:
        model: A network.
        path: Of the step, ending in ``.onnx``; the others lie beside it.
        wearers: Rows of the graphs.

    Returns:
        What was written, the step first.

    Raises:
        BadUse: as of `exported`, if the path does not end in ``.onnx``, or if a JSON that is no
            sheet has the sheet's name.
        DependencyError: if the package onnx is not installed.
        OSError: if the files cannot be written.
    """
    if path.suffix != ".onnx":
        raise BadUse(f"an exported network ends in .onnx, got {path.name!r}.")
    _check_sheet(path.with_suffix(".json"))
    contents = exported(model, wearers)
    names = [path.stem + end for end in contents]
    with TemporaryDirectory(dir=path.parent, prefix=f".{path.stem}.") as drafts:
        for name, data in zip(names, contents.values(), strict=True):
            Path(drafts, name).write_bytes(data)
        return tuple(Path(drafts, name).replace(path.with_name(name)) for name in names)


def _check_sheet(path: Path) -> None:
    """See that nothing but an older sheet is written over: its name is not what was asked for."""
    if not path.exists():
        return
    try:
        told = json.loads(path.read_bytes())
    except (OSError, ValueError):
        told = None
    if not isinstance(told, dict) or "sheet_version" not in told:
        raise BadUse(f"{path} is there, and is no sheet of an export.", "Give another -o.")
