"""The intact chunks of a file that may be damaged anywhere.

No record's place or length is believed: what is searched for is the first word of each packed
chunk, which says itself where it ends, and what counts is the checksum of its content. So wrong
lengths cost nothing, and what follows a damaged place is found again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import zstandard
from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC

from vrface.log.chunk import CHUNK_HEAD, check_claims
from vrface.log.records import HEAD, LARGEST, Damaged

_WINDOW = 1 << 14
_NAME = b"zstd"
_BEFORE = HEAD.size + CHUNK_HEAD.size + len(_NAME) + 8
"""What stands in front of a chunk's packed content: head, chunk head, name and length."""

_FRAME_HEAD = 18
"""The longest header of a Zstandard frame (RFC 8878, 3.1.1)."""

_PIECE = 512
"""Packed bytes taken at a time: they unpack to 16 MiB at the most."""

_TRY = 1 << 13
"""What looking at a place costs, in bytes unpacked in the same time."""

_EFFORT = 64 << 20
_EFFORT_A_BYTE = 128  # a chunk has 64 bytes at the least: each may be looked at in vain


class Found(NamedTuple):
    """An intact chunk.

    Attributes:
        start: Where it begins in the file.
        end: Where it ends.
        content: What it holds, unpacked.
    """

    start: int
    end: int
    content: bytes


def intact_chunks(file: BinaryIO, size: int) -> Iterator[Found]:
    """Every chunk whose checksum is right, in the order of the file; one is held at a time.

    Raises:
        Damaged: if the file costs more time than its size is worth.
    """
    at, effort = len(MCAP0_MAGIC), _Effort(size)
    while (packed_at := _first_word(file, at + _BEFORE, size)) is not None:
        found = _chunk(file, packed_at, effort)
        if effort.left < 0:
            raise Damaged("holds too much that begins as a chunk and is none")
        if found is None:
            at = packed_at - _BEFORE + 1
        else:
            yield found
            at = found.end


def records_end(file: BinaryIO, start: int, end: int) -> tuple[int, bool]:
    """How far records that are neither chunks nor messages follow each other.

    Args:
        file: The file.
        start: Where the first one begins.
        end: Where the last one must have ended.

    Returns:
        Where the last whole one ends, and whether that was the file's own end.
    """
    at = start
    while at + HEAD.size <= end:
        file.seek(at)
        opcode, length = HEAD.unpack(file.read(HEAD.size))
        if opcode in (0, Opcode.CHUNK, Opcode.MESSAGE) or at + HEAD.size + length > end:
            break
        at += HEAD.size + length
        if opcode == Opcode.FOOTER:
            file.seek(at)
            if file.read(len(MCAP0_MAGIC)) == MCAP0_MAGIC:
                return at + len(MCAP0_MAGIC), True
            break
    return at, False


def _first_word(file: BinaryIO, at: int, size: int) -> int | None:
    """Where the next Zstandard frame may begin."""
    while at < size:
        file.seek(at)
        window = file.read(_WINDOW)
        if (place := window.find(zstandard.FRAME_HEADER)) >= 0:
            return at + place
        at += max(len(window) - len(zstandard.FRAME_HEADER) + 1, 1)
    return None


def _chunk(file: BinaryIO, packed_at: int, effort: _Effort) -> Found | None:
    """The chunk whose packed content begins there, if it is intact; its lengths may be wrong."""
    start = packed_at - _BEFORE
    file.seek(start)
    head = file.read(_BEFORE + _FRAME_HEAD)
    *_, crc, _ = CHUNK_HEAD.unpack_from(head, HEAD.size)
    effort.spend(_TRY)
    before = effort.left
    try:
        check_claims(head[_BEFORE:])
        file.seek(packed_at)
        content, length = _unpacked(file, effort)
    except (Damaged, zstandard.ZstdError):
        return None
    if not content or zlib.crc32(content) != crc:
        return None
    effort.left = before
    return Found(start, packed_at + length, content)


def _unpacked(file: BinaryIO, effort: _Effort) -> tuple[bytes, int]:
    """The Zstandard frame that begins here, unpacked, and its length: where it ends, it says.

    Raises:
        Damaged: if the file ends before it does, or it holds too much.
        ZstdError: if it is none.
    """
    # What a piece unpacks to is bounded too: four bytes may stand for 128 KiB.
    unpacker = zstandard.ZstdDecompressor().decompressobj(write_size=_PIECE * 8)
    parts, size, length = [], 0, 0
    while not unpacker.eof:
        piece = file.read(_PIECE)
        part = unpacker.decompress(piece)
        effort.spend(len(piece) + len(part))
        size, length = size + len(part), length + len(piece)
        if not piece or max(size, length) > LARGEST:
            raise Damaged("is damaged: a chunk does not end")
        parts.append(part)
    return b"".join(parts), length - len(unpacker.unused_data)


class _Effort:
    """How much work a file is worth: what is no chunk, though it begins as one, must not be free.

    Counted in bytes that are unpacked in vain, and `_TRY` for each look. A log in which every chunk
    is damaged stays below.
    """

    def __init__(self, size: int) -> None:
        self.left = _EFFORT + _EFFORT_A_BYTE * size

    def spend(self, work: int) -> None:
        """Count some."""
        self.left -= work
