"""A tracker inside the server: who sees it, for how long, and what is left when it ends."""

import json

import pytest

from tests.serving.harness import RunningServer, eventually, frames, profile
from vrface.client import ServerFile, Watcher
from vrface.client.server_file import server_file_path
from vrface.errors import LogError, ServerError
from vrface.face.smoothing import Smoothing
from vrface.trackers import open_tracker


@pytest.fixture
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path / "vrface"


class _Ending:
    """A tracker that gives frames, then ends or fails."""

    name = "ending"
    headset = profile()

    def __init__(self, error: Exception | None) -> None:
        self._error = error

    def frames(self):
        yield from frames(3)
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        pass


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (None, ""),
        (LogError("the log is torn."), "the tracker ending stopped: the log is torn."),
        (KeyError("secret"), "the tracker ending failed: KeyError at "),
    ],
)
def test_the_end_of_its_tracker_is_the_end_for_all(model, runtime, caplog, error, said):
    with RunningServer({"small": model}, tracker=_Ending(error)) as running:
        eventually(lambda: not server_file_path().exists())
        resident = running.server._resident
        assert resident is not None
        broadcast = resident.broadcast
        with Watcher(running.address, broadcast.session_id, broadcast.watch_token) as late:
            assert list(late) == []
        with pytest.raises(ServerError, match="or its log is over"):
            ServerFile.read()
        assert (running.stats.frames, running.stats.faces) == (3, 3)
        assert running.stats.step.percentile(50) > 0
    assert len(caplog.messages) == bool(said)
    assert said in caplog.text
    assert "secret" not in caplog.text


def test_its_face_is_shown_as_calm_as_the_server_is_told(model, runtime):
    calm = Smoothing.parse("on,measured,brow=0.5:0")
    with RunningServer({"small": model}, tracker=_Ending(None), smoothing=calm) as running:
        resident = running.server._resident
        assert resident is not None
        assert resident._session.smoothing == calm


def test_a_second_server_leaves_the_first_one_its_file(model, runtime):
    trackers = [open_tracker("synthetic", profile(), seed=seed) for seed in range(2)]
    with RunningServer({"small": model}, tracker=trackers[0]) as first:
        with RunningServer({"small": model}, tracker=trackers[1]) as second:
            port = second.address.rpartition(":")[2]
            names = {path.name for path in runtime.iterdir()}
            assert names == {"server.json", f"server-{port}.json"}
            assert ServerFile.read().address == first.address
            for running in (first, second):
                assert ServerFile.read(running.address).address == running.address
        assert json.loads(server_file_path().read_text())["address"] == first.address
        assert [path.name for path in runtime.iterdir()] == ["server.json"]
    assert list(runtime.iterdir()) == []
