"""Through us and back: what a standard carries comes back as it was, the rest is declared lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tests.face.faces import absent_or_same, face_mirror, mirror_of, weights
from vrface.face.blendshapes import BLENDSHAPES, COUNT, index
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.face.scheme_table import Fate
from vrface.face.schemes import SCHEMES, scheme

EVERY_SCHEME = pytest.mark.parametrize("name", SCHEMES)
MOST = max(len(scheme(name).shapes) for name in SCHEMES)
ALL = COUNT + len(EXTRAS)


def possible(name, values):
    """Values as the standard's own: HTC's two lowered jaws are together no more than one."""
    if name == "htc":
        jaw, ape = (scheme(name).shapes.index(f"LIP_{s}") for s in ("JAW_OPEN", "MOUTH_APE_SHAPE"))
        values = values.copy()
        values[..., jaw] = np.minimum(values[..., jaw], 1 - values[..., ape])
    return values


@EVERY_SCHEME
@given(values=weights(MOST))
def test_a_face_passes_through_us_and_loses_what_its_scheme_declares_lost(name, values):
    entry = scheme(name)
    values = possible(name, values[: len(entry.shapes)])
    lost = np.isin(entry.shapes, entry.lost)
    back = entry.write(entry.read(values), entry.extras)
    assert np.isnan(back[lost]).all()
    absent_or_same(back[~lost], values[~lost])


@pytest.mark.parametrize("name", ["fb2", "fb1", "android", "htc", "ml", "bd", "arkit", "pico"])
def test_every_byte_value_of_every_shape_comes_back_exactly(name):
    # A Quest Pro's face through us equals itself, and so do the other headsets'.
    entry = scheme(name)
    steps = (np.arange(256, dtype=np.float32) / np.float32(255))[:, None]
    values = (steps + np.arange(len(entry.shapes), dtype=np.float32) * np.float32(0.37)) % 1
    values = possible(name, values)
    back = entry.write(entry.read(values), entry.extras)
    np.testing.assert_array_equal(np.rint(back * 255), np.rint(values * 255))
    added = np.isin(entry.shapes, "LIP_JAW_OPEN")  # to another, and taken off again
    np.testing.assert_array_equal(back[:, ~added], values[:, ~added])
    assert entry.lost == entry.unwritten == ()


@EVERY_SCHEME
@given(values=weights(MOST), missing=arrays(np.bool_, MOST))
def test_a_missing_value_takes_nothing_along_but_what_is_made_with_it(name, values, missing):
    entry = scheme(name)
    values, missing = possible(name, values[: len(entry.shapes)]), missing[: len(entry.shapes)]
    whole = entry.read(values)
    part = entry.read(np.where(missing, np.nan, values))
    made: dict[str, list] = {term.name: [] for row in entry.rows for term in row.into}
    for place, row in enumerate(entry.rows):
        for term in row.into:
            made[term.name].append(missing[place])
    gone = [any(made.get(shape, [])) for shape in (*BLENDSHAPES, *entry.extras)]
    absent_or_same(part, np.where(gone, np.nan, whole))
    there = {*np.compress(np.logical_not(gone), (*BLENDSHAPES, *entry.extras)).tolist()}
    made_again = [
        any(there.issuperset(term.name for term in way) for way in row.ways) for row in entry.rows
    ]
    back = entry.write(part, entry.extras)
    read = [row.fate != Fate.LOST for row in entry.rows]
    absent_or_same(back[read], np.where(made_again, values, np.nan)[read])
    lost = missing | np.isin(entry.shapes, entry.lost)
    together = np.isin(entry.shapes, "LIP_JAW_OPEN") & (name == "htc")
    np.testing.assert_array_equal(np.isnan(back)[~together], lost[~together])


@given(weights(COUNT))
def test_a_symmetric_face_survives_arkit(face):
    for left, right in (
        ("browInnerUpLeft", "browInnerUpRight"),
        ("cheekPuffLeft", "cheekPuffRight"),
    ):
        face[index(right)] = face[index(left)]
    entry = scheme("arkit")
    absent_or_same(entry.read(entry.write(face)), face)


@EVERY_SCHEME
@given(face=weights(COUNT))
def test_of_a_face_of_the_54_a_scheme_loses_what_it_declares(name, face):
    entry = scheme(name)
    back = entry.read(entry.write(face))[:COUNT]
    lost = np.isin(BLENDSHAPES, entry.lacks)
    assert np.isnan(back[lost]).all()
    tied = lost | np.isin(BLENDSHAPES, entry.copied)
    for row in entry.rows:
        if row.fate == Fate.COPIED and len(row.ways[0]) > 1:
            tied |= np.isin(BLENDSHAPES, [term.name for term in row.ways[0]])
    if name == "htc":  # it closes no lips beyond its jaw
        face[index("jawOpen")] = max(face[index("jawOpen")], face[index("mouthClose")])
    absent_or_same(back[~tied], face[~tied])


@EVERY_SCHEME
@given(values=weights(MOST))
def test_a_mirrored_face_is_read_mirrored(name, values):
    entry = scheme(name)
    values = values[: len(entry.shapes)]
    mirrored = entry.read(values[mirror_of(entry.shapes)])
    absent_or_same(mirrored, entry.read(values)[face_mirror(entry.extras)])


@EVERY_SCHEME
@given(face=weights(ALL), missing=arrays(np.bool_, ALL))
def test_a_mirrored_face_is_written_mirrored(name, face, missing):
    entry = scheme(name)
    mirror = face_mirror(EXTRAS)
    face[missing | missing[mirror]] = np.nan
    mirrored = entry.write(face[mirror], EXTRAS)
    absent_or_same(mirrored, entry.write(face, EXTRAS)[mirror_of(entry.shapes)])


@EVERY_SCHEME
@given(
    face=weights(ALL),
    source=arrays(np.uint8, ALL, elements=st.sampled_from([int(kind) for kind in Source])),
)
def test_a_written_value_is_absent_just_where_its_source_is(name, face, source):
    entry = scheme(name)
    written = entry.write(np.where(source == Source.ABSENT, np.nan, face), EXTRAS)
    kinds = entry.write_source(source, EXTRAS)
    np.testing.assert_array_equal(np.isnan(written), kinds == Source.ABSENT)


def test_a_value_is_worth_what_its_worst_input_is():
    entry = scheme("unified")
    source = np.full(COUNT, Source.MEASURED, np.uint8)
    source[index("browDownLeft")] = Source.INFERRED
    kinds = dict(zip(entry.shapes, entry.write_source(source), strict=True))
    assert kinds["BrowLowererLeft"] == kinds["BrowPinchLeft"] == Source.INFERRED
    assert kinds["BrowLowererRight"] == Source.MEASURED
    assert kinds["BrowPinchRight"] == Source.COPIED
    assert kinds["TongueUp"] == Source.ABSENT
    source[index("browInnerUpRight")] = Source.HELD
    tied = dict(zip(scheme("arkit").shapes, scheme("arkit").write_source(source), strict=True))
    assert tied["browInnerUp"] == Source.HELD
