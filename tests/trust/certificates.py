"""Certificates for tests: an authority, and pairs that it vouches for."""

from __future__ import annotations

import datetime
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from vrface.trust.tls import Tls

DAY = datetime.timedelta(days=1)


class Authority:
    """Vouches for whoever asks.

    Args:
        folder: Where its files go.
        name: What it is called.
    """

    def __init__(self, folder: Path, name: str = "authority") -> None:
        self.folder, self.name = folder, _named(name)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.file = folder / f"{name}.pem"
        made = self._signed(self.name, self.key, DAY, authority=True)
        self.file.write_bytes(made.public_bytes(Encoding.PEM))

    def pair(self, name: str, lasts: datetime.timedelta = DAY) -> tuple[Path, Path]:
        """Files of a certificate for 127.0.0.1 and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate, own = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        made = self._signed(_named(name), key, lasts)
        certificate.write_bytes(made.public_bytes(Encoding.PEM))
        own.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return certificate, own

    def server(self, name: str = "server", clients: Path | None = None) -> Tls:
        return Tls(*self.pair(name), clients)

    def client(self, name: str | None = None) -> Tls:
        certificate, key = self.pair(name) if name else (None, None)
        return Tls(certificate, key, self.file)

    def _signed(self, name, key, lasts, authority: bool = False) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 2 * DAY)
            .not_valid_after(now + lasts)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(here, critical=False)
            .sign(self.key, hashes.SHA256())
        )


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
