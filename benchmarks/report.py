"""How good the model is and how true the simulated wearer: docs/report.md, docs/simulators.md.

```
make report [ARGS="--model FOLDER --wearers 6"]
python -m benchmarks.report [--model NAME] [--data FOLDER] [--wearers 40] [--seconds 30] [--seed 0]
                            [-o docs] [--json FILE]
```
Real faces come from the folder that `VRFACE_DATA` names (datasets/README.md); without it those rows
are said to be missing. A quarter of an hour on two fast cores, an hour on slow ones. What was
measured is kept in out/report, so that a report which was stopped goes on where it was. Exit codes:
0; 1 failed; 2 bad use; 130 stopped.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks import measure
from vrface.cli.output import prepare, progress
from vrface.model import pretrained
from vrface.simulation.occlusion.wear import SENSORS_VERSION
from vrface.simulation.simulate import SIMULATION_VERSION
from vrface.training import workers
from vrface.training.evaluate import PROTOCOL
from vrface.training.realism.simulators import write_simulators
from vrface.training.report import aims, findings, jobs, page, verdict
from vrface.training.report.jobs import KINDS
from vrface.training.report.key import key
from vrface.training.report.options import Options

KEPT = Path("out/report")
WORKERS = 2
"""On two cores; importing `vrface.cli` has told the libraries of each to start no threads."""

DEFAULTS = Options()


class Bars:
    """A bar for the whole; where there is no terminal, a line for each job that is done.

    Args:
        names: Of the jobs, as far as they are known.
    """

    def __init__(self, names: list[str]) -> None:
        self._shares = dict.fromkeys(names, 0.0)
        self._bars = progress()
        self._whole = self._bars.add_task("measuring", total=None)

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
            self._whole,
            completed=100 * sum(self._shares.values()),
            total=100 * len(self._shares),
            description=f"measuring {name}",
        )
        if self._bars.disable and share == 1.0:
            print(f"{self.done} of {len(self._shares)}: {name}", file=sys.stderr)


def command(options: Options) -> str:
    """What makes the same report again, on any machine."""
    words = []
    for name in ("wearers", "seconds", "seed"):
        if (value := getattr(options, name)) != getattr(DEFAULTS, name):
            words += [f"--{name}", f"{value:g}"]
    if options.model != DEFAULTS.model:
        words = ["--model", Path(options.model).name, *words]
    given = "VRFACE_DATA=FOLDER " if options.data is not None else ""
    return f'{given}make report ARGS="{shlex.join(words)}"' if words else f"{given}make report"


def measured(options: Options, folder: Path) -> None:
    """Measure what is not measured yet.

    Args:
        options: What is asked for.
        folder: Where results are kept.

    Raises:
        VrfaceError: if a job fails.
        KeyboardInterrupt: with words on what is kept.
    """
    tasks = jobs.tasks(options)
    with Bars(list(tasks)) as bars:
        try:
            workers.run(tasks, folder, bars.show, WORKERS)
        except KeyboardInterrupt:
            left = f"{bars.done} of {len(tasks)} parts are kept; the same command goes on"
            raise KeyboardInterrupt(left) from None


def about(options: Options, digest: bytes) -> dict[str, str]:
    """What every page says of itself."""
    machine = measure.machine("jax")
    return {
        "model": Path(options.model).name,
        "digest": digest.hex(),
        "protocol": PROTOCOL,
        "sensors": str(SENSORS_VERSION),
        "simulation": str(SIMULATION_VERSION),
        "machine": "{processor}, {cores} cores, {system}; Python {python}, JAX {jax}".format(
            **machine
        ),
        "command": command(options),
    }


def figures(found: findings.Findings) -> dict[str, Any]:
    """What the page was made from, as JSON: aims, and the summary of everything."""
    return {
        "about": dict(found.about),
        "machine": measure.machine("jax", "jaxlib", "numpy"),
        "verdict": verdict.summary_line(found),
        "aims": {kind: [one._asdict() for one in aims.aims(found, kind)] for kind in KINDS},
        "summaries": {
            kind: {
                headset: {mode: {"best": one.best, **one.summary} for mode, one in modes.items()}
                for headset, modes in found.of(kind).items()
            }
            for kind in KINDS
        },
    }


def report(options: Options, output: Path, json: Path | None) -> None:
    """Measure what is not measured yet, and write.

    Raises:
        VrfaceError: if a job fails, or something asked for is not there.
        KeyboardInterrupt: with words on what is kept.
    """
    began = time.monotonic()
    prepare(output / page.PAGE)
    if json is not None:
        prepare(json, "--json")
    model = pretrained.load(options.model)
    folder = KEPT / key(options, model.digest)
    measured(options, folder)
    try:
        found = findings.read(folder, options, about(options, model.digest))
        written = page.write(found, output)
        measure.write(figures(found), json)
    except KeyboardInterrupt:
        raise KeyboardInterrupt("all is measured; the same command writes the page") from None
    print(f"read {written}: {verdict.summary_line(found)} ({time.monotonic() - began:.0f} s)")
    print(f"read {simulators(found, output, folder)} ({time.monotonic() - began:.0f} s)")


def simulators(found: findings.Findings, output: Path, folder: Path) -> Path:
    """Measure the simulated wearers and sensors, and write their page.

    Args:
        found: What was measured of the model.
        output: Where the page goes.
        folder: Where results are kept.

    Returns:
        The page.
    """
    options, about = found.options, found.about
    with Bars([]) as bars:
        return write_simulators(
            output,
            folder,
            options.takes,
            options.data,
            command=about["command"],
            machine=about["machine"],
            watch=bars.show,
            workers=WORKERS,
        )


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, and report."""
    parser = argparse.ArgumentParser(description="The model beside its rivals, as a page.")
    data = os.environ.get("VRFACE_DATA")
    parser.add_argument("--model", default=DEFAULTS.model, help="a name or a folder")
    parser.add_argument("--data", type=Path, default=Path(data) if data else DEFAULTS.data)
    parser.add_argument("--wearers", type=int, default=DEFAULTS.wearers, help="simulated ones")
    parser.add_argument("--seconds", type=float, default=DEFAULTS.seconds, help="what calibrates")
    parser.add_argument("--seed", type=int, default=DEFAULTS.seed, help="first of the sensors'")
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"))
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = vars(parser.parse_args(arguments))
    output, json = asked.pop("output"), asked.pop("json")
    with measure.told("report", "the same command goes on"):
        report(Options(**asked), output, json)


if __name__ == "__main__":
    main()
