"""`ServerProcess`: a real `vrface serve` in a process of its own, while the demo needs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
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
        self._command += ["--model", model]

    def __enter__(self) -> Self:
        """Start it and wait until it serves."""
        self._runtime = tempfile.TemporaryDirectory(prefix="vrface-demo-")
        self._errors = (Path(self._runtime.name) / "stderr").open("w+", encoding="utf-8")
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | {"XDG_RUNTIME_DIR": self._runtime.name},
            start_new_session=True,  # Ctrl-C reaches the demo, which then stops the server itself
        )
        watchdog = threading.Timer(START_S, self._process.kill)
        watchdog.start()
        try:
            self.address = self._read_address()
        except BaseException:
            self._process.kill()
            self._clean_up()
            raise
        finally:
            watchdog.cancel()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Ask it to stop (SIGTERM) and see that it does."""
        self._process.send_signal(signal.SIGTERM)
        try:
            code = self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        last_words = self._last_words()
        self._clean_up()
        if code != 0 and error is None:
            raise ServerError(f"the demo's server ended with exit code {code}. {last_words}")

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

    def _clean_up(self) -> None:
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()
        self._runtime.cleanup()
