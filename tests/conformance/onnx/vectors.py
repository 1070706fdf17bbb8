"""The conformance vectors of exported networks: inputs, and what every runtime must find.

```
python -m tests.conformance.onnx.vectors                            what is committed
python -m tests.conformance.onnx.vectors --model NAME -o FOLDER     of a model of your own
```
writes ``face.onnx``, ``face-wearer.onnx``, ``face.json`` and ``vectors.safetensors``. What is
committed is of a small network with weights by lot, so that it only changes when networks do. The
outputs are this package's own step (JAX), not the exported graph's.

``vectors.safetensors``, S sessions of F frames, one wearer each, everything float32 unless said:

- ``wearer.NAME`` [S, 1, ...]: inputs and outputs of the wearer's graph, and of its outputs
  ``code`` and ``nearness`` go on to the step;
- ``move``, ``widen`` [S, 1, ...]: as the step takes them;
- ``features`` [S, F, 4, 256], int8: times ``plane_units`` [4] of each plane;
- ``dt`` [S, F]; ``memory`` is zeros before the first frame of each session;
- ``loc``, ``scale``, ``mean``, ``stddev`` [S, F, 54], and ``new_memory`` [S, blocks, memory] after
  the last frame.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from tests.model.export.networks import calibrations, config_of, model, positions
from vrface.model import pretrained
from vrface.model.calibration import Calibration
from vrface.model.calibration.calibration import Arrays
from vrface.model.export import exported
from vrface.model.export.figures import figures
from vrface.model.features import WIDTH
from vrface.model.model import Model

FOLDER = Path(__file__).parent / "vectors"
SEED, FRAMES = 5, 60

PLANE_UNITS = np.array([1 / 64, 1 / 4, 1.0, 1 / 100], np.float32)
"""What the whole numbers of each plane are of: value, difference, present, age (s)."""


def frames(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    """[F, 4, 256] whole numbers and [F] seconds: sensors that come and go, and a gap of .3 s."""
    there = np.zeros((count, WIDTH), bool)
    for place in range(WIDTH):
        flips = rng.random(count) < 0.05
        there[:, place] = (flips.cumsum() + rng.integers(2)) % 2 == 0
    there[count // 2 : count // 2 + 4] = False
    walk = np.clip(rng.normal(size=there.shape).cumsum(axis=0) * 8, -127, 127)
    planes = (
        np.where(there, walk, 0),
        np.where(there, rng.normal(size=there.shape) * 20, 0),
        there,
        np.where(there, rng.integers(0, 10, there.shape), 100),
    )
    whole = np.stack(planes, axis=1).round().clip(-127, 127).astype(np.int8)
    dt = 1.0 / rng.choice([60.0, 72.0, 90.0, 120.0], count)
    dt[0], dt[count // 2] = 0.0, 0.3
    return whole, dt.astype(np.float32)


def session(of: Model, known: Calibration, rng: np.random.Generator) -> Arrays:
    """One wearer's frames, and what the package says of them."""
    places = positions(rng)
    arrays = of.known([known], places)
    levels = known.levels(of.statistics)
    whole, dt = frames(rng, FRAMES)
    carry, laws = of.new_carry(1), []
    for number in range(FRAMES):
        seen = (whole[number] * PLANE_UNITS[:, None])[None].astype(np.float32)
        carry, law = of.step(carry, seen, dt[number : number + 1], arrays)
        laws.append({name: np.asarray(value)[0] for name, value in law.items()})
    inputs = figures([known]) | {"positions": places[None]}
    outputs = {
        "code": np.asarray(arrays.code),
        "nearness": np.asarray(arrays.nearness),
        "rest": levels.rest[None],
        "gain": levels.gain[None],
        "face_rest": known.face_rest(of.statistics)[None],
    }
    return {
        **{f"wearer.{name}": value for name, value in (inputs | outputs).items()},
        **{name: np.asarray(getattr(arrays, name)) for name in ("move", "widen")},
        "features": whole,
        "dt": dt,
        **{name: np.stack([one[name] for one in laws]) for name in laws[0]},
        "new_memory": np.asarray(carry["memory"])[0],
    }


def vectors(of: Model) -> Arrays:
    """Sessions of wearers known in every way."""
    rng = np.random.default_rng(SEED)
    kinds = calibrations(SEED, config_of(of))
    own = [
        one if one.touch is None else replace(one, touch=one.touch._replace(model=of.digest))
        for one in kinds
    ]
    sessions = [session(of, known, rng) for known in own]
    found = {name: np.stack([one[name] for one in sessions]) for name in sessions[0]}
    return {**found, "plane_units": PLANE_UNITS}


def main() -> None:
    """Write them."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.onnx.vectors")
    parser.add_argument("--model", help="name or folder; by default the small one by lot")
    parser.add_argument("-o", "--output", type=Path, default=FOLDER)
    given = parser.parse_args()
    of = model() if given.model is None else pretrained.load(given.model)
    given.output.mkdir(parents=True, exist_ok=True)
    for end, data in exported(of).items():
        (given.output / f"face{end}").write_bytes(data)
    (given.output / "vectors.safetensors").write_bytes(save(vectors(of)))


if __name__ == "__main__":
    main()
