"""The faces file: a directory of slots, each with the frame block of one session.

A plain file of a fixed size that server and readers map, and that is never cut, replaced or
removed: whoever has it mapped sees the next server too, and a process that is killed leaves nothing
to clean up. One server at a time holds it.

| at | type | field |
|---|---|---|
| 0 | char[4] | ``VRFS`` |
| 4 | u16, u16 | version 1, slots 252 |
| 8 | u32 | bytes of a block: 1024 |
| 12 | u32 | process of the writer; 0 = none |
| 16 | u64 | when that writer took the file, UTC nanoseconds: the two name one writer |
| 24 | i64 | heartbeat: the writer's monotonic clock, every `HEARTBEAT_S` |
| 64 + 16 i | u8[16] | session in slot i; zeros = free |
| 4096 + 1024 i | | its frame block |
"""

from __future__ import annotations

import struct
from pathlib import Path

from vrface.wire.frame_block import BLOCK_BYTES
from vrface.wire.runtime_folder import runtime_folder

MAGIC = b"VRFS"
VERSION = 1
SLOTS = 252

WRITER = struct.Struct("<4sHHIIQq")
"""The fields up to the heartbeat, and it."""

HEAD = struct.pack("<4sHHI", MAGIC, VERSION, SLOTS, BLOCK_BYTES)
"""What a file of this version begins with, once a writer had it."""

HEARTBEAT_AT = 24
SESSIONS_AT, SESSION_BYTES = 64, 16
BLOCKS_AT = SESSIONS_AT + SLOTS * SESSION_BYTES
FILE_BYTES = BLOCKS_AT + SLOTS * BLOCK_BYTES

FREE = bytes(SESSION_BYTES)
"""The session of a slot that has none."""

HEARTBEAT_S = 0.1
DEAD_S = 1.0
"""A writer whose heart has not beaten for so long is gone."""


def faces_file_path() -> Path:
    """Where the file is: ``faces`` in the user's runtime folder."""
    return runtime_folder() / "faces"


def session_at(slot: int) -> int:
    """Where a slot's session id begins."""
    return SESSIONS_AT + slot * SESSION_BYTES


def block_at(slot: int) -> int:
    """Where a slot's frame block begins."""
    return BLOCKS_AT + slot * BLOCK_BYTES
