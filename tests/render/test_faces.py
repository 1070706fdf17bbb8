"""Faces at a video's instants: the newest one, none where it is too old."""

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT
from vrface.face.expression import Expression, Source, Status
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.render.faces import Faces


def face(time_s, weight, gaze=np.nan, source=Source.MEASURED):
    return Expression(
        sequence=1,
        frame_time_ns=round(time_s * 1e9),
        sample_time_ns=0,
        status=Status.TRACKING,
        weights=np.full(COUNT + 1, weight, np.float32),
        stddev=np.zeros(COUNT + 1, np.float32),
        source=np.full(COUNT + 1, source, np.uint8),
        confidence=np.ones(3, np.float32),
        gaze=np.full(4, gaze, np.float32),
        extras=("tongueUp",),
    )


def test_a_span_is_gathered_and_no_face_behind_it_is_asked_for():
    def endless():
        for k in range(1000):
            assert k <= 30
            yield face(5 + k / 10, k / 100)

    faces = Faces.gathered(endless(), 1.0, 3.0)
    assert len(faces) == 20
    assert faces.time_ns[0] == 6_000_000_000
    assert faces.weights.shape == (20, COUNT)
    assert faces.weights[0, 0] == pytest.approx(0.1)


def test_of_no_faces_there_are_none():
    assert len(Faces.gathered([], 0.0, 9.0)) == 0
    assert len(Faces.gathered([face(0, 0.5)], 1.0, 9.0)) == 0


def test_times_that_go_back_are_left_out():
    faces = Faces.gathered([face(0, 0.1), face(1, 0.2), face(0.5, 0.3), face(2, 0.4)], 0, 9)
    assert faces.time_ns.tolist() == [0, 1_000_000_000, 2_000_000_000]


def test_each_instant_shows_the_newest_face_and_a_gap_shows_none():
    faces = Faces.gathered([face(0, 0.1), face(0.1, 0.2), face(2.0, 0.3)], 0, 9)
    instants = faces.instants(20)
    assert len(instants) == 41
    weights, _ = faces.at(instants)
    assert weights[:5, 0] == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.2])
    assert np.isfinite(weights[12, 0])
    assert np.isnan(weights[13:40]).all()
    assert weights[40, 0] == pytest.approx(0.3)
    before, _ = faces.at(np.array([-1]))
    assert np.isnan(before).all()


def test_gaze_that_nobody_gave_is_what_the_eye_look_weights_say():
    angles = np.array([0.2, -0.1, 0.3, 0.1], np.float32)
    told = face(0, 0.0)
    told.weights[EYE_LOOK_INDICES] = eye_look_from_gaze(angles)
    _, gaze = Faces.gathered([told], 0, 9).at(np.array([0]))
    assert gaze[0] == pytest.approx(angles, abs=1e-6)
    _, gaze = Faces.gathered([face(0, 0.0, gaze=0.25)], 0, 9).at(np.array([0]))
    assert gaze[0] == pytest.approx([0.25] * 4)


def test_what_was_seen_has_no_inferred_value_and_no_inferred_gaze():
    faces = Faces.gathered([face(0, 0.5, source=Source.INFERRED)], 0, 9).seen()
    weights, gaze = faces.at(np.array([0]))
    assert np.isnan(weights).all()
    assert np.isnan(gaze).all()
