"""Jobs in processes: what was done is kept and not done again, and a failure says which."""

import json
import os
import time
from functools import partial

import pytest

from vrface.errors import BadUse, VrfaceError
from vrface.training.report.workers import kept, run


def told(number, tell):
    """A job that says how far it is, and gives its number."""
    tell(0.5)
    return {"number": number, "process": os.getpid()}


def refused(tell):
    raise BadUse("no such model.", "Give another one.")


def crashed(tell):
    os._exit(7)


def not_json(tell):
    return {"value": float("nan")}


def endless(tell):
    time.sleep(600)


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
    with pytest.raises(VrfaceError, match=r"b: no such model\. Give another one"):
        run({"a": partial(told, 0), "b": refused}, tmp_path, workers=1)
    before = kept(tmp_path, "a").read_text()
    assert not kept(tmp_path, "b").exists()
    run({"a": crashed, "b": partial(told, 1)}, tmp_path)
    assert kept(tmp_path, "a").read_text() == before
    assert json.loads(kept(tmp_path, "b").read_text())["number"] == 1


@pytest.mark.parametrize(("task", "code"), [(crashed, 7), (not_json, 1)])
def test_a_crash_is_told_and_leaves_no_result(tmp_path, task, code, capfd):
    with pytest.raises(VrfaceError, match=f"a ended with exit code {code} and no result"):
        run({"a": task}, tmp_path)
    assert not kept(tmp_path, "a").exists()


def test_an_interrupt_stops_the_others_at_once(tmp_path):
    def interrupted(name, done):
        if name == "a":
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        run({"b": endless, "a": partial(told, 0)}, tmp_path, interrupted)
    assert time.monotonic() - began < 300  # the other one would have slept for longer
    assert not kept(tmp_path, "b").exists()
