"""vrface: the face a VR headset hides, inferred from the sensors it has.

The public names are loaded when first used; importing `vrface` loads neither JAX nor gRPC.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vrface.errors import VrfaceError as VrfaceError
    from vrface.face.blendshapes import BLENDSHAPES as BLENDSHAPES
    from vrface.face.expression import Expression as Expression
    from vrface.face.expression import Source as Source
    from vrface.face.expression import Status as Status
    from vrface.sensors.frame import Sample as Sample
    from vrface.sensors.frame import SensorFrame as SensorFrame
    from vrface.sensors.headset import HeadsetProfile as HeadsetProfile
    from vrface.sensors.headset import headset as headset
    from vrface.session.session import Session as Session
    from vrface.trust.permission import Permission as Permission

_HOMES = {
    "BLENDSHAPES": "vrface.face.blendshapes",
    "Expression": "vrface.face.expression",
    "HeadsetProfile": "vrface.sensors.headset",
    "Permission": "vrface.trust.permission",
    "Sample": "vrface.sensors.frame",
    "SensorFrame": "vrface.sensors.frame",
    "Session": "vrface.session.session",
    "Source": "vrface.face.expression",
    "Status": "vrface.face.expression",
    "VrfaceError": "vrface.errors",
    "headset": "vrface.sensors.headset",
}

__all__ = [
    "BLENDSHAPES",
    "Expression",
    "HeadsetProfile",
    "Permission",
    "Sample",
    "SensorFrame",
    "Session",
    "Source",
    "Status",
    "VrfaceError",
    "headset",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("vrface")
    if name not in _HOMES:
        raise AttributeError(f"module 'vrface' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
