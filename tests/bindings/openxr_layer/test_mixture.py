"""The layer's C++ writes the same numbers as `Scheme.write`, of any face."""

from __future__ import annotations

import ctypes
import subprocess

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bindings.openxr_layer.conftest import LAYER, written
from tests.wire.frame_blocks import block_of, drawn
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.extras import EXTRAS
from vrface.face.schemes import scheme
from vrface.wire.frame_block import shipped_names

SCHEMES = ("fb2", "htc", "android")
HERE = LAYER.parents[1] / "tests/bindings/openxr_layer"
LISTS = st.sampled_from(list(shipped_names().values()))
WEIGHTS = st.lists(
    st.one_of(st.floats(0, 1, width=32), st.just(float("nan"))), min_size=96, max_size=96
)


@pytest.fixture(scope="module")
def library(compiler, tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "written.so"
    sources = (HERE / "written.cpp", LAYER / "mixture.cpp")
    includes = (f"-I{LAYER}", f"-I{LAYER.parent / 'c'}")
    options = ("-std=c++17", "-O2", "-fPIC", "-shared")
    subprocess.run([compiler("g++"), *options, *includes, *sources, "-o", path], check=True)
    return ctypes.CDLL(str(path))


def face_of(weights: list[float], extras: tuple[str, ...]):
    values = np.array(weights[: COUNT + len(extras)], np.float32)
    source = np.where(np.isnan(values), Source.ABSENT, Source.MEASURED).astype(np.uint8)
    return drawn(1, extras, weights=values, source=source)


def by_layer(library, name: str, face) -> np.ndarray:
    values = np.full(128, 9, np.float32)
    pointer = values.ctypes.data_as(ctypes.c_void_p)
    count = library.written(block_of(face), SCHEMES.index(name), pointer)
    assert (values[count:] == 9).all()
    return values[:count]


@pytest.mark.parametrize("name", SCHEMES)
@given(weights=WEIGHTS, extras=LISTS)
def test_the_same_numbers(library, name, weights, extras):
    face = face_of(weights, extras)
    got = by_layer(library, name, face)
    np.testing.assert_allclose(got, written(scheme(name), face), rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", SCHEMES)
@given(weights=WEIGHTS)
def test_extras_that_no_shipped_headset_has_are_passed_over(library, name, weights):
    """Values under wrong names would be worse than none."""
    unknown = EXTRAS[:7]
    assert unknown not in shipped_names().values()
    got = by_layer(library, name, face_of(weights, unknown))
    plain = written(scheme(name), face_of(weights, ()))
    np.testing.assert_allclose(got, plain, rtol=0, atol=1e-6)
