from typing import Any

import numpy as np
import pytest

from tests.training.metrics.faces import face
from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, index, indices
from vrface.log.importers import read_take
from vrface.training.metrics import geometry
from vrface.training.metrics.geometry import FILE, WITHOUT_MESH, ReferenceRig
from vrface.training.rest import face_rest, relative

HIDDEN = ["browDownLeft", "browDownRight", "noseSneerLeft", "tongueOut", "eyeLookUpLeft"]
MESHED = [name for name in BLENDSHAPES if name not in WITHOUT_MESH]


def ict_names():
    """As the rig spells them: sides are letters, but a jaw or a mouth goes left in full."""
    whole = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
    return [
        name
        if name in whole
        else f"{name[:-4]}_L"
        if name.endswith("Left")
        else f"{name[:-5]}_R"
        if name.endswith("Right")
        else name
        for name in MESHED
    ]


def write(folder, names=None, deltas=None):
    """A rig in which shape k moves vertex k alone, by (k + 1) / 10 cm sideways."""
    names = ict_names() if names is None else names
    if deltas is None:
        deltas = np.zeros((len(names), 60, 3), np.float16)
        deltas[range(len(names)), range(len(names)), 0] = np.arange(1, len(names) + 1) / 10
    np.savez(folder / FILE, names=np.array(names), deltas=deltas)
    return folder


@pytest.fixture
def rig(tmp_path):
    return ReferenceRig.read(write(tmp_path))


def test_each_shape_gets_its_own_expression_in_millimetres(rig):
    assert rig.fields.shape == (COUNT, 60, 3)
    for place, name in enumerate(MESHED):
        moved = rig.fields[index(name)]
        assert np.flatnonzero(moved.any(axis=1)).tolist() == [place]
        assert moved[place] == pytest.approx([place + 1, 0, 0], rel=1e-3)
    assert not rig.fields[indices(sorted(WITHOUT_MESH))].any()
    assert set(EYE_LOOK) < WITHOUT_MESH


def test_the_error_is_the_mean_length_of_what_is_missing(rig):
    frames = 60
    truth = np.tile([0.5, 0.25, 1.0, 0.7, 0.7], (frames, 1))
    truth[30:, 0] = 0.1
    sizes = [MESHED.index(name) + 1 for name in HIDDEN[:3]]
    found: Any = rig.errors(HIDDEN, truth, 0.5 * truth, np.zeros(5))
    neutral = (0.3 * sizes[0] + 0.25 * sizes[1] + 1.0 * sizes[2]) / 3
    assert found["neutral_error"] == pytest.approx(neutral, rel=1e-3)
    assert found["vertex_error"] == pytest.approx(0.5 * neutral, rel=1e-3)
    assert found["mean_face_error"] == pytest.approx(0.2 * sizes[0] / 3, rel=1e-3)
    assert found["ratio"] == pytest.approx(found["vertex_error"] / found["mean_face_error"])


def test_rest_leaves_less_of_a_shape_to_move(rig):
    truth = np.full((60, 5), 0.5)
    free: Any = rig.errors(HIDDEN, truth, 0 * truth, np.zeros(5))
    half: Any = rig.errors(HIDDEN, truth, 0 * truth, np.full(5, 0.5))
    assert half["vertex_error"] == pytest.approx(0.5 * free["vertex_error"])


def test_the_truth_has_no_error_and_a_still_truth_no_ratio(rig):
    truth = face(channels=5, frames=600)
    found: Any = rig.errors(HIDDEN, truth, truth, np.zeros(5))
    assert (found["vertex_error"], found["ratio"]) == (0, 0)
    still = rig.errors(HIDDEN, np.zeros((600, 5)), truth, np.zeros(5))
    assert still["mean_face_error"] == 0
    assert still["ratio"] is None


def test_frames_that_are_not_known_are_not_looked_at(rig):
    truth = face(channels=5, frames=600)
    truth[::2, 1] = np.nan
    truth[:, 3:] = np.nan  # tongue and gaze have no mesh: nobody asks for them
    shown = np.where(np.isfinite(truth), truth, 9.0)
    assert rig.errors(HIDDEN, truth, shown, np.zeros(5))["vertex_error"] == 0
    nothing = rig.errors(HIDDEN, np.full((60, 5), np.nan), np.zeros((60, 5)), np.zeros(5))
    assert set(nothing.values()) == {None}
    unmoved = rig.errors(HIDDEN[3:], np.zeros((60, 2)), np.zeros((60, 2)), np.zeros(2))
    assert set(unmoved.values()) == {None}


def test_vertices_that_hardly_move_are_no_part_of_the_region(tmp_path):
    names = ict_names()
    deltas = np.zeros((len(names), 4, 3), np.float16)
    deltas[names.index("browDown_L"), :, 1] = 0.5, 0.2, 0.09, 0.0
    rig = ReferenceRig.read(write(tmp_path, names, deltas))
    truth = np.ones((60, 5))
    found = rig.errors(HIDDEN, truth, 0 * truth, np.zeros(5))
    assert found["vertex_error"] == pytest.approx((5 + 2) / 2, rel=1e-3)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: None,
        lambda folder: (folder / FILE).write_text("no archive"),
        lambda folder: (folder / FILE).write_bytes(b""),
        lambda folder: np.savez(folder / FILE, other=np.zeros(3)),
        lambda folder: write(folder, names=ict_names()[:-1]),
        lambda folder: write(folder, deltas=np.zeros((3, 60, 3), np.float16)),
        lambda folder: write(folder, deltas=np.zeros((len(MESHED), 60), np.float16)),
        lambda folder: write(folder, deltas=np.zeros((len(MESHED), 60, 3), np.int32)),
        lambda folder: write(folder, deltas=np.full((len(MESHED), 60, 3), np.inf, np.float16)),
        lambda folder: np.savez(folder / FILE, names=np.array([{}]), deltas=np.zeros((1, 1, 3))),
    ],
    ids=[
        "no file",
        "text",
        "empty",
        "other arrays",
        "an expression less",
        "too few fields",
        "flat",
        "whole numbers",
        "not finite",
        "objects",
    ],
)
def test_a_folder_without_a_rig_is_said_in_one_line(tmp_path, spoil):
    spoil(tmp_path)
    with pytest.raises(BadUse) as caught:
        ReferenceRig.read(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "datasets/README.md" in caught.value.advice


def test_the_real_rig_measures_real_faces(vrface_data):
    rig = ReferenceRig.read(vrface_data / "rig" / "ICT-FaceKit")
    reach = np.linalg.norm(rig.fields, axis=2).max(axis=1)
    assert reach[indices(MESHED)].min() > 1
    assert reach[index("browDownLeft")] == pytest.approx(6.5, abs=0.1)
    take = read_take(vrface_data / "arkit" / "alex" / "alex_rom_4.csv")
    names = ["eyeBlinkLeft", "eyeBlinkRight", "browDownLeft", "browOuterUpLeft", "noseSneerLeft"]
    shapes, rest = indices(names), face_rest([take])
    truth = relative(take.weights[:, shapes], rest[shapes])
    found: Any = rig.errors(names, truth, 0.5 * truth, rest[shapes])
    assert found["vertex_error"] == pytest.approx(0.5 * found["neutral_error"], rel=1e-4)
    assert 0.1 < found["mean_face_error"] < 3
    # The stride over the region's vertices does not move the figure.
    every = pytest.MonkeyPatch()
    with every.context() as patch:
        patch.setattr(geometry, "MAX_VERTICES", 10**6)
        whole: Any = rig.errors(names, truth, 0.5 * truth, rest[shapes])
    assert found["vertex_error"] == pytest.approx(whole["vertex_error"], rel=0.01)
