"""The model step against onnxruntime on the same network: one thread each, one core, interleaved.

```
python -m benchmarks.step [--model NAME] [--batches 1 8 64 256] [--json FILE] [--seed N]
```
Both sides take numpy arrays and hand numpy arrays back: features and seconds in, the four
quantities of the law out, the carry kept as each side keeps it. The weights are arguments of our
step, so that loading others compiles nothing; in the graph that `vrface export` writes they are
constants, which onnxruntime may pack as it likes. Before any time is taken the two must agree
within 1e-4.

Needs the extra `[onnx]` (onnx, onnxruntime). Exit codes: 0; 1 if they do not agree; 2 if the
extra is missing.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure

QUANTITIES = ("loc", "scale", "mean", "stddev")
CALLS = {1: 20_000, 8: 10_000, 64: 2_000, 256: 600}
ROUNDS = 50
AGREE = 1e-4

Inputs = tuple[NDArray[np.float32], NDArray[np.float32]]
Step = Callable[[NDArray[np.float32], NDArray[np.float32]], list[NDArray[np.float32]]]


def inputs(batch: int, count: int, seed: int) -> list[Inputs]:
    """Features and seconds of some frames: four channels in five there, 50-144 Hz."""
    from vrface.model.features import MAX_AGE_S, WIDTH

    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        there = rng.random((batch, WIDTH)) < 0.8
        planes = (
            np.where(there, rng.normal(size=there.shape) * 0.3, 0.0),
            np.where(there, rng.normal(size=there.shape) * 3.0, 0.0),
            there,
            np.where(there, rng.uniform(0.0, 0.03, there.shape), MAX_AGE_S),
        )
        dt = 1.0 / rng.uniform(50.0, 144.0, batch)
        made.append((np.stack(planes, axis=1).astype(np.float32), dt.astype(np.float32)))
    return made


def known(architecture: Any, batch: int, seed: int) -> dict[str, NDArray[np.float32]]:
    """What is known of some wearers, by lot: the time is the same for all."""
    from vrface.face.blendshapes import COUNT
    from vrface.model.export.wearer_graph import nearness_shape

    rng, config = np.random.default_rng(seed), architecture.config
    near = rng.uniform(0.0, 1.0, (batch, *nearness_shape(config)))
    for kind, slots in enumerate(config.skin.values()):
        near[:, kind, len(slots) :] = 0.0  # it has no more channels
    made = {
        "code": rng.uniform(-1.0, 1.0, (batch, config.code_width)),
        "nearness": near,
        "move": rng.normal(size=(batch, config.width + 1, COUNT)) * 0.01,
        "widen": rng.uniform(0.5, 2.0, (batch, COUNT)),
    }
    return {name: value.astype(np.float32) for name, value in made.items()}


def jax_step(
    architecture: Any, params: Any, batch: int, told: dict[str, NDArray[np.float32]]
) -> Step:
    """Our step, as a session takes it: what is known of wearers stays on the device."""
    import jax.numpy as jnp

    from vrface.model.known import Known

    carry, params = architecture.new_carry(batch), architecture.prepared(params)
    kept = Known(**{name: jnp.asarray(value) for name, value in told.items()})

    def step(features: NDArray[np.float32], dt: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        nonlocal carry
        carry, prediction = architecture.step(params, carry, features, dt, kept)
        return [np.asarray(prediction[name]) for name in QUANTITIES]

    return step


def onnx_step(
    architecture: Any, params: Any, batch: int, told: dict[str, NDArray[np.float32]]
) -> Step:
    """The same step, exported and run by onnxruntime on one thread."""
    from vrface.model.export.step_graph import StepGraph

    onnxruntime = import_module("onnxruntime")
    weights = {name: np.asarray(value) for name, value in params.items()}
    graph = StepGraph(architecture.config, weights, batch).written().model({}, "")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        graph.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    wanted = [*QUANTITIES, "new_memory"]
    memory = np.asarray(architecture.new_carry(batch)["memory"])

    def step(features: NDArray[np.float32], dt: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        nonlocal memory
        given = {"features": features, "dt": dt, "memory": memory, **told}
        made: list[NDArray[np.float32]] = session.run(wanted, given)
        memory = made[-1]
        return made[:-1]

    return step


def disagreement(one: Step, other: Step, frames: list[Inputs]) -> float:
    """The largest difference of two steps over some frames, each with its own carry."""
    return max(float(np.abs(np.subtract(one(*frame), other(*frame))).max()) for frame in frames)


def interleaved(
    steps: tuple[Step, Step], frames: list[Inputs], calls: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Microseconds of every call, [rounds, calls of a round], the two taking turns."""
    each = max(calls // ROUNDS, 1)
    times = np.empty((2, ROUNDS, each))
    # The first round warms up and is not kept; who begins changes from round to round.
    for number in range(-1, ROUNDS):
        for side in (0, 1) if number % 2 else (1, 0):
            for call in range(each):
                frame = frames[call % len(frames)]
                began = time.perf_counter_ns()
                steps[side](*frame)
                times[side, number, call] = (time.perf_counter_ns() - began) / 1e3
    return times[0], times[1]


def model_of(name: str) -> tuple[Any, Any]:
    """Architecture and parameters of a model; ``drawn`` is the default size with random weights."""
    if name != "drawn":
        from vrface.model import pretrained

        model = pretrained.load(name)
        return model.architecture, model.params
    from vrface.model.config import NetworkConfig
    from vrface.model.network import NetworkArchitecture

    architecture = NetworkArchitecture(NetworkConfig())
    return architecture, architecture.drawn(0)


def row(architecture: Any, params: Any, batch: int, calls: int, seed: int) -> dict[str, Any]:
    """Everything about one size of batch."""
    told = known(architecture, batch, seed)
    ours, theirs = (side(architecture, params, batch, told) for side in (jax_step, onnx_step))
    frames = inputs(batch, 32, seed)
    apart = disagreement(ours, theirs, frames)
    if not apart <= AGREE:
        raise SystemExit(f"step: the two differ by {apart:.1e} at batch {batch}; nothing timed.")
    mine, other = interleaved((ours, theirs), frames, calls)
    middle, low, high = measure.ratio(mine, other, seed)
    return {
        "batch": batch,
        "calls": mine.size,
        "differ_by": apart,
        "vrface_us": measure.quantiles(mine),
        "onnxruntime_us": measure.quantiles(other),
        "ratio": middle,
        "ratio_95": [low, high],
    }


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.step", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--model", default="default", help="name or folder of a model, or drawn")
    parser.add_argument("--batches", type=int, nargs="+", default=list(CALLS))
    parser.add_argument("--calls", type=int, help="of each side; by default fewer for large ones")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    missing = [name for name in ("onnx", "onnxruntime") if find_spec(name) is None]
    if missing:
        print(f"step: no {missing[0]} here. Try: pip install -e '.[onnx]'", file=sys.stderr)
        raise SystemExit(2)
    core = measure.pin()
    # One thread also where nothing can be pinned.
    os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false")
    architecture, params = model_of(given.model)
    report = {
        "machine": measure.machine("jax", "onnxruntime", "onnx"),
        "core": core,
        "model": given.model,
        "parameters": sum(value.size for value in params.values()),
        "seed": given.seed,
        "rows": [],
    }
    print(
        "| batch | vrface us, p10 p50 p99 | onnxruntime us, p10 p50 p99 | ratio of medians, 95 % |"
    )
    print("|---|---|---|---|")
    for batch in given.batches:
        calls = given.calls or CALLS.get(batch, max(40_000 // (batch + 1), ROUNDS))
        found = row(architecture, params, batch, calls, given.seed)
        report["rows"].append(found)
        sides = (
            " ".join(f"{value:.0f}" for value in found[side].values())
            for side in ("vrface_us", "onnxruntime_us")
        )
        low, high = found["ratio_95"]
        print(f"| {batch} | {' | '.join(sides)} | {found['ratio']:.2f} ({low:.2f}-{high:.2f}) |")
    measure.write(report, given.json)


if __name__ == "__main__":
    main()
