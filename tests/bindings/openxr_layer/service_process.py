"""Services that come and are killed: for each path read from stdin one is forked, which publishes.

One process loads the code. A fork says its process id, publishes a face each 5 ms and is killed by
whoever asked for it; then its parent says so.
"""

import os
import sys
import time
from pathlib import Path

from tests.bindings.openxr_layer.conftest import Service, live

PERIOD_S = 0.005
DEAD = "dead"


def main() -> None:
    """Serve paths until stdin ends."""
    for line in sys.stdin:
        process = os.fork()
        if not process:
            try:
                publish(line.strip(), os.getpid())
            finally:
                os._exit(1)
        os.waitpid(process, 0)
        print(DEAD, flush=True)


def publish(path: str, number: int) -> None:
    """Publish one wearer's faces, each of this instant, until somebody kills it."""
    with Service(Path(path)) as service:
        print(number, flush=True)
        faces = [live(seed, frame_time_ns=1, sample_time_ns=1) for seed in range(50)]
        while True:
            for face in faces:
                service.show(face, session=f"{number:032x}")
                time.sleep(PERIOD_S)


if __name__ == "__main__":
    main()
