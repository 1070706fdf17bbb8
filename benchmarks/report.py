"""How the model stands against its rivals and ceilings: measures it, and writes docs/report.md.

```
make report [ARGS="--model FOLDER --wearers 6"]
python -m benchmarks.report [--model NAME] [--data FOLDER] [--wearers 40] [--seconds 30] [--seed 0]
                            [-o docs]
```
Real faces come from the folder that `VRFACE_DATA` names (datasets/README.md); without it those rows
are said to be missing. Ten minutes or so on two cores. What was measured is kept in out/report, so
that a report which was stopped goes on where it was. Exit codes: 0; 1 failed; 2 bad use; 130
stopped.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from pathlib import Path

from benchmarks import measure
from vrface.cli.output import prepare, progress
from vrface.errors import VrfaceError
from vrface.model import pretrained
from vrface.simulation.occlusion import SENSORS_VERSION
from vrface.training.evaluate import PROTOCOL
from vrface.training.report import findings, jobs, page, verdict, workers

KEPT = Path("out/report")
WORKERS = 2

THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""Of each worker: two on two cores, whose libraries each start two threads, wait for each other and
take ten times as long."""


class Bars:
    """A bar for the whole; where there is no terminal, a line for each job that is done.

    Args:
        names: Of the jobs.
    """

    def __init__(self, names: list[str]) -> None:
        self._shares = dict.fromkeys(names, 0.0)
        self._bars = progress()
        self._whole = self._bars.add_task("measuring", total=100 * len(names))

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    @property
    def done(self) -> int:
        """How many jobs are done."""
        return sum(share == 1.0 for share in self._shares.values())

    def show(self, name: str, share: float) -> None:
        """Move on."""
        self._shares[name] = share
        self._bars.update(
            self._whole, completed=100 * sum(self._shares.values()), description=f"measuring {name}"
        )
        if self._bars.disable and share == 1.0:
            print(f"{self.done} of {len(self._shares)}: {name}", file=sys.stderr)


def command(asked: argparse.Namespace) -> str:
    """What makes the same report again, on any machine."""
    words = []
    for name, default in (("wearers", 40), ("seconds", 30.0), ("seed", 0)):
        if (value := getattr(asked, name)) != default:
            words += [f"--{name}", f"{value:g}"]
    if asked.model != pretrained.DEFAULT:
        words = ["--model", Path(asked.model).name, *words]
    given = "VRFACE_DATA=FOLDER " if asked.data is not None else ""
    return f'{given}make report ARGS="{shlex.join(words)}"' if words else f"{given}make report"


def report(asked: argparse.Namespace) -> None:
    """Measure what is not measured yet, and write.

    Raises:
        VrfaceError: if a job fails, or something asked for is not there.
    """
    began = time.monotonic()
    options = jobs.Options(asked.model, asked.data, asked.wearers, asked.seconds, asked.seed)
    prepare(asked.output / page.PAGE)
    model = pretrained.load(options.model)
    folder = KEPT / jobs.key(options, model.digest)
    tasks = jobs.tasks(options)
    with Bars(list(tasks)) as bars:
        try:
            workers.run(tasks, folder, bars.show, WORKERS)
        except KeyboardInterrupt:
            left = f"{bars.done} of {len(tasks)} parts are kept; the same command goes on"
            raise KeyboardInterrupt(left) from None
    machine = measure.machine("jax")
    about = {
        "model": Path(model.name).name,
        "digest": model.digest.hex(),
        "protocol": PROTOCOL,
        "sensors": str(SENSORS_VERSION),
        "machine": "{processor}, {cores} cores, {system}; Python {python}, JAX {jax}".format(
            **machine
        ),
        "command": command(asked),
    }
    found = findings.read(folder, options, about)
    written = page.write(found, asked.output)
    print(f"read {written}: {verdict.summary_line(found)} ({time.monotonic() - began:.0f} s)")


def main() -> None:
    """Read what is asked for, and report."""
    parser = argparse.ArgumentParser(description="The model beside its rivals, as a page.")
    data = os.environ.get("VRFACE_DATA")
    parser.add_argument("--model", default=pretrained.DEFAULT, help="a name or a folder")
    parser.add_argument("--data", type=Path, default=Path(data) if data else None)
    parser.add_argument("--wearers", type=int, default=40, help="simulated ones")
    parser.add_argument("--seconds", type=float, default=30.0, help="what calibrates")
    parser.add_argument("--seed", type=int, default=0, help="the first of the sensor seeds")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"))
    for name, count in THREADS.items():
        os.environ.setdefault(name, count)
    try:
        report(parser.parse_args())
    except VrfaceError as error:
        print(f"report: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt as stopped:
        print(f"report: stopped; {stopped}", file=sys.stderr)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
