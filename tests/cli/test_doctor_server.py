"""doctor of a server: how it does, in sentences."""

import json

import pytest

from tests.serving.conftest import model as model
from tests.serving.conftest import server as server
from tests.serving.harness import frames
from tests.trust.certificates import Authority
from vrface.cli.doctor_server import is_server
from vrface.client import RemoteSession


def test_a_server_that_is_well(vrface, server, tmp_path):
    with RemoteSession(server.address) as remote:
        list(remote.run(frames(20)))
        report = tmp_path / "report.json"
        code, out, err = vrface("doctor", server.address, "--json", report)
    assert (code, err) == (0, "")
    assert "1 of 3 sessions, 20 faces of 20 frames" in out
    assert "Nothing is wrong, by its own figures." in out
    found = json.loads(report.read_text())
    assert found["findings"] == []
    assert found["figures"]["sessions_max"] == 3


def test_a_server_without_room_says_so(vrface, server):
    sessions = [RemoteSession(server.address) for _ in range(3)]
    code, out, err = vrface("doctor", server.address)
    for session in sessions:
        session.close()
    assert code == 1
    assert "All 3 sessions are taken, and 0 calls were refused so far." in out
    assert "--max-sessions" in out
    assert err == "error: 1 of the server's figures are not as they should be.\n"


def test_no_server_and_a_stranger(vrface, tmp_path):
    code, out, err = vrface("doctor", "127.0.0.1:9")
    assert (code, out) == (1, "")
    assert "no server at 127.0.0.1:9" in err
    code, _, err = vrface("doctor", "192.0.2.1:50515")
    assert code == 3
    assert "in clear text" in err
    authority = Authority(tmp_path)
    code, _, err = vrface("doctor", "127.0.0.1:9", "--tls-ca", authority.file)
    assert "do the certificates fit" in err


@pytest.mark.parametrize(
    ("patient", "expected"),
    [
        ("localhost:50515", True),
        ("localhost", True),
        ("[::1]:50515", True),
        ("a.mcap", False),
        ("a.mcap:1", True),
        ("absent", False),
        ("/some/where", False),
    ],
)
def test_a_log_is_no_server(patient, expected):
    assert is_server(patient) is expected
