"""The engine: who is due is stepped together, in line, and hears of what went wrong."""

import asyncio
import time
from dataclasses import replace

import numpy as np
import pytest

from tests.serving.harness import frames, profile
from vrface.face.blendshapes import GROUPS
from vrface.face.smoothing import Smoothing
from vrface.model.calibration import Calibration
from vrface.model.model import Model
from vrface.sensors.frame import SensorFrame
from vrface.serving.engine import KEPT_EMPTY, MEMORY_S, Engine, Load
from vrface.serving.seat import Seat, Wish
from vrface.session.cohort import Cohort
from vrface.session.faces import Faces
from vrface.session.lifecycle import Show
from vrface.session.token import Kind

CALM = ("off", "on", "brow=0.5:0,measured")


def wish(model: Model, **changes) -> Wish:
    kind = Kind.of(profile(), model.digest, b"", "expected", 1)
    usual = Wish(profile(), model, "expected", 1, Calibration.none(), kind)
    return replace(usual, **changes)


class Wearer:
    """Has some frames, and gets their faces."""

    def __init__(self, seat: Seat, made: list[SensorFrame]) -> None:
        self.seat = seat
        self.made = list(made)
        self.sequences: list[int] = []
        self.together: list[int] = []
        self.errors: list[Exception] = []
        self.done = asyncio.Event()

    def due(self, now_ns: int) -> Show | None:
        return Show(self.made.pop(0), 0) if self.made else None

    def face(self, show: Show, faces: Faces, place: int) -> None:
        assert int(faces.sequence[place]) == show.frame.sequence
        self.sequences.append(show.frame.sequence)
        self.together.append(len(faces.sequence))
        self.done.set()

    def failed(self, error: Exception) -> None:
        self.errors.append(error)
        self.done.set()


@pytest.fixture
def run():
    """Run something with an engine."""

    def going(work) -> None:
        async def go() -> None:
            engine = Engine()
            engine.start()
            try:
                await asyncio.wait_for(work(engine), 60)
            finally:
                await engine.stop()

        asyncio.run(go())

    return going


def test_who_is_ready_at_once_is_stepped_at_once(run, model):
    async def work(engine):
        wearers = [Wearer(await engine.seat(wish(model, seed=n + 1)), frames(1)) for n in range(5)]
        for one in wearers:
            engine.ready(one)
        for one in wearers:
            await one.done.wait()
            assert one.together == [5]
        assert {one.seat.row for one in wearers} == set(range(5))

    run(work)


def test_nothing_due_after_all_costs_nothing(run, model, monkeypatch):
    monkeypatch.setattr(Cohort, "step", lambda *_: pytest.fail("nobody was due"))

    async def work(engine):
        idle = Wearer(await engine.seat(wish(model)), [])
        engine.ready(idle)
        await asyncio.sleep(0.05)

    run(work)


def test_cohorts_are_of_one_headset_model_and_style(run, model):
    async def work(engine):
        same = [await engine.seat(wish(model)) for _ in range(2)]
        other = await engine.seat(wish(model, style="lively"))
        poorer = await engine.seat(wish(model, headset=profile().without("lids")))
        assert same[0].cohort is same[1].cohort
        assert len({same[0].cohort, other.cohort, poorer.cohort}) == 3

    run(work)


def test_who_is_shown_calmer_is_stepped_with_the_others(run, model):
    async def work(engine):
        seats = [await engine.seat(wish(model, smoothing=Smoothing.parse(text))) for text in CALM]
        assert len({seat.cohort for seat in seats}) == 1
        still_hz, _, measured = seats[0].cohort.pipeline._stepper.memory.settings
        rows = [seat.row for seat in seats]
        assert still_hz[rows, GROUPS.index("brow")].tolist() == [np.inf, 1.5, 0.5]
        assert measured[rows].tolist() == [0.0, 0.0, 1.0]

    run(work)


def test_a_step_that_fails_is_told_to_those_who_were_in_it(run, model):
    async def work(engine):
        seat, other = await engine.seat(wish(model)), await engine.seat(wish(model, style="lively"))
        broken, well = Wearer(seat, frames(1)), Wearer(other, frames(2))

        def fail(*_):
            raise ValueError("no face")

        seat.cohort.step = fail
        engine.ready(broken)
        engine.ready(well)
        for one in (broken, well):
            await one.done.wait()
        assert [type(error) for error in broken.errors] == [ValueError]
        assert well.sequences == [1]
        well.done.clear()
        engine.ready(well)
        await well.done.wait()
        assert well.sequences == [1, 2]

    run(work)


def in_parts(cohort):
    """Let a cohort step its wearers in two parts."""
    step = Cohort.step

    def parts(these):
        half = len(these) // 2
        yield from step(cohort, these[:half])
        yield from step(cohort, these[half:])

    cohort.step = parts


def test_the_loop_goes_on_between_the_parts_of_a_step_and_newcomers_wait_in_line(run, model):
    async def work(engine):
        wearers = [Wearer(await engine.seat(wish(model)), frames(1)) for _ in range(6)]
        in_parts(wearers[0].seat.cohort)
        for one in wearers:
            engine.ready(one)
        await wearers[0].done.wait()
        assert [one.done.is_set() for one in wearers] == [True] * 3 + [False] * 3
        await engine.seat(wish(model))
        assert all(one.done.is_set() for one in wearers)

    run(work)


def test_whoever_leaves_before_they_are_seated_leaves_no_row_taken(run, model):
    async def work(engine):
        seat = await engine.seat(wish(model))
        engine._stepping = True
        joining = asyncio.ensure_future(engine.seat(wish(model)))
        failing = asyncio.ensure_future(engine.between(lambda: 1 // 0))
        await asyncio.sleep(0.01)
        joining.cancel()
        engine._stepping = False
        engine._let_in()
        await asyncio.wait([joining, failing])
        assert isinstance(failing.exception(), ZeroDivisionError)
        assert len(seat.cohort) == 1
        await engine.leave(seat)
        assert len(seat.cohort) == 0

    run(work)


def test_who_leaves_while_another_cohort_is_stepped_leaves_when_all_are(run, model):
    """Their frame was asked for already: nobody else may be in their row when it is stepped."""

    async def work(engine):
        many = [Wearer(await engine.seat(wish(model)), frames(1)) for _ in range(6)]
        lone = Wearer(await engine.seat(wish(model, style="lively")), frames(1))
        in_parts(many[0].seat.cohort)
        for one in (*many, lone):
            engine.ready(one)
        await many[0].done.wait()
        assert not lone.done.is_set()
        leaving = asyncio.ensure_future(engine.leave(lone.seat))
        await lone.done.wait()
        assert lone.sequences == [1]
        await leaving
        assert len(lone.seat.cohort) == 0

    run(work)


@pytest.mark.parametrize("method", ["due", "face"])
def test_a_session_that_breaks_is_told_and_the_others_go_on(run, model, method):
    async def work(engine):
        broken = Wearer(await engine.seat(wish(model)), frames(1))
        well = Wearer(await engine.seat(wish(model, style="lively")), frames(1))

        def fail(*_):
            raise ValueError("broken")

        setattr(broken, method, fail)
        for one in (broken, well):
            engine.ready(one)
        for one in (broken, well):
            await one.done.wait()
        assert [type(error) for error in broken.errors] == [ValueError]
        assert well.sequences == [1]

    run(work)


def test_a_newcomer_amid_a_change_of_models_is_part_of_the_next_one(run, model):
    """Two cohorts may come to use the same model; neither is forgotten."""

    async def work(engine):
        first, second, third = (replace(model, digest=bytes([n]) * 32) for n in range(3))
        one, other = await engine.seat(wish(first)), await engine.seat(wish(second))
        await engine.use(first, second, lambda: None)
        await engine.use(second, third, lambda: None)
        assert one.cohort is not other.cohort
        assert one.cohort.kind == other.cohort.kind == (profile(), third.digest, "expected")
        assert (await engine.seat(wish(third))).cohort is one.cohort

    run(work)


def test_empty_cohorts_are_kept_a_few_of_them(run, model):
    async def work(engine):
        for count in range(KEPT_EMPTY + 3):
            renamed = replace(profile(), version=str(count))
            await engine.leave(await engine.seat(wish(model, headset=renamed)))
        assert len(engine._cohorts) <= KEPT_EMPTY + 1

    run(work)


def test_frames_that_come_fast_wait_for_company_and_lone_ones_do_not(run, model):
    async def work(engine):
        count = 40
        wearers = [Wearer(await engine.seat(wish(model)), frames(60)) for _ in range(count)]
        for one in wearers:
            engine.come(one)
        for _ in range(60):
            for one in wearers:
                engine.ready(one)
                await asyncio.sleep(0.01 / count)  # each a little after the other
        together = [size for one in wearers for size in one.together[20:]]
        assert np.median(together) > 1
        lone = wearers[0]
        await asyncio.sleep(4 * MEMORY_S)
        lone.made, lone.done = frames(1), asyncio.Event()
        asked = time.perf_counter()
        engine.ready(lone)
        await lone.done.wait()
        assert lone.together[-1] == 1
        assert time.perf_counter() - asked < 1.0

    run(work)


def test_the_load_is_of_late():
    load, now = Load(), 100.0
    for _ in range(2000):
        now += 1e-3
        found = load.add(3e-4, now)
    assert found == pytest.approx(0.3, rel=0.05)
    assert load.add(0.0, now + 10 * MEMORY_S) < 0.001
