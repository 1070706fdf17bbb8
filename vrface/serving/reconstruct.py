"""`Reconstruct`: the faces of some frames in one call; a resume token goes on from the last."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from functools import partial

from vrface.face.expression import Expression
from vrface.sensors.frame import SensorFrame
from vrface.serving.engine import Engine
from vrface.serving.seat import Seat
from vrface.session.gate import FrameGate
from vrface.wire.codec import frame_from_proto
from vrface.wire.messages import session_pb2

TOGETHER = 8
"""Frames that are stepped before others have their turn: some three milliseconds."""


async def faces_of(
    engine: Engine, seat: Seat, request: session_pb2.ReconstructRequest
) -> list[Expression]:
    """One face for each frame that is in order.

    Args:
        engine: Whose.
        seat: Of the wearer, who was resumed if they can be.
        request: With the frames.
    """
    frames, faces = _admitted(seat, request), []
    while some := list(itertools.islice(frames, TOGETHER)):
        faces += await engine.between(partial(_stepped, seat, some))
        await asyncio.sleep(0)
    return faces


def _admitted(seat: Seat, request: session_pb2.ReconstructRequest) -> Iterator[SensorFrame]:
    gate = FrameGate(seat.headset)
    for message in request.frames:
        frame, _ = gate.admit(frame_from_proto(message))
        if frame is not None:
            yield frame


def _stepped(seat: Seat, frames: list[SensorFrame]) -> list[Expression]:
    """The faces of one wearer's frames, one after the other."""
    made = []
    for frame in frames:
        (faces,) = seat.cohort.step([(seat.row, frame)])
        made.append(faces.expression(0))
    return made
