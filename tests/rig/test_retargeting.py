import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.schemes import scheme
from vrface.rig.retargeting import Channel, Retargeting


def weights(**shapes):
    face = np.zeros(COUNT, np.float32)
    for name, weight in shapes.items():
        face[index(name)] = weight
    return face


@pytest.mark.parametrize("name", ["arkit", "unified", "vrm0", "vrm1"])
def test_an_avatar_is_recognised_by_the_names_of_its_morphs(name):
    found = Retargeting.matched("a.glb", [*scheme(name).shapes, "Hat"])
    assert found.scheme == name
    assert "Hat" in found.unused
    assert not found.missing


@given(st.sampled_from(["Face.{}", "{}", "mesh/{}", "x:{}"]), st.booleans(), st.booleans())
def test_prefix_case_and_the_way_to_write_a_side_make_no_difference(prefix, upper, short):
    names = [n.replace("Left", "_L").replace("Right", "_R") if short else n for n in BLENDSHAPES]
    morphs = [prefix.format(name.upper() if upper else name) for name in names]
    found = Retargeting.matched("a.glb", morphs)
    assert found.unmoved == ()


def test_weights_reach_the_morphs_of_their_shapes():
    found = Retargeting.matched("a.glb", ["browInnerUp", "jawOpen"])
    values = found.values(weights(browInnerUpLeft=0.8, browInnerUpRight=0.4, jawOpen=0.5))
    by_morph = dict(zip((c.morph for c in found.channels), values, strict=True))
    assert by_morph["browInnerUp"] == pytest.approx(0.6)  # one morph for both sides
    assert by_morph["jawOpen"] == pytest.approx(0.5)


def test_gain_and_limits_are_kept():
    found = Retargeting("a.glb", "arkit", (Channel("jawOpen", "jaw", 2.0, 0.1, 0.9),))
    jaws = np.stack([weights(jawOpen=jaw) for jaw in (0.0, 0.3, 1.0)])
    assert found.values(jaws)[:, 0] == pytest.approx([0.1, 0.6, 0.9])


def test_an_absent_weight_leaves_its_morph_at_rest():
    found = Retargeting.matched("a.glb", ["jawOpen"])
    assert found.values(np.full(COUNT, np.nan, np.float32)).tolist() == [0.0]


def test_what_an_avatar_lacks_is_named():
    found = Retargeting.matched("a.glb", ["eyeBlinkLeft", "eyeBlinkRight", "jawOpen"])
    assert found.moved == tuple(
        name for name in BLENDSHAPES if name in ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen")
    )
    assert set(found.moved).isdisjoint(found.unmoved)
    assert len(found.moved) + len(found.unmoved) == COUNT
    assert "tongueOut" in found.missing


def test_an_avatar_without_a_face_is_refused():
    with pytest.raises(BadUse, match=r"no morph of a\.glb"):
        Retargeting.matched("a.glb", ["Hat", "Coat"])


def test_the_file_gives_back_what_was_written(tmp_path):
    made = Retargeting.matched("a.glb", [*scheme("arkit").shapes, "Hat"])
    (tmp_path / "rig.json").write_text(made.to_json())
    assert Retargeting.read(tmp_path / "rig.json") == made


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"vrface_rig": 2}, "version"),
        ({"channels": [{"shape": "nose", "morph": "x"}]}, "no shape 'nose'"),
        ({"channels": [{"shape": "jawOpen"}]}, "morph"),
        ({"channels": [{"shape": "jawOpen", "morph": "x", "gain": "big"}]}, "numbers"),
        ({"channels": [{"shape": "jawOpen", "morph": "x", "low": 2}]}, "above its high"),
        ({"channels": [{"shape": "jawOpen", "morph": ["x"]}]}, "is a name"),
        ({"channels": [{"shape": "jawOpen", "morph": "x", "gain": 10**400}]}, "no rig"),
        ({"channels": []}, "no channels"),
        ({"channels": 3}, "no rig"),
    ],
)
def test_a_file_that_is_none_says_what_is_wrong(tmp_path, change, words):
    entries = json.loads(Retargeting.matched("a.glb", ["jawOpen"]).to_json()) | change
    path = tmp_path / "rig.json"
    path.write_text(json.dumps(entries))
    with pytest.raises(BadUse, match=words):
        Retargeting.read(path)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "rig.json"
    with pytest.raises(BadUse, match="cannot be read"):
        Retargeting.read(path)
    path.write_text("[]")
    with pytest.raises(BadUse, match="no rig"):
        Retargeting.read(path)
    path.write_text('{"vrface_rig": 1, "scheme": "arkitt", "avatar": "a", "channels": []}')
    with pytest.raises(UnknownName, match="arkitt"):
        Retargeting.read(path)
