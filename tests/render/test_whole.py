"""Files that are there as a whole or not at all."""

import pytest

from vrface.errors import VrfaceError
from vrface.render.whole import whole


def test_it_gets_its_name_at_the_end(tmp_path):
    path = tmp_path / "a.png"
    with whole(path, private=True) as part:
        assert part.stat().st_mode & 0o777 == 0o600
        part.write_bytes(b"whole")
        assert not path.exists()
        assert part.suffix == ".png"
    assert path.read_bytes() == b"whole"
    assert list(tmp_path.iterdir()) == [path]


def test_what_fails_leaves_what_was_there(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(b"before")

    def half_written():
        with whole(path) as part:
            part.write_bytes(b"half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_written()
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_disk_that_fails_is_told_by_the_name_that_was_asked_for(tmp_path):
    said = r"cannot write .*a\.png: No space left"
    with pytest.raises(VrfaceError, match=said), whole(tmp_path / "a.png"):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []
