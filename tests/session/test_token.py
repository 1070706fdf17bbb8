"""A wearer goes on elsewhere as if nothing had happened."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save

from tests.model import calibrations
from tests.session.test_pipeline import MODEL, frames, step
from vrface.face.blendshapes import GROUPS
from vrface.face.expression import Style
from vrface.face.smoothing import Smoothing
from vrface.model.calibration import Calibration
from vrface.sensors.headset import headset
from vrface.session.pipeline import Pipeline
from vrface.session.token import PURPOSE, VERSION, Kind, remembered, token
from vrface.trust.seal import Seal

PROFILE = headset("vive_pro_eye_lip")
SEAL = Seal(bytes(32), PURPOSE)
KIND = Kind.of(PROFILE, MODEL.digest, b"", "expected", 0)


@pytest.mark.parametrize("style", ["expected", "lively"])
@pytest.mark.parametrize("known", [Calibration.none(), calibrations.resting("unpaired", 0.2)])
@pytest.mark.parametrize("lived", [3, 900])
def test_who_is_resumed_elsewhere_has_the_very_same_faces(
    style: Style, known: Calibration, lived: int
) -> None:
    made = list(frames(PROFILE, 1, lived + 90))
    calm = Smoothing.usual()
    whole = Pipeline(PROFILE, MODEL, 1, [known], style, [5], [calm])
    for frame in made[:lived]:
        before = step(whole, frame)
    kind = Kind.of(PROFILE, MODEL.digest, b"known", style, 5)
    sealed = token(SEAL, kind, whole.taken(0))
    assert 5_000 < len(sealed) < 40_000

    other = Pipeline(PROFILE, MODEL, 3, style=style, seeds=[1, 2, 3])
    for frame in frames(PROFILE, 2, 20):
        step(other, frame, (0, 1, 2))
    other.begin(1, known, seed=5, smoothing=calm)
    found = remembered(SEAL, kind, sealed)
    assert found is not None
    assert other.resume(1, found)
    beside = other.taken(0)
    rows = np.array([1])
    for frame in made[lived:]:
        expected = step(whole, frame)
        other.push([(1, frame)])
        got = other.step(np.array([frame.sequence]), np.array([frame.frame_time_ns]), rows)
        for name in ("weights", "stddev", "source", "confidence", "gaze", "loc", "scale"):
            np.testing.assert_array_equal(getattr(got, name), getattr(expected, name), name)
    assert np.abs(expected.weights - before.weights).max() > 0.0
    for name, array in other.taken(0).items():
        np.testing.assert_array_equal(array, beside[name])


def test_a_token_is_what_safetensors_writes() -> None:
    arrays: dict[str, NDArray[Any]] = {
        "b": np.arange(3, dtype=np.float32)[None],
        "a.long name": np.zeros((1, 0, 2), np.int64),
        "c": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "a": np.array([True]),
    }
    said = json.dumps({"version": VERSION, **KIND._asdict()})
    contiguous = {name: np.ascontiguousarray(one) for name, one in arrays.items()}
    for _ in range(2):
        text = SEAL.open(token(SEAL, KIND, arrays))
        assert text == save(contiguous, metadata={"kind": said})


def test_a_token_of_another_session_resumes_nothing() -> None:
    pipeline = Pipeline(PROFILE, MODEL)
    sealed = token(SEAL, KIND, pipeline.taken(0))
    assert remembered(SEAL, KIND, sealed) is not None
    others = [
        Kind.of(replace(PROFILE, version="9"), MODEL.digest, b"", "expected", 0),
        Kind.of(PROFILE, bytes(32), b"", "expected", 0),
        Kind.of(PROFILE, MODEL.digest, b"somebody", "expected", 0),
        Kind.of(PROFILE, MODEL.digest, b"", "lively", 0),
    ]
    assert all(remembered(SEAL, kind, sealed) is None for kind in others)
    assert Kind.of(PROFILE, MODEL.digest, b"", "expected", 7) == KIND
    assert remembered(Seal(), KIND, sealed) is None
    assert remembered(SEAL, KIND, sealed[:-1]) is None
    for text in (b"", b"x" * 9, b"\xff" * 40, save({"a": np.zeros(1)}), _saying({"kind": "[]"})):
        assert remembered(SEAL, KIND, SEAL.seal(text)) is None


def _saying(metadata: dict[str, str]) -> bytes:
    return save({"a": np.zeros(1)}, metadata=metadata)


def test_who_is_resumed_is_shown_as_calm_as_they_say_now() -> None:
    still = Smoothing.parse(",".join(f"{group}=0.01:0" for group in GROUPS) + ",measured")
    whole, calmer = Pipeline(PROFILE, MODEL), Pipeline(PROFILE, MODEL, smoothings=[still])
    made = list(frames(PROFILE, 1, 30))
    for frame in made[:20]:
        before = step(whole, frame)
    assert calmer.resume(0, whole.taken(0))
    for frame in made[20:]:
        plain, calm = step(whole, frame), step(calmer, frame)
    moved, left = (np.abs(one.weights - before.weights).sum() for one in (plain, calm))
    assert 0.0 < left < 0.1 * moved
    np.testing.assert_array_equal(plain.source, calm.source)


def test_what_does_not_fit_changes_nothing() -> None:
    pipeline = Pipeline(PROFILE, MODEL)
    for frame in frames(PROFILE, 0, 5):
        step(pipeline, frame)
    whole = pipeline.taken(0)
    name = next(name for name in whole if "numbers" in name)
    for odd in (
        {},
        {k: v for k, v in whole.items() if k != name},
        whole | {name: whole[name][:, :1]},
        whole | {name: whole[name].astype(np.float64)},
        whole | {"more": np.zeros(1)},
    ):
        assert not pipeline.resume(0, odd)
    for key, array in pipeline.taken(0).items():
        np.testing.assert_array_equal(array, whole[key])


def test_a_token_says_nothing_of_a_face() -> None:
    pipeline = Pipeline(PROFILE, MODEL)
    for frame in frames(PROFILE, 0, 5):
        face = step(pipeline, frame)
    sealed = token(SEAL, KIND, pipeline.taken(0))
    assert face.weights[0, :8].tobytes() not in sealed
    assert json.dumps(KIND.model).encode() not in sealed
