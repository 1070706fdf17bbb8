"""A session goes on where its server is gone, at another one or at the same one started anew."""

import itertools
import signal
import threading
import time

import numpy as np
import pytest

from tests.serving.harness import RunningServer, eventually, frames
from vrface import Session
from vrface.client import RemoteSession
from vrface.errors import BadUse, Refused, ServerError
from vrface.face import Expression
from vrface.session.token import PURPOSE
from vrface.trackers import open_tracker
from vrface.trust.seal import Seal
from vrface.wire.notice_code import Code

KEY = bytes(32)


@pytest.fixture
def servers(model):
    with (
        RunningServer({"small": model}, seal=Seal(KEY, PURPOSE), max_sessions=1) as one,
        RunningServer({"small": model}, seal=Seal(KEY, PURPOSE), max_sessions=1) as other,
    ):
        yield one, other


def expected(model, made) -> list[Expression]:
    return list(Session(model=model).run(made))


def broken(remote: RemoteSession) -> bool:
    remote.latest()
    return False


def furthest(faces: list[Expression], others: list[Expression]) -> float:
    pairs = zip(faces, others, strict=True)
    return max(float(np.nanmax(np.abs(one.weights - two.weights))) for one, two in pairs)


def test_a_server_that_goes_away_is_left_without_a_gap(servers, model):
    one, other = servers
    made = frames(400)
    with RemoteSession([one.address, other.address]) as remote:
        first = remote.session_id
        faces = list(remote.run(made[:200]))
        leaving = threading.Thread(target=one.stop, kwargs={"grace_s": 60.0})
        leaving.start()
        faces += remote.run(made[200:])
        eventually(lambda: one.service.sessions == 0)  # nobody waited for the grace to be over
        assert (remote.moves, list(remote.notices)) == (1, [])
        assert remote.session_id != first
        assert other.service.sessions == 1
    leaving.join(30)  # a step that is being compiled is waited for
    assert [face.sequence for face in faces] == [frame.sequence for frame in made]
    assert (one.stats.ended, one.stats.vanished) == (1, 0)
    # It remembers: only what was shown between the token and the move is not in it. Who is new
    # there is .35 off at first.
    assert furthest(faces, expected(model, made)) < 0.15


def test_a_server_that_is_killed_is_replaced_by_the_spare_one(processes, model):
    (first, address), (_, spare) = processes(), processes()
    made = frames(400)
    with RemoteSession([address, spare]) as remote:
        faces = list(remote.run(made[:200]))
        time.sleep(1.1)  # a token comes each second
        faces += remote.run(made[200:210])
        first.kill()
        started = time.monotonic()
        faces += remote.run(made[210:211])
        assert time.monotonic() - started < 1.5, "0.3 s on a quiet machine: tests/faults"
        faces += remote.run(made[211:])
        assert (remote.moves, list(remote.notices)) == (1, [])
    assert [face.sequence for face in faces] == [frame.sequence for frame in made]
    assert furthest(faces[-100:], expected(model, made)[-100:]) < 0.05


def test_a_server_that_is_started_anew_goes_on(processes):
    running, address = processes()
    tracker = open_tracker("synthetic")
    with RemoteSession(address, tracker=tracker, patience_s=60.0) as remote:
        eventually(lambda: remote.latest() is not None)
        running.kill()
        eventually(lambda: remote.latest() is None)  # nobody sees a frozen face
        processes(int(address.rsplit(":", 1)[1]))
        eventually(lambda: remote.latest() is not None, 20)
        assert remote.moves == 1


def test_a_server_that_is_frozen_is_left(processes):
    (first, address), (_, spare) = processes(), processes()
    tracker = open_tracker("synthetic")
    with RemoteSession([address, spare], tracker=tracker) as remote:
        eventually(lambda: remote.latest() is not None)
        first.send_signal(signal.SIGSTOP)
        eventually(lambda: remote.moves == 1, 10)
        seen = remote.latest()
        eventually(lambda: (now := remote.latest()) is not None and now is not seen)
    first.send_signal(signal.SIGCONT)


def test_a_server_that_cannot_open_the_token_begins_anew_and_says_so(model):
    with RunningServer({"small": model}) as one, RunningServer({"small": model}) as other:
        made = frames(200)
        with RemoteSession([one.address, other.address]) as remote:
            list(remote.run(made[:100]))
            one.stop()
            list(remote.run(made[100:]))
            eventually(lambda: remote.moves == 1)
            assert [int(notice.code) for notice in remote.notices] == [Code.RESUME]


def test_the_first_that_answers_serves(server):
    with RemoteSession(["127.0.0.1:9", server.address], timeout_s=0.5) as remote:
        list(remote.run(frames(2)))
    with pytest.raises(ServerError, match="no server at"):
        RemoteSession(["127.0.0.1:9", "127.0.0.1:10"], timeout_s=0.2)
    with pytest.raises(BadUse, match="no address"):
        RemoteSession([])


def test_where_nobody_goes_on_it_is_said_in_the_end(processes):
    running, address = processes()
    with RemoteSession(address, patience_s=1.0) as remote:
        list(remote.run(frames(1)))
        running.kill()
        with pytest.raises(ServerError, match="is gone"):
            eventually(lambda: broken(remote))


def test_a_spare_server_without_room_says_so(servers):
    one, other = servers
    with (
        RemoteSession(other.address),
        RemoteSession([one.address, other.address], patience_s=0.5) as remote,
    ):
        list(remote.run(frames(1)))
        one.stop()
        with pytest.raises(Refused, match="sessions are taken"):
            eventually(lambda: broken(remote))


def test_a_session_can_be_closed_while_it_looks_for_a_server(processes):
    running, address = processes()
    remote = RemoteSession(address, patience_s=60.0)
    running.kill()
    time.sleep(0.3)
    started = time.monotonic()
    remote.close()
    assert time.monotonic() - started < 3.0
    with pytest.raises(BadUse, match="is closed"):
        remote.latest()


def test_moves_can_be_many(model):
    made = iter(frames(300))
    seal = {"seal": Seal(KEY, PURPOSE)}
    running = RunningServer({"small": model}, **seal)
    spares = [RunningServer({"small": model}, **seal) for _ in range(3)]
    everybody = [running, *spares]
    with RemoteSession([one.address for one in everybody]) as remote:
        count = 0
        for one in everybody[:-1]:
            count += len(list(remote.run(itertools.islice(made, 75))))
            one.stop()
        count += len(list(remote.run(made)))
        assert count == 300
        assert remote.moves == 3
    everybody[-1].stop()
