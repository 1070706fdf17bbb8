import stat
from pathlib import Path

import pytest

from vrface.errors import ServerError
from vrface.wire.faces_file import (
    BLOCKS_AT,
    FILE_BYTES,
    SLOTS,
    WRITER,
    block_at,
    faces_file_path,
    session_at,
)
from vrface.wire.runtime_folder import check_owner, make_runtime_folder, runtime_folder


def test_it_is_the_users_runtime_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    assert runtime_folder() == tmp_path / "vrface"
    assert faces_file_path() == tmp_path / "vrface" / "faces"


@pytest.mark.parametrize("value", ["", None])
def test_without_one_it_is_a_folder_of_the_users_own(monkeypatch, tmp_path, value):
    if value is None:
        monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    else:
        monkeypatch.setenv("XDG_RUNTIME_DIR", value)
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert runtime_folder() == tmp_path / "vrface-4711"


def test_on_windows_it_is_in_the_local_application_data(monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("LOCALAPPDATA", "/appdata")
    monkeypatch.setattr("vrface.wire.runtime_folder._WINDOWS", True)
    assert runtime_folder() == Path("/appdata/vrface")


def test_it_is_for_this_user_alone(tmp_path, monkeypatch):
    folder = tmp_path / "a" / "vrface"
    make_runtime_folder(folder)
    make_runtime_folder(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    monkeypatch.setattr("os.getuid", lambda: 4711)
    with pytest.raises(ServerError, match="another user"):
        make_runtime_folder(folder)
    with pytest.raises(ServerError, match="another user"):
        check_owner(folder, folder.stat())


def test_the_faces_file_is_laid_out_as_written():
    assert (BLOCKS_AT, FILE_BYTES, SLOTS, WRITER.size) == (4096, 262_144, 252, 32)
    assert (session_at(0), session_at(251)) == (64, 4080)
    assert (block_at(0), block_at(251)) == (4096, 261_120)
