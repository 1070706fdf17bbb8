"""Avatars of a few vertices, written as glTF by hand."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

FLOAT, BYTE, SHORT, INT = 5126, 5121, 5123, 5125
_KINDS = {FLOAT: "<f4", BYTE: "u1", SHORT: "<u2", INT: "<u4"}


class Builder:
    """Collects arrays and makes a document of them."""

    def __init__(self):
        self.blob = bytearray()
        self.document: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "accessors": [],
            "bufferViews": [],
            "meshes": [],
            "nodes": [],
            "scenes": [{"nodes": []}],
        }

    def view(self, data: bytes, **more) -> int:
        self.blob += b"\0" * (-len(self.blob) % 4)
        self.document["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.blob), "byteLength": len(data), **more}
        )
        self.blob += data
        return len(self.document["bufferViews"]) - 1

    def array(self, values, kind=FLOAT, shape="VEC3", **more) -> int:
        values = np.asarray(values, _KINDS[kind])
        entry = {"bufferView": self.view(values.tobytes()), "componentType": kind, "type": shape}
        self.document["accessors"].append({**entry, "count": len(values), **more})
        return len(self.document["accessors"]) - 1

    def glb(self, path: Path) -> Path:
        self.document["buffers"] = [{"byteLength": len(self.blob)}]
        text = json.dumps(self.document).encode()
        text += b" " * (-len(text) % 4)
        blob = bytes(self.blob) + b"\0" * (-len(self.blob) % 4)
        body = struct.pack("<II", len(text), 0x4E4F534A) + text
        body += struct.pack("<II", len(blob), 0x004E4942) + blob
        path.write_bytes(struct.pack("<III", 0x46546C67, 2, 12 + len(body)) + body)
        return path

    def gltf(self, path: Path) -> Path:
        data = base64.b64encode(bytes(self.blob)).decode()
        uri = f"data:application/octet-stream;base64,{data}"
        self.document["buffers"] = [{"byteLength": len(self.blob), "uri": uri}]
        path.write_text(json.dumps(self.document))
        return path


FACE = np.array(
    [
        # A square face that looks along +z: brows, eyes, mouth, chin; left is +x.
        [0.05, 1.70, 0.1],
        [-0.05, 1.70, 0.1],
        [0.03, 1.66, 0.1],
        [-0.03, 1.66, 0.1],
        [0.02, 1.60, 0.1],
        [-0.02, 1.60, 0.1],
        [0.0, 1.57, 0.1],
    ]
)
TRIANGLES = np.array([[0, 1, 2], [1, 3, 2], [2, 3, 4], [3, 5, 4], [4, 5, 6]])
MOVES = {
    "browInnerUp": {0: (0, 0.01, 0), 1: (0, 0.01, 0)},
    "eyeBlink_L": {2: (0, -0.01, 0)},
    "eyeBlink_R": {3: (0, -0.01, 0)},
    "jawOpen": {6: (0, -0.02, 0), 4: (0, -0.01, 0), 5: (0, -0.01, 0)},
}


def deltas(moves) -> np.ndarray:
    field = np.zeros(FACE.shape)
    for vertex, move in moves.items():
        field[vertex] = move
    return field


def face(moves=None, *, names=True, node=None) -> Builder:
    """A face with a morph target a movement."""
    moves = MOVES if moves is None else moves
    builder = Builder()
    primitive = {
        "attributes": {"POSITION": builder.array(FACE)},
        "indices": builder.array(TRIANGLES.reshape(-1), SHORT, "SCALAR"),
        "targets": [{"POSITION": builder.array(deltas(one))} for one in moves.values()],
    }
    extras = {"extras": {"targetNames": list(moves)}} if names else {}
    builder.document["meshes"].append({"primitives": [primitive], **extras})
    builder.document["nodes"].append({"mesh": 0, **(node or {})})
    return builder
