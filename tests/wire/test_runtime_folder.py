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
@pytest.mark.parametrize("temporary", ["", None, "/elsewhere"])
def test_without_one_it_is_a_folder_of_the_users_own(monkeypatch, value, temporary):
    for name, given in (("XDG_RUNTIME_DIR", value), ("TMPDIR", temporary)):
        if given is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, given)
    for misleading in ("TEMP", "TMP"):
        monkeypatch.setenv(misleading, "/misleading")
    monkeypatch.setattr("os.getuid", lambda: 4711)
    assert runtime_folder() == Path(temporary or "/tmp") / "vrface-4711"


def test_on_windows_it_is_in_the_local_application_data(monkeypatch):
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setenv("LOCALAPPDATA", "/appdata")
    monkeypatch.setattr("vrface.wire.runtime_folder._WINDOWS", True)
    assert runtime_folder() == Path("/appdata/vrface")
    monkeypatch.delenv("LOCALAPPDATA")
    with pytest.raises(ServerError) as raised:
        runtime_folder()
    assert "LOCALAPPDATA" in raised.value.advice


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


def test_a_link_is_not_followed(tmp_path):
    folder, elsewhere = tmp_path / "vrface", tmp_path / "elsewhere"
    folder.symlink_to(elsewhere)
    for _ in range(2):
        with pytest.raises(ServerError, match="is a link") as raised:
            make_runtime_folder(folder)
        assert "XDG_RUNTIME_DIR" in raised.value.advice
        elsewhere.mkdir(mode=0o700, exist_ok=True)


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o702])
def test_a_folder_that_others_can_write_into_is_refused(tmp_path, mode):
    folder = tmp_path / "vrface"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(ServerError, match="written by others") as raised:
        make_runtime_folder(folder)
    assert "chmod 700" in raised.value.advice
    folder.chmod(0o755)
    make_runtime_folder(folder)


def test_the_faces_file_is_laid_out_as_written():
    assert (BLOCKS_AT, FILE_BYTES, SLOTS, WRITER.size) == (4096, 262_144, 252, 32)
    assert (session_at(0), session_at(251)) == (64, 4080)
    assert (block_at(0), block_at(251)) == (4096, 261_120)
