"""The vectors, in Python: each is what its numbers say, and what the script writes."""

import json

import numpy as np
import pytest

from tests.conformance.frame_block.vectors import FOLDER, as_json, vectors
from vrface.wire.frame_block import Fault, FrameBlock, extra_set, names_of, parse

VECTORS = json.loads((FOLDER / "vectors.json").read_text(encoding="utf-8"))
NAMES = [vector["name"] for vector in VECTORS]


def test_the_script_writes_what_is_committed():
    files, entries = vectors()
    assert as_json(entries) == (FOLDER / "vectors.json").read_text(encoding="utf-8")
    committed = {path.stem: path.read_bytes() for path in FOLDER.glob("*.bin")}
    assert committed == files
    assert set(NAMES) == set(files)


def test_every_result_is_among_them():
    assert {vector["result"] for vector in VECTORS} == {"face", "torn", "unknown"}


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_python_reads_the_numbers(vector):
    data = (FOLDER / f"{vector['name']}.bin").read_bytes()
    expected = vector.get("face", {"extras": ()})
    block = parse(data, names_of(tuple(expected["extras"])))
    if isinstance(block, Fault):
        assert vector["result"] == ("torn" if block is Fault.TORN else "unknown")
        return
    assert vector["result"] == "face"
    assert told(block) == expected
    for now_ns, stale in vector["stale_at"]:
        assert block.stale(int(now_ns) - block.published_ns) is stale


def number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def told(block: FrameBlock) -> dict:
    """What was read, as the JSON has it."""
    face = block.expression
    arrays = ("weights", "stddev", "confidence", "gaze")
    assert all(getattr(face, name).dtype == np.float32 for name in arrays)
    return {
        "session": block.session_id,
        "model_tag": block.model_tag.hex(),
        "sequence": str(face.sequence),
        "frame_time_ns": str(face.frame_time_ns),
        "sample_time_ns": str(face.sample_time_ns),
        "published_ns": str(block.published_ns),
        "period_us": block.period_us,
        "clock": block.clock,
        "flags": block.flags,
        "status": int(face.status),
        "extras": list(face.extras),
        "extra_set": extra_set(face.extras),
        "source": face.source.tolist(),
        **{name: [number(value) for value in getattr(face, name)] for name in arrays},
    }
