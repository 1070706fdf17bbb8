"""The conformance vectors of the frame block: bytes, and the numbers that every reader must find.

```
python -m tests.conformance.frame_block.vectors
```
writes ``vectors/NAME.bin`` and ``vectors/vectors.json`` again; a test compares them with what is
committed. In the JSON, ``result`` is ``face``, ``torn`` or ``unknown`` (no block, or one of another
version or size); ``stale_at`` pairs instants of the writer's clock with whether the face is stale
then; 64-bit numbers are texts; ``null`` is NaN.
"""

from __future__ import annotations

import json
import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.outputs.flags import flags_of
from vrface.wire.frame_block import Flags, FrameBlock, extra_set, pack

FOLDER = Path(__file__).parent / "vectors"
SESSION = "0123456789abcdeffedcba9876543210"
PUBLISHED_NS = 123_456_789_012_345
MS = 1_000_000

SOME = ("cheekSuckLeft", "cheekSuckRight", "mouthTightenerLeft", "tongueUp", "tongueTipAlveolar")
MOST = tuple(f"shape{number:02d}" for number in range(42))

Json = dict[str, Any]


def face(seed: int, extras: tuple[str, ...] = (), **fields: Any) -> Expression:
    """A face whose numbers are exact in any language; fields given replace the usual ones."""
    places = np.arange(COUNT + len(extras), dtype=np.float32)
    usual: Json = {
        "sequence": 1000 + seed,
        "frame_time_ns": PUBLISHED_NS - 20 * MS,
        "sample_time_ns": PUBLISHED_NS - 25 * MS,
        "status": Status.TRACKING,
        "weights": (places * 37 + seed) % 1024 / 1024,
        "stddev": (places * 11 + seed) % 256 / 1024,
        "source": np.where(places % 3, Source.MEASURED, Source.INFERRED).astype(np.uint8),
        "confidence": np.array([0.875, 0.5, 0.25], np.float32),
        "gaze": np.array([-0.125, 0.0625, 0.25, -0.5], np.float32),
        "extras": extras,
    }
    return Expression(**usual | fields)


def without_values(seed: int, status: Status) -> Expression:
    """A face of which nothing is known."""
    none = np.full(COUNT, np.nan, np.float32)
    return face(
        seed,
        status=status,
        weights=none,
        stddev=none,
        source=np.zeros(COUNT, np.uint8),
        confidence=none[:3],
        gaze=none[:4],
    )


def odd_numbers(seed: int) -> Expression:
    """Numbers that are awkward to print, to parse or to compare."""
    odd = [0.0, -0.0, 1.0, 1 / 3, 1e-45, 1.17549435e-38, 3.4028235e38, math.pi, 0.1, 1.5, -0.25]
    odd += [math.inf, -math.inf, math.nan, 1 - 2**-24]
    weights = np.resize(np.array(odd, np.float32), COUNT)
    return face(
        seed,
        weights=weights,
        stddev=weights[::-1],
        source=(np.arange(COUNT) % 8).astype(np.uint8),
        sequence=2**64 - 1,
        frame_time_ns=-(2**63),
        sample_time_ns=2**63 - 1,
    )


def impossible(seed: int) -> Expression:
    """Numbers that no face can hold, beside the last ones that it can, and sources of nobody."""
    whole = face(seed, SOME)
    weights, stddev, source = whole.weights.copy(), whole.stddev.copy(), whole.source.copy()
    above = float(np.nextafter(np.float32(1), np.float32(2)))
    odd = [math.inf, -math.inf, 1e30, -5.0, above, -1e-45, 1.0, 0.0, -0.0]
    weights[: len(odd)] = stddev[20 : 20 + len(odd)] = odd
    weights[-3:], stddev[-3:] = odd[:3], odd[3:6]
    source[10:16] = [0, 7, 8, 99, 200, 255]
    beyond = float(np.nextafter(np.float32(1.6), np.float32(2)))
    return face(
        seed,
        SOME,
        weights=weights,
        stddev=stddev,
        source=source,
        confidence=np.array([1.5, -0.25, math.inf], np.float32),
        gaze=np.array([1.6, beyond, -math.inf, -1.6], np.float32),
    )


def silent_lids(seed: int) -> Expression:
    """A face whose eyes hold an old value, of which one weight is absent, and half its gaze."""
    whole = face(seed)
    source = whole.source.copy()
    source[0:7], source[20] = Source.HELD, Source.ABSENT
    weights = np.where(source == Source.ABSENT, np.nan, whole.weights).astype(np.float32)
    gaze = np.array([np.nan, np.nan, 0.25, -0.5], np.float32)
    return face(seed, weights=weights, source=source, gaze=gaze)


def block(expression: Expression, **fields: Any) -> FrameBlock:
    """A block of a face; fields given replace the usual ones."""
    usual: Json = {
        "published_ns": PUBLISHED_NS,
        "period_us": 11_111,
        "clock": 2,
        "flags": flags_of(expression),
        "model_tag": bytes.fromhex("eaac2ee9"),
    }
    return FrameBlock(expression, SESSION, **usual | fields)


FACES: dict[str, FrameBlock] = {
    "full": block(face(1)),
    "extras": block(face(2, SOME)),
    "most_extras": block(face(3, MOST)),
    "absent": block(silent_lids(4)),
    "withheld": block(without_values(5, Status.WITHHELD)),
    "not_worn": block(without_values(6, Status.NOT_WORN), clock=1),
    "odd_numbers": block(odd_numbers(7), clock=255, flags=2**16 - 1),
    "slow": block(face(8), period_us=50_000),
    "endless_period": block(face(9), period_us=2**32 - 1),
    "no_period": block(face(10), period_us=0, clock=0, model_tag=bytes(4)),
    "lively_recorded": block(
        face(11), flags=flags_of(face(11), recording=True) | Flags.LIVELY, clock=3
    ),
    "impossible": block(impossible(12)),
    "first_instant": block(face(13), published_ns=-(2**63)),
    "last_instant": block(face(14), published_ns=2**63 - 1),
}
"""What can be read."""

_FULL, _OTHER = pack(FACES["full"]), pack(FACES["slow"])


def sealed(data: bytes) -> bytes:
    """The bytes with a checksum that is right."""
    return data[:1020] + struct.pack("<I", zlib.crc32(data[24:1020]))


def changed(at: int, code: str, value: int, seal: Callable[[bytes], bytes] = sealed) -> bytes:
    """The full face with one number changed."""
    data = bytearray(_FULL)
    struct.pack_into(f"<{code}", data, at, value)
    return seal(bytes(data))


BYTES: dict[str, tuple[str, bytes]] = {
    "written": ("face", changed(16, "Q", 246)),
    "torn": ("torn", _FULL[:600] + _OTHER[600:]),
    "torn_head": ("torn", _OTHER[:128] + _FULL[128:]),
    "altered": ("torn", changed(300, "B", 0x55, seal=bytes)),
    "wrong_checksum": ("torn", _FULL[:1020] + bytes(4)),
    "newer_version": ("unknown", changed(4, "H", 2)),
    "newer_set": ("unknown", changed(12, "H", 2)),
    "longer_header": ("unknown", changed(6, "H", 136)),
    "other_weight_count": ("unknown", changed(62, "H", 60)),
    "too_many_extras": ("unknown", changed(64, "H", 43)),
    "wrong_magic": ("unknown", b"VRFS" + _FULL[4:]),
    "zeros": ("unknown", bytes(1024)),
    "short": ("unknown", _FULL[:1023]),
    "long": ("unknown", _FULL + b"\0"),
    "empty": ("unknown", b""),
}
"""What is a face written in another way, or cannot be read; with the result."""


def possible(values: np.ndarray, least: float, most: float) -> list[float | None]:
    """Numbers as JSON holds them; null where no face can hold them."""
    bounds = np.float32(least), np.float32(most)
    return [float(v) if bounds[0] <= v <= bounds[1] else None for v in values]


def told(written: FrameBlock) -> Json:
    """The numbers of a block as a reader must find them, from what it was made of."""
    shown = written.expression
    weights = [
        weight if 1 <= kind <= 7 else None
        for weight, kind in zip(possible(shown.weights, 0, 1), shown.source.tolist(), strict=True)
    ]
    source = [
        0 if weight is None else kind
        for weight, kind in zip(weights, shown.source.tolist(), strict=True)
    ]
    return {
        "session": written.session_id,
        "model_tag": written.model_tag.hex(),
        "sequence": str(shown.sequence),
        "frame_time_ns": str(shown.frame_time_ns),
        "sample_time_ns": str(shown.sample_time_ns),
        "published_ns": str(written.published_ns),
        "period_us": written.period_us,
        "clock": written.clock,
        "flags": written.flags,
        "status": int(shown.status),
        "extras": list(shown.extras),
        "extra_set": extra_set(shown.extras),
        "source": source,
        "weights": weights,
        "stddev": possible(shown.stddev, 0, 1),
        "confidence": possible(shown.confidence, 0, 1),
        "gaze": possible(shown.gaze, -1.6, 1.6),
    }


def stale_at(written: FrameBlock) -> list[tuple[str, bool]]:
    """Instants around the one after which a face is stale, and the first and the last there is."""
    since_ns = written.published_ns
    fresh_ns = max(3 * min(written.period_us, 1_000_000) * 1000, 100 * MS)
    instants = [since_ns, since_ns + fresh_ns, since_ns + fresh_ns + 1, since_ns - 1]
    instants += [since_ns + 3600 * 10**9, -(2**63), 2**63 - 1]
    return [
        (str(now_ns), not since_ns <= now_ns <= since_ns + fresh_ns)
        for now_ns in instants
        if -(2**63) <= now_ns < 2**63
    ]


def vectors() -> tuple[dict[str, bytes], list[Json]]:
    """The bytes by name, and what is to be found in each."""
    files = {name: pack(written) for name, written in FACES.items()}
    entries: list[Json] = [
        {
            "name": name,
            "result": "face",
            "stale_at": stale_at(written),
            "face": told(written),
        }
        for name, written in FACES.items()
    ]
    for name, (result, data) in BYTES.items():
        files[name] = data
        entry: Json = {"name": name, "result": result}
        if result == "face":
            entry |= {"stale_at": stale_at(FACES["full"]), "face": told(FACES["full"])}
        entries.append(entry)
    return files, entries


def as_json(entries: list[Json]) -> str:
    """The entries, one a line."""
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    return f"[\n{lines}\n]\n"


def main() -> None:
    """Write them."""
    files, entries = vectors()
    FOLDER.mkdir(exist_ok=True)
    for old in FOLDER.iterdir():
        old.unlink()
    for name, data in files.items():
        (FOLDER / f"{name}.bin").write_bytes(data)
    (FOLDER / "vectors.json").write_text(as_json(entries), encoding="utf-8")


if __name__ == "__main__":
    main()
