"""A server that encrypts: who gets in, who does not, and a certificate that is renewed."""

import pytest

from tests.serving.harness import RunningServer, frames
from tests.trust.certificates import Authority
from vrface import Session
from vrface.client import RemoteSession, Watcher
from vrface.errors import BadUse, Refused, ServerError
from vrface.serving import Server
from vrface.trust.tls import Tls
from vrface.wire.address import Address


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def test_a_client_that_believes_the_authority_is_served(model, authority):
    with (
        RunningServer({"small": model}, tls=authority.server()) as server,
        RemoteSession(server.address, tls=authority.client()) as remote,
    ):
        assert len(list(remote.run(frames(5)))) == 5
        watching = Watcher(
            server.address, remote.session_id, remote.watch_token, tls=authority.client()
        )
        watching.close()
        with Session.connect(server.address, tls=authority.client()) as other:
            assert other.model_name == "small"


def test_clear_text_and_strangers_do_not_get_in(model, authority, tmp_path):
    (tmp_path / "stranger").mkdir()
    stranger = Authority(tmp_path / "stranger")
    with RunningServer({"small": model}, tls=authority.server()) as server:
        for tls in (None, stranger.client()):
            with pytest.raises(ServerError, match="no server at") as raised:
                RemoteSession(server.address, tls=tls, timeout_s=0.5)
        assert "do the certificates fit" in raised.value.advice
        assert server.stats.opened == 0


def test_with_an_authority_of_its_own_it_asks_clients_for_certificates(model, authority, tmp_path):
    (tmp_path / "clients").mkdir()
    clients = Authority(tmp_path / "clients")
    known = Tls(*clients.pair("headset"), authority.file)
    with RunningServer({"small": model}, tls=authority.server(clients=clients.file)) as server:
        with RemoteSession(server.address, tls=known) as remote:
            assert len(list(remote.run(frames(2)))) == 2
        for tls in (authority.client(), authority.client("self-made")):
            with pytest.raises(ServerError):
                RemoteSession(server.address, tls=tls, timeout_s=0.5)


def test_a_renewed_certificate_counts_without_a_restart(model, authority, tmp_path):
    (tmp_path / "new").mkdir()
    new = Authority(tmp_path / "new")
    tls = authority.server()
    with RunningServer({"small": model}, tls=tls) as server:
        with RemoteSession(server.address, tls=authority.client()) as before:
            list(before.run(frames(1)))
            tls.key.write_text("half of a new one")
            with RemoteSession(server.address, tls=authority.client()) as other:
                list(other.run(frames(1)))
            certificate, key = new.pair("server")
            tls.certificate.write_bytes(certificate.read_bytes())
            tls.key.write_bytes(key.read_bytes())
            with RemoteSession(server.address, tls=new.client()) as other:
                list(other.run(frames(1)))
            list(before.run(frames(3)[1:]))  # who is in stays in
        with pytest.raises(ServerError):
            RemoteSession(server.address, tls=authority.client(), timeout_s=0.5)


def test_a_server_without_a_certificate_cannot_encrypt(model, authority):
    with pytest.raises(BadUse, match="needs a certificate"):
        Server({"small": model}, tls=authority.client())


def test_clear_text_stays_on_this_machine(model, authority):
    everywhere = Address(host="0.0.0.0", port=0)
    with pytest.raises(Refused, match="in clear text"):
        Server({"small": model}, where=everywhere)
    Server({"small": model}, where=everywhere, tls=authority.server())
    Server({"small": model}, where=everywhere, insecure_lan=True)
    for call in (lambda: RemoteSession("192.0.2.1"), lambda: Watcher("192.0.2.1", "", b"")):
        with pytest.raises(Refused, match=r"192\.0\.2\.1 is another machine, in clear text"):
            call()
    with pytest.raises(ServerError):
        RemoteSession("192.0.2.1", insecure_lan=True, timeout_s=0.1)
