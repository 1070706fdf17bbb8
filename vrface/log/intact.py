"""The intact chunks of a file that may be damaged anywhere.

No record's place is believed because another one said so: what is searched for is the first word of
each packed chunk, and what counts is the checksum of its content. So one wrong length costs
nothing, and what follows a damaged place is found again.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

import zstandard
from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC

from vrface.log.chunk import CHUNK_HEAD, unpacked
from vrface.log.records import HEAD, LARGEST, Damaged

_WINDOW = 1 << 14
_NAME = b"zstd"
_BEFORE = HEAD.size + CHUNK_HEAD.size + len(_NAME) + 8
"""What stands in front of a chunk's packed content: head, chunk head, name and length."""


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
    """Every chunk whose checksum is right, in the order of the file; one is held at a time."""
    at = len(MCAP0_MAGIC)
    while (packed_at := _first_word(file, at + _BEFORE, size)) is not None:
        found = _chunk(file, packed_at, size)
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


def _chunk(file: BinaryIO, packed_at: int, size: int) -> Found | None:
    """The chunk whose packed content begins there, if it is intact; either length may be wrong."""
    start = packed_at - _BEFORE
    file.seek(start)
    head = file.read(_BEFORE)
    _, record_length = HEAD.unpack_from(head)
    *_, crc, _ = CHUNK_HEAD.unpack_from(head, HEAD.size)
    own_length = int.from_bytes(head[-8:], "little")
    for length in dict.fromkeys((own_length, record_length + HEAD.size - _BEFORE)):
        if not 0 < length <= min(LARGEST, size - packed_at):
            continue
        file.seek(packed_at)
        try:
            content = unpacked(file.read(length))
        except Damaged:
            continue
        if zlib.crc32(content) == crc:
            return Found(start, packed_at + length, content)
    return None
