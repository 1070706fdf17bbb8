"""Statistics of faces made by hand: each comes out as it was put in."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from tests.training.realism.faces import REST, held, pulses, take
from vrface.face.take import Take
from vrface.log.importers import read_take
from vrface.training.realism.statistics import statistics
from vrface.training.rest import face_rest


def _of(take: Take, rest: Any) -> dict[str, Any]:
    return dict(statistics(take, rest))


def test_blinks_have_the_rate_the_height_and_the_times_they_were_made_with():
    found = _of(take({"eyeBlink": pulses((0.8,))}), REST)
    assert found["blink_rate"] == pytest.approx(15.0, rel=0.01)
    assert found["blink_peak"] == pytest.approx(0.8, abs=0.01)
    assert found["blink_closing_ms"] == pytest.approx(90.0, abs=1.0)  # a tenth is below the edge
    assert found["blink_opening_ms"] == pytest.approx(180.0, abs=1.0)
    assert found["blink_ratio"] == pytest.approx(0.5, abs=0.01)
    assert found["blink_partial"] == 0.0


def test_a_blink_that_stays_below_the_fullest_ones_is_partial():
    found = _of(take({"eyeBlink": pulses((0.9, 0.5, 0.5))}, seconds=72.0), REST)
    assert found["blink_partial"] == pytest.approx(2 / 3, abs=0.01)


def test_a_few_blinks_tell_no_usual_one():
    found = _of(take({"eyeBlink": pulses((0.8,), every_s=30.0)}), REST)
    assert found["blink_rate"] == pytest.approx(2.0, rel=0.01)
    assert found["blink_peak"] is None


def _steps(size_deg, every_s=1.0):
    return lambda time_s: np.deg2rad(size_deg) * (time_s // every_s % 2)


def test_saccades_have_the_rate_and_the_amplitude_they_were_made_with():
    found = _of(take(pitch=_steps(4.0)), REST)
    assert found["saccade_rate"] == pytest.approx(59.0, abs=1.5)
    assert found["saccade_median_deg"] == pytest.approx(4.0, abs=0.01)
    assert found["saccade_below_15"] == 1.0


def test_eyes_that_wander_slowly_make_no_saccade():
    found = _of(take(pitch=lambda time_s: 0.2 * np.sin(0.5 * time_s)), REST)
    assert found["saccade_rate"] == 0.0
    assert found["saccade_median_deg"] is None


def test_what_eyes_do_behind_a_lid_is_not_seen():
    jump = take({"eyeBlink": held(0.9, 20.0, 20.3)}, pitch=held(0.3, 20.1, 20.2))
    assert _of(jump, REST)["saccade_rate"] == 0.0


def test_eyes_are_at_home_while_they_are_near_where_they_usually_are():
    found = _of(take(pitch=held(np.deg2rad(12.0), 30.0, 45.0)), REST)
    assert found["gaze_home"] == pytest.approx(0.75, abs=0.01)


def test_brow_raises_have_their_number_height_and_length():
    up = take({"browInnerUp": lambda s: held(0.5, 10.0, 11.0)(s) + held(0.5, 30.0, 31.0)(s)})
    found = _of(up, REST)
    assert found["raise_rate"] == pytest.approx(2.0, rel=0.01)
    assert found["raise_height"] == pytest.approx(0.5)
    assert found["raise_seconds"] == pytest.approx(1.0, abs=0.04)


def test_a_frown_is_no_raise():
    assert _of(take({"browDown": held(0.9, 10.0, 20.0)}), REST)["raise_rate"] == 0.0


def test_a_face_is_active_where_a_hidden_shape_is_off_its_rest_and_a_blink_is_none():
    shapes = {"eyeSquint": held(0.5, 0.0, 15.0), "eyeBlink": held(0.9, 15.0, 60.0)}
    assert _of(take(shapes), REST)["active_share"] == pytest.approx(0.25, abs=0.01)


def test_weights_are_relative_to_the_rest():
    off = replace(take(), weights=take().weights + np.float32(0.3))
    found = _of(off, np.full(54, 0.3))
    assert found["active_share"] == 0.0
    assert found["brow_level"] == pytest.approx(0.0, abs=1e-6)


def test_a_region_has_its_own_level_spread_and_speed():
    found = _of(take({"noseSneer": lambda s: 0.3 + 0.2 * np.sin(np.pi * s)}), REST)
    assert found["nose_level"] == pytest.approx(0.3, abs=0.01)
    assert found["nose_sd"] == pytest.approx(0.2 / np.sqrt(2), rel=0.02)
    assert found["nose_speed"] == pytest.approx(0.2 * np.pi / np.sqrt(2), rel=0.02)
    assert found["brow_sd"] == 0.0


def test_a_face_stands_still_until_something_moves():
    found = _of(take({"browDown": lambda s: held(0.2, 40.0, 60.0)(s) * (s % 1.0)}), REST)
    assert found["still_upper"] == pytest.approx(2 / 3, abs=0.02)
    assert found["still_longest_s"] == 40.0
    assert found["still_drift"] == 0.0


def test_a_mouth_that_moves_leaves_the_hidden_face_still():
    found = _of(take({"jawOpen": pulses((0.4,), every_s=1.0)}), REST)
    assert (found["still_face"], found["still_upper"]) == (0.0, 1.0)


def test_glances_and_blinks_leave_a_face_still():
    found = _of(take({"eyeBlink": pulses((0.9,))}, pitch=_steps(8.0)), REST)
    assert found["still_face"] == 1.0


def test_sides_are_alike_as_far_as_they_were_made_so():
    wave = pulses((0.8,), up_s=0.5, down_s=0.5)
    even = _of(take({"cheekSquint": wave}), REST)
    assert even["cheek_sides"] == pytest.approx(1.0)
    assert even["cheek_gap"] == 0.0
    half = take({"cheekSquintLeft": wave, "cheekSquintRight": lambda s: wave(s) / 2})
    uneven = _of(half, REST)
    assert uneven["cheek_sides"] == pytest.approx(1.0)
    # Two of three pairs lie still, and only pairs that move count: half a triangle of 1 in 4 s.
    assert uneven["cheek_gap"] == pytest.approx(0.4 * 0.5 / 4.0, rel=0.05)
    late = take({"cheekSquintLeft": wave, "cheekSquintRight": lambda s: wave(s + 2.0)})
    assert _of(late, REST)["cheek_sides"] < 0.0


def test_shapes_that_move_together_correlate_and_those_that_rest_tell_nothing():
    wave = pulses((0.8, 0.4), up_s=0.5, down_s=0.5)
    found = _of(take({"mouthSmile": wave, "cheekSquint": wave}), REST)
    assert found["with_smile_cheek"] == pytest.approx(1.0)
    assert found["with_frown_squint"] is None


def test_a_face_filmed_more_finely_is_looked_at_as_a_phone_films_it():
    shapes = {"eyeBlink": pulses((0.8, 0.6)), "browInnerUp": held(0.5, 10.0, 11.0)}
    slow, fast = (_of(take(shapes, rate_hz=rate), REST) for rate in (30.0, 240.0))
    for name, value in slow.items():
        assert (fast[name] is None) == (value is None), name
        assert value is None or fast[name] == pytest.approx(value, rel=0.1, abs=1e-3), name


def test_frames_that_were_lost_are_left_out():
    shapes = {"eyeSquint": held(0.5, 0.0, 30.0), "eyeBlink": pulses((0.8,))}
    lost = take(shapes)
    lost.weights[900:1200] = np.nan
    lost.gaze[900:1200] = np.nan
    found = _of(lost, REST)
    assert found["active_share"] == pytest.approx(0.6, abs=0.01)
    assert found["blink_rate"] == pytest.approx(15.0, rel=0.15)
    assert all(value is None or np.isfinite(value) for value in found.values())


def test_a_face_lost_right_after_a_blink_leaves_its_figures_defined():
    lost = take({"eyeBlink": pulses((0.8,))})
    lost.weights[37:45] = np.nan  # the first blink is open again at frame 36
    found = _of(lost, REST)
    assert found["blink_closing_ms"] == pytest.approx(90.0, abs=1.0)
    assert found["blink_opening_ms"] == pytest.approx(180.0, abs=1.0)


def test_real_takes_tell_almost_everything(vrface_data):
    path = vrface_data / "arkit/alex/alex_rom_3.csv"
    real = read_take(path)
    found = _of(real, face_rest([real]))
    assert all(value is not None for value in found.values())
    assert 5.0 < found["blink_rate"] < 40.0
    assert found["lid_sides"] > 0.99  # the recorder ties them
