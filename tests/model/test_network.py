"""The network: unrolled as step by step, rows apart, the absent unheard, nothing kept for long."""

from collections.abc import Callable
from dataclasses import replace

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vrface.face.blendshapes import COUNT
from vrface.model import law, layers
from vrface.model.architecture import Params
from vrface.model.calibration import Arrays, Calibration
from vrface.model.calibration.calibration import Touch
from vrface.model.config import NetworkConfig
from vrface.model.export.wearer_graph import nearness_shape
from vrface.model.features import (
    MAX_AGE_S,
    MAX_DIFFERENCE,
    NAMED,
    SKIN,
    SLOTS,
    WIDTH,
    Levels,
    against,
)
from vrface.model.head import within_reach
from vrface.model.known import SUMMARY, Known, summaries
from vrface.model.network import TRACED, NetworkArchitecture

UNHEARD = ("upper_face", "strain")
HEARD = tuple(
    place
    for place, (stream, name) in enumerate(SLOTS)
    if stream not in UNHEARD and not (place >= len(NAMED) and int(name) % 3)
)
CONFIG = NetworkConfig(
    slots=HEARD,
    width=24,
    encoder_width=16,
    slot_width=8,
    blocks=3,
    memory=20,
    hidden=12,
    code_width=8,
    skin_places=8,
)
NET = NetworkArchitecture(CONFIG)
PARAMS = NET.drawn(0)
# As drawn, codes bend hardly anything: here they bend as much as they may.
PARAMS = PARAMS | {"bend.kernel": 20.0 * PARAMS["bend.kernel"]}
PREPARED = NET.prepared(PARAMS)
UNROLL = jax.jit(NET.unroll)
FRAMES = 48
PLACES = np.random.default_rng(9).normal(0.0, 0.05, (len(SKIN), 3)).astype(np.float32)
STATISTICS: Arrays = {
    "sensor_rest": np.zeros(WIDTH, np.float32),
    "sensor_spread": np.ones(WIDTH, np.float32),
}
NOBODY = Calibration.none()


def features(seed: int, *leading: int, present: float = 0.8) -> np.ndarray:
    """Features as `Features` makes them: what is absent is 0, and old."""
    rng = np.random.default_rng(seed)
    made = np.zeros((*leading, 4, WIDTH), np.float32)
    there = rng.random((*leading, WIDTH)) < present
    made[..., 0, :] = np.where(there, rng.normal(size=there.shape) * 0.5, 0.0)
    made[..., 1, :] = np.where(there, rng.normal(size=there.shape) * 5.0, 0.0)
    made[..., 2, :] = there
    made[..., 3, :] = np.where(there, rng.uniform(0.0, 0.05, there.shape), MAX_AGE_S)
    return made


def somebody(seed: int) -> Calibration:
    """A wearer of whom sensors and face are known."""
    rng = np.random.default_rng(seed)
    return Calibration.paired(
        features(seed, 40), rng.random((40, COUNT), np.float32), np.arange(40) / 30
    )


def touched(seed: int) -> Calibration:
    """The same, whose own truth has moved every law a little."""
    rng = np.random.default_rng(seed)
    move = 0.02 * rng.normal(size=(CONFIG.width + 1, COUNT))
    widen = np.exp(0.3 * rng.normal(size=COUNT))
    touch = Touch(b"", move.astype(np.float32), widen.astype(np.float32))
    return replace(somebody(seed), touch=touch)


def known_of(calibrations: list[Calibration], params: Params = PARAMS) -> Known:
    return NET.known(params, calibrations, PLACES, STATISTICS)


def steps(
    frames: np.ndarray,
    dt: np.ndarray,
    params: Params = PARAMS,
    calibrations: list[Calibration] | None = None,
) -> dict[str, np.ndarray]:
    """What a session sees: [windows, frames, ...] frame by frame -> laws [windows, frames, 54]."""
    known, params = known_of(calibrations or [NOBODY] * len(frames), params), NET.prepared(params)
    carry, seen = NET.new_carry(len(frames)), []
    for number in range(frames.shape[1]):
        carry, prediction = NET.step(params, carry, frames[:, number], dt[:, number], known)
        seen.append({name: np.asarray(value) for name, value in prediction.items()})
    return {name: np.stack([one[name] for one in seen], axis=1) for name in seen[0]}


@st.composite
def clocks(draw: Callable) -> np.ndarray:
    """[2, FRAMES] seconds since the frame before: 50-144 Hz, repeated frames, gaps of a second."""
    rates = draw(st.lists(st.floats(50.0, 144.0), min_size=2 * FRAMES, max_size=2 * FRAMES))
    dt = (1.0 / np.array(rates, np.float32)).reshape(2, FRAMES)
    for value in (0.0, 1.0):
        for place in draw(st.lists(st.integers(1, 2 * FRAMES - 1), max_size=4)):
            dt.flat[place] = value
    dt[:, 0] = 0.0
    return dt


@settings(max_examples=15)
@given(clocks(), st.integers(0, 1000))
def test_unrolled_as_step_by_step_at_any_mix_of_rates(dt: np.ndarray, seed: int) -> None:
    frames, wearers = features(seed, 2, FRAMES), [somebody(seed), NOBODY]
    loc, scale, state = unrolled(frames, dt, calibrations=wearers)
    expected = steps(frames, dt, calibrations=wearers)
    np.testing.assert_allclose(loc, expected["loc"], atol=1e-5)
    np.testing.assert_allclose(scale, expected["scale"], atol=1e-5)
    assert state.shape == (2, FRAMES, CONFIG.width)


def unrolled(
    frames: np.ndarray,
    dt: np.ndarray,
    params: Params = PARAMS,
    calibrations: list[Calibration] | None = None,
) -> list[np.ndarray]:
    """What training sees of windows: location, scale and last state."""
    wearers = calibrations or [NOBODY] * len(frames)
    places = np.stack([PLACES] * len(frames))
    found = UNROLL(params, frames, dt, summaries(wearers, STATISTICS), places)
    return [np.asarray(part) for part in found]


@pytest.mark.parametrize("frames", [1, TRACED - 1, TRACED, TRACED + 1])
def test_a_trace_is_what_a_session_sees_of_a_recording(frames: int) -> None:
    rng = np.random.default_rng(frames)
    plain, wearer = features(frames, frames), somebody(3)
    dt = rng.uniform(0.0, 0.03, frames).astype(np.float32)
    dt[0] = 0.0
    loc, scale, state = NET.trace(PARAMS, plain, dt, wearer, PLACES, STATISTICS)
    seen = against(plain, Levels(*(part[None] for part in wearer.levels(STATISTICS))))
    last = slice(max(frames - 160, 0), frames)  # memories are a tenth of a second
    expected = steps(seen[None, last], dt[None, last], calibrations=[wearer])
    settled = slice(0 if frames == 1 else 150, None)
    np.testing.assert_allclose(loc[last][settled], expected["loc"][0, settled], atol=1e-5)
    np.testing.assert_allclose(scale[last][settled], expected["scale"][0, settled], atol=1e-5)
    assert state.shape == (frames, CONFIG.width)


def test_what_own_truth_taught_is_added_to_what_a_trace_says() -> None:
    plain, dt, wearer = features(4, 30), np.full(30, 0.02, np.float32), touched(4)
    dt[0] = 0.0
    assert wearer.touch is not None
    loc, scale, state = NET.trace(PARAMS, plain, dt, wearer, PLACES, STATISTICS)
    levels = Levels(*(part[None] for part in wearer.levels(STATISTICS)))
    found = steps(against(plain, levels)[None], dt[None], calibrations=[wearer])
    wide = np.clip(scale * wearer.touch.widen, law.MIN_SCALE, law.LARGEST_SCALE)
    np.testing.assert_allclose(found["scale"][0], wide, atol=1e-5)
    moved = loc + wearer.touch.move[0] + state @ wearer.touch.move[1:]
    np.testing.assert_allclose(found["loc"][0], within_reach(moved, wide), atol=2e-5)
    assert np.abs(found["loc"][0] - loc).max() > 0.02


def test_what_is_known_of_a_wearer_bends_the_laws_and_of_none_other() -> None:
    frames, dt = features(5, 3, 6), np.full((3, 6), 0.011, np.float32)
    nobody = steps(frames, dt)
    found = steps(frames, dt, calibrations=[NOBODY, somebody(1), touched(2)])
    apart = np.abs(found["loc"] - nobody["loc"]).max(axis=(1, 2))
    assert apart[0] < 1e-5 < 1e-3 < min(apart[1:])
    known = known_of([NOBODY, somebody(1), touched(2)])
    assert known.code.shape == (3, CONFIG.code_width)
    assert known.nearness.shape == (1, *nearness_shape(CONFIG)), "one headset"
    assert not np.asarray(known.move[:2]).any()
    assert (np.asarray(known.widen[:2]) == 1.0).all()


def test_with_all_skin_the_channels_that_are_heard_say_the_same() -> None:
    wide = NetworkArchitecture(CONFIG.with_all_skin())
    assert wide.shapes() == NET.shapes()
    assert set(wide.slots) > set(NET.slots)
    frames, dt = features(6, 2, 12), np.full((2, 12), 0.011, np.float32)
    unheard = np.setdiff1d(np.arange(len(NAMED), WIDTH), HEARD)
    frames[:, :, :3, unheard] = 0.0
    summary = summaries([somebody(1), NOBODY], STATISTICS)
    places = np.stack([PLACES] * 2)
    hear = jax.jit(wide.unroll)
    found = hear(PARAMS, frames, dt, summary, places)
    expected = UNROLL(PARAMS, frames, dt, summary, places)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)
    # Channels beyond them are heard too: foam like any other.
    frames[:, :, 0, unheard], frames[:, :, 2, unheard] = 1.0, 1.0
    more = hear(PARAMS, frames, dt, summary, places)
    assert np.abs(np.asarray(more.loc - expected.loc)).max() > 1e-3


def test_a_step_gives_the_law_its_mean_and_its_spread() -> None:
    seen = steps(features(1, 2, 5), np.full((2, 5), 0.011, np.float32))
    assert set(seen) == {"loc", "scale", "mean", "stddev"}
    for name, of in (("mean", law.mean), ("stddev", law.stddev)):
        np.testing.assert_allclose(seen[name], of(seen["loc"], seen["scale"]), atol=1e-6)


def test_rows_of_a_batch_do_not_touch_each_other() -> None:
    frames = features(2, 3, 10)
    frames[1] *= 1e3
    dt = np.random.default_rng(0).uniform(0.0, 0.02, (3, 10)).astype(np.float32)
    together = steps(frames, dt)
    for row in range(3):
        alone = steps(frames[row : row + 1], dt[row : row + 1])
        np.testing.assert_allclose(together["loc"][row], alone["loc"][0], atol=1e-5)


def test_what_absent_slots_hold_is_not_looked_at() -> None:
    frames, dt = features(3, 1, 12, present=0.5), np.full((1, 12), 0.011, np.float32)
    poisoned = frames.copy()
    for plane, garbage in ((0, np.nan), (1, np.inf), (3, -7.0)):
        poisoned[..., plane, :][frames[..., 2, :] == 0] = garbage
    np.testing.assert_array_equal(steps(frames, dt)["loc"], steps(poisoned, dt)["loc"])


def test_slots_that_were_not_heard_in_training_never_matter() -> None:
    frames, dt = features(4, 1, 12), np.full((1, 12), 0.011, np.float32)
    other = features(5, 1, 12)
    other[..., HEARD] = frames[..., HEARD]
    assert not np.array_equal(frames, other)
    np.testing.assert_array_equal(steps(frames, dt)["loc"], steps(other, dt)["loc"])
    assert not set(UNHEARD) & {SLOTS[slot][0] for slot in NET.slots}
    assert NET.slots == tuple(HEARD)


@pytest.mark.parametrize("size", [0.0, 1.0, 1e6])
def test_extreme_features_give_finite_laws_with_a_spread(size: float) -> None:
    frames = features(6, 2, 20)
    frames[..., 0, :] *= size
    frames[..., 1, :] = np.sign(frames[..., 1, :]) * MAX_DIFFERENCE
    frames[..., 3, :] = MAX_AGE_S * size
    dt = np.tile(np.array([0.0, 1.0], np.float32), (2, 10))
    seen = steps(frames, dt)
    assert all(np.isfinite(value).all() for value in seen.values())
    assert seen["scale"].min() >= law.MIN_SCALE
    assert ((seen["mean"] >= 0.0) & (seen["mean"] <= 1.0)).all()


def gated(entry: float, release: float) -> Params:
    """The drawn parameters with gates that lean to one side whatever comes in."""
    params = {name: np.array(value) for name, value in PARAMS.items()}
    for block in range(CONFIG.blocks):
        bias = params[f"blocks.{block}.gates.bias"].reshape(4, CONFIG.memory)
        bias[1], bias[2] = entry, release
    return {name: jax.numpy.asarray(value) for name, value in params.items()}


def test_a_carry_that_is_not_finite_heals_at_once() -> None:
    frames, dt = features(5, 2, 3), np.full((2, 3), 0.01, np.float32)
    shape = NET.new_carry(2)["memory"].shape
    broken = np.full(shape, np.nan, np.float32)
    broken[1] = 0.0
    known = known_of([NOBODY] * 2)
    carry, _ = NET.step(PREPARED, {"memory": broken}, frames[:, 0], dt[:, 0], known)
    assert np.isfinite(carry["memory"]).all()
    _, prediction = NET.step(PREPARED, carry, frames[:, 1], dt[:, 1], known)
    assert all(np.isfinite(value).all() for value in prediction.values())


@pytest.mark.parametrize(
    "params",
    [PARAMS, gated(0.0, -1e4), gated(1e4, -1e4), gated(1e4, 1e4)],
    ids=["drawn", "never releasing", "all open, never releasing", "all open, all releasing"],
)
@pytest.mark.parametrize("rate_hz", [50, 144])
def test_what_was_said_a_second_ago_is_forgotten(params: Params, rate_hz: int) -> None:
    frames = features(7, 1, 2 * rate_hz)
    other = frames.copy()
    other[:, :rate_hz] = features(8, 1, rate_hz)
    other[:, :rate_hz, 0] *= 100.0
    other[:, :rate_hz, 1] *= 6.0
    dt = np.full((1, 2 * rate_hz), 1.0 / rate_hz, np.float32)
    (one, *_), (two, *_) = unrolled(frames, dt, params), unrolled(other, dt, params)
    apart = np.abs(one - two).max(axis=(0, 2))
    assert apart[:rate_hz].max() > 0.05
    assert apart[-1] < 1e-3


@pytest.mark.parametrize("seed", range(3))
def test_a_constant_face_is_the_same_at_any_rate(seed: int) -> None:
    still = features(seed, 1, 1)
    settled = {}
    for rate_hz in (50, 144):
        frames = np.broadcast_to(still, (1, 2 * rate_hz, 4, WIDTH))
        dt = np.full((1, 2 * rate_hz), 1.0 / rate_hz, np.float32)
        settled[rate_hz] = unrolled(frames, dt)[0][0]
    np.testing.assert_allclose(settled[50][-1], settled[144][-1], atol=1e-5)
    # On the way there, at the same times (.5 s), too.
    np.testing.assert_allclose(settled[50][25], settled[144][72], atol=1e-3)


def test_parameters_have_names_and_shapes_that_depend_on_the_config_alone() -> None:
    shapes = NET.shapes()
    assert {name: value.shape for name, value in PARAMS.items()} == shapes
    assert list(shapes) == sorted(shapes)
    streams = len({SLOTS[slot][0] for slot in NET.slots})
    assert shapes["fusion.absent"] == (streams, CONFIG.width)
    kinds = len(CONFIG.skin)
    longest = max(*map(len, CONFIG.named.values()), CONFIG.skin_places)
    assert shapes["fusion.encoder.widen.kernel"] == (streams, 4 * longest, CONFIG.encoder_width)
    assert shapes["fusion.encoder.skin.places"] == (kinds, CONFIG.skin_places, 3)
    assert shapes["wearer.widen.kernel"] == (SUMMARY, CONFIG.encoder_width)
    assert shapes["bend.kernel"] == (CONFIG.code_width, 7 * CONFIG.width)
    assert shapes["blocks.2.gates.kernel"] == (CONFIG.width, 4 * CONFIG.memory)
    assert shapes["head.laws.kernel"] == (CONFIG.width, 2 * COUNT)
    assert all(value.dtype == np.float32 for value in PARAMS.values())
    sizes = NetworkArchitecture(NetworkConfig()).shapes().values()
    assert 0.85e6 < sum(int(np.prod(shape)) for shape in sizes) < 1e6


def test_a_seed_draws_the_same_again_and_another_seed_does_not() -> None:
    one, again, other = NET.drawn(0), NET.drawn(0), NET.drawn(1)
    for name, value in one.items():
        np.testing.assert_array_equal(value, again[name])
    assert any(not np.array_equal(one[name], other[name]) for name in one)


def test_other_weights_compile_nothing() -> None:
    frames, dt = features(9, 1, 1), np.full((1, 1), 0.011, np.float32)
    one = steps(frames, dt)
    before = layers.step._cache_size()  # type: ignore[attr-defined]
    for seed in (1, 2):
        other = steps(frames, dt, NET.drawn(seed))
        assert not np.array_equal(one["loc"], other["loc"])
    # Nor does another architecture of the same size.
    again = NetworkArchitecture(NetworkConfig(**vars(CONFIG)))
    again.step(
        again.prepared(PARAMS), again.new_carry(1), frames[:, 0], dt[:, 0], known_of([touched(1)])
    )
    assert layers.step._cache_size() == before  # type: ignore[attr-defined]


def test_the_graph_is_split_once() -> None:
    NET.shapes()
    before = layers._split.cache_info()
    steps(features(9, 1, 3), np.full((1, 3), 0.011, np.float32), NET.drawn(3))
    NET.shapes()
    after = layers._split.cache_info()
    assert after.misses == before.misses


def test_a_carry_can_be_gone_on_from_again() -> None:
    given = features(0, 1), np.full(1, 0.01, np.float32), known_of([NOBODY])
    carry, _ = NET.step(PREPARED, NET.new_carry(1), *given)
    (after, law), (again, same) = (NET.step(PREPARED, carry, *given) for _ in range(2))
    np.testing.assert_array_equal(after["memory"], again["memory"])
    np.testing.assert_array_equal(law["loc"], same["loc"])


def test_what_is_the_same_for_all_may_be_told_once() -> None:
    frames, dt = features(0, 3), np.full(3, 0.01, np.float32)
    once = known_of([NOBODY] * 3)
    assert [len(part) for part in once] == [3, 1, 1, 3]
    each = Known(*(np.repeat(np.asarray(p), 3 // len(p), axis=0) for p in once))
    _, one = NET.step(PREPARED, NET.new_carry(3), frames, dt, once)
    _, other = NET.step(PREPARED, NET.new_carry(3), frames, dt, each)
    np.testing.assert_allclose(one["loc"], other["loc"], atol=1e-5)
