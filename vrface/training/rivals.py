"""The rivals: what a model is measured against, each a law of the same family as the model's.

- ``neutral``: the wearer's resting face, always.
- ``climatology``: the usual face of the training wearers, always.
- ``copy_rule``: what avatars show where a headset has no brow or cheek sensor: brows up follow the
  wide eye, brows down the squeezed one, cheeks the smile (korejan/VRCFT-ALXR-Modules); the rest
  stays neutral.
- ``ridge``: the linear model of the checkpoint.
- ``ridge_user``: the same with its weights updated on the wearer's own calibration seconds.

All but the update come from the training wearers and travel in the checkpoint of whatever model is
measured; where that model is the ridge, ``ridge`` is the model itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT, index
from vrface.model.checkpoint import Model
from vrface.model.features import SLOTS
from vrface.model.ridge import RidgeArchitecture
from vrface.training.recording import Inferred
from vrface.training.ridge_run import RidgeRun
from vrface.training.scales import scale_at
from vrface.training.user_update import UserUpdate


class Law(NamedTuple):
    """A law of every rest-relative weight at every frame.

    Attributes:
        loc: [W, frames, 54]; W or frames is 1 where nothing depends on the sensors or on time.
        scale: Of a shape that broadcasts against it.
    """

    loc: NDArray[np.float32]
    scale: NDArray[np.float32]


_FOLLOWS = {
    "browInnerUp": ("lids", "wide"),
    "browOuterUp": ("lids", "wide"),
    "browDown": ("lids", "squeeze"),
    "cheekSquint": ("mouth_tracker", "mouthSmile"),
}


def _driver(stream: str, kind: str, side: str) -> int:
    channel = f"{kind}_{side.lower()}" if stream == "lids" else f"{kind}{side}"
    return SLOTS.index((stream, channel))


_COPIES = np.array(
    [
        (index(f"{shape}{side}"), _driver(stream, kind, side))
        for shape, (stream, kind) in _FOLLOWS.items()
        for side in ("Left", "Right")
    ]
)
"""(blendshape, slot) of each copy."""


def copy_rule(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Locations of the copy rule's law.

    Args:
        values: [..., 68] sensor values minus the wearer's rest, 0 where absent.

    Returns:
        [..., 54] in [0, 1].
    """
    loc = np.zeros((*values.shape[:-1], COUNT), np.float32)
    loc[..., _COPIES[:, 0]] = np.clip(values[..., _COPIES[:, 1]], 0.0, 1.0)
    return loc


def rivals_of(model: Model, inferred: Inferred, update: UserUpdate | None) -> dict[str, Law]:
    """Every rival's law of one recording.

    Args:
        model: Whose checkpoint holds the rivals.
        inferred: What it made of the recording.
        update: The ridge's update for these wearers, where their truth may be used.
    """
    run = RidgeRun.of(model.rivals, inferred.features, inferred.dt)
    # A model that is the ridge is compared with itself, to the last bit.
    itself = isinstance(model.architecture, RidgeArchitecture)
    neutral = _constant(model.rivals["neutral_scale"])
    copied = copy_rule(inferred.features[:, :, 0].swapaxes(0, 1))
    rivals = {
        "neutral": Law(np.zeros_like(neutral), neutral),
        "climatology": Law(
            _constant(model.rivals["climatology_loc"]),
            _constant(model.rivals["climatology_scale"]),
        ),
        "copy_rule": Law(copied, scale_at(model.rivals["copy_rule_scale"], copied)),
        "ridge": Law(inferred.loc, inferred.scale) if itself else Law(run.loc, run.scale),
    }
    if update is not None:
        rivals["ridge_user"] = Law(*update(run))
    return rivals


def _constant(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """The same for all wearers and frames, [1, 1, 54]."""
    return values.reshape(1, 1, COUNT)
