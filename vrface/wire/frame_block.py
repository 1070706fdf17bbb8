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
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, REGIONS, SET_VERSION
from vrface.face.expression import Expression, Source, Status
from vrface.face.extras import MOST_EXTRAS
from vrface.face.gaze import GAZE_CHANNELS
from vrface.frozen import made
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

_START = struct.Struct("<H8x")
"""Flags, and a lock of 0: what stands between that and what the checksum is of."""

_FIELDS = struct.Struct("<QqqqIBBHH2xI16s")
"""From the sequence to the session."""

_TAG = struct.Struct("<4s8x")
"""Behind confidence and gaze: the last of the header."""

_BLOCK = struct.Struct("<14xH8xQqqqIBBHH2xI16s12x4f4s900xI")
"""All that is no array, and the gaze."""

_GAZES = slice(12, 16)
"""Where it unpacks the gaze to."""

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


@dataclass(frozen=True, eq=False)
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
        if 0 <= age_ns <= SHORTEST_STALE_NS:
            return False
        period_ns = min(self.period_us, LONGEST_PERIOD_US) * 1000
        return not 0 <= age_ns <= STALE_PERIODS * period_ns

    def shown(self, age_ns: int) -> Expression:
        """The face as a reader hands it on: its status is stale when it is too old.

        Args:
            age_ns: As for `stale`.
        """
        face = self.expression
        # Whoever withheld a face has not consented to it since.
        if not self.stale(age_ns) or face.status == Status.WITHHELD:
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
        or (len(face.confidence), len(face.gaze)) != (len(REGIONS), len(GAZE_CHANNELS))
    ):
        raise BadUse(
            f"a face of {len(face.weights)} weights and {len(face.extras)} extras.",
            f"A frame block holds {COUNT} weights and up to {MOST_EXTRAS} extras.",
        )
    try:
        start = _START.pack(block.flags)
        fields = _FIELDS.pack(
            *(face.sequence, face.frame_time_ns, face.sample_time_ns, block.published_ns),
            *(block.period_us, int(face.status), block.clock, COUNT, len(face.extras)),
            *(extra_set(face.extras), session_bytes(block.session_id)),
        )
        tag = _TAG.pack(block.model_tag)
    except (struct.error, TypeError) as error:
        raise BadUse(f"face {face.sequence!r} does not fit a frame block: {error}.") from None
    weights, stddev, confidence, gaze = (
        np.asarray(part, _FLOAT).tobytes()
        for part in (face.weights, face.stddev, face.confidence, face.gaze)
    )
    source, nans = np.asarray(face.source, _BYTE).tobytes(), _NANS[len(weights) :]
    kinds = source.ljust(MOST_WEIGHTS, b"\0")
    checked = b"".join(
        (fields, confidence, gaze, tag, weights, nans, stddev, nans, kinds, bytes(28))
    )
    return b"".join((_FIXED, start, checked, zlib.crc32(checked).to_bytes(4, "little")))


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
    if len(data) != BLOCK_BYTES or not data.startswith(_FIXED):
        return _unknown(data)
    known = _BLOCK.unpack(data)
    flags, _, _, _, published_ns, period_us, _, clock, weight_count, extra_count, *more = known
    found_set, session, *_, model_tag, checksum = more
    if zlib.crc32(data[_CHECKED]) != checksum:
        return Fault.TORN
    if weight_count != COUNT or extra_count > MOST_EXTRAS:
        return Fault.VERSION
    extras = names.get(found_set, ()) if extra_count else ()
    if len(extras) != extra_count:
        extras = ()
    return made(
        FrameBlock,
        expression=_face(data, known, extras, published_ns if received_ns is None else received_ns),
        session_id=session.hex(),
        published_ns=published_ns,
        period_us=period_us,
        clock=clock,
        flags=flags,
        model_tag=model_tag,
    )


def _face(
    data: bytes, known: tuple[Any, ...], extras: tuple[str, ...], received_ns: int
) -> Expression:
    """The face of a block, from its bytes and what `_BLOCK` unpacked of them."""
    _, sequence, frame_ns, sample_ns, _, _, status, *_ = known
    count, own = COUNT + len(extras), bytearray(data)
    floats = np.frombuffer(own, _FLOAT, _END)
    source = np.frombuffer(own, _BYTE, count, _SOURCE_AT)
    if not _sane(data, count, *known[_GAZES]):
        _mend(floats, source)
    return made(
        Expression,
        sequence=sequence,
        frame_time_ns=frame_ns,
        sample_time_ns=sample_ns,
        status=_STATUS.get(status, Status.ABSENT),
        weights=floats[_WEIGHTS : _WEIGHTS + count],
        stddev=floats[_STDDEV : _STDDEV + count],
        source=source,
        confidence=floats[_CONFIDENCE:_GAZE],
        gaze=floats[_GAZE : _GAZE + 4],
        extras=extras,
        queue_us=0,
        step_us=0,
        received_ns=received_ns,
    )


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


@lru_cache(maxsize=64)
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


def _unknown(data: bytes) -> Fault:
    """What is wrong with bytes that do not begin as a block does, or are of another length."""
    if len(data) != BLOCK_BYTES:
        return Fault.SIZE
    return Fault.VERSION if data.startswith(_FIXED[:4]) else Fault.MAGIC


def _sane(data: bytes, count: int, *gaze: float) -> bool:
    """Whether a block's face is as most are: each value there, of a known source and in range."""
    # One by one: `all` takes longer than the comparisons.
    first, second, third, fourth = gaze
    return (
        _LOW <= first <= _HIGH
        and _LOW <= second <= _HIGH
        and _LOW <= third <= _HIGH
        and _LOW <= fourth <= _HIGH
        and not data[_SOURCE_AT : _SOURCE_AT + count].translate(None, _KNOWN)
        and 1 not in (np.frombuffer(data, _BITS, _END) > _highest(count)).tobytes()
    )


@lru_cache(maxsize=MOST_EXTRAS + 1)
def _highest(count: int) -> NDArray[np.uint32]:
    """[_END] the bits of the largest float that may stand in each place of so many weights.

    Floats from 0 up are in order as their bits are; those below 0, and no numbers, come after them.
    """
    highest = np.full(_END, 0xFFFFFFFF, np.uint32)
    for first, values in ((_CONFIDENCE, 3), (_WEIGHTS, count), (_STDDEV, count)):
        highest[first : first + values] = np.float32(1.0).view(np.uint32)
    return highest


def _mend(floats: NDArray[np.float32], source: NDArray[np.uint8]) -> None:
    """Make no value and absent of what no face can hold."""
    outside = ~((floats >= _LEAST) & (floats <= _MOST))
    absent = outside[_WEIGHTS : _WEIGHTS + len(source)]
    absent |= ~_IS_KNOWN[source]
    floats[outside] = np.nan
    source[absent] = Source.ABSENT


_FLOAT, _BITS, _BYTE = np.dtype("<f4"), np.dtype("<u4"), np.dtype(np.uint8)
_STATUS = {int(status): status for status in Status}
_NANS = np.full(MOST_WEIGHTS, np.nan, _FLOAT).tobytes()
_LOW, _HIGH = float(-MOST_GAZE), float(MOST_GAZE)
_LEAST, _MOST = np.zeros(_END, np.float32), np.ones(_END, np.float32)
_LEAST[_GAZE : _GAZE + 4], _MOST[_GAZE : _GAZE + 4] = -MOST_GAZE, MOST_GAZE
_KNOWN = bytes(set(Source) - {Source.ABSENT})
"""The sources of values that are there."""

_IS_KNOWN = np.isin(np.arange(256), list(_KNOWN))
