"""`Engine`: everybody who is due is stepped together.

Sessions say that they have something (`ready`); the engine asks each of them at the last moment
what is due, gathers it by cohort and steps each cohort once. A lone frame is stepped at once; when
many come, they are waited for a little, so that one step serves several. Steps are taken in the
event loop, so many wearers at a time as take a few milliseconds: in a thread beside it they would
wait for Python's lock, some milliseconds each time that a step asks for it. Nothing else is locked:
whoever wants to touch a cohort between two parts of a step waits until it is over (`between`).
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from vrface.sensors.frame import SampleColumns
from vrface.serving.seat import Seat, Wish
from vrface.session.cohort import Cohort
from vrface.session.faces import Faces
from vrface.session.lifecycle import Show
from vrface.session.stepper import FIRST, warm_up

if TYPE_CHECKING:
    from vrface.model.model import Model

LONGEST_WAIT_S = 0.0015
"""How long a frame waits for company at the most. With 0.004 about half of ten sessions'
faces were on time, with this nine in ten (trials; no command repeats them)."""

IDLE, BUSY = 0.08, 0.2
"""Shares of time spent on steps: up to the first a frame waits for nobody, from the second on
`LONGEST_WAIT_S`, so that what a step costs by itself is shared by more."""

MEMORY_S = 0.25
"""How long that share is averaged over."""

KEPT_EMPTY = 4
"""Cohorts that are kept though nobody is in them."""

T = TypeVar("T")


def _warm_up_touched(model: Model) -> None:
    """Compile, which may take seconds, for the first whom their own truth taught something."""
    for batch in FIRST:
        warm_up(model, batch, touched=True)


class Seated(Protocol):
    """Whoever sends an engine frames."""

    @property
    def seat(self) -> Seat:
        """Where they are stepped."""
        ...

    def due(self, now_ns: int) -> Show | None:
        """The frame whose face is wanted now; None if there is none after all."""
        ...

    def face(self, show: Show, faces: Faces, place: int) -> None:
        """Its face, one of several."""
        ...

    def failed(self, error: Exception) -> None:
        """There is no face: the step went wrong."""
        ...


@dataclass(frozen=True)
class Batch:
    """Frames of several wearers that came together.

    Attributes:
        cohort: With whom they are stepped.
        rows: [wearers] where each one is.
        sequence: [wearers] echoed.
        frame_time_ns: [wearers] the instants.
        samples: What arrived since their last ones.
        done: Told of their faces.
    """

    cohort: Cohort
    rows: NDArray[np.intp]
    sequence: NDArray[np.int64]
    frame_time_ns: NDArray[np.int64]
    samples: Sequence[SampleColumns]
    done: Callable[[list[Faces]], None]


class Crowd(Protocol):
    """Whoever sends an engine the frames of several wearers at once."""

    def batches(self, now_ns: int) -> Sequence[Batch]:
        """What is due now; nothing, after all, may be."""
        ...

    def failed(self, error: Exception) -> None:
        """There are no faces: the step went wrong."""
        ...


class Load:
    """The share of time, of late, that went into something."""

    def __init__(self) -> None:
        self._share, self._last_s = 0.0, -math.inf

    def add(self, spent_s: float, now_s: float) -> float:
        """So many seconds more by now.

        Returns:
            The share.
        """
        keep = math.exp(-(now_s - self._last_s) / MEMORY_S)
        self._share, self._last_s = keep * self._share + spent_s / MEMORY_S, now_s
        return self._share


class Engine:
    """Steps the sessions of one event loop. `start` it there, and `stop` it."""

    def __init__(self) -> None:
        self._cohorts: list[Cohort] = []
        self._ready: dict[Seated, None] = {}
        self._crowds: dict[Crowd, None] = {}
        self._present: set[Seated | Crowd] = set()
        self._something = asyncio.Event()
        self._stepping = False
        self._waiting: list[tuple[Callable[[], Any], asyncio.Future[Any]]] = []
        self._serving: asyncio.Task[None] | None = None
        self._load = Load()

    @property
    def busy(self) -> float:
        """Share of time, of late, that went into steps."""
        return min(self._load.add(0.0, time.perf_counter()), 1.0)

    def start(self) -> None:
        """Begin to serve."""
        self._serving = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """Serve no more."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.wait([self._serving])

    async def seat(self, wish: Wish) -> Seat:
        """Take a wearer in."""
        cohort = self._found(wish)
        if cohort is None:
            self._forget_empty()
            made = await asyncio.to_thread(Cohort, wish.headset, wish.model, wish.style)
            cohort = self._found(wish)  # somebody else may have been quicker
            if cohort is None:
                cohort = made
                self._cohorts.append(made)
        if wish.calibration.touch is not None:
            await asyncio.to_thread(_warm_up_touched, wish.model)
        join = partial(cohort.join, wish.calibration, wish.seed, wish.smoothing)
        return Seat(wish, cohort, await self.between(join))

    async def use(self, old: Model, new: Model, gave_up: Callable[[], None]) -> None:
        """Infer with another model wherever an old one does, from the next frame on.

        Nobody waits: what it takes is made beside the loop. Where a step of the new one fails, or
        what it says is no number, the old one takes over again in that very frame.

        Args:
            old: Which is used now.
            new: Which is to be.
            gave_up: Told where the old one took over again.
        """
        for cohort in [one for one in self._cohorts if one.kind[1] == old.digest]:
            made = await asyncio.to_thread(cohort.pipeline.replacement, new)
            await self.between(partial(cohort.use, made, gave_up))

    def _found(self, wish: Wish) -> Cohort | None:
        """The cohort of a headset, a model and a style, by what it uses now."""
        kind = (wish.headset, wish.model.digest, wish.style)
        return next((one for one in self._cohorts if one.kind == kind), None)

    async def leave(self, seat: Seat) -> None:
        """Let a wearer go."""
        await self.between(partial(seat.cohort.leave, seat.row))

    async def between(self, work: Callable[[], T]) -> T:
        """Do something to cohorts while none is stepped: now, or when these steps are over."""
        if not self._stepping:
            return work()
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((work, done))
        return await done

    def come(self, somebody: Seated | Crowd) -> None:
        """Somebody begins to send frames; whoever does must `go`."""
        self._present.add(somebody)

    def go(self, somebody: Seated | Crowd) -> None:
        """Somebody sends no more."""
        self._present.discard(somebody)
        self._something.set()

    def ready(self, seated: Seated) -> None:
        """Somebody may have a frame that is due: they will be asked."""
        self._ready[seated] = None
        self._something.set()

    def crowd_ready(self, crowd: Crowd) -> None:
        """A crowd may have frames that are due: it will be asked."""
        self._crowds[crowd] = None
        self._something.set()

    async def _serve(self) -> None:
        while True:
            await self._something.wait()
            await self._gather()
            self._something.clear()
            # From the first question to the last step: a row that is asked for stays whose it is.
            self._stepping = True
            await self._step_lone()
            await self._step_crowds()
            self._stepping = False
            self._let_in()

    async def _step_lone(self) -> None:
        for cohort, shows in self._due().items():
            frames = [(seated.seat.row, show.frame) for seated, show in shows]
            try:
                whose = iter(shows)
                async for part in self._steps(cohort.step(frames)):
                    for place in range(len(part.sequence)):
                        seated, show = next(whose)
                        seated.face(show, part, place)
            except Exception as error:
                for seated, _ in shows:
                    seated.failed(error)

    async def _step_crowds(self) -> None:
        crowds, self._crowds = self._crowds, {}
        for crowd in crowds:
            try:
                for batch in crowd.batches(time.perf_counter_ns()):
                    given = batch.rows, batch.sequence, batch.frame_time_ns, batch.samples
                    steps = self._steps(batch.cohort.step_columns(*given))
                    batch.done([part async for part in steps])
            except Exception as error:
                crowd.failed(error)

    async def _steps(self, steps: Iterator[Faces]) -> AsyncIterator[Faces]:
        """Take steps one after the other; whoever else waits for the loop has it in between."""
        while True:
            started_s = time.perf_counter()
            faces = next(steps, None)
            ended_s = time.perf_counter()
            self._load.add(ended_s - started_s, ended_s)
            if faces is None:
                return
            yield faces
            await asyncio.sleep(0)

    def _let_in(self) -> None:
        """Let those have their turn who waited for the steps to be over."""
        waiting, self._waiting = self._waiting, []
        for work, done in waiting:
            if done.cancelled():  # whoever asked is gone
                continue
            try:
                done.set_result(work())
            except Exception as error:
                done.set_exception(error)

    async def _gather(self) -> None:
        """Wait for company, if any may come and steps take so much time that it is worth while."""
        if len(self._ready) + len(self._crowds) >= len(self._present):
            return
        wait_s = LONGEST_WAIT_S * min((self.busy - IDLE) / (BUSY - IDLE), 1.0)
        if wait_s > 0.0:
            await asyncio.sleep(wait_s)

    def _due(self) -> dict[Cohort, list[tuple[Seated, Show]]]:
        """Ask everybody who is ready."""
        ready, self._ready = self._ready, {}
        now_ns = time.perf_counter_ns()
        due: dict[Cohort, list[tuple[Seated, Show]]] = {}
        for seated in ready:
            try:
                show = seated.due(now_ns)
            except Exception as error:
                seated.failed(error)
                continue
            if show is not None:
                due.setdefault(seated.seat.cohort, []).append((seated, show))
        return due

    def _forget_empty(self) -> None:
        """Keep a few cohorts that nobody is in: the next one may be of their kind."""
        empty = [cohort for cohort in self._cohorts if not len(cohort)]
        for cohort in empty[: max(len(empty) - KEPT_EMPTY, 0)]:
            self._cohorts.remove(cohort)
