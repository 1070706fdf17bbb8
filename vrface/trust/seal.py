"""`Seal`: what a server hands to a client to keep, so that nobody else reads or alters it.

AES-256-GCM. A sealed text begins with the key's id, so that whoever has several keys knows which.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vrface.errors import BadUse, Refused

KEY_BYTES = 32
ID_BYTES = 8
NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD = ID_BYTES + NONCE_BYTES + TAG_BYTES
"""How much longer a sealed text is."""


class Seal:
    """Seals and opens texts.

    Args:
        key: 32 bytes that nobody else knows; None = drawn, so that no other process can open what
            this one sealed.
        purpose: What is sealed: what was sealed for another purpose does not open.

    Raises:
        BadUse: if the key has another length.
    """

    def __init__(self, key: bytes | None = None, purpose: str = "") -> None:
        key = secrets.token_bytes(KEY_BYTES) if key is None else key
        if len(key) != KEY_BYTES:
            raise BadUse(f"a key has {KEY_BYTES} bytes, got {len(key)}.", "Draw one at random.")
        self._cipher = AESGCM(key)
        self._id = hashlib.sha256(b"vrface seal\0" + key).digest()[:ID_BYTES]
        self._purpose = purpose.encode()

    @classmethod
    def of_file(cls, path: Path, purpose: str = "") -> Seal:
        """The seal of a key file, which is drawn and written, mode 0600, where none is yet.

        Args:
            path: Of the file: 32 bytes as they are, or as 64 hexadecimal digits.
            purpose: As for `Seal`.

        Raises:
            BadUse: if the file cannot be read or written, or holds no key.
            Refused: if others than its owner may read it.
        """
        try:
            _draw(path)
            mode, data = path.stat().st_mode, path.read_bytes()
        except OSError as error:
            raise BadUse(
                f"cannot use the key file {path}: {error.strerror}.", "Name another one."
            ) from None
        if os.name == "posix" and mode & 0o077:
            raise Refused(
                f"others may read the key file {path}.", f"Make it yours alone: chmod 600 {path}"
            )
        if len(data) != KEY_BYTES:
            with suppress(ValueError):
                data = bytes.fromhex(data.decode("ascii", "replace").strip())
        if len(data) != KEY_BYTES:
            raise BadUse(
                f"{path} is no key file: it has {len(data)} bytes, not {KEY_BYTES}.",
                "Name a file that is not there: a key is drawn for it.",
            )
        return cls(data, purpose)

    def seal(self, text: bytes) -> bytes:
        """The text, sealed: `OVERHEAD` bytes longer."""
        nonce = os.urandom(NONCE_BYTES)
        return self._id + nonce + self._cipher.encrypt(nonce, text, self._id + self._purpose)

    def open(self, sealed: bytes) -> bytes | None:
        """The text that was sealed; None if it was not by this key for this purpose, or altered."""
        if len(sealed) < OVERHEAD or sealed[:ID_BYTES] != self._id:
            return None
        nonce, rest = sealed[ID_BYTES : ID_BYTES + NONCE_BYTES], sealed[ID_BYTES + NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, rest, self._id + self._purpose)
        except InvalidTag:
            return None


def _draw(path: Path) -> None:
    """Write a key where there is no file yet."""
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
