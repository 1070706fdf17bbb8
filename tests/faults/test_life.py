"""Thousands of sessions by lot: whatever clients, networks and servers do, a life stays a life."""

import os
from collections import Counter

import pytest

from tests.faults.lives import IDLE_NS, World
from vrface.sensors.frame import MOST_SAMPLES
from vrface.session.inbox import MAX_WINDOW
from vrface.session.lifecycle import Finish, GoAway, Show, State, Tell
from vrface.wire.notice_code import Code

WORLDS = 2_000 * int(os.environ.get("VRFACE_FAULTS", "1"))
PARTS = 8
ONCE = {Code.FRAME_ORDER, Code.FRAME_TIME, Code.SAMPLE}


@pytest.mark.parametrize("part", range(PARTS))
def test_no_world_breaks_a_session(part: int):
    """A world that does is named by its seed: `check(seed)` goes the same way again."""
    for seed in range(part, WORLDS, PARTS):
        try:
            check(seed)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def check(seed: int) -> None:
    world = World(seed)
    seen = world.run()
    outputs = [output for _, output in seen.log]
    shows = [(now_ns, one) for now_ns, one in seen.log if isinstance(one, Show)]

    assert world.life.state is State.ENDED, "it never ended"
    assert isinstance(outputs[-1], Finish), "its last word is no End"
    assert sum(isinstance(one, Finish) for one in outputs) == 1
    assert sum(isinstance(one, GoAway) for one in outputs) <= 1
    assert seen.log[-1][0] <= max(seen.heard_ns, world.ends_ns) + IDLE_NS, "it ended late"

    sequences = [show.frame.sequence for _, show in shows]
    assert sequences == sorted(set(sequences)), "faces went back"
    for now_ns, show in shows:
        arrived = [s for s, at_ns in seen.sent_ns.items() if at_ns <= now_ns]
        assert show.frame.sequence <= max(arrived)
        assert show.queue_ns == now_ns - seen.sent_ns[show.frame.sequence]
        assert not world.deadline_us or show.queue_ns <= world.deadline_us * 1000, "a late face"
        assert len(show.frame.samples) <= MOST_SAMPLES

    if world.window:
        assert seen.most_unacknowledged <= min(world.window, MAX_WINDOW), "beyond its credit"
    told = Counter(one.code for one in outputs if isinstance(one, Tell))
    assert all(told[code] <= 1 for code in ONCE)

    given, shown = Counter(seen.samples), Counter(seen.shown_samples)
    assert shown <= given, "a sample was doubled, or made up"
    life = world.life
    kept = life.frames - life.ignored - life.overtaken
    assert 0 <= len(shows) <= kept
    assert life.vanished == seen.vanished


@pytest.mark.parametrize("seed", [0, 1, 2, 77, 1999])
def test_a_world_goes_the_same_way_again(seed: int):
    one, other = World(seed).run(), World(seed).run()
    assert [(t, type(o), getattr(o, "queue_ns", None)) for t, o in one.log] == [
        (t, type(o), getattr(o, "queue_ns", None)) for t, o in other.log
    ]


def test_the_worlds_hold_what_they_are_for():
    """Enough of each fault and each end comes about to mean something."""
    found: Counter[str] = Counter()
    for seed in range(200):
        world = World(seed)
        seen = world.run()
        life = world.life
        found["late"] += life.late > 0
        found["overtaken"] += life.overtaken > 0
        found["ignored"] += life.ignored > 0
        found["vanished"] += life.vanished
        found["away"] += any(isinstance(one, GoAway) for _, one in seen.log)
        found["idle"] += any(
            "nothing was heard" in getattr(one, "reason", "") for _, one in seen.log
        )
        found["full"] += 0 < world.window == seen.most_unacknowledged
    assert min(found[name] for name in found) >= 10, found
    assert len(found) == 7
