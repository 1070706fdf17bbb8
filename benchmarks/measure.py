"""What every benchmark needs: one core, quantiles, a ratio, the machine, words when it fails."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import VrfaceError

RESAMPLES = 1000


def pin() -> int | None:
    """Keep this process to one core, the last it may use; None where the system has no say."""
    if not hasattr(os, "sched_setaffinity"):
        return None
    core = max(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {core})
    return core


def quantiles(times: NDArray[np.float64]) -> dict[str, float]:
    """10th, 50th and 99th percentile."""
    return {f"p{share}": float(np.percentile(times, share)) for share in (10, 50, 99)}


def ratio(
    ours: NDArray[np.float64], theirs: NDArray[np.float64], seed: int
) -> tuple[float, float, float]:
    """Ratio of the medians, and its 95 % bootstrap interval over rounds.

    Args:
        ours: [rounds, calls] times.
        theirs: [rounds, calls] times of the same rounds: what disturbs a round disturbs both.
        seed: Of the resampling.

    Returns:
        The ratio, its lower and its upper end.
    """
    rng = np.random.default_rng(seed)
    drawn = np.empty(RESAMPLES)
    for number in range(RESAMPLES):
        rounds = rng.integers(len(ours), size=len(ours))
        drawn[number] = np.median(ours[rounds]) / np.median(theirs[rounds])
    low, high = np.percentile(drawn, (2.5, 97.5))
    return float(np.median(ours) / np.median(theirs)), float(low), float(high)


def machine(*packages: str) -> dict[str, Any]:
    """What the figures were taken on: they mean nothing on another kind of machine."""
    processor = platform.processor() or platform.machine()
    told = Path("/proc/cpuinfo")
    if told.exists():
        lines = told.read_text(encoding="utf-8").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
        processor = names[0] if names else processor
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{package: metadata.version(package) for package in packages},
    }


def write(report: dict[str, Any], path: Path | None) -> None:
    """Write a report as JSON, where it is asked for."""
    if path is not None:
        path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


@contextmanager
def told(name: str, stopped: str = "") -> Iterator[None]:
    """What goes wrong within is one line on standard error, and an exit code; so is a stop.

    Args:
        name: Of the benchmark.
        stopped: What to say of a stop that brings no words of its own.
    """
    try:
        yield
    except VrfaceError as error:
        print(f"{name}: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt as stop:
        words = str(stop) or stopped
        print("; ".join(filter(None, (f"{name}: stopped", words))), file=sys.stderr)
        raise SystemExit(130) from None
