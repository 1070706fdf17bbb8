import threading
import time

import numpy as np
import pytest

from tests.serving.harness import frames, profile
from vrface.client import RemoteSession, Watcher
from vrface.errors import Refused, ServerError
from vrface.face import Expression


def test_a_watcher_sees_what_the_owner_sees_and_ends_with_the_session(server):
    with RemoteSession(server.address) as owner:
        watcher = Watcher(server.address, owner.session_id, owner.watch_token)
        seen: list[Expression] = []
        looking = threading.Thread(target=lambda: seen.extend(watcher))
        looking.start()
        time.sleep(0.1)
        mine = {}
        for face in owner.run(frames(40)):
            mine[face.sequence] = face
            time.sleep(0.002)
    looking.join(10)
    assert not looking.is_alive()
    watcher.close()
    assert len(seen) > 10
    sequences = [face.sequence for face in seen]
    assert sequences == sorted(set(sequences))
    for face in seen:
        owned = mine[face.sequence]
        assert face.extras == owned.extras == profile().extras
        np.testing.assert_array_equal(face.weights, owned.weights)


def test_a_watcher_that_lags_skips_to_the_newest_face(server):
    with (
        RemoteSession(server.address) as owner,
        Watcher(server.address, owner.session_id, owner.watch_token) as watcher,
    ):
        made = frames(60)
        list(owner.run(made[:1]))
        time.sleep(0.1)
        list(owner.run(made[1:]))
        time.sleep(0.2)
        assert next(iter(watcher)).sequence == 60


def test_a_wrong_token_is_refused(server):
    with (
        RemoteSession(server.address) as owner,
        Watcher(server.address, owner.session_id, b"guess") as watcher,
    ):
        with pytest.raises(Refused) as raised:
            list(watcher)
        assert raised.value.advice


def test_a_server_that_is_not_there():
    with pytest.raises(ServerError, match="no server at"):
        Watcher("127.0.0.1:9", "x", b"y", timeout_s=0.2)


def test_a_server_that_is_killed_is_said_in_our_words(process):
    running, address = process
    with (
        RemoteSession(address) as owner,
        Watcher(address, owner.session_id, owner.watch_token) as watcher,
    ):
        list(owner.run(frames(1)))
        running.kill()
        with pytest.raises(ServerError) as raised:
            list(watcher)
    assert raised.value.message == f"the server at {address} is gone."
    assert "Start it again" in raised.value.advice
