"""`Tracker`: a source of sensor frames, and the ones that ship, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

from vrface.errors import BadUse, UnknownName
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import DEFAULT_HEADSET, HeadsetProfile
from vrface.sensors.headset import headset as load_headset
from vrface.trackers import livelink, steamlink, vrcft
from vrface.trackers.dialect import Dialect
from vrface.trackers.udp import UdpTracker
from vrface.wire.address import LOOPBACK

DIALECTS: Mapping[str, Dialect] = {
    module.DIALECT.name: module.DIALECT for module in (steamlink, vrcft, livelink)
}
"""How programs send whom a tracker hears on a UDP port, by the tracker's name."""

LISTENING: tuple[str, ...] = tuple(DIALECTS)
"""The trackers that hear other programs on a UDP port."""

LIVE: tuple[str, ...] = (*LISTENING, "openxr")
"""The trackers of somebody who is really there."""

TRACKERS: tuple[str, ...] = ("synthetic", "replay", *LIVE)
"""The trackers that ship."""


class Tracker(Protocol):
    """A source of sensor frames: a headset, a log, or a wearer who does not exist."""

    @property
    def name(self) -> str:
        """What people call it."""
        ...

    @property
    def headset(self) -> HeadsetProfile:
        """Whose streams the samples refer to."""
        ...

    def frames(self) -> Iterator[SensorFrame]:
        """The sensor frames, each when its time has come; ends after `close`.

        A consumer that comes late gets one frame with the samples of those it missed, never a
        backlog.
        """
        ...

    def close(self) -> None:
        """Stop: a `frames` that waits, in whatever thread, ends. May be called more than once."""
        ...


def open_tracker(
    name: str,
    headset: HeadsetProfile | None = None,
    *,
    seed: int = 0,
    rate_hz: float = 90.0,
    path: str | Path | None = None,
    realtime: bool = True,
    port: int | None = None,
    host: str = LOOPBACK,
    insecure_lan: bool = False,
) -> Tracker:
    """Open a tracker by name.

    Args:
        name: One of `TRACKERS`.
        headset: What is worn; default: `DEFAULT_HEADSET` for the synthetic wearer, and what
            fits the programs that a listening tracker hears, or what an OpenXR runtime offers. A
            log brings its own.
        seed: Who the synthetic wearer is.
        rate_hz: Frames a second; a log brings its own.
        path: The sensor log to replay.
        realtime: Whether frames of a log or a synthetic wearer come when their time has come, or as
            fast as they are taken.
        port: Where one of `LISTENING` listens, 0 = any free one; default: where such programs send.
        host: On which network interface of this machine.
        insecure_lan: Whether other machines may send, in clear text and unasked who they are.

    Raises:
        UnknownName: if no such tracker ships.
        BadUse: if `path` is missing for a replay, or a figure is out of range.
        LogError: if the log cannot be replayed.
        Refused: if other machines could send and `insecure_lan` does not say so.
        ServerError: if the port is taken, or no OpenXR runtime answers.
        DependencyError: if pyopenxr is wanted and not there.
    """
    if name == "synthetic":
        from vrface.trackers.synthetic import SyntheticTracker

        worn = headset or load_headset(DEFAULT_HEADSET)
        return SyntheticTracker(worn, seed=seed, realtime=realtime, rate_hz=rate_hz)
    if name == "replay":
        from vrface.trackers.replay import ReplayTracker

        if path is None:
            raise BadUse(
                "a replay needs the path of a sensor log.",
                "Pass vrface.trackers.replay.ReplayTracker(LOG.mcap) as the tracker.",
            )
        return ReplayTracker(path, realtime=realtime)
    if name == "openxr":
        from vrface.trackers.openxr.tracker import OpenxrTracker

        return OpenxrTracker(headset, rate_hz=rate_hz)
    if name not in DIALECTS:
        raise UnknownName("tracker", name, TRACKERS)
    heard = DIALECTS[name]
    return UdpTracker(heard, headset, port, host=host, insecure_lan=insecure_lan, rate_hz=rate_hz)
