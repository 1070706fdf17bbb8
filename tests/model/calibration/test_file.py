"""The calibration file: what went in comes out, by name; nothing else is believed."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from tests.model.export import networks
from tests.model.some_calibrations import ABOUT, assert_same, some
from vrface.errors import CalibrationError
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.model.calibration import MODES, About, Calibration
from vrface.model.calibration import file as calibration_file
from vrface.model.calibration.calibration import Touch
from vrface.model.calibration.file import MOST_BYTES, load, loaded, packed, save, unpacked
from vrface.model.calibration.summary import REST
from vrface.model.export import exported
from vrface.model.export.figures import figures

PAGE = (Path(__file__).parents[3] / "docs" / "calibration.md").read_text("utf-8")
KEY = "vrface_calibration"
MODEL = bytes(range(32))


def opened(data: bytes) -> tuple[dict, dict]:
    """Metadata and arrays of a file."""
    length = int.from_bytes(data[:8], "little")
    return json.loads(json.loads(data[8 : 8 + length])["__metadata__"][KEY]), load_tensors(data)


def closed(about: dict, arrays: dict) -> bytes:
    return save_tensors(arrays, {KEY: json.dumps(about)})


def read(data: bytes) -> Calibration | CalibrationError:
    """What it is, or why it is none; no other error comes."""
    try:
        return unpacked(data)
    except CalibrationError as error:
        return error


def altered(**changes) -> bytes:
    """A file whose metadata say something else."""
    about, arrays = opened(packed(some(model=MODEL)))
    return closed({**about, **changes}, arrays)


@given(
    seed=st.integers(0, 1000),
    mode=st.sampled_from(MODES),
    seen=st.sampled_from([0.0, 0.3, 1.0]),
    model=st.none() | st.binary(min_size=32, max_size=32),
    about=st.builds(
        About,
        *[st.text(max_size=20)] * 3,
        st.floats(0.0, 1e6),
    ),
)
def test_what_is_packed_comes_back_to_the_bit(seed, mode, seen, model, about):
    calibration = some(seed, mode, seen, about, model)
    data = packed(calibration)
    assert_same(unpacked(data), calibration)
    assert packed(unpacked(data)) == data


@given(st.binary(max_size=400))
def test_bytes_by_chance_are_refused(data):
    with pytest.raises(CalibrationError, match="damaged, or no calibration"):
        unpacked(data)


@given(
    at=st.integers(0, 20_000),
    flip=st.integers(1, 255),
    seed=st.integers(0, 3),
    model=st.sampled_from([None, MODEL]),
)
def test_an_altered_byte_is_refused_or_still_a_calibration(at, flip, seed, model):
    data = bytearray(packed(some(seed, model=model)))
    data[at % len(data)] ^= flip
    found = read(bytes(data))
    if isinstance(found, Calibration):
        assert found.sensors.shape == Calibration.none().sensors.shape
        assert not np.isinf(found.sensors).any()
    else:
        assert found.advice


@given(st.integers(0, 30_000))
def test_a_part_of_a_file_is_refused(length):
    data = packed(some(model=MODEL))
    with pytest.raises(CalibrationError, match="damaged"):
        unpacked(data[: length % len(data)])


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(
    name=st.sampled_from(["version", "mode", "seconds", "wearer", "sensors", "face", "touch"]),
    value=json_values,
)
def test_metadata_of_any_kind_are_refused_or_read(name, value):
    found = read(altered(**{name: value}))
    assert isinstance(found, Calibration) or "\n" not in str(found)


def test_rows_and_columns_are_found_by_name_in_any_order():
    calibration = some(model=MODEL)
    about, arrays = opened(packed(calibration))
    for name in ("sensors", "face"):
        rows, columns = about[name]["rows"], about[name]["columns"]
        arrays[name] = np.ascontiguousarray(arrays[name][::-1, ::-1])
        about[name] = {"rows": rows[::-1], "columns": columns[::-1]}
    about["touch"]["columns"] = about["touch"]["columns"][::-1]
    arrays["move"] = np.ascontiguousarray(arrays["move"][:, ::-1])
    arrays["widen"] = np.ascontiguousarray(arrays["widen"][::-1])
    assert_same(unpacked(closed(about, arrays)), calibration)


def test_what_has_no_place_here_is_passed_over_and_what_lacks_was_not_seen():
    calibration = some(seen=1.0)
    about, arrays = opened(packed(calibration))
    about["sensors"]["columns"][3] = "tongue_tracker/twist"
    about["face"]["rows"][0] = "mode"
    about["another"] = [1, 2, 3]
    found = unpacked(closed(about, arrays))
    assert np.isnan(found.sensors[:, 3]).all()
    others = np.delete(np.arange(256), 3)
    np.testing.assert_array_equal(found.sensors[:, others], calibration.sensors[:, others])
    assert np.isnan(found.face[0]).all()
    np.testing.assert_array_equal(found.face[1:], calibration.face[1:])


@pytest.mark.parametrize("row", range(6))
def test_a_sensor_that_lacks_a_figure_was_not_seen(row):
    about, arrays = opened(packed(some(seen=1.0)))
    partly = dict(arrays, sensors=arrays["sensors"].copy())
    partly["sensors"][row, 7] = np.nan
    found = unpacked(closed(about, partly)).sensors
    assert np.isnan(found[:, 7]).all()
    assert np.isfinite(np.delete(found, 7, axis=1)).all()
    about["sensors"]["rows"][row] = "mode"
    assert np.isnan(unpacked(closed(about, arrays)).sensors).all()


def test_a_sensor_that_lacks_a_figure_means_the_same_in_an_exported_graph():
    of = networks.model()
    about, arrays = opened(packed(some(seen=1.0)))
    arrays["sensors"][[0, 3, REST], [5, 9, 11]] = np.nan
    about["sensors"]["columns"][20] = "tongue_tracker/twist"
    found = unpacked(closed(about, arrays))
    nowhere = np.zeros((1, 128, 3), np.float32)
    given = figures([found]) | {"positions": nowhere}
    out = networks.run(exported(of)["-wearer.onnx"])(given)
    levels = found.levels(of.statistics)
    np.testing.assert_allclose(out["rest"][0], levels.rest, atol=1e-6)
    np.testing.assert_allclose(out["gain"][0], levels.gain, rtol=1e-5)
    code = of.known([found], nowhere[0]).code
    np.testing.assert_allclose(out["code"], code, atol=1e-5)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"version": 2}, "version 2; this vrface reads up to 1"),
        ({"version": True}, "does not say its version"),
        ({"mode": "guessed"}, "no known mode; known: none, unpaired, paired"),
        ({"seconds": -1.0}, "how many seconds"),
        ({"seconds": float("nan")}, "how many seconds"),
        ({"wearer": 7}, "where it comes from"),
        ({"touch": {"model": "ab", "columns": []}}, "whose laws"),
    ],
)
def test_what_makes_no_sense_is_told(changes, says):
    with pytest.raises(CalibrationError, match=says) as caught:
        unpacked(altered(**changes), "the calibration x")
    assert caught.value.message.startswith("the calibration x ")
    assert caught.value.advice == "Make a new one: vrface calibrate."


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("sensors", np.inf, "holds a q5 of sensors out of"),
        ("sensors", 1e9, "holds a q5 of sensors out of"),
        ("face", 1.5, r"holds a rest of face out of \[0, 1\]"),
        ("face", -0.1, r"holds a rest of face out of \[0, 1\]"),
        ("move", np.nan, "holds a move beyond 10000"),
        ("widen", 0.0, r"a widening out of \[0.1, 10\]"),
        ("widen", np.nan, r"a widening out of \[0.1, 10\]"),
    ],
)
def test_figures_that_no_wearer_has_are_refused(name, value, says):
    about, arrays = opened(packed(some(model=MODEL)))
    arrays = {key: array.copy() for key, array in arrays.items()}
    arrays[name].flat[0] = value
    with pytest.raises(CalibrationError, match=says):
        unpacked(closed(about, arrays))


def test_arrays_that_are_not_as_their_names_say_are_refused():
    about, arrays = opened(packed(some(model=MODEL)))
    with pytest.raises(CalibrationError, match="its names say"):
        unpacked(closed(about, {**arrays, "sensors": arrays["sensors"][:, 1:].copy()}))
    with pytest.raises(CalibrationError, match="float64"):
        unpacked(closed(about, {**arrays, "face": arrays["face"].astype(np.float64)}))
    with pytest.raises(CalibrationError, match="damaged"):
        unpacked(closed(about, {name: arrays[name] for name in ("sensors", "move", "widen")}))
    twice = [about["face"]["columns"][0]] * len(about["face"]["columns"])
    with pytest.raises(CalibrationError, match="twice"):
        unpacked(closed({**about, "face": {**about["face"], "columns": twice}}, arrays))


def test_too_much_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(calibration_file, "_about", lambda data: pytest.fail("it was parsed"))
    with pytest.raises(CalibrationError, match=f"more than {MOST_BYTES} bytes"):
        unpacked(bytes(MOST_BYTES + 1))
    (tmp_path / "a.calibration").write_bytes(bytes(10 * MOST_BYTES))
    with pytest.raises(CalibrationError, match=f"more than {MOST_BYTES} bytes"):
        load(tmp_path / "a.calibration")


def test_the_largest_network_fits(tmp_path):
    from vrface.model.config import LARGEST

    data = packed(some(seen=1.0, model=MODEL, width=LARGEST["width"]))
    assert len(data) <= MOST_BYTES


def test_what_load_would_refuse_is_not_written(tmp_path):
    wild = some(model=MODEL)
    touch = Touch(MODEL, np.full((17, COUNT), 1e6, np.float32), np.ones(COUNT, np.float32))
    with pytest.raises(CalibrationError, match="holds a move beyond"):
        save(tmp_path / "a.calibration", replace(wild, touch=touch))
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_its_owners_alone_and_replaced_as_a_whole(tmp_path):
    path = tmp_path / "a.calibration"
    path.write_bytes(b"older")
    path.chmod(0o644)
    calibration = some(model=MODEL)
    save(path, calibration)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert_same(load(path), calibration)
    assert_same(loaded(str(path)), calibration)
    assert loaded(calibration) is calibration
    assert [found.name for found in tmp_path.iterdir()] == ["a.calibration"]


def test_what_cannot_be_read_or_written_is_told_in_one_line(tmp_path):
    with pytest.raises(CalibrationError, match=r"cannot read the calibration .*a\.calibration"):
        load(tmp_path / "a.calibration")
    with pytest.raises(CalibrationError, match="cannot read"):
        load(tmp_path)
    with pytest.raises(CalibrationError, match="cannot write"):
        save(tmp_path / "none" / "a.calibration", some())
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "kept").touch()
    with pytest.raises(CalibrationError, match="cannot write"):
        save(tmp_path / "folder", some())
    assert [found.name for found in tmp_path.iterdir()] == ["folder"]


def test_the_file_of_a_shape_that_never_moves_does_not_hold_it():
    calibration = some(model=MODEL)
    assert calibration.touch is not None
    about, arrays = opened(packed(calibration))
    moved = calibration.touch.move.any(axis=0)
    assert about["touch"]["columns"] == [BLENDSHAPES[n] for n in np.flatnonzero(moved)]
    assert arrays["move"].shape == (17, moved.sum())
    assert about["wearer"] == ABOUT.wearer


def test_the_page_names_all_of_the_layout():
    about, arrays = opened(packed(some(model=MODEL)))
    told = {KEY, *MODES, *about, *about["touch"], *about["sensors"], *arrays}
    told |= {*about["sensors"]["rows"], *about["face"]["rows"]}
    assert {name for name in told if f"`{name}`" not in PAGE} == set()
    assert "`lids/openness_left`" in PAGE
    assert "lids/openness_left" in calibration_file._SLOTS


def test_the_page_uses_a_calibration_behind_the_headset_it_is_of():
    lines = [line for line in PAGE.splitlines() if "vrcft" in line]
    assert len(lines) == 3
    for line in lines:
        assert "--headset quest_pro" in line or 'headset="quest_pro"' in line
