"""What each part of the network and of its training is worth: docs/ablations.md.

```
make ablate [ARGS="--data FOLDER -o docs"]
python -m benchmarks.ablate [--data FOLDER] [-o docs] [--json FILE] [--kept]
```
Twelve runs of the base with one thing changed, then every model on the same wearers. Real faces
come from the folder that `VRFACE_DATA` names (datasets/README.md); without it those cells say
`open`, and a later run with it does only what was left. Two of the runs learn from real faces, and
are left out where all of these may be of one person. What is done is kept in out/ablate: a run that
was stopped goes on, and `--kept` writes the page of what there is. Exit codes: 0; 1 failed; 2 bad
use; 130 stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from benchmarks import measure
from benchmarks.ablate import judging, runs, steps, table
from benchmarks.ablate.rows import Found
from benchmarks.ablate.variants import VARIANTS, Settings
from benchmarks.report import Bars
from vrface.cli.output import prepare
from vrface.training import workers
from vrface.training.report.key import hashed, libraries, sources
from vrface.training.report.options import Options
from vrface.training.words import listed

KEPT = Path("out/ablate")
WORKERS = 2
_HERE = Path(__file__).resolve().parent
_APART = ("__init__.py", "__main__.py", "plot.py", "rows.py", "table.py")
"""Sources of this folder that no figure passes through: the page is written anew each time."""

_SHARED = ("measure.py", "shapes.py", "step.py", "traces.py")
"""Sources beside this folder that figures do pass through."""

Stage: TypeAlias = tuple[Mapping[str, workers.Task], Path]
"""Jobs that can be done side by side, and where their results are kept."""


def measuring() -> list[Path]:
    """The sources of the benchmarks that figures pass through."""
    own = (path for path in _HERE.glob("*.py") if path.name not in _APART)
    return sorted([*own, *(_HERE.parent / name for name in _SHARED)])


def key(settings: Settings) -> str:
    """What the runs are kept under: another one wherever another figure could come out."""
    asked = {
        "settings": asdict(settings),
        "sources": hashed([*sources(), *measuring()]),
        "libraries": libraries(),
    }
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def stages(settings: Settings, takes: Sequence[Path], folder: Path) -> Iterator[Stage]:
    """All that is to be done, in order: a stage may need what those before it left.

    What real faces have a part in is kept in a folder of its own, named by what they are.

    Args:
        settings: Of all runs.
        takes: Recorded faces; none = what needs them stays open.
        folder: Where results are kept.
    """
    yield _runs(settings, (), folder, faces=False), folder
    yield judging.tasks(settings, (), [folder], faces=False), folder
    yield {"steps": partial(steps.timed, settings, folder)}, folder
    if takes:
        real = folder / _named(takes)
        if runs.can_teach(takes):
            yield _runs(settings, takes, real, faces=True), real
        yield judging.tasks(settings, takes, [folder, real], faces=True), real


def _named(takes: Sequence[Path]) -> str:
    """What recordings are known by: their contents, and whose they are."""
    whose = [(take.parent.name, take.name, hashed([take])) for take in takes]
    return hashlib.sha256(json.dumps(whose).encode()).hexdigest()[:8]


def _runs(
    settings: Settings, takes: Sequence[Path], folder: Path, faces: bool
) -> dict[str, workers.Task]:
    return {
        f"run-{name}": partial(runs.learn, name, settings, tuple(takes), folder)
        for name, variant in VARIANTS.items()
        if (variant.faces != "simulated") == faces
    }


def measure_all(settings: Settings, takes: Sequence[Path], folder: Path) -> None:
    """Train and judge what is not done yet; arguments as `stages` has them.

    Raises:
        VrfaceError: if a job fails.
        KeyboardInterrupt: with words on what is kept.
    """
    for tasks, where in stages(settings, takes, folder):
        with Bars(list(tasks)) as bars:
            try:
                workers.run(tasks, where, bars.show, WORKERS)
            except KeyboardInterrupt:
                left = f"{bars.done} of these {len(tasks)} parts are kept; the same command goes on"
                raise KeyboardInterrupt(left) from None


def kept(settings: Settings, takes: Sequence[Path], folder: Path) -> dict[str, Any]:
    """The results that there are, by name; arguments as `stages` has them."""
    paths = {
        name: workers.kept(where, name)
        for tasks, where in stages(settings, takes, folder)
        for name in tasks
    }
    return {
        name: json.loads(path.read_text(encoding="utf-8"))
        for name, path in paths.items()
        if path.exists()
    }


def found_of(settings: Settings, takes: Sequence[Path], results: Mapping[str, Any]) -> Found:
    """What the page is made from."""
    machine = "{processor}, {cores} cores, {system}; Python {python}, JAX {jax}"
    return Found(
        settings=settings,
        runs={name: results[f"run-{name}"] for name in VARIANTS if f"run-{name}" in results},
        judged={
            name: one for name, one in results.items() if not name.startswith(("run-", "steps"))
        },
        steps=results.get("steps", {}),
        persons=len(runs.distinct(take.parent.name for take in takes)),
        command=f"{'VRFACE_DATA=FOLDER ' if takes else ''}make ablate",
        machine=machine.format(**measure.machine("jax")),
    )


def ablate(
    settings: Settings,
    takes: Sequence[Path],
    output: Path,
    json_path: Path | None,
    only_kept: bool = False,
) -> None:
    """Measure what is not measured yet, and write the page.

    Args:
        settings: Of all runs.
        takes: Recorded faces.
        output: The folder of the page.
        json_path: Where all figures go.
        only_kept: Whether to measure nothing.

    Raises:
        VrfaceError: if a job fails, or the page cannot be written.
        KeyboardInterrupt: with words on what is kept.
    """
    began = time.monotonic()
    prepare(output / table.PAGE)
    prepare(output / table.PICTURE)
    if json_path is not None:
        prepare(json_path, "--json")
    folder = KEPT / key(settings)
    if not only_kept:
        measure_all(settings, takes, folder)
    results = kept(settings, takes, folder)
    written = table.write(found_of(settings, takes, results), output)
    measure.write({"machine": measure.machine("jax"), **results}, json_path)
    if takes and not runs.can_teach(takes):
        names = [name for name, variant in VARIANTS.items() if variant.faces != "simulated"]
        print(f"{listed(names)} {table.ONE_PERSON} (datasets/README.md)")
    print(f"read {written} ({time.monotonic() - began:.0f} s)")


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, and ablate."""
    parser = argparse.ArgumentParser(prog="ablate", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    data = os.environ.get("VRFACE_DATA")
    parser.add_argument("--data", type=Path, default=Path(data) if data else None)
    parser.add_argument("-o", "--output", type=Path, default=Path("docs"))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--kept", action="store_true", help="measure nothing more")
    asked = parser.parse_args(arguments)
    with measure.told("ablate", "the same command goes on"):
        takes = Options(data=asked.data).takes
        ablate(Settings(), takes, asked.output, asked.json, asked.kept)


if __name__ == "__main__":
    main()
