"""`vrface doctor`: is a log whole, how well did its recording go, and what of it can be saved.

Of a server it says what its own figures tell: `vrface.cli.doctor_server`.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrface.cli.doctor_server import is_server, look_over
from vrface.cli.log_sheet import SHOWN, print_checkup, print_header, print_more, told
from vrface.cli.options import ClearText, OwnCertificate, OwnKey, TrustedAuthority, tls_of
from vrface.cli.output import console, prepare, prepare_log, table, write_json
from vrface.errors import LogError

if TYPE_CHECKING:
    from vrface.log.checkup import Checkup
    from vrface.log.reader import LogReader
    from vrface.log.recover import Recovery


def doctor(
    patient: Annotated[
        str, typer.Argument(metavar="LOG.mcap|HOST:PORT", help="A log, or a server that runs.")
    ],
    recover: Annotated[
        Path | None,
        typer.Option("--recover", metavar="OUT.mcap", help="Write what is intact of it here."),
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Write the findings here.")] = None,
    tls_ca: TrustedAuthority = None,
    tls_cert: OwnCertificate = None,
    tls_key: OwnKey = None,
    insecure_lan: ClearText = False,
) -> None:
    """Look a log or a server over; save what is intact of a log.

    Says how many frames and samples came beside what the headset promises, and which are missing.
    A damaged log is an error (exit code 1) unless --recover saves its intact part: into a new log,
    where events tell what is missing. The log itself is never changed.

    Of a server it says in sentences what is wrong with it, by its own figures, and what to do; that
    anything is wrong is exit code 1.
    """
    if is_server(patient):
        look_over(patient, tls_of(tls_ca, tls_cert, tls_key), insecure_lan, json)
    else:
        _look_over_log(Path(patient), recover, json)


def _look_over_log(log: Path, recover: Path | None, json: Path | None) -> None:
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
    print_header(reader, whole=damage is None)
    if recovery is not None:
        _print_recovery(recovery)
    if found is not None:
        print_checkup(found)
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
            "drift_ppm": found.drift_ppm,
            **told(found.events),
        }
    return summary


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


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
    for loss in recovery.losses[:SHOWN]:
        until = "its end" if loss.end_ns is None else f"{loss.end_ns / 1e9:.3f} s"
        out.print(
            f"damaged at byte {loss.offset}: {loss.size} bytes, {loss.entries} entries, "
            f"from {loss.start_ns / 1e9:.3f} s to {until}"
        )
    print_more(len(recovery.losses))
