"""`Job`: what a report measures, cut into parts that each take minutes at most.

Two kinds of evidence, which no average mixes: recorded faces that wear simulated headsets, under
several sensor seeds; and simulated faces that wear them once each.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

from vrface.errors import BadUse
from vrface.face.take import Take
from vrface.log.importers import read_take
from vrface.model import compile_cache, pretrained
from vrface.sensors.headset import headset
from vrface.simulation.behaviour import synthetic_take
from vrface.simulation.occlusion import SENSORS_VERSION, wear
from vrface.training.evaluate import (
    MODES,
    PROTOCOL,
    evaluations,
    faces_recordings,
    logs_recordings,
)
from vrface.training.metrics.geometry import Rig
from vrface.training.recording import Recording
from vrface.training.report.stretches import Stretches
from vrface.training.report.workers import Task, Tell
from vrface.trust.permission import Permission

Kind: TypeAlias = Literal["real", "simulated"]
"""Whose face it is; sensors are simulated on both."""

KINDS: tuple[Kind, ...] = ("real", "simulated")

HEADSETS = ("mouth_only", "openness_gaze_mouth", "eyes_and_mouth", "vive_pro_eye_lip")
"""Three tiers, from few sensors to more, and a headset that is sold."""

FIRST_SEED = 10_000
"""Simulated wearers from here on are never trained on."""

WEARER_S = 80.0
"""Of each simulated wearer: some 30 s calibrate, and 45 s must be left to score."""

STRETCHED = "openness_gaze_mouth"
"""The headset that stretches of real takes are drawn through."""

_TOGETHER = 10
"""Simulated wearers of one job: they fill the columns of a step and fit into memory."""

_SOURCES = Path(__file__).resolve().parents[2]
_APART = ("cli", "render", "serving", "training/report")


@dataclass(frozen=True)
class Options:
    """What was asked for.

    Attributes:
        model: A shipped model or a checkpoint's folder.
        data: The folder of recordings; None = there is none, and no real face in the report.
        wearers: How many simulated wearers.
        seconds: How much of a take calibrates.
        seed: The first of the sensor seeds.
    """

    model: str = pretrained.DEFAULT
    data: Path | None = None
    wearers: int = 40
    seconds: float = 30.0
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the figures.

        Raises:
            BadUse: if one is out of range.
        """
        if self.wearers < 0 or self.seed < 0:
            raise BadUse(f"got {self.wearers} wearers and seed {self.seed}: neither is below 0.")
        if self.data is not None and not self.data.is_dir():
            raise BadUse(f"{str(self.data)!r} is no folder.", "VRFACE_DATA or --data names one.")


@dataclass(frozen=True)
class Job:
    """One part of a report.

    Attributes:
        kind: Of the evidence.
        headset: Which is worn.
        seeds: Of the simulated wearers.
    """

    kind: Kind
    headset: str
    seeds: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What its result is kept under."""
        ends = (self.seeds[0], self.seeds[-1]) if self.seeds else ()
        return "-".join([self.kind, self.headset, *map(str, ends)])


def jobs(options: Options) -> list[Job]:
    """Everything to be done, the longest first."""
    last = FIRST_SEED + options.wearers
    parts = [
        tuple(range(first, min(first + _TOGETHER, last)))
        for first in range(FIRST_SEED, last, _TOGETHER)
    ]
    real = [Job("real", name) for name in HEADSETS if recorded(options.data)]
    return real + [Job("simulated", name, seeds) for name in HEADSETS for seeds in parts]


def tasks(options: Options) -> dict[str, Task]:
    """`jobs` as `workers.run` takes them."""
    return {job.name: partial(measure, job, options) for job in jobs(options)}


def recorded(data: Path | None) -> list[Path]:
    """The full-face recordings of a folder of data (`datasets/README.md`), by person and name."""
    return sorted(data.glob("arkit/*/*.csv")) if data is not None else []


def key(options: Options, digest: bytes) -> str:
    """What finished jobs are kept under: another one wherever another figure could come out.

    Args:
        options: What was asked for.
        digest: Of the model; its name says nothing.
    """
    asked = {
        "digest": digest.hex(),
        "protocol": PROTOCOL,
        "sensors": SENSORS_VERSION,
        "seconds": options.seconds,
        "seed": options.seed,
        "takes": [_hashed([path]) for path in recorded(options.data)],
        "rig": rig_of(options) is not None,
        "sources": _hashed(_measuring()),
    }
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def rig_of(options: Options) -> Path | None:
    """The folder of the face rig that errors are told in millimetres on, where it is there."""
    folder = options.data / "rig" / "ICT-FaceKit" if options.data is not None else None
    return folder if folder is not None and folder.is_dir() else None


def measure(job: Job, options: Options, tell: Tell) -> dict[str, Any]:
    """Do a job.

    Returns:
        ``reports``: mode -> report of an evaluation; ``stretches``: what to draw of real takes.
    """
    compile_cache.enable()
    permission = Permission.local()
    permission.require("report")
    model = pretrained.load(options.model)
    recordings = _recordings(job, options)
    stretches = Stretches(model) if (job.kind, job.headset) == ("real", STRETCHED) else None
    shares = dict.fromkeys((recording.name for recording in recordings), 0.0)

    def progress(name: str, done: float) -> None:
        shares[name] = max(shares.get(name, 0.0), done)
        tell(sum(shares.values()) / len(shares))

    reports = evaluations(
        recordings,
        model,
        modes=MODES,
        seconds=options.seconds,
        seed=options.seed,
        permission=permission,
        progress=progress,
        rig=Rig.read(folder) if (folder := rig_of(options)) is not None else None,
        watch=stretches.look if stretches is not None else None,
    )
    return {"reports": reports, "stretches": stretches.found if stretches is not None else []}


def _recordings(job: Job, options: Options) -> list[Recording]:
    profile = headset(job.headset)
    if job.kind == "real":
        takes: list[Take] = [read_take(path) for path in recorded(options.data)]
        return faces_recordings(takes, profile, options.seed)
    faces = (synthetic_take(seed=seed, seconds=WEARER_S) for seed in job.seeds)
    return logs_recordings([wear(face, profile, seed=options.seed) for face in faces])


def _measuring() -> list[Path]:
    """The package's sources, but those that no figure passes through."""
    files = [path for kind in ("py", "toml", "csv") for path in _SOURCES.rglob(f"*.{kind}")]
    apart = [_SOURCES / name for name in _APART]
    kept = [path for path in files if not any(folder in path.parents for folder in apart)]
    return sorted([*kept, Path(__file__), Path(__file__).with_name("stretches.py")])


def _hashed(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()
