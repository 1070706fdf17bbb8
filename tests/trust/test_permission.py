"""No door opens without a permission that is understood."""

import pytest

from vrface import Permission, Session
from vrface.errors import Refused


def test_local_says_what_it_is() -> None:
    permission = Permission.local()
    assert permission.kind == "local"
    assert permission.identifier == "local:unsigned"
    permission.require("any door")


def test_an_unknown_kind_opens_nothing() -> None:
    forged = Permission(kind="signed", identifier="me")
    with pytest.raises(Refused, match="evaluate was refused"):
        forged.require("evaluate")
    with pytest.raises(Refused, match="Session was refused") as refusal:
        Session(permission=forged)
    assert refusal.value.exit_code == 3
