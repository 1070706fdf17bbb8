"""From the start of a process to its first face: without a compile cache, with one, and JAX alone.

```
python -m benchmarks.start [--model NAME] [--rounds N] [--json FILE]
```
Each round starts four processes, one after the other: one that only imports JAX, one with the
compile cache off, one with an empty cache (it fills it), one with the cache that the one before
left. A face needs a frame of the tracker, so its rate (90 Hz) is in every figure but JAX's.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure

SESSION = """
import sys, vrface
with vrface.Session(tracker="synthetic", headset="vive_pro_eye_lip", model=sys.argv[1]) as session:
    for expression in session.take(1):
        print(expression, flush=True)
"""
JAX = "import jax; print(jax.__version__, flush=True)"
KINDS = ("import jax alone", "cache off", "cache empty", "cache filled")


def seconds(program: str, model: str, cache: str) -> float:
    """From the start of a process to the first line it prints."""
    began = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", program, model],
        stdout=subprocess.PIPE,
        env=os.environ | {"VRFACE_CACHE": cache},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - began
        process.stdout.read()
    if process.returncode or not line:
        raise SystemExit(f"start: a process ended with code {process.returncode}.")
    return took


def one_round(model: str) -> list[float]:
    """Seconds of each of `KINDS`."""
    with tempfile.TemporaryDirectory(prefix="vrface-start-") as folder:
        return [
            seconds(JAX, model, "off"),
            seconds(SESSION, model, "off"),
            seconds(SESSION, model, folder),
            seconds(SESSION, model, folder),
        ]


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.start", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default="default", help="name or folder of a model")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    one_round(given.model)  # so that the files are in memory
    times = np.array([one_round(given.model) for _ in range(given.rounds)])
    report: dict[str, Any] = {
        "machine": measure.machine("jax"),
        "model": given.model,
        "rounds": given.rounds,
        "seconds": {
            kind: measure.quantiles(column) for kind, column in zip(KINDS, times.T, strict=True)
        },
    }
    print("| seconds | p10 | p50 |\n|---|---|---|")
    for kind, found in report["seconds"].items():
        print(f"| {kind} | {found['p10']:.2f} | {found['p50']:.2f} |")
    measure.write(report, given.json)


if __name__ == "__main__":
    main()
