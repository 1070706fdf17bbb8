import stat

import pytest

from vrface.client.server_file import ServerFile, server_file_path
from vrface.errors import ServerError

FILE = ServerFile("127.0.0.1:50515", "ab" * 16, "cd" * 16)


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def test_what_is_written_is_read(runtime):
    path = FILE.write()
    assert path == server_file_path()
    assert ServerFile.read() == FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_newer_server_replaces_it_and_the_older_one_leaves_it_alone(runtime):
    newer = ServerFile("127.0.0.1:1", "ef" * 16, "01" * 16)
    FILE.write()
    newer.write()
    FILE.remove()
    assert ServerFile.read() == newer
    newer.remove()
    newer.remove()
    assert not server_file_path().exists()


def test_without_a_runtime_folder_it_is_in_a_private_temporary_one(tmp_path, monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    path = FILE.write()
    assert path.parent.parent == tmp_path
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_folder_of_another_user_is_not_used(runtime, monkeypatch):
    FILE.write()
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(ServerError, match="another user"):
        FILE.write()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"address": 1}', "\x00"])
def test_what_is_not_a_servers_file(runtime, text):
    path = FILE.write()
    path.write_text(text)
    with pytest.raises(ServerError, match="not a server's file"):
        ServerFile.read()


def test_no_server_runs(runtime):
    with pytest.raises(ServerError) as raised:
        ServerFile.read()
    assert "vrface serve --tracker" in raised.value.advice
