"""Disks that are full or failing: the recording ends, what was acknowledged can be had."""

import errno
import io
import os
from typing import cast

import pytest

from tests.faults.logs import HEADER, PERIOD_NS, batch, left_of, small_log
from vrface.errors import LogError
from vrface.log import FileSink, LogReader, LogWriter
from vrface.log.recover import recover

SIZE = len(small_log().data)
ENTRIES = [entry for number in range(1, 25) for entry in batch(number)]


class FullDisk:
    """A file that has room for so many bytes and then takes a part of a write."""

    def __init__(self, file: io.FileIO, room: int) -> None:
        self._file = file
        self._room = room

    def write(self, data: bytes) -> int:
        if not self._room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = self._file.write(data[: self._room])
        self._room -= written
        return written

    def fileno(self) -> int:
        return self._file.fileno()

    def close(self) -> None:
        self._file.close()


def failed(sink: FileSink) -> tuple[int, LogError]:
    """Record until the disk fails: what was acknowledged by then, and the error."""
    log = None
    try:
        log = LogWriter(sink, HEADER, sync_every_ns=3 * PERIOD_NS)
        for number in range(1, 25):
            log.write(*batch(number))
        log.sync()
    except LogError as error:
        if log is None:
            return 0, error
        with pytest.raises(LogError):
            log.close()
        return log.acknowledged, error
    acknowledged = log.acknowledged
    with pytest.raises(LogError) as caught:
        log.close()
    return acknowledged, caught.value


@pytest.mark.parametrize("room", range(0, SIZE - 8000, 1500))
def test_a_disk_that_fills_up_at_any_byte_keeps_what_was_acknowledged(tmp_path, room):
    path = tmp_path / "a.mcap"
    sink = FileSink(path)
    sink._file = cast(io.FileIO, FullDisk(sink._file, room))
    said, error = failed(sink)
    assert "No space left on device" in error.message
    assert path.stat().st_size <= room
    left = left_of(tmp_path / "copy.mcap", path.read_bytes())
    if left is None:
        assert said == 0
        return
    assert left.recovery.entries >= said
    assert left.entries == ENTRIES[: len(left.entries)]


@pytest.mark.parametrize("failing", range(8))
def test_a_sync_that_fails_acknowledges_nothing_any_more(tmp_path, monkeypatch, failing):
    calls = []

    def sync(descriptor):
        calls.append(descriptor)
        if len(calls) > failing:
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("vrface.log.sink._fdatasync", sync)
    said, error = failed(FileSink(tmp_path / "a.mcap"))
    assert "Input/output error" in error.message
    assert said == min(failing * 8, 48)
    assert len(calls) == failing + 1  # a disk that failed once is not believed again


def test_recovery_onto_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    path, saved = tmp_path / "a.mcap", tmp_path / "b.mcap"
    path.write_bytes(small_log().data[:-9000])
    before = path.read_bytes()

    class Full(FileSink):
        def append(self, data: bytes) -> None:
            raise self._failed(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    monkeypatch.setattr("vrface.log.whole.FileSink", Full)
    with pytest.raises(LogError, match="No space left"):
        recover(path, saved)
    assert list(tmp_path.iterdir()) == [path]
    assert path.read_bytes() == before
    monkeypatch.undo()
    recover(path, saved)
    assert list(LogReader(saved).frames())
