"""What the OpenXR layer costs a game, and how old the faces are that it hands over.

```
python -m benchmarks.openxr_layer [--frames N] [--json FILE] [--seed N]
```
A live ``vrface serve --tracker synthetic --publish memory``; a program in C++, on one core, that is
loader, runtime and application at once reads its faces through the layer, built as it ships.

- *first*: the first call after a new face came, of each extension in turn; the way into the system
  and back is cold then, and the face is checked;
- *fb2, eyes, lips, android*: a further call, of the same face;
- *block*: a read of the frame block alone, by ``vrface_frame_block.h``, after them;
- *age*: from the newest sensor sample behind a face to the application that reads it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from vrface.client import FaceReader

ROOT = Path(__file__).resolve().parent.parent
LAYER = ROOT / "bindings/openxr_layer"
INCLUDES = (LAYER, ROOT / "bindings/c", ROOT / "tests/bindings/openxr_layer")
WAIT_S = 120
CALLS = ("first", "fb2", "eyes", "lips", "android", "block")


def built(folder: Path) -> tuple[Path, Path]:
    """The layer as it ships, and the program that calls it."""
    subprocess.run(["make", "-s", "-C", LAYER, f"OUT={folder}"], check=True)
    program = folder / "openxr_layer"
    includes = [f"-I{path}" for path in INCLUDES]
    source = Path(__file__).with_suffix(".cpp")
    subprocess.run(
        ["g++", "-std=c++17", "-O2", *includes, source, "-o", program, "-ldl"], check=True
    )
    return folder / "libvrface_openxr_layer.so", program


@contextmanager
def serving(run: Path, seed: int) -> Iterator[None]:
    """A server that publishes a synthetic wearer's faces under a folder, from the first one on."""
    command = ["serve", "--port", "0", "--tracker", "synthetic", "--publish", "memory"]
    with subprocess.Popen(
        [sys.executable, "-m", "vrface.cli.main", *command, "--seed", str(seed)],
        env=os.environ | {"XDG_RUNTIME_DIR": str(run)},
        stdout=subprocess.DEVNULL,
    ) as server:
        try:
            end = time.perf_counter() + WAIT_S
            with FaceReader(path=run / "vrface/faces") as reader:
                while not getattr(reader.latest(), "valid", False):
                    if server.poll() is not None or time.perf_counter() > end:
                        raise SystemExit("openxr_layer: the server shows no face.")
                    time.sleep(0.05)
            yield
        finally:
            server.terminate()


def figures(said: str) -> dict[str, NDArray[np.float64]]:
    """The program's lines: [count] microseconds of each kind."""
    found = defaultdict(list)
    for line in said.splitlines():
        kind, nanoseconds = line.split()
        found[kind].append(int(nanoseconds) / 1e3)
    return {kind: np.array(values) for kind, values in found.items()}


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.openxr_layer", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument(
        "--frames", type=int, default=2_700, help="of the application, as faces come"
    )
    parser.add_argument("--seed", type=int, default=0, help="of the wearer")
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="vrface-openxr-") as folder:
        library, program = built(Path(folder))
        run = Path(folder) / "run"
        run.mkdir()
        with serving(run, given.seed):
            core = measure.pin()  # the server keeps the others
            command = [str(program), str(library), str(given.frames)]
            environment = os.environ | {"XDG_RUNTIME_DIR": str(run)}
            done = subprocess.run(
                command, env=environment, stdout=subprocess.PIPE, text=True, check=True
            )
    found = figures(done.stdout)
    report: dict[str, Any] = {
        "machine": measure.machine("numpy"),
        "core": core,
        "frames": given.frames,
        "us": {kind: measure.quantiles(found[kind]) for kind in CALLS},
        "age_ms": measure.quantiles(found["age"] / 1e3),
        "faces": len(found["age"]) / given.frames,
    }
    print("| one call | us, p10 p50 p99 | beside the block alone |\n|---|---|---|")
    for kind in CALLS:
        shares = " ".join(f"{value:.1f}" for value in report["us"][kind].values())
        beside = report["us"][kind]["p50"] / report["us"]["block"]["p50"]
        print(f"| {kind} | {shares} | {beside:.2f} |")
    ages = " ".join(f"{value:.1f}" for value in report["age_ms"].values())
    print(f"\nage of a sample when the application reads it, ms, p10 p50 p99: {ages}")
    print(f"reads that found a face: {report['faces']:.1%}")
    measure.write(report, given.json)


if __name__ == "__main__":
    main()
