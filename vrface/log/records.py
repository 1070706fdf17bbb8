"""The records of an MCAP file (https://mcap.dev/spec), read within bounds.

No length in a file is believed before it was compared with the file and with a limit.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Generator
from contextlib import suppress
from typing import BinaryIO

from mcap.opcode import Opcode
from mcap.writer import MCAP0_MAGIC

LARGEST = 16 << 20
"""The largest chunk, packed or not. The writer's stay well below it."""

LARGEST_OTHER = 1 << 20
"""The largest record of another kind that is looked at: the metadata above all."""

HEAD = struct.Struct("<BQ")
"""What each record starts with: opcode and length of the rest."""

_PIECE = 1 << 16
_KEPT = {Opcode.HEADER, Opcode.METADATA, Opcode.CHUNK, Opcode.DATA_END}


class Damaged(Exception):
    """What is wrong with a file, as the end of "the log X ..."; its readers raise `LogError`."""


def records(file: BinaryIO, size: int) -> Generator[tuple[int, bytes]]:
    """Opcode and content of each record that a reader needs, up to the end of the file.

    Every byte goes into a checksum: that of the data section, or that of the summary behind it.

    Args:
        file: At its start.
        size: Of the file, bytes.

    Raises:
        Damaged: where the file is torn, was altered or is none of ours; what came before is as
            it was written as far as chunks go, for each has a checksum of its own.
    """
    if file.read(len(MCAP0_MAGIC)) != MCAP0_MAGIC:
        raise Damaged("is no MCAP file")
    crc = zlib.crc32(MCAP0_MAGIC)
    complete = False
    while True:
        head = _exactly(file, HEAD.size)
        opcode, length = HEAD.unpack(head)
        if length > size - file.tell():
            raise _too_short()
        if opcode == Opcode.FOOTER:
            break
        if not opcode:
            raise Damaged("is damaged: a record has no kind")
        if opcode == Opcode.MESSAGE:
            raise Damaged("holds a message outside of the chunks, where it has no checksum")
        before, crc = crc, zlib.crc32(head, crc)
        if opcode in _KEPT:
            content = _bounded(file, length, LARGEST if opcode == Opcode.CHUNK else LARGEST_OTHER)
            crc = zlib.crc32(content, crc)
            if opcode == Opcode.DATA_END:
                _compare(content, before, 4, "its data")
                complete, crc = True, 0
            yield opcode, content
        else:
            crc = _passed(file, length, crc)
    content = _bounded(file, length, LARGEST_OTHER)
    if not complete or len(content) != 20:
        raise Damaged("is damaged: its end is not where it belongs")
    _compare(content[16:], zlib.crc32(head + content[:16], crc), 4, "its index")
    last = file.read(len(MCAP0_MAGIC) + 1)
    if len(last) < len(MCAP0_MAGIC):
        raise _too_short()
    if last != MCAP0_MAGIC:
        raise Damaged("is damaged: what ends it is not its last word")


def profile_of(content: bytes) -> str:
    """The profile that a header record names.

    Raises:
        Damaged: if it is none.
    """
    return text_at(content, 0)[0]


def metadata_of(content: bytes) -> tuple[str, dict[str, str]]:
    """Name and entries of a metadata record.

    Raises:
        Damaged: if it is none.
    """
    name, at = text_at(content, 0)
    entries = {}
    at += 4
    while at < len(content):
        key, at = text_at(content, at)
        entries[key], at = text_at(content, at)
    return name, entries


def copies_of(file: BinaryIO, name: str) -> Generator[dict[str, str]]:
    """Entries of each metadata record of this name near the start of a file that may be damaged.

    No length around it is believed; whether its entries are as they were written is not looked at.
    """
    file.seek(0)
    start = file.read(3 * LARGEST_OTHER)
    mark = len(name).to_bytes(4, "little") + name.encode()
    at = start.find(mark)
    while at >= 0:
        entries_at = at + len(mark)
        length = int.from_bytes(start[entries_at : entries_at + 4], "little")
        with suppress(Damaged):
            yield metadata_of(start[at : entries_at + 4 + length])[1]
        at = start.find(mark, at + 1)


def text_at(content: bytes, at: int) -> tuple[str, int]:
    """A string with its length in front, and where it ends.

    Raises:
        Damaged: if there is none.
    """
    start = at + 4
    end = start + int.from_bytes(content[at:start], "little")
    if end > len(content):
        raise Damaged("is damaged: a name is longer than its record")
    try:
        return content[start:end].decode(), end
    except UnicodeDecodeError:
        raise Damaged("is damaged: a name is no text") from None


def _exactly(file: BinaryIO, length: int) -> bytes:
    data = file.read(length)
    if len(data) < length:
        raise _too_short()
    return data


def _bounded(file: BinaryIO, length: int, most: int) -> bytes:
    if length > most:
        raise Damaged(f"is damaged: a record claims {length} bytes")
    return _exactly(file, length)


def _passed(file: BinaryIO, length: int, crc: int) -> int:
    """Read over `length` bytes, in pieces; the checksum with them."""
    while length:
        piece = _exactly(file, min(length, _PIECE))
        crc = zlib.crc32(piece, crc)
        length -= len(piece)
    return crc


def _compare(content: bytes, found: int, length: int, what: str) -> None:
    """See whether a record's content is this checksum; 0 says that none was kept."""
    if len(content) != length:
        raise Damaged(f"is damaged: the checksum of {what} is missing")
    if (written := int.from_bytes(content, "little")) and written != found:
        raise Damaged(f"is damaged: the checksum of {what} is wrong")


def _too_short() -> Damaged:
    return Damaged("ends too early: its writer was interrupted or still writes, or it was cut")
