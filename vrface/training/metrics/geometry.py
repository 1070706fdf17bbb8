"""Errors in millimetres: what wrong weights make of a face, on a rig that somebody else made.

The rig is that of ICT-FaceKit (University of Southern California, MIT licence), a neutral mesh and
one displacement field an expression. No rig ships with vrface.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, indices
from vrface.training.metrics.arrays import Figures, Floats, ratio

FILE = "ict_expressions_float16.npz"

WITHOUT_MESH = frozenset({"tongueOut", *EYE_LOOK})
"""The rig has no tongue expression, and its eyeLook meshes move lids, not eyes."""

REACH_MM = 1.0
"""A vertex belongs to the region that shapes move if one of them, in full, moves it this far."""

MAX_VERTICES = 2000
"""Of a region, evenly strided: the mesh is dense enough for the mean to stay within 1 %."""

EVERY = 6
"""Frames from one to the next that is looked at: ten a second at 60 Hz."""

_BLOCK = 128
_MM = 10.0  # in a centimetre, which the rig is about


@dataclass(frozen=True, eq=False)
class ReferenceRig:
    """How far each blendshape, in full, moves each vertex.

    Attributes:
        fields: [54, vertices, 3] millimetres; 0 for shapes in `WITHOUT_MESH`.
    """

    fields: NDArray[np.float32]

    @classmethod
    def read(cls, folder: Path) -> ReferenceRig:
        """Read the rig in a folder.

        Args:
            folder: Holds `FILE`: ``names`` [expressions] and ``deltas`` [expressions, vertices, 3]
                in centimetres. Names are ARKit's, sides as ``_L`` and ``_R``.

        Raises:
            BadUse: if there is no such file, or not what it should be in it.
        """
        path = folder / FILE
        advice = "A rig is a folder of ICT-FaceKit's expressions (datasets/README.md)."
        try:
            with np.load(path) as file:
                names, deltas = [str(name) for name in file["names"]], file["deltas"]
        except (OSError, ValueError, KeyError, EOFError, TypeError, BadZipFile) as error:
            raise BadUse(f"{str(folder)!r} holds no rig: {FILE}: {error}.", advice) from None
        if deltas.ndim != 3 or deltas.shape[::2] != (len(names), 3) or deltas.dtype.kind != "f":
            raise BadUse(f"{str(path)!r}: {len(names)} names, deltas {deltas.shape}.", advice)
        if not np.isfinite(deltas).all():
            raise BadUse(f"{str(path)!r} holds deltas that are not finite.", advice)
        fields = np.zeros((len(BLENDSHAPES), deltas.shape[1], 3), np.float32)
        for place, shape in enumerate(BLENDSHAPES):
            if shape not in WITHOUT_MESH:
                name = _ict_name(shape, names)
                if name not in names:
                    raise BadUse(f"{str(path)!r} has no expression {name!r}.", advice)
                fields[place] = deltas[names.index(name)] * np.float32(_MM)
        return cls(fields)

    def errors(
        self, names: Sequence[str], truth: Floats, predicted: Floats, rest: Floats
    ) -> Figures:
        """Vertex error, beside what a face that knows less would have.

        The mean is over frames in which every shape is known, each `EVERY`-th of them, and over
        the vertices that one of the shapes moves by `REACH_MM` or more.

        Args:
            names: The shapes, as a rule the hidden ones; those without a mesh are left out.
            truth: [frames, shapes] relative to the wearer's rest; NaN where not scored.
            predicted: The same as predicted.
            rest: [shapes] the wearer's rest; a relative weight moves what rest leaves of a shape.

        Returns:
            ``vertex_error``, ``neutral_error`` of the resting face and ``mean_face_error`` of the
            take's mean truth, millimetres; ``ratio`` of the first to the last. None where no frame
            is known, nothing moves, or the truth stands still (``ratio``).
        """
        meshed = [place for place, name in enumerate(names) if name not in WITHOUT_MESH]
        fields = self._region([names[place] for place in meshed])
        known = np.isfinite(truth[:, meshed]).all(axis=1)
        if not known.any() or not fields.size:
            return dict.fromkeys(("vertex_error", "neutral_error", "mean_face_error", "ratio"))
        room = 1.0 - rest[meshed]
        face = (truth[known][:, meshed] * room).astype(np.float32)
        ours = (predicted[known][:, meshed] * room).astype(np.float32)
        others = (ours, np.zeros_like(face), np.broadcast_to(face.mean(axis=0), face.shape))
        vertex, neutral, mean_face = (_distance(fields, face - other) for other in others)
        return {
            "vertex_error": vertex,
            "neutral_error": neutral,
            "mean_face_error": mean_face,
            "ratio": ratio(vertex, mean_face),
        }

    def _region(self, names: Sequence[str]) -> NDArray[np.float32]:
        """[shapes, vertices, 3] the shapes' fields where one of them moves something."""
        fields = self.fields[indices(names)]
        moved = np.flatnonzero((np.linalg.norm(fields, axis=2) >= REACH_MM).any(axis=0))
        return fields[:, moved[:: max(-(-len(moved) // MAX_VERTICES), 1)]]


def _ict_name(shape: str, names: Sequence[str]) -> str:
    """`browDownLeft` is `browDown_L` there, but `jawLeft` is `jawLeft`."""
    if shape in names:
        return shape
    for side in ("Left", "Right"):
        if shape.endswith(side):
            return f"{shape.removesuffix(side)}_{side[0]}"
    return shape


def _distance(fields: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    """Mean length of the displacements that weights [frames, shapes] make."""
    shapes, vertices, _ = fields.shape
    flat = fields.reshape(shapes, -1)
    kept = weights[::EVERY]
    total = 0.0
    for start in range(0, len(kept), _BLOCK):
        moved = (kept[start : start + _BLOCK] @ flat).reshape(-1, vertices, 3)
        total += float(np.sqrt(np.square(moved).sum(axis=2)).sum(dtype=np.float64))
    return float(total / (len(kept) * vertices))
