"""The canonical set: 54 names that may never move."""

import hashlib

import numpy as np
import pytest

from vrface.errors import UnknownName
from vrface.face import blendshapes as b


def test_the_set_of_version_1_never_changes() -> None:
    digest = hashlib.sha256("\n".join(b.BLENDSHAPES).encode()).hexdigest()
    assert b.SET_VERSION == 1
    assert b.COUNT == 54
    assert digest.startswith("e6f375dcf1a0c46baa24e193")


def test_every_shape_has_one_group_and_one_region() -> None:
    by_group = np.concatenate([b.group_indices(group) for group in b.GROUPS])
    by_region = np.concatenate([b.region_indices(region) for region in b.REGIONS])
    assert sorted(by_group) == sorted(by_region) == list(range(54))
    assert len(b.group_indices("mouth")) == 28
    assert len(b.group_indices("gaze")) == 8


def test_mirroring_twice_is_no_change_and_keeps_groups() -> None:
    np.testing.assert_array_equal(b.MIRROR[b.MIRROR], np.arange(54))
    assert b.mirrored("eyeLookInLeft") == "eyeLookInRight"
    assert b.mirrored("jawLeft") == "jawRight"
    assert b.mirrored("jawOpen") == "jawOpen"
    for name in b.BLENDSHAPES:
        assert b.group_of(b.mirrored(name)) == b.group_of(name)


def test_upper_regions_are_the_wearers_sides() -> None:
    for name in ("browDownLeft", "eyeBlinkLeft", "cheekSquintLeft"):
        assert b.index(name) in b.region_indices("upper_left")


def test_an_unknown_name_gets_the_nearest_ones() -> None:
    with pytest.raises(UnknownName, match=r"Did you mean.*'browInnerUp'"):
        b.index("browInerUp")
    with pytest.raises(UnknownName, match="lid, brow, cheek"):
        b.group_indices("knees")
    with pytest.raises(UnknownName):
        b.region_indices("upper")


def test_a_mask_is_true_at_its_names() -> None:
    chosen = b.mask(["jawOpen", "tongueOut"])
    assert chosen.sum() == 2
    assert chosen[b.index("jawOpen")]
