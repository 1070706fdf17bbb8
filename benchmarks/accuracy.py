"""Accuracy on synthetic wearers that no shipped model learned from, beside every rival.

```
python -m benchmarks.accuracy [--model NAME] [--headset NAME] [--calibrate paired] [--wearers 20]
```
Simulated faces under simulated sensors: the wearers of the seeds from 10000 on, 90 s each, five
sensor seeds each, scored as `vrface evaluate` scores a take. Real faces: `vrface evaluate --faces`.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from vrface.cli.evaluate import score_table
from vrface.cli.output import console
from vrface.cli.scores import Scores
from vrface.model import pretrained
from vrface.sensors.headset import headset
from vrface.simulation.behaviour import synthetic_take
from vrface.training.evaluate import MODES, evaluate_faces

FIRST_SEED = 10_000
"""Wearers from here on are never trained on."""

SECONDS = 90.0


def _tell(name: str, done: float) -> None:
    if done == 1.0:
        print(name, file=sys.stderr)


def main() -> None:
    """Evaluate and print."""
    parser = argparse.ArgumentParser(description="Accuracy on unseen synthetic wearers.")
    parser.add_argument("--model", default=pretrained.DEFAULT)
    parser.add_argument("--headset", default="vive_pro_eye_lip")
    parser.add_argument("--calibrate", choices=MODES, default="paired")
    parser.add_argument("--wearers", type=int, default=20)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    seeds = range(FIRST_SEED, FIRST_SEED + asked.wearers)
    report = evaluate_faces(
        [synthetic_take(seed=seed, seconds=SECONDS) for seed in seeds],
        headset(asked.headset),
        pretrained.load(asked.model),
        calibrate=asked.calibrate,
        progress=_tell,
    )
    if asked.json is not None:
        asked.json.write_text(json.dumps(report, indent=1), encoding="utf-8")
    console().print(score_table(Scores.of(report)))
    console().print(f"{asked.wearers} wearers, {asked.headset}, calibration {asked.calibrate}")


if __name__ == "__main__":
    main()
