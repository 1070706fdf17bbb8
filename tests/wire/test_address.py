import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.client import RemoteSession
from vrface.errors import BadUse, Refused
from vrface.wire.address import DEFAULT_PORT, Address


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("localhost", "localhost", DEFAULT_PORT),
        ("localhost:1", "localhost", 1),
        ("192.168.1.5:65535", "192.168.1.5", 65535),
        ("::1", "::1", DEFAULT_PORT),
        ("fe80::1%eth0", "fe80::1%eth0", DEFAULT_PORT),
        ("[::1]", "::1", DEFAULT_PORT),
        ("[::1]:50516", "::1", 50516),
    ],
)
def test_what_people_write(text, host, port):
    assert Address.parse(text) == Address(host, port)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":50515",
        "localhost:",
        "localhost:abc",
        "localhost:0",
        "localhost:99999",
        "localhost:-1",
        "localhost:1:2",
        "http://localhost:50515",
        "unix:/tmp/socket",
        "local host",
        "[localhost]:1",
        "[::1",
        "[::1]50515",
        ":::1",
    ],
)
def test_what_is_no_address_is_said_at_once(text):
    with pytest.raises(BadUse, match="not the address") as raised:
        RemoteSession(text, timeout_s=60)
    assert "localhost:50515" in raised.value.advice


@given(st.ip_addresses().map(str) | st.from_regex(r"[a-z0-9.-]+", fullmatch=True), st.integers())
def test_it_is_read_as_it_is_written(host, port):
    address = Address(host, 1 + port % 65535)
    assert Address.parse(str(address)) == address


def test_the_same_place():
    here = Address("localhost", 1)
    assert here.same_as(Address("127.0.0.1", 1))
    assert here.same_as(Address("LOCALHOST", 1))
    assert not here.same_as(Address("localhost", 2))
    assert not here.same_as(Address("example.org", 1))


@pytest.mark.parametrize("port", [-1, 65_536, 70_000])
def test_a_port_that_is_none_is_said(port):
    with pytest.raises(BadUse, match=r"0\.\.65535"):
        Address("localhost", port)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_seen_from_itself(host):
    assert Address(host).is_loopback
    Address(host).check_local(False, "a face could leave")


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.0.1", "example.org", "", "127.0.0.1.org"]
)
def test_what_others_can_reach_needs_somebody_who_agrees(host):
    assert not Address(host).is_loopback
    with pytest.raises(Refused, match="a face could leave, in clear text") as raised:
        Address(host).check_local(False, "a face could leave")
    assert "--insecure-lan" in raised.value.advice
    Address(host).check_local(True, "a face could leave")
