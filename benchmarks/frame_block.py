"""What a program spends on the newest face: out of memory, as a datagram, over gRPC.

```
python -m benchmarks.frame_block [--rounds N] [--calls N] [--json FILE] [--seed N]
```
All on one core, taking turns in one process. Every call gets a face that it has not seen before, as
an `Expression` with spread, source and 18 extras:

- *memory*: `FaceReader.latest`, of a face that was published just before;
- *datagram*: one `recv` on the loopback, of a block that waits there, and `parse`;
- *gRPC*: a unary call to a server of its own process that answers with the same face, made into
  bytes once; and `expression_from_proto`;
- *C*: `vrface_read` of ``bindings/c/vrface_frame_block.h``, where there is a gcc; its p10 and p99
  are those of means over a thousand reads.

*publish* is what a server spends on handing one face to memory: flags, block, checksum, slot.
"""

from __future__ import annotations

import argparse
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import measure
from vrface.client import FaceReader
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.outputs.memory_sink import MemorySink
from vrface.outputs.publisher import Publisher
from vrface.sensors.headset import headset
from vrface.wire.codec import expression_from_proto, expression_to_proto
from vrface.wire.frame_block import BLOCK_BYTES, FrameBlock, names_of, pack, parse
from vrface.wire.messages import expression_pb2

SESSION = "ab" * 16
EXTRAS = headset("vive_pro_eye_lip").extras
HEADER = Path(__file__).parent.parent / "bindings/c"

ECHO = """
import sys
from concurrent import futures
import grpc

face = sys.stdin.buffer.read(int(sys.argv[1]))
handler = grpc.unary_unary_rpc_method_handler(lambda request, context: face)
server = grpc.server(futures.ThreadPoolExecutor(1))
server.add_generic_rpc_handlers([grpc.method_handlers_generic_handler("b", {"face": handler})])
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.buffer.read()
"""

READ = """
#include "vrface_frame_block.h"
int main(int count, char **given) {
  const uint8_t *faces = vrface_open(given[1]);
  vrface_block face;
  uint8_t session[16];
  if (count != 3 || !faces) return 2;
  memcpy(session, faces + 64, 16);
  for (int round = 0; round < atoi(given[2]); round++) {
    int64_t began = vrface_now_ns();
    for (int call = 0; call < 1000; call++)
      if (vrface_read(faces, session, &face) != VRFACE_FACE) return 1;
    printf("%lld\\n", (long long)(vrface_now_ns() - began));
  }
  return 0;
}
"""

Call = Callable[[], object]


def drawn(seed: int) -> Expression:
    """A face of random numbers."""
    rng = np.random.default_rng(seed)
    count = COUNT + len(EXTRAS)
    return Expression(
        sequence=1,
        frame_time_ns=time.perf_counter_ns(),
        sample_time_ns=time.perf_counter_ns(),
        status=Status.TRACKING,
        weights=rng.random(count, dtype=np.float32),
        stddev=rng.random(count, dtype=np.float32),
        source=rng.choice([Source.MEASURED, Source.INFERRED], count).astype(np.uint8),
        confidence=rng.random(3, dtype=np.float32),
        gaze=rng.random(4, dtype=np.float32),
        extras=EXTRAS,
    )


@contextmanager
def over_grpc(face: Expression) -> Iterator[Call]:
    """A call to a server that answers with a face."""
    import grpc

    data = expression_to_proto(face, want_stddev=True).SerializeToString()
    command = [sys.executable, "-c", ECHO, str(len(data))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(data)
        process.stdin.flush()
        port = int(process.stdout.readline())
        options = [("grpc.enable_http_proxy", 0)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=options) as channel:
            parse_face = expression_pb2.Expression.FromString
            ask = channel.unary_unary("/b/face", None, parse_face)
            yield lambda: expression_from_proto(ask(b""), EXTRAS)
        process.stdin.close()


def sides(opened: ExitStack, seed: int) -> dict[str, tuple[Call, Call]]:
    """What is timed, by name: what goes before a call, and the call."""
    face, names = drawn(seed), names_of(EXTRAS)
    path = Path(opened.enter_context(tempfile.TemporaryDirectory())) / "vrface" / "faces"
    sink = opened.enter_context(MemorySink(path))
    publisher = Publisher(sink, SESSION)
    reader = opened.enter_context(FaceReader(SESSION, path=path))
    here = opened.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    here.bind(("127.0.0.1", 0))
    block = pack(FrameBlock(face, SESSION, 0))

    def publish() -> None:
        sink.beat()
        publisher.publish(face)

    return {
        "memory": (publish, reader.latest),
        "datagram": (
            lambda: here.sendto(block, here.getsockname()),
            lambda: parse(here.recv(BLOCK_BYTES + 1), names, time.perf_counter_ns()),
        ),
        "gRPC": (lambda: None, opened.enter_context(over_grpc(face))),
        "publish": (lambda: None, lambda: publisher.publish(face)),
    }


def interleaved(
    timed: Mapping[str, tuple[Call, Call]], rounds: int, calls: int
) -> dict[str, NDArray[np.float64]]:
    """Microseconds of every call, [rounds, calls] a side, the sides taking turns."""
    times = {name: np.empty((rounds, calls)) for name in timed}
    for number in range(-1, rounds):  # the first round warms up and is written over
        for name, (before, call) in timed.items():
            for place in range(calls):
                before()
                began = time.perf_counter_ns()
                call()
                times[name][number, place] = (time.perf_counter_ns() - began) / 1e3
    return times


def in_c(rounds: int, seed: int) -> NDArray[np.float64] | None:
    """Microseconds of a read in C, [rounds] means over a thousand; None without a compiler."""
    if shutil.which("gcc") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "read.c", Path(folder) / "read"
        source.write_text(READ, encoding="utf-8")
        subprocess.run(["gcc", "-std=c99", "-O2", f"-I{HEADER}", source, "-o", program], check=True)
        path = Path(folder) / "vrface" / "faces"
        with MemorySink(path) as sink:
            Publisher(sink, SESSION).publish(drawn(seed))
            done = subprocess.run(
                [program, path, str(rounds)], capture_output=True, text=True, check=True
            )
    return np.array([int(line) / 1e6 for line in done.stdout.split()])


def main(arguments: list[str] | None = None) -> None:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.frame_block", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--calls", type=int, default=200, help="of each side in a round")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, metavar="FILE")
    given = parser.parse_args(arguments)
    core = measure.pin()
    with ExitStack() as opened:
        times = interleaved(sides(opened, given.seed), given.rounds, given.calls)
    report: dict[str, Any] = {
        "machine": measure.machine("grpcio", "protobuf", "numpy"),
        "core": core,
        "rounds": given.rounds,
        "calls": given.calls,
        "us": {name: measure.quantiles(taken) for name, taken in times.items()},
        "ratio_to_memory": {
            name: measure.ratio(taken, times["memory"], given.seed) for name, taken in times.items()
        },
    }
    read_in_c = in_c(given.rounds, given.seed)
    if read_in_c is not None:
        report["us"]["C"] = measure.quantiles(read_in_c)
    print("| one face | us, p10 p50 p99 | times memory's median, 95 % |\n|---|---|---|")
    for name, found in report["us"].items():
        shares = " ".join(f"{value:.1f}" for value in found.values())
        middle, low, high = report["ratio_to_memory"].get(name, (None, None, None))
        beside = "" if middle is None else f"{middle:.2f} ({low:.2f}-{high:.2f})"
        print(f"| {name} | {shares} | {beside} |")
    measure.write(report, given.json)


if __name__ == "__main__":
    main()
