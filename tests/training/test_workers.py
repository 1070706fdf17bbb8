"""Jobs in processes: what was done is kept and not done again, and a failure says which."""

import json
import multiprocessing
import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from vrface.errors import BadUse, UnknownName, VrfaceError
from vrface.training.workers import kept, run


def told(number, tell):
    """A job that says how far it is, and gives its number."""
    tell(0.5)
    return {"number": number, "process": os.getpid()}


def refused(tell):
    raise BadUse("no such model.", "Give another one.")


def unknown(tell):
    raise UnknownName("model", "defalt", ("default",))


def crashed(tell):
    os._exit(7)


def not_json(tell):
    return {"value": float("nan")}


def endless(path, tell):
    """Says which process it is, and never ends."""
    path.write_text(str(os.getpid()))
    tell(0.5)
    threading.Event().wait()


def gone(process):
    """Whether a process ends before the test's own time is over."""
    while Path(f"/proc/{process}").exists():
        if "State:\tZ" in Path(f"/proc/{process}/status").read_text():
            break  # dead, and nobody has asked for its exit code yet
        time.sleep(0.05)
    return True


def test_every_job_is_done_in_a_process_of_its_own(tmp_path):
    seen = []
    tasks = {name: partial(told, number) for number, name in enumerate("ab")}
    run(tasks, tmp_path / "new", lambda name, done: seen.append((name, done)))
    results = [json.loads(kept(tmp_path / "new", name).read_text()) for name in "ab"]
    assert [result["number"] for result in results] == [0, 1]
    assert len({os.getpid(), *(result["process"] for result in results)}) == 3
    for name in "ab":
        assert [done for told_of, done in seen if told_of == name] == [0.5, 1.0]


def test_a_finished_job_is_not_done_again(tmp_path):
    kept(tmp_path, "a").write_text('{"number": "kept"}')
    seen = []
    run({"a": crashed}, tmp_path, lambda name, done: seen.append((name, done)))
    assert seen == [("a", 1.0)]
    assert json.loads(kept(tmp_path, "a").read_text()) == {"number": "kept"}


def test_a_failure_keeps_what_was_finished_and_the_next_run_goes_on(tmp_path):
    with pytest.raises(BadUse, match=r"b: no such model\. Give another one") as error:
        run({"a": partial(told, 0), "b": refused}, tmp_path, workers=1)
    assert error.value.exit_code == 2
    before = kept(tmp_path, "a").read_text()
    assert not kept(tmp_path, "b").exists()
    run({"a": crashed, "b": partial(told, 1)}, tmp_path)
    assert kept(tmp_path, "a").read_text() == before
    assert json.loads(kept(tmp_path, "b").read_text())["number"] == 1


def test_a_failure_keeps_its_kind_even_where_that_needs_other_arguments(tmp_path):
    with pytest.raises(UnknownName, match=r"a: unknown model 'defalt'\. Did you mean 'default'\?"):
        run({"a": unknown}, tmp_path)


@pytest.mark.parametrize(("task", "code"), [(crashed, 7), (not_json, 1)])
def test_a_crash_is_told_and_leaves_no_result(tmp_path, task, code, capfd):
    with pytest.raises(VrfaceError, match=f"a ended with exit code {code} and no result"):
        run({"a": task}, tmp_path)
    assert not kept(tmp_path, "a").exists()


def test_an_interrupt_stops_the_others(tmp_path):
    seen = set()

    def interrupted(name, done):
        seen.add((name, done))
        if {("a", 1.0), ("b", 0.5)} <= seen:
            raise KeyboardInterrupt

    told_by = tmp_path / "process"
    with pytest.raises(KeyboardInterrupt):
        run({"b": partial(endless, told_by), "a": partial(told, 0)}, tmp_path, interrupted)
    assert gone(int(told_by.read_text()))
    assert kept(tmp_path, "a").exists()
    assert not kept(tmp_path, "b").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_whoever_starts_them_leaves_none_behind(tmp_path, how):
    told_by = tmp_path / "process"
    context = multiprocessing.get_context("spawn")
    starter = context.Process(
        target=run, args=({"a": partial(endless, told_by)}, tmp_path / "kept")
    )
    starter.start()
    while not (told_by.exists() and told_by.read_text()):
        time.sleep(0.05)
    os.kill(starter.pid, how)  # type: ignore[arg-type]
    starter.join()
    assert starter.exitcode == -how
    assert gone(int(told_by.read_text()))
