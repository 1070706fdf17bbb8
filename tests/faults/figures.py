"""What the tests of a server's faults ask of it, and how strictly they judge."""

from __future__ import annotations

import os

import grpc

from tests.faults.faces import RATE_HZ, within
from vrface.client.diagnosis import Figures
from vrface.session.stepper import SERVED
from vrface.wire.messages import expression_service_pb2_grpc, session_pb2

STRICT = "VRFACE_FAULTS" in os.environ
SLACK = 1.0 if STRICT else 5.0
FRAME_S = 1.0 / RATE_HZ


def channel_of(address: str) -> grpc.Channel:
    return grpc.insecure_channel(
        address,
        options=[("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)],
    )


def figures(address: str) -> Figures:
    with channel_of(address) as channel:
        stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
        answer = stub.GetServerInfo(session_pb2.GetServerInfoRequest(), timeout=10)
    return Figures.parse(answer.metrics)


def late(before: Figures, after: Figures) -> float:
    """Share of the faces between two looks that the server answered later than in a frame."""
    counts = []
    for one in (before, after):
        bins = dict(one.stages["answer"])
        counts.append((bins[0.011111], bins[float("inf")]))
    (within_before, all_before), (within, every) = counts
    return 1.0 - (within - within_before) / (every - all_before)


def settled(address: str) -> None:
    """Wait until the server has compiled all it ever will: that takes from those it serves."""
    within(lambda: figures(address)["step_wearers_max"] == SERVED, 120.0)


def sessions(address: str) -> int:
    return int(figures(address)["sessions"])
