import json
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rig.avatars import BYTE, FACE, FLOAT, SHORT, Builder, face
from vrface.errors import BadUse
from vrface.rig.gltf import Gltf


@pytest.fixture
def avatar(tmp_path):
    return face().glb(tmp_path / "face.glb")


def test_a_binary_file_and_one_of_text_hold_the_same_arrays(tmp_path, avatar):
    text = face().gltf(tmp_path / "face.gltf")
    for path in (avatar, text):
        assert np.allclose(Gltf.read(path).accessor(0), FACE)


def test_normalised_integers_are_read_as_floats(tmp_path):
    builder = face()
    number = builder.array([[0, 128, 255]], BYTE, "VEC3", normalized=True)
    values = Gltf.read(builder.glb(tmp_path / "a.glb")).accessor(number)
    assert np.allclose(values, [[0, 128 / 255, 1]])


def test_an_interleaved_view_is_read_by_its_stride(tmp_path):
    builder = Builder()
    rows = np.arange(12, dtype="<f4").reshape(2, 6)
    view = builder.view(rows.tobytes(), byteStride=24)
    entry = {"bufferView": view, "byteOffset": 12, "componentType": FLOAT, "count": 2}
    builder.document["accessors"].append({**entry, "type": "VEC3"})
    assert np.array_equal(Gltf.read(builder.glb(tmp_path / "a.glb")).accessor(0), rows[:, 3:])


def test_a_sparse_accessor_is_zero_but_for_what_it_names(tmp_path):
    builder = Builder()
    at = builder.view(np.array([1, 3], "<u2").tobytes())
    new = builder.view(np.array([[1, 2, 3], [4, 5, 6]], "<f4").tobytes())
    sparse = {
        "count": 2,
        "indices": {"bufferView": at, "componentType": SHORT},
        "values": {"bufferView": new},
    }
    entry = {"componentType": FLOAT, "count": 5, "type": "VEC3", "sparse": sparse}
    builder.document["accessors"].append(entry)
    values = Gltf.read(builder.glb(tmp_path / "a.glb")).accessor(0)
    assert np.array_equal(values[[1, 3]], [[1, 2, 3], [4, 5, 6]])
    assert not values[[0, 2, 4]].any()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no glTF file"),
        (b"solid stl", "no glTF file"),
        (b"[1, 2]", "no glTF file"),
        (b'{"asset": {"version": "1.0"}}', "not 2"),
        (struct.pack("<III", 0x46546C67, 2, 99), "cut short"),
        (b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "../a.bin"}]}', "not beside it"),
        (b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "http://a/b"}]}', "not beside it"),
        (b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "gone.bin"}]}', "cannot be read"),
        (b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "%2e%2e/a.bin"}]}', "not beside it"),
        (b'{"asset": {"version": "2.0"}, "buffers": [{"uri": "data:x,=="}]}', "data URI"),
        (b'{"asset": {"version": "2.0"}, "buffers": [7]}', "makes no sense"),
        (b'{"asset": {"version": "2.0"}, "extensionsRequired": 7}', "makes no sense"),
    ],
)
def test_what_is_no_avatar_is_refused_in_words(tmp_path, data, words):
    path = tmp_path / "x.glb"
    path.write_bytes(data)
    with pytest.raises(BadUse, match=words):
        Gltf.read(path)


def test_a_buffer_beside_the_file_is_found_though_its_name_has_a_space(tmp_path):
    builder = face()
    builder.document["buffers"] = [{"byteLength": len(builder.blob), "uri": "my%20face.bin"}]
    (tmp_path / "my face.bin").write_bytes(bytes(builder.blob))
    (tmp_path / "a.gltf").write_text(json.dumps(builder.document))
    assert np.allclose(Gltf.read(tmp_path / "a.gltf").accessor(0), FACE)


def test_a_compressed_avatar_says_what_to_do(tmp_path):
    builder = face()
    builder.document["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    with pytest.raises(BadUse, match="compressed") as raised:
        Gltf.read(builder.glb(tmp_path / "a.glb"))
    assert "uncompressed" in str(raised.value)


@given(st.sampled_from(["bufferView", "count", "type", "componentType"]), st.integers(-9, 10**12))
def test_an_accessor_that_leads_nowhere_raises_nothing_else(tmp_path_factory, entry, value):
    builder = face()
    builder.document["accessors"][0][entry] = value
    gltf = Gltf.read(builder.glb(tmp_path_factory.mktemp("a") / "a.glb"))
    with suppress(BadUse):  # of any other error the test fails
        assert gltf.accessor(0).ndim in (1, 2)


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_never_raises_anything_else(tmp_path_factory, place, noise):
    data = bytearray(face().glb(tmp_path_factory.mktemp("a") / "a.glb").read_bytes())
    data[place : place + len(noise)] = noise
    path = tmp_path_factory.mktemp("b") / "b.glb"
    path.write_bytes(bytes(data))
    with suppress(BadUse):
        gltf = Gltf.read(path)
        for number in range(len(gltf.listed("accessors"))):
            gltf.accessor(number)


def test_the_document_is_json_of_its_own(avatar):
    assert json.dumps(Gltf.read(avatar).document)
