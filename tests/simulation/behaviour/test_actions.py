import numpy as np

from vrface.face.blendshapes import BLENDSHAPES, MIRROR, group_of, indices
from vrface.simulation.behaviour.actions import (
    ACTIONS,
    MOUTH_POSES,
    MOUTHS,
    UPPER,
    action_matrix,
    numbers,
)

MATRIX = action_matrix()


def test_every_shape_is_moved_by_some_act_except_gaze():
    moved = {BLENDSHAPES[shape] for shape in np.nonzero(MATRIX > 0)[1]}
    assert set(BLENDSHAPES) - moved == {name for name in BLENDSHAPES if name.startswith("eyeLook")}


def test_acts_are_even_but_for_those_named_by_side():
    for act, row in zip(ACTIONS, MATRIX, strict=True):
        assert np.allclose(row, row[MIRROR]) == (not act.endswith(("_left", "_right")))
    left, right = (numbers([f"smirk_{side}"])[0] for side in ("left", "right"))
    assert np.allclose(MATRIX[left], MATRIX[right][MIRROR])


def test_acts_of_the_upper_face_leave_the_mouth_alone():
    mouth = indices(name for name in BLENDSHAPES if group_of(name) == "mouth")
    assert not MATRIX[np.ix_(numbers(UPPER), mouth)].any()


def test_what_feelings_do_to_the_mouth_leaves_the_upper_face_alone():
    upper = indices(n for n in BLENDSHAPES if group_of(n) in ("brow", "lid", "gaze"))
    assert not MATRIX[np.ix_(numbers(MOUTHS), upper)].any()
    assert not MATRIX[np.ix_(numbers(MOUTH_POSES), upper)].any()


def test_no_act_both_raises_brows_and_widens_eyes():
    brows = indices(["browInnerUpLeft", "browOuterUpLeft"])
    raises = (MATRIX[:, brows] > 0).any(axis=1)
    widens = MATRIX[:, indices(["eyeWideLeft"])[0]] > 0
    assert raises.any()
    assert widens.any()
    assert not (raises & widens).any()
