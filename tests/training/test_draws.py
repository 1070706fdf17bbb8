"""How draws have to move: found again in scores that moved in a known way."""

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT, index
from vrface.model.checkpoint import statistics_of
from vrface.outputs.lively.draw import LIDS, WANDERS
from vrface.outputs.lively.noise import Noise
from vrface.outputs.lively.wander import Wander
from vrface.training import draws
from vrface.training.config import SimulatedWearers
from vrface.training.draws import BLINKS_PER_S, TIMES_S, fit_draws
from vrface.training.logs import simulated_logs, with_rests

PERIOD_S = 1.0 / 60.0
ONE, OTHER = (
    int(np.flatnonzero(index(f"browInnerUp{s}") == WANDERS)[0]) for s in ("Left", "Right")
)


@pytest.fixture(scope="module")
def scores():
    """Of 48 faces that wander with the second time constant, the brows' insides together."""
    share = np.eye(len(TIMES_S), dtype=np.float32)[np.ones(COUNT, int)]
    correlation = np.eye(len(WANDERS))
    correlation[ONE, OTHER] = correlation[OTHER, ONE] = 0.9
    factor = np.linalg.cholesky(correlation).astype(np.float32)
    wander = Wander(Noise(range(48)), np.array(TIMES_S, np.float32), share[WANDERS], factor)
    path = np.stack([wander(np.full(48, PERIOD_S, np.float32)) for _ in range(1200)])
    found = draws._Scores()
    for face in path.swapaxes(0, 1):
        every = np.full((len(face), COUNT), np.nan)
        every[:, WANDERS] = face
        found.add(every, PERIOD_S)
    return found


def test_the_time_constants_are_found_again(scores):
    shares = scores.shares()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
    assert (shares[WANDERS, 1] > 0.8).mean() > 0.9


def test_what_moves_together_is_found_again_and_the_rest_stands_apart(scores):
    factor = scores.factor()
    correlation = factor @ factor.T
    np.testing.assert_allclose(np.diag(correlation), 1.0, rtol=1e-4)
    here = correlation[np.ix_(WANDERS, WANDERS)]
    assert here[ONE, OTHER] == pytest.approx(0.9, abs=0.08)
    others = here - np.diag(np.diag(here))
    others[ONE, OTHER] = others[OTHER, ONE] = 0.0
    assert np.abs(others).max() < 0.25
    assert not correlation[LIDS[0], WANDERS].any()


def test_nothing_known_gives_draws_that_can_be_drawn():
    nothing = draws._Scores()
    assert np.isfinite(nothing.shares()).all()
    np.testing.assert_array_equal(nothing.factor(), np.eye(COUNT, dtype=np.float32))
    np.testing.assert_allclose(np.exp(draws._Blinks().hazard()[0]), BLINKS_PER_S, rtol=1e-6)
    assert draws._Rises().stretch(nothing.shares(), nothing.factor()) == 1.0


def test_a_hazard_that_follows_the_odds_is_found_again():
    rng, blinks = np.random.default_rng(0), draws._Blinks()
    odds = rng.normal(-4.0, 2.0, 400_000)
    blinks.odds.append(odds)
    blinks.began.append(rng.poisson(np.exp(0.5 + 0.4 * odds) * PERIOD_S).astype(np.float64))
    blinks.seconds.append(np.full(len(odds), PERIOD_S))
    np.testing.assert_allclose(blinks.hazard(), [0.5, 0.4], atol=0.12)


def test_a_checkpoint_gets_all_that_draws_ask_for(neutral_model):
    wearers = SimulatedWearers(wearers=2, seconds=12.0, headsets=("eyes_and_mouth",))

    def told(what: str, done: int, of: int) -> None:
        pass

    logs = with_rests(simulated_logs(wearers, told), told)
    found = fit_draws(logs, neutral_model, ("mouth_only",))
    assert {name: value.shape for name, value in found.items()} == {
        name: statistics_of(128)[name] for name in found
    }
    assert all(value.dtype == np.float32 for value in found.values())
    again = fit_draws(logs, neutral_model, ("mouth_only",))
    for name, value in found.items():
        np.testing.assert_array_equal(value, again[name])
