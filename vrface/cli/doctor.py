"""`vrface doctor`: is a log whole, how well did its recording go, and what of it can be saved."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrface.cli.output import console, prepare, prepare_log, table, write_json
from vrface.errors import LogError

if TYPE_CHECKING:
    from vrface.log.checkup import Checkup
    from vrface.log.event import Event
    from vrface.log.reader import LogReader
    from vrface.log.recover import Recovery

_SHOWN = 10
"""So many events or damaged places of a kind are printed; --json holds all events."""


def doctor(
    log: Annotated[Path, typer.Argument(metavar="LOG.mcap", help="The log to look at.")],
    recover: Annotated[
        Path | None,
        typer.Option("--recover", metavar="OUT.mcap", help="Write what is intact of it here."),
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the findings here.")] = None,
) -> None:
    """Look a log over; save what is intact of a damaged one.

    Says how many frames and samples came beside what the headset promises, and which are missing.
    A damaged log is an error (exit code 1) unless --recover saves its intact part: into a new log,
    where events tell what is missing. The log itself is never changed.
    """
    from vrface.log import LogReader
    from vrface.log.checkup import checkup
    from vrface.log.recover import recover as save
    from vrface.log.recover import survey
    from vrface.trust import Permission

    permission = Permission.local()
    reader = LogReader(log, permission)
    if recover is not None:
        prepare_log(recover)
    if json is not None:
        prepare(json, "--json")
    found: Checkup | None = None
    damage: LogError | None = None
    recovery: Recovery | None = None
    try:
        found = checkup(reader)
    except LogError as error:
        damage = error
    if recover is not None:
        recovery = save(log, recover, permission)
        found = checkup(LogReader(recover, permission))
    elif damage is not None:
        recovery = survey(log, permission)
    if json is not None:
        write_json(json, _summary(reader, damage, recovery, found, recover))
    _print(reader, damage, recovery, found)
    if recover is not None:
        print(f"{recover}: written")
    elif damage is not None:
        raise damage


def _summary(
    reader: LogReader,
    damage: LogError | None,
    recovery: Recovery | None,
    found: Checkup | None,
    recovered: Path | None,
) -> dict[str, Any]:
    header = reader.header
    summary: dict[str, Any] = {
        "log": str(reader.path),
        "whole": damage is None,
        "damage": damage and damage.message,
        "version": reader.metadata["log_version"],
        "software": header.software,
        "wearer": header.wearer,
        "headset": header.headset.name if header.headset else None,
        "recovery": recovery and {"complete": recovery.complete, **asdict(recovery)},
        "recovered": recovered and str(recovered),
    }
    if found is not None:
        summary |= {
            "entries": found.entries,
            "seconds": found.seconds,
            "frames_hz": _number(found.frames_hz),
            "streams": [
                asdict(stream) | {"achieved_hz": _number(stream.achieved_hz)}
                for stream in found.streams
            ],
            "events": [_event(at_ns, event) for at_ns, event in found.events],
            "drift_ppm": found.drift_ppm,
        }
    return summary


def _event(at_ns: int, event: Event) -> dict[str, Any]:
    return asdict(event) | {"log_time_ns": at_ns, "kind": event.kind.name.lower()}


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _print(
    reader: LogReader, damage: LogError | None, recovery: Recovery | None, found: Checkup | None
) -> None:
    header, out = reader.header, console()
    rows = table("log", str(reader.path))
    rows.add_row("whole", "yes" if damage is None else "no")
    rows.add_row("version", f"{reader.metadata['log_version']}, written by {header.software}")
    rows.add_row("wearer", header.wearer)
    headset = header.headset
    rows.add_row("headset", f"{headset.name}, version {headset.version}" if headset else "none")
    out.print(rows)
    if recovery is not None:
        _print_recovery(recovery)
    if found is not None:
        _print_checkup(found)


def _print_recovery(recovery: Recovery) -> None:
    out, rows = console(), table("intact", "")
    rows.add_row("sensor frames", str(recovery.frames))
    rows.add_row("entries", f"{recovery.entries}, in {recovery.chunks} chunks")
    if recovery.left_out:
        rows.add_row("left out", f"{recovery.left_out} entries this version does not know")
    if recovery.out_of_place:
        rows.add_row("left out", f"{recovery.out_of_place} chunks: there twice, or of another log")
    rows.add_row("missing", f"{recovery.entries_lost} entries are known to be")
    rows.add_row("of no use", f"{recovery.bytes_lost} bytes")
    rows.add_row("ended", "by its writer" if recovery.finished else "too early")
    out.print(rows)
    for loss in recovery.losses[:_SHOWN]:
        until = "its end" if loss.end_ns is None else f"{loss.end_ns / 1e9:.3f} s"
        out.print(
            f"damaged at byte {loss.offset}: {loss.size} bytes, {loss.entries} entries, "
            f"from {loss.start_ns / 1e9:.3f} s to {until}"
        )
    _print_more(len(recovery.losses))


def _print_checkup(found: Checkup) -> None:
    from vrface.log.event import EventKind

    out, rows = console(), table("recorded", "")
    entries, drift = found.entries, found.drift_ppm
    rows.add_row("length", f"{found.seconds:.1f} s")
    rows.add_row("sensor frames", f"{entries['/sensors']}{_per_second(found.frames_hz)}")
    rows.add_row("faces (truth)", str(entries["/face"]))
    rows.add_row("expressions", str(entries["/expression"]))
    clock = "" if drift is None else f"; the clock drifts by {drift:.1f} in a million"
    rows.add_row("anchors", f"{entries['/clock']} to the time of day{clock}")
    for kind in EventKind:
        rows.add_row(f"{kind.name.lower().replace('_', '-')}s", str(len(found.of(kind))))
    out.print(rows)
    streams = table("stream", "samples", "a second", "promised")
    for stream in found.streams:
        achieved = "-" if math.isnan(stream.achieved_hz) else f"{stream.achieved_hz:.1f}"
        streams.add_row(stream.name, str(stream.samples), achieved, f"{stream.profile_hz:g}")
    if found.streams:
        out.print(streams)
    for kind in EventKind:
        events = found.of(kind)
        for at_ns, event in events[:_SHOWN]:
            out.print(f"{at_ns / 1e9:.3f} s: {event.text}")
        _print_more(len(events))


def _per_second(rate_hz: float) -> str:
    return "" if math.isnan(rate_hz) else f", {rate_hz:.1f} a second"


def _print_more(count: int) -> None:
    if count > _SHOWN:
        console().print(f"and {count - _SHOWN} more: see --json FILE", style="dim")
