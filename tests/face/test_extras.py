import pytest

from vrface.errors import UnknownName
from vrface.face.blendshapes import BLENDSHAPES, mirrored
from vrface.face.extras import CORE, EXTRAS, in_order


def test_extras_are_beyond_the_54_each_once_and_both_sides():
    assert len(set(EXTRAS)) == len(EXTRAS)
    assert not set(EXTRAS) & set(BLENDSHAPES)
    assert {mirrored(name) for name in EXTRAS} == set(EXTRAS)


def test_an_extra_is_part_of_a_canonical_shape_or_of_none():
    assert set(CORE) < set(EXTRAS)
    assert set(CORE.values()) < set(BLENDSHAPES)
    assert {mirrored(name): mirrored(core) for name, core in CORE.items()} == CORE


def test_a_face_carries_extras_in_registry_order():
    assert in_order(["tongueUp", "cheekSuck", "tongueUp"]) == ("cheekSuck", "tongueUp")
    with pytest.raises(UnknownName, match="'tongueUp'"):
        in_order(["tongueUpp"])
