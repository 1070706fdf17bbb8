"""`traced`: a function is traced once, whoever asks for it later."""

import os
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from vrface.model import compile_cache
from vrface.model import traced as module
from vrface.model.traced import Made, traced

TWO = np.array([1.0, 2.0], np.float32)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """A cache of this test's own; what this process knows already does not count."""
    monkeypatch.setattr(compile_cache, "enable", lambda: tmp_path)
    monkeypatch.setattr(module, "_known", {})
    return tmp_path


class Makes:
    """Makes a function of an array and a dict, and counts how often it is asked to."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> Made:
        self.asked += 1
        return lambda one, more: [one + more["a"], jnp.sin(one)]


@pytest.fixture
def makes():
    return Makes()


def entries(cache):
    return [path for path in cache.iterdir() if path.suffix != ".sha256"]


def forget(monkeypatch):
    monkeypatch.setattr(module, "_known", {})


def check(call, one=TWO):
    added, sine = call(one, {"a": one})
    np.testing.assert_array_equal(added, 2 * one)
    np.testing.assert_allclose(sine, np.sin(one), rtol=1e-6)


def test_it_is_asked_for_once_in_all(cache, makes, monkeypatch) -> None:
    for _ in range(3):
        check(traced("f", makes, TWO, {"a": TWO}))
    forget(monkeypatch)  # another process
    check(traced("f", makes, TWO, {"a": TWO}))
    assert makes.asked == 1
    assert len(entries(cache)) == 1


def test_what_was_read_gives_the_same_bits(cache, monkeypatch) -> None:
    weights = np.random.default_rng(0).normal(size=(64, 64)).astype(np.float32)

    def make():
        return lambda x: [jnp.tanh(jax.lax.cond(x.any(), lambda: x @ x.T, lambda: x) @ x)]

    first = np.asarray(traced("f", make, weights)(weights)[0])
    forget(monkeypatch)
    np.testing.assert_array_equal(first, traced("f", make, weights)(weights)[0])


@pytest.mark.parametrize(
    ("name", "array"), [("g", TWO), ("f", TWO[:1]), ("f", TWO.astype(np.int32))]
)
def test_another_name_shape_or_kind_is_another_function(cache, makes, name, array) -> None:
    traced("f", makes, TWO, {"a": TWO})
    traced(name, makes, array, {"a": array})
    assert makes.asked == len(entries(cache)) == 2


def test_where_the_text_has_changed_it_is_traced_anew(cache, makes, monkeypatch) -> None:
    traced("f", makes, TWO, {"a": TWO})
    forget(monkeypatch)
    monkeypatch.setattr(module, "_written", lambda: "another")
    check(traced("f", makes, TWO, {"a": TWO}))
    assert makes.asked == len(entries(cache)) == 2


@pytest.mark.parametrize("damage", [b"", b"half", None])
def test_what_is_not_whole_is_traced_anew(cache, makes, monkeypatch, damage) -> None:
    traced("f", makes, TWO, {"a": TWO})
    (entry,) = entries(cache)
    data = entry.read_bytes()
    entry.write_bytes(data[:-1] + b"?" if damage is None else damage)
    forget(monkeypatch)
    check(traced("f", makes, TWO, {"a": TWO}))
    assert makes.asked == 2
    assert compile_cache.read(entry)


def test_what_is_whole_and_no_program_is_traced_anew(cache, makes, monkeypatch) -> None:
    traced("f", makes, TWO, {"a": TWO})
    (entry,) = entries(cache)
    compile_cache.keep(entry, b"no program")
    forget(monkeypatch)
    check(traced("f", makes, TWO, {"a": TWO}))


def test_without_a_cache_it_is_traced_all_the_same(makes, monkeypatch) -> None:
    forget(monkeypatch)
    monkeypatch.setattr(compile_cache, "enable", lambda: None)
    check(traced("f", makes, TWO, {"a": TWO}))
    check(traced("f", makes, TWO, {"a": TWO}))
    assert makes.asked == 1


def test_a_cache_that_cannot_be_written_is_no_harm(tmp_path, makes, monkeypatch) -> None:
    forget(monkeypatch)
    monkeypatch.setattr(compile_cache, "enable", lambda: tmp_path / "is" / "not" / "there")
    check(traced("f", makes, TWO, {"a": TWO}))


SESSION = """
import sys, vrface
with vrface.Session(tracker="synthetic", headset="vive_pro_eye_lip") as session:
    face = next(iter(session.take(1)))
print("flax" in sys.modules, face.weights.tobytes().hex())
"""


def test_a_second_start_needs_no_flax(tmp_path) -> None:
    told = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", SESSION],
            env=os.environ | {"VRFACE_CACHE": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        )
        told.append(done.stdout.split())
    assert [flax for flax, _ in told] == ["True", "False"]
    assert told[0][1] == told[1][1]
