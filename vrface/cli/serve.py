"""`vrface serve`: the server that hands faces to engines and spectators."""

from __future__ import annotations

import os
import signal
import sys
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.options import KnownWearer, OwnKey, ShownSmoothing, ShownStyle, UsedModel, style_of
from vrface.cli.threads import in_one_thread
from vrface.cli.tracker import TrackerHost, TrackerPort, WearerSeed, WornHeadset, opened_tracker
from vrface.errors import BadUse

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.model import Model
    from vrface.serving.server import Server
    from vrface.trust.seal import Seal
    from vrface.trust.tls import Tls

FacesLeave = Annotated[
    bool, typer.Option("--insecure-lan", help="Let faces leave this machine in clear text.")
]

PUBLISH = "Hand faces to engines without gRPC too: memory, udp://127.0.0.1:50516. Can be repeated."
"""What --publish does."""

TRACKER = "Run a tracker here: synthetic, replay, steamlink, vrcft, livelink, openxr."
"""What --tracker does."""

RATE = "Most faces a second of one wearer; of frames that come faster the newest counts."
"""What --max-rate does."""

OPENS = "Most sessions a second that one address may open; twice as many from all together."
"""What --max-opens does."""

BUSY = "Let nobody in who would make the server compute more of the time than this; 1 = anybody."
"""What --max-busy does."""

SealKey = Annotated[
    Path | None,
    typer.Option(
        help="Key file of resume tokens, drawn where none is: servers that share it share wearers."
    ),
]
Certificate = Annotated[
    Path | None,
    typer.Option(help="Encrypt with this certificate, PEM; a renewed file counts at once."),
]
ClientAuthority = Annotated[
    Path | None,
    typer.Option(help="Let only clients in that show a certificate of this authority, PEM."),
]
MetricsAddress = Annotated[
    str | None,
    typer.Option(help="Let Prometheus read there what the server does, such as 127.0.0.1:9464."),
]

READY = "vrface serves at "
"""What the first line on stdout starts with; the address follows. Programs may wait for it."""


def serve(
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="0 = any free one.")] = 50515,
    tracker: Annotated[str | None, typer.Option(help=TRACKER)] = None,
    tracker_port: TrackerPort = None,
    tracker_host: TrackerHost = None,
    log: Annotated[Path | None, typer.Option(help="The sensor log to replay.")] = None,
    seed: WearerSeed = None,
    headset: WornHeadset = None,
    model: UsedModel = "default",
    calibration: KnownWearer = None,
    style: ShownStyle = "expected",
    smooth: ShownSmoothing = "off",
    max_sessions: Annotated[int, typer.Option(help="Most sessions at a time.", min=1)] = 32,
    max_rate: Annotated[float, typer.Option(help=RATE, min=1.0)] = 480.0,
    max_opens: Annotated[float, typer.Option(help=OPENS, min=1.0)] = 30.0,
    max_busy: Annotated[float, typer.Option(help=BUSY, min=0.01, max=1.0)] = 0.4,
    publish: Annotated[list[str] | None, typer.Option(help=PUBLISH)] = None,
    seal_key: SealKey = None,
    tls_cert: Certificate = None,
    tls_key: OwnKey = None,
    client_ca: ClientAuthority = None,
    metrics: MetricsAddress = None,
    insecure_lan: FacesLeave = False,
    until_stdin_closes: Annotated[bool, typer.Option("--until-stdin-closes", hidden=True)] = False,
) -> None:
    """Hand faces to engines over gRPC, until interrupted.

    With --tracker it also runs a tracker of its own, whose face `vrface watch` shows, in --style
    and as calm as --smooth; clients ask for those of theirs in Open. With --publish memory every
    program of this user can read the newest face of every session.
    """
    from vrface.serving import Limits, server
    from vrface.wire.address import Address

    tls = _tls(tls_cert, tls_key, client_ca)
    server.check(where := Address(host, port), publish or (), insecure_lan, tls is not None)
    known, seal = _known(calibration, tracker), _seal(seal_key)
    found = partial(opened_tracker, tracker, headset, seed=seed, log=log)
    running = server.Server(
        _models(model),
        where=where,
        insecure_lan=insecure_lan,
        max_sessions=max_sessions,
        limits=Limits(max_rate, max_opens, max_busy),
        tracker=found(port=tracker_port, host=tracker_host, insecure_lan=insecure_lan),
        calibration=known,
        publish=publish or (),
        style=style_of(style),
        smoothing=smooth,
        seal=seal,
        tls=tls,
        metrics=None if metrics is None else Address.parse(metrics),
    )
    _run(running, tracker is not None, model, until_stdin_closes)


def _models(name: str) -> dict[str, Model]:
    """What is served."""
    from vrface.model import pretrained

    in_one_thread()
    loaded = pretrained.load(name)
    return {loaded.name: loaded}


def _run(running: Server, watched: bool, model: str, with_stdin: bool) -> None:
    """Serve until interrupted."""
    from vrface.model import pretrained
    from vrface.serving.server import serve

    _end_with_stdin(with_stdin)
    serve(
        running,
        on_ready=lambda address: _announce(address, watched),
        on_report=lambda text: print(text, file=sys.stderr, flush=True),
        load=lambda _: pretrained.load(model),
    )


def _tls(certificate: Path | None, key: Path | None, authority: Path | None) -> Tls | None:
    """What connections are encrypted with; None = clear text."""
    from vrface.trust.tls import Tls

    if (certificate, key, authority) == (None, None, None):
        return None
    if certificate is None:
        raise BadUse(
            "--tls-key and --client-ca need a certificate of the server's own.", "Add --tls-cert."
        )
    return Tls(certificate, key, authority)


def _seal(key: Path | None) -> Seal | None:
    """What seals resume tokens; None = a key that is drawn."""
    from vrface.session.token import PURPOSE
    from vrface.trust.seal import Seal

    return None if key is None else Seal.of_file(key, PURPOSE)


def _known(calibration: Path | None, tracker: str | None) -> Calibration | None:
    """What is known of the tracker's wearer."""
    from vrface.model.calibration import file

    if calibration is None:
        return None
    if tracker is None:
        raise BadUse(
            "--calibration is of the tracker's wearer.",
            "Add --tracker, or leave it out: clients send their own as Open.calibration.",
        )
    return file.load(calibration)


def _end_with_stdin(asked: bool) -> None:
    """Stop this process as SIGTERM does, once nobody holds the other end of stdin any more."""

    def wait() -> None:
        while os.read(0, 4096):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    if asked:
        threading.Thread(target=wait, name="vrface-stdin", daemon=True).start()


def _announce(address: str, watched: bool) -> None:
    see = "`vrface watch` shows its face, " if watched else ""
    print(f"{READY}{address} ({see}Ctrl-C stops it)", flush=True)
