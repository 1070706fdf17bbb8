"""`run`: jobs in processes of their own; one that was done before is not done again.

A process for each job gives its memory back, may crash alone, and can be stopped at any time: its
result is a file that is whole or not there. None outlives the process that started it, however
that ends.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Mapping
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.queues import SimpleQueue
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from vrface.errors import VrfaceError

Tell: TypeAlias = Callable[[float], None]
"""Told how much of a job is done, in [0, 1]."""

Task: TypeAlias = Callable[[Tell], Mapping[str, Any]]
"""A job: gives what is to be kept, as JSON. It must pickle."""

Watch: TypeAlias = Callable[[str, float], None]
"""Told the name of a job and how much of it is done; 1 = its result is kept."""

_LOOK_S = 0.2


class _Failure(NamedTuple):
    """An error on its way from one process to another: not every one pickles."""

    kind: type[VrfaceError]
    message: str
    advice: str

    def of(self, name: str) -> VrfaceError:
        """The same error, of a job."""
        error = self.kind.__new__(self.kind)
        VrfaceError.__init__(error, f"{name}: {self.message}", self.advice)
        return error


_Told: TypeAlias = "tuple[str, float | _Failure]"


def kept(folder: Path, name: str) -> Path:
    """Where the result of a job is."""
    return folder / f"{name}.json"


def run(
    tasks: Mapping[str, Task],
    folder: Path,
    watch: Watch = lambda name, done: None,
    workers: int = 2,
) -> None:
    """Do what is not done yet. However it ends, what was finished is kept.

    Args:
        tasks: By name, in the order they are begun.
        folder: Of the results; made if it is not there.
        watch: Told how far each job is.
        workers: How many run side by side.

    Raises:
        VrfaceError: if a job fails, of the kind that it failed with; the others are stopped.
    """
    folder.mkdir(parents=True, exist_ok=True)
    waiting = []
    for name in tasks:
        if kept(folder, name).exists():
            watch(name, 1.0)
        else:
            waiting.append(name)
    context = multiprocessing.get_context("spawn")
    told: SimpleQueue[_Told] = context.SimpleQueue()
    running: dict[str, SpawnProcess] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                name = waiting.pop(0)
                running[name] = context.Process(
                    target=_child, args=(name, tasks[name], kept(folder, name), told), daemon=True
                )
                running[name].start()
            wait([process.sentinel for process in running.values()], timeout=_LOOK_S)
            ended = [name for name, process in running.items() if process.exitcode is not None]
            _listen(told, watch)
            for name in ended:
                _check(name, running.pop(name), kept(folder, name))
                watch(name, 1.0)
    finally:
        for process in running.values():
            process.terminate()
            process.join()


def _child(name: str, task: Task, path: Path, told: SimpleQueue[_Told]) -> None:
    """What a process does: one job, and its result into a file at once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started it
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        found = task(lambda done: told.put((name, done)))
    except VrfaceError as error:
        told.put((name, _Failure(type(error), error.message, error.advice)))
        return
    unfinished = path.with_suffix(".part")
    unfinished.write_text(json.dumps(found, allow_nan=False), encoding="utf-8")
    unfinished.replace(path)


def _leave_with_parent() -> None:
    """End as soon as who started this process has, also if it was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _listen(told: SimpleQueue[_Told], watch: Watch) -> None:
    """Hand on what was told since.

    Raises:
        VrfaceError: if a job said that it failed.
    """
    while not told.empty():
        name, done = told.get()
        if isinstance(done, _Failure):
            raise done.of(name)
        watch(name, min(done, 0.999))


def _check(name: str, process: SpawnProcess, path: Path) -> None:
    if not path.exists():
        raise VrfaceError(
            f"{name} ended with exit code {process.exitcode} and no result.",
            "What it printed says why; without any, memory may have run out.",
        )
