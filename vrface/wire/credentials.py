"""What gRPC takes to encrypt a connection, made from `vrface.trust.tls.Tls`."""

from __future__ import annotations

import grpc

from vrface.errors import BadUse, VrfaceError
from vrface.trust.tls import Tls


def of_server(tls: Tls) -> grpc.ServerCredentials:
    """What a server shows; renewed files are read at the next connection, without a restart.

    Args:
        tls: With a certificate and its key.

    Raises:
        BadUse: if it has none.
    """
    pair = tls.pair
    if pair is None:
        raise BadUse("a server that encrypts needs a certificate and its key.", "Name both files.")
    shown = [(pair, tls.roots)]

    def configuration() -> grpc.ServerCertificateConfiguration:
        own, roots = shown[0]
        return grpc.ssl_server_certificate_configuration([own], roots)

    def renewed() -> grpc.ServerCertificateConfiguration | None:
        try:
            # It checks them as well: what is being written is no pair yet.
            again = Tls(tls.certificate, tls.key, tls.authority)
            now = (again.pair or pair, again.roots)
        except VrfaceError:
            return None  # what was shown before goes on being shown
        if now == shown[0]:
            return None
        shown[0] = now
        return configuration()

    return grpc.dynamic_ssl_server_credentials(
        configuration(),
        renewed,  # type: ignore[arg-type] # None stands for: as before
        require_client_authentication=tls.authority is not None,
    )


def of_client(tls: Tls) -> grpc.ChannelCredentials:
    """What a client believes and shows."""
    key, certificate = tls.pair or (None, None)
    return grpc.ssl_channel_credentials(tls.roots, key, certificate)
