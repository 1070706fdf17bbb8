"""Channels to a server, and its status codes as vrface's errors."""

from __future__ import annotations

import grpc

from vrface.errors import BadUse, Refused, ServerError, VrfaceError

DEFAULT_PORT = 50515

_OPTIONS = (
    # A proxy of the surroundings has no business between an engine and its face server.
    ("grpc.enable_http_proxy", 0),
    # Without it the receive window grows, and with it the queue of old faces behind a slow reader.
    ("grpc.http2.bdp_probe", 0),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 2_000),
)

_KINDS: dict[grpc.StatusCode, type[VrfaceError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: BadUse,
    grpc.StatusCode.FAILED_PRECONDITION: BadUse,
    grpc.StatusCode.PERMISSION_DENIED: Refused,
    grpc.StatusCode.RESOURCE_EXHAUSTED: Refused,
}


def connect(address: str, timeout_s: float) -> grpc.Channel:
    """A channel to the server at `address`, once it answers.

    Args:
        address: ``host:port``, or a host alone for the default port.
        timeout_s: How long to wait for it.

    Raises:
        ServerError: if no server answers there.
    """
    target = address if ":" in address else f"{address}:{DEFAULT_PORT}"
    channel = grpc.insecure_channel(target, options=_OPTIONS)
    try:
        grpc.channel_ready_future(channel).result(timeout=timeout_s)
    except grpc.FutureTimeoutError:
        channel.close()
        raise ServerError(f"no server at {target}.", "Start one with `vrface serve`.") from None
    return channel


def error_of(error: grpc.RpcError) -> VrfaceError:
    """The vrface error that a call's status stands for, with the server's advice."""
    kind = _KINDS.get(error.code(), ServerError)
    trailing = {entry.key: entry.value for entry in error.trailing_metadata() or ()}
    message = error.details() or f"the server answered {error.code().name}."
    return kind(message, str(trailing.get("vrface-advice", "")))
