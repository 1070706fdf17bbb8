"""A second language reads frame blocks: Node, the vectors and datagrams, to the same numbers."""

import json
import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.conformance.frame_block.vectors import FOLDER
from tests.wire.frame_blocks import SESSION, block_of, drawn
from vrface.outputs.sinks import UdpSink

ROOT = Path(__file__).resolve().parents[3]
NODE = ROOT / "bindings" / "node"
VECTORS = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))
LISTS = ("weights", "stddev", "confidence", "gaze")

pytestmark = pytest.mark.system("node")


@pytest.fixture(scope="module")
def printed() -> dict[str, dict]:
    files = [FOLDER / f"{vector['name']}.bin" for vector in VECTORS]
    done = subprocess.run(
        ["node", NODE / "print_block.js", *files], capture_output=True, text=True, check=True
    )
    lines = map(json.loads, done.stdout.splitlines())
    return {vector["name"]: line for vector, line in zip(VECTORS, lines, strict=True)}


def numbers(values) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], np.float32)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_node_reads_the_numbers(printed, vector):
    found, expected = printed[vector["name"]], vector.get("face")
    assert found["result"] == vector["result"]
    if expected is None:
        assert "face" not in found
        return
    face = found["face"]
    assert face.pop("extra_count") == len(expected["extras"])
    for name in LISTS:
        np.testing.assert_array_equal(numbers(face.pop(name)), numbers(expected[name]))
    assert face == {n: v for n, v in expected.items() if n not in (*LISTS, "extras")}


STALE = """
import { stale } from './frame_block.js';
for (const [period, since, now] of JSON.parse(process.argv[1]))
  console.log(stale({ period_us: period }, BigInt(since), BigInt(now)));
"""


def test_node_calls_the_same_faces_stale():
    asked, told = [], []
    for vector in VECTORS:
        for now_ns, stale in vector.get("stale_at", []):
            face = vector["face"]
            asked.append((face["period_us"], face["published_ns"], now_ns))
            told.append(str(stale).lower())
    command = ["node", "--input-type=module", "-e", STALE, json.dumps(asked)]
    done = subprocess.run(command, cwd=NODE, capture_output=True, text=True, check=True)
    assert done.stdout.split() == told


def test_node_hears_datagrams():
    command = ["node", str(NODE / "print_block.js"), "--udp", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        (port,) = re.findall(r"listening on (\d+)", process.stderr.readline())
        face = drawn(3, ("tongueUp",))
        with UdpSink(port=int(port)) as sink:
            sink.publish(SESSION, block_of(face))
            found = json.loads(process.stdout.readline())
        process.kill()
    assert found["result"] == "face"
    assert found["face"]["session"] == SESSION
    np.testing.assert_array_equal(numbers(found["face"]["weights"]), face.weights)
