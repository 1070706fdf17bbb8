"""What is run: at most twelve, each one thing away from the base, none near what is judged."""

from dataclasses import asdict

import jax.numpy as jnp
import numpy as np
import pytest

from benchmarks.ablate.variants import BASE, FIRST_JUDGED, GAZE, VARIANTS, Settings, squared
from vrface.model.layers import Network
from vrface.training.config import FIRST_TEST_SEED


def test_there_are_twelve_runs_at_most_and_the_first_is_the_product_s_network():
    assert len(VARIANTS) <= 12
    assert next(iter(VARIANTS)) == BASE
    config = Settings().config
    assert VARIANTS[BASE].change(config) == config
    assert VARIANTS[BASE].kind is Network


@pytest.mark.parametrize("name", [name for name in VARIANTS if name != BASE])
def test_a_variant_changes_one_thing(name):
    variant, config = VARIANTS[name], Settings().config
    mine, base = asdict(variant.change(config)), asdict(config)
    changed = {field for field in mine if mine[field] != base[field]}
    other = [variant.kind is not Network, variant.sized, variant.deaf, variant.faces != "simulated"]
    assert len(changed) <= 1
    assert changed or any(other)
    assert mine["steps"] == base["steps"]
    assert mine["seed"] == base["seed"]


def test_nobody_who_is_judged_teaches_and_no_report_is_of_them():
    settings = Settings()
    apart = settings.wearers_apart
    assert apart.first_seed == settings.config.simulated.wearers
    assert apart.first_seed + apart.wearers <= FIRST_JUDGED
    assert FIRST_JUDGED + settings.judged <= FIRST_TEST_SEED


def test_squared_error_counts_what_is_known_and_scored():
    loc = jnp.full((1, 3, 54), 0.5)
    truth = np.full((1, 3, 54), np.nan, np.float32)
    truth[0, 0], truth[0, 1, 0], truth[0, 2, :2] = 1.0, 0.3, 0.5
    counts = np.ones((1, 54), np.float32)
    counts[0, 1] = 0.0
    found = squared(loc, loc, jnp.asarray(truth), jnp.asarray(counts), 1)
    assert float(found) == pytest.approx(0.04 / 2, rel=1e-5)


def test_gaze_is_all_that_is_never_heard():
    assert [one.deaf for one in VARIANTS.values() if one.deaf] == [GAZE]
