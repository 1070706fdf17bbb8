"""`whole`: a log that is there as a whole or not at all, whatever others left behind."""

import os

import pytest

from tests.log.test_writer import HEADER, frame
from vrface.errors import LogError
from vrface.log import LogReader
from vrface.log.whole import whole
from vrface.trust.permission import Permission

LOCAL = Permission.local()


def test_nothing_has_its_name_before_it_is_whole(tmp_path):
    path = tmp_path / "a.mcap"
    with whole(path, HEADER, LOCAL) as log:
        log.sensors(frame(1, 0), 0)
        log.sync()
        (part,) = tmp_path.iterdir()
        with pytest.raises(LogError, match="cannot read") as caught:
            LogReader(path)
        assert f"vrface doctor {part} --recover {path}" in caught.value.advice
    assert list(tmp_path.iterdir()) == [path]
    assert [f.sequence for f in LogReader(path).frames()] == [1]


def test_what_fails_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), whole(tmp_path / "a.mcap", HEADER, LOCAL):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_who_is_told_to_end_while_the_disk_is_waited_for_leaves_nothing(tmp_path, monkeypatch):
    def told(folder):
        assert list(tmp_path.iterdir()) != []
        raise KeyboardInterrupt

    monkeypatch.setattr("vrface.log.sink.sync_folder", told)
    with pytest.raises(KeyboardInterrupt), whole(tmp_path / "a.mcap", HEADER, LOCAL):
        raise AssertionError("the log was never there")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_does_not_stand_in_the_way(tmp_path):
    left = tmp_path / f".a.mcap.{os.getpid()}.part"
    left.write_bytes(b"mine")
    for name in ("a.mcap", "b.mcap"):
        with whole(tmp_path / name, HEADER, LOCAL) as log:
            log.sensors(frame(1, 0), 0)
    assert left.read_bytes() == b"mine"
    assert (tmp_path / "a.mcap").read_bytes() == (tmp_path / "b.mcap").read_bytes()


def test_of_several_that_were_left_the_newest_is_named(tmp_path):
    for age, name in enumerate((".a.mcap.00.part", ".a.mcap.ff.part", ".a.mcap.77.part")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, ns=(age, age))
    with pytest.raises(LogError) as caught:
        LogReader(tmp_path / "a.mcap")
    assert ".a.mcap.77.part --recover" in caught.value.advice


def test_a_name_that_somebody_takes_meanwhile_is_theirs(tmp_path):
    path = tmp_path / "a.mcap"
    with pytest.raises(LogError, match="already"), whole(path, HEADER, LOCAL):
        path.write_bytes(b"theirs")
    assert path.read_bytes() == b"theirs"
    assert list(tmp_path.iterdir()) == [path]
