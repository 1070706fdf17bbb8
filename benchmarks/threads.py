"""The frame step in one thread and in as many as XLA takes by itself, interleaved.

```
python -m benchmarks.threads [--model NAME] [--batches 1 8 32 64] [--rounds N] [--json FILE]
```
Each round starts a process of either kind, and each steps every batch some hundred times with what
sensors of `openness_gaze_mouth` might say, drawn. Told are the microseconds of a step by the clock,
and those of all cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import measure
from vrface.cli.threads import NAMES

HEADSET = "openness_gaze_mouth"
WARM_UP, STEPS = 30, 300
KINDS = ("one thread", "XLA's own")


def stepped(model: str, batch: int) -> tuple[float, float]:
    """Microseconds of a step in this process: median by the clock, mean of all cores."""
    from vrface.model import pretrained
    from vrface.model.calibration import Calibration
    from vrface.model.features import NAMED, Features
    from vrface.outputs.measured import Measured
    from vrface.sensors.headset import headset
    from vrface.session.frame_step import WEIGHTS
    from vrface.session.stepper import Stepper

    worn, rng = headset(HEADSET), np.random.default_rng(batch)
    measured, positions = Measured(worn, WEIGHTS), Features(worn).positions
    calibrations = [Calibration.none()] * batch
    stepper = Stepper(pretrained.load(model), measured, positions, calibrations)
    rows = np.arange(batch)
    told = [n for n, (stream, _) in enumerate(NAMED) if stream in ("mouth_tracker", "lids", "gaze")]
    took = np.zeros(WARM_UP + STEPS)
    for number in range(WARM_UP + STEPS):
        frame, views = stepper.inputs(rows)
        views.features[..., told] = rng.random((batch, 4, len(told)), np.float32)
        views.features[:, 2, told], views.heard[:], views.dt[:] = 1.0, 1.0, 1.0 / 90.0
        if number == WARM_UP:
            began_cpu_s = time.process_time()
        began_s = time.perf_counter()
        stepper(rows, frame)
        took[number] = time.perf_counter() - began_s
    cpu_s = time.process_time() - began_cpu_s
    return 1e6 * float(np.median(took[WARM_UP:])), 1e6 * cpu_s / STEPS


def one_round(model: str, batches: list[int]) -> list[list[tuple[float, float]]]:
    """What a process of each of `KINDS` tells of each batch."""
    told = []
    for threads in ({NAMES[0]: "1"}, {}):
        others = {name: value for name, value in os.environ.items() if name not in NAMES}
        command = [sys.executable, "-m", "benchmarks.threads", "--model", model, "--here"]
        done = subprocess.run(
            [*command, "--batches", *map(str, batches)],
            stdout=subprocess.PIPE,
            env=others | threads,
            check=True,
        )
        told.append(json.loads(done.stdout))
    return told


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.threads", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default="default", help="name or folder of a model")
    parser.add_argument("--batches", type=int, nargs="+", default=[1, 8, 32, 64])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.here:
        print(json.dumps([stepped(given.model, batch) for batch in given.batches]))
        return
    rounds = [one_round(given.model, given.batches) for _ in range(given.rounds)]
    found = np.median(np.array(rounds), axis=0)  # [kinds, batches, 2]
    print("| wearers | " + " | ".join(f"{kind}: us, us of all cores" for kind in KINDS) + " |")
    print("|---|" + "---|" * len(KINDS))
    for place, batch in enumerate(given.batches):
        cells = [f"{clock:.0f}, {cores:.0f}" for clock, cores in found[:, place]]
        print(f"| {batch} | " + " | ".join(cells) + " |")
    report: dict[str, Any] = {
        "machine": measure.machine("jax"),
        "model": given.model,
        "rounds": given.rounds,
        "step_us": {
            kind: {
                str(batch): {"clock": clock, "cores": cores}
                for batch, (clock, cores) in zip(given.batches, own.tolist(), strict=True)
            }
            for kind, own in zip(KINDS, found, strict=True)
        },
    }
    measure.write(report, given.json)


if __name__ == "__main__":
    main()
