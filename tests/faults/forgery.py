"""Records that no vrface wrote: what stands in a log may be anything."""

import struct
import zlib
from pathlib import Path

import zstandard

from tests.faults.logs import Left, is_read_whole, left_of, small_log
from vrface.log.chunk import CHUNK_HEAD

LOG = small_log()
NUMBER = int(LOG.metadata["checksum"], 16)
"""The first number of its entries: what is forged must belong to it, to get so far."""


def left(path: Path, data: bytes) -> Left:
    """What is left of a log whose header is intact, and which `LogReader` must refuse."""
    found = left_of(path, data)
    assert found is not None
    assert not is_read_whole(path)
    return found


def record(opcode: int, content: bytes, length: int | None = None) -> bytes:
    return struct.pack("<BQ", opcode, len(content) if length is None else length) + content


def chunk(content: bytes, packed: bytes | None = None, size: int | None = None) -> bytes:
    """A chunk record; its checksum is right."""
    packed = zstandard.compress(content) if packed is None else packed
    size = len(content) if size is None else size
    head = CHUNK_HEAD.pack(0, 0, size, zlib.crc32(content), 4)
    return record(6, head + b"zstd" + struct.pack("<Q", len(packed)) + packed)


def message(channel: int, number: int, data: bytes, log_time_ns: int = 0) -> bytes:
    head = struct.pack("<HIQQ", channel, (NUMBER + number) % 2**32, log_time_ns, 0)
    return record(5, head + data)


def bomb(size: int, known: bool) -> bytes:
    """A Zstandard frame of many zeros, which says so or not."""
    packer = zstandard.ZstdCompressor().compressobj(size if known else -1)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()


def zeros_packed(size: int, end: bool = True) -> bytes:
    """A Zstandard frame of zeros, 4 bytes for each 128 KiB of them; with its last block or not."""
    head = zstandard.FRAME_HEADER + b"\xa0" + struct.pack("<I", size)
    block = (1 << 17) << 3 | 1 << 1  # its size, and that one byte stands for all of it
    blocks = [block] * ((size >> 17) - 1) + [block | end]
    return head + b"".join(struct.pack("<I", said)[:3] + b"\0" for said in blocks)


def channels(*topics: str) -> bytes:
    """Records that declare channels 1, 2, 3 ..."""

    def text(word: str) -> bytes:
        return struct.pack("<I", len(word)) + word.encode()

    return b"".join(
        record(4, struct.pack("<HH", number, 1) + text(topic) + text("protobuf") + bytes(4))
        for number, topic in enumerate(topics, 1)
    )
