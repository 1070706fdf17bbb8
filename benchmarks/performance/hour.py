"""Does a server's memory stay as it is, for an hour at 60 sessions?

```
python -m benchmarks.performance.hour [--minutes 60] [--sessions 60] [--rate 90] [--model NAME]
                                      [--json FILE]
```
Our server and the load of `make bench`: so many sessions at such a rate, each of which lives
through the whole time; no frame is sent twice. From two minutes on, its resident memory is read
every 10 s. The slope is Theil and Sen's, the median of those between any two readings: a few odd
ones do not move it. **Flat** is a slope of at most 1 MiB an hour. A run of less than half an hour
cannot tell, nor can one whose server left more than one frame in a hundred without a face: what
waits is in its memory too (a lower rate asks less of a small machine). A stop at the keyboard ends
the load, and what was found until then is told.

Needs g++ and gRPC for C++ (`scripts/system-packages cpp`), Linux, and a GiB of memory beside the
server's. Exit codes: 0; 1 if memory grew, or a server broke off; 2 bad use; 130 stopped.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from benchmarks.performance import messages
from benchmarks.performance.load import Load, Told
from benchmarks.performance.servers import TRACK, Server, vrface_server
from vrface.cli.output import prepare, progress
from vrface.errors import BadUse, ServerError

SETTLE_S = 120.0
"""Pools fill for so long, and the samples that are kept of each wearer; nothing is read yet."""

EVERY_S = 10.0

MOST_KIB = 1024.0
"""An hour: up to so much is flat."""

TELLING_S = 1800.0
"""A shorter time tells of no hour."""

ENDS_S = 600.0
"""What is compared at both ends: ten minutes, or half of a shorter run."""


@dataclass(frozen=True)
class Found:
    """What a run found.

    Attributes:
        time_s: When the memory was read, since all sessions were open.
        resident_kib: What was read.
        told: What the load tells.
        stopped: Whether it was ended early.
    """

    time_s: list[float]
    resident_kib: list[int]
    told: Told
    stopped: bool

    @property
    def seconds(self) -> float:
        """From the first reading to the last."""
        return self.time_s[-1] - self.time_s[0] if self.time_s else 0.0

    @property
    def slope_kib(self) -> float | None:
        """KiB an hour; None of less than two readings."""
        return slope(self.time_s, self.resident_kib, 3600.0)

    @property
    def ends_kib(self) -> tuple[float, float] | None:
        """Medians of the first ten minutes and of the last."""
        if not self.time_s:
            return None
        time_s, kib = np.array(self.time_s), np.array(self.resident_kib)
        length_s = min(ENDS_S, self.seconds / 2.0)
        first, last = time_s <= time_s[0] + length_s, time_s >= time_s[-1] - length_s
        return float(np.median(kib[first])), float(np.median(kib[last]))

    @property
    def kept_up(self) -> bool:
        """Whether the server answered all but one frame in a hundred."""
        return self.told.answered >= 0.99 * self.told.sent

    @property
    def flat(self) -> bool | None:
        """Whether the memory is; None where the run was too short to tell, or the load too much."""
        found = self.slope_kib
        if found is None or self.seconds < TELLING_S or not self.kept_up:
            return None
        return found <= MOST_KIB


def slope(at: list[float], values: list[int], per: float) -> float | None:
    """The median of the slopes between any two values (Theil 1950, Sen 1968).

    Args:
        at: Increasing.
        values: As many.
        per: For how much of `at` it is told.
    """
    if len(at) < 2:
        return None
    one, other = np.triu_indices(len(at), 1)
    x, y = np.array(at), np.array(values, np.float64)
    return float(np.median((y[other] - y[one]) / (x[other] - x[one])) * per)


def watch(
    server: Server, process: subprocess.Popen[str], tell: Callable[[float, int], None]
) -> Found:
    """Read a server's memory until a load is over, or somebody stops it.

    Args:
        server: Under load.
        process: The load, all of whose sessions are open.
        tell: Told of each reading: when, and KiB.

    Raises:
        ServerError: if the load broke off.
    """
    began_s, before_s = time.perf_counter(), server.cpu_s()
    time_s: list[float] = []
    resident_kib: list[int] = []
    stopped, due_s = False, 0.0
    try:
        while process.poll() is None:
            now_s = time.perf_counter() - began_s
            if now_s >= due_s:
                kib, due_s = server.resident_kib(), due_s + EVERY_S
                tell(now_s, kib)
                if now_s >= SETTLE_S:
                    time_s.append(now_s)
                    resident_kib.append(kib)
            time.sleep(0.2)
    except KeyboardInterrupt:
        stopped = True
        process.send_signal(signal.SIGINT)
    line, _ = process.communicate()
    if process.returncode:
        raise ServerError("the load broke off.")
    return Found(time_s, resident_kib, Told.parse(line, server.cpu_s() - before_s), stopped)


def words(found: Found, sessions: int, rate_hz: float) -> str:
    """What was found, for people."""
    told, ends, kib = found.told, found.ends_kib, found.slope_kib
    lines = [
        f"{sessions} sessions at {rate_hz:g} Hz: {told.answered:,} frames answered,"
        f" {told.on_time:.1%} on time, {told.server_cpu_us:.0f} us of a core each"
    ]
    if ends is not None and kib is not None:
        length = min(ENDS_S, found.seconds / 2.0) / 60.0
        lines.append(
            f"memory over {found.seconds / 60.0:.1f} min: {ends[0] / 1024:.1f} MiB in the first "
            f"{length:.3g}, {ends[1] / 1024:.1f} in the last; {kib:+.0f} KiB an hour"
        )
    return "\n".join([*lines, _verdict(found)])


def _verdict(found: Found) -> str:
    if found.flat is not None:
        words = "flat: at most" if found.flat else "not flat: more than"
        return f"{words} {MOST_KIB:.0f} KiB an hour"
    if found.seconds < TELLING_S:
        return f"too short to tell: that takes {TELLING_S / 60:.0f} min"
    return "too much for this machine to tell: not every frame got a face; try a lower --rate"


def run(asked: argparse.Namespace) -> Found:
    """Start server and load, and watch."""
    frames = round(asked.minutes * 60.0 * asked.rate)
    with ExitStack() as opened:
        folder = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="vrface-hour-")))
        bars = opened.enter_context(progress())
        bar = bars.add_task("making messages", total=round(asked.minutes * 60.0))
        path = messages.written(folder / "track", messages.track(0, frames, asked.rate))
        bars.update(bar, description="compiling the load")
        load = Load(folder)
        bars.update(bar, description="starting the server")
        server = opened.enter_context(vrface_server(asked.model, asked.sessions))

        def tell(now_s: float, kib: int) -> None:
            bars.update(bar, completed=round(now_s), description=f"{kib / 1024:.1f} MiB, seconds")

        given = server, TRACK, path, "track", asked.sessions, asked.rate
        process = opened.enter_context(load.running(*given))
        return watch(server, process, tell)


def report(found: Found, asked: argparse.Namespace) -> dict[str, Any]:
    """What was found, for JSON."""
    ends = found.ends_kib
    return {
        "host": measure.machine("jax", "grpcio", "protobuf", "numpy"),
        "model": asked.model,
        "headset": messages.HEADSET,
        "sessions": asked.sessions,
        "rate_hz": asked.rate,
        **asdict(found),
        "slope_kib_per_hour": found.slope_kib,
        "first_kib": None if ends is None else ends[0],
        "last_kib": None if ends is None else ends[1],
        "flat": found.flat,
    }


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, run, and say whether memory is flat."""
    parser = argparse.ArgumentParser(prog="hour", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--minutes", type=float, default=60.0, help="of load")
    parser.add_argument("--sessions", type=int, default=60, help="at a time")
    parser.add_argument(
        "--rate", type=float, default=messages.RATE_HZ, help="frames a second of each session"
    )
    parser.add_argument("--model", default="default", help="name or folder of a model")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    with measure.told("hour"):
        if not 0.1 <= asked.minutes < float("inf") or asked.sessions < 1:
            raise BadUse("give a tenth of a minute or more, and a session or more.")
        if not 1.0 <= asked.rate <= messages.RATE_HZ:
            raise BadUse(f"a rate is 1 to {messages.RATE_HZ:g} Hz, got {asked.rate:g}.")
        if not Path("/proc/self/stat").exists():
            raise BadUse("what a server holds is read from /proc.", "Run it on Linux.")
        if asked.json is not None:
            prepare(asked.json, "--json")
        found = run(asked)
        print(words(found, asked.sessions, asked.rate))
        measure.write(report(found, asked), asked.json)
        if found.stopped:
            raise KeyboardInterrupt
        if found.flat is False:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
