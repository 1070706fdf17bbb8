"""The tracker of `vrface serve`, `record` and `calibrate`: where frames come from, by options."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from vrface.cli.options import seed_number
from vrface.errors import BadUse, UnknownName
from vrface.sensors.headset import DEFAULT_HEADSET
from vrface.sensors.headset import headset as load_headset

if TYPE_CHECKING:
    from vrface.trackers.tracker import Tracker
    from vrface.trackers.udp import UdpTracker

WornHeadset = Annotated[
    str | None,
    typer.Option(help=f"What is worn; default: {DEFAULT_HEADSET} by the synthetic wearer."),
]
WearerSeed = Annotated[
    int | None,
    typer.Option(
        help="Who the synthetic wearer is; default: 0.",
        callback=lambda value: None if value is None else seed_number(value),
    ),
]
TrackerPort = Annotated[
    int | None,
    typer.Option(help="UDP port of steamlink, vrcft, livelink; default: where others send."),
]
TrackerHost = Annotated[str | None, typer.Option(help="And where they listen; default: 127.0.0.1.")]


def opened_tracker(
    name: str | None,
    headset: str | None = None,
    *,
    seed: int | None = None,
    rate_hz: float = 90.0,
    log: Path | None = None,
    port: int | None = None,
    host: str | None = None,
    insecure_lan: bool = False,
) -> Tracker | None:
    """Open a tracker; stderr tells where it listens, what it hears or reads, when a log is over.

    Args:
        name: One of `TRACKERS`; None = none, and no option of one.
        headset: A shipped profile's name or a TOML file; None = what goes with the tracker.
        seed: Who the synthetic wearer is; None = not said.
        rate_hz: Frames a second.
        log: The log to replay.
        port: UDP port where it listens; None = where other programs send.
        host: Network interface of this machine; None = 127.0.0.1.
        insecure_lan: Whether other machines may send.

    Raises:
        UnknownName: if no such tracker or headset ships.
        BadUse: if an option is of another tracker than this one, or a replay has no log.
        VrfaceError: whatever else `open_tracker` raises.
    """
    from vrface.trackers.tracker import LISTENING, LIVE, TRACKERS, open_tracker
    from vrface.wire.address import LOOPBACK

    if name is not None and name not in TRACKERS:
        raise UnknownName("tracker", name, TRACKERS)
    for option, given, owners in (
        ("--log", log, ("replay",)),
        ("--headset", headset, ("synthetic", *LIVE)),
        ("--seed", seed, ("synthetic",)),
        ("--tracker-port", port, LISTENING),
        ("--tracker-host", host, LISTENING),
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
        port=port,
        host=host or LOOPBACK,
        insecure_lan=insecure_lan,
    )
    _announce(tracker)
    return tracker


def heard_by(tracker: Tracker | None) -> str:
    """What a tracker that listens has received so far; empty for any other."""
    from vrface.trackers.udp import UdpTracker

    if not isinstance(tracker, UdpTracker):
        return ""
    return (
        f"{tracker.name}: {tracker.datagrams} datagrams heard, {tracker.bad} bad, "
        f"{tracker.unused} unused"
    )


def _announce(tracker: Tracker) -> None:
    from vrface.trackers.openxr.tracker import OpenxrTracker
    from vrface.trackers.replay import ReplayTracker
    from vrface.trackers.udp import UdpTracker

    if isinstance(tracker, OpenxrTracker):
        _say(f"{tracker.name}: the headset is taken for {tracker.headset.name}")
        tracker.on_notice = lambda notice: _say(f"{tracker.name}: {notice}")
    elif isinstance(tracker, ReplayTracker):
        tracker.on_over = lambda: _say("the log is over")
    elif isinstance(tracker, UdpTracker):
        _say(f"{tracker.name} is heard at {tracker.address}")
        tracker.on_hearing = lambda hearing: _say(_hearing(tracker, hearing))


def _hearing(tracker: UdpTracker, hearing: bool) -> str:
    if hearing:
        return f"{tracker.name}: a face is heard"
    return (
        f"{heard_by(tracker)}: no face. Check that one is sent to {tracker.address}; "
        "another machine needs --tracker-host and --insecure-lan."
    )


def _say(line: str) -> None:
    with contextlib.suppress(OSError):  # whoever read stderr is gone: no reason to end a tracker
        print(line, file=sys.stderr, flush=True)
