"""The rivals: what a model is measured against, each a law of the same family as the model's.

- ``neutral``: the wearer's resting face, always.
- ``climatology``: the usual face of the training wearers, always.
- ``copy_rule``: what avatars show where a headset has no brow or cheek sensor: brows up follow the
  wide eye, brows down the squeezed one, cheeks the smile (korejan/VRCFT-ALXR-Modules); the rest
  stays neutral.
- ``ridge``: the linear model of the checkpoint.
- ``ridge_user``: the same with its weights updated on the wearer's own calibration seconds.

Scales of the first three come from the training wearers and travel in the checkpoint.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.errors import CheckpointError
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.model.checkpoint import Model
from vrface.model.features import SLOTS, WIDTH
from vrface.sensors.headset import measured_by_channel
from vrface.training.fit import scale_at
from vrface.training.recording import Inferred, Recording
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


def rivals_of(
    recording: Recording,
    model: Model,
    calibrations: Sequence[Calibration],
    inferred: Inferred,
    paired: Recording | None,
) -> dict[str, Law]:
    """Every rival's law of one recording.

    Args:
        recording: W wearers.
        model: Whose checkpoint holds the rivals.
        calibrations: One for each wearer.
        inferred: What the model made of the recording.
        paired: The calibration seconds, where their truth may be used.

    Raises:
        CheckpointError: if the checkpoint lacks a rival's statistics.
    """
    neutral = _constant(model.statistics, "neutral_scale")
    sensed = _sensor_values(inferred, calibrations)
    rivals = {
        "neutral": Law(np.zeros_like(neutral), neutral),
        "climatology": Law(
            _constant(model.statistics, "climatology_loc"),
            _constant(model.statistics, "climatology_scale"),
        ),
        "copy_rule": _copied(model.statistics, sensed),
    }
    if model.config.get("kind") == "ridge":
        rivals["ridge"] = Law(inferred.loc, inferred.scale)
        if paired is not None:
            update = UserUpdate(paired, model, calibrations)
            rivals["ridge_user"] = Law(*update(recording, inferred.loc))
    return rivals


def _copied(statistics: Mapping[str, NDArray[np.float32]], values: NDArray[np.float32]) -> Law:
    loc = copy_rule(values)
    table = _statistic(statistics, "copy_rule_scale")
    return Law(loc, np.stack([scale_at(table, wearer) for wearer in loc]))


def _constant(statistics: Mapping[str, NDArray[np.float32]], key: str) -> NDArray[np.float32]:
    return _statistic(statistics, key).reshape(1, 1, COUNT)


def _statistic(statistics: Mapping[str, NDArray[np.float32]], key: str) -> NDArray[np.float32]:
    if key not in statistics:
        raise CheckpointError(
            f"the checkpoint has no {key!r}, which its rivals are scored with.", "Train it again."
        )
    return statistics[key]


def _sensor_values(inferred: Inferred, calibrations: Sequence[Calibration]) -> NDArray[np.float32]:
    """[W, frames, 68] values minus rest of slots that are a blendshape, 0 where not measured."""
    values = np.zeros((*inferred.weights.shape[:2], WIDTH), np.float32)
    rest = np.stack([calibration.sensor_rest for calibration in calibrations])
    for slot, (stream, channel) in enumerate(SLOTS):
        shape = measured_by_channel(stream, channel)
        if shape not in BLENDSHAPES or channel.startswith("openness"):
            continue
        there = index(shape)
        seen = inferred.source[:, :, there] == Source.MEASURED
        values[:, :, slot] = np.where(
            seen, inferred.weights[:, :, there] - rest[:, None, slot], 0.0
        )
    return values
