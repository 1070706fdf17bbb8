"""What stands in a chunk of a log: messages behind one checksum.

Of what MCAP allows, so much is used: messages and their channels stand in chunks; a chunk is packed
by Zstandard or not at all, and always has its checksum.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

import zstandard
from mcap.opcode import Opcode

from vrface.log.records import HEAD, LARGEST, Damaged, text_at

CHUNK_HEAD = struct.Struct("<QQQII")
"""What a chunk starts with: first and last time, size unpacked, checksum, length of a name."""

MOST_OTHERS = 64
"""Records in a chunk that are no messages: the first one declares all schemas and channels."""

_MESSAGE = struct.Struct("<HIQQ")


class RawMessage(NamedTuple):
    """A message as it stands in a chunk; times as in `Entry`.

    Attributes:
        channel: Number of its channel.
        number: Its number on the channel.
        log_time_ns: When it arrived.
        publish_time_ns: The instant it is about.
        data: The message, serialised.
    """

    channel: int
    number: int
    log_time_ns: int
    publish_time_ns: int
    data: bytes


def contents(chunk: bytes) -> bytes:
    """What a chunk record holds, unpacked and compared with its checksum.

    Raises:
        Damaged: if it is not what was written, or larger than any chunk of a log.
    """
    if len(chunk) < CHUNK_HEAD.size:
        raise Damaged("is damaged: a chunk is too short")
    _, _, size, crc, name_length = CHUNK_HEAD.unpack_from(chunk)
    start = CHUNK_HEAD.size + name_length + 8
    length = int.from_bytes(chunk[start - 8 : start], "little")
    if start + length != len(chunk):
        raise Damaged("is damaged: a chunk is not as long as it says")
    name, packed = chunk[CHUNK_HEAD.size : start - 8], chunk[start:]
    if name not in (b"zstd", b""):
        raise Damaged(f"is packed as {name[:16]!r}, which no log is")
    content = unpacked(packed) if name else packed
    if len(content) != size or zlib.crc32(content) != crc:
        raise Damaged("is damaged: the checksum of a chunk is wrong")
    return content


def unpacked(packed: bytes) -> bytes:
    """One Zstandard frame, unpacked; its claim of a size is looked at first.

    Raises:
        Damaged: if it is none, larger than `LARGEST`, or something stands behind it.
    """
    check_claims(packed)
    try:
        return zstandard.ZstdDecompressor().decompress(packed, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise Damaged(f"is damaged: a chunk cannot be unpacked ({error})") from None


def check_claims(packed: bytes) -> None:
    """See what a Zstandard frame says of itself in its first 18 bytes at the most.

    Raises:
        Damaged: if it is none, does not say how much it holds, or that is beyond `LARGEST`.
    """
    try:
        frame = zstandard.get_frame_parameters(packed)
    except zstandard.ZstdError as error:
        raise Damaged(f"is damaged: a chunk cannot be unpacked ({error})") from None
    if max(frame.content_size, frame.window_size) > LARGEST:
        raise Damaged(f"is damaged: a chunk claims to hold {frame.content_size} bytes")


def messages(content: bytes, topics: dict[int, str]) -> Iterator[RawMessage]:
    """The messages inside a chunk.

    Args:
        content: Of the chunk.
        topics: By channel number; channels that the chunk declares are added where they are not
            known: the metadata's word is the last.

    Raises:
        Damaged: where the chunk makes no sense, or holds more than `MOST_OTHERS` other records.
    """
    others = 0
    for opcode, start, end in _inside(content):
        if opcode == Opcode.MESSAGE:
            if end - start < _MESSAGE.size:
                raise Damaged("is damaged: a message is too short")
            channel, number, log_time_ns, publish_time_ns = _MESSAGE.unpack_from(content, start)
            if log_time_ns >= 2**63:
                raise Damaged("is damaged: a time is out of range")
            data = content[start + _MESSAGE.size : end]
            yield RawMessage(channel, number, log_time_ns, publish_time_ns, data)
            continue
        others += 1
        if others > MOST_OTHERS:
            raise Damaged("is damaged: a chunk holds too much that is no message")
        if opcode == Opcode.CHANNEL:
            channel = int.from_bytes(content[start : start + 2], "little")
            topics.setdefault(channel, text_at(content[start:end], 4)[0])


def _inside(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Opcode, start and end of each record inside a chunk."""
    at, size = 0, len(content)
    while at < size:
        if at + HEAD.size > size:
            raise Damaged("is damaged: a chunk ends within a record")
        opcode, length = HEAD.unpack_from(content, at)
        at, start = at + HEAD.size + length, at + HEAD.size
        if at > size:
            raise Damaged("is damaged: a chunk ends within a record")
        yield opcode, start, at
