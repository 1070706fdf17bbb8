"""Checkpoints: a folder with weights, config, statistics and model card, refused when altered.

```
config.json             kind, versions, how it was trained, which persons it has seen
weights.safetensors     the model's parameters
statistics.safetensors  what training measured of its wearers: rests, climatology, rivals' scales
card.md                 for people: what it learned from, how well it does, what it is not for
manifest.json           SHA-256 of each of the files above; its own digest names the checkpoint
```
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from vrface.errors import CheckpointError
from vrface.face.blendshapes import BLENDSHAPES, COUNT, SET_VERSION
from vrface.model import law, ridge
from vrface.model.features import FEATURES_VERSION, WIDTH

CHECKPOINT_VERSION = 1

FILES = frozenset({"card.md", "config.json", "statistics.safetensors", "weights.safetensors"})
"""What a manifest lists: all of these and nothing else."""

STATISTICS: dict[str, tuple[int, ...]] = {
    "face_rest": (COUNT,),
    "sensor_rest": (WIDTH,),
    "climatology_loc": (COUNT,),
    "climatology_scale": (COUNT,),
    "climatology_stddev": (COUNT,),
    "neutral_scale": (COUNT,),
    "copy_rule_scale": (len(law.KNOTS), COUNT),
}
"""Every checkpoint's statistics and their shapes; laws are of rest-relative weights."""

Arrays = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, eq=False)
class Model:
    """A model ready to step.

    Attributes:
        name: What it was loaded as.
        digest: SHA-256 of the checkpoint's manifest, 32 bytes.
        config: The checkpoint's config.
        card: The model card, Markdown.
        statistics: Arrays named in `STATISTICS`.
        params: The parameters, on the device.
    """

    name: str
    digest: bytes
    config: Mapping[str, Any]
    card: str
    statistics: Arrays
    params: ridge.Params = field(repr=False)

    @property
    def streams(self) -> tuple[str, ...]:
        """The streams this model looks at."""
        return ridge.STREAMS

    def new_carry(self, wearers: int) -> ridge.Carry:
        """The carry of W wearers before their first frame."""
        return ridge.new_carry(wearers)

    def step(
        self, carry: ridge.Carry, features: NDArray[np.float32], dt: NDArray[np.float32]
    ) -> tuple[ridge.Carry, ridge.Prediction]:
        """One frame of W wearers: `vrface.model.ridge.step` with this model's parameters.

        Args:
            carry: From `new_carry` or the frame before; used up by the call.
            features: [W, 4, 68].
            dt: [W] seconds since the frame before.

        Returns:
            The new carry; ``loc``, ``scale``, ``mean``, ``stddev`` of the rest-relative weights,
            each [W, 54].
        """
        stepped: tuple[ridge.Carry, ridge.Prediction] = ridge.step(self.params, carry, features, dt)
        return stepped

    def warm_up(self, wearers: int) -> None:
        """Compile the step for W wearers, so that no frame has to."""
        features = np.zeros((wearers, 4, WIDTH), np.float32)
        carry, _ = self.step(self.new_carry(wearers), features, np.zeros(wearers, np.float32))
        jax.block_until_ready(carry)  # type: ignore[no-untyped-call]


def save(
    folder: Path, *, config: Mapping[str, Any], params: Arrays, statistics: Arrays, card: str
) -> bytes:
    """Write a checkpoint.

    Args:
        folder: Where to; a checkpoint that is there is replaced as a whole.
        config: What else to know of the model; the versions are added.
        params: The model's parameters.
        statistics: As named in `STATISTICS`.
        card: The model card, Markdown.

    Returns:
        The checkpoint's digest, 32 bytes.
    """
    versions = {
        "checkpoint_version": CHECKPOINT_VERSION,
        "features_version": FEATURES_VERSION,
        "blendshapes_version": SET_VERSION,
    }
    files = {
        "card.md": card.encode(),
        "config.json": _json({**config, **versions}),
        "statistics.safetensors": save_tensors(dict(sorted(statistics.items()))),
        "weights.safetensors": save_tensors(dict(sorted(params.items()))),
    }
    manifest = _json({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})
    fresh = folder.with_name(f"{folder.name}.new")
    fresh.mkdir(parents=True, exist_ok=True)
    for name, data in {**files, "manifest.json": manifest}.items():
        (fresh / name).write_bytes(data)
    # The old checkpoint is there until the new one is whole.
    if folder.exists():
        shutil.rmtree(folder)
    fresh.rename(folder)
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
    files, found = _verified(folder, digest)
    config, card, statistics, params = _decoded(folder, files)
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
    expected = {key: value.shape for key, value in ridge.empty_params().items()}
    _check_shapes(folder, params, expected)
    _check_shapes(folder, statistics, STATISTICS)
    scales = [params["scale"], *(statistics[key] for key in STATISTICS if key.endswith("_scale"))]
    if min(float(scale.min()) for scale in scales) < law.MIN_SCALE:
        raise CheckpointError(f"checkpoint {folder} has a law without spread.", "Retrain it.")
    return Model(
        name=name or folder.name,
        digest=found,
        config=config,
        card=card,
        statistics=statistics,
        params={key: jnp.asarray(value) for key, value in params.items()},
    )


def _verified(folder: Path, digest: str | None) -> tuple[dict[str, bytes], bytes]:
    """The files of a checkpoint, each as its manifest says, and the manifest's digest."""
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
    except (ValueError, AttributeError, TypeError, OSError):
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


def _decoded(
    folder: Path, files: Mapping[str, bytes]
) -> tuple[dict[str, Any], str, Arrays, Arrays]:
    """Config, card, statistics and parameters of a checkpoint's files."""
    try:
        config = json.loads(files["config.json"])
        if not isinstance(config, dict):
            raise ValueError("config.json is no object")
        return (
            config,
            files["card.md"].decode(),
            load_tensors(files["statistics.safetensors"]),
            load_tensors(files["weights.safetensors"]),
        )
    except (ValueError, SafetensorError) as error:
        raise CheckpointError(
            f"checkpoint {folder} is malformed: {error}.", "Retrain it."
        ) from None


def _check_shapes(folder: Path, arrays: Arrays, expected: Mapping[str, tuple[int, ...]]) -> None:
    shapes = {key: value.shape for key, value in arrays.items()}
    if shapes != dict(expected):
        raise CheckpointError(
            f"checkpoint {folder} holds arrays {shapes}, this vrface reads {dict(expected)}.",
            f"It must predict the {len(BLENDSHAPES)} blendshapes from features version "
            f"{FEATURES_VERSION}.",
        )
    for key, value in arrays.items():
        if value.dtype != np.float32 or not np.isfinite(value).all():
            raise CheckpointError(f"checkpoint {folder}: {key} holds what is not a finite float32.")


def _json(value: Mapping[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, sort_keys=True) + "\n").encode()
