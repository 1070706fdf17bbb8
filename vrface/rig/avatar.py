"""`Avatar`: a user's own face, from glTF or VRM, as a figure that vrface's weights move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.rig.gltf import Gltf, makes_sense
from vrface.rig.gltf_scene import Primitive, Scene
from vrface.rig.retargeting import Retargeting
from vrface.rig.turn import turned

FACE_HEIGHT_M = 0.13
"""What is drawn of all avatars is brought to one size: that of the part of a face that moves, from
brow to chin. Figures of games and cartoons have heads of any size."""

REACH_M = np.array((0.16, 0.22, 0.2))
"""Half the box around the middle of the eyes that is drawn: a head with its hair."""

Control = Mapping[str, Sequence[tuple[int, int, float]]]
"""(primitive, target, weight) of everything that one name moves."""


@dataclass(frozen=True, eq=False)
class Avatar:
    """A `vrface.rig.figure.Figure` that somebody else made.

    Attributes:
        name: Of its file.
        retargeting: Which of its morphs follow which shapes.
        neutral: [vertices, 3] head space, metres as if the face were of human size.
        fields: [channels, vertices, 3] what each channel of `retargeting`, in full, adds.
        triangles: [triangles, 3].
        colours: [vertices, 3] sRGB.
        eyes: [2, 3] about which points the left and the right eye turn.
        eye_share: [2, vertices] how much each vertex turns with them; all 0 without eye bones.
    """

    name: str
    retargeting: Retargeting
    neutral: NDArray[np.float32]
    fields: NDArray[np.float32]
    triangles: NDArray[np.int32]
    colours: NDArray[np.float32]
    eyes: NDArray[np.float32]
    eye_share: NDArray[np.float32]

    @classmethod
    @np.errstate(all="ignore")  # what is not finite is refused at the end
    def read(cls, path: Path, retargeting: Retargeting | None = None) -> Avatar:
        """Read an avatar.

        Args:
            path: A ``.glb``, ``.gltf`` or ``.vrm`` file.
            retargeting: Which morphs follow which shapes; None = matched by their names.

        Raises:
            BadUse: if it cannot be read, has no morphs, or lacks one that `retargeting` names.
        """
        gltf = Gltf.read(path)
        scene = Scene(gltf)
        controls = _controls(gltf, scene)
        if retargeting is None:
            retargeting = Retargeting.matched(path.name, list(controls))
        lost = [one.morph for one in retargeting.channels if one.morph not in controls]
        if lost:
            raise BadUse(
                f"{path} has no morph {', '.join(lost)}.",
                "Make its rig again with `vrface map`, or take the channels out of it.",
            )
        fields = _fields(scene, [controls[one.morph] for one in retargeting.channels])
        return _in_head_space(path.name, retargeting, gltf, scene, fields)

    def posed(self, weights: NDArray[np.float32], gaze: NDArray[np.float32]) -> NDArray[np.float32]:
        """As of `vrface.rig.figure.Figure`."""
        values = self.retargeting.values(weights[:COUNT])
        flat = self.fields.reshape(len(values), -1)
        posed = self.neutral + (values @ flat).reshape(self.neutral.shape)
        for eye, share in enumerate(self.eye_share):
            if share.any():
                away = turned(posed, self.eyes[eye], gaze[2 * eye : 2 * eye + 2]) - posed
                posed = posed + share[:, None] * away
        return np.asarray(posed, np.float32)


def _controls(gltf: Gltf, scene: Scene) -> dict[str, list[tuple[int, int, float]]]:
    """Everything with a name that moves vertices: VRM's expressions, then the morph targets."""
    found: dict[str, list[tuple[int, int, float]]] = {}
    for name, binds in _expressions(gltf):
        for place, one in enumerate(scene.primitives):
            for node, mesh, target, weight in binds:
                here = one.node == node if node is not None else one.mesh == mesh
                if here and 0 <= target < len(one.deltas):
                    found.setdefault(name, []).append((place, target, weight))
    targets: dict[str, list[tuple[int, int, float]]] = {}
    for place, one in enumerate(scene.primitives):
        for target, name in enumerate(one.targets):
            targets.setdefault(name, []).append((place, target, 1.0))
    return found | {name: moved for name, moved in targets.items() if name not in found}


_Bind = tuple[int | None, int | None, int, float]


def _expressions(gltf: Gltf) -> list[tuple[str, list[_Bind]]]:
    """VRM's own: name, and (node or mesh, target, weight) of each morph bound to it."""
    binds: dict[str, list[_Bind]] = {}
    with makes_sense(f"the VRM part of {gltf.where}"):
        extensions = gltf.document.get("extensions", {})
        newer = extensions.get("VRMC_vrm", {}).get("expressions", {})
        for name, expression in {**newer.get("preset", {}), **newer.get("custom", {})}.items():
            binds[name] = [
                (int(bind["node"]), None, int(bind["index"]), float(bind["weight"]))
                for bind in expression.get("morphTargetBinds", ())
            ]
        master = extensions.get("VRM", {}).get("blendShapeMaster", {})
        for group in master.get("blendShapeGroups", ()):
            preset = str(group.get("presetName") or "unknown")
            name = str(group["name"]) if preset == "unknown" else preset
            binds[name] = [
                (None, int(bind["mesh"]), int(bind["index"]), float(bind["weight"]) / 100.0)
                for bind in group.get("binds", ())  # percent there
            ]
    return list(binds.items())


def _fields(scene: Scene, controls: Sequence[Sequence[tuple[int, int, float]]]) -> NDArray[Any]:
    """[controls, vertices, 3] what each, in full, adds to the vertices of all primitives."""
    starts = np.cumsum([0, *(len(one.vertices) for one in scene.primitives)])
    fields = np.zeros((len(controls), starts[-1], 3), np.float32)
    for number, moved in enumerate(controls):
        for place, target, weight in moved:
            rows = slice(starts[place], starts[place + 1])
            fields[number, rows] += np.float32(weight) * scene.primitives[place].deltas[target]
    return fields


def _in_head_space(
    name: str, retargeting: Retargeting, gltf: Gltf, scene: Scene, fields: NDArray[Any]
) -> Avatar:
    """Bring an avatar to a person's size, its eyes to the origin and its face to -z."""
    vertices = np.concatenate([one.vertices for one in scene.primitives])
    reach = np.linalg.norm(fields, axis=2).max(axis=0)
    moved = vertices[reach > 0.05 * reach.max()]
    if not len(moved) or not np.isfinite(vertices).all():
        raise BadUse(f"no morph of {gltf.where} moves a vertex.", "Export it with its morphs.")
    bones = _eye_bones(gltf)
    low, high = np.percentile(moved, (2, 98), axis=0)
    eyes = np.stack([scene.world[bone][:3, 3] for bone in bones]) if bones else None
    middle = (low + high) / 2 if eyes is None else eyes.mean(axis=0)
    if eyes is None:  # eyes lie above the middle of what moves between brow and chin
        middle[1] += 0.2 * (high[1] - low[1])
    scale = FACE_HEIGHT_M / max(float(high[1] - low[1]), 1e-9)
    # glTF's faces look along +z, those of VRM before 1.0 along -z, as OpenXR's head does.
    turn = np.array(
        (1.0, 1.0, 1.0) if "VRM" in gltf.document.get("extensions", {}) else (-1, 1, -1)
    )
    size = (scale * turn).astype(np.float32)
    neutral = ((vertices - middle) * size).astype(np.float32)
    triangles = np.concatenate(_placed(scene.primitives))
    kept = (np.abs(neutral[triangles]) <= REACH_M).all(axis=(1, 2))
    if not kept.any():
        raise BadUse(
            f"{gltf.where} draws nothing around what its morphs and eye bones say is its face.",
            "Look at it in another viewer, and export it again.",
        )
    used, corners = np.unique(triangles[kept], return_inverse=True)
    fields = (fields * size)[:, used]
    pivots = np.zeros((2, 3)) if eyes is None else (eyes - middle) * size
    if not (np.isfinite(fields).all() and np.isfinite(pivots).all()):
        raise BadUse(f"{gltf.where} holds numbers that are not finite.", "Export it again.")
    return Avatar(
        name=name,
        retargeting=retargeting,
        neutral=neutral[used],
        fields=fields,
        triangles=corners.reshape(-1, 3).astype(np.int32),
        colours=np.concatenate([one.colours for one in scene.primitives])[used],
        eyes=pivots.astype(np.float32),
        eye_share=_eye_share(scene.primitives, bones)[:, used],
    )


def _placed(primitives: Sequence[Primitive]) -> list[NDArray[np.int32]]:
    """Triangles of all primitives, as rows of all their vertices together."""
    starts = np.cumsum([0, *(len(one.vertices) for one in primitives)])
    return [p.triangles + np.int32(start) for p, start in zip(primitives, starts, strict=False)]


def _eye_bones(gltf: Gltf) -> tuple[int, int] | None:
    """The nodes that VRM says are the left and the right eye."""
    with makes_sense(f"the VRM part of {gltf.where}"):
        extensions = gltf.document.get("extensions", {})
        human = extensions.get("VRMC_vrm", {}).get("humanoid", {}).get("humanBones", {})
        nodes = {name: int(bone["node"]) for name, bone in human.items()}
        older = extensions.get("VRM", {}).get("humanoid", {}).get("humanBones", ())
        nodes |= {bone["bone"]: int(bone["node"]) for bone in older}
    eyes = nodes.get("leftEye", -1), nodes.get("rightEye", -1)
    there = all(0 <= node < len(gltf.listed("nodes")) for node in eyes)
    return eyes if there else None


def _eye_share(
    primitives: Sequence[Primitive], bones: tuple[int, int] | None
) -> NDArray[np.float32]:
    """[2, vertices] how much the left and the right eye's bone carries each vertex."""
    if bones is None:
        return np.zeros((2, sum(len(one.vertices) for one in primitives)), np.float32)
    shares = [
        np.concatenate([(one.weights * (one.joints == bone)).sum(axis=1) for one in primitives])
        for bone in bones
    ]
    return np.stack(shares).astype(np.float32)
