"""Measured, inferred, held, eased to neutral, absent: a defined end to every sensor."""

import numpy as np
import pytest

from vrface.face.expression import Source, Status
from vrface.face.extras import CORE
from vrface.outputs.fusion import EASE_S, HOLD_S, Alive, Fused, Inferred, Kinds, fused
from vrface.outputs.measured import MeasuredFace

FRAME_S = np.float32(0.01)
NOISE = np.full(54, 0.02, np.float32)
KNOWN = np.full(54, Source.MEASURED, np.uint8)
CLIMATOLOGY = np.full(54, 0.2, np.float32)
AT_ZERO = np.zeros((1, 54), np.float32)


class Fusion:
    """Wearers whose frames are fused one after the other."""

    def __init__(
        self,
        noise: np.ndarray,
        known: np.ndarray,
        climatology: np.ndarray,
        rest: np.ndarray,
        extras: tuple[str, ...] = (),
    ) -> None:
        parts = np.isin((*[""] * 54, *extras), list(CORE))
        self.kinds = Kinds(noise, known.astype(np.float32), parts, climatology)
        self.rest = np.pad(rest, ((0, 0), (0, len(extras))))
        self.held = Alive.begun(self.rest, self.kinds)

    def begin(self, row: int) -> None:
        for own, begun in zip(self.held, Alive.begun(self.rest, self.kinds), strict=True):
            own[row] = begun[row]

    def __call__(
        self,
        face: MeasuredFace,
        heard: np.ndarray,
        mean: np.ndarray,
        stddev: np.ndarray,
        dt: np.ndarray,
    ) -> Fused:
        inferred = Inferred(mean, stddev, np.zeros_like(mean, bool), heard)
        self.held, made = fused(self.held, self.rest, self.kinds, face, inferred, dt)
        return made


def sensors(value: float = 0.8, *, seen: int = 30) -> MeasuredFace:
    present = np.zeros((1, 54), bool)
    present[0, :seen] = True
    weights = np.where(present, np.float32(value), np.float32(0))
    return MeasuredFace(weights, present, np.zeros((1, 4), np.float32), np.zeros_like(present))


def feed(fusion: Fusion, face: MeasuredFace, *, heard: bool = True) -> Fused:
    return fusion(
        face,
        np.array([heard]),
        np.full((1, 54), 0.3, np.float32),
        np.full((1, 54), 0.1, np.float32),
        np.array([FRAME_S]),
    )


@pytest.fixture
def fusion() -> Fusion:
    return Fusion(NOISE, KNOWN, CLIMATOLOGY, AT_ZERO)


def test_measured_wins_and_the_rest_is_inferred(fusion: Fusion) -> None:
    face = feed(fusion, sensors())
    assert (face.source[0, :30] == Source.MEASURED).all()
    assert (face.source[0, 30:] == Source.INFERRED).all()
    np.testing.assert_allclose(face.weights[0], [0.8] * 30 + [0.3] * 24, atol=1e-6)
    np.testing.assert_allclose(face.stddev[0], [0.02] * 30 + [0.1] * 24, atol=1e-6)
    assert face.status[0] == Status.TRACKING


def test_a_channel_that_falls_silent_is_inferred(fusion: Fusion) -> None:
    feed(fusion, sensors())
    face = feed(fusion, sensors(seen=10))
    assert (face.source[0, 10:] == Source.INFERRED).all()


def test_before_the_first_sample_nothing_is_claimed(fusion: Fusion) -> None:
    face = feed(fusion, sensors(seen=0), heard=False)
    assert face.status[0] == Status.WARMING_UP
    assert (face.source == Source.ABSENT).all()
    assert np.isnan(face.weights).all()
    assert (face.confidence == 0).all()


def test_silence_is_held_then_eased_then_absent(fusion: Fusion) -> None:
    feed(fusion, sensors())
    frames = [feed(fusion, sensors(seen=0), heard=False) for _ in range(60)]
    kinds = np.array([face.source[0, 0] for face in frames])
    times = (1 + np.arange(60)) * float(FRAME_S)
    assert (kinds[times < HOLD_S - 1e-3] == Source.HELD).all()
    easing = (times > HOLD_S + 2e-3) & (times < HOLD_S + EASE_S - 2e-3)
    assert (kinds[easing] == Source.NEUTRAL).all()
    assert (kinds[times > HOLD_S + EASE_S + 1e-2] == Source.ABSENT).all()
    assert all(face.status[0] == Status.STALE for face in frames)

    shown = np.array([face.weights[0, 0] for face in frames])
    shown = shown[np.isfinite(shown)]
    assert (np.diff(shown) <= 1e-6).all()
    assert np.abs(np.diff(shown)).max() <= 0.8 * float(FRAME_S) / EASE_S + 1e-3
    spread = np.array([face.stddev[0, 0] for face in frames])
    assert (np.diff(spread[np.isfinite(spread)]) >= -1e-6).all()


def test_what_comes_back_is_shown_at_once(fusion: Fusion) -> None:
    feed(fusion, sensors())
    for _ in range(100):
        feed(fusion, sensors(seen=0), heard=False)
    face = feed(fusion, sensors(0.5))
    assert face.status[0] == Status.TRACKING
    assert face.weights[0, 0] == 0.5


def test_confidence_compares_with_the_climatology(fusion: Fusion) -> None:
    face = feed(fusion, sensors(seen=54))
    np.testing.assert_allclose(face.confidence[0], 0.9, atol=1e-6)
    half = feed(fusion, sensors(seen=0))
    np.testing.assert_allclose(half.confidence[0], 0.5, atol=1e-6)


def test_one_silent_wearer_does_not_touch_another() -> None:
    fusion = Fusion(NOISE, KNOWN, CLIMATOLOGY, AT_ZERO.repeat(2, axis=0))
    one = sensors()
    both = MeasuredFace(
        weights=one.weights.repeat(2, axis=0),
        present=one.present.repeat(2, axis=0),
        gaze=one.gaze.repeat(2, axis=0),
        copied=one.copied.repeat(2, axis=0),
    )
    mean, spread = np.full((2, 54), 0.3, np.float32), np.full((2, 54), 0.1, np.float32)
    dt = np.full(2, FRAME_S)
    fusion(both, np.array([True, True]), mean, spread, dt)
    face = fusion(both, np.array([True, False]), mean, spread, dt)
    assert face.status.tolist() == [Status.TRACKING, Status.STALE]
    assert (face.source[0, :30] == Source.MEASURED).all()
    assert (face.source[1] == Source.HELD).all()
    fusion.begin(1)
    face = fusion(both, np.array([True, False]), mean, spread, dt)
    assert face.status.tolist() == [Status.TRACKING, Status.WARMING_UP]


def test_a_silent_face_eases_to_the_wearers_own_rest() -> None:
    rest = np.full((1, 54), 0.25, np.float32)
    fusion = Fusion(NOISE, KNOWN, CLIMATOLOGY, rest)
    feed(fusion, sensors(0.8))
    frames = [feed(fusion, sensors(seen=0), heard=False) for _ in range(50)]
    last = frames[48]
    assert last.source[0, 0] == Source.NEUTRAL
    assert last.weights[0, 0] == pytest.approx(0.25, abs=0.03)
    assert all(face.weights[0, 0] >= 0.25 - 1e-6 for face in frames[:49])


def test_a_value_that_only_repeats_another_is_called_copied() -> None:
    known = KNOWN.copy()
    known[5] = Source.COPIED
    fusion = Fusion(NOISE, known, CLIMATOLOGY, AT_ZERO)
    face = feed(fusion, sensors())
    assert face.source[0, 5] == Source.COPIED
    assert (face.source[0, :30] == Source.MEASURED).sum() == 29
    assert face.weights[0, 5] == np.float32(0.8)
    assert feed(fusion, sensors(seen=5)).source[0, 5] == Source.INFERRED


def with_extras(*values: float | None) -> MeasuredFace:
    """Everything seen, and extras behind it; None = silent."""
    core = sensors(seen=54)
    there = np.array([[value is not None for value in values]])
    beyond = np.array([[value or 0.0 for value in values]], np.float32)
    return MeasuredFace(
        np.concatenate([core.weights, beyond], axis=1),
        np.concatenate([core.present, there], axis=1),
        core.gaze,
        np.zeros((1, 54 + len(values)), bool),
    )


def nothing() -> MeasuredFace:
    """Nothing seen, of a headset with two extras."""
    seen = np.zeros((1, 56), bool)
    return MeasuredFace(seen.astype(np.float32), seen, np.full((1, 4), np.nan, np.float32), seen)


def fusion_of(*extras: str) -> Fusion:
    noise = np.append(NOISE, np.array([0.03, 0.05], np.float32))
    return Fusion(noise, np.append(KNOWN, KNOWN[:2]), CLIMATOLOGY, AT_ZERO, extras)


@pytest.fixture
def richer() -> Fusion:
    """With two extras that are no part of any canonical shape."""
    return fusion_of("cheekSuck", "tongueUp")


@pytest.fixture
def parted() -> Fusion:
    """With an extra that is part of mouthFunnel, and one that is part of none."""
    return fusion_of("lipFunnelUpper", "tongueUp")


def test_extras_stand_behind_the_54_with_their_sensors_noise(richer: Fusion) -> None:
    face = feed(richer, with_extras(0.25, 0.75))
    assert face.weights.shape == face.stddev.shape == face.source.shape == (1, 56)
    assert face.weights[0, 54:].tolist() == [0.25, 0.75]
    np.testing.assert_allclose(face.stddev[0, 54:], [0.03, 0.05])
    assert (face.source[0, 54:] == Source.MEASURED).all()


def test_an_extra_nobody_has_seen_is_absent_and_never_inferred(richer: Fusion) -> None:
    face = feed(richer, with_extras(0.25, None))
    assert face.source[0, 54:].tolist() == [Source.MEASURED, Source.ABSENT]
    assert np.isnan(face.weights[0, 55])
    assert np.isnan(face.stddev[0, 55])
    assert face.status[0] == Status.TRACKING


def test_an_extra_lives_by_its_own_silence_whatever_else_is_heard(richer: Fusion) -> None:
    feed(richer, with_extras(0.8, 0.5))
    frames = [feed(richer, with_extras(None, 0.5)) for _ in range(60)]
    times = (1 + np.arange(60)) * float(FRAME_S)
    kinds = np.array([face.source[0, 54] for face in frames])
    assert (kinds[times < HOLD_S - 1e-3] == Source.HELD).all()
    easing = (times > HOLD_S + 2e-3) & (times < HOLD_S + EASE_S - 2e-3)
    assert (kinds[easing] == Source.NEUTRAL).all()
    assert (kinds[times > HOLD_S + EASE_S + 1e-2] == Source.ABSENT).all()
    shown = np.array([face.weights[0, 54] for face in frames])
    assert (shown[times < HOLD_S - 1e-3] == np.float32(0.8)).all()
    assert (np.diff(shown[np.isfinite(shown)]) <= 1e-6).all()
    assert shown[easing][-1] < 0.03
    assert np.isnan(shown[-1])
    assert all(face.source[0, 55] == Source.MEASURED for face in frames)
    assert all((face.source[0, :54] == Source.MEASURED).all() for face in frames)
    back = feed(richer, with_extras(0.4, 0.5))
    assert back.weights[0, 54] == np.float32(0.4)


def test_a_part_of_a_canonical_shape_is_absent_as_soon_as_it_is_silent(parted: Fusion) -> None:
    """Its core is inferred from this very frame on: a part held beside it would contradict it."""
    feed(parted, with_extras(0.6, 0.5))
    face = feed(parted, with_extras(None, None))
    assert face.source[0, 54:].tolist() == [Source.ABSENT, Source.HELD]
    assert np.isnan(face.weights[0, 54])
    assert np.isnan(face.stddev[0, 54])
    assert face.weights[0, 55] == 0.5
    back = feed(parted, with_extras(0.4, None))
    assert back.source[0, 54] == Source.MEASURED
    assert back.weights[0, 54] == np.float32(0.4)


def test_when_nothing_is_heard_parts_are_held_and_eased_with_the_rest(parted: Fusion) -> None:
    feed(parted, with_extras(0.8, 0.8))
    silent = [feed(parted, nothing(), heard=False) for _ in range(60)]
    for face in silent:
        assert len({*face.source[0]}) == 1
        shown = face.weights[0]
        assert np.isnan(shown).all() or np.ptp(shown) == 0.0
    assert {int(face.source[0, 54]) for face in silent} == {
        Source.HELD,
        Source.NEUTRAL,
        Source.ABSENT,
    }


def test_a_part_that_was_absent_while_the_wearer_was_heard_does_not_come_back_held(
    parted: Fusion,
) -> None:
    feed(parted, with_extras(0.6, 0.5))
    feed(parted, with_extras(None, 0.5))
    face = feed(parted, nothing(), heard=False)
    assert face.source[0].tolist() == [*[Source.HELD] * 54, Source.ABSENT, Source.HELD]


def test_a_silent_extra_of_one_wearer_does_not_touch_another() -> None:
    noise, known = np.append(NOISE, NOISE[:1]), np.append(KNOWN, KNOWN[:1])
    fusion = Fusion(noise, known, CLIMATOLOGY, AT_ZERO.repeat(2, axis=0), ("tongueUp",))
    there = np.ones((2, 55), bool)
    gaze, dt = np.zeros((2, 4), np.float32), np.full(2, FRAME_S)
    mean = np.full((2, 54), 0.3, np.float32)
    weights, heard = np.full((2, 55), 0.7, np.float32), np.ones(2, bool)
    fusion(MeasuredFace(weights, there, gaze, ~there & False), heard, mean, mean, dt)
    there[1, 54] = False
    face = fusion(MeasuredFace(weights * there, there, gaze, ~there & False), heard, mean, mean, dt)
    assert face.source[:, 54].tolist() == [Source.MEASURED, Source.HELD]
    assert face.weights[:, 54].tolist() == [np.float32(0.7)] * 2


def test_clearing_a_wearer_forgets_the_extras(richer: Fusion) -> None:
    feed(richer, with_extras(0.8, 0.5))
    richer.begin(0)
    assert (feed(richer, with_extras(None, None)).source[0, 54:] == Source.ABSENT).all()


def test_confidence_is_of_the_54_alone(fusion: Fusion, richer: Fusion) -> None:
    plain, more = feed(fusion, sensors(seen=54)), feed(richer, with_extras(None, None))
    np.testing.assert_array_equal(plain.confidence, more.confidence)
    np.testing.assert_array_equal(plain.weights, more.weights[:, :54])


def test_what_the_other_eye_stands_in_for_says_so(fusion: Fusion) -> None:
    face = sensors(0.4)
    face.copied[0, 3] = True
    fused = feed(fusion, face)
    assert fused.source[0, 3] == Source.COPIED
    assert fused.source[0, 4] == Source.MEASURED
    assert fused.weights[0, 3] == pytest.approx(0.4)
    assert fused.stddev[0, 3] > fused.stddev[0, 4]
