"""What is each sensor worth, and does one do harm? Simulated wearers, one sensor taken away.

```
python -m benchmarks.sensors [--model NAME] [--headset everything] [--wearers 40] [--seconds 30]
                             [--json FILE]
```
Simulated wearers that no model learned from, behind sensors of the families that nothing is trained
on, calibrated unpaired from their first seconds. One model, the same frames: with every sensor,
without one, with one alone; a sensor that is away is silent while it calibrates too. Errors are
CRPS of the hidden shapes that move (SD .05 and more), their ratios geometric means over shapes and
wearers, intervals over wearers. A sensor does harm where a shape's error with it is more than 2 %
above that without it. What a model that never heard the sensor would make of the rest is another
question: `make ablate` asks it of gaze. Exit codes: 0; 1 failed; 2 bad use; 130 stopped.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from benchmarks import measure, traces
from benchmarks.shapes import Ratio, errors, ratios
from benchmarks.traces import Case
from vrface.cli.output import prepare, progress
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT
from vrface.model import compile_cache, pretrained
from vrface.model.model import Model
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.training.calibrate import MIN_CALIBRATION_S
from vrface.training.config import FIRST_TEST_SEED
from vrface.training.rivals.constants import DRAFT_SCALE
from vrface.training.rivals.law import Law
from vrface.training.score import Scorer
from vrface.training.words import markdown_table
from vrface.trust.permission import Permission

HARM = 1.02
"""A shape's error with a sensor, beside that without it: above this the sensor does harm."""

SCORED_S = 50.0
ALL = "all"

Errors: TypeAlias = Mapping[str, Mapping[str, float]]
"""Of one wearer: what is heard -> error of each shape that moves."""


class Worth(NamedTuple):
    """What one sensor is worth.

    Attributes:
        stream: Which.
        without: Error without it, beside that with all.
        alone: Error with it alone, beside that with all.
        shapes: Error of each shape with all, beside that without it; the one it helps least first.
    """

    stream: str
    without: float
    alone: float
    shapes: Sequence[Ratio]

    @property
    def harms(self) -> list[str]:
        """The shapes that it makes worse by more than `HARM` allows."""
        return [one.shape for one in self.shapes if one.ratio > HARM]


def deafened(streams: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What is heard -> the streams that are away then."""
    found: dict[str, tuple[str, ...]] = {ALL: ()}
    found |= {f"without {stream}": (stream,) for stream in streams}
    return found | {
        f"{stream} alone": tuple(other for other in streams if other != stream)
        for stream in streams
    }


def errors_of(model: Model, case: Case, streams: Sequence[str], seconds: float) -> Errors:
    """The errors of one wearer under each choice of what is heard."""
    still = Law(np.zeros((1, 1, COUNT), np.float32), np.full((1, 1, COUNT), DRAFT_SCALE))
    scorer = Scorer(case.recording, case.rest, case.rest, case.from_frame, still, seed=0)
    (lesson,) = case.lessons
    found = {}
    for name, deaf in deafened(streams).items():
        heard = traces.without(lesson, deaf)
        known = traces.calibration(model, heard, "unpaired", seconds)
        found[name] = errors(scorer, scorer.score(traces.law(model, heard, known)))
    return found


def worths(found: Sequence[Errors], streams: Sequence[str]) -> list[Worth]:
    """What each sensor is worth, from the errors of all wearers."""
    every = [one[ALL] for one in found]
    return [
        Worth(
            stream,
            _together(ratios([one[f"without {stream}"] for one in found], every)),
            _together(ratios([one[f"{stream} alone"] for one in found], every)),
            ratios(every, [one[f"without {stream}"] for one in found]),
        )
        for stream in streams
    ]


def _together(shapes: Sequence[Ratio]) -> float:
    """The geometric mean over shapes; 1 where nothing moves."""
    return float(np.exp(np.mean([np.log(one.ratio) for one in shapes]))) if shapes else 1.0


def table(rows: Sequence[Worth]) -> str:
    """The sensors, Markdown."""
    heads = (
        "sensor",
        "error without it",
        "error with it alone",
        "helps least",
        "its error with it",
    )
    return markdown_table(
        heads,
        [
            (f"`{row.stream}`", f"x {row.without:.2f}", f"x {row.alone:.2f}", *_worst(row))
            for row in rows
        ],
    )


def _worst(row: Worth) -> tuple[str, str]:
    if not row.shapes:
        return "-", "-"
    worst = row.shapes[0]
    ends = "" if worst.low is None else f" ({worst.low:.3f} to {worst.high:.3f})"
    return worst.shape, f"x {worst.ratio:.3f}{ends}"


def verdict(rows: Sequence[Worth]) -> str:
    """Which sensors do harm, and to what."""
    harm = [f"{row.stream} ({', '.join(row.harms)})" for row in rows if row.harms]
    return f"above that without it by more than 2 %: {'; '.join(harm) or 'none'}"


def report(
    asked: argparse.Namespace, permission: Permission = Permission.local()
) -> dict[str, Any]:
    """Measure, and print a table.

    Raises:
        VrfaceError: if something asked for is not there, or the model cannot be unrolled.
    """
    permission.require("evaluate")
    compile_cache.enable()
    model, profile = pretrained.load(asked.model), headset(asked.headset)
    if not isinstance(model.architecture, NetworkArchitecture):
        raise BadUse(f"{asked.model} is no network.", "Give one that was trained.")
    streams = [stream.name for stream in profile.streams]
    with progress() as bars:
        bar = bars.add_task("simulating wearers", total=asked.wearers)

        def told(what: str, done: int) -> None:
            bars.update(bar, completed=done, description=what)

        recordings = traces.simulated(
            profile,
            range(FIRST_TEST_SEED, FIRST_TEST_SEED + asked.wearers),
            asked.seconds + SCORED_S,
            held_out=True,
            tell=partial(told, "simulating wearers"),
        )
        found: list[Errors] = []
        for case in traces.cases(recordings, asked.seconds):
            found.append(errors_of(model, case, streams, asked.seconds))
            told("judging", len(found))
    rows = worths(found, streams)
    print(table(rows))
    print(f"Simulated faces, simulated sensors; {asked.wearers} wearers; {verdict(rows)}.")
    return {
        "model": model.digest.hex(),
        "headset": profile.name,
        "wearers": asked.wearers,
        "seconds": asked.seconds,
        "sensors": [
            {**row._asdict(), "shapes": [one._asdict() for one in row.shapes]} for row in rows
        ],
    }


def main(arguments: list[str] | None = None) -> None:
    """Read what is asked for, and measure."""
    parser = argparse.ArgumentParser(prog="sensors", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default=pretrained.DEFAULT, help="a name or a folder")
    parser.add_argument("--headset", default="everything", help="whose sensors")
    parser.add_argument("--wearers", type=int, default=40, help="that are judged")
    parser.add_argument("--seconds", type=float, default=30.0, help="that calibrate")
    parser.add_argument("--json", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    with measure.told("sensors"):
        if asked.wearers < 1 or not MIN_CALIBRATION_S <= asked.seconds < float("inf"):
            least = f"{MIN_CALIBRATION_S:g} seconds or more"
            raise BadUse(f"give one wearer or more, and {least}.")
        if asked.json is not None:
            prepare(asked.json, "--json")
        measure.write(report(asked) | {"machine": measure.machine("jax")}, asked.json)


if __name__ == "__main__":
    main()
