"""The head that code builds: whole, symmetric, and closed where it should close."""

from __future__ import annotations

import numpy as np
import pytest

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, MIRROR, index
from vrface.rig.average import average, normals
from vrface.rig.eyes import lid_loop
from vrface.rig.grid import skin_grid
from vrface.rig.mouth import slit_loop
from vrface.rig.piece import PARTS
from vrface.rig.rig import Rig
from vrface.sensors.headset import headset

AHEAD = np.zeros(4, np.float32)
SEEDS = (None, 0, 1, 2, 3)


def weights(**shares: float) -> np.ndarray:
    """A face of shapes by name; a name without a side stands for both sides."""
    face = np.zeros(len(BLENDSHAPES), np.float32)
    for name, share in shares.items():
        for shape in (name,) if name in BLENDSHAPES else (f"{name}Left", f"{name}Right"):
            face[index(shape)] = share
    return face


def of(rig: Rig, part: str) -> np.ndarray:
    return np.flatnonzero(rig.part == PARTS.index(part))


def positions(name: str, stream: str) -> np.ndarray:
    profile = headset(name)
    return np.array(profile.streams[profile.stream_index(stream)].positions, np.float32)[:, :3]


def test_a_rig_is_made_of_all_parts_and_enough_vertices():
    rig = Rig.drawn()
    assert len(rig.neutral) >= 2500
    np.testing.assert_array_equal(np.unique(rig.part), np.arange(len(PARTS)))
    assert np.isfinite(rig.neutral).all()
    assert np.isfinite(rig.fields).all()
    assert (rig.colours >= 0).all()
    assert (rig.colours <= 1).all()
    used = np.unique(rig.triangles)
    np.testing.assert_array_equal(used, np.arange(len(rig.neutral)))


def test_a_face_has_the_proportions_of_a_human_one():
    rig = Rig.drawn()
    skin = rig.neutral[: len(skin_grid().row)]
    assert np.linalg.norm(rig.eyes[1] - rig.eyes[0]) == pytest.approx(0.063)
    assert rig.eyes[0, 0] < 0 < rig.eyes[1, 0]  # +x is the wearer's right
    cheeks = skin[(np.abs(skin[:, 1] + 0.012) < 0.006) & (skin[:, 2] < 0.06)]
    assert 0.125 < np.ptp(cheeks[:, 0]) < 0.145
    chin = skin[(np.abs(skin[:, 0]) < 0.001) & (skin[:, 2] < 0.0)][:, 1].min()
    hairline = 0.066
    assert 0.170 < hairline - chin < 0.195


def test_the_average_face_is_its_own_mirror_image():
    rig, mirror = Rig.drawn(), average().mirror
    np.testing.assert_array_equal(mirror[mirror], np.arange(len(mirror)))
    np.testing.assert_allclose(rig.neutral[mirror] * (-1, 1, 1), rig.neutral, atol=1e-7)


def test_left_shapes_are_the_mirror_images_of_right_ones():
    rig, mirror = Rig.drawn(), average().mirror
    other = rig.fields[MIRROR][:, mirror] * np.array([-1, 1, 1], np.float32)
    np.testing.assert_allclose(other, rig.fields, atol=1e-7)


@pytest.mark.parametrize("shape", BLENDSHAPES)
def test_every_shape_moves_its_own_side(shape):
    rig = Rig.drawn()
    far = np.linalg.norm(rig.fields[index(shape)], axis=1)
    assert far.max() > (0.0009 if shape in EYE_LOOK else 0.0025)
    peak = rig.neutral[far.argmax(), 0]
    if shape.endswith("Left") and shape not in ("jawLeft", "mouthLeft"):
        assert peak < 0
    if shape.endswith("Right") and shape not in ("jawRight", "mouthRight"):
        assert peak > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_triangles_are_counterclockwise_from_outside(seed):
    rig = Rig.drawn(seed)
    corner = rig.neutral[rig.triangles]
    face = np.cross(corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0])
    owner = rig.part[rig.triangles[:, 0]]
    for number, part in enumerate(("left", "right")):
        ball = owner == PARTS.index(f"eye_{part}")
        out = ((corner[ball].mean(axis=1) - rig.eyes[number]) * face[ball]).sum(axis=1)
        assert (out > 0).all()
    own = (rig.triangles < len(skin_grid().row)).all(axis=1)
    middle = np.array([0, -0.02, 0.07])
    way = corner[own].mean(axis=1) - middle
    assert (((way * face[own]).sum(axis=1)) > 0).mean() > 0.97
    brows = owner == PARTS.index("brows")
    assert (face[brows][:, 2] < 0).mean() > 0.9


@pytest.mark.parametrize("seed", SEEDS)
def test_closed_lids_cover_the_eyeballs(seed):
    rig = Rig.drawn(seed)
    posed = rig.posed(weights(eyeBlink=1.0), AHEAD)
    loops = lid_loop(upper=True), lid_loop(upper=False)
    for upper, lower in (loops, tuple(skin_grid().mirror[loop] for loop in loops)):
        assert np.linalg.norm(posed[upper] - posed[lower], axis=1).max() < 0.0006
    own = len(skin_grid().row)
    for centre, part in zip(rig.eyes, ("eye_left", "eye_right"), strict=True):
        radius = np.linalg.norm(rig.neutral[of(rig, part)] - centre, axis=1).max()
        way = posed[:own] - centre
        near = way[(np.hypot(way[:, 0], way[:, 1]) < 0.013) & (way[:, 2] < 0)]
        assert len(near) > 50
        assert np.linalg.norm(near, axis=1).min() > radius


def test_no_lid_cuts_into_an_eyeball_on_its_way():
    rig, own = Rig.drawn(), len(skin_grid().row)
    for share in np.linspace(0, 1, 6):
        posed = rig.posed(weights(eyeBlink=share, eyeSquint=0.5 * share), AHEAD)
        for centre in rig.eyes:
            way = posed[:own] - centre
            near = way[(np.abs(way[:, :2]).max(axis=1) < 0.012) & (way[:, 2] < 0)]
            assert np.linalg.norm(near, axis=1).min() > 0.0140


def test_open_eyes_are_open_and_wide_ones_wider():
    rig = Rig.drawn()
    upper, lower = lid_loop(upper=True), lid_loop(upper=False)

    def opening(**shares: float) -> float:
        posed = rig.posed(weights(**shares), AHEAD)
        return float((posed[upper, 1] - posed[lower, 1]).max())

    assert 0.008 < opening() < 0.012
    assert opening(eyeWide=1.0) > opening() + 0.002
    assert opening(eyeSquint=1.0) < opening() - 0.002
    assert opening(eyeLookDown=1.0) < opening() - 0.002


def test_lips_meet_at_rest_part_with_the_jaw_and_meet_again_when_closed():
    rig = Rig.drawn()
    upper, lower = slit_loop(upper=True), slit_loop(upper=False)

    def gap(**shares: float) -> float:
        posed = rig.posed(weights(**shares), AHEAD)
        return float(np.linalg.norm(posed[upper] - posed[lower], axis=1).max())

    assert gap() < 1e-6
    assert gap(jawOpen=1.0) > 0.025
    assert gap(jawOpen=1.0, mouthClose=1.0) < 0.001
    assert gap(mouthClose=1.0) < 0.15 * 0.05  # alone it does no more than press


def test_eyes_turn_with_gaze_and_keep_their_place():
    rig = Rig.drawn()
    gaze = np.array([0.3, 0.2, -0.3, -0.2], np.float32)
    posed = rig.posed(weights(), gaze)
    for side, part in enumerate(("eye_left", "eye_right")):
        ball = of(rig, part)
        front = ball[rig.neutral[ball, 2].argmin()]
        way = (posed[front] - rig.eyes[side]) / np.linalg.norm(posed[front] - rig.eyes[side])
        yaw, pitch = gaze[2 * side : 2 * side + 2]
        np.testing.assert_allclose(np.arctan2(way[0], -way[2]), yaw, atol=1e-5)
        np.testing.assert_allclose(np.arcsin(way[1]), pitch, atol=1e-5)


def test_what_is_not_known_is_at_rest():
    rig = Rig.drawn(5)
    nan = np.full(54, np.nan, np.float32)
    posed = rig.posed(nan, np.full(4, np.nan, np.float32))
    np.testing.assert_allclose(posed, rig.posed(weights(), AHEAD))


def test_a_pose_leaves_weights_and_rest_as_they_were():
    rig, face = Rig.drawn(), weights(eyeBlink=1.0, eyeLookDown=1.0, mouthClose=1.0)
    before, neutral = face.copy(), rig.neutral.copy()
    rig.posed(face, AHEAD)
    np.testing.assert_array_equal(face, before)
    np.testing.assert_array_equal(rig.neutral, neutral)


def test_a_seed_is_a_person():
    one, again, other = Rig.drawn(7), Rig.drawn(7), Rig.drawn(8)
    for name in ("neutral", "fields", "colours", "eyes", "contour"):
        np.testing.assert_array_equal(getattr(one, name), getattr(again, name))
    assert np.abs(one.neutral - other.neutral).max() > 0.002
    assert np.abs(one.colours - other.colours).max() > 0.05


def test_people_are_of_all_skin_tones_and_a_little_asymmetric():
    people = [Rig.drawn(seed) for seed in range(30)]
    mirror, skin = average().mirror, of(people[0], "skin")
    light = [float(person.colours[skin].mean()) for person in people]
    assert min(light) < 0.35
    assert max(light) > 0.65
    uneven = [
        float(np.abs(person.neutral[mirror] * (-1, 1, 1) - person.neutral).max())
        for person in people
    ]
    assert 0.0002 < np.median(uneven) < 0.006


def test_the_contour_is_a_loop_where_a_foam_lies():
    rig = Rig.drawn()
    step = np.linalg.norm(np.diff(rig.contour, axis=0, append=rig.contour[:1]), axis=1)
    assert step.max() < 0.02
    own = rig.neutral[: len(skin_grid().row)]
    apart = np.linalg.norm(rig.contour[:, None] - own, axis=2).min(axis=1)
    assert apart.max() < 0.006
    # Seen from ahead; at the temples the foam bends around the head.
    foam = positions("foam_16", "foam")
    near = np.linalg.norm(foam[:, None, :2] - rig.contour[:, :2], axis=2).min(axis=1)
    assert near.max() < 0.011


@pytest.mark.parametrize(("name", "stream"), [("foam_16", "foam"), ("emg_8", "emg")])
def test_sensors_look_at_skin_near_them(name, stream):
    rig, points = Rig.drawn(2), positions(name, stream)
    skin = rig.under(points)
    assert skin.fields.shape == (54, len(points), 3)
    np.testing.assert_allclose(np.linalg.norm(skin.normals, axis=1), 1, rtol=1e-5)
    assert (skin.normals[:, 2] < 0).all()
    # The layouts' temples stand beside the head: their skin lies farther back.
    assert np.linalg.norm(skin.rest - points, axis=1).max() < 0.035
    one, other = weights(browInnerUp=0.5), weights(mouthSmile=0.7)
    np.testing.assert_allclose(
        skin.moved(np.stack([one + other])),
        skin.moved(one[None]) + skin.moved(other[None]),
        atol=1e-8,
    )


def test_brow_sensors_feel_brows_and_cheek_sensors_smiles():
    rig, points = Rig.drawn(), positions("foam_16", "foam")
    skin = rig.under(points)
    above, below = points[:, 1] > 0.03, points[:, 1] < -0.02
    raised = np.linalg.norm(skin.moved(weights(browInnerUp=1, browOuterUp=1)[None])[0], axis=1)
    smile = np.linalg.norm(skin.moved(weights(mouthSmile=1)[None])[0], axis=1)
    assert raised[above].min() > 3 * raised[below].max()
    assert smile[below].min() > 3 * smile[above].max()


def test_the_skin_under_a_sensor_changes_smoothly_as_the_headset_slips():
    rig = Rig.drawn()
    points = positions("foam_16", "foam")
    slipped = points + np.array([0.0005, 0.0005, 0], np.float32)
    assert np.abs(rig.under(slipped).rest - rig.under(points).rest).max() < 0.002


def test_normals_of_the_skin_point_out_of_the_head():
    grid, rig = skin_grid(), Rig.drawn()
    skin = rig.neutral[: len(grid.row)]
    way = normals(skin, grid.triangles)
    front = (np.abs(skin[:, 0]) < 0.04) & (skin[:, 2] < 0) & (skin[:, 1] > 0.02)
    assert (way[front, 2] < 0).all()
