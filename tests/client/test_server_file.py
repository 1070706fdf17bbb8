import json
import os
import stat
import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from vrface.client.server_file import ServerFile, server_file_path
from vrface.errors import BadUse, ServerError

FILE = ServerFile("127.0.0.1:50515", "ab" * 16, "cd" * 16)
OTHER = ServerFile("127.0.0.1:1", "ef" * 16, "01" * 16)


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def dead():
    """The number of a process that is gone."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_what_is_written_is_read(runtime):
    path = FILE.write()
    assert path == server_file_path()
    assert ServerFile.read() == FILE
    assert ServerFile.read().pid == os.getpid()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_the_first_server_holds_the_file_and_the_second_writes_its_own(runtime):
    assert FILE.write().name == "server.json"
    assert OTHER.write().name == "server-1.json"
    assert ServerFile.read() == FILE
    assert ServerFile.read("localhost:1") == OTHER
    FILE.remove()
    assert ServerFile.read() == OTHER
    OTHER.remove()
    OTHER.remove()
    assert list(server_file_path().parent.iterdir()) == []


def test_without_a_first_one_the_newest_counts(runtime):
    FILE.write()
    for port, age_s in ((1, 10), (2, 0), (3, 20)):
        path = replace(OTHER, address=f"127.0.0.1:{port}").write()
        os.utime(path, (10**9 - age_s, 10**9 - age_s))
    FILE.remove()
    assert ServerFile.read().address == "127.0.0.1:2"


def test_a_file_whose_process_is_gone_counts_for_nothing(runtime, dead):
    stale = replace(FILE, pid=dead).write()
    with pytest.raises(ServerError, match="no server with a tracker"):
        ServerFile.read()
    assert not stale.exists()
    replace(FILE, pid=dead).write()
    assert OTHER.write() == stale
    assert ServerFile.read() == OTHER


def test_a_file_of_the_same_address_is_an_earlier_servers(runtime):
    """In a container, the next server often has the number of the one before."""
    path = FILE.write()
    later = replace(FILE, session_id="later")
    assert later.write() == path
    assert ServerFile.read() == later


def test_without_a_runtime_folder_it_is_in_a_private_temporary_one(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    path = FILE.write()
    assert path.parent.parent == tmp_path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_belongs_to_another_user_is_not_used(runtime, monkeypatch):
    FILE.write()
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(ServerError, match="another user"):
        FILE.write()
    with pytest.raises(ServerError, match="another user"):
        ServerFile.read()


def test_a_token_is_for_its_own_server_alone(runtime):
    FILE.write()
    for address in ("127.0.0.1:50515", "localhost", "localhost:50515"):
        assert ServerFile.read(address) == FILE
    for address in ("localhost:50516", "[::1]:50515", "example.org:50515"):
        with pytest.raises(BadUse, match="no tracker of this user") as raised:
            ServerFile.read(address)
        assert "--token" in raised.value.advice


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"address": 1}', "\x00"])
def test_what_is_not_a_servers_file(runtime, text):
    path = FILE.write()
    path.write_text(text)
    with pytest.raises(ServerError, match="not a server's file") as raised:
        ServerFile.read()
    assert raised.value.advice.startswith("Remove it.")
    assert FILE.write() == path
    assert ServerFile.read() == FILE


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": 1},
        {"address": "http://localhost"},
        {"session_id": None},
        {"watch_token": "xyz"},
        {"watch_token": 12},
        {"pid": "1"},
        {"pid": True},
        {"more": 1},
    ],
    ids=str,
)
def test_a_file_with_a_wrong_value_is_said(runtime, wrong):
    FILE.write().write_text(json.dumps(asdict(FILE) | wrong))
    with pytest.raises(ServerError, match="not a server's file"):
        ServerFile.read()


def test_no_server_runs(runtime):
    with pytest.raises(ServerError) as raised:
        ServerFile.read()
    assert "vrface serve --tracker" in raised.value.advice
