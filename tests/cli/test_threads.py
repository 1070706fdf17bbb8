"""`in_one_thread`: verbs that take frame after frame, unless the user has said otherwise."""

import pytest

from vrface.cli.threads import NAMES, in_one_thread
from vrface.errors import BadUse


@pytest.fixture
def environment(monkeypatch):
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_it_is_one(environment):
    own: dict[str, str] = {}
    environment.setattr("os.environ", own)
    in_one_thread()
    assert own == {"PJRT_NPROC": "1"}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_user_has_said_counts(environment, name):
    own = {name: "3"}
    environment.setattr("os.environ", own)
    in_one_thread()
    assert own == {name: "3"}


@pytest.mark.parametrize("verb", ["record", "replay", "render", "serve"])
def test_a_verb_that_takes_frame_after_frame_asks_for_it(verb, environment, vrface, tmp_path):
    said = []

    def asked():
        said.append(verb)
        raise BadUse("that far, and no further.")

    environment.setattr(f"vrface.cli.{verb}.in_one_thread", asked)
    log = tmp_path / "a.mcap"
    vrface("simulate", "--headset", "mouth_only", "--minutes", 0.02, "-o", log)
    arguments = {
        "record": ("--tracker", "synthetic", "--headset", "mouth_only", "-o", tmp_path / "b.mcap"),
        "replay": (log,),
        "render": (log, "-o", tmp_path / "a.webm", "--model", "default"),
        "serve": ("--port", 0),
    }[verb]
    code, _, err = vrface(verb, *arguments)
    assert (code, said) == (2, [verb]), err
