"""Checkpoints: a folder with weights, config, statistics and model card, refused when altered.

```
config.json             the network's size, versions, how it was trained, which persons it has seen
weights.safetensors     the network's parameters
rivals.safetensors      the rivals fitted on the same logs: the ridge, and the laws of the others
statistics.safetensors  what training measured of its wearers: rests, climatology, how faces move
card.md                 for people: what it learned from, how well it does, what it is not for
manifest.json           SHA-256 of each of the files above; its own digest names the checkpoint
```
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors

from vrface.errors import CheckpointError
from vrface.face.blendshapes import BLENDSHAPES, COUNT, SET_VERSION
from vrface.model import compile_cache, law
from vrface.model.calibration.calibration import MODES, Arrays
from vrface.model.calibration.last_layer import Prior
from vrface.model.config import NetworkConfig
from vrface.model.features import FEATURES_VERSION, WIDTH
from vrface.model.model import Model, on_device, packed
from vrface.model.network import NetworkArchitecture
from vrface.model.ridge import RidgeArchitecture

CHECKPOINT_VERSION = 4

_TENSORS = ("rivals.safetensors", "statistics.safetensors", "weights.safetensors")

FILES = frozenset({"card.md", "config.json", *_TENSORS})
"""What a manifest lists: all of these and nothing else."""


def statistics_of(width: int) -> dict[str, tuple[int, ...]]:
    """Every checkpoint's statistics and their shapes; draws: `vrface.outputs.lively`.

    Args:
        width: Of the network's last state.
    """
    return {
        "face_rest": (COUNT,),
        "sensor_rest": (WIDTH,),
        "sensor_spread": (WIDTH,),
        "climatology_stddev": (COUNT,),
        "draw_time_s": (4,),
        "draw_share": (COUNT, 4),
        "draw_factor": (COUNT, COUNT),
        "blink_hazard": (2,),
        **Prior.shapes(width),
    }


LARGEST_VALUE = 1e4
"""No array of a trained model holds anything as large; sums of such products stay finite."""

LEVELS = 201
"""Of a histogram of weights: 0 to 1 in steps of .005."""

LEARNED_RIVALS = ("knn", "gbt", "gru", "tcn")
"""Rivals that a checkpoint may be without; the names of their arrays begin with theirs and a
period, and their shapes are their own, but for the correction's."""

LIGHT_RIVALS = (
    "neutral",
    "climatology",
    "calibration_climatology",
    "copy_rule",
    "copy_rule_offset",
    "hold_last",
    "ridge",
    "ridge_offset",
    "ridge_user",
)
"""Rivals that every checkpoint has, and that stand on their own: all but the pools."""

_CORRECTION = {
    "line": (len(MODES), 2, COUNT),
    "factors": (len(MODES), len(law.KNOTS), COUNT),
}

RIVALS: dict[str, tuple[int, ...]] = {
    "climatology_loc": (COUNT,),
    "climatology_scale": (COUNT,),
    "climatology_histogram": (COUNT, LEVELS),
    "calibration_climatology_weight": (COUNT,),
    "ridge_user_share": (COUNT,),
    "pool_share": (len(MODES), COUNT),
    "pool_user_share": (len(MODES), COUNT),
    **{f"ridge_{name}": shape for name, shape in RidgeArchitecture().shapes().items()},
    **{f"{name}_{part}": _CORRECTION[part] for name in LIGHT_RIVALS for part in _CORRECTION},
}
"""Every checkpoint's rivals and their shapes; laws are of rest-relative weights, corrections and
pools' shares for each mode of calibration (`vrface.training.rivals`)."""

_ANY = (-LARGEST_VALUE, LARGEST_VALUE)
_RANGES = {
    "_scale": (law.MIN_SCALE, LARGEST_VALUE),
    "line": (-10.0, 10.0),
    "factors": (1e-3, 1e3),
    "_share": (0.0, 1.0),
    "_weight": (0.0, LARGEST_VALUE),
    "_histogram": (0.0, 1.0),
}
"""Least and most of the rivals' arrays, by what their names end in."""


def save(
    folder: Path,
    *,
    network: NetworkConfig,
    config: Mapping[str, Any],
    params: Mapping[str, NDArray[np.float32]],
    rivals: Arrays,
    statistics: Arrays,
    card: str,
) -> bytes:
    """Write a checkpoint.

    Args:
        folder: Where to; a checkpoint that is there is replaced, other files are left alone.
        network: The network's size.
        config: What else to know of the model; the network's size and the versions are added.
        params: The network's parameters.
        rivals: As named in `RIVALS`, and those of any `LEARNED_RIVALS`.
        statistics: As `statistics_of` names them.
        card: The model card, Markdown.

    Returns:
        The checkpoint's digest, 32 bytes.
    """
    added = {
        "network": network.to_json(),
        "checkpoint_version": CHECKPOINT_VERSION,
        "features_version": FEATURES_VERSION,
        "blendshapes_version": SET_VERSION,
    }
    files = {
        "card.md": card.encode(),
        "config.json": _json({**config, **added}),
        "rivals.safetensors": packed(rivals),
        "statistics.safetensors": packed(statistics),
        "weights.safetensors": packed(params),
    }
    manifest = _json({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    folder.mkdir(parents=True, exist_ok=True)
    # The manifest comes last: until then whoever reads is told that the checkpoint is altered.
    for name, data in {**files, "manifest.json": manifest}.items():
        fresh = folder / f"{name}.new"
        fresh.write_bytes(data)
        fresh.replace(folder / name)
    return hashlib.sha256(manifest).digest()


def load(folder: Path, *, name: str = "", digest: str | None = None) -> Model:
    """Read a checkpoint, after checking every byte of it against its manifest.

    Args:
        folder: Where it lies.
        name: What to call the model; by default the folder's name.
        digest: The hexadecimal digest it must have, where one is known from elsewhere.

    Raises:
        CheckpointError: if it is missing, incomplete, altered, of another version or malformed.
    """
    compile_cache.enable()
    files, found = verified(folder, digest)
    config = config_of(folder, files["config.json"])
    for key, wanted in (
        ("checkpoint_version", CHECKPOINT_VERSION),
        ("features_version", FEATURES_VERSION),
        ("blendshapes_version", SET_VERSION),
    ):
        if config.get(key) != wanted:
            raise CheckpointError(
                f"checkpoint {folder} has {key} {config.get(key)!r}, this vrface reads {wanted}.",
                "Retrain it, or use the vrface it was made with.",
            )
    architecture = NetworkArchitecture(NetworkConfig.from_json(config.get("network")))
    params = _tensors(folder, files, "weights", architecture.shapes())
    rivals = _rivals(folder, files["rivals.safetensors"])
    statistics = _tensors(folder, files, "statistics", statistics_of(architecture.config.width))
    Prior.of(statistics).check(folder)
    rest = statistics["face_rest"]
    if not (rest.min() >= 0.0 and rest.max() <= 1.0):
        raise CheckpointError(f"checkpoint {folder}: face_rest is out of [0, 1].", "Retrain it.")
    return Model(
        name=name or folder.name,
        digest=found,
        config=config,
        card=files["card.md"].decode(errors="replace"),
        statistics=statistics,
        rivals=rivals,
        architecture=architecture,
        params=on_device(params),
    )


def verified(folder: Path, digest: str | None = None) -> tuple[dict[str, bytes], bytes]:
    """The files of a checkpoint, refused if not as its manifest says, and the manifest's digest."""
    advice = "Get it again from where it came from; an altered checkpoint is never used."
    try:
        manifest = (folder / "manifest.json").read_bytes()
        listed: dict[str, str] = json.loads(manifest)
        if set(listed) != FILES:
            raise CheckpointError(f"checkpoint {folder} does not list {sorted(FILES)}.", advice)
        files = {name: (folder / name).read_bytes() for name in sorted(FILES)}
    except (FileNotFoundError, NotADirectoryError) as error:
        missing = Path(error.filename).name
        raise CheckpointError(
            f"no checkpoint at {folder}: {missing} is not there.",
            "Give a folder that holds a manifest.json, or the name of a shipped model.",
        ) from None
    except (ValueError, AttributeError, TypeError, OSError, RecursionError):
        raise CheckpointError(f"checkpoint {folder} has an unreadable manifest.", advice) from None
    found = hashlib.sha256(manifest).digest()
    for name, data in files.items():
        if hashlib.sha256(data).hexdigest() != listed[name]:
            raise CheckpointError(f"checkpoint {folder}: {name} was altered.", advice)
    if digest is not None and found.hex() != digest:
        raise CheckpointError(
            f"checkpoint {folder} has digest {found.hex()[:16]}..., expected {digest[:16]}....",
            advice,
        )
    return files, found


def config_of(folder: Path, data: bytes) -> dict[str, Any]:
    """The config of a checkpoint, refused where it is none."""
    try:
        config = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(
            f"checkpoint {folder} is malformed: {error}.", "Retrain it."
        ) from None
    if not isinstance(config, dict) or not isinstance(config.get("seen", []), list):
        raise CheckpointError(
            f"checkpoint {folder} is malformed: config.json is no object, or its 'seen' no list.",
            "Retrain it.",
        )
    return config


def _rivals(folder: Path, data: bytes) -> Arrays:
    """The rivals: all of `RIVALS`, and of each learned one whatever it has, with its correction."""
    arrays = _unpacked(folder, data, "rivals")
    own = {key: value.shape for key, value in arrays.items() if _learned(key) in LEARNED_RIVALS}
    corrections = {
        f"{name}.{part}": shape
        for name in sorted({_learned(key) for key in own})
        for part, shape in _CORRECTION.items()
    }
    _check(folder, "rivals", arrays, {**RIVALS, **own, **corrections})
    for key in (*RIVALS, *corrections):
        least, most = next((_RANGES[end] for end in _RANGES if key.endswith(end)), _ANY)
        if not (arrays[key].min() >= least and arrays[key].max() <= most):
            raise CheckpointError(
                f"checkpoint {folder}: {key} is out of [{least:g}, {most:g}].", "Retrain it."
            )
    return arrays


def _learned(key: str) -> str:
    """Whose an array is, if a learned rival's."""
    return key.partition(".")[0]


def _unpacked(folder: Path, data: bytes, name: str) -> Arrays:
    """The arrays of one of a checkpoint's files, whatever they are."""
    try:
        arrays: Arrays = load_tensors(data)
    except (ValueError, KeyError, SafetensorError) as error:
        raise CheckpointError(
            f"checkpoint {folder}: {name} are malformed: {error}.", "Retrain it."
        ) from None
    return arrays


def _tensors(
    folder: Path, files: Mapping[str, bytes], name: str, expected: Mapping[str, tuple[int, ...]]
) -> Arrays:
    """The arrays of one of a checkpoint's files, of the names and shapes expected."""
    arrays = _unpacked(folder, files[f"{name}.safetensors"], name)
    _check(folder, name, arrays, expected)
    return arrays


def _check(
    folder: Path, name: str, arrays: Arrays, expected: Mapping[str, tuple[int, ...]]
) -> None:
    """Refuse arrays of other names or shapes than expected, or that nothing can be summed from."""
    wrong = sorted(
        key
        for key in arrays.keys() | expected.keys()
        if key not in arrays or key not in expected or arrays[key].shape != expected[key]
    )
    if wrong:
        key = wrong[0]
        got = arrays[key].shape if key in arrays else "nothing"
        raise CheckpointError(
            f"checkpoint {folder}: {name} hold {got} as {key!r}, "
            f"this vrface reads {expected.get(key, 'no such array')} ({len(wrong)} such arrays).",
            f"It must predict the {len(BLENDSHAPES)} blendshapes from features version "
            f"{FEATURES_VERSION}.",
        )
    for key, value in arrays.items():
        if value.dtype != np.float32 or not (np.abs(value) <= LARGEST_VALUE).all():
            raise CheckpointError(
                f"checkpoint {folder}: {key} holds what is not a finite float32 of at most "
                f"{LARGEST_VALUE:g}.",
                "Retrain it.",
            )


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()
