"""Somebody who wears a headset in the tests of faults, and keeps what they are shown."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np

from tests.serving.harness import frames
from vrface.client import RemoteSession
from vrface.face.expression import Expression
from vrface.sensors.frame import SensorFrame

RATE_HZ = 90.0


class Wearer:
    """Pushes a frame each period and looks at the newest face as often as asked.

    Args:
        session: Theirs.
        look_hz: How often they look.
    """

    def __init__(self, session: RemoteSession, look_hz: float = RATE_HZ) -> None:
        self.session = session
        self.looks: list[tuple[float, Expression | None]] = []
        self.sent_s: dict[int, float] = {}
        self.looks_away = False
        self._look_hz = look_hz
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=one) for one in (self._push, self._look)]

    def __enter__(self) -> Wearer:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def arrivals(self) -> dict[int, float]:
        """When each face was seen first, by sequence."""
        seen: dict[int, float] = {}
        for when_s, face in list(self.looks):
            if face is not None:
                seen.setdefault(face.sequence, when_s)
        return seen

    def ages_s(self, since_s: float = 0.0, until_s: float = np.inf) -> np.ndarray:
        """How old, by when its frame was sent, the newest face was at each look in a span."""
        return np.array(
            [
                when_s - self.sent_s[face.sequence]
                for when_s, face in list(self.looks)
                if face is not None and since_s <= when_s <= until_s
            ]
        )

    def gap_s(self, since_s: float) -> float:
        """The longest time without a new face from an instant on."""
        times = np.array([when for when in sorted(self.arrivals.values()) if when >= since_s])
        return float(np.diff(times, prepend=since_s).max())

    def _push(self) -> None:
        made = frames(90)
        began_s, sequence = time.perf_counter(), 0
        while not self._stop.is_set():
            sequence += 1
            source = made[(sequence - 1) % len(made)]
            later_ns = (sequence - 1) // len(made) * 1_000_000_000
            samples = tuple(
                type(one)(one.stream, one.sample_time_ns + later_ns, one.values, one.confidence)
                for one in source.samples
            )
            self.sent_s[sequence] = time.perf_counter()
            self.session.push(SensorFrame(sequence, source.frame_time_ns + later_ns, samples))
            due_s = began_s + sequence / RATE_HZ
            self._stop.wait(max(due_s - time.perf_counter(), 0.0))

    def _look(self) -> None:
        while not self._stop.wait(1.0 / self._look_hz):
            if not self.looks_away:
                self.looks.append((time.perf_counter(), self.session.latest()))


def within(condition: Callable[[], bool], seconds: float, every_s: float = 0.005) -> float:
    """How long something took to come about; it fails where it takes longer."""
    began_s = time.perf_counter()
    while not condition():
        assert time.perf_counter() - began_s < seconds, f"not within {seconds:.2f} s"
        time.sleep(every_s)
    return time.perf_counter() - began_s
