"""From one standard to another through us, held against what others publish."""

import csv
from pathlib import Path

import numpy as np
import pytest

from vrface.face.crossing import crossing
from vrface.face.expression import Source
from vrface.face.schemes import SCHEMES, scheme

UNIFIED = scheme("unified")


def published(name):
    """For each Unified shape: the standard's shape that others make it of; empty = none."""
    text = (Path(__file__).parent / "published_unified.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {row["unified"]: row[name] for row in csv.DictReader(lines)}


def sides(*names):
    return {name + side for name in names for side in ("Left", "Right")}


# Where ours differs from Godot on purpose; scheme_unified.csv and scheme_htc.csv say why.
# (HTC's LOWER_OVERLAY is MouthRaiserLower for ALXR too; Godot leaves it out.)
FINER = sides("BrowPinch", "MouthUpper", "MouthLower", "MouthCornerSlant")
JAW = {"JawOpen"}  # theirs leaves out the jaw of an ape
FUNNELS = sides("LipFunnelUpper", "LipFunnelLower")
DIFFERENT = {
    "fb2": FINER | {"TongueFlat", "TongueCurlUp"},
    "android": FINER,
    "htc": sides("MouthCornerSlant") | FUNNELS | JAW | {"TongueOut", "MouthRaiserLower"},
    "arkit": set(),
}


@pytest.mark.parametrize("name", DIFFERENT)
def test_unified_is_made_of_what_others_make_it_of(name):
    across = crossing(scheme(name), UNIFIED)
    theirs = published(name)
    assert set(theirs) == set(UNIFIED.shapes)
    differ = set()
    for shape, other in theirs.items():
        parts = across.made[shape]
        if set(parts) != {other} - {""} or any(share != 1 for share in parts.values()):
            differ.add(shape)
    assert differ == DIFFERENT[name]


def test_what_godot_leaves_at_zero_is_a_copy_and_never_measured():
    for name, shapes in (("fb2", FINER), ("android", FINER), ("htc", sides("MouthCornerSlant"))):
        across = crossing(scheme(name), UNIFIED)
        assert {across.source[shape] for shape in shapes} == {Source.COPIED}
        assert all(len(across.made[shape]) == 1 for shape in shapes)


def test_a_funnel_of_htc_is_split_by_lip_and_a_stuck_out_tongue_is_both_steps():
    across = crossing(scheme("htc"), UNIFIED)
    assert across.made["LipFunnelUpperLeft"] == {"LIP_MOUTH_UPPER_OVERTURN": 1}
    assert across.made["LipFunnelLowerRight"] == {"LIP_MOUTH_LOWER_OVERTURN": 1}
    assert across.made["TongueOut"] == {"LIP_TONGUE_LONGSTEP1": 0.5, "LIP_TONGUE_LONGSTEP2": 0.5}


@pytest.mark.parametrize("first", SCHEMES)
@pytest.mark.parametrize("second", SCHEMES)
def test_a_crossing_tells_what_reading_and_writing_do(first, second):
    one, other = scheme(first), scheme(second)
    across = crossing(one, other)
    values = np.random.default_rng(3).uniform(0.1, 0.3, len(one.shapes)).astype(np.float32)
    given = dict(zip(one.shapes, values.tolist(), strict=True))
    told = [
        sum(share * given[part] for part, share in across.made[shape].items())
        if across.source[shape] != Source.ABSENT
        else np.nan
        for shape in other.shapes
    ]
    written = other.write(one.read(values), one.extras)
    np.testing.assert_allclose(written, np.clip(told, 0, 1), atol=1e-6, equal_nan=True)
    used = {part for parts in across.made.values() for part in parts}
    assert set(across.lost) == set(one.shapes) - used


def test_into_itself_a_scheme_loses_what_it_declares():
    for name in SCHEMES:
        entry = scheme(name)
        across = crossing(entry, entry)
        assert across.lost == entry.lost
        absent = {shape for shape, kind in across.source.items() if kind == Source.ABSENT}
        assert absent == set(entry.lost)


def test_a_shape_the_sender_lacks_is_neither_made_nor_lost():
    fb2, arkit = scheme("fb2"), scheme("arkit")
    given = [shape for shape in fb2.shapes if shape not in ("LIP_FUNNELER_LB", "JAW_DROP")]
    across = crossing(fb2, arkit, given)
    assert across.source["jawOpen"] == across.source["mouthFunnel"] == Source.ABSENT
    assert across.made["jawOpen"] == across.made["mouthFunnel"] == {}
    assert across.source["browInnerUp"] == Source.MEASURED
    assert {"LIP_FUNNELER_LT", "CHEEK_SUCK_L"} <= set(across.lost)
    assert "JAW_DROP" not in across.lost
