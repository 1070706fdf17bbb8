"""Channels to a server, and its status codes as vrface's errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import grpc

from vrface.errors import BadUse, Refused, ServerError, VrfaceError
from vrface.trust.tls import Tls
from vrface.wire import credentials
from vrface.wire.address import Address


class Gone(ServerError):
    """A server that is there no more, or cannot be reached."""


_OPTIONS = (
    # A proxy of the surroundings has no business between an engine and its face server.
    ("grpc.enable_http_proxy", 0),
    # Without it the receive window grows, and with it the queue of old faces behind a slow reader.
    ("grpc.http2.bdp_probe", 0),
    # A server that is frozen or cut off is found out within about two seconds.
    ("grpc.keepalive_time_ms", 1000),
    ("grpc.keepalive_timeout_ms", 1000),
    ("grpc.http2.ping_timeout_ms", 1000),
    # One that comes back is not waited for longer because it was away.
    ("grpc.use_local_subchannel_pool", 1),
    ("grpc.initial_reconnect_backoff_ms", 50),
    ("grpc.min_reconnect_backoff_ms", 250),
    ("grpc.max_reconnect_backoff_ms", 250),
)

_KINDS: dict[grpc.StatusCode, type[VrfaceError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: BadUse,
    grpc.StatusCode.FAILED_PRECONDITION: BadUse,
    grpc.StatusCode.PERMISSION_DENIED: Refused,
    grpc.StatusCode.RESOURCE_EXHAUSTED: Refused,
}


Dial: TypeAlias = Callable[[str, float], grpc.Channel]
"""Makes a channel to an address within so many seconds: `connect`, knowing how to encrypt."""


def connect(
    address: str, timeout_s: float, tls: Tls | None = None, insecure_lan: bool = False
) -> grpc.Channel:
    """A channel to the server at `address`, once it answers.

    Args:
        address: ``host:port``, or a host alone for the default port.
        timeout_s: How long to wait for it.
        tls: What the connection is encrypted with; None = clear text.
        insecure_lan: Whether clear text may leave this machine.

    Raises:
        BadUse: if it is not an address.
        Refused: if a face would leave this machine in clear text, and nobody agreed.
        ServerError: if no server answers there.
    """
    where = Address.parse(address)
    where.check_local(insecure_lan or tls is not None, f"{where.host} is another machine")
    target = str(where)
    if tls is None:
        channel = grpc.insecure_channel(target, options=_OPTIONS)
    else:
        channel = grpc.secure_channel(target, credentials.of_client(tls), options=_OPTIONS)
    try:
        grpc.channel_ready_future(channel).result(timeout=timeout_s)
    except grpc.FutureTimeoutError:
        channel.close()
        advice = "Start one with `vrface serve`."
        if tls is not None:
            advice += " If it runs: do the certificates fit, and the name in the server's?"
        raise ServerError(f"no server at {target}.", advice) from None
    return channel


def error_of(error: grpc.RpcError, address: str) -> VrfaceError:
    """The vrface error that the status of a call to `address` stands for, with its advice."""
    trailing = {entry.key: entry.value for entry in error.trailing_metadata() or ()}
    advice = str(trailing.get("vrface-advice", ""))
    if error.code() is grpc.StatusCode.UNAVAILABLE and not advice:
        # Only a server gives advice: this one never came to speak, whatever gRPC says of sockets.
        return Gone(f"the server at {address} is gone.", "Start it again, then connect anew.")
    kind = _KINDS.get(error.code(), ServerError)
    return kind(error.details() or f"the server answered {error.code().name}.", advice)
