"""The third client, in Python from the generated code alone: what the others must agree with."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import grpc
import numpy as np
from google.protobuf.json_format import Parse

from vrface.wire.messages import expression_pb2, expression_service_pb2_grpc, session_pb2

NUMBERS = ("weights", "stddev", "confidence", "gaze")


class Faces(NamedTuple):
    """What a client printed, or would have.

    Attributes:
        names: Of the weights, extras among them.
        extras: Names of the measured shapes beyond the canonical set.
        faces: One dictionary a face; lists of numbers are float32 arrays, no value is NaN.
    """

    names: list[str]
    extras: list[str]
    faces: list[dict[str, Any]]


def requests_of(path: Path) -> list[session_pb2.TrackRequest]:
    """The recorded requests of a file."""
    lines = path.read_text().splitlines()
    return [Parse(line, session_pb2.TrackRequest()) for line in lines]


def read(text: str) -> Faces:
    """What a client printed."""
    opened, *faces = [json.loads(line) for line in text.splitlines()]
    for face in faces:
        for name in NUMBERS:
            values = [np.nan if value is None else value for value in face[name]]
            face[name] = np.array(values, dtype=np.float32)
    return Faces(opened["names"], opened["extras"], faces)


def track(
    address: str, requests: list[session_pb2.TrackRequest]
) -> tuple[Faces, list[session_pb2.Notice]]:
    """The faces of requests, each sent when the one before has its answer, and the notices."""
    outbox: queue.SimpleQueue[session_pb2.TrackRequest | None] = queue.SimpleQueue()
    opened, faces, notices = session_pb2.Opened(), [], []
    with grpc.insecure_channel(address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
        responses = stub.Track(iter(outbox.get, None), timeout=60)
        waiting = iter(requests)
        outbox.put(next(waiting))
        for response in responses:
            if response.HasField("notice"):
                notices.append(response.notice)
            if response.HasField("opened"):
                opened = response.opened
            elif response.HasField("expression"):
                faces.append(_told(response.expression))
            else:  # what is said beside, a resume token now and then
                continue
            ack = response.expression.sequence
            outbox.put(_next(waiting, ack))
    names = [*opened.blendshapes.names, *opened.extras]
    return Faces(names, list(opened.extras), faces), notices


def _next(
    requests: Iterator[session_pb2.TrackRequest], ack: int
) -> session_pb2.TrackRequest | None:
    """The next request with its ack; None, which ends the stream, after the last one."""
    request = next(requests, None)
    if request is not None:
        request.ack = ack
    return request


def _told(face: expression_pb2.Expression) -> dict[str, Any]:
    return {
        "sequence": face.sequence,
        "frameTimeNs": str(face.frame_time_ns),
        "sampleTimeNs": str(face.sample_time_ns),
        "status": expression_pb2.FaceStatus.Name(face.status),
        "source": list(face.source),
        **{name: np.array(getattr(face, name), dtype=np.float32) for name in NUMBERS},
    }
