"""What each part of the network and of its training is worth: docs/ablations.md.

```
make ablate [ARGS="--data FOLDER -o docs"]
python -m benchmarks.ablate [--data FOLDER] [-o docs] [--json FILE]
```
Twelve trainings of the base with one thing changed, then every model on the same wearers. Real
faces come from the folder that `VRFACE_DATA` names (datasets/README.md); without it those cells say
`open`, and a later run with it does only what was left. What is done is kept in out/ablate. Exit
codes: 0; 1 failed; 2 bad use; 130 stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks import measure
from benchmarks.ablate import judging, runs, steps, table
from benchmarks.ablate.variants import VARIANTS, Settings
from benchmarks.report import Bars
from vrface.cli.output import prepare
from vrface.errors import BadUse, VrfaceError
from vrface.training import workers
from vrface.training.report.key import hashed, libraries, sources
from vrface.training.report.options import Options

KEPT = Path("out/ablate")
WORKERS = 2
_HERE = Path(__file__).resolve().parent
_APART = {"__init__.py", "__main__.py", "table.py", "plot.py"}
"""Sources of this folder that no figure passes through."""


def key(settings: Settings) -> str:
    """What the runs are kept under: another one wherever another figure could come out."""
    own = sorted(path for path in _HERE.glob("*.py") if path.name not in _APART)
    asked = {
        "settings": asdict(settings),
        "sources": hashed([*sources(), *own, _HERE.parent / "traces.py"]),
        "libraries": libraries(),
    }
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def measured(settings: Settings, takes: Sequence[Path], folder: Path) -> dict[str, Any]:
    """Train and judge what is not done yet.

    What real faces have a part in is kept in a folder of its own, named by what they are.

    Args:
        settings: Of all runs.
        takes: Recorded faces; none = those rows stay open.
        folder: Where results are kept.

    Returns:
        Result by name, all that there is.

    Raises:
        VrfaceError: if a job fails.
        KeyboardInterrupt: with words on what is kept.
    """
    found = _done(_runs(settings, (), folder, faces=False), folder)
    found |= _done(judging.tasks(settings, (), [folder], faces=False), folder)
    found |= _done({"steps": partial(steps.timed, settings, folder)}, folder)
    if takes:
        real = folder / hashed(takes)[:8]
        found |= _done(_runs(settings, takes, real, faces=True), real)
        found |= _done(judging.tasks(settings, takes, [folder, real], faces=True), real)
    return found


def _runs(
    settings: Settings, takes: Sequence[Path], folder: Path, faces: bool
) -> dict[str, workers.Task]:
    return {
        f"run-{name}": partial(runs.learn, name, settings, tuple(takes), folder)
        for name, variant in VARIANTS.items()
        if (variant.faces != "simulated") == faces
    }


def _done(tasks: Mapping[str, workers.Task], folder: Path) -> dict[str, Any]:
    """The results of jobs; those that are kept are not done again."""
    with Bars(list(tasks)) as bars:
        try:
            workers.run(tasks, folder, bars.show, WORKERS)
        except KeyboardInterrupt:
            left = f"{bars.done} of these {len(tasks)} parts are kept; the same command goes on"
            raise KeyboardInterrupt(left) from None
    texts = {name: workers.kept(folder, name).read_text(encoding="utf-8") for name in tasks}
    return {name: json.loads(text) for name, text in texts.items()}


def ablate(settings: Settings, takes: Sequence[Path], output: Path, json_path: Path | None) -> None:
    """Measure what is not measured yet, and write the page.

    Raises:
        VrfaceError: if a job fails, or the page cannot be written.
        KeyboardInterrupt: with words on what is kept.
    """
    began = time.monotonic()
    prepare(output / table.PAGE)
    if json_path is not None:
        prepare(json_path, "--json")
    results = measured(settings, takes, KEPT / key(settings))
    machine = measure.machine("jax")
    found = table.Found(
        settings=settings,
        runs={name: results[f"run-{name}"] for name in VARIANTS if f"run-{name}" in results},
        judged={
            name: one for name, one in results.items() if not name.startswith(("run-", "steps"))
        },
        steps=results["steps"],
        command=f"{'VRFACE_DATA=FOLDER ' if takes else ''}make ablate",
        machine="{processor}, {cores} cores, {system}; Python {python}, JAX {jax}".format(
            **machine
        ),
    )
    written = table.write(found, output)
    measure.write({"machine": machine, **results}, json_path)
    print(f"read {written} ({time.monotonic() - began:.0f} s)")


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, and ablate."""
    parser = argparse.ArgumentParser(prog="ablate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    data = os.environ.get("VRFACE_DATA")
    parser.add_argument("--data", type=Path, default=Path(data) if data else None)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"))
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    try:
        takes = Options(data=asked.data).takes
        if len({take.parent.name for take in takes}) == 1:
            raise BadUse("all recordings are of one person: nobody would be left to judge by.")
        ablate(Settings(), takes, asked.output, asked.json)
    except VrfaceError as error:
        print(f"ablate: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt as stopped:
        words = str(stopped) or "the same command goes on"
        print(f"ablate: stopped; {words}", file=sys.stderr)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
