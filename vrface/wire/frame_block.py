"""The frame block, version 1: one face in 1,024 bytes, the same in memory and in a datagram.

Little-endian, naturally aligned; ``docs/frame-block.md`` shows it byte by byte. The checksum is not
decoration: nobody can order the writes of Python, so that on some processors the lock alone would
let a torn block pass. Lock and checksum together do not.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum, IntFlag
from functools import cache, lru_cache
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, SET_VERSION
from vrface.face.expression import Expression, Source, Status
from vrface.face.extras import MOST_EXTRAS
from vrface.sensors.headset import SHIPPED, headset

VERSION = 1
BLOCK_BYTES = 1024
MOST_WEIGHTS = COUNT + MOST_EXTRAS

LOCK = slice(16, 24)
"""Odd while the block is being written; the one field that the checksum leaves out."""

PUBLISHED_AT = 48
"""Where `FrameBlock.published_ns` stands."""

UDP_PORT = 50516
"""Where datagrams go unless told otherwise."""

STALE_PERIODS = 3
SHORTEST_STALE_NS = 100_000_000
LONGEST_PERIOD_US = 1_000_000
"""A face is stale when it is older than three periods and 100 ms; no period counts above 1 s."""

LONGEST_STALE_NS = STALE_PERIODS * LONGEST_PERIOD_US * 1000
"""A face that is older than this is stale, whatever its period."""

MOST_GAZE = np.float32(1.6)
"""A gaze angle further from straight ahead is none, radians: the range of the gaze channels."""

HEADER_BYTES = 128

_FIXED = struct.pack("<4sHHIH", b"VRFB", VERSION, HEADER_BYTES, BLOCK_BYTES, SET_VERSION)
"""What a block of this version begins with, up to the flags."""

_FIELDS, _FIELDS_AT = struct.Struct("<H8xQqqqIBB2xH2xI16s28x4s8x"), len(_FIXED)
"""From the flags to the end of the header; without lock and weight count, confidence and gaze."""

_COUNTS, _COUNTS_AT = struct.Struct("<HH"), 62
_CHECKED = slice(LOCK.stop, BLOCK_BYTES - 4)

# Places of the arrays, in floats from the start; `source` in bytes.
_CONFIDENCE, _GAZE, _WEIGHTS, _STDDEV = 22, 25, 32, 128
_SOURCE_AT = 896
_END = _STDDEV + MOST_WEIGHTS


Names = Mapping[int, tuple[str, ...]]
"""Lists of extras, by their `extra_set`; see `names_of`."""

NO_NAMES: Names = MappingProxyType({})


class Flags(IntFlag):
    """What of a face may be shown, and what it is."""

    EYES = 1
    UPPER = 2
    LOWER = 4
    LIVELY = 8
    RECORDING = 16


class Fault(Enum):
    """Why bytes are no frame block that can be read; the value ends a sentence about them."""

    SIZE = f"are not {BLOCK_BYTES} long"
    MAGIC = "do not begin with VRFB"
    VERSION = "are of a layout or a blendshape set that this version does not know"
    TORN = "are torn or altered: the checksum is another"


@dataclass(frozen=True, slots=True, eq=False)
class FrameBlock:
    """One face and what a reader needs to know about it.

    Attributes:
        expression: The face; `queue_us` and `step_us` do not travel.
        session_id: Whose it is: 32 hexadecimal digits.
        published_ns: The writer's monotonic clock when it handed the face on: of one machine, that
            of `time.perf_counter_ns` (CLOCK_MONOTONIC on Linux, the performance counter on
            Windows), so that every process there can tell its age.
        period_us: From one face to the next, microseconds; 0 = not known yet.
        clock: Which clock the expression's times are on: ``vrface.v1.ClockKind``.
        flags: `Flags`; see `vrface.outputs.flags`.
        model_tag: The first four bytes of the model's digest.
    """

    expression: Expression
    session_id: str
    published_ns: int
    period_us: int = 0
    clock: int = 0
    flags: int = 0
    model_tag: bytes = bytes(4)

    def stale(self, age_ns: int) -> bool:
        """Whether the face is too old to be shown as it is.

        Args:
            age_ns: Since it was published here or, from another machine, since it arrived. One
                below 0 is of another clock, for example from before a restart: stale as well.
        """
        period_ns = min(self.period_us, LONGEST_PERIOD_US) * 1000
        return not 0 <= age_ns <= max(STALE_PERIODS * period_ns, SHORTEST_STALE_NS)

    def shown(self, age_ns: int) -> Expression:
        """The face as a reader hands it on: its status is stale when it is too old.

        Args:
            age_ns: As for `stale`.
        """
        face = self.expression
        # Whoever withheld a face has not consented to it since.
        if face.status == Status.WITHHELD or not self.stale(age_ns):
            return face
        return replace(face, status=Status.STALE)


def pack(block: FrameBlock) -> bytes:
    """The 1,024 bytes of a frame block, with lock 0.

    Raises:
        BadUse: if a number does not fit its field, or the arrays are not as long as they should be.
    """
    face = block.expression
    count = COUNT + len(face.extras)
    if (
        count > MOST_WEIGHTS
        or not len(face.weights) == len(face.stddev) == len(face.source) == count
    ):
        raise BadUse(
            f"a face of {len(face.weights)} weights and {len(face.extras)} extras.",
            f"A frame block holds {COUNT} weights and up to {MOST_EXTRAS} extras.",
        )
    data = bytearray(_EMPTY)
    try:
        _FIELDS.pack_into(
            *(data, _FIELDS_AT, block.flags, face.sequence),
            *(face.frame_time_ns, face.sample_time_ns, block.published_ns),
            *(block.period_us, int(face.status), block.clock),
            *(len(face.extras), extra_set(face.extras)),
            *(session_bytes(block.session_id), block.model_tag),
        )
        _COUNTS.pack_into(data, _COUNTS_AT, COUNT, len(face.extras))
    except (struct.error, TypeError) as error:
        raise BadUse(f"face {face.sequence!r} does not fit a frame block: {error}.") from None
    floats = np.frombuffer(data, "<f4")
    floats[_CONFIDENCE : _CONFIDENCE + 3] = face.confidence
    floats[_GAZE : _GAZE + 4] = face.gaze
    floats[_WEIGHTS : _WEIGHTS + count] = face.weights
    floats[_STDDEV : _STDDEV + count] = face.stddev
    data[_SOURCE_AT : _SOURCE_AT + count] = face.source.tobytes()
    data[-4:] = zlib.crc32(memoryview(data)[_CHECKED]).to_bytes(4, "little")
    return bytes(data)


def parse(
    data: bytes, names: Names = NO_NAMES, received_ns: int | None = None
) -> FrameBlock | Fault:
    """The frame block of 1,024 bytes, or what keeps them from being one; never raises.

    What no face can hold counts as absent: a weight out of [0, 1] or of a source nobody knows, a
    spread or confidence out of [0, 1], a gaze beyond `MOST_GAZE`.

    Args:
        data: The bytes.
        names: The lists of extras that may be behind the 54. Where the block holds another one,
            the face has the 54 alone: values under wrong names would be worse than none.
        received_ns: When it arrived, on the clock of `time.perf_counter_ns`; None = when it was
            published, by a writer on this machine.
    """
    found = _fault(data)
    if found is not None:
        return found
    flags, sequence, frame_ns, sample_ns, published_ns, period_us, status, clock, *counts = (
        _FIELDS.unpack_from(data, _FIELDS_AT)
    )
    extra_count, found_set, session, model_tag = counts
    extras = names.get(found_set, ()) if extra_count else ()
    if len(extras) != extra_count:
        extras = ()
    count = COUNT + len(extras)
    floats, source = _sane(data)
    face = Expression(
        sequence=sequence,
        frame_time_ns=frame_ns,
        sample_time_ns=sample_ns,
        status=_STATUS.get(status, Status.ABSENT),
        weights=floats[_WEIGHTS : _WEIGHTS + count],
        stddev=floats[_STDDEV : _STDDEV + count],
        source=source[:count],
        confidence=floats[_CONFIDENCE : _CONFIDENCE + 3],
        gaze=floats[_GAZE : _GAZE + 4],
        extras=extras,
        received_ns=published_ns if received_ns is None else received_ns,
    )
    return FrameBlock(face, session.hex(), published_ns, period_us, clock, flags, model_tag)


def names_of(*lists: tuple[str, ...]) -> Names:
    """Lists of extras, by what a frame block tells them apart by."""
    return {extra_set(extras): extras for extras in lists}


@cache
def shipped_names() -> Names:
    """The extras of every shipped headset."""
    return names_of(*(headset(name).extras for name in SHIPPED))


@lru_cache(maxsize=64)
def extra_set(names: tuple[str, ...]) -> int:
    """What tells one list of extras from another: CRC-32 of the names, joined by a newline."""
    return zlib.crc32("\n".join(names).encode())


def session_bytes(session_id: str) -> bytes:
    """The 16 bytes of a session id.

    Raises:
        BadUse: if it is not 32 hexadecimal digits, or they are all 0.
    """
    try:
        session = bytes.fromhex(session_id)
    except ValueError:
        session = b""
    if len(session) != 16 or not any(session):
        raise BadUse(f"{session_id!r} is no session id.", "Give its 32 hexadecimal digits.")
    return session


def _fault(data: bytes) -> Fault | None:
    if len(data) != BLOCK_BYTES:
        return Fault.SIZE
    if not data.startswith(_FIXED):
        return Fault.VERSION if data.startswith(_FIXED[:4]) else Fault.MAGIC
    if zlib.crc32(data[_CHECKED]) != int.from_bytes(data[-4:], "little"):
        return Fault.TORN
    weights, extras = _COUNTS.unpack_from(data, _COUNTS_AT)
    return None if weights == COUNT and extras <= MOST_EXTRAS else Fault.VERSION


def _sane(data: bytes) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """The floats of a block by their place, and its sources: NaN and absent where out of range."""
    given = np.frombuffer(data, "<f4", _END)
    kinds = data[_SOURCE_AT : _SOURCE_AT + MOST_WEIGHTS]
    inside = given >= _LEAST
    inside &= given <= _MOST
    present = inside[_WEIGHTS : _WEIGHTS + MOST_WEIGHTS]
    present &= np.frombuffer(kinds.translate(_KNOWN), np.bool_)
    floats = _NANS.copy()
    np.copyto(floats, given, where=inside)
    return floats, np.frombuffer(kinds, np.uint8) * present


def _empty() -> bytes:
    """A block without a face: NaN where a weight could be."""
    data = np.zeros(BLOCK_BYTES, np.uint8)
    data[: len(_FIXED)] = list(_FIXED)
    data.view("<f4")[_WEIGHTS : _STDDEV + MOST_WEIGHTS] = np.nan
    return data.tobytes()


_EMPTY = _empty()
_STATUS = {int(status): status for status in Status}
_NANS = np.full(_END, np.nan, np.float32)
_LEAST, _MOST = np.zeros(_END, np.float32), np.ones(_END, np.float32)
_LEAST[_GAZE : _GAZE + 4], _MOST[_GAZE : _GAZE + 4] = -MOST_GAZE, MOST_GAZE
_KNOWN = bytes(kind in set(Source) - {Source.ABSENT} for kind in range(256))
"""Of each byte, whether it is the source of a value that is there."""
