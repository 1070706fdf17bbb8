"""`vrface simulate`: logs of headsets that nobody wore, with the full face behind each."""

from __future__ import annotations

import json
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vrface.cli.options import number
from vrface.cli.output import prepare, prepare_log, progress
from vrface.errors import BadUse

if TYPE_CHECKING:
    from vrface.cli.simulated_log import Share, SimulatedLog
    from vrface.sensors.headset import HeadsetProfile

SEED = 20_000
"""A wearer who never trained a model that ships (their seeds are below 10000)."""

RANDOM = "random"
"""What `--headset` says where every wearer is to have one by chance."""

_LONGEST_MIN = 20.0
"""A performance is held in memory as a whole, at 240 instants a second."""

_RANDOM_HEADSET = 103
"""What a generator of the wearer's draws here, beside those of `vrface.simulation`."""


Minutes = Annotated[
    float, typer.Option(help="Length of each log.", min=0.02, max=_LONGEST_MIN, callback=number)
]
Shard = Annotated[str, typer.Option(help="Make only part I of N, from 1/N to N/N.", metavar="I/N")]
FirstSeed = Annotated[
    int,
    typer.Option(
        help="Of the first wearer and all they do; those below 10000 train models.",
        min=0,
        max=2**31 - 1,
    ),
]


def simulate(
    output: Annotated[
        Path,
        typer.Option("-o", "--output", help="A folder; or of one log alone, its name (.mcap)."),
    ],
    headset: Annotated[
        str, typer.Option(help="Headset name or profile (.toml), or random: one for each wearer.")
    ],
    wearers: Annotated[
        int, typer.Option(help="How many; wearer n has the seed --seed + n.", min=1, max=100_000)
    ] = 1,
    minutes: Minutes = 1.0,
    donnings: Annotated[
        int, typer.Option(help="Logs of each wearer, who takes the headset off between.", min=1)
    ] = 1,
    held_out: Annotated[
        bool, typer.Option("--held-out", help="Sensors of the families nothing is trained on.")
    ] = False,
    seed: FirstSeed = SEED,
    rate: Annotated[
        float, typer.Option(help="Frames a second.", min=10, max=240, callback=number)
    ] = 60.0,
    shard: Shard = "1/1",
    face: Annotated[
        Path | None,
        typer.Option(help="A full-face take (.csv) to wear it, through evaluation sensors."),
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Pseudonym of the person in --face; default: its folder.")
    ] = None,
) -> None:
    """Write logs of simulated wearers, with the face behind each.

    The same options make the same bytes, on any number of cores and in any number of shards. Ctrl-C
    leaves whole logs alone; the same command goes on. With --face, a real recording wears the
    headset instead: one log, as long as it is.
    """
    if face is not None:
        alone = (wearers, donnings, held_out, shard, minutes) == (1, 1, False, "1/1", 1.0)
        _of_face(output, face, person, headset, seed, rate, alone)
        return
    if person is not None:
        raise BadUse("--person names who is in a --face.", "Give a --face, or leave it out.")
    logs = _shard(_logs(output, headset, wearers, minutes, donnings, held_out, seed, rate), shard)
    if output.suffix == ".mcap":
        prepare_log(output)
    else:
        prepare(logs[0].path)
        for log in logs:
            log.check()
    _make(logs, output)


def _logs(
    output: Path,
    name: str,
    wearers: int,
    minutes: float,
    donnings: int,
    held_out: bool,
    seed: int,
    rate_hz: float,
) -> list[SimulatedLog]:
    """Every log that is asked for."""
    from vrface.cli.simulated_log import SimulatedLog
    from vrface.simulation.performance import FINE_HZ

    if output.suffix == ".mcap" and wearers * donnings > 1:
        raise BadUse(
            f"{wearers} wearers with {donnings} donnings each are more than one log.",
            "Give -o a folder, without .mcap.",
        )
    seconds = round(60 * minutes * FINE_HZ) / FINE_HZ
    return [
        SimulatedLog(
            path=output
            if output.suffix == ".mcap"
            else output / f"simulated-{who:04d}-{which}.mcap",
            headset=worn,
            wearer=who,
            number=which,
            held_out=held_out,
            seconds=seconds,
            rate_hz=rate_hz,
        )
        for who in range(seed, seed + wearers)
        for worn in [_headset(name, who)]
        for which in range(donnings)
    ]


def _headset(name: str, seed: int) -> HeadsetProfile:
    """What a wearer wears: always the same for one seed."""
    import numpy as np

    from vrface.sensors.headset import SHIPPED, headset

    if name != RANDOM:
        return headset(name)
    rng = np.random.default_rng([seed, _RANDOM_HEADSET])
    return headset(SHIPPED[int(rng.integers(len(SHIPPED)))])


def _shard(logs: list[SimulatedLog], shard: str) -> list[SimulatedLog]:
    """Part I of N, each every Nth log.

    Raises:
        BadUse: if `shard` is no such thing, or holds no log.
    """
    found = re.fullmatch(r"(\d{1,6})/(\d{1,6})", shard)
    part, parts = map(int, found.groups()) if found else (0, 0)
    if not 1 <= part <= parts:
        raise BadUse(f"--shard is {shard!r}.", "Give I/N, from 1/N to N/N.")
    own = logs[part - 1 :: parts]
    if not own:
        raise BadUse(f"--shard {shard} of {len(logs)} logs is empty.", "Give fewer shards.")
    return own


def _make(logs: list[SimulatedLog], output: Path) -> None:
    """Make logs on all cores, and say how long that took."""
    from vrface.cli.simulated_log import Share

    began_s = time.perf_counter()
    workers = min(len(logs), _cores())
    shares = [Share(logs[k::workers]) for k in range(workers)]
    with progress() as bar:
        task = bar.add_task("simulating", total=len(logs))
        done = [0] * workers

        def watch(worker: int, share: float) -> None:
            done[worker] = round(share * len(shares[worker].logs))
            bar.update(task, completed=sum(done))

        try:
            if workers == 1:
                results = [shares[0](lambda share: watch(0, share))]
            else:
                results = _in_processes(shares, watch)
        except KeyboardInterrupt:
            there = sum(log.path.exists() for log in logs)
            told = f"stopped: {there} of {len(logs)} logs are there; the same command goes on"
            print(told, file=sys.stderr)
            raise typer.Exit(130) from None
    print(_summary(logs, output, results, time.perf_counter() - began_s))


def _in_processes(shares: list[Share], watch: Callable[[int, float], None]) -> list[dict[str, Any]]:
    """What each share gave, made in a process of its own; a failure or Ctrl-C stops them all."""
    from vrface.training.workers import kept, run

    names = {f"process {k + 1}": k for k in range(len(shares))}
    with TemporaryDirectory(prefix="vrface-") as folder:
        run(
            {name: shares[k] for name, k in names.items()},
            Path(folder),
            lambda name, done: watch(names[name], done),
            workers=len(shares),
        )
        return [json.loads(kept(Path(folder), name).read_text("utf-8")) for name in names]


def _cores() -> int:
    """How many this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _summary(
    logs: list[SimulatedLog], output: Path, results: list[dict[str, Any]], took_s: float
) -> str:
    """One line: what was made, and how fast."""
    frames, kept = (sum(each[what] for each in results) for what in ("frames", "kept"))
    seconds = logs[0].seconds * len(logs)
    if len(logs) == 1:
        (log,) = logs
        what = (
            f"{log.path}: {log.person} wears {log.headset.name}, {frames} frames, {seconds:.1f} s"
        )
    else:
        people = len({log.wearer for log in logs})
        what = f"{output}: {len(logs)} logs of {people} wearers, {frames} frames, {seconds:.1f} s"
    if kept == len(logs):
        return f"{what}; all there already"
    before = f", {kept} there already" if kept else ""
    fast = logs[0].seconds * (len(logs) - kept) / took_s
    return f"{what}{before}; simulated face, simulated sensors; {fast:.0f} times real time"


def _of_face(
    output: Path, face: Path, person: str | None, name: str, seed: int, rate_hz: float, alone: bool
) -> None:
    """One log of a recorded face behind evaluation sensors."""
    from vrface.log import write_paired
    from vrface.log.importers import read_take
    from vrface.simulation.occlusion.wear import SENSORS_VERSION, wear
    from vrface.trust import Permission

    if not alone:
        raise BadUse(
            "--face makes one log, as long as its take.",
            "Leave out --wearers, --minutes, --donnings, --held-out and --shard.",
        )
    if output.suffix != ".mcap":
        raise BadUse(f"-o is {output}: --face makes one log.", "Give it a name that ends in .mcap.")
    profile = _headset(name, seed)
    prepare_log(output)
    paired = wear(read_take(face, person), profile, seed=seed, rate_hz=rate_hz)
    sensors = f"evaluation sensors version {SENSORS_VERSION}"
    write_paired(output, paired, Permission.local(), simulation=sensors)
    frames, seconds = len(paired.frame_time_ns), paired.truth.seconds
    print(
        f"{output}: {paired.wearer} wears {profile.name}, {frames} frames, {seconds:.1f} s; "
        "real face, simulated sensors"
    )
