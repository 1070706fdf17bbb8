from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rig.avatars import BYTE, FACE, FLOAT, MOVES, SHORT, TRIANGLES, Builder, deltas, face
from vrface.errors import BadUse
from vrface.face.blendshapes import COUNT, index
from vrface.rig.avatar import FACE_HEIGHT_M, Avatar
from vrface.rig.retargeting import Channel

AHEAD = np.zeros(4, np.float32)
REST = np.zeros(COUNT, np.float32)


def weights(**shapes):
    face = REST.copy()
    for name, weight in shapes.items():
        face[index(name)] = weight
    return face


@pytest.fixture
def avatar(tmp_path):
    return Avatar.read(face().glb(tmp_path / "face.glb"))


def test_a_face_is_brought_to_a_persons_size_and_looks_ahead(avatar):
    height = np.ptp(avatar.neutral[:, 1])
    assert FACE_HEIGHT_M <= height <= 1.2 * FACE_HEIGHT_M
    left, right = avatar.neutral[2], avatar.neutral[3]
    assert left[0] < 0 < right[0]  # +x is the wearer's right
    assert abs(left[1]) < 0.05
    assert np.array_equal(avatar.triangles, TRIANGLES)


def test_weights_move_the_vertices_of_their_morphs(avatar):
    moved = avatar.posed(weights(eyeBlinkLeft=1.0), AHEAD) - avatar.neutral
    assert moved[2, 1] < 0
    assert not np.delete(moved, 2, axis=0).any()
    assert np.array_equal(avatar.posed(REST, AHEAD), avatar.neutral)


def test_an_unknown_face_rests(avatar):
    nothing = np.full(COUNT, np.nan, np.float32)
    assert np.array_equal(avatar.posed(nothing, np.full(4, np.nan, np.float32)), avatar.neutral)


def test_nodes_place_and_scale_what_they_carry(tmp_path, avatar):
    # Elsewhere and larger it is the same figure: all are brought to one place and size.
    node = {"translation": [5, 0, 0], "scale": [2, 2, 2]}
    other = Avatar.read(face(node=node).glb(tmp_path / "moved.glb"))
    assert np.allclose(other.neutral, avatar.neutral, atol=1e-5)
    assert np.allclose(other.fields, avatar.fields, atol=1e-5)


def test_a_face_that_lies_is_set_upright_by_its_node(tmp_path, avatar):
    half = float(np.sqrt(0.5))
    builder = face(node={"rotation": [half, 0, 0, half]})  # a quarter turn about x
    lying = FACE[:, [0, 2, 1]] * [1, 1, -1]  # what that turn brings back upright
    values = np.asarray(lying, "<f4").tobytes()
    builder.blob[: len(values)] = values
    for move, target in zip(MOVES.values(), range(2, 2 + len(MOVES)), strict=True):
        place = builder.document["bufferViews"][target]["byteOffset"]
        turned = np.asarray(deltas(move)[:, [0, 2, 1]] * [1, 1, -1], "<f4").tobytes()
        builder.blob[place : place + len(turned)] = turned
    other = Avatar.read(builder.glb(tmp_path / "a.glb"))
    assert np.allclose(other.neutral, avatar.neutral, atol=1e-5)
    assert np.allclose(other.fields, avatar.fields, atol=1e-5)


def test_a_node_that_is_its_own_parent_is_refused(tmp_path):
    builder = face(node={"children": [0]})
    with pytest.raises(BadUse, match="its own parent"):
        Avatar.read(builder.glb(tmp_path / "a.glb"))


def test_what_is_far_from_the_head_is_not_drawn(tmp_path):
    builder = face()
    foot = builder.array(FACE - np.array([0, 1.6, 0]))
    primitive = {"attributes": {"POSITION": foot}}
    builder.document["meshes"].append({"primitives": [primitive]})
    builder.document["nodes"].append({"mesh": 1})
    avatar = Avatar.read(builder.glb(tmp_path / "a.glb"))
    assert len(avatar.neutral) == len(FACE)


def test_base_colour_texture_and_vertex_colour_are_multiplied(tmp_path):
    builder = face()
    picture = np.full((2, 2, 3), (0, 0, 255), np.uint8)  # BGR: red
    data = cv2.imencode(".png", picture)[1].tobytes()
    builder.document |= {
        "images": [{"bufferView": builder.view(data), "mimeType": "image/png"}],
        "textures": [{"source": 0}],
        "materials": [
            {
                "pbrMetallicRoughness": {
                    "baseColorFactor": [1, 1, 1, 1],
                    "baseColorTexture": {"index": 0},
                }
            }
        ],
    }
    primitive = builder.document["meshes"][0]["primitives"][0]
    primitive["material"] = 0
    count = len(FACE)
    primitive["attributes"] |= {
        "TEXCOORD_0": builder.array(np.zeros((count, 2)), FLOAT, "VEC2"),
        "COLOR_0": builder.array(np.full((count, 3), 128), BYTE, "VEC3", normalized=True),
    }
    avatar = Avatar.read(builder.glb(tmp_path / "a.glb"))
    assert np.allclose(avatar.colours, [[128 / 255, 0, 0]], atol=1e-5)


def skinned(vrm) -> Builder:
    """Eyes that turn with bones of their own; `vrm` is the version of the extension."""
    builder = face()
    eye_rows = {2: 1, 3: 2}  # vertex -> joint
    joints = np.zeros((len(FACE), 4), int)
    for vertex, joint in eye_rows.items():
        joints[vertex, 0] = joint
    share = np.zeros((len(FACE), 4))
    share[:, 0] = 1.0
    primitive = builder.document["meshes"][0]["primitives"][0]
    primitive["attributes"] |= {
        "JOINTS_0": builder.array(joints, SHORT, "VEC4"),
        "WEIGHTS_0": builder.array(share, FLOAT, "VEC4"),
    }
    places = [(0, 0, 0), (0.03, 1.66, 0.08), (-0.03, 1.66, 0.08)]
    inverse = np.tile(np.eye(4), (3, 1, 1))
    inverse[:, 3, :3] = -np.array(places)  # columns first
    builder.document["skins"] = [
        {
            "joints": [1, 2, 3],
            "inverseBindMatrices": builder.array(inverse.reshape(3, 16), FLOAT, "MAT4"),
        }
    ]
    builder.document["nodes"][0]["skin"] = 0
    builder.document["nodes"] += [{"translation": list(place)} for place in places]
    bones = {"leftEye": 2, "rightEye": 3}
    if vrm == 1:
        own = {"humanoid": {"humanBones": {name: {"node": n} for name, n in bones.items()}}}
        builder.document["extensions"] = {"VRMC_vrm": own}
    else:
        rows = [{"bone": name, "node": n} for name, n in bones.items()]
        builder.document["extensions"] = {"VRM": {"humanoid": {"humanBones": rows}}}
    return builder


def test_eyes_with_bones_turn_with_gaze(tmp_path):
    avatar = Avatar.read(skinned(1).glb(tmp_path / "a.vrm"))
    assert np.allclose(avatar.eyes.mean(axis=0), 0, atol=1e-6)
    right_up = np.array([0.3, 0.2, 0.0, 0.0], np.float32)
    moved = avatar.posed(REST, right_up) - avatar.neutral
    assert moved[2, 0] > 0
    assert moved[2, 1] > 0
    assert np.abs(np.delete(moved, 2, axis=0)).max() < 1e-6


def test_vrm_before_1_looks_the_other_way(tmp_path):
    newer = Avatar.read(skinned(1).glb(tmp_path / "a.vrm"))
    older = Avatar.read(skinned(0).glb(tmp_path / "b.vrm"))
    assert np.allclose(newer.neutral * [-1, 1, -1], older.neutral, atol=1e-6)


def test_vrm_expressions_are_controls(tmp_path):
    moves = {"Fcl_EYE_Close_L": MOVES["eyeBlink_L"], "Fcl_MTH_A": MOVES["jawOpen"]}
    newer, older = face(moves), face(moves)
    bind = {"node": 0, "weight": 1.0}
    newer.document["extensions"] = {
        "VRMC_vrm": {
            "expressions": {
                "preset": {
                    "blinkLeft": {"morphTargetBinds": [{**bind, "index": 0}]},
                    "aa": {"morphTargetBinds": [{**bind, "index": 1}]},
                }
            }
        }
    }
    older.document["extensions"] = {
        "VRM": {
            "blendShapeMaster": {
                "blendShapeGroups": [
                    {
                        "name": "BlinkL",
                        "presetName": "blink_l",
                        "binds": [{"mesh": 0, "index": 0, "weight": 100}],
                    },
                    {
                        "name": "A",
                        "presetName": "a",
                        "binds": [{"mesh": 0, "index": 1, "weight": 50}],
                    },
                ]
            }
        }
    }
    new = Avatar.read(newer.glb(tmp_path / "new.vrm"))
    old = Avatar.read(older.glb(tmp_path / "old.vrm"))
    for avatar, version in ((new, "vrm1"), (old, "vrm0")):
        assert avatar.retargeting.scheme == version
        moved = avatar.posed(weights(eyeBlinkLeft=1.0), AHEAD) - avatar.neutral
        assert np.abs(moved[2]).max() > 0.005
        assert not np.delete(moved, 2, axis=0).any()
    mouth = np.abs(new.fields).max(axis=(1, 2)), np.abs(old.fields).max(axis=(1, 2))
    assert mouth[0].max() == pytest.approx(2 * mouth[1].max(), rel=0.2)


def test_a_rig_that_names_a_morph_which_is_not_there_is_refused(tmp_path, avatar):
    path = face().glb(tmp_path / "face.glb")
    wrong = replace(avatar.retargeting, channels=(Channel("jawOpen", "Mandible"),))
    with pytest.raises(BadUse, match="Mandible"):
        Avatar.read(path, wrong)


@pytest.mark.parametrize(
    ("builder", "words"),
    [
        (face(names=False), "no morph of"),
        (face({}), "no morph of"),
        (face({"jawOpen": {}}), "moves a vertex"),
        (Builder(), "draws no triangles"),
    ],
)
def test_an_avatar_without_a_moving_face_is_refused(tmp_path, builder, words):
    with pytest.raises(BadUse, match=words):
        Avatar.read(builder.glb(tmp_path / "a.glb"))


def test_morph_targets_of_several_meshes_with_one_name_move_together(tmp_path):
    builder = face()
    brow = {
        "attributes": {"POSITION": builder.array(FACE + np.array([0, 0, 0.01]))},
        "targets": [{"POSITION": builder.array(deltas(MOVES["browInnerUp"]))}],
    }
    builder.document["meshes"].append(
        {"primitives": [brow], "extras": {"targetNames": ["browInnerUp"]}}
    )
    builder.document["nodes"].append({"mesh": 1})
    avatar = Avatar.read(builder.glb(tmp_path / "a.glb"))
    both = weights(browInnerUpLeft=1.0, browInnerUpRight=1.0)
    moved = np.abs(avatar.posed(both, AHEAD) - avatar.neutral).max(axis=1) > 0
    assert moved[: len(FACE)].sum() == 2
    assert moved[len(FACE) :].sum() == 2


def spots(value):
    """Every place of a document: what holds it, and under which name or number."""
    within = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(within):
        yield value, key
        if isinstance(inner, dict | list):
            yield from spots(inner)


def furnished(version) -> Builder:
    """`skinned`, with an expression, a texture and an extension that it cannot do without."""
    builder = skinned(version)
    bind = {"node": 0, "index": 1, "weight": 1.0}
    vrm = builder.document["extensions"].setdefault("VRMC_vrm", {})
    vrm["expressions"] = {"preset": {"aa": {"morphTargetBinds": [bind]}}}
    surface = {"baseColorFactor": [1, 1, 1, 1], "baseColorTexture": {"index": 0}}
    primitive = builder.document["meshes"][0]["primitives"][0]
    primitive["material"] = 0
    primitive["attributes"]["TEXCOORD_0"] = builder.array(np.zeros((len(FACE), 2)), FLOAT, "VEC2")
    builder.document |= {
        "extensionsRequired": ["KHR_mesh_quantization"],
        "images": [{"bufferView": 0}],
        "textures": [{"source": 0}],
        "materials": [{"pbrMetallicRoughness": surface}],
    }
    return builder


JUNK = st.sampled_from(
    [None, True, -1, 3, 10**6, 10**400, 1.5, float("nan"), float("inf"), "x", [], {}, [1], {"a": 1}]
)


@given(st.sampled_from([0, 1]), st.integers(0), JUNK)
def test_an_avatar_with_junk_in_it_is_read_or_refused(tmp_path_factory, version, place, junk):
    builder = furnished(version)
    every = list(spots(builder.document))
    holder, key = every[place % len(every)]
    holder[key] = junk
    try:
        avatar = Avatar.read(builder.glb(tmp_path_factory.mktemp("a") / "a.vrm"))
    except BadUse:  # of any other error the test fails
        return
    assert len(avatar.triangles)
    for values in (avatar.neutral, avatar.fields, avatar.colours, avatar.eyes):
        assert np.isfinite(values).all()


def test_an_avatar_whose_eye_bones_lie_far_from_its_face_is_refused(tmp_path):
    builder = skinned(1)
    builder.document["nodes"].append({"translation": [0, -40, 0]})
    bones = builder.document["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]
    bones |= {"leftEye": {"node": 4}, "rightEye": {"node": 4}}
    with pytest.raises(BadUse, match="draws nothing around"):
        Avatar.read(builder.glb(tmp_path / "a.vrm"))
