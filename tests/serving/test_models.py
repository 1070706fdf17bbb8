"""A model is replaced while faces are made with it: nobody waits, and no bad one is ever shown."""

import asyncio
from dataclasses import replace

import jax.numpy as jnp
import numpy as np
import pytest

from tests.serving.harness import SMALL, RunningServer, frames, small_model
from vrface import Session
from vrface.client import RemoteSession
from vrface.errors import CheckpointError
from vrface.face import Expression
from vrface.model import checkpoint
from vrface.model.model import Model
from vrface.serving import trial
from vrface.serving.trial import ModelRefused


@pytest.fixture(scope="module")
def another(tmp_path_factory):
    return small_model(tmp_path_factory.mktemp("model") / "another", seed=8)


def broken(model: Model) -> Model:
    """The same model, whose weights are no numbers."""
    params = {name: jnp.full_like(leaf, jnp.nan) for name, leaf in model.params.items()}
    return replace(model, params=params, digest=bytes(32))


def put(running: RunningServer, load) -> bool:
    models, loop = running.service.models, running._loop
    return asyncio.run_coroutine_threadsafe(models.replace("small", load), loop).result(60) is True


@pytest.fixture
def running(model):
    with RunningServer({"small": model}) as server:
        yield server


@pytest.mark.parametrize("kind", ["other weights", "another architecture"])
def test_everybody_has_it_from_their_next_frame_on(running, model, another, kind, tmp_path):
    if kind == "another architecture":
        another = small_model(tmp_path / "wider", config=replace(SMALL, memory=24, width=32))
    made = frames(300)
    with RemoteSession(running.address) as remote:
        faces = list(remote.run(made[:100]))
        assert put(running, lambda: another)
        faces += remote.run(made[100:])
        assert [face.sequence for face in faces] == [frame.sequence for frame in made]
        with RemoteSession(running.address) as newcomer:
            assert newcomer.model_digest == another.digest
    assert running.stats.models_replaced == 1
    assert set(another.warm()) >= {1, 8}, "no frame compiles"
    old = list(Session(model=model).run(made))
    for face, expected in zip(faces[:100], old, strict=False):
        np.testing.assert_array_equal(face.weights, expected.weights)
    # What is shown blends into what the other one says, which has nothing to do with the old one.
    steps = np.abs(np.diff([face.weights[:54] for face in faces], axis=0))
    usual = max(steps[:99].max(), steps[130:].max())
    assert steps[99:115].max() < max(2 * usual, 0.15)
    new = list(Session(model=another).run(made))
    apart = [
        np.nanmax(np.abs(one.weights - two.weights)) for one, two in zip(faces, new, strict=True)
    ]
    assert min(apart[:100]) > 0.05 > max(apart[-30:])


def test_what_is_in_use_already_changes_nothing(running, model):
    assert not put(running, lambda: model)
    assert running.stats.models_replaced == running.stats.models_refused == 0


def test_a_damaged_checkpoint_is_refused(running, model, tmp_path):
    small_model(tmp_path / "damaged", seed=9)
    weights = tmp_path / "damaged" / "weights.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    with pytest.raises(CheckpointError):
        put(running, lambda: checkpoint.load(tmp_path / "damaged"))
    assert running.stats.models_refused == 1
    assert running.service.models["small"] is model


def test_a_model_that_says_what_is_no_number_is_refused(running, model):
    with pytest.raises(ModelRefused, match="what is no face behind"):
        put(running, lambda: broken(model))
    assert running.service.models["small"] is model


def test_a_model_that_is_much_slower_is_refused(running, another, monkeypatch):
    monkeypatch.setattr(trial, "_slower", lambda new, old: 3.0)
    with pytest.raises(ModelRefused, match=r"3\.0 times as long"):
        put(running, lambda: another)


def test_one_that_fails_after_all_is_never_shown(running, model, monkeypatch):
    monkeypatch.setattr("vrface.serving.models.tried", lambda new, old: None)
    made = frames(200)
    with RemoteSession(running.address) as remote:
        faces = list(remote.run(made[:100]))
        assert put(running, lambda: broken(model))
        faces += remote.run(made[100:])
    assert running.stats.models_given_up == 1
    assert running.stats.failed == 0
    assert running.service.models["small"] is model
    for face, expected in zip(faces, Session(model=model).run(made), strict=True):
        np.testing.assert_array_equal(face.source, expected.source)
        # It blends for a tenth of a second, from the old one to the old one.
        np.testing.assert_allclose(face.weights, expected.weights, atol=0.3)
    apart = [
        np.nanmax(np.abs(face.weights - expected.weights))
        for face, expected in zip(faces, Session(model=model).run(made), strict=True)
    ]
    assert max(apart[:100]) == 0.0
    assert max(apart[-50:]) < 1e-6


def test_many_replacements_drop_no_frame(running, model, another):
    made = frames(200)
    with RemoteSession(running.address) as remote:
        faces: list[Expression] = []
        for number in range(10):
            assert put(running, lambda number=number: [another, model][number % 2])
            faces += remote.run(made[20 * number : 20 * number + 20])
    assert [face.sequence for face in faces] == [frame.sequence for frame in made]
    assert running.stats.models_replaced == 10
