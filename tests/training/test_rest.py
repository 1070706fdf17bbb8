import numpy as np
import pytest

from vrface.errors import TakeError
from vrface.face.blendshapes import COUNT, index
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.training.rest import face_rest, mean_speed, relative

FRAMES = 1200
TIME_NS = np.round(np.arange(FRAMES) * 1e9 / 60).astype(np.int64)
CALM = slice(500, 700)


def take(weights, source=None):
    return Take(
        name="take",
        person="somebody",
        time_ns=TIME_NS,
        weights=weights.astype(np.float32),
        gaze=np.zeros((FRAMES, 4), np.float32),
        source=np.full(COUNT, Source.MEASURED, np.uint8) if source is None else source,
    )


def fidgeting(seed=0):
    """Always moving but for 200 frames, in which it blinks and looks about."""
    weights = 0.3 + 0.2 * np.sin(np.arange(FRAMES)[:, None] / 9 + np.arange(COUNT))
    weights[CALM] = 0.1
    weights[600:620, index("eyeBlinkLeft")] = 0.9
    weights[CALM, index("eyeLookUpLeft")] = np.random.default_rng(seed).random(200)
    return weights


def test_the_rest_is_what_the_calm_part_shows_blinks_or_not():
    rest = face_rest([take(fidgeting())])
    assert rest.dtype == np.float32
    moving = np.delete(rest, index("eyeLookUpLeft"))
    assert moving == pytest.approx(0.1)


def test_the_rest_is_the_calmest_of_all_takes_of_a_person():
    never_calm = fidgeting()
    never_calm[CALM] = 0.5 + 0.2 * np.sin(np.arange(200)[:, None] / 3)
    assert face_rest([take(never_calm), take(fidgeting())])[0] == pytest.approx(0.1)


def test_lost_rows_are_never_calm():
    weights = fidgeting()
    weights[CALM] = np.nan
    weights[100:180] = 0.7
    rest = face_rest([take(weights)])
    assert np.isfinite(rest).all()
    assert rest[0] == pytest.approx(0.7)


def test_a_shape_that_no_take_has_has_no_rest():
    weights, source = fidgeting(), np.full(COUNT, Source.MEASURED, np.uint8)
    weights[:, 3], source[3] = np.nan, Source.ABSENT
    rest = face_rest([take(weights, source)])
    assert np.isnan(rest[3])
    assert np.isfinite(np.delete(rest, 3)).all()


def test_a_take_without_half_a_second_of_face_is_refused():
    weights = np.full((FRAMES, COUNT), np.nan)
    weights[::20] = 0.2
    with pytest.raises(TakeError, match="no half second"):
        face_rest([take(weights)])


def test_mean_speed_is_the_mean_over_the_window():
    ramp = np.arange(FRAMES)[:, None] * [0.01, 0.03]
    speed = mean_speed(ramp, TIME_NS, 0.5)
    assert np.isinf(speed[:15]).all()
    assert np.isinf(speed[-15:]).all()
    assert speed[15:-15] == pytest.approx(0.02 * 60, rel=1e-6)


def test_mean_speed_ignores_channels_it_does_not_know():
    ramp = np.arange(FRAMES)[:, None] * [0.01, 0.03]
    ramp[300:, 1] = np.nan
    assert mean_speed(ramp, TIME_NS, 0.5)[700] == pytest.approx(0.01 * 60, rel=1e-6)


def test_mean_speed_of_a_record_shorter_than_the_window_is_infinite():
    assert np.isinf(mean_speed(np.zeros((10, 2)), TIME_NS[:10], 0.5)).all()


def test_relative_weights_run_from_the_rest_to_the_full_shape():
    rest = np.array([0.0, 0.2, 0.2, 0.2, 1.0])
    weights = np.array([0.3, 0.2, 1.0, 0.1, 1.0])
    assert relative(weights, rest) == pytest.approx([0.3, 0.0, 1.0, 0.0, 0.0])
    assert np.isnan(relative(np.array([np.nan]), np.array([0.2]))).all()
