"""`Tls`: the files that encrypt a connection, checked before anybody listens or calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from vrface.errors import BadUse


@dataclass(frozen=True)
class Tls:
    """How a connection is encrypted. All files are PEM.

    Attributes:
        certificate: One's own, with those that vouch for it behind it; a server has one.
        key: Its private key.
        authority: Certificates that vouch for the other side. A server with one lets in only
            clients that show a certificate of theirs; a client without one believes gRPC's own.

    Raises:
        BadUse: if a file cannot be read or is none, a certificate comes without its key or has run
            out, or the two do not belong together.
    """

    certificate: str | Path | None = None
    key: str | Path | None = None
    authority: str | Path | None = None

    def __post_init__(self) -> None:
        if (self.certificate is None) != (self.key is None):
            raise BadUse("a certificate and its private key go together.", "Name both files.")
        if self.authority is not None:
            _certificates(self.authority)
        if self.certificate is not None and self.key is not None:
            _check_pair(self.certificate, self.key)

    @property
    def pair(self) -> tuple[bytes, bytes] | None:
        """Private key and certificate, as they are in their files now."""
        if self.certificate is None or self.key is None:
            return None
        return _read(self.key), _read(self.certificate)

    @property
    def roots(self) -> bytes | None:
        """The authority's certificates."""
        return None if self.authority is None else _read(self.authority)


def _check_pair(certificate: str | Path, key: str | Path) -> None:
    own = _certificates(certificate)[0]
    try:
        private = load_pem_private_key(_read(key), password=None)
    except (ValueError, TypeError) as error:
        raise BadUse(
            f"{key} is no private key in PEM: {error}.", "A key with a password does not do."
        ) from None
    if private.public_key() != own.public_key():
        raise BadUse(f"the key in {key} is not that of {certificate}.", "Name the two of a pair.")
    if own.not_valid_after_utc < datetime.now(UTC):
        raise BadUse(
            f"the certificate in {certificate} ran out on {own.not_valid_after_utc:%Y-%m-%d}.",
            "Have it renewed.",
        )


def _certificates(path: str | Path) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(_read(path))
    except ValueError:
        raise BadUse(f"{path} holds no certificate in PEM.", "Name another file.") from None


def _read(path: str | Path) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadUse(f"cannot read {path}: {error.strerror}.", "Name another file.") from None
