"""`Server`: from loaded models to an address, and back to silence."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIServer

import grpc.aio
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from prometheus_client import start_http_server

from vrface.errors import BadUse, ServerError, VrfaceError
from vrface.face.expression import Style
from vrface.face.smoothing import Smoothing
from vrface.serving import publishing, pulse
from vrface.serving.models import Models
from vrface.serving.parsing import Parsing
from vrface.serving.rate import USUAL, Limits
from vrface.serving.resident import Resident
from vrface.serving.service import ExpressionService
from vrface.serving.warm_up import WarmUp
from vrface.trust.permission import Permission
from vrface.trust.seal import Seal
from vrface.trust.tls import Tls
from vrface.wire import credentials
from vrface.wire.address import LOOPBACK, Address
from vrface.wire.messages import expression_service_pb2, expression_service_pb2_grpc

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model
    from vrface.trackers.tracker import Tracker

MAX_MESSAGE_BYTES = 1024 * 1024
"""Largest message of any method; those of a Track have a limit of their own."""

SPARE_CALLS = 1024
"""Calls at a time beyond a session each: spectators, questions, streams that did not say Open yet.
Those take memory without ever coming to the door; gRPC itself refuses whoever is too many."""

SWITCH_S = 0.0005
"""How long a thread keeps Python's lock that another one asks for."""

REPORT_S = 60.0
"""How often a running server reports what it did."""

HERE = Address()
"""This machine alone, on the default port."""

SERVICE = expression_service_pb2.DESCRIPTOR.services_by_name["ExpressionService"].full_name

_OPTIONS = (
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_concurrent_streams", 1024),
    # Or two servers could share a port, and each would get some of the sessions.
    ("grpc.so_reuseport", 0),
    # A client that is frozen or cut off gives its place back within about two seconds. The first
    # two alone do not free it: gRPC waits for its ping as long as the third says.
    ("grpc.keepalive_time_ms", 1000),
    ("grpc.keepalive_timeout_ms", 1000),
    ("grpc.http2.ping_timeout_ms", 1000),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 500),
)


class Server:
    """Serves `ExpressionService`, health and reflection.

    Args:
        models: What to infer with, by name; the first one is the default.
        where: Where to listen; port 0 = any free one.
        insecure_lan: Whether faces may leave this machine unencrypted.
        max_sessions: Most sessions at a time.
        limits: How fast clients may be.
        tracker: A tracker to run in the server, for spectators.
        calibration: What is known of the tracker's wearer.
        publish: Where the faces of every session go beside gRPC, as frame blocks: ``memory``,
            ``udp://HOST:PORT``.
        style: Of the face of `tracker`; clients ask for that of theirs.
        smoothing: How calm that face is shown, or its text; likewise.
        permission: That faces may be processed here.
        seal: Of resume tokens; servers with the same one go on with each other's wearers. By
            default nobody else can.
        tls: What connections are encrypted with; None = clear text.
        metrics: Where Prometheus may read what the server does, over HTTP; None = nowhere.

    Attributes:
        address: ``host:port`` once started.
        metrics_address: The same of its metrics; empty = nowhere.
        service: The servicer.

    Raises:
        BadUse: if there is no model, no room for a session, no such way to publish, or no such
            smoothing.
        Refused: if the permission says no, or faces would leave this machine unagreed.
    """

    def __init__(
        self,
        models: Mapping[str, Model],
        *,
        where: Address = HERE,
        insecure_lan: bool = False,
        max_sessions: int = 32,
        limits: Limits = USUAL,
        tracker: Tracker | None = None,
        calibration: Calibration | None = None,
        publish: Sequence[str] = (),
        style: Style = "expected",
        smoothing: Smoothing | str = Smoothing.none(),
        permission: Permission = Permission.local(),
        seal: Seal | None = None,
        tls: Tls | None = None,
        metrics: Address | None = None,
    ) -> None:
        permission.require("serve")
        check(where, publish, insecure_lan, encrypted=tls is not None)
        if not models or max_sessions < 1:
            raise BadUse(
                f"a server needs a model and room: {len(models)} models, {max_sessions} sessions."
            )
        self.address = ""
        self.service = ExpressionService(models, max_sessions, permission, seal, limits)
        self._where = where
        self._tracker, self._calibration = tracker, calibration
        self._publish = publish
        self._most_calls = max_sessions + SPARE_CALLS
        self._style, self._smoothing = style, Smoothing.of(smoothing)
        self._credentials = None if tls is None else credentials.of_server(tls)
        self._warm_up = WarmUp(list(models.values()))
        self._metrics = metrics
        self._beside: list[asyncio.Task[None]] = []
        self._http: tuple[WSGIServer, Thread] | None = None
        self.metrics_address = ""
        self._resident: Resident | None = None
        self._server: grpc.aio.Server | None = None
        self._health = health.aio.HealthServicer()  # type: ignore[attr-defined]

    async def start(self) -> str:
        """Warm up, bind and serve.

        Returns:
            The address.

        Raises:
            ServerError: if the port is taken, the host is not this machine's, or faces cannot be
                published where they should.
        """
        _check_free(self._where)
        sinks = self.service.sinks = publishing.open_sinks(self._publish)
        self._beside.append(asyncio.create_task(publishing.beat(sinks)))
        self._beside.append(asyncio.create_task(pulse.take(self.service.pulse, self.service.stats)))
        self._publish_metrics()
        await asyncio.to_thread(self._warm_up.start)
        server = grpc.aio.server(
            interceptors=(Parsing(),), options=_OPTIONS, maximum_concurrent_rpcs=self._most_calls
        )
        expression_service_pb2_grpc.add_ExpressionServiceServicer_to_server(self.service, server)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        names = (SERVICE, health.SERVICE_NAME, reflection.SERVICE_NAME)
        reflection.enable_server_reflection(names, server)
        try:
            if self._credentials is None:
                port = server.add_insecure_port(str(self._where))
            else:
                port = server.add_secure_port(str(self._where), self._credentials)
        except RuntimeError:
            raise _cannot_listen(self._where, "gRPC could not bind it") from None
        self.service.engine.start()
        await server.start()
        self._server = server
        self.address = str(Address(self._where.host, port))
        if self._tracker is not None:
            model = next(iter(self.service.models.values()))
            self._resident = Resident(
                self._tracker,
                model,
                self.service.permission,
                self.service.stats,
                sinks,
                self._calibration,
                self._style,
                self._smoothing,
            )
            self.service.broadcasts.add(self._resident.broadcast)
            self._resident.start(self.address)
        for name in ("", SERVICE):
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        return self.address

    def _publish_metrics(self) -> None:
        if self._metrics is None:
            return
        where, registry = self._metrics, self.service.metrics.registry
        try:
            http, thread = start_http_server(where.port, where.host, registry)
        except OSError as error:
            raise _cannot_listen(where, error.strerror or str(error)) from None
        self.metrics_address = str(Address(where.host, http.server_port))
        self._http = http, thread

    def _unpublish_metrics(self) -> None:
        if self._http is not None:
            http, thread = self._http
            http.shutdown()
            http.server_close()
            thread.join()

    async def warm(self) -> None:
        """Wait until its models are compiled for as many wearers at a time as it serves."""
        await asyncio.to_thread(self._warm_up.join)

    async def stop(self, grace_s: float = 2.0) -> None:
        """Turn new sessions away, ask the open ones to leave, end them after `grace_s` seconds."""
        self._warm_up.stop()
        await self._health.enter_graceful_shutdown()
        self.service.drain(grace_s, "the server stops")
        if self._resident is not None:
            await self._resident.stop()
            self.service.broadcasts.remove(self._resident.broadcast)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                while self.service.sessions:
                    await asyncio.sleep(0.02)
        self.service.end("the server stops")
        if self._server is not None:
            await self._server.stop(0.5)
        await self.service.engine.stop()
        for task in self._beside:
            task.cancel()
        self._unpublish_metrics()
        self.service.sinks.close()
        await self.warm()


def check(
    where: Address, publish: Sequence[str], insecure_lan: bool, encrypted: bool = False
) -> None:
    """Check that a server may listen and publish there, before anything is loaded for it.

    Raises:
        BadUse: if there is no such way to publish.
        Refused: if faces would leave this machine and nobody agreed to that.
    """
    otherwise = f"{where.host} can be reached from other machines"
    where.check_local(insecure_lan or encrypted, otherwise)
    publishing.check(publish, insecure_lan)


def serve(
    server: Server,
    *,
    on_ready: Callable[[str], None] = lambda address: None,
    on_report: Callable[[str], None] = lambda text: None,
    load: Callable[[str], Model] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP loads the models again.

    Args:
        server: Not started yet.
        on_ready: Called with the address once the server listens.
        on_report: Called with a line of numbers each minute and at the end, where they changed;
            it names nobody. Also what came of loading a model again.
        load: Loads a model by its name in the server; None = SIGHUP does nothing.

    Raises:
        ServerError: if it cannot listen or publish.
    """
    asyncio.run(_serve(server, on_ready, on_report, load))


async def _serve(
    server: Server,
    on_ready: Callable[[str], None],
    on_report: Callable[[str], None],
    load: Callable[[str], Model] | None,
) -> None:
    # Python's lock changes hands sooner than it would: what is compiled beside keeps no face.
    sys.setswitchinterval(SWITCH_S)
    stats, models = server.service.stats, server.service.models
    replacing: set[asyncio.Task[None]] = set()

    def replace() -> None:
        if load is not None:
            task = asyncio.create_task(_replace(models, load, on_report))
            replacing.add(task)
            task.add_done_callback(replacing.discard)

    with _signals(replace) as stopping:
        said = str(stats)
        try:
            address = await server.start()
            # What there is now is there to stay: to look through it for garbage, as Python would
            # now and then, stops every face for up to a third of a second.
            gc.collect()
            gc.freeze()
            on_ready(address)
            settling = asyncio.create_task(_settle(server))
            while not stopping.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), REPORT_S)
                if (line := str(stats)) != said:
                    on_report(line)
                    said = line
        finally:
            await server.stop()
        await settling


async def _settle(server: Server) -> None:
    await server.warm()
    gc.freeze()


async def _replace(
    models: Models, load: Callable[[str], Model], on_report: Callable[[str], None]
) -> None:
    """Load every model again."""
    for name in models:
        try:
            another = await models.replace(name, partial(load, name))
        except VrfaceError as error:
            on_report(f"model {name!r} stays: {error}")
        else:
            said = "is another one now" if another else "is what it was"
            on_report(f"model {name!r} {said}: {models[name].digest.hex()[:16]}")


@contextlib.contextmanager
def _signals(replace: Callable[[], None]) -> Iterator[asyncio.Event]:
    """An event that SIGTERM and SIGINT set, in place of what they do otherwise.

    Args:
        replace: What SIGHUP does, where there is such a signal.
    """
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    does: dict[int, Callable[[], None]] = {
        signal.SIGTERM: stopping.set,
        signal.SIGINT: stopping.set,
    }
    if hasattr(signal, "SIGHUP"):
        does[signal.SIGHUP] = replace
    before = {
        number: signal.signal(number, lambda *_, what=what: loop.call_soon_threadsafe(what))
        for number, what in does.items()
    }
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_free(where: Address) -> None:
    """Find a taken port before gRPC does, which would print its own account of it."""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            where.host, where.port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(target)
    except socket.gaierror as error:
        raise _not_here(where, error.strerror or str(error)) from None
    except OSError as error:
        if error.errno == errno.EADDRNOTAVAIL:
            raise _not_here(where, "no network interface has this address") from None
        raise _cannot_listen(where, error.strerror or str(error)) from None


def _not_here(where: Address, why: str) -> ServerError:
    return ServerError(
        f"cannot listen on {where.host!r}: {why}.",
        f"Give --host a name or an address of this machine, such as {LOOPBACK}.",
    )


def _cannot_listen(where: Address, why: str) -> ServerError:
    return ServerError(
        f"cannot listen on {where}: {why}.",
        "Stop what runs there, or choose another port with --port (0 = any free one).",
    )
