"""`vrface map AVATAR`: what of an avatar moves, and the rig that says so."""

from tests.rig.avatars import face
from tests.words import words
from vrface.rig.retargeting import Retargeting


def test_it_says_what_moves_what_does_not_and_what_is_missing(vrface, tmp_path):
    code, out, _ = vrface("map", str(face().glb(tmp_path / "me.glb")))
    assert code == 0
    told = words(out)
    assert "4 morphs; named as arkit names them" in told
    assert "Will move: 5 of the 54 shapes" in told  # browInnerUp stands for both sides
    assert "Will not: eyeLookDownLeft" in told
    assert "Missing in the avatar, of arkit" in told
    assert "tongueOut" in told


def test_the_rig_it_writes_is_read_again(vrface, tmp_path):
    avatar, rig = face().glb(tmp_path / "me.glb"), tmp_path / "rig.json"
    code, out, _ = vrface("map", str(avatar), "-o", str(rig))
    assert code == 0
    assert "4 channels" in out
    found = Retargeting.read(rig)
    assert {channel.morph for channel in found.channels} == {
        "browInnerUp",
        "eyeBlink_L",
        "eyeBlink_R",
        "jawOpen",
    }


def test_an_avatar_is_matched_alone(vrface, tmp_path):
    avatar = str(face().glb(tmp_path / "me.glb"))
    code, _, err = vrface("map", avatar, "--to", "arkit")
    assert code == 2
    assert "alone" in err


def test_an_avatar_that_is_not_there_is_one_line(vrface, tmp_path):
    code, out, err = vrface("map", str(tmp_path / "gone.vrm"))
    assert code == 2
    assert not out
    assert "cannot be read" in err


def test_a_folder_that_does_not_exist_is_made_for_the_rig(vrface, tmp_path):
    rig = tmp_path / "new" / "rig.json"
    code, _, _ = vrface("map", str(face().glb(tmp_path / "me.glb")), "-o", str(rig))
    assert code == 0
    assert rig.is_file()
