"""`Tracker`: a source of sensor frames, and the ones that ship, by name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from vrface.errors import BadUse, UnknownName
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import HeadsetProfile

TRACKERS: tuple[str, ...] = ("synthetic", "replay")
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
    headset: HeadsetProfile,
    *,
    seed: int = 0,
    rate_hz: float = 90.0,
    path: str | Path | None = None,
    realtime: bool = True,
) -> Tracker:
    """Open a tracker by name.

    Args:
        name: One of `TRACKERS`.
        headset: What the synthetic wearer wears; a log brings its own.
        seed: Who the synthetic wearer is.
        rate_hz: Frames a second of the synthetic wearer.
        path: The sensor log to replay.
        realtime: Whether frames come when their time has come, or as fast as they are taken.

    Raises:
        UnknownName: if no such tracker ships.
        BadUse: if `path` is missing for a replay.
        LogError: if the log cannot be replayed.
    """
    if name == "synthetic":
        from vrface.trackers.synthetic import SyntheticTracker

        return SyntheticTracker(headset, seed=seed, realtime=realtime, rate_hz=rate_hz)
    if name == "replay":
        from vrface.trackers.replay import ReplayTracker

        if path is None:
            raise BadUse(
                "a replay needs the path of a sensor log.",
                "Pass vrface.trackers.replay.ReplayTracker(LOG.mcap) as the tracker.",
            )
        return ReplayTracker(path, realtime=realtime)
    raise UnknownName("tracker", name, TRACKERS)
