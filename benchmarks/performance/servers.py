"""The two servers that are put under load: ours, and one that does nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from vrface.cli.serve import READY
from vrface.errors import ServerError

TRACK = "/vrface.v1.ExpressionService/Track"
TRACK_MANY = "/vrface.v1.ExpressionService/TrackMany"
ECHO = "/echo/stream"

_ECHO = """
import asyncio, sys
import grpc.aio

async def echo(requests, context):
    async for _ in requests:
        await context.write(face)

async def main():
    server = grpc.aio.server()
    handler = grpc.stream_stream_rpc_method_handler(echo)
    handlers = grpc.method_handlers_generic_handler("echo", {"stream": handler})
    server.add_generic_rpc_handlers([handlers])
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    print(f"127.0.0.1:{port}", flush=True)
    await server.wait_for_termination()

face = sys.stdin.buffer.read(int(sys.argv[1]))
asyncio.run(main())
"""
"""An empty server of grpcio: whatever comes is answered with the same face, made into bytes once.
It neither reads nor writes protobuf."""


@dataclass(frozen=True)
class Server:
    """A server in a process of its own.

    Attributes:
        pid: Of the process.
        address: Where it listens.
    """

    pid: int
    address: str

    def cpu_s(self) -> float:
        """Seconds of a core that it has used so far, as the system counts them."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def settle(self) -> None:
        """Wait until it does next to nothing: ours goes on compiling for a while."""
        idle = 0
        while idle < 3:
            before_s = self.cpu_s()
            time.sleep(0.5)
            idle = idle + 1 if self.cpu_s() - before_s <= 0.03 else 0

    def resident_kib(self) -> int:
        """Memory that it holds."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


@contextmanager
def vrface_server(model: str, sessions: int, busy: float = 1.0) -> Iterator[Server]:
    """Our server, as `vrface serve` starts it, once all of its steps are compiled.

    Args:
        model: What it infers with.
        sessions: That there is room for.
        busy: Up to what it lets sessions in; 1 = all of them, on time or not.
    """
    command = [sys.executable, "-m", "vrface.cli.main", "serve", "--port", "0"]
    room = ["--max-sessions", str(sessions), "--max-busy", str(busy), "--max-opens", "10000"]
    with _started([*command, *room, "--model", model]) as (pid, line):
        if not line.startswith(READY):
            raise ServerError(f"the server did not start: {line!r}.")
        server = Server(pid, line.removeprefix(READY).split()[0].rstrip("."))
        server.settle()
        yield server


@contextmanager
def echo_server(face: bytes) -> Iterator[Server]:
    """The empty one.

    Args:
        face: What it answers with.
    """
    with _started([sys.executable, "-c", _ECHO, str(len(face))], face) as (pid, line):
        yield Server(pid, line)


@contextmanager
def _started(command: list[str], given: bytes = b"") -> Iterator[tuple[int, str]]:
    pipe = subprocess.PIPE
    # In a group of its own, a stop at the keyboard does not end it before it is asked for figures.
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, process_group=0) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(given)
            process.stdin.flush()
            yield process.pid, process.stdout.readline().decode().strip()
        finally:
            process.terminate()
