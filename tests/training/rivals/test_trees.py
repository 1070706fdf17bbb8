"""Trees: they say what scikit-learn's say, without it, and whatever is sensed."""

import jax.numpy as jnp
import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingRegressor

from tests.training.rivals.small_cases import EVERYTHING, rows, sensed, wandering
from vrface.errors import BadUse, CheckpointError
from vrface.face.blendshapes import COUNT
from vrface.model import ridge
from vrface.model.calibration import Arrays
from vrface.model.checkpoint import LARGEST_VALUE
from vrface.training.rivals import trees

WIDE = ridge.combination_of(np.array(ridge.SENSORS) == "wide_squeeze")


@pytest.fixture(scope="module", autouse=True)
def _few():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(trees.SETTINGS, "max_iter", 12)
        yield


@pytest.fixture(scope="module")
def fitted(_few):
    return trees.fit(rows())


def located(arrays, of):
    return trees.draft(arrays, sensed(of)).loc[0]


def test_they_say_what_scikit_learn_says(monkeypatch):
    machines, real = [], HistGradientBoostingRegressor.fit

    def fit(self, inputs, truth):
        machines.append(self)
        return real(self, inputs, truth)

    monkeypatch.setattr(HistGradientBoostingRegressor, "fit", fit)
    arrays, asked = trees.fit(rows()), rows(count=500, seed=1)
    inputs = trees.inputs_of(asked.regressors, asked.there)
    expected = np.stack([machine.predict(inputs) for machine in machines], axis=1)
    assert expected.std(axis=0).min() > 0.01
    np.testing.assert_allclose(located(arrays, asked)[:, [3, 20, 41]], expected, atol=1e-5)


def test_a_value_on_a_threshold_goes_where_scikit_learn_sends_it():
    rng = np.random.default_rng(0)
    # Half-way between two of these, in float64, lies no float32.
    levels = np.array([0.1, np.nextafter(np.float32(0.1), np.float32(1.0))], np.float32)
    inputs = rng.choice(levels, (400, 3))
    machine = HistGradientBoostingRegressor(**trees.SETTINGS)
    machine.fit(inputs, (inputs[:, 1] == levels[1]).astype(float))
    kept = {name: jnp.asarray(value[None]) for name, value in trees._kept(machine).items()}
    kept["feature"] = kept["feature"].astype(jnp.int32)
    found = trees.predicted(kept, inputs)[:, 0]
    np.testing.assert_allclose(found, machine.predict(inputs), atol=1e-6)
    assert np.ptp(found) > 0.5


def test_they_learn_and_leave_the_unknown_at_rest(fitted):
    asked = rows(count=500, seed=1)
    found = located(fitted, asked)
    for shape in (3, 20, 41):
        assert np.corrcoef(found[:, shape], asked.truth[:, shape])[0, 1] > 0.5
    assert not np.delete(found, [3, 20, 41], axis=1).any()


def test_a_poorer_headset_has_been_seen_too():
    """A shape that one sensor tells: without it, the usual face and not that of a zero."""
    learned = rows(count=1500)
    place = 1 + int(np.flatnonzero(np.array(ridge.SENSORS)[ridge.SENSOR_OF] == "wide_squeeze")[0])
    learned.regressors[:, place] = np.where(np.arange(1500) % 3 == 0, 0.0, 0.5)
    learned.truth[:, 3] = np.where(np.arange(1500) % 3 == 0, 0.0, 0.9)
    poorer = rows(count=50, there=EVERYTHING - WIDE, seed=1)
    found = located(trees.fit(learned), poorer)[:, 3]
    np.testing.assert_allclose(found.mean(), 0.6, atol=0.15)


def test_the_same_rows_give_the_same_trees(fitted):
    again = trees.fit(rows())
    assert set(again) == {
        f"gbt.{name}" for name in ("shapes", "base", "feature", "threshold", "leaf")
    }
    for name, value in again.items():
        np.testing.assert_array_equal(value, fitted[name])
        assert value.dtype == np.float32
        assert (np.abs(value) <= LARGEST_VALUE).all()


def test_few_rows_give_stumps_and_no_error():
    learned = rows(count=5, known=(7,))
    found = located(trees.fit(learned), learned)
    np.testing.assert_allclose(found[:, 7], learned.truth[:, 7].mean(), atol=1e-5)


def test_a_case_has_a_law_for_every_wearer_and_frame(fitted):
    law = trees.draft(fitted, wandering(frames=50, wearers=3))
    assert law.loc.shape == (3, 50, COUNT)
    assert np.isfinite(law.loc).all()
    assert law.scale.shape == (1, 1, COUNT)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(trees, "find_spec", lambda name: None)
    with pytest.raises(BadUse, match=r"pip install 'vrface\[train\]'"):
        trees.require_sklearn()


@pytest.mark.parametrize("changed", ["elsewhere", "otherwise"])
def test_a_version_that_keeps_its_trees_otherwise_is_refused(monkeypatch, changed):
    real = HistGradientBoostingRegressor.fit

    def fit(self, inputs, truth):
        machine = real(self, inputs, truth)
        if changed == "elsewhere":
            del machine._predictors
        else:
            machine.predict = lambda inputs: np.ones(len(inputs))
        return machine

    monkeypatch.setattr(HistGradientBoostingRegressor, "fit", fit)
    with pytest.raises(BadUse, match="keeps its trees in another way"):
        trees.fit(rows(known=(3,)))


def test_arrays_that_do_not_fit_together_are_refused(fitted):
    far = fitted["gbt.feature"] + trees.INPUTS
    cut = fitted["gbt.leaf"][:, :-1]
    nothing: Arrays = {}
    for wrong in (nothing, fitted | {"gbt.leaf": cut}, fitted | {"gbt.feature": far}):
        with pytest.raises(CheckpointError, match="gbt"):
            trees.draft(wrong, wandering(frames=2))
