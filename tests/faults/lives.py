"""Clients by lot: what they send, lose, forget and take back, in time that nobody waits for.

Everything comes from one seed: a world of the same seed goes the same way again.
"""

from __future__ import annotations

import heapq
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import headset
from vrface.session.lifecycle import GoAway, Life, Show, State

HEADSET = headset("openness_gaze_mouth")
WIDTHS = tuple(len(stream.channels) for stream in HEADSET.streams)
MS = 1_000_000
SECOND = 1_000 * MS
IDLE_NS = 3 * SECOND


@dataclass
class Seen:
    """What came of a world.

    Attributes:
        log: Every output with its time.
        sent_ns: By sequence, when a frame was handed to the session.
        samples: Sample times of frames that the session took in.
        shown_samples: Sample times of frames that were shown.
        most_unacknowledged: The most faces that were on their way at a time.
        heard_ns: When the client was heard last.
        vanished: Whether the client went while nobody had said End.
    """

    log: list[tuple[int, object]] = field(default_factory=list)
    sent_ns: dict[int, int] = field(default_factory=dict)
    samples: list[int] = field(default_factory=list)
    shown_samples: list[int] = field(default_factory=list)
    most_unacknowledged: int = 0
    heard_ns: int = 0
    vanished: bool = False


class World:
    """One session and its client, server and network.

    Args:
        seed: Of everything.
    """

    def __init__(self, seed: int) -> None:
        self.lot = random.Random(seed)
        self.now_ns = self.lot.randrange(10**15)
        self.window = self.lot.choice([0, 0, 1, 2, 3, 300])
        self.deadline_us = self.lot.choice([0, 0, 5_000, 20_000])
        self.life = Life(
            HEADSET,
            self.now_ns,
            window=self.window,
            deadline_us=self.deadline_us,
            idle_ns=IDLE_NS,
        )
        self.seen = Seen()
        self.ends_ns = self.now_ns + int(self.lot.uniform(0.2, 6.0) * SECOND)
        self._agenda: list[tuple[int, int, Callable[[], None]]] = []
        self._number = itertools.count()
        self._outstanding: set[int] = set()
        self._sequence = 0
        self._clock_off_ns = self.lot.randrange(-(10**15), 10**15)
        self._period_ns = int(SECOND / self.lot.choice([30, 72, 90, 120]))
        self._lag_ns = int(self.lot.choice([0.1, 2, 30, 200]) * MS)
        self._step_ns = int(self.lot.choice([0.1, 1, 9, 40]) * MS)
        self._faults = {
            name
            for name in ("loss", "doubles", "disorder", "burst", "jump", "deaf", "odd", "freeze")
            if self.lot.random() < 0.3
        }
        self._frozen_until_ns = 0

    def run(self) -> Seen:
        """Until the session has ended, and the time it may take to notice that is over."""
        self._at(0, self._send)
        leaving = self.lot.choice(["end", "vanish", "go_away", "silence", "both"])
        self._at(self.ends_ns - self.now_ns, lambda: self._leave(leaving))
        last_ns = self.ends_ns + 3 * IDLE_NS
        while self.now_ns <= last_ns and self.life.state is not State.ENDED:
            wake_ns = self.life.wake_ns
            if self._agenda and (wake_ns is None or self._agenda[0][0] <= wake_ns):
                self.now_ns, _, happen = heapq.heappop(self._agenda)
                happen()
                self._ask()
            elif wake_ns is not None:
                self.now_ns = max(self.now_ns, wake_ns)
                self._ask()
                assert self.life.wake_ns != wake_ns, "it was woken and slept on"
            else:
                break
        return self.seen

    def _at(self, after_ns: int, happen: Callable[[], None]) -> None:
        heapq.heappush(self._agenda, (self.now_ns + max(after_ns, 0), next(self._number), happen))

    def _send(self) -> None:
        """The client's next frame, and what the network makes of it."""
        if self.now_ns >= self.ends_ns:
            return
        self._at(int(self._period_ns * self.lot.uniform(0.8, 1.2)), self._send)
        if "freeze" in self._faults and self.lot.random() < 0.01:
            self._frozen_until_ns = self.now_ns + int(self.lot.uniform(0.1, 2.0) * SECOND)
        if self.now_ns < self._frozen_until_ns:
            return
        self._sequence += 1
        frame = self._frame(self._sequence)
        copies = [frame]
        if "loss" in self._faults and self.lot.random() < 0.3:
            copies = []
        elif "doubles" in self._faults and self.lot.random() < 0.2:
            copies = [frame, frame]
        for copy in copies:
            lag_ns = self._lag_ns
            if "disorder" in self._faults:
                lag_ns += self.lot.randrange(8 * self._period_ns)
            if "burst" in self._faults:
                # All that was sent within two seconds comes at once.
                lag_ns += 2 * SECOND - self.now_ns % (2 * SECOND)
            self._at(lag_ns, partial(self._arrive, copy))

    def _frame(self, sequence: int) -> SensorFrame:
        if "jump" in self._faults and self.lot.random() < 0.01:
            self._clock_off_ns += self.lot.choice([-1, 1]) * 3_600 * SECOND
        now_ns = self.now_ns + self._clock_off_ns
        samples = [
            Sample(stream, now_ns - self.lot.randrange(30 * MS), self._values(width))
            for stream, width in enumerate(WIDTHS)
            if self.lot.random() < 0.8
        ]
        if "odd" in self._faults and self.lot.random() < 0.2:
            stream, width = self.lot.choice([(99, 3), (0, 1), (0, 500)])
            samples.append(Sample(stream, now_ns, self._values(width)))
        return SensorFrame(sequence, now_ns, tuple(samples))

    def _values(self, width: int) -> np.ndarray:
        worst = (float("nan"), float("inf"), -1e30, 1e-42)
        odd = "odd" in self._faults and self.lot.random() < 0.1
        value = self.lot.choice(worst) if odd else self.lot.random()
        return np.full(width, value, np.float32)

    def _arrive(self, frame: SensorFrame) -> None:
        self.seen.heard_ns = self.now_ns
        if self.life.state in (State.OPEN, State.LEAVING):
            self.seen.sent_ns.setdefault(frame.sequence, self.now_ns)
        before = self.life.ignored
        self.life.frame(frame, self.now_ns)
        if self.life.ignored == before and self.life.state in (State.OPEN, State.LEAVING):
            self.seen.samples += [sample.sample_time_ns for sample in frame.samples]

    def _ask(self) -> None:
        """Do what the session asks for, as a server would."""
        while (output := self.life.next(self.now_ns)) is not None:
            self.seen.log.append((self.now_ns, output))
            if isinstance(output, Show):
                self._at(int(self._step_ns * self.lot.uniform(0.5, 2.0)), self._done(output))
            elif isinstance(output, GoAway) and self.lot.random() < 0.7:
                self._at(self._lag_ns, lambda: self.life.end("the client said End"))

    def _done(self, show: Show) -> Callable[[], None]:
        def happen() -> None:
            sequence = show.frame.sequence
            # A client may answer before the server knows that its face went out.
            early = self.lot.random() < 0.1
            if early:
                self._acknowledge(sequence)
            self.life.shown(sequence)
            self.seen.shown_samples += [one.sample_time_ns for one in show.frame.samples]
            if not early:
                self._outstanding.add(sequence)
            most = max(self.seen.most_unacknowledged, len(self._outstanding))
            self.seen.most_unacknowledged = most
            if not ("deaf" in self._faults and self.lot.random() < 0.5):
                self._at(self._lag_ns, lambda: self._acknowledge(sequence))

        return happen

    def _acknowledge(self, sequence: int) -> None:
        self.seen.heard_ns = self.now_ns
        self._outstanding = {one for one in self._outstanding if one > sequence}
        self.life.acknowledge(sequence, self.now_ns)

    def _leave(self, how: str) -> None:
        if how in ("go_away", "both"):
            self.life.go_away(GoAway("the server stops", 500 * MS), self.now_ns)
        if how in ("end", "both"):
            self.life.end("the client said End")
        if how == "vanish":
            self.seen.vanished = self.life.state in (State.OPEN, State.LEAVING)
            self.life.vanish()
