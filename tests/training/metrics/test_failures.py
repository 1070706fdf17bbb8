"""Which metric shows which failure: known faces that fail in one way each, judged by all metrics.

The process is known: blinks that no sensor announces (log-normal intervals, 20 a minute), and
pulses of brows and cheek of which every other one is announced. What a perfect method could know
is therefore known too: the conditional mean and median, and what a draw from its law looks like.
"""

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from tests.training.metrics import faces
from tests.training.metrics.faces import PERIOD_S, judged_law, late
from vrface.training.metrics import events, liveliness
from vrface.training.metrics.recovery import recovery
from vrface.training.rivals.law import Law

FRAMES = 10 * 60 * 60
TIME_S = np.arange(FRAMES) * PERIOD_S
CHANNELS = ("eyeBlinkLeft", "eyeBlinkRight", "browInnerUpLeft", "browInnerUpRight", "cheekSquint")
LIDS = slice(0, 2)


def pulses(starts_s, lengths_s, heights):
    """[frames] raised cosines, one after the other; the highest counts where they overlap."""
    weights = np.zeros(FRAMES)
    for start, length, height in zip(starts_s, lengths_s, heights, strict=True):
        inside = slice(int(start / PERIOD_S), int((start + length) / PERIOD_S) + 2)
        phase = np.clip((TIME_S[inside] - start) / length, 0, 1)
        bump = height * (0.5 - 0.5 * np.cos(2 * np.pi * phase))
        weights[inside] = np.maximum(weights[inside], bump)
    return weights


def blinks(rng):
    """[frames, 2] both lids: intervals log-normal about 3 s."""
    intervals = np.exp(rng.normal(np.log(3.0) - 0.125, 0.5, 400))
    starts = np.cumsum(np.maximum(intervals, 0.6))
    starts = starts[starts < TIME_S[-1]]
    lengths, heights = rng.uniform(0.2, 0.35, len(starts)), rng.uniform(0.7, 1.0, len(starts))
    return np.stack([pulses(starts, lengths, heights)] * 2, axis=1)


def raises(rng):
    """[frames, 3] two brows and a cheek: pulses of a second or two, four a minute."""
    starts = np.sort(rng.uniform(0, TIME_S[-1], (3, 40)), axis=1)
    lengths, heights = rng.uniform(0.5, 2.0, (3, 40)), rng.uniform(0.2, 0.5, (3, 40))
    rows = zip(starts, lengths, heights, strict=True)
    return np.stack([pulses(*row) for row in rows], axis=1)


def announced(seed):
    """[frames, channels] what the sensor tells, in full."""
    return np.column_stack([np.zeros((FRAMES, 2)), raises(np.random.default_rng(seed))])


def hidden(seed):
    """[frames, channels] what it does not tell, and what comes on top."""
    rng = np.random.default_rng(seed)
    return np.column_stack([blinks(rng), raises(rng)])


KNOWN, UNKNOWN = announced(0), hidden(1)
TRUTH = np.clip(KNOWN + UNKNOWN, 0, 1)
NOISE = np.random.default_rng(2).normal(0, 0.07, TRUTH.shape)
MEAN = KNOWN + UNKNOWN.mean(axis=0)
ACTIVE = np.any(TRUTH[:, 2:] > 0.2, axis=1)
TWITCHES = np.where(ACTIVE[:, None], 0.0, hidden(4))

FACES = {
    "truth": TRUTH,
    "zero": np.zeros_like(TRUTH),
    "mean face": np.tile(TRUTH.mean(axis=0), (FRAMES, 1)),
    "conditional mean": MEAN,
    "conditional median": KNOWN + np.median(UNKNOWN, axis=0),
    "sampler": np.clip(KNOWN + hidden(3), 0, 1),
    "jittering": MEAN + NOISE,
    "half": 0.5 * TRUTH,
    "late": late(TRUTH, 0.08),
    "unrelated": np.roll(TRUTH, FRAMES // 2, axis=0),
    "restless": np.clip(TRUTH + TWITCHES, 0, 1),
    "sluggish": np.where(ACTIVE[:, None], 0.5 * TRUTH, TRUTH),
}


def crps_of(face, spread=0.02):
    """Of a law about a face, by whose CRPS one is compared with another."""
    return Law(face.astype(np.float32), np.full((1, 1), spread, np.float32)).crps(TRUTH)


@cache
def judged(name) -> Any:
    face = FACES[name]
    lids = events.blinks(TRUTH[:, LIDS], face[:, LIDS], PERIOD_S)
    law = judged_law(crps_of(face), crps_of(FACES["zero"]), active=ACTIVE)
    return SimpleNamespace(
        **vars(faces.judged(TRUTH, face)),
        f1=lids["f1_100ms"],
        f1_close=lids["f1_50ms"],
        false=lids["false_per_minute"],
        onset=lids["onset_error_ms"],
        frechet=liveliness.windows(TRUTH, face, PERIOD_S)["multiple"],
        crps=law.crps,
        skill=law.skill,
        active_skill=law.active_skill,
        still_excess=law.still_excess,
    )


def test_the_truth_is_ideal_by_every_metric():
    ideal = judged("truth")
    assert (ideal.mae, ideal.rmse, ideal.r2, ideal.lag_ms) == (0, 0, 1, pytest.approx(0, abs=0.1))
    for ratio in (ideal.ccc, ideal.sd_ratio, ideal.velocity_ratio, ideal.jerk_ratio):
        assert ratio == pytest.approx(1)
    assert (ideal.f1, ideal.f1_close, ideal.false, ideal.onset) == (1, 1, 0, 0)
    assert ideal.frechet == pytest.approx(0, abs=1e-3)
    assert ideal.skill > 0.8
    assert ideal.active_skill > 0.8
    assert ideal.still_excess < 0


@pytest.mark.parametrize("name", ["zero", "mean face"])
def test_a_dead_face_shows_in_how_little_it_moves(name):
    dead, sampler = judged(name), judged("sampler")
    assert (dead.sd_ratio, dead.velocity_ratio, dead.jerk_ratio) == pytest.approx(
        (0, 0, 0), abs=1e-9
    )
    assert (dead.f1, dead.ccc, dead.lag_ms) == (0, pytest.approx(0, abs=1e-9), None)
    assert dead.frechet > 10 * sampler.frechet


def test_a_dead_face_shows_in_its_skill_while_plain_error_is_fooled():
    dead, sampler = judged("zero"), judged("sampler")
    assert dead.mae < 0.9 * sampler.mae
    assert dead.mae < judged("conditional mean").mae
    assert dead.rmse < sampler.rmse
    assert (dead.skill, dead.active_skill, dead.still_excess) == (0, 0, 0)
    assert judged("conditional median").skill > 0.15


def test_the_safest_faces_win_on_error_and_lose_on_liveliness():
    mean, median, sampler = (
        judged(name) for name in ("conditional mean", "conditional median", "sampler")
    )
    for other in FACES:
        if other not in ("truth", "half", "late", "restless", "sluggish"):
            assert mean.rmse <= judged(other).rmse
            assert median.mae <= judged(other).mae
    assert mean.r2 > sampler.r2
    for safe in (mean, median):
        assert safe.sd_ratio < 0.7
        assert safe.velocity_ratio < 0.6
        assert safe.f1 == 0
        assert safe.frechet > 5 * sampler.frechet
    assert sampler.sd_ratio == pytest.approx(1, abs=0.1)
    assert sampler.velocity_ratio == pytest.approx(1, abs=0.1)
    assert sampler.jerk_ratio == pytest.approx(1, abs=0.1)
    assert sampler.frechet < 2


def test_attenuation_shows_in_concordance_and_size_where_correlation_is_blind():
    half = judged("half")
    for channel in range(len(CHANNELS)):
        assert np.corrcoef(TRUTH[:, channel], FACES["half"][:, channel])[0, 1] > 0.999
    assert half.crps > 2 * judged("truth").crps
    assert half.ccc < 0.8
    assert half.sd_ratio == pytest.approx(0.5)
    assert half.velocity_ratio == pytest.approx(0.5)
    assert half.lag_ms == pytest.approx(0, abs=0.1)


def test_a_late_face_shows_in_lag_and_error_where_its_liveliness_is_blind():
    behind = judged("late")
    assert behind.lag_ms == pytest.approx(80, abs=8)
    assert behind.onset == pytest.approx(80, abs=8)
    assert behind.f1_close == 0
    assert behind.crps > 2 * judged("truth").crps
    assert behind.r2 < 0.85
    assert behind.rmse > 0.5 * judged("mean face").rmse
    assert (behind.sd_ratio, behind.velocity_ratio) == pytest.approx((1, 1), abs=0.05)
    assert behind.f1 > 0.95
    assert behind.frechet < 1


def test_over_acting_shows_in_the_excess_of_still_frames_alone():
    restless, truth = judged("restless"), judged("truth")
    assert restless.still_excess > 0.002 > 0 > truth.still_excess
    assert restless.active_skill == pytest.approx(truth.active_skill)
    assert restless.skill < truth.skill - 0.1


def test_under_acting_shows_in_the_skill_of_active_frames_alone():
    sluggish, truth = judged("sluggish"), judged("truth")
    assert sluggish.active_skill < truth.active_skill - 0.2
    assert sluggish.still_excess == pytest.approx(truth.still_excess)


def test_jitter_shows_in_jerk_velocity_and_windows():
    calm, jittering = judged("conditional mean"), judged("jittering")
    assert jittering.jerk_ratio > 10
    assert jittering.velocity_ratio > 5
    assert jittering.jerk_ratio > jittering.velocity_ratio
    assert jittering.frechet > 5 * calm.frechet
    # Size and concordance find it livelier, or hardly worse, than the same face without.
    assert calm.sd_ratio < jittering.sd_ratio < 1.1
    assert jittering.ccc > 0.7 * calm.ccc


def test_a_plausible_but_unrelated_face_shows_in_agreement_where_windows_are_blind():
    unrelated = judged("unrelated")
    assert abs(unrelated.ccc) < 0.1
    assert unrelated.r2 < -0.5
    assert unrelated.crps > 1.2 * judged("sampler").crps
    assert unrelated.skill < judged("sampler").skill - 0.1
    assert unrelated.f1 < 0.3
    assert unrelated.false > 10
    assert unrelated.lag_ms is None
    assert unrelated.frechet < 1
    assert (unrelated.sd_ratio, unrelated.velocity_ratio) == pytest.approx((1, 1), abs=0.01)


# Whether a law's spread is right is asked of a process whose law the family holds.
LOC = (0.12 + KNOWN[:, 2:]).astype(np.float32)
SCALE = np.array([0.03, 0.05, 0.04], np.float32)
FACTORS = {"narrow": 0.4, "right": 1.0, "wide": 2.5}


def lawful(seed=5):
    """[frames, 3] drawn from the censored logistic law of LOC and SCALE."""
    u = np.random.default_rng(seed).random(LOC.shape)
    return np.clip(LOC + SCALE * np.log(u / (1 - u)), 0, 1)


@cache
def spread(name) -> Any:
    truth, uniform = lawful(), np.random.default_rng(6).random(LOC.shape)
    law = Law(LOC, (SCALE * np.float32(FACTORS[name]))[None])
    pit, crps = law.pit(truth, uniform), law.crps(truth)
    neutral = Law(np.zeros_like(LOC), SCALE[None]).crps(truth)
    mae = faces.judged(truth, law.mean()).mae
    return SimpleNamespace(**vars(judged_law(crps, neutral, pit)), mae=mae)


def test_the_right_law_is_ideal():
    right = spread("right")
    assert right.coverage90 == pytest.approx(0.9, abs=0.005)
    assert right.reliability == pytest.approx(np.full(20, 0.05), abs=0.005)


@pytest.mark.parametrize(("name", "ends"), [("narrow", True), ("wide", False)])
def test_a_wrong_spread_shows_in_coverage_reliability_and_crps_more_than_in_the_face(name, ends):
    right, wrong = spread("right"), spread(name)
    assert wrong.crps > 1.05 * right.crps
    assert wrong.skill < right.skill
    assert wrong.mae == pytest.approx(right.mae, rel=0.1)
    assert (wrong.coverage90 < 0.75) if ends else (wrong.coverage90 > 0.96)
    shares = np.array(wrong.reliability)
    outer, middle = shares[[0, -1]].mean(), shares[8:12].mean()
    assert (outer > 2 * middle) if ends else (outer < middle / 2)


DROPS = [(600, 660), (1200, 1260), (1800, 1860)]


def dropped(off):
    """The truth's first half minute, `off` [frames since the return] away after each drop."""
    shown = TRUTH[:2400].copy()
    for start, stop in DROPS:
        shown[start:stop] += 0.25
        shown[stop : stop + len(off)] += off
    return recovery(TRUTH[:2400], TRUTH[:2400], shown, DROPS, PERIOD_S)


def test_one_shape_that_stays_off_after_a_drop_shows_in_recovery_while_its_mean_is_fooled():
    stuck = np.zeros((60, len(CHANNELS)))
    stuck[:, 4] = 0.25
    at_once, late_back = dropped(np.zeros_like(stuck)), dropped(stuck)
    assert (at_once["recovery_ms"], at_once["came_off"]) == (0, 3)
    assert late_back["recovery_ms"] == pytest.approx(1000)
    assert np.abs(stuck).mean() <= 0.05
    assert late_back["mae_dropped"] == at_once["mae_dropped"]


def test_a_face_that_hears_nothing_has_no_recovery_to_be_proud_of():
    dead = FACES["zero"][:2400]
    found = recovery(TRUTH[:2400], dead, dead, DROPS, PERIOD_S)
    assert (found["came_off"], found["recovery_ms"], found["overshoot"]) == (0, None, None)


def test_a_law_that_is_silent_where_it_is_hard_has_no_figure_at_all():
    loc = np.where(ACTIVE[:, None], np.nan, TRUTH)
    silent = judged_law(
        crps_of(loc), crps_of(FACES["zero"]), active=ACTIVE, known=np.isfinite(TRUTH)
    )
    assert (silent.crps, silent.skill, silent.active_skill) == (None, None, None)
