"""What serving costs, beside an empty grpcio server with messages of the same sizes.

```
make bench                                        vrface bench --json FILE
python -m benchmarks.performance [--model NAME] [--seconds N] [--quick] [--json FILE] [--page]
```
Both servers stay up through the run and take turns; a C++ program plays the clients and counts time
from the instant at which each message was meant to be sent. A row is marked *noisy host* where one
millisecond's nap in a hundred, just before or after it, was a millisecond late. The model step, the
frame block and the start are those of `benchmarks.step`, `frame_block` and `start`.

Needs g++ and gRPC for C++ (`scripts/system-packages cpp`), and Linux. Exit codes: 0; 2 if they are
missing; 1 if a server broke off.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from benchmarks import measure
from benchmarks.performance import page, rows
from benchmarks.performance.load import Load
from benchmarks.performance.messages import HEADSET, track
from benchmarks.performance.servers import TRACK, Server, echo_server, vrface_server
from vrface.errors import BadUse

SESSIONS = tuple(range(10, 101, 10))
WEARERS = (100, 200, 300, 400, 500, 600, 800)
MANY = 300
"""Wearers of the TrackMany whose cost is told."""

ROOM = 1024
"""Sessions that our server takes."""


def main(arguments: list[str] | None = None) -> None:
    """Measure, print a table, and write what is asked for."""
    given = _parser().parse_args(arguments)
    with measure.told("bench"):
        if not Path("/proc/self/stat").exists():
            raise BadUse("the bench reads what a server spends from /proc.", "Run it on Linux.")
        report = measured(given)
        print(page.table(report))
        measure.write(report, given.json)
        if given.page:
            page.write(report)


def measured(given: argparse.Namespace) -> dict[str, Any]:
    """The whole report."""
    say = Console(stderr=True).print
    quick = given.quick
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="vrface-bench-")))
        say("compiling the load")
        load = Load(folder)
        say("starting both servers")
        ours = opened.enter_context(vrface_server(given.model, ROOM))
        echo = opened.enter_context(echo_server(_a_face(ours)))
        bench = rows.Bench(load, folder, ours, echo, 1.0 if quick else given.seconds)
        parts: dict[str, Callable[[], Any]] = {
            "memory": lambda: rows.memory(bench, 60, 200 if quick else 10_000),
            "round_trip": lambda: rows.round_trip(bench, 3 if quick else 20, 100),
            "cpu_per_frame": lambda: rows.cpu_per_frame(bench, MANY),
            "on_time": lambda: rows.on_time(bench, (10, 40) if quick else SESSIONS),
            "track_many": lambda: rows.track_many(bench, (100,) if quick else WEARERS),
        }
        report: dict[str, Any] = {
            "host": measure.machine("jax", "grpcio", "protobuf", "numpy", "onnxruntime"),
            "model": given.model,
            "headset": HEADSET,
            "seconds": bench.seconds,
        }
        for name, part in parts.items():
            say(f"measuring {name.replace('_', ' ')}")
            report[name] = part()
    for name, module, words in (
        ("step", "step", ["--model", given.model, *(["--calls", "200"] if quick else [])]),
        ("frame_block", "frame_block", ["--rounds", "5"] if quick else []),
        ("start", "start", ["--model", given.model, "--rounds", "1" if quick else "5"]),
    ):
        say(f"measuring {name.replace('_', ' ')}")
        report |= page.of_module(name, _run(module, words))
    return report


def _a_face(server: Server) -> bytes:
    """A face as our server sends it."""
    import grpc

    from vrface.wire.messages import session_pb2

    with grpc.insecure_channel(server.address, options=[("grpc.enable_http_proxy", 0)]) as channel:
        call = channel.stream_stream(TRACK, None, None)
        for answer in call(iter(list(track(0, 1)))):
            if session_pb2.TrackResponse.FromString(answer).HasField("expression"):
                face: bytes = answer
    return face


def _run(module: str, words: list[str]) -> dict[str, Any]:
    """What another benchmark writes: it pins its process, so it has one of its own."""
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        command = [sys.executable, "-m", f"benchmarks.{module}", "--json", file.name, *words]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        found: dict[str, Any] = json.loads(Path(file.name).read_text(encoding="utf-8"))
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="vrface bench", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default="default", help="name or folder of a model")
    parser.add_argument("--seconds", type=float, default=4.0, help="of load, in each run")
    parser.add_argument("--quick", action="store_true", help="look whether it runs; no figures")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--page", action="store_true", help="write docs/performance.md")
    return parser


if __name__ == "__main__":
    main()
