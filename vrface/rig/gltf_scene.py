"""`Scene`: the triangles of a glTF file, where its nodes and skins put them, with their morphs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.rig.gltf import Gltf, makes_sense

_TRIANGLES = 4
_PLAIN = (0.8, 0.8, 0.8)


@dataclass(frozen=True, eq=False)
class Primitive:
    """What glTF calls so: triangles of one material, of one node; in world space.

    Attributes:
        node: Number of the node.
        mesh: Number of the mesh.
        vertices: [vertices, 3].
        triangles: [triangles, 3].
        colours: [vertices, 3] sRGB, 0 to 1: base colour, texture and vertex colour together.
        deltas: [targets, vertices, 3] what each morph target, in full, adds.
        targets: Their names; empty where the file has none.
        joints: [vertices, 4] nodes that carry each vertex.
        weights: [vertices, 4] how much of it.
    """

    node: int
    mesh: int
    vertices: NDArray[np.float32]
    triangles: NDArray[np.int32]
    colours: NDArray[np.float32]
    deltas: NDArray[np.float32]
    targets: tuple[str, ...]
    joints: NDArray[np.int32]
    weights: NDArray[np.float32]


class Scene:
    """Everything that a file draws.

    Args:
        gltf: The file.

    Attributes:
        world: [nodes, 4, 4] ``world_from_node``.
        primitives: What is drawn.

    Raises:
        BadUse: if a number in it leads nowhere, or nothing is drawn.
    """

    def __init__(self, gltf: Gltf) -> None:
        self._gltf = gltf
        with makes_sense(gltf.where):
            self.world = _world(gltf)
            self.primitives = tuple(self._primitives())
        if not self.primitives:
            raise BadUse(f"{gltf.where} draws no triangles.", "Export the avatar with its meshes.")

    def _primitives(self) -> Iterator[Primitive]:
        """Those of triangles; a mesh that several nodes show comes several times."""
        for number, node in enumerate(self._gltf.listed("nodes")):
            if "mesh" in node:
                mesh = self._gltf.listed("meshes")[node["mesh"]]
                for primitive in mesh["primitives"]:
                    if primitive.get("mode", _TRIANGLES) == _TRIANGLES:
                        yield self._primitive(number, node, mesh, primitive)

    def _primitive(
        self, number: int, node: Mapping[str, Any], mesh: Mapping[str, Any], one: Mapping[str, Any]
    ) -> Primitive:
        """The primitive `one` of a mesh, where node `number` and its skin put it."""
        gltf, attributes = self._gltf, one["attributes"]
        positions = np.asarray(gltf.accessor(attributes["POSITION"]), np.float32)
        count = len(positions)
        rows = gltf.accessor(one["indices"]) if "indices" in one else np.arange(count)
        triangles = np.asarray(rows, np.int32)[: len(rows) // 3 * 3].reshape(-1, 3)
        if triangles.size and triangles.max() >= count:
            raise ValueError("a triangle has a corner that is not there")
        targets = [target["POSITION"] for target in one.get("targets", ()) if "POSITION" in target]
        deltas = np.zeros((len(targets), count, 3), np.float32)
        for place, target in enumerate(targets):
            deltas[place] = gltf.accessor(target)
        joints, weights, matrices = self._carried(number, node, attributes, count)
        blended = np.einsum("vj,vjab->vab", weights, matrices[joints])
        turn = blended[:, :3, :3]
        extras = [holder.get("extras") or {} for holder in (mesh, one)]  # exporters differ
        names = next((each["targetNames"] for each in extras if each.get("targetNames")), ())
        return Primitive(
            node=number,
            mesh=node["mesh"],
            vertices=(np.einsum("vab,vb->va", turn, positions) + blended[:, :3, 3]).astype("f4"),
            triangles=triangles,
            colours=self._colours(one, attributes, count),
            deltas=np.einsum("vab,tvb->tva", turn, deltas).astype(np.float32),
            targets=tuple(str(name) for name in names)[: len(targets)],
            joints=self._nodes(node)[joints],
            weights=weights,
        )

    def _nodes(self, node: Mapping[str, Any]) -> NDArray[np.int32]:
        """The nodes that a skin's joints are; the last stands for the mesh's own node."""
        skin = node.get("skin")
        joints = [] if skin is None else self._gltf.listed("skins")[skin]["joints"]
        return np.array([*joints, -1], np.int32)

    def _carried(
        self, number: int, node: Mapping[str, Any], attributes: Mapping[str, Any], count: int
    ) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.float32]]:
        """Joint numbers and weights of each vertex, and the matrix of each joint.

        Without a skin there is one joint, the node itself. With one, the node does not matter.
        """
        if "skin" not in node or "JOINTS_0" not in attributes:
            joints = np.zeros((count, 4), np.int32)
            weights = np.zeros((count, 4), np.float32)
            weights[:, 0] = 1.0
            return joints - 1, weights, self.world[[number]].astype(np.float32)
        skin = self._gltf.listed("skins")[node["skin"]]
        inverse = np.tile(np.eye(4, dtype=np.float32), (len(skin["joints"]), 1, 1))
        if "inverseBindMatrices" in skin:
            flat = self._gltf.accessor(skin["inverseBindMatrices"])
            inverse = flat.reshape(-1, 4, 4).transpose(0, 2, 1)  # columns come first
        matrices = self.world[skin["joints"]] @ inverse
        joints = np.asarray(self._gltf.accessor(attributes["JOINTS_0"]), np.int32)
        weights = np.asarray(self._gltf.accessor(attributes["WEIGHTS_0"]), np.float32)
        weights = weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-9)
        return joints, weights, matrices.astype(np.float32)

    def _colours(
        self, one: Mapping[str, Any], attributes: Mapping[str, Any], count: int
    ) -> NDArray[np.float32]:
        """[vertices, 3] as unlit: lights are the renderer's."""
        colours = np.tile(np.asarray(_PLAIN, np.float32), (count, 1))
        if "material" in one:
            material = self._gltf.listed("materials")[one["material"]]
            surface = material.get("pbrMetallicRoughness", {})
            linear = surface.get("baseColorFactor", (1.0, 1.0, 1.0, 1.0))[:3]
            factor = np.asarray(linear, np.float32)
            colours = np.tile(
                np.where(factor <= 0.0031308, factor * 12.92, factor ** (1 / 2.2)), (count, 1)
            )
            if "baseColorTexture" in surface and "TEXCOORD_0" in attributes:
                place = np.asarray(self._gltf.accessor(attributes["TEXCOORD_0"]), np.float32)
                colours = colours * self._texture(surface["baseColorTexture"]["index"], place)
        if "COLOR_0" in attributes:
            colours = colours * np.asarray(self._gltf.accessor(attributes["COLOR_0"]))[:, :3]
        return np.clip(np.nan_to_num(colours), 0.0, 1.0).astype(np.float32)

    def _texture(self, number: int, place: NDArray[np.float32]) -> NDArray[np.float32]:
        """[vertices, 3] what a texture has at each vertex; white where it cannot be read."""
        source = self._gltf.listed("textures")[number].get("source")
        white = np.ones((len(place), 3), np.float32)
        if source is None:
            return white
        entry = self._gltf.listed("images")[source]
        data = (
            self._gltf.view(entry["bufferView"]) if "bufferView" in entry else self._gltf.uri(entry)
        )
        picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
        if picture is None:
            return white
        height, width = picture.shape[:2]
        column = np.floor(np.nan_to_num(place[:, 0]) % 1.0 * width).astype(int).clip(0, width - 1)
        row = np.floor(np.nan_to_num(place[:, 1]) % 1.0 * height).astype(int).clip(0, height - 1)
        return np.asarray(picture[row, column, ::-1] / np.float32(255.0), np.float32)


def _world(gltf: Gltf) -> NDArray[np.float64]:
    """[nodes, 4, 4] each node's matrix, its parents' in it."""
    nodes = gltf.listed("nodes")
    parent = {
        child: number for number, node in enumerate(nodes) for child in node.get("children", ())
    }
    local = [_local(node) for node in nodes]
    world = np.tile(np.eye(4), (max(len(nodes), 1), 1, 1))
    for number in range(len(nodes)):
        matrix, at, steps = local[number], number, 0
        while at in parent:
            at, steps = parent[at], steps + 1
            if steps > len(nodes):
                raise ValueError("a node is its own parent")
            matrix = local[at] @ matrix
        world[number] = matrix
    return world


def _local(node: Mapping[str, Any]) -> NDArray[np.float64]:
    """[4, 4] a node's own matrix: of its parent from it."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T  # columns come first
    x, y, z, w = node.get("rotation", (0.0, 0.0, 0.0, 1.0))
    turn = np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )
    matrix = np.eye(4)
    matrix[:3, :3] = turn * np.array(node.get("scale", (1.0, 1.0, 1.0)), float)
    matrix[:3, 3] = node.get("translation", (0.0, 0.0, 0.0))
    return matrix
