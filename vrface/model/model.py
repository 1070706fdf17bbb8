"""`Model`: a checkpoint that was loaded, ready to step."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import jax
import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save as save_tensors

from vrface.face.resting import relative
from vrface.model.architecture import Architecture, Carry, Params, Prediction
from vrface.model.calibration.calibration import Arrays, Calibration, Touch
from vrface.model.calibration.last_layer import Prior, Told, learned_from
from vrface.model.features import SLOTS, STREAMS, streams_told
from vrface.model.known import Known
from vrface.model.network import NetworkArchitecture
from vrface.model.ridge import RidgeArchitecture
from vrface.sensors.headset import HeadsetProfile


@dataclass(frozen=True, eq=False)
class Model:
    """A model ready to step.

    Attributes:
        name: What it was loaded as.
        digest: SHA-256 of the checkpoint's manifest, 32 bytes; of the ridge: of its file.
        config: The checkpoint's config.
        card: The model card, Markdown.
        statistics: Arrays named by `vrface.model.checkpoint.statistics_of`.
        rivals: Arrays named in `vrface.model.checkpoint.RIVALS`, and those of learned ones.
        architecture: What the parameters mean.
        params: The parameters, on the device.
    """

    name: str
    digest: bytes
    config: Mapping[str, Any]
    card: str
    statistics: Arrays
    rivals: Arrays = field(repr=False)
    architecture: Architecture
    params: Params = field(repr=False)
    _warm: dict[bool, tuple[int, ...]] = field(default_factory=dict, init=False, repr=False)

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams this model looks at."""
        heard = {SLOTS[slot][0] for slot in self.architecture.slots}
        return tuple(stream for stream in STREAMS if stream in heard)

    def missing_streams(self, headset: HeadsetProfile) -> tuple[str, ...]:
        """The streams this model looks at and a headset does not tell."""
        told = {name for names in streams_told(headset).values() for name in names}
        return tuple(name for name in self.streams if name not in told)

    def unused_streams(self, headset: HeadsetProfile) -> tuple[str, ...]:
        """The streams of a headset that tell nothing this model looks at."""
        heard = set(self.streams)
        told = streams_told(headset)
        return tuple(name for name, tells in told.items() if heard.isdisjoint(tells))

    @property
    def ridge(self) -> Model:
        """The ridge fitted on the same logs, as a model of its own."""
        return replace(
            self,
            name="ridge",
            digest=hashlib.sha256(packed(self.rivals)).digest(),
            architecture=RidgeArchitecture(),
            params=on_device(
                {name: self.rivals[f"ridge_{name}"] for name in RidgeArchitecture().shapes()}
            ),
        )

    @cached_property
    def prepared(self) -> Params:
        """The parameters as a step takes them."""
        return self.architecture.prepared(self.params)

    def new_carry(self, wearers: int) -> Carry:
        """The carry of W wearers before their first frame."""
        return self.architecture.new_carry(wearers)

    def known(self, calibrations: Sequence[Calibration], positions: NDArray[np.float32]) -> Known:
        """What a step takes of W wearers beside their features.

        What a wearer's own truth taught another model than this is left aside.

        Args:
            calibrations: W.
            positions: [128, 3] of the headset's skin sensors, metres from the head.
        """
        own = [
            one if one.touch is None or one.touch.model == self.digest else replace(one, touch=None)
            for one in calibrations
        ]
        return self.architecture.known(self.params, own, positions, self.statistics)

    def taught(
        self,
        calibration: Calibration,
        features: NDArray[np.float32],
        dt: NDArray[np.float32],
        weights: NDArray[np.float32],
        positions: NDArray[np.float32],
    ) -> Calibration:
        """The calibration with what the wearer's own truth changes of this model's laws.

        A model without a last layer to change, like the ridge, learns nothing.

        Args:
            calibration: Made from the same seconds.
            features: [frames, 4, 256] made with `Levels.none`.
            dt: [frames] seconds since the frame before; the first is 0.
            weights: [frames, 54] the face in [0, 1]; NaN = unknown.
            positions: [128, 3] of the headset's skin sensors, metres from the head.
        """
        if not isinstance(self.architecture, NetworkArchitecture):
            return calibration
        loc, scale, state = self.architecture.trace(
            self.params, features, dt, calibration, positions, self.statistics
        )
        rest = calibration.face_rest(self.statistics)
        truth = relative(weights, rest)
        seconds = float(dt.sum()) / max(len(dt) - 1, 1)
        told = Told(state, loc, scale, truth, seconds)
        touch = Touch(self.digest, *learned_from(told, Prior.of(self.statistics)))
        return replace(calibration, touch=touch)

    def step(
        self,
        carry: Carry,
        features: NDArray[np.float32],
        dt: NDArray[np.float32],
        known: Known,
    ) -> tuple[Carry, Prediction]:
        """One frame of W wearers, as exported graphs are held against.

        Args:
            carry: From `new_carry` or the frame before.
            features: [W, 4, 256].
            dt: [W] seconds since the frame before.
            known: From `known`.

        Returns:
            The new carry; ``loc``, ``scale``, ``mean``, ``stddev`` of the rest-relative weights,
            each [W, 54].
        """
        return self.architecture.step(self.prepared, carry, features, dt, known)

    def compiled(self, wearers: int, touched: bool = False) -> None:
        """Note that whoever steps this model has compiled the step for W wearers.

        Args:
            wearers: W.
            touched: Whether the own truth of some of them taught this model something.
        """
        self._warm[touched] = tuple(sorted({*self.warm(touched), wearers}))

    def warm(self, touched: bool = False) -> tuple[int, ...]:
        """The numbers of wearers that the step was compiled for so far, in order."""
        return self._warm.get(touched, ())


def packed(arrays: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Arrays as a safetensors file, in order of name."""
    # What is packed is the memory as it lies, whatever way an array runs through it.
    data: bytes = save_tensors({k: np.ascontiguousarray(arrays[k]) for k in sorted(arrays)})
    return data


def on_device(arrays: Mapping[str, NDArray[np.float32]]) -> Params:
    """Arrays where the step takes them from."""
    # `jnp.asarray` would compile a copy for each shape: half a second of a start.
    return {name: jax.device_put(value) for name, value in arrays.items()}
