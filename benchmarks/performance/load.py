"""`Load`: the program that plays many clients; in C++, so that it is not what is measured."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.performance.messages import RATE_HZ
from benchmarks.performance.servers import Server
from vrface.errors import BadUse, ServerError

SOURCE = Path(__file__).parent / "load.cpp"

WARM_UP_S = 1.0
"""Seconds of load at the beginning that do not count."""


@dataclass(frozen=True)
class Told:
    """What a run of the load tells.

    Attributes:
        sent: Messages, those of the warm-up left out.
        on_time: Share of them whose answer came within a period of when they were meant to be sent.
        answered: How many of all messages were answered, those of the warm-up too.
        p50_us: How long after that instant half of the answers had come.
        p99_us: The same of all but one in a hundred.
        sent_late_us: How late all but one in a hundred were sent: what the load itself adds.
        server_cpu_us: What the server spent, microseconds of a core for each answer.
    """

    sent: int
    on_time: float
    answered: int
    p50_us: float
    p99_us: float
    sent_late_us: float
    server_cpu_us: float

    @classmethod
    def parse(cls, line: str, cpu_s: float) -> Told:
        """Read what the program prints.

        Args:
            line: Its last one.
            cpu_s: What the server spent meanwhile.
        """
        found: dict[str, Any] = json.loads(line)
        answers = found["answered_in_all"]
        return cls(
            sent=found["sent"],
            on_time=found["on_time"] / max(found["sent"], 1),
            answered=answers,
            p50_us=found["p50_us"],
            p99_us=found["p99_us"],
            sent_late_us=found["sent_late_p99_us"],
            server_cpu_us=cpu_s * 1e6 / max(answers, 1),
        )


class Load:
    """Compiles the program once.

    Args:
        folder: Where it may be built.

    Raises:
        BadUse: if there is no compiler or no gRPC for C++ here.
    """

    def __init__(self, folder: Path) -> None:
        self._program = folder / "load"
        missing = [tool for tool in ("g++", "pkg-config") if shutil.which(tool) is None]
        advice = "`scripts/system-packages cpp` installs it, as root."
        if missing:
            raise BadUse(f"the load needs {missing[0]}.", advice)
        try:
            flags = _output("pkg-config", "--cflags", "--libs", "grpc++", "protobuf").split()
        except subprocess.CalledProcessError:
            raise BadUse("the load needs gRPC for C++.", advice) from None
        _output("g++", "-std=c++17", "-O2", str(SOURCE), "-o", str(self._program), *flags)

    def __call__(
        self, server: Server, method: str, messages: Path, answer: str, sessions: int
    ) -> Told:
        """Put a server under load.

        Args:
            server: Which.
            method: The name of the call.
            messages: File of what each stream sends.
            answer: How answers are told apart: ``track``, ``many``, ``count``.
            sessions: Streams at a time.

        Raises:
            ServerError: if a stream ended, or was never opened.
        """
        with self.running(server, method, messages, answer, sessions) as process:
            before_s = server.cpu_s()
            line, _ = process.communicate()
            spent_s = server.cpu_s() - before_s
        if process.returncode:
            raise ServerError(f"the load on {method} at {sessions} sessions broke off.")
        return Told.parse(line, spent_s)

    @contextmanager
    def running(
        self,
        server: Server,
        method: str,
        messages: Path,
        answer: str,
        sessions: int,
        rate_hz: float = RATE_HZ,
    ) -> Iterator[subprocess.Popen[str]]:
        """The same while it runs, from the instant at which all streams are open.

        A stop at the keyboard does not reach it: SIGINT makes it tell what it found so far.
        """
        command = [str(self._program), server.address, method, str(messages), answer]
        words = [*command, str(sessions), str(rate_hz), str(WARM_UP_S)]
        pipe = subprocess.PIPE
        with subprocess.Popen(words, stdout=pipe, text=True, process_group=0) as process:
            try:
                assert process.stdout is not None
                process.stdout.readline()
                yield process
            finally:
                process.kill()


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
