"""Variants step as they unroll, and each lacks what it is said to lack."""

from dataclasses import replace

import jax
import numpy as np
import pytest

from benchmarks.ablate.networks import (
    Clockless,
    Gru,
    OneScale,
    SidesApart,
    Uncoded,
)
from tests.benchmarks.ablate.settings import NETWORK
from vrface.face.blendshapes import MIRROR
from vrface.model.calibration import Calibration
from vrface.model.features import SKIN, SLOTS, WIDTH
from vrface.model.known import SUMMARY
from vrface.model.layers import Network
from vrface.model.network import NetworkArchitecture

FRAMES = 7
KINDS = (Network, Gru, Clockless, OneScale, SidesApart, Uncoded)
SLOTS_HEARD = tuple(n for n, (stream, _) in enumerate(SLOTS) if stream in ("lids", "gaze"))
CONFIG = replace(NETWORK, slots=SLOTS_HEARD)
STATISTICS = {
    "sensor_rest": np.zeros(WIDTH, np.float32),
    "sensor_spread": np.ones(WIDTH, np.float32),
}


def louder(architecture, seed=0):
    """Parameters drawn, with a head that says something."""
    params = architecture.drawn(seed)
    rng = np.random.default_rng(seed)
    return {
        name: leaf + 0.2 * rng.normal(size=leaf.shape).astype(np.float32)
        for name, leaf in params.items()
    }


def inputs(seed=0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(1, FRAMES, 4, WIDTH)).astype(np.float32)
    features[:, :, 2] = 1.0
    features[:, :, 3] = 0.01
    dt = rng.uniform(0.005, 0.03, (1, FRAMES)).astype(np.float32)
    dt[:, 0] = 0.0
    return features, dt


def unrolled(architecture, params, features, dt, summary=None):
    summary = np.zeros((1, SUMMARY), np.float32) if summary is None else summary
    places = np.zeros((1, len(SKIN), 3), np.float32)
    said = jax.jit(architecture.unroll)(params, features, dt, summary, places)
    return [np.asarray(part)[0] for part in said]


@pytest.mark.parametrize("kind", KINDS)
def test_a_variant_steps_as_it_unrolls(kind):
    architecture = NetworkArchitecture(CONFIG, kind)
    params, (features, dt) = louder(architecture), inputs()
    assert {name: leaf.shape for name, leaf in params.items()} == architecture.shapes()
    positions = np.zeros((len(SKIN), 3), np.float32)
    known = architecture.known(params, [Calibration.none()], positions, STATISTICS)
    loc, scale, _ = unrolled(architecture, params, features, dt)
    carry, params = architecture.new_carry(1), architecture.prepared(params)
    for frame in range(FRAMES):
        carry, law = architecture.step(params, carry, features[:, frame], dt[:, frame], known)
        np.testing.assert_allclose(law["loc"][0], loc[frame], atol=2e-5)
        np.testing.assert_allclose(law["scale"][0], scale[frame], atol=2e-5)


def said(kind, change):
    """Locations and scales of the last frame, before and after a change of the inputs."""
    architecture = NetworkArchitecture(CONFIG, kind)
    params, (features, dt) = louder(architecture), inputs()
    before = unrolled(architecture, params, features, dt)
    after = unrolled(architecture, params, *change(features, dt))
    return [part[-1] for part in before[:2]], [part[-1] for part in after[:2]]


def faster(features, dt):
    return features, 0.5 * dt


def otherwise(features, dt):
    return inputs(1)[0], dt


def known_better(features, dt):
    return features, dt, np.ones((1, SUMMARY), np.float32)


@pytest.mark.parametrize(("kind", "hears"), [(Network, True), (Gru, True), (Clockless, False)])
def test_only_a_variant_without_a_clock_ignores_the_time(kind, hears):
    before, after = said(kind, faster)
    assert np.allclose(before[0], after[0], atol=1e-6) is not hears


@pytest.mark.parametrize(("kind", "moves"), [(Network, True), (OneScale, False)])
def test_one_scale_is_the_same_whatever_is_sensed(kind, moves):
    before, after = said(kind, otherwise)
    assert not np.allclose(before[0], after[0], atol=1e-3)
    assert np.allclose(before[1], after[1], atol=1e-6) is not moves


@pytest.mark.parametrize(("kind", "moves"), [(Network, True), (Uncoded, False)])
def test_without_a_code_it_is_the_same_whoever_the_wearer_is(kind, moves):
    before, after = said(kind, known_better)
    assert np.allclose(before[0], after[0], atol=1e-6) is not moves


def test_sides_apart_need_no_more_weights_and_start_uneven():
    """A head that says one thing of every shape is even with a split, whatever the split is."""
    apart, split = (NetworkArchitecture(CONFIG, kind) for kind in (SidesApart, Network))
    assert apart.shapes() == split.shapes()
    params, given = louder(split), inputs()
    bias = params["head.laws.bias"]
    pairs = np.arange(len(MIRROR)) < MIRROR
    only_means = {**params, "head.laws.bias": bias.at[np.flatnonzero(~pairs)].set(0.0)}
    for architecture in (apart, split):
        loc = unrolled(architecture, only_means, *given)[0]
        assert np.isfinite(loc).all()
    assert not np.allclose(unrolled(apart, params, *given)[0], unrolled(split, params, *given)[0])
