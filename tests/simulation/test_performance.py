import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, index, indices
from vrface.face.expression import Source
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.simulation import Wearer, synthetic_take
from vrface.simulation.behaviour.blinks import blinks
from vrface.simulation.behaviour.brows import brow_raises
from vrface.simulation.behaviour.emotions import emotions
from vrface.simulation.behaviour.glances import glances
from vrface.simulation.behaviour.plan import LISTEN, POSE, STILL, TALK, Plan
from vrface.simulation.behaviour.poses import poses
from vrface.simulation.behaviour.speech import speech

PEOPLE = range(12)
TAKES = [synthetic_take(seed=seed, seconds=120) for seed in PEOPLE]
WEARER = Wearer.drawn(0)
_EYES = indices(["eyeBlinkLeft", "eyeBlinkRight"])


def rng(seed=0):
    return np.random.default_rng(seed)


def whole(activity, seconds=6000.0):
    """A plan of one activity only."""
    return Plan(np.array([0.0, seconds]), np.array([activity]))


def median_over_people(statistic):
    return np.median([statistic(take) for take in TAKES])


def correlation(a, b):
    def of(take):
        return np.corrcoef(take.weights[:, index(a)], take.weights[:, index(b)])[0, 1]

    return median_over_people(of)


def rises(level, threshold):
    return np.flatnonzero((level[1:] >= threshold) & (level[:-1] < threshold))


def test_a_take_is_a_full_face_that_says_it_is_simulated():
    take = TAKES[0]
    assert take.simulated
    assert take.tracked.all()
    assert (take.source == Source.MEASURED).all()
    assert len(take.time_ns) == 120 * 60
    assert take.person == "simulated-0000"


@pytest.mark.parametrize("take", TAKES, ids=lambda take: take.person)
def test_weights_are_weights_and_gaze_is_primary(take):
    assert take.weights.min() >= 0
    assert take.weights.max() <= 1
    assert np.abs(take.gaze).max() < 0.8
    np.testing.assert_allclose(
        take.weights[:, EYE_LOOK_INDICES], eye_look_from_gaze(take.gaze), atol=1e-6
    )


def test_one_seed_is_one_performance():
    again = synthetic_take(seed=3, seconds=120)
    np.testing.assert_array_equal(again.weights, TAKES[3].weights)
    np.testing.assert_array_equal(again.gaze, TAKES[3].gaze)
    assert not np.array_equal(TAKES[4].weights, TAKES[3].weights)


@pytest.mark.parametrize("rate_hz", [30.0, 72.0, 144.0])
def test_the_rate_samples_the_same_motion(rate_hz):
    fine = synthetic_take(seed=5, seconds=20, rate_hz=720.0)
    coarse = synthetic_take(seed=5, seconds=20, rate_hz=rate_hz)
    step = round(720 / rate_hz)
    np.testing.assert_allclose(coarse.weights, fine.weights[::step], atol=1e-5)
    np.testing.assert_array_equal(coarse.time_ns, fine.time_ns[::step])


def test_another_wearer_performs_the_same_otherwise():
    own = synthetic_take(seed=5, seconds=20, wearer=Wearer.drawn(6))
    assert own.person == "simulated-0006"
    assert not np.allclose(own.weights, synthetic_take(seed=5, seconds=20).weights)


@pytest.mark.parametrize("seed", PEOPLE)
def test_takes_of_one_wearer_can_follow_one_another(seed):
    """A take ends where the next begins: in the resting face."""
    take = synthetic_take(seed=seed, seconds=30, rate_hz=90.0, wearer=WEARER)
    at_rest = synthetic_take(seed=99, seconds=2, rate_hz=90.0, wearer=WEARER).weights[0]
    np.testing.assert_allclose(take.weights[0], at_rest, atol=1e-6)
    np.testing.assert_allclose(take.weights[-1], at_rest, atol=0.005)


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.floats(0.1, 40), st.floats(24, 144))
def test_any_length_and_rate_make_a_take(seed, seconds, rate_hz):
    take = synthetic_take(seed=seed, seconds=seconds, rate_hz=rate_hz)
    assert len(take.time_ns) == round(seconds * rate_hz)
    assert take.tracked.all()


@pytest.mark.parametrize(("seconds", "rate_hz"), [(0, 60), (0.01, 60), (-1, 60), (5, -60), (5, 0)])
def test_a_take_of_nothing_is_refused(seconds, rate_hz):
    with pytest.raises(BadUse, match="two frames"):
        synthetic_take(seed=0, seconds=seconds, rate_hz=rate_hz)


def test_a_minute_takes_no_time_worth_speaking_of():
    spent = []
    for seed in range(5):
        start = time.perf_counter()
        synthetic_take(seed=seed, seconds=60)
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.2


def test_every_shape_moves_somewhere():
    moved = np.max([np.ptp(take.weights, axis=0) for take in TAKES], axis=0)
    assert dict(zip(BLENDSHAPES, moved > 0.2, strict=True)) == dict.fromkeys(BLENDSHAPES, True)


def test_every_minute_is_a_mix():
    plan = Plan.drawn(rng(), 600)
    assert plan.seconds == 600
    assert (np.diff(plan.edges_s) > 0).all()
    for start in range(0, 500, 100):
        assert set(plan.at(np.arange(start, start + 100.0))) == {TALK, LISTEN, POSE, STILL}


@pytest.mark.parametrize(
    ("activity", "rate"), [(TALK, WEARER.blinks_talking), (STILL, WEARER.blinks_resting)]
)
def test_blinks_come_at_the_wearers_rate(activity, rate):
    found = blinks(rng(), whole(activity), WEARER)
    assert len(found.start_s) / 100 == pytest.approx(rate, rel=0.05)
    assert np.std(np.diff(found.start_s)) < 0.8 * np.mean(np.diff(found.start_s))
    assert np.median(found.attack_s) == pytest.approx(WEARER.closing_s, rel=0.05)
    assert np.median(found.release_s) == pytest.approx(WEARER.opening_s, rel=0.05)
    assert np.mean(found.height < 0.8) == pytest.approx(0.5, abs=0.05)  # half are partial


def test_blinks_on_the_lids_are_as_fast_as_on_arkit():
    """67-100 ms to close at 60 Hz; sides tied but for winks."""
    closing = []
    for take in TAKES:
        lid = take.weights[:, index("eyeBlinkLeft")]
        for at in rises(lid, 0.5):
            before = max(at - 12, 0)
            low, high = lid[before:at].min(), lid[at : at + 9].max()
            share = (lid[before : at + 9] - low) / (high - low)
            closing.append((np.argmax(share > 0.95) - np.argmax(share > 0.05) + 1) / 60)
    assert 0.05 < np.median(closing) < 0.12
    assert 0.88 < correlation("eyeBlinkLeft", "eyeBlinkRight") <= 1


def test_speech_is_made_of_syllables_and_keeps_to_its_stretch():
    found = speech(rng(), whole(TALK, 600.0), WEARER)
    within = np.diff(found.start_s)
    assert 1 / np.median(within) == pytest.approx(WEARER.syllables_hz, rel=0.1)
    assert 3 <= WEARER.syllables_hz <= 6
    assert np.mean(within > 0.45) == pytest.approx(1 / 8, abs=0.04)  # pauses between phrases
    assert (found.stop_s <= 600).all()
    assert len(speech(rng(), whole(LISTEN), WEARER).start_s) == 0


def test_brow_raises_come_while_not_speaking_too():
    """38 % of them (Guaitella, Cave)."""
    plan = Plan.drawn(rng(), 60_000)
    found = brow_raises(rng(), plan, WEARER)
    assert np.mean(plan.at(found.start_s) != TALK) == pytest.approx(0.38, abs=0.03)


def test_feelings_show_in_conversation_only():
    for activity, some in ((LISTEN, True), (TALK, True), (POSE, False), (STILL, False)):
        assert bool(len(emotions(rng(), whole(activity), WEARER).start_s)) == some


def test_poses_are_stronger_and_faster_than_feelings():
    posed, felt = poses(rng(), whole(POSE, 600.0)), emotions(rng(), whole(LISTEN), WEARER)
    assert np.median(posed.height) > np.median(felt.height)
    assert np.median(posed.attack_s) < np.median(felt.attack_s)
    assert (posed.start_s[1:] > posed.stop_s[:-1]).all()  # one after another
    assert len(poses(rng(), whole(TALK)).start_s) == 0


def test_gaze_follows_the_main_sequence_and_stays_near_home():
    time_s = np.arange(0, 600, 1 / 1000)
    home = np.array([0.0, 0.1])
    gaze = np.rad2deg(glances(rng(), whole(TALK, 600.0), home, time_s))
    speed = np.linalg.norm(np.diff(gaze, axis=0), axis=1) * 1000
    edges = np.flatnonzero(np.diff(np.concatenate(([0], speed > 1e-9, [0])).astype(int)))
    amplitude = np.array([np.linalg.norm(gaze[b] - gaze[a]) for a, b in edges.reshape(-1, 2)])
    duration_ms = np.diff(edges.reshape(-1, 2))[:, 0]
    slope, least = np.polyfit(amplitude, duration_ms, 1)
    assert 2.2 < slope < 2.7  # ms a degree
    assert 20 < least < 30  # ms
    away = np.linalg.norm(gaze - np.rad2deg(home), axis=1)
    assert np.mean(away < 15) > 0.9
    assert np.mean(away < 3) == pytest.approx(0.41 + 0.59 * (1 - np.exp(-3 / 6.5)), abs=0.1)


def test_lids_and_brows_follow_gaze():
    """Looking down closes the lids, looking up widens them and lifts the brow, as on ARKit."""
    stiff = replace(WEARER, lid_down=0.0, wide_up=0.0, squint_up=0.0, brow_up=0.0)
    loose = replace(WEARER, lid_down=0.5, wide_up=0.6, squint_up=0.2, brow_up=0.3)
    before, after = (
        synthetic_take(seed=2, seconds=60, wearer=who).weights for who in (stiff, loose)
    )
    steady = (before[:, _EYES] < 0.3).all(axis=1) & (before < 0.6).all(axis=1)
    moved = (after - before)[steady]
    for looking, follows, by in (
        ("eyeLookDownLeft", "eyeBlinkLeft", 0.5),
        ("eyeLookUpRight", "eyeWideRight", 0.6),
        ("eyeLookUpLeft", "eyeSquintLeft", 0.2),
        ("eyeLookUpLeft", "browInnerUpLeft", 0.3),
    ):
        look, follow = before[steady, index(looking)], moved[:, index(follows)]
        assert look.max() > 0.3
        assert np.polyfit(look, follow, 1)[0] == pytest.approx(by, rel=0.15)


def test_what_belongs_together_moves_together():
    assert 0.58 < correlation("browInnerUpLeft", "browOuterUpLeft") <= 1
    assert 0.3 < correlation("mouthSmileLeft", "cheekSquintLeft") < 0.95
    assert 0.3 < correlation("browDownLeft", "eyeSquintLeft") < 0.95
    assert 0.3 < correlation("noseSneerLeft", "mouthUpperUpLeft") < 0.95
    assert 0.5 < correlation("jawOpen", "mouthLowerDownLeft") < 1
    for name in ("eyeWide", "browDown", "cheekSquint", "noseSneer", "mouthSmile"):
        assert 0.9 < correlation(f"{name}Left", f"{name}Right") < 1


def test_the_mouth_does_not_tell_all_of_the_upper_face():
    """Else the model would learn to believe a mouth tracker too much."""
    hidden = indices(["browInnerUpLeft", "browDownLeft", "cheekSquintLeft", "noseSneerLeft"])
    mouth = indices(n for n in BLENDSHAPES if n.startswith(("jaw", "mouth", "cheekPuff")))
    x = np.concatenate([take.weights[:, mouth] - take.weights[0, mouth] for take in TAKES])
    y = np.concatenate([take.weights[:, hidden] - take.weights[0, hidden] for take in TAKES])
    error = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    explained = 1 - (error**2).sum(0) / (y**2).sum(0)
    assert (explained < 0.9).all()
    assert explained[2:].min() > 0.3  # cheek and nose: a good deal
    assert explained[0] < 0.4  # brow: little
