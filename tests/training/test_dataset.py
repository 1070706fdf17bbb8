from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.training.config import SimulatedWearers, TrainConfig
from vrface.training.dataset import dataset
from vrface.training.disturb import Disturbances, disturbed
from vrface.training.logs import population_rest, simulated_logs, with_rests
from vrface.training.sequences import features_of

CONFIG = TrainConfig(windows=8, frames=24)
QUIET = lambda what, done, of: None  # noqa: E731


@pytest.fixture(scope="module")
def logs():
    return with_rests(simulated_logs(SimulatedWearers(wearers=4, seconds=5.0), QUIET), QUIET)


@pytest.fixture(scope="module")
def population(logs):
    return population_rest(logs)


def equal(one, other):
    return all(np.array_equal(a, b, equal_nan=True) for a, b in zip(one, other, strict=True))


def test_batches_have_one_shape_and_are_finite(logs, population):
    for batch in islice(dataset(logs, population, CONFIG), 3):
        assert batch.features.shape == (8, 24, 4, 68)
        assert batch.dt.shape == (8, 24)
        assert batch.truth.shape == (8, 24, 54)
        assert np.isfinite(batch.features).all()
        assert (batch.dt[:, 0] == 0).all()
        assert (batch.dt[:, 1:] > 0).all()
        known = batch.truth[np.isfinite(batch.truth)]
        assert known.min() >= 0
        assert known.max() <= 1


def test_shards_together_are_the_whole_whatever_their_count(logs, population):
    whole = list(islice(dataset(logs, population, CONFIG), 3))
    for count in (2, 4, 8):
        parts = [
            list(islice(dataset(logs, population, CONFIG, shard=(index, count)), 3))
            for index in range(count)
        ]
        for number, batch in enumerate(whole):
            for index in range(count):
                part = tuple(field[index::count] for field in batch)
                assert equal(part, parts[index][number])


def test_a_later_start_goes_on_where_it_would_have_been(logs, population):
    third = list(islice(dataset(logs, population, CONFIG), 3))[2]
    assert equal(third, next(dataset(logs, population, CONFIG, first=2)))


def test_another_seed_gives_other_windows(logs, population):
    other = replace(CONFIG, seed=1)
    assert not equal(
        next(dataset(logs, population, CONFIG)), next(dataset(logs, population, other))
    )


def test_an_undisturbed_window_is_what_serving_would_see(logs, population):
    still = Disturbances(
        tiers=(), subset=0, silent=0, dead=0, stuck=0, latency_s=0, jitter_s=0, gain=0
    )
    config = replace(CONFIG, disturbances=still, mirror=0.0, own_rest=1.0, windows=1)
    log = logs[0]
    batch = next(dataset([log], population, config))
    known = np.isfinite(log.sensor_rest)
    rest = np.where(known, log.sensor_rest, population)
    rng = np.random.default_rng([config.seed, 0])
    rng.random()
    window = disturbed(log.paired, config.frames, still, rng)
    features = features_of([window])[:, 0]
    features[:, 0] -= rest * features[:, 2]
    np.testing.assert_array_equal(batch.features[0], features)


def test_a_shard_that_does_not_divide_is_refused(logs, population):
    for shard in ((0, 3), (2, 2), (-1, 2)):
        with pytest.raises(BadUse, match="shard"):
            dataset(logs, population, CONFIG, shard=shard)


def test_logs_shorter_than_a_window_are_refused(logs, population):
    with pytest.raises(BadUse, match="longer than a window"):
        dataset(logs, population, replace(CONFIG, frames=5000))
