"""What is sealed can be opened by the same key, for the same purpose, unaltered; and not else."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse, Refused
from vrface.trust.seal import OVERHEAD, Seal

SEAL = Seal(bytes(range(32)), "test")


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens(text: bytes) -> None:
    sealed = SEAL.seal(text)
    assert len(sealed) == len(text) + OVERHEAD
    assert SEAL.open(sealed) == text
    assert text not in sealed or len(text) < 4


def test_the_same_text_is_never_sealed_alike() -> None:
    assert SEAL.seal(b"a face") != SEAL.seal(b"a face")


@given(st.data())
def test_what_was_altered_anywhere_does_not_open(data: st.DataObject) -> None:
    sealed = bytearray(SEAL.seal(b"a face that was sealed"))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    assert SEAL.open(bytes(sealed)) is None


@given(st.binary(max_size=200))
def test_what_was_never_sealed_does_not_open(text: bytes) -> None:
    assert SEAL.open(text) is None


def test_another_key_or_purpose_does_not_open() -> None:
    sealed = SEAL.seal(b"a face")
    assert Seal(bytes(32), "test").open(sealed) is None
    assert Seal(bytes(range(32)), "another").open(sealed) is None
    assert Seal().open(Seal().seal(b"")) is None


def test_a_key_file_is_drawn_once_and_for_its_owner(tmp_path) -> None:
    path = tmp_path / "key"
    sealed = Seal.of_file(path).seal(b"a face")
    assert Seal.of_file(path).open(sealed) == b"a face"
    assert path.stat().st_mode & 0o777 == 0o600
    other = tmp_path / "hex"
    other.write_text(path.read_bytes().hex() + "\n")
    other.chmod(0o600)
    assert Seal.of_file(other).open(sealed) == b"a face"


def test_files_that_are_no_keys_are_refused(tmp_path) -> None:
    short = tmp_path / "short"
    short.write_bytes(b"too short")
    short.chmod(0o600)
    with pytest.raises(BadUse, match="is no key file: it has 9 bytes"):
        Seal.of_file(short)
    with pytest.raises(BadUse, match="cannot use the key file"):
        Seal.of_file(tmp_path / "nowhere" / "key")
    with pytest.raises(BadUse, match="a key has 32 bytes, got 3"):
        Seal(b"abc")


@pytest.mark.skipif(os.name != "posix", reason="modes are POSIX's")
def test_a_key_that_others_may_read_is_refused(tmp_path) -> None:
    path = tmp_path / "key"
    Seal.of_file(path)
    path.chmod(0o644)
    with pytest.raises(Refused, match="others may read"):
        Seal.of_file(path)
