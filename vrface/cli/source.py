"""The tracker of `vrface serve` and `vrface record`: where frames come from, by options."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.errors import BadUse, UnknownName

if TYPE_CHECKING:
    from vrface.trackers.tracker import Tracker

HEADSET = "vive_pro_eye_lip"
"""What the synthetic wearer wears unless told otherwise."""

WornHeadset = Annotated[
    str | None, typer.Option(help=f"What is worn; default: {HEADSET} by the synthetic wearer.")
]
TrackerPort = Annotated[
    int | None,
    typer.Option(help="UDP port of steamlink, vrcft, livelink; default: where others send."),
]
TrackerHost = Annotated[str | None, typer.Option(help="And where they listen; default: 127.0.0.1.")]


@dataclass(frozen=True)
class Place:
    """Where a tracker listens, as far as options say it.

    Attributes:
        port: UDP port; None = where other programs send.
        host: Network interface of this machine; None = 127.0.0.1.
        insecure_lan: Whether other machines may send.
    """

    port: int | None = None
    host: str | None = None
    insecure_lan: bool = False


NOWHERE = Place()
"""Nothing said."""


def open_source(
    name: str | None,
    headset: str | None = None,
    *,
    seed: int | None = None,
    rate_hz: float = 90.0,
    log: Path | None = None,
    place: Place = NOWHERE,
) -> Tracker | None:
    """Open a tracker, and say on stderr where it listens if it does.

    Args:
        name: One of `TRACKERS`; None = none, and no option of one.
        headset: A shipped profile's name or a TOML file; None = what goes with the tracker.
        seed: Who the synthetic wearer is; None = not said.
        rate_hz: Frames a second.
        log: The log to replay.
        place: Where it listens.

    Raises:
        UnknownName: if no such tracker or headset ships.
        BadUse: if an option is of another tracker than this one, or a replay has no log.
        VrfaceError: whatever else `open_tracker` raises.
    """
    from vrface.sensors.headset import headset as load_headset
    from vrface.trackers.tracker import LISTENING, TRACKERS, open_tracker

    if name is not None and name not in TRACKERS:
        raise UnknownName("tracker", name, TRACKERS)
    for option, given, owners in (
        ("--log", log, ("replay",)),
        ("--headset", headset, ("synthetic", *LISTENING)),
        ("--seed", seed, ("synthetic",)),
        ("--tracker-port", place.port, LISTENING),
        ("--tracker-host", place.host, LISTENING),
    ):
        if given is not None and name not in owners:
            raise BadUse(
                f"{option} goes with --tracker {' or '.join(owners)} alone.",
                f"Say --tracker {owners[0]}, or leave {option} out.",
            )
    if name is None:
        return None
    if name == "replay" and log is None:
        raise BadUse("a replay needs a sensor log.", "Add --log LOG.mcap.")
    tracker = open_tracker(
        name,
        load_headset(headset) if headset else None,
        seed=seed or 0,
        rate_hz=rate_hz,
        path=log,
        port=place.port,
        host=place.host or "127.0.0.1",
        insecure_lan=place.insecure_lan,
    )
    _announce(tracker)
    return tracker


def _announce(tracker: Tracker) -> None:
    from vrface.trackers.udp import UdpTracker

    if isinstance(tracker, UdpTracker):
        print(f"{tracker.name} is heard at {tracker.where}", file=sys.stderr, flush=True)
