"""More clients than a server can keep on time: who is let in, and whether they are on time.

```
python -m benchmarks.performance.overload ADDRESS CLIENTS SECONDS
```
Each client opens a Track and sends a frame 90 times a second; one that is refused comes again when
it was told to. Printed, as a line of JSON, is what `Crowd.told` says.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import grpc
import grpc.aio

from benchmarks.performance.messages import RATE_HZ, track
from benchmarks.performance.servers import TRACK
from vrface.errors import ServerError
from vrface.wire.messages import session_pb2

SETTLE_S = 4.0
"""Seconds at the beginning that do not count: a crowd is let in by parts."""

GRACE_S = 0.5
"""How long the last faces are waited for, seconds."""

_OPTIONS = [("grpc.enable_http_proxy", 0), ("grpc.use_local_subchannel_pool", 1)]


@dataclass
class Crowd:
    """Some clients of one server.

    Attributes:
        address: Of the server.
        messages: What each sends: its Open, then frames.
        counts_s: From when on faces count.
        until_s: When all is over.
        inside: Clients that are in.
        sent: Frames that count.
        faces: How many of their faces came.
        on_time: How many of their faces came within a period of when the frame was to be sent.
        broken: Clients that were let in and lost their stream.
        refusals_s: How long each refusal took, those at the beginning left out.
    """

    address: str
    messages: list[bytes]
    counts_s: float
    until_s: float
    inside: int = 0
    sent: int = 0
    faces: int = 0
    on_time: int = 0
    broken: int = 0
    refusals_s: list[float] = field(default_factory=list)

    async def client(self, phase: float) -> None:
        """One of them; frames are sent at a phase of the period, in [0, 1)."""
        async with grpc.aio.insecure_channel(self.address, options=_OPTIONS) as channel:
            await channel.channel_ready()
            stream: Any = channel.stream_stream(TRACK, None, None)
            while time.perf_counter() < self.until_s:
                call = stream()
                asked_s = time.perf_counter()
                try:
                    await call.write(self.messages[0])
                    await call.read()
                except (grpc.aio.AioRpcError, asyncio.InvalidStateError):
                    wait_s = await _retry_after_s(call)
                    if asked_s > self.counts_s:
                        self.refusals_s.append(time.perf_counter() - asked_s)
                    await asyncio.sleep(wait_s)
                else:
                    await self._play(call, phase)
                    return

    async def _play(self, call: Any, phase: float) -> None:
        self.inside += 1
        due_s: dict[int, float] = {}
        hearing = asyncio.create_task(self._hear(call, due_s))
        began_s = time.perf_counter() + phase / RATE_HZ
        for number, message in enumerate(self.messages[1:]):
            due_s[number + 1] = began_s + number / RATE_HZ
            await asyncio.sleep(max(due_s[number + 1] - time.perf_counter(), 0.0))
            if due_s[number + 1] >= self.until_s or hearing.done():
                break
            self.sent += due_s[number + 1] >= self.counts_s
            await call.write(message)
        await asyncio.sleep(GRACE_S)
        self.broken += hearing.done()
        call.cancel()
        await asyncio.wait([hearing])

    async def _hear(self, call: Any, due_s: dict[int, float]) -> None:
        while isinstance(answer := await call.read(), bytes):
            face = session_pb2.TrackResponse.FromString(answer).expression
            if (due := due_s.get(face.sequence, 0.0)) >= self.counts_s:
                self.faces += 1
                self.on_time += time.perf_counter() - due <= 1.0 / RATE_HZ

    def told(self) -> dict[str, float]:
        """What came of it."""
        refusals_s = sorted(self.refusals_s)
        seconds = self.until_s - self.counts_s
        return {
            "inside": self.inside,
            "broken": self.broken,
            "sent": self.sent,
            "faces": self.faces,
            "on_time": self.on_time / max(self.sent, 1),
            "goodput": self.on_time / seconds,
            "refusals": len(refusals_s),
            "refusal_ms": 1e3 * refusals_s[len(refusals_s) // 2] if refusals_s else 0.0,
        }


async def _retry_after_s(call: Any) -> float:
    if await call.code() is not grpc.StatusCode.RESOURCE_EXHAUSTED:
        raise ServerError(f"a client was refused with {await call.code()}.")
    return int(dict(await call.trailing_metadata())["vrface-retry-after-ms"]) / 1e3


async def crowded(address: str, clients: int, seconds: float) -> dict[str, float]:
    """Let some clients come at once, and see what becomes of them.

    Args:
        address: Of the server.
        clients: How many.
        seconds: That count.
    """
    messages = list(track(0, int((SETTLE_S + seconds + 1.0) * RATE_HZ)))
    now_s = time.perf_counter()
    crowd = Crowd(address, messages, now_s + SETTLE_S, now_s + SETTLE_S + seconds)
    await asyncio.gather(*(crowd.client(number / clients) for number in range(clients)))
    return crowd.told()


def measured(address: str, clients: int, seconds: float) -> dict[str, float]:
    """The same in a process of its own."""
    words = [address, str(clients), str(seconds)]
    command = [sys.executable, "-m", "benchmarks.performance.overload", *words]
    found: dict[str, float] = json.loads(subprocess.check_output(command))
    return found


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(asyncio.run(crowded(given[0], int(given[1]), float(given[2])))))
