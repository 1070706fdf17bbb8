"""The wearer's graph: what a calibration means to features, to the step and to the face."""

import numpy as np
import pytest

from tests.model.export.networks import calibrations, features, model, positions, run
from vrface.model.calibration import Calibration
from vrface.model.export import exported
from vrface.model.export.figures import figures
from vrface.model.features import Levels


@pytest.mark.parametrize("seed", range(3))
def test_it_says_what_the_package_makes_of_calibrations(seed):
    of, kinds = model(seed=seed), calibrations(seed)
    places = positions(np.random.default_rng(seed))
    given = figures(kinds) | {"positions": np.stack([places] * len(kinds))}
    out = run(exported(of, len(kinds))["-wearer.onnx"])(given)
    known = of.known(kinds, places)
    np.testing.assert_allclose(out["code"], known.code, atol=1e-5)
    near = np.repeat(np.asarray(known.nearness), len(kinds), axis=0)
    np.testing.assert_allclose(out["nearness"], near, atol=1e-5)
    each = [one.levels(of.statistics) for one in kinds]
    levels = Levels(*(np.stack(part) for part in zip(*each, strict=True)))
    np.testing.assert_allclose(out["rest"], levels.rest, atol=1e-6)
    np.testing.assert_allclose(out["gain"], levels.gain, rtol=1e-5)
    expected = np.stack([one.face_rest(of.statistics) for one in kinds])
    np.testing.assert_allclose(out["face_rest"], expected, atol=1e-6)
    assert np.ptp(out["code"], axis=0).max() > 0.01


def test_zeros_are_a_wearer_of_whom_nothing_is_known():
    given = figures([Calibration.none()])
    assert not any(value.any() for value in given.values())


def test_a_face_seen_in_part_counts_for_what_was_seen():
    of = model()
    weights = np.full((30, 54), np.nan)
    weights[:, 3] = np.linspace(0.2, 0.9, 30)
    seen = features(np.random.default_rng(0), 30)
    kinds = [Calibration.paired(seen, weights, np.arange(30) / 60.0), Calibration.unpaired(seen)]
    nowhere = np.zeros((2, 128, 3), np.float32)
    out = run(exported(of, 2)["-wearer.onnx"])(figures(kinds) | {"positions": nowhere})
    code = of.known(kinds, nowhere[0]).code
    np.testing.assert_allclose(out["code"], code, atol=1e-5)
    assert out["face_rest"][0, 3] == pytest.approx(0.55, abs=0.02)
    assert out["face_rest"][0, 4] == of.statistics["face_rest"][4]
