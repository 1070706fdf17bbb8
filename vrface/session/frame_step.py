"""The frame step: from features to faces, compiled as one function of W wearers.

What a step costs by itself is shared by all who are stepped together, and most of it is the number
of operations that anybody starts: so what follows the features, from what they are seen against to
what is shown, is one function, and what each wearer brings along is a row of one array. Nothing in
it depends on the headset but numbers (`Worn`): it is compiled for a model and a number of wearers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from vrface.columns import Numbers, Packing
from vrface.face.blendshapes import COUNT, EYE_LOOK, REGIONS
from vrface.face.extras import MOST_EXTRAS
from vrface.face.gaze import GAZE_CHANNELS
from vrface.face.smoothing import Smoothing
from vrface.model.architecture import Architecture, Params
from vrface.model.calibration.calibration import Calibration
from vrface.model.features import PLANES, SKIN, WIDTH, Levels, against
from vrface.model.known import Known
from vrface.model.model import Model
from vrface.model.traced import Made, traced
from vrface.outputs.blending import Blended, blended
from vrface.outputs.easing import Eased, eased
from vrface.outputs.fusion import Alive, Inferred, Kinds, fused
from vrface.outputs.lively.draw import Chances, Drawing, draw
from vrface.outputs.measured import Failover, Measured, Seen, measured
from vrface.outputs.smoothing import Settings, Smoothed, smoothed

WEIGHTS = COUNT + MOST_EXTRAS
"""N, weights that a step has room for, so that one fits every headset."""

EASE_S = 1.0
"""Seconds in which levels come most of the way to new ones: a face must not jump."""


class Worn(NamedTuple):
    """What a headset means for a step.

    Attributes:
        kinds: Of its weights, and how far the population's spread.
        failover: What else follows from what its sensors read.
        nearness: Of its skin sensors, as `Known` has it.
        hazard: [2] how often unseen lids blink.
    """

    kinds: Kinds
    failover: Failover
    nearness: Numbers
    hazard: Numbers

    @classmethod
    def none(cls, nearness: Numbers) -> Worn:
        """What no headset means."""
        none = np.zeros(WEIGHTS, np.float32)
        kinds = Kinds(none, none, none, none[:COUNT])
        return cls(kinds, Failover(none, none[: len(EYE_LOOK)]), nearness, none[:2])

    @classmethod
    def of(cls, measured: Measured, nearness: Numbers, statistics: Mapping[str, Numbers]) -> Worn:
        """What one headset means.

        Args:
            measured: Reads what it measures, with room for `WEIGHTS`.
            nearness: Of its skin sensors.
            statistics: Of a checkpoint.
        """
        kinds = Kinds(
            measured.noise,
            measured.source.astype(np.float32),
            measured.partial.astype(np.float32),
            statistics["climatology_stddev"],
        )
        # One that is still learning how faces move draws none yet.
        hazard = statistics.get("blink_hazard", np.zeros(2, np.float32))
        return cls(kinds, measured.failover, nearness, hazard)


class Memory(NamedTuple):
    """What is remembered of W wearers from frame to frame.

    Attributes:
        carry: Of the model.
        code: [W, code width] what is known of them, as `Known` has it.
        widen: [W, 54] likewise.
        wanted: What values are to be seen against.
        levels: What they are seen against, easing to that.
        rest: [W, N] how their faces rest; 0 of extras.
        laws: As they are followed.
        drawing: How far draws have come.
        alive: What was shown of each weight while it was alive.
        settings: How calm they are to be shown.
        smoothed: What became of the weights by that.
        blended: What was shown last.
    """

    carry: Mapping[str, Numbers]
    code: Numbers
    widen: Numbers
    wanted: Levels
    levels: Levels
    rest: Numbers
    laws: Eased
    drawing: Drawing
    alive: Alive
    settings: Settings
    smoothed: Smoothed
    blended: Blended

    @classmethod
    def begun(
        cls, carry: Mapping[str, Numbers], known: Known, levels: Levels, rest: Numbers, kinds: Kinds
    ) -> Memory:
        """Before the first frame of W wearers, who are shown as they are.

        Args:
            carry: Of the model, before the first frame.
            known: What is known of them.
            levels: What their values are seen against.
            rest: [W, N] how their faces rest.
            kinds: Of the weights of their headset.
        """
        code, widen = np.asarray(known.code), np.asarray(known.widen)
        laws, drawing = Eased.begun(len(rest)), Drawing.begun(len(rest))
        settings = Settings.of([Smoothing.none()] * len(rest))
        calm = Smoothed.begun(*rest.shape)
        alive, shown = Alive.begun(rest, kinds), Blended.begun(rest)
        parts = (laws, drawing, alive, settings, calm, shown)
        return cls(carry, code, widen, levels, levels, rest, *parts)


class Inputs(NamedTuple):
    """One frame of W wearers.

    Attributes:
        features: [W, 4, 256] made with `Levels.none`.
        seen: What sensors read of each weight.
        chances: How a lively face is drawn.
        lively: [W] 1 where it is drawn.
        heard: [W] 1 where any sensor that the model listens to is present.
        dt: [W] seconds since the frame before.
    """

    features: Numbers
    seen: Seen
    chances: Chances
    lively: Numbers
    heard: Numbers
    dt: Numbers


class Outcome(NamedTuple):
    """The faces of W wearers.

    Attributes:
        status: [W] `Status`.
        weights: [W, N] to be shown; NaN where absent.
        stddev: [W, N] behind each.
        source: [W, N] `Source` of each.
        confidence: [W, 3].
        gaze: [W, 4] radians; NaN = no value.
        loc: [W, 54] of the laws of the rest-relative weights.
        scale: [W, 54].
    """

    status: Numbers
    weights: Numbers
    stddev: Numbers
    source: Numbers
    confidence: Numbers
    gaze: Numbers
    loc: Numbers
    scale: Numbers


def _frame(
    architecture: Architecture,
    params: Params,
    worn: Worn,
    held: Memory,
    frame: Inputs,
    move: Numbers,
) -> tuple[Memory, Outcome]:
    dt, heard, rest = frame.dt, frame.heard > 0.0, held.rest
    here = 1.0 - jnp.exp(-dt / EASE_S)[:, None]
    levels = Levels(
        *(own + here * (to - own) for own, to in zip(held.levels, held.wanted, strict=True))
    )
    features = against(frame.features, levels)
    known = Known(held.code, worn.nearness, move, held.widen)
    carry, law = architecture.step(params, held.carry, features, dt, known)

    face = measured(frame.seen, worn.failover)
    laws = eased(held.laws, law["mean"], law["scale"], dt)
    drawing, drawn = draw(
        held.drawing,
        worn.hazard,
        frame.chances,
        (law["loc"], law["scale"]),
        face.present[:, :COUNT],
        heard,
        dt,
    )
    chosen = drawn.drawn & (frame.lively > 0.0)[:, None]
    # The law is of weights relative to rest; a face is shown as sensors measure it.
    room = 1.0 - rest[:, :COUNT]
    shown = rest[:, :COUNT] + room * jnp.where(chosen, drawn.weights, laws.loc)
    inferred = Inferred(shown, room * law["stddev"], chosen, heard)
    alive, whole = fused(held.alive, rest, worn.kinds, face, inferred, dt)
    calm, weights = smoothed(held.smoothed, held.settings, whole.weights, whole.source, dt)
    last, weights = blended(held.blended, rest, weights, whole.source, dt)
    after = held._replace(
        carry=carry,
        levels=levels,
        laws=laws,
        drawing=drawing,
        alive=alive,
        smoothed=calm,
        blended=last,
    )
    whole = whole._replace(weights=weights)
    return after, Outcome(*whole, face.gaze, law["loc"], law["scale"])


class FrameStep:
    """The frame step of one architecture.

    Args:
        architecture: Which.
        code: Width of a code, as `Known` has it.
        widen: Width of what scales are multiplied by: some architectures have none.

    Attributes:
        memory: How what is remembered of a wearer lies in a row.
        inputs: Likewise a frame.
        outcome: Likewise a face.
    """

    def __init__(self, architecture: Architecture, code: int, widen: int) -> None:
        none, levels = np.zeros((1, WEIGHTS), np.float32), Levels.none(1)
        known = Known(*(np.zeros((1, width), np.float32) for width in (code, 0, 0, widen)))
        carry, kinds = architecture.new_carry(1), Worn.none(none).kinds
        self.memory = Packing(Memory.begun(carry, known, levels, none, kinds))
        gaze, one = none[:, : len(GAZE_CHANNELS)], none[:, 0]
        planes = np.zeros((1, len(PLANES), WIDTH), np.float32)
        self.inputs = Packing(Inputs(planes, Seen(none, gaze), Chances.none(1), one, one, one))
        law = none[:, :COUNT]
        self.outcome = Packing(
            Outcome(one, none, none, none, none[:, : len(REGIONS)], gaze, law, law)
        )
        self._architecture = architecture
        self._traced: dict[tuple[int, int, int], Made] = {}

    def __call__(
        self, params: Params, worn: Worn, held: Numbers, frame: Numbers, move: Numbers
    ) -> Sequence[jax.Array]:
        """One frame, traced and compiled when it is called for so many wearers the first time.

        Args:
            params: As the architecture prepares them.
            worn: Their headset.
            held: [W, width] rows of `memory`.
            frame: [W, width] rows of `inputs`.
            move: What own truth moves, as `Known` has it.

        Returns:
            Rows of `memory` and of `outcome`.
        """
        sizes = len(held), len(move), worn.nearness.size
        if sizes not in self._traced:
            name = f"step {self._architecture!r}"
            given = params, worn, held, frame, move
            self._traced[sizes] = traced(name, lambda: self._step, *given)
        return self._traced[sizes](params, worn, held, frame, move)

    def _step(
        self, params: Params, worn: Worn, held: Numbers, frame: Numbers, move: Numbers
    ) -> tuple[Numbers, Numbers]:
        rows = self.memory.views(held), self.inputs.views(frame)
        after, outcome = _frame(self._architecture, params, worn, *rows, move)
        return self.memory.packed(after), self.outcome.packed(outcome)


def frame_step(model: Model) -> FrameStep:
    """The frame step of a model; those of one architecture share what is compiled."""
    known = model.known([Calibration.none()], np.zeros((len(SKIN), 3), np.float32))
    return _frame_step(model.architecture, known.code.shape[1], known.widen.shape[1])


@cache
def _frame_step(architecture: Architecture, code: int, widen: int) -> FrameStep:
    return FrameStep(architecture, code, widen)
