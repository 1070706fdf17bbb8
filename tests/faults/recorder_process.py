"""Records on demand, in a process of its own for each log, and says what is acknowledged.

One process loads the code and forks for each path that it reads from stdin. A fork says its process
id, then each new count of acknowledged frames, until somebody kills it; then its parent says so.
"""

import os
import sys
import time

from tests.faults.logs import HEADER, PERIOD_NS, face, frame
from vrface.log import FileSink, LogWriter
from vrface.session.recorder import Recorder

FRAMES = 200
DEAD = "dead"


def main() -> None:
    """Serve paths until stdin ends."""
    given = [(frame(number), face(number)) for number in range(1, FRAMES + 1)]
    for line in sys.stdin:
        process = os.fork()
        if not process:
            try:
                record(line.strip(), given)
            finally:
                os._exit(1)
        os.waitpid(process, 0)
        say(DEAD)


def record(path: str, given: list) -> None:
    """Record, a frame each half millisecond, synced every four frames; then wait to be killed."""
    say(os.getpid())
    log = LogWriter(FileSink(path), HEADER, sync_every_ns=4 * PERIOD_NS)
    recorder = Recorder(log)
    told = 0
    for number, (sensed, shown) in enumerate(given, 1):
        recorder.frame(sensed, shown, number * PERIOD_NS)
        if recorder.acknowledged > told:
            told = recorder.acknowledged
            say(told)
        time.sleep(0.0005)
    while True:
        time.sleep(0.001)
        if recorder.acknowledged > told:
            told = recorder.acknowledged
            say(told)


def say(word: object) -> None:
    """One line, at once and whole."""
    os.write(1, f"{word}\n".encode())


if __name__ == "__main__":
    main()
