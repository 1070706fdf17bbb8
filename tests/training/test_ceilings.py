import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.training.calibrate import MIN_SCORED_S
from vrface.training.ceilings import ceilings_of, smoothed
from vrface.training.rivals.law import Pool

PERIOD_S = 1 / 60
FRAMES = 3600


def walk(rng, channels, smooth=12):
    noise = rng.normal(size=(FRAMES + smooth, channels))
    return np.stack([np.convolve(c, np.ones(smooth) / smooth, "valid")[:FRAMES] for c in noise.T])


@pytest.fixture(scope="module")
def face():
    """Regressors [1, frames, 4] and a truth of which channels 3 and 4 follow them.

    Channel 3 follows the second regressor at once, channel 4 follows it .25 s before it comes.
    """
    rng = np.random.default_rng(0)
    sensed = 0.1 * walk(rng, 3).T
    truth = np.full((FRAMES, COUNT), np.nan, np.float32)
    truth[:, 3] = np.clip(0.3 + 3 * sensed[:, 1], 0, 1)
    truth[:, 4] = np.clip(0.3 + 3 * np.roll(sensed[:, 1], -15), 0, 1)
    truth[:300] = np.nan
    regressors = np.concatenate([np.ones((FRAMES, 1)), sensed], axis=1)
    return regressors[None].astype(np.float32), truth


@pytest.fixture(scope="module")
def laws(face):
    regressors, truth = face
    return ceilings_of(regressors, truth, PERIOD_S, PERIOD_S)


def crps(law, truth, channel):
    found = law.of(0, FRAMES, np.array([channel])).crps(truth[:, [channel]])
    return float(np.nanmean(found))


def test_a_personal_model_finds_what_follows_the_sensors(face, laws):
    truth = face[1]
    spread = np.nanstd(truth[:, 3])
    assert crps(laws["personal"], truth, 3) < 0.1 * spread
    assert crps(laws["personal"], truth, 4) > 0.3 * spread


def test_one_that_sees_ahead_finds_more(face, laws):
    truth = face[1]
    assert crps(laws["personal_noncausal"], truth, 4) < 0.5 * crps(laws["personal"], truth, 4)


def test_nothing_is_learned_from_a_block_that_is_predicted(face):
    """What is true in one block and its guard alone cannot be told there: by no part of the law."""
    regressors, truth = face
    rows = FRAMES - 300
    block = slice(300 + rows // 10, 300 + 2 * rows // 10)
    own = np.full_like(truth, np.nan)
    own[300:, 3] = 0.2
    own[block, 3] = 0.9
    law = ceilings_of(regressors, own, PERIOD_S, PERIOD_S)["personal"]
    assert isinstance(law, Pool)
    for part in (law.first, law.second):
        assert np.abs(part.loc[0, block, 3] - 0.2).max() < 0.1


@pytest.fixture(scope="module")
def still():
    """A take that mostly rests, and moves unlike anything that is sensed; two wearers."""
    rng = np.random.default_rng(3)
    truth = np.full((FRAMES, COUNT), np.nan, np.float32)
    truth[300:, 3:6] = np.clip(walk(rng, 3, 60).T[300:] * 0.8 - 0.05, 0, 1)
    noise = np.stack([walk(rng, 40).T, walk(rng, 40).T])
    regressors = np.concatenate([np.ones((2, FRAMES, 1)), noise], axis=2)
    return regressors.astype(np.float32), truth


def test_where_nothing_can_be_told_a_ceiling_is_no_worse_than_a_constant_face(still):
    regressors, truth = still
    found = ceilings_of(regressors, truth, PERIOD_S, PERIOD_S)
    for name in ("personal", "personal_noncausal"):
        law = found[name]
        assert isinstance(law, Pool)
        ours, constant = (
            np.mean([crps(one, truth, channel) for channel in (3, 4, 5)])
            for one in (law, law.second)
        )
        assert ours < 1.02 * constant


def test_a_short_take_has_none(face):
    regressors, truth = face
    frames = 300 + int(MIN_SCORED_S * 60) - 1
    assert ceilings_of(regressors[:, :frames], truth[:frames], PERIOD_S, PERIOD_S) == {}


def test_label_noise_is_what_a_smooth_truth_does_not_have(face):
    regressors, truth = face
    own = np.full_like(truth, np.nan)
    own[300:, 3] = 0.4 + 0.3 * np.sin(np.arange(FRAMES - 300) / 20)
    noise = 0.03 * np.random.default_rng(1).normal(size=FRAMES)
    own[:, 4] = np.clip(own[:, 3] + noise, 0, 1)
    law = ceilings_of(regressors, own, PERIOD_S, PERIOD_S)["label_noise"]
    clean, rough = (crps(law, own, channel) for channel in (3, 4))
    assert clean < 0.002
    # The mean CRPS of normal noise of known spread s is s / sqrt(pi); some of it is followed.
    assert 0.01 < rough < 0.03 / np.sqrt(np.pi)


@pytest.mark.parametrize("reach", [3, 6])
def test_a_parabola_is_its_own_local_quadratic(reach):
    at = np.linspace(-1, 1, 60)[:, None]
    curve = (0.2 + 0.1 * at + 0.3 * at**2).astype(np.float32)
    np.testing.assert_allclose(smoothed(curve, reach), curve, atol=1e-5)
    holed = curve.copy()
    holed[20:24] = np.nan
    known = np.isfinite(holed)
    np.testing.assert_allclose(smoothed(holed, reach)[known], curve[known], atol=1e-5)
    assert (smoothed(holed, reach)[20:24] == 0).all()


def test_ceilings_are_the_same_again(face, laws):
    regressors, truth = face
    again = ceilings_of(regressors, truth, PERIOD_S, PERIOD_S)
    for name, law in laws.items():
        np.testing.assert_array_equal(law.mean(), again[name].mean())
