"""What `vrface doctor HOST:PORT` says of a server: how it does, and what is wrong, in sentences."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from vrface.cli.output import console, prepare, table, write_json
from vrface.errors import BadUse, ServerError

if TYPE_CHECKING:
    from vrface.client.diagnosis import Figures
    from vrface.trust.tls import Tls
    from vrface.wire.messages import session_pb2

TIMEOUT_S = 5.0

SHARE_MS = (2.0, 5.0, 11.111)
"""Durations that the table tells the shares of, milliseconds; the last one is a frame at 90 Hz."""


def is_server(patient: str) -> bool:
    """Whether somebody names a server and not a log: a log has an ending, or is there."""
    from vrface.wire.address import Address

    if Path(patient).exists() or patient.endswith(".mcap"):
        return False
    try:
        Address.parse(patient)
    except BadUse:
        return False
    return ":" in patient or patient == "localhost"


def look_over(address: str, tls: Tls | None, insecure_lan: bool, json: Path | None) -> None:
    """Ask a server how it is, and say what is wrong.

    Args:
        address: Of the server.
        tls: What the connection is encrypted with.
        insecure_lan: Whether clear text may leave this machine.
        json: Where to write the findings, too.

    Raises:
        ServerError: if anything is wrong, or no server answers.
    """
    from vrface.client.diagnosis import Figures, findings

    if json is not None:
        prepare(json, "--json")
    told = _asked(address, tls, insecure_lan)
    figures = Figures.parse(told.metrics)
    wrong = list(findings(figures))
    if json is not None:
        write_json(
            json,
            {
                "address": address,
                "version": told.version,
                "figures": dict(figures.values),
                "findings": [asdict(one) for one in wrong],
            },
        )
    _print(told, figures)
    for one in wrong:
        print(one)
    if wrong:
        raise ServerError(f"{len(wrong)} of the server's figures are not as they should be.")
    print("Nothing is wrong, by its own figures.")


def _asked(address: str, tls: Tls | None, insecure_lan: bool) -> session_pb2.GetServerInfoResponse:
    import grpc

    from vrface.client.connection import connect, error_of
    from vrface.wire.messages import expression_service_pb2_grpc, session_pb2

    with connect(address, TIMEOUT_S, tls, insecure_lan) as channel:
        stub = expression_service_pb2_grpc.ExpressionServiceStub(channel)
        try:
            return stub.GetServerInfo(session_pb2.GetServerInfoRequest(), timeout=TIMEOUT_S)
        except grpc.RpcError as error:
            raise error_of(error, address) from None


def _print(told: session_pb2.GetServerInfoResponse, figures: Figures) -> None:
    print(f"vrface {told.version}, models: {', '.join(told.models)}")
    print(
        f"{told.sessions} of {told.sessions_max} sessions, {figures['faces']:.0f} faces of "
        f"{figures['frames']:.0f} frames so far, {figures['busy_ratio']:.0%} of the time in steps"
    )
    rows = table("stage", *(f"above {ms:g} ms" for ms in SHARE_MS))
    for stage in figures.stages:
        rows.add_row(stage, *(f"{figures.beyond(stage, ms / 1000):.1%}" for ms in SHARE_MS))
    console().print(rows)
