"""`SimulatedLog`: one log of a simulated wearer, known by all that decides its bytes."""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vrface.errors import LogError

if TYPE_CHECKING:
    from vrface.log.header import LogHeader
    from vrface.sensors.headset import HeadsetProfile
    from vrface.simulation.donning import Donning
    from vrface.training.workers import Tell

_MOST_SEEDS = 2**32
"""Of wearers: every donning of each has a performance of its own."""


@dataclass(frozen=True)
class SimulatedLog:
    """One log to be made.

    Attributes:
        path: Where.
        headset: What is worn.
        wearer: Seed of who wears it.
        number: Which time, from 0.
        held_out: Whether its sensors are of the families that nothing is trained on.
        seconds: How long it is.
        rate_hz: How often a face is wanted.
    """

    path: Path
    headset: HeadsetProfile
    wearer: int
    number: int
    held_out: bool
    seconds: float
    rate_hz: float

    @property
    def performance(self) -> int:
        """Seed of what the wearer does: the wearer's own the first time, another each time."""
        return self.wearer + self.number * _MOST_SEEDS

    @property
    def donning(self) -> Donning:
        """How the headset is put on."""
        from vrface.simulation.donning import Donning

        return Donning.drawn(self.wearer, self.number, held_out=self.held_out)

    @property
    def person(self) -> str:
        """The wearer's pseudonym."""
        from vrface.simulation.wearer import Wearer

        return Wearer.drawn(self.wearer).person

    def check(self) -> None:
        """See that what has its name, if anything does, is this very log.

        Raises:
            LogError: if it is another one, or no log.
        """
        from vrface.log import LogReader
        from vrface.trust import Permission

        if self.path.exists():
            try:
                same = self._made(LogReader(self.path, Permission.local()).header)
            except LogError:
                same = False
            if not same:
                raise LogError(
                    f"{self.path} is there already, and is not what would be made now.",
                    "A log is never overwritten: move it away, or give another -o.",
                )

    def make(self) -> int:
        """Make it; if it is there already, see that it is whole.

        Returns:
            How many frames it has.

        Raises:
            LogError: if it cannot be written, or is there and damaged.
        """
        from vrface.log import LogReader, write_paired
        from vrface.simulation.performance import perform
        from vrface.simulation.simulate import SIMULATION, simulate
        from vrface.simulation.wearer import Wearer
        from vrface.trust import Permission

        if self.path.exists():
            # To the end, where every byte has been compared with a checksum.
            return sum(1 for _ in LogReader(self.path, Permission.local()).entries("/sensors"))
        who = Wearer.drawn(self.wearer)
        performance = perform(who, seed=self.performance, seconds=self.seconds)
        paired = simulate(performance, self.headset, self.donning, rate_hz=self.rate_hz)
        write_paired(self.path, paired, Permission.local(), simulation=SIMULATION)
        return len(paired.frame_time_ns)

    def _made(self, header: LogHeader) -> bool:
        """Whether a log with this header came of the same."""
        from vrface.log.header import this_software
        from vrface.simulation.simulate import SIMULATION, provenance
        from vrface.simulation.wearer import Wearer

        told = provenance(
            Wearer.drawn(self.wearer),
            self.donning,
            self.headset,
            performance=self.performance,
            seconds=self.seconds,
            rate_hz=self.rate_hz,
        )
        worn = header.headset
        return (header.simulation, header.provenance, header.software) == (
            SIMULATION,
            told,
            this_software(),
        ) and (worn is not None and worn.entries() == self.headset.entries())


@dataclass(frozen=True)
class Share:
    """The logs that one process makes, one after another.

    Attributes:
        logs: Which.
    """

    logs: Sequence[SimulatedLog]

    def __call__(self, tell: Tell) -> dict[str, Any]:
        """Make them; how many frames they have, and how many of them were there already."""
        if multiprocessing.parent_process() is not None:
            # So that the log that is just being written is tidied away.
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        frames = kept = 0
        for number, log in enumerate(self.logs, 1):
            kept += log.path.exists()
            frames += log.make()
            tell(number / len(self.logs))
        return {"frames": frames, "kept": kept}
