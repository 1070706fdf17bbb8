import pytest

from vrface.wire.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_seen_from_itself(host):
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.0.1", "example.org", "", "127.0.0.1.org"]
)
def test_what_others_can_reach(host):
    assert not is_loopback(host)
