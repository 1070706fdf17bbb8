"""What options of several verbs share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from vrface.face.expression import Style
    from vrface.trust.tls import Tls

UsedModel = Annotated[str, typer.Option(help="A shipped model or a checkpoint's folder.")]
ShownStyle = Annotated[
    str,
    typer.Option(
        help="What is shown of what no sensor sees: expected (the mean) or lively (a seeded draw).",
        metavar="STYLE",
    ),
]

ReplayedStyle = Annotated[
    str | None,
    typer.Option(help="What to show of a law: expected or lively.", show_default="the log's"),
]
ReplayedSeed = Annotated[
    int | None,
    typer.Option(
        help="Of the lively style.",
        show_default="the log's",
        callback=lambda value: None if value is None else seed_number(value),
    ),
]

ShownSmoothing = Annotated[
    str,
    typer.Option(
        "--smooth",
        help="How calm each part of the face is shown: on, off, or as in "
        "brow=1.5:1,lid=2:8,measured.",
        metavar="TEXT",
    ),
]
ReplayedSmoothing = Annotated[
    str | None,
    typer.Option(
        "--smooth", help="How calm to show it.", show_default="as the log's", metavar="TEXT"
    ),
]

HOUR_S = 3600.0
"""The longest recording that is made at once: it is held in memory as a whole."""

KnownWearer = Annotated[
    Path | None,
    typer.Option("--calibration", help="What is known of the wearer: a file of vrface calibrate."),
]


TrustedAuthority = Annotated[
    Path | None,
    typer.Option(
        "--tls-ca", help="The connection is encrypted, and this authority vouches for it, PEM."
    ),
]
OwnCertificate = Annotated[
    Path | None, typer.Option("--tls-cert", help="Of one's own, PEM, if the server asks for one.")
]
OwnKey = Annotated[Path | None, typer.Option("--tls-key", help="Its private key, PEM.")]
ClearText = Annotated[
    bool,
    typer.Option("--insecure-lan", help="Speak with another machine in clear text."),
]


def number(value: float) -> float:
    """Refuse ``nan``, which no range keeps out.

    Raises:
        BadParameter: for it.
    """
    if math.isnan(value):
        raise typer.BadParameter("nan is not a number.")
    return value


def seed_number(value: int) -> int:
    """Refuse what is no seed: they are drawn from as 64 bits.

    Raises:
        BadParameter: for it.
    """
    if not 0 <= value < 2**64:
        raise typer.BadParameter(f"a seed is in 0..2^64-1, got {value}.")
    return value


def style_of(name: str) -> Style:
    """The style of that name.

    Raises:
        UnknownName: if there is none.
    """
    from vrface.errors import UnknownName
    from vrface.face.expression import STYLES

    if name not in STYLES:
        raise UnknownName("style", name, STYLES)
    return name


def tls_of(authority: Path | None, certificate: Path | None, key: Path | None) -> Tls | None:
    """What a connection to a server is encrypted with; None = clear text.

    Raises:
        BadUse: as for `Tls`.
    """
    from vrface.trust.tls import Tls

    if (authority, certificate, key) == (None, None, None):
        return None
    return Tls(certificate, key, authority)
