"""Encoders and fusion: what is absent is not looked at, what is silent leaves its own vector."""

from collections.abc import Callable
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from vrface.model.config import NetworkConfig
from vrface.model.encoders import FRESH_S, Encoder, Fusion
from vrface.model.features import MAX_AGE_S, SKIN, SLOTS, WIDTH

STREAMS = [[0, 1, 2, 3], [40, 41], [62, 64]]
SKIN_KINDS = [[130, 131, 135], [200, 201]]
USED = [slot for slots in (*STREAMS, *SKIN_KINDS) for slot in slots]
CONFIG = NetworkConfig(slots=tuple(USED), width=8, encoder_width=6, slot_width=5, skin_places=6)


def features(rows: int = 3, seed: int = 0, present: float = 1.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    made = np.zeros((rows, 4, WIDTH), np.float32)
    made[:, 2] = rng.random((rows, WIDTH)) < present
    made[:, 0] = rng.normal(size=(rows, WIDTH)) * made[:, 2]
    made[:, 1] = rng.normal(size=(rows, WIDTH)) * made[:, 2]
    made[:, 3] = np.where(made[:, 2] > 0, rng.uniform(0, 0.1, (rows, WIDTH)), MAX_AGE_S)
    return made


def places(rows: int = 3, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, 0.05, (rows, len(SKIN), 3)).astype(np.float32)


def fused(config: NetworkConfig) -> Callable[[np.ndarray], jax.Array]:
    """A fusion of features, its skin sensors somewhere."""
    whole = Fusion(config, nnx.Rngs(0))
    made, near = jax.jit(whole.__call__), jax.jit(whole.encoder.nearness)
    return lambda features: made(features, near(places(len(features))))


@pytest.fixture(scope="module")
def encoder():
    """Encodings, presence and freshness by stream."""
    whole = Fusion(CONFIG, nnx.Rngs(0)).encoder
    kernels, near = Fusion(CONFIG, nnx.Rngs(0)).kernels(), jax.jit(whole.nearness)

    def encode(features: np.ndarray) -> list[np.ndarray]:
        streams: dict[int, tuple[jax.Array, jax.Array]] = {}
        rows, nearness = jnp.asarray(features), near(places(len(features)))
        for group, own in zip(whole.groups, kernels, strict=True):
            made = zip(*whole(group, own, rows, nearness), strict=True)
            streams |= dict(zip(group.streams, made, strict=True))
        encoded, fresh = (
            np.stack(each) for each in zip(*(streams[n] for n in sorted(streams)), strict=True)
        )
        return [encoded, np.asarray(whole.presence(rows)).T, fresh]

    return encode


@pytest.fixture(scope="module")
def fusion():
    return fused(CONFIG)


def test_the_slots_of_this_case_are_of_five_streams() -> None:
    assert [list(slots) for slots in CONFIG.named.values()] == STREAMS
    assert [list(slots) for slots in CONFIG.skin.values()] == SKIN_KINDS


def test_each_stream_has_an_encoding_of_its_own(encoder) -> None:
    before, after = features(), features()
    after[:, 0, STREAMS[1]] += 1.0
    after[:, 0, SKIN_KINDS[1]] += 1.0
    (one, _, _), (other, _, _) = encoder(before), encoder(after)
    assert one.shape == (5, 3, CONFIG.slot_width)
    apart = np.abs(np.asarray(one - other))
    assert not apart[[0, 2, 3]].any()
    assert (apart[[1, 4]].max(axis=-1) > 1e-3).all()


def test_presence_and_freshness_are_those_of_the_freshest_channel(encoder) -> None:
    made = features(1)
    made[:, 2] = 0.0
    made[:, 2, [40, 41, 62, 131, 135]] = 1.0
    made[:, 3, [40, 41, 62, 131, 135]] = 0.09, 0.02, 0.0, 0.07, 0.03
    _, present, fresh = encoder(made)
    np.testing.assert_array_equal(np.ravel(present), [0.0, 1.0, 1.0, 1.0, 0.0])
    ages = np.array([0.02, 0.0, 0.03])
    np.testing.assert_allclose(np.ravel(fresh)[1:4], np.exp(-ages / FRESH_S), atol=1e-6)
    np.testing.assert_array_equal(np.ravel(fresh)[[0, 4]], 0.0)


@pytest.mark.parametrize("plane", [0, 1, 3])
@pytest.mark.parametrize("garbage", [1e6, -3.0, np.inf, np.nan])
def test_what_an_absent_slot_holds_is_not_looked_at(fusion, plane: int, garbage: float) -> None:
    made = features(present=0.6)
    changed = made.copy()
    changed[:, plane] = np.where(made[:, 2] > 0, made[:, plane], garbage)
    np.testing.assert_array_equal(fusion(made), fusion(changed))


def test_slots_of_no_stream_do_not_matter(fusion) -> None:
    made = features()
    changed = features(seed=1)
    changed[..., USED] = made[..., USED]
    np.testing.assert_array_equal(fusion(made), fusion(changed))


def test_without_any_sensor_only_the_absent_vectors_speak(fusion) -> None:
    silent = Fusion(CONFIG, nnx.Rngs(0))
    total = np.asarray(silent.absent[...]).sum(axis=0)
    expected = total / np.sqrt(np.mean(total**2) + 1e-6)
    np.testing.assert_allclose(fusion(features(2, present=0.0)), [expected] * 2, atol=1e-5)


def test_short_streams_are_drawn_as_if_they_were_alone() -> None:
    config = NetworkConfig(width=8, encoder_width=400, slot_width=5)
    kernel = np.asarray(
        Encoder([list(range(30)), [66, 67]], [], config, nnx.Rngs(0)).widen.kernel[...]
    )
    for number, inputs in enumerate((4 * 30, 4 * 2)):
        assert kernel[number].std() == pytest.approx(inputs**-0.5, rel=0.05)


@pytest.fixture(scope="module")
def stepped():
    """A fusion that passes over groups of which nobody is heard: voice, short streams, foam."""
    voice = [slot for slot in range(WIDTH) if SLOTS[slot][0] == "audio_features"]
    config = replace(CONFIG, slots=(*STREAMS[0], *STREAMS[2], *voice, *SKIN_KINDS[0]))
    whole = Fusion(config, nnx.Rngs(0))
    assert [len(group.streams) for group in whole.encoder.groups] == [1, 2, 1]
    made, near = jax.jit(whole.__call__), jax.jit(whole.encoder.nearness)
    kernels, at = whole.kernels(), near(places(1))
    return lambda features, step=True: np.asarray(made(features, at, kernels if step else None))


SILENT = {"nothing": [], "voice": range(70, 114), "short": range(70), "felt": range(114, WIDTH)}


@pytest.mark.parametrize("silent", SILENT)
def test_a_group_of_which_nobody_is_heard_adds_nothing(stepped, silent: str) -> None:
    made = features(4)
    made[..., list(SILENT[silent])] = 0.0
    np.testing.assert_allclose(stepped(made), stepped(made, step=False), atol=1e-6)


@pytest.mark.parametrize("silent", SILENT)
def test_nobody_is_another_for_what_their_company_says(stepped, silent: str) -> None:
    """Whether a group is passed over hangs on all of a batch; a face does not, to the last bit."""
    alone = features(4)
    alone[..., list(SILENT[silent])] = 0.0
    amid = alone.copy()
    amid[1:] = features(4)[1:]
    np.testing.assert_array_equal(stepped(alone)[0], stepped(amid)[0])


@pytest.mark.parametrize("left_out", ["streams", "skin"])
def test_sensors_of_one_sort_alone_are_enough(left_out: str) -> None:
    slots = tuple(slot for slot in USED if (slot < 128) == (left_out == "skin"))
    alone, made = fused(replace(CONFIG, slots=slots)), features()
    before = alone(made)
    assert before.shape == (3, CONFIG.width)
    assert np.isfinite(before).all()
    made[:, 0, slots[0]] += 1.0
    assert not np.array_equal(before, alone(made))


def test_leading_axes_stay() -> None:
    whole = Fusion(CONFIG, nnx.Rngs(0))
    fusion, near = jax.jit(whole.__call__), jax.jit(whole.encoder.nearness)
    made, at = features(6), places(6)
    flat = fusion(made, near(at))
    deep = fusion(made.reshape(2, 3, 4, WIDTH), near(at.reshape(2, 3, len(SKIN), 3)))
    assert deep.shape == (2, 3, CONFIG.width)
    np.testing.assert_allclose(flat, np.asarray(deep).reshape(6, -1), atol=1e-6)
