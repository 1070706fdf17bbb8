"""Resume tokens: what is remembered of one wearer, sealed, so that any server can go on with them.

A client keeps the newest one and says it when it opens a session again: here after the server was
started anew, or elsewhere. It holds a face and how it moved of late: it is sealed, and whoever has
not the server's key learns nothing from it. What the client says again anyway, the calibration
above all, is not in it; its digest is, so that nobody is resumed as somebody else. How calm they
want to be shown is the client's to say each time: it may be another way than before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from vrface.face.expression import Style
from vrface.sensors.headset import HeadsetProfile
from vrface.trust.seal import Seal
from vrface.wire.codec import headset_to_proto

PURPOSE = "vrface resume token"
VERSION = 3
"""Of what is remembered; of another one nothing can be resumed."""


class Kind(NamedTuple):
    """What two sessions must have in common for one to go on where the other left off.

    Attributes:
        headset: Digest of the profile.
        model: Digest of the checkpoint.
        calibration: Digest of what was known to begin with.
        style: What is shown of a law.
        seed: Of the draws of a lively style.
    """

    headset: str
    model: str
    calibration: str
    style: str
    seed: int

    @classmethod
    def of(
        cls, headset: HeadsetProfile, model: bytes, calibration: bytes, style: Style, seed: int
    ) -> Kind:
        """The kind of a session.

        Args:
            headset: What is worn.
            model: Digest of the checkpoint.
            calibration: The bytes of a calibration file; empty = nothing was known.
            style: What is shown of a law.
            seed: Of the draws of a lively style; of the expected one it does not matter.
        """
        profile = headset_to_proto(headset).SerializeToString(deterministic=True)
        seed = seed if style == "lively" else 0
        return cls(_digest(profile), model.hex(), _digest(calibration), style, seed)

    def inferred_with(self, model: bytes) -> Kind:
        """The same with another model since.

        Args:
            model: Digest of the checkpoint.
        """
        return self._replace(model=model.hex())

    def knowing(self, calibration: bytes) -> Kind:
        """The same, of whom more is known since."""
        return self._replace(calibration=_digest(calibration))


def token(seal: Seal, kind: Kind, remembered: Mapping[str, NDArray[Any]]) -> bytes:
    """Seal what is remembered of a wearer.

    Args:
        seal: The server's.
        kind: Of their session.
        remembered: As `Pipeline.taken` gives it.
    """
    said = json.dumps({"version": VERSION, **kind._asdict()})
    layout = tuple((name, one.dtype, one.shape) for name, one in remembered.items())
    order, header = _written(layout)
    text = f'{{"__metadata__":{json.dumps({"kind": said}, separators=(",", ":"))},{header}'.encode()
    text += b" " * (-len(text) % 8)
    arrays = [remembered[name].tobytes() for name in order]
    return seal.seal(b"".join((len(text).to_bytes(8, "little"), text, *arrays)))


def remembered(seal: Seal, kind: Kind, sealed: bytes) -> dict[str, NDArray[Any]] | None:
    """What a token holds; None if it is none of ours, or of another kind of session."""
    text = seal.open(sealed)
    if text is None or _kind(text) != {"version": VERSION, **kind._asdict()}:
        return None
    try:
        return load(text)
    except SafetensorError:
        return None


@lru_cache(maxsize=16)
def _written(
    layout: tuple[tuple[str, np.dtype[Any], tuple[int, ...]], ...],
) -> tuple[list[str], str]:
    """How safetensors writes arrays of a layout: in which order, and its header behind the ``{``.

    It is the same for every token of a kind of session, and all but the least of what one costs.
    """
    text = save({name: np.zeros(shape, dtype) for name, dtype, shape in layout})
    header = text[8 : 8 + int.from_bytes(text[:8], "little")].decode().strip()
    entries = json.loads(header)
    return sorted(entries, key=lambda name: entries[name]["data_offsets"]), header[1:]


def _kind(text: bytes) -> Any:
    length = int.from_bytes(text[:8], "little")
    try:
        return json.loads(json.loads(text[8 : 8 + length])["__metadata__"]["kind"])
    except (ValueError, KeyError, TypeError):
        return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
