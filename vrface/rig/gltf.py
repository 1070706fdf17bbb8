"""`Gltf`: a glTF 2.0 file (``.glb``, ``.gltf``, ``.vrm``) as JSON and the arrays it refers to.

Written after the glTF 2.0 specification (Khronos). Nothing is fetched: what is not in the file, in
a data URI or beside the file is refused.
"""

from __future__ import annotations

import base64
import binascii
import json
import struct
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse

_MAGIC, _JSON, _BIN = 0x46546C67, 0x4E4F534A, 0x004E4942

_TYPES = {5120: "i1", 5121: "u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT2": 4, "MAT3": 9, "MAT4": 16}

SUFFIXES = (".glb", ".gltf", ".vrm")
"""How the names of such files end."""

UNSUPPORTED = ("KHR_draco_mesh_compression", "EXT_meshopt_compression")
"""Extensions that pack vertices in ways of their own."""

LARGEST = 2**30
"""Bytes of a file that is still read."""

MOST_VALUES = 10_000_000
"""The most vertices or corners of one array."""

_ADVICE = "Export the avatar as glTF 2.0 (.glb) or VRM, with its morph targets, uncompressed."

_SENSELESS = (
    *(KeyError, IndexError, TypeError, ValueError),
    *(AttributeError, OverflowError, RecursionError),
)
"""What entries raise that are of another kind than they should be, or lead nowhere."""


@contextmanager
def makes_sense(what: str) -> Iterator[None]:
    """Say in words where a document, read in this block, makes no sense.

    Args:
        what: What the error calls it.

    Raises:
        BadUse: if it does not.
    """
    try:
        yield
    except _SENSELESS as error:
        raise BadUse(f"{what} makes no sense: {error!r}.", _ADVICE) from None


@dataclass(frozen=True, eq=False)
class Gltf:
    """One file.

    Attributes:
        where: What error messages call it.
        document: Its JSON.
        buffers: The bytes of each buffer.
        folder: Where files that it names may lie.
    """

    where: str
    document: Mapping[str, Any]
    buffers: Sequence[bytes]
    folder: Path

    @classmethod
    def read(cls, path: Path) -> Gltf:
        """Read a file.

        Raises:
            BadUse: if it is no glTF 2.0 file, is cut short, packs its vertices in a way that is
                not supported, or needs what is not there.
        """
        try:
            if path.stat().st_size > LARGEST:
                raise BadUse(f"{path} is larger than {LARGEST >> 20} MiB.", _ADVICE)
            data = path.read_bytes()
        except OSError as error:
            raise BadUse(f"avatar {path} cannot be read: {error.strerror or error}.") from None
        text, blob = _parts(data, path)
        try:
            document = json.loads(text)
            major = str(document["asset"]["version"]).partition(".")[0]
        except (ValueError, KeyError, TypeError, RecursionError):
            raise BadUse(f"{path} is no glTF file.", _ADVICE) from None
        if major != "2":
            raise BadUse(f"{path} is glTF {document['asset']['version']}, not 2.", _ADVICE)
        gltf = cls(str(path), document, [], path.parent)
        with makes_sense(gltf.where):
            packed = [name for name in UNSUPPORTED if name in gltf.listed("extensionsRequired")]
            if packed:
                raise BadUse(f"{path} is compressed ({', '.join(packed)}).", _ADVICE)
            buffers = [
                blob if blob is not None and number == 0 and "uri" not in entry else gltf.uri(entry)
                for number, entry in enumerate(gltf.listed("buffers"))
            ]
        return replace(gltf, buffers=buffers)

    def listed(self, name: str) -> Sequence[Any]:
        """A list of the document; empty where it has none."""
        return self.document.get(name) or []

    def accessor(self, number: int) -> NDArray[Any]:
        """[count, width] the values of an accessor ([count] of a scalar), as floats if normalised.

        Raises:
            BadUse: if it lies outside its buffer or makes no sense.
        """
        with makes_sense(f"{self.where}: accessor {number}"):
            entry = self.listed("accessors")[number]
            count, width = int(entry["count"]), _WIDTHS[entry["type"]]
            if not 0 <= count <= MOST_VALUES:
                raise ValueError(f"it has {count} values")
            kind = np.dtype(_TYPES[entry["componentType"]])
            values = np.zeros((count, width), kind)
            if "bufferView" in entry:
                view, start = entry["bufferView"], entry.get("byteOffset", 0)
                values = self._strided(view, start, count, width, kind)
            if "sparse" in entry:
                values = self._sparse(entry["sparse"], values, width, kind)
        if entry.get("normalized") and kind.kind != "f":
            values = np.maximum(values / np.float32(np.iinfo(kind).max), -1.0).astype(np.float32)
        return values[:, 0] if width == 1 else values

    def view(self, number: int) -> bytes:
        """The bytes of a buffer view.

        Raises:
            BadUse: if it lies outside its buffer.
        """
        with makes_sense(f"{self.where}: buffer view {number}"):
            entry = self.listed("bufferViews")[number]
            start = entry.get("byteOffset", 0)
            data: bytes = self.buffers[entry["buffer"]][start : start + entry["byteLength"]]
            if len(data) != entry["byteLength"]:
                raise ValueError("it is cut short")
        return data

    def uri(self, entry: Mapping[str, Any]) -> bytes:
        """The bytes of a buffer or an image, in it as a data URI or in a file beside the document.

        Raises:
            BadUse: if there is no such file, or it lies elsewhere.
        """
        uri = str(entry.get("uri", ""))
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2], validate=True)
            except binascii.Error:
                raise BadUse(f"{self.where} holds a data URI that cannot be read.") from None
        path = (self.folder / unquote(uri)).resolve()  # a space is %20 there
        if not uri or ":" in uri or not path.is_relative_to(self.folder.resolve()):
            raise BadUse(f"{self.where} refers to {uri!r}, which is not beside it.", _ADVICE)
        try:
            return path.read_bytes()
        except OSError as error:
            what = error.strerror or error
            raise BadUse(f"{self.where} needs {uri!r}, which cannot be read: {what}.") from None

    def _strided(
        self, view: int, start: int, count: int, width: int, kind: np.dtype[Any]
    ) -> NDArray[Any]:
        """[count, width] of a buffer view, from byte `start` on, whatever lies between rows."""
        data, row = self.view(view), width * kind.itemsize
        stride = self.listed("bufferViews")[view].get("byteStride") or row
        if count and start + (count - 1) * stride + row > len(data):
            raise ValueError("it ends beyond its buffer view")
        return np.ndarray((count, width), kind, data, start, (stride, kind.itemsize)).copy()

    def _sparse(
        self, entry: Mapping[str, Any], values: NDArray[Any], width: int, kind: np.dtype[Any]
    ) -> NDArray[Any]:
        """`values` [count, width] with other ones in the rows that a sparse accessor names."""
        count, at, new = int(entry["count"]), entry["indices"], entry["values"]
        index = np.dtype(_TYPES[at["componentType"]])
        rows = self._strided(at["bufferView"], at.get("byteOffset", 0), count, 1, index)[:, 0]
        values[rows] = self._strided(
            new["bufferView"], new.get("byteOffset", 0), count, width, kind
        )
        return values


def _parts(data: bytes, path: Path) -> tuple[bytes, bytes | None]:
    """The JSON of a file, and the buffer that a binary one holds."""
    if len(data) < 12 or struct.unpack_from("<I", data)[0] != _MAGIC:
        return data, None
    _, version, length = struct.unpack_from("<III", data)
    if version != 2 or length > len(data):
        raise BadUse(f"{path} is no whole glTF 2.0 file: it is cut short or of another version.")
    chunks: dict[int, bytes] = {}
    place = 12
    while place + 8 <= length:
        size, kind = struct.unpack_from("<II", data, place)
        chunks.setdefault(kind, data[place + 8 : place + 8 + size])
        place += 8 + size
    return chunks.get(_JSON, b""), chunks.get(_BIN)
