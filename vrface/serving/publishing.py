"""Where a server's faces go beside gRPC: ``--publish memory``, ``--publish udp://HOST:PORT``."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import ExitStack
from urllib.parse import urlsplit

from vrface.errors import BadUse
from vrface.outputs.memory_sink import MemorySink
from vrface.outputs.publisher import Publisher
from vrface.outputs.sinks import Sink, Sinks, UdpSink
from vrface.wire.address import LOOPBACK, Address
from vrface.wire.faces_file import HEARTBEAT_S
from vrface.wire.frame_block import UDP_PORT
from vrface.wire.messages import session_pb2

MEMORY = "memory"
UDP = f"udp://{LOOPBACK}:{UDP_PORT}"


def check(targets: Iterable[str], insecure_lan: bool) -> None:
    """Check that faces may go to these targets.

    Args:
        targets: Each ``memory`` or ``udp://HOST[:PORT]``.
        insecure_lan: Whether faces may leave this machine unencrypted.

    Raises:
        BadUse: if one is neither.
        Refused: if one is another machine and nobody agreed to that.
    """
    for target in targets:
        if target != MEMORY:
            otherwise = f"{target} would send faces to another machine"
            _udp(target).check_local(insecure_lan, otherwise)


def open_sinks(targets: Iterable[str]) -> Sinks:
    """The sinks of some targets, each once.

    Raises:
        BadUse: as for `check`.
        ServerError: if one cannot be opened; none is then.
    """
    with ExitStack() as opening:
        sinks: list[Sink] = []
        for target in dict.fromkeys(targets):
            sinks.append(_sink(target))
            opening.callback(sinks[-1].close)
        opening.pop_all()
    return Sinks(sinks)


def publisher_of(
    sinks: Sinks, opened: session_pb2.Opened, clock: int, recording: bool
) -> Publisher | None:
    """What hands the faces of a session to the sinks; None where there are none.

    Args:
        sinks: The server's.
        opened: What the session's owner is told.
        clock: Which clock its times are on, as the wire counts them: a client may say anything.
        recording: Whether it is being recorded.
    """
    if not sinks:
        return None
    clock = clock if 0 <= clock <= 255 else 0
    return Publisher(
        sinks,
        opened.session_id,
        model_digest=opened.model_digest,
        clock=clock,
        recording=recording,
    )


async def beat(sinks: Sinks) -> None:
    """Say for ever that the server lives: also while it has no session, or a silent one."""
    while True:
        sinks.beat()
        await asyncio.sleep(HEARTBEAT_S)


def _sink(target: str) -> Sink:
    if target == MEMORY:
        return MemorySink()
    address = _udp(target)
    return UdpSink(address.host, address.port)


def _udp(target: str) -> Address:
    """Where ``udp://HOST[:PORT]`` is.

    Raises:
        BadUse: if it is not that.
    """
    try:
        parts = urlsplit(target)
        port = UDP_PORT if parts.port is None else parts.port
    except ValueError:
        parts, port = urlsplit(""), 0
    if parts.scheme != "udp" or not parts.hostname or not port or target.count("/") != 2:
        raise BadUse(f"faces cannot be published to {target!r}.", f"Say {MEMORY} or {UDP}.")
    # Receivers listen on 127.0.0.1, where the name may mean another address of this machine.
    host = LOOPBACK if parts.hostname == "localhost" else parts.hostname
    return Address(host, port)
