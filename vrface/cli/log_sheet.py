"""The sheet of a log: what it is, how its recording went, and its events as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from vrface.cli.output import console, table

if TYPE_CHECKING:
    from vrface.log.checkup import Checkup
    from vrface.log.event import Event, EventKind, EventTally
    from vrface.log.header import LogHeader
    from vrface.log.reader import LogReader

SHOWN = 10
"""So many events or damaged places of a kind are printed; --json holds more."""


def print_header(log: LogReader, whole: bool = True) -> None:
    """Print what a log says of itself, and whether it is whole."""
    header = log.header
    worn, simulated = header.headset, header.simulation != "real"
    rows = table("log", str(log.path))
    rows.add_row("whole", "yes" if whole else "no")
    rows.add_row("version", f"{log.metadata['log_version']}, written by {header.software}")
    rows.add_row("wearer", header.wearer)
    rows.add_row("donning", header.donning or "none")
    rows.add_row("headset", f"{worn.name}, version {worn.version}" if worn else "none")
    rows.add_row("sensors", f"simulated: {header.simulation}" if simulated else "real")
    if header.provenance:
        rows.add_row("provenance", _in_short(header))
    rows.add_row("face", "real" if header.real_face else "simulated")
    rows.add_row("permission", header.permission_id)
    console().print(rows)


def _in_short(header: LogHeader) -> str:
    """What of a provenance people ask for first; all of it is in the log's metadata."""
    worn = {stream.name for stream in header.headset.streams} if header.headset else set()
    try:
        made = json.loads(header.provenance)
        donning = made["donning"]
        here = {name: kind for name, kind in donning["families"].items() if name in worn}
        families = ", ".join(f"{name} {kind}" for name, kind in here.items())
        kept = "held out of training" if donning["held_out"] else "as in training"
        return (
            f"wearer of seed {made['wearer']['seed']}, performance of seed "
            f"{made['performance']['seed']}, donning {donning['number']}; glasses: "
            f"{'yes' if donning['glasses'] else 'no'}; sensors {kept}: {families}"
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return header.provenance


def print_checkup(found: Checkup) -> None:
    """Print how a recording went: what came, what was promised, what happened."""
    from vrface.log.event import EventKind

    out, rows = console(), table("recorded", "")
    entries, drift = found.entries, found.drift_ppm
    rows.add_row("length", f"{found.seconds:.1f} s")
    rows.add_row("sensor frames", f"{entries['/sensors']}{_per_second(found.frames_hz)}")
    rows.add_row("faces (truth)", f"{entries['/face']}, of them {found.faces_lost} lost")
    rows.add_row("expressions", str(entries["/expression"]))
    clock = "" if drift is None else f"; the clock drifts by {drift:.1f} in a million"
    rows.add_row("anchors", f"{entries['/clock']} to the time of day{clock}")
    for kind in EventKind:
        rows.add_row(f"{_word(kind).replace('_', '-')}s", str(found.events.count[kind]))
    out.print(rows)
    streams = table("stream", "samples", "a second", "promised")
    for stream in found.streams:
        achieved = "-" if math.isnan(stream.achieved_hz) else f"{stream.achieved_hz:.1f}"
        streams.add_row(stream.name, str(stream.samples), achieved, f"{stream.profile_hz:g}")
    if found.streams:
        out.print(streams)
    for kind in EventKind:
        print_events(found.events.of(kind), found.events.count[kind])


def print_events(events: list[tuple[int, Event]], count: int) -> None:
    """Print the first of some events, and how many more there are."""
    for at_ns, event in events[:SHOWN]:
        console().print(f"{at_ns / 1e9:.3f} s: {event.text}")
    print_more(count)


def print_more(count: int) -> None:
    """Say how many of `count` were not shown."""
    if count > SHOWN:
        console().print(f"and {count - SHOWN} more: see vrface doctor --json FILE", style="dim")


def told(events: EventTally) -> dict[str, Any]:
    """Events as JSON holds them: the first of each kind, and how many of each there are."""
    return {
        "events": [
            {"log_time_ns": at_ns, **asdict(event), "kind": _word(event.kind)}
            for at_ns, event in events.kept
        ],
        "event_count": {_word(kind): count for kind, count in events.count.items()},
    }


def _word(kind: EventKind) -> str:
    return kind.name.lower()


def _per_second(rate_hz: float) -> str:
    return "" if math.isnan(rate_hz) else f", {rate_hz:.1f} a second"
