"""`ServerProcess`: a real `vrface serve` in a process of its own, while the demo needs it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from vrface.cli.serve import READY
from vrface.errors import ServerError

START_S = 120.0
"""How long a server may take to load and compile before it counts as stuck."""

STOP_S = 20.0


class ServerProcess:
    """Starts `vrface serve` on a free port, and stops it like an operator would.

    Args:
        model: What it infers with: a name or a checkpoint's folder.

    Attributes:
        address: ``host:port``, once entered.

    Raises:
        ServerError: on entering, if it does not come up; on leaving, if it did not end cleanly.
    """

    def __init__(self, model: str) -> None:
        self.address = ""
        self._command = [sys.executable, "-m", "vrface.cli.main", "serve", "--port", "0"]
        # A recording goes through as fast as it can, not as fast as it was.
        self._command += ["--max-rate", "100000"]
        # Its stdin is ours: whatever becomes of the demo, the server does not outlive it.
        self._command += ["--until-stdin-closes", "--model", model]

    def __enter__(self) -> Self:
        """Start it and wait until it serves."""
        with contextlib.ExitStack() as stack:
            stack.enter_context(_signals_raise())
            runtime = stack.enter_context(tempfile.TemporaryDirectory(prefix="vrface-demo-"))
            errors = (Path(runtime) / "stderr").open("w+", encoding="utf-8")
            self._errors = stack.enter_context(errors)
            self._process = stack.enter_context(self._started(runtime))
            stack.callback(self._process.kill)
            watchdog = threading.Timer(START_S, self._process.kill)
            watchdog.daemon = True  # a signal here must not leave us waiting for it
            watchdog.start()
            try:
                self.address = self._read_address()
            finally:
                watchdog.cancel()
            self._resources = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask it to stop (SIGTERM) and see that it does."""
        with self._resources:
            self._process.send_signal(signal.SIGTERM)
            try:
                code = self._process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
                code = self._process.wait()
            if code != 0 and error is None:
                last_words = self._last_words()
                raise ServerError(f"the demo's server ended with exit code {code}. {last_words}")

    def _started(self, runtime: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | {"XDG_RUNTIME_DIR": runtime},
            start_new_session=True,  # Ctrl-C reaches the demo, which then stops the server itself
        )

    def _read_address(self) -> str:
        assert self._process.stdout is not None  # noqa: S101 - a pipe was asked for
        for line in self._process.stdout:
            if line.startswith(READY):
                return line.removeprefix(READY).split()[0]
        self._process.wait()
        raise ServerError(f"the demo's server did not start. {self._last_words()}")

    def _last_words(self) -> str:
        self._errors.seek(0)
        lines = self._errors.read().strip().splitlines()
        return f"It said: {lines[-1]}" if lines else "It said nothing."


@contextlib.contextmanager
def _signals_raise() -> Iterator[None]:
    """Turn the signals that end a process without a word into an exit with 128 + their number."""

    def leave(number: int, frame: FrameType | None) -> None:
        for other in before:  # one of them is enough: a second one must not end the cleaning up
            signal.signal(other, signal.SIG_IGN)
        raise SystemExit(128 + number)

    names = ("SIGTERM", "SIGHUP")  # SIGHUP: its terminal was closed
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    handlers = {number: signal.getsignal(number) for number in numbers}
    # One that is ignored stays so: nohup.
    before = {number: was for number, was in handlers.items() if was != signal.SIG_IGN}
    for number in before:
        signal.signal(number, leave)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
