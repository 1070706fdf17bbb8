"""The words everyone uses for a face: blendshapes, gaze, expressions, other schemes."""

from vrface.face.blendshapes import BLENDSHAPES as BLENDSHAPES
from vrface.face.expression import Expression as Expression
from vrface.face.expression import Source as Source
from vrface.face.expression import Status as Status

__all__ = ["BLENDSHAPES", "Expression", "Source", "Status"]
