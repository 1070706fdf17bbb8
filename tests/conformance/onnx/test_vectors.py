"""The vectors of exported networks, in onnxruntime: what is committed runs to what is committed."""

import json

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file

from tests.conformance.onnx.vectors import FOLDER, FRAMES, vectors
from tests.model.export.networks import model, run
from vrface.model.export import exported

VECTORS = load_file(FOLDER / "vectors.safetensors")
SESSIONS = range(len(VECTORS["dt"]))
LAWS = ("loc", "scale", "mean", "stddev")


def graph(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


@pytest.mark.parametrize("session", SESSIONS)
def test_every_session_runs_to_the_committed_laws(session):
    wearer, step = run(graph("face-wearer.onnx")), run(graph("face.onnx"))
    inputs = ("sensors", "sensors_seen", "face", "face_seen", "positions")
    known = wearer({name: VECTORS[f"wearer.{name}"][session] for name in inputs})
    for name, value in known.items():
        np.testing.assert_allclose(value, VECTORS[f"wearer.{name}"][session], atol=1e-4)
    constant = {name: VECTORS[name][session] for name in ("move", "widen")}
    constant |= {name: known[name] for name in ("code", "nearness")}
    memory = np.zeros((1, *VECTORS["new_memory"].shape[1:]), np.float32)
    for frame in range(FRAMES):
        features = VECTORS["features"][session, frame] * VECTORS["plane_units"][:, None]
        dt = VECTORS["dt"][session, frame : frame + 1]
        given = {"features": features[None], "dt": dt, "memory": memory}
        out = step({**given, **constant})
        memory = out["new_memory"]
        for name in LAWS:
            np.testing.assert_allclose(out[name][0], VECTORS[name][session, frame], atol=1e-4)
    np.testing.assert_allclose(memory[0], VECTORS["new_memory"][session], atol=1e-4)


def test_the_script_writes_what_is_committed():
    made = vectors(model())
    assert made.keys() == VECTORS.keys()
    for name, value in made.items():
        assert value.dtype == VECTORS[name].dtype, name
        # Another processor or release of JAX rounds otherwise.
        np.testing.assert_allclose(value, VECTORS[name], atol=1e-5, err_msg=name)


def test_the_committed_graphs_are_what_is_exported():
    contents = exported(model())
    assert json.loads(graph("face.json")) == json.loads(contents[".json"])
    for end in (".onnx", "-wearer.onnx"):
        made, kept = (onnx.load_from_string(one) for one in (contents[end], graph(f"face{end}")))
        assert made.graph.node == kept.graph.node
        assert made.graph.input == kept.graph.input
        assert made.graph.output == kept.graph.output


def test_faces_move_and_wearers_differ():
    assert np.ptp(VECTORS["mean"], axis=1).max() > 0.05
    assert np.abs(np.diff(VECTORS["mean"][:, 0], axis=0)).max() > 0.005
