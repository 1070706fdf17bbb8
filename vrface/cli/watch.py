"""`vrface watch`: the face of a running session, live in the terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.options import ClearText, OwnCertificate, OwnKey, TrustedAuthority, tls_of
from vrface.errors import BadUse

if TYPE_CHECKING:
    from vrface.face.expression import Expression

VIEW_HZ = 20.0
"""Faces a second that a terminal is asked to draw."""


def watch(
    address: Annotated[
        str | None, typer.Argument(help="host:port; default: the server that runs a tracker here.")
    ] = None,
    session: Annotated[
        str | None, typer.Option(help="Which session; default: the tracker's.")
    ] = None,
    token: Annotated[str | None, typer.Option(help="Its watch token, hexadecimal.")] = None,
    tls_ca: TrustedAuthority = None,
    tls_cert: OwnCertificate = None,
    tls_key: OwnKey = None,
    insecure_lan: ClearText = False,
) -> None:
    """Show a session's face and its hidden shapes, live.

    Every stroke and bar is tinted by where its value comes from. Start `vrface serve --tracker
    synthetic` first; q or Ctrl-C ends the view. Where stdout is no terminal, one line a second says
    the same.
    """
    from vrface.client.watcher import Watcher

    where, session_id, secret = _target(address, session, token)
    tls = tls_of(tls_ca, tls_cert, tls_key)
    live = sys.stdout.isatty()
    rate_hz = VIEW_HZ if live else 1.0
    with Watcher(
        where, session_id, secret, rate_hz=rate_hz, tls=tls, insecure_lan=insecure_lan
    ) as watcher:
        if live:
            _draw(watcher)
        else:
            for expression in watcher:
                print(expression, flush=True)


def _target(address: str | None, session: str | None, token: str | None) -> tuple[str, str, bytes]:
    """Address, session and token: as given, or those of the server that runs here."""
    from vrface.client.server_file import ServerFile

    if (session is None) != (token is None):
        raise BadUse("a session and its token go together.", "Give both --session and --token.")
    if session is not None and token is not None:
        if address is None:
            raise BadUse("--session needs the server's address.", "Give host:port.")
        try:
            return address, session, bytes.fromhex(token)
        except ValueError:
            raise BadUse("a watch token is hexadecimal.", "Copy it whole.") from None
    # The address in the file, never the one that was typed: the token is for its server alone.
    here = ServerFile.read(address)
    return here.address, here.session_id, bytes.fromhex(here.watch_token)


def _draw(faces: Iterable[Expression]) -> None:
    from rich.live import Live

    from vrface.cli.output import console
    from vrface.face.expression import Source
    from vrface.render.terminal import draw, hidden_shapes

    seen: set[int] = set()
    out = console()
    with Live(console=out, screen=True, auto_refresh=False) as live, _keys() as pressed:
        for face in faces:
            # A shape that was measured once is not hidden, even while its sensor is silent.
            seen |= {i for i, kind in enumerate(face.source) if kind == Source.MEASURED}
            source = [Source.MEASURED if i in seen else k for i, k in enumerate(face.source)]
            live.update(draw(face, hidden_shapes(source), *out.size), refresh=True)
            if pressed() in ("q", "Q", "\x1b"):
                return


@contextlib.contextmanager
def _keys() -> Iterator[Callable[[], str]]:
    """A function that says which key was pressed, "" for none: always where nobody can know."""
    try:
        import select
        import termios
        import tty

        before = termios.tcgetattr(sys.stdin)
    except (ImportError, OSError, ValueError, termios.error):
        yield lambda: ""
        return

    def pressed() -> str:
        ready, _, _ = select.select([sys.stdin], [], [], 0)
        return sys.stdin.read(1) if ready else ""

    tty.setcbreak(sys.stdin)
    try:
        yield pressed
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
