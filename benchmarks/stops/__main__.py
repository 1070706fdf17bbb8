"""What is shown while one sensor stops and the others run: a table, and a picture of each stream.

```
python -m benchmarks.stops [--headset everything] [--out out/stops] [--model NAME] [--seed N]
                           [--json FILE]
```
A synthetic wearer lives the same thirty seconds once undisturbed and once for each stream and each
of 50, 200 and 600 ms, in simulated time: nothing of that stream arrives for so long, every 2.87 s.
The wearer is calibrated by these seconds, as far as sensors tell. The table has the worst over all
stops, while the stream is away and once it is back; a picture has the stop that moves the face
most, beside the face without it. Exit codes: 0; 2 bad use; 130 stopped.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks import measure
from benchmarks.stops import figures, lanes, plot
from vrface.cli.output import prepare
from vrface.model import compile_cache, pretrained
from vrface.sensors.headset import headset
from vrface.training.config import FIRST_TEST_SEED


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, print the table, and draw."""
    asked = _parser().parse_args(arguments)
    with measure.told("stops"):
        if asked.json is not None:
            prepare(asked.json, "--json")
        profile = headset(asked.headset)
        folder = asked.out / profile.name
        prepare(folder / "a.png", "--out")
        compile_cache.enable()
        model = pretrained.load(asked.model)
        lived = lanes.lived(lanes.recorded(profile, asked.seed), model)
        rows = figures.figures(lived)
        print(figures.table(rows))
        for stream in lived.recording.headset.streams:
            plot.draw(lived, stream.name, folder / f"{stream.name}.png")
        print(f"Simulated face, simulated sensors; a picture of each stream is in {folder}.")
        report = {"model": model.digest.hex(), "headset": profile.name, "seed": asked.seed}
        measure.write(report | {"stops": figures.entries(rows)}, asked.json)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="stops", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--headset", default="everything", help="whose sensors stop")
    parser.add_argument("--out", type=Path, default=Path("out/stops"), metavar="FOLDER")
    parser.add_argument("--model", default=pretrained.DEFAULT, help="a name or a folder")
    parser.add_argument("--seed", type=int, default=FIRST_TEST_SEED + 7, help="of the wearer")
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser


if __name__ == "__main__":
    main()
