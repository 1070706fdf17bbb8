import datetime

import pytest

from tests.trust.certificates import Authority
from vrface.errors import BadUse
from vrface.trust.tls import Tls


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


def test_a_pair_and_an_authority_are_read(authority):
    certificate, key = authority.pair("server")
    tls = Tls(certificate, key, authority.file)
    assert tls.pair == (key.read_bytes(), certificate.read_bytes())
    assert tls.roots == authority.file.read_bytes()
    assert Tls(str(certificate), str(key)).pair == tls.pair
    nothing = Tls()
    assert (nothing.pair, nothing.roots) == (None, None)


def test_what_does_not_do_is_said(authority, tmp_path):
    certificate, key = authority.pair("server")
    _, other = authority.pair("other")
    none = tmp_path / "none.pem"
    none.write_text("no certificate")
    old, its = authority.pair("old", lasts=datetime.timedelta(days=-1))
    for files, match in (
        ((certificate, None), "go together"),
        ((None, key), "go together"),
        ((certificate, other), "is not that of"),
        ((none, key), "no certificate"),
        ((certificate, none), "no private key"),
        ((tmp_path / "absent", key), "cannot read"),
        ((old, its), "ran out on"),
        ((None, None, none), "no certificate"),
        ((None, None, tmp_path), "cannot read"),
    ):
        with pytest.raises(BadUse, match=match) as raised:
            Tls(*files)
        assert raised.value.advice


def test_no_key_is_in_its_words(authority):
    certificate, key = authority.pair("server")
    assert "PRIVATE" not in repr(Tls(certificate, key))
