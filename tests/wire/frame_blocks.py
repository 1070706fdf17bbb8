"""Faces and frame blocks that tests are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.wire.frame_block import FrameBlock, pack, parse

SESSION = "00112233445566778899aabbccddeeff"
OTHER = "ff" * 16
EXTRAS = tuple(f"extra{number}" for number in range(42))


def drawn(seed: int, extras: tuple[str, ...] = (), **fields) -> Expression:
    """A face of random numbers; fields given replace them."""
    rng = np.random.default_rng(seed)
    count = COUNT + len(extras)
    usual: dict[str, Any] = {
        "sequence": int(rng.integers(1, 2**40)),
        "frame_time_ns": int(rng.integers(-(2**60), 2**60)),
        "sample_time_ns": int(rng.integers(-(2**60), 2**60)),
        "status": Status.TRACKING,
        "weights": rng.random(count, dtype=np.float32),
        "stddev": rng.random(count, dtype=np.float32),
        "source": rng.choice([Source.MEASURED, Source.INFERRED], count).astype(np.uint8),
        "confidence": rng.random(3, dtype=np.float32),
        "gaze": rng.uniform(-0.5, 0.5, 4).astype(np.float32),
        "extras": extras,
    }
    return Expression(**usual | fields)


def counting(number: int) -> Expression:
    """A face of 96 weights that all tell one number, below 1024, and everything else does too."""
    values = np.full(96, number / 1024, np.float32)
    return Expression(
        sequence=number,
        frame_time_ns=number,
        sample_time_ns=number,
        status=Status.TRACKING,
        weights=values,
        stddev=values,
        source=np.full(96, number % 7 + 1, np.uint8),
        confidence=values[:3],
        gaze=values[:4],
        extras=EXTRAS,
    )


def counts(face: Expression) -> bool:
    """Whether a face is one of `counting`, whole."""
    arrays = (face.weights, face.stddev, face.confidence, face.gaze)
    return (
        all((array == face.sequence / 1024).all() for array in arrays)
        and (face.source == face.sequence % 7 + 1).all()
        and len(face.weights) == 96
        and face.frame_time_ns == face.sample_time_ns == face.sequence
    )


def block_of(face: Expression, published_ns: int = 0, session_id: str = SESSION, **fields) -> bytes:
    return pack(FrameBlock(face, session_id, published_ns, **fields))


def read(data: bytes, *options, **more) -> FrameBlock:
    """The block of some bytes, which must be one."""
    block = parse(data, *options, **more)
    assert isinstance(block, FrameBlock), block
    return block
