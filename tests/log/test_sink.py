"""`FileSink`: a file that is there or not, and synced in the way of each system."""

import errno
import os

import pytest

from vrface.errors import LogError
from vrface.log import FileSink
from vrface.log import sink as sink_module


@pytest.fixture
def folder_sync_fails(monkeypatch):
    """Makes syncing a folder fail with an error number."""
    real = os.fsync

    def arm(number):
        def fsync(descriptor):
            if os.path.isdir(f"/proc/self/fd/{descriptor}"):
                raise OSError(number, os.strerror(number))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", fsync)

    return arm


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="tells folders by /proc")
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_that_cannot_sync_a_folder_holds_logs_all_the_same(
    tmp_path, folder_sync_fails, number
):
    folder_sync_fails(number)
    sink = FileSink(tmp_path / "a.mcap")
    sink.append(b"x")
    sink.sync()
    sink.close()
    assert (tmp_path / "a.mcap").read_bytes() == b"x"


@pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="tells folders by /proc")
def test_a_folder_that_fails_leaves_neither_file_nor_handle(tmp_path, folder_sync_fails):
    folder_sync_fails(errno.EIO)
    before = set(os.listdir("/proc/self/fd"))
    with pytest.raises(LogError, match="Input/output error") as caught:
        FileSink(tmp_path / "a.mcap")
    assert caught.value.advice
    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/proc/self/fd")) == before


def test_where_there_is_a_full_sync_it_is_used_and_fsync_where_the_disk_knows_none(
    tmp_path, monkeypatch
):
    fcntl = pytest.importorskip("fcntl")
    asked = []

    def ask(descriptor, command):
        asked.append(command)
        if len(asked) > 1:
            raise OSError(asked[-1], os.strerror(asked[-1]))

    monkeypatch.setattr(fcntl, "fcntl", ask)
    for command in (51, errno.ENOTSUP, errno.EIO):
        monkeypatch.setattr(fcntl, "F_FULLFSYNC", command, raising=False)
        monkeypatch.setattr(sink_module, "_fdatasync", sink_module._disk_sync())
        sink = FileSink(tmp_path / f"{command}.mcap")
        if command == errno.EIO:
            with pytest.raises(LogError, match="Input/output error"):
                sink.sync()
        else:
            sink.sync()
        sink.close()
    assert asked == [51, errno.ENOTSUP, errno.EIO]


def test_what_to_do_when_it_fails_is_said_by_who_opened_it(tmp_path):
    for advice in ({}, {"advice": "Nothing is kept."}):
        sink = FileSink(tmp_path / f"{len(advice)}.mcap", **advice)
        sink.close()
        sink._file = open(os.devnull, "rb", buffering=0)  # noqa: SIM115 - cannot be written
        with pytest.raises(LogError, match="cannot be written any further") as caught:
            sink.append(b"x")
        sink.close()
        assert caught.value.advice == advice.get("advice", sink_module.KEPT)
