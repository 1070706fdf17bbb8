from dataclasses import replace

import numpy as np
import pytest

from tests.model.calibrations import resting
from vrface.model.calibration import Calibration
from vrface.training import recording as module
from vrface.training.case import seen_by
from vrface.training.drops import Drops
from vrface.training.recording import Trial, infer, inferences
from vrface.training.sequences import features_of

FIELDS = ("features", "dt", "loc", "scale", "weights", "source")


@pytest.fixture(scope="module")
def trials(recording, drawn_model):
    """Two recordings of unlike length, one under two modes and with a silenced wearer."""
    nothing = Calibration.none()
    known = resting("paired", sensors=0.14)
    long, short = recording(seed=1, seconds=4, seeds=(0, 1)), recording(seed=2, seconds=2)
    silenced = Drops(np.array([10**9]), np.array([2 * 10**9])).silence(long.wearers[0])
    return [
        Trial(long, "none", [nothing] * 2, silenced),
        Trial(long, "paired", [known] * 2, silenced),
        Trial(short, "none", [nothing] * 2),
    ]


def alone(trial, model):
    return infer(trial.recording, model, trial.calibrations)


def test_columns_side_by_side_give_what_each_gives_alone(trials, drawn_model):
    found = dict(inferences(trials, drawn_model))
    assert set(found) == set(trials)
    for trial, inferred in found.items():
        expected = alone(trial, drawn_model)
        for name in FIELDS:
            np.testing.assert_allclose(
                getattr(inferred, name), getattr(expected, name), atol=2e-5, err_msg=name
            )
        assert len(inferred.step_us) == trial.frames
        assert inferred.beside == sum(len(trial.columns) for trial in trials)


def test_the_silenced_wearer_is_the_first_one_without_its_sensors(trials, drawn_model):
    found = dict(inferences(trials[:1], drawn_model))[trials[0]]
    expected = infer(
        replace(trials[0].recording, wearers=(trials[0].silenced,)),
        drawn_model,
        trials[0].calibrations[:1],
    )
    assert found.silenced is not None
    np.testing.assert_allclose(found.silenced.loc, expected.loc, atol=2e-5)
    assert not np.allclose(found.silenced.loc[0], found.loc[0], atol=2e-5)


def test_what_does_not_fit_together_runs_one_after_another(trials, drawn_model, monkeypatch):
    monkeypatch.setattr(module, "CELLS", 500)
    told = []
    found = list(inferences(trials, drawn_model, lambda *share: told.append(share)))
    assert [trial.mode for trial, _ in found] == ["none", "none", "paired"]
    assert [inferred.beside for _, inferred in found] == [2, 6, 6]
    assert [key for key, done in told if done == 1.0] == [
        trials[2].recording.key,
        trials[0].recording.key,
    ]


def test_headsets_never_run_together(recording, drawn_model):
    nothing = Calibration.none()
    mixed = [recording(seconds=2, name=name) for name in ("vive_pro_eye_lip", "mouth_only")]
    found = list(inferences([Trial(one, "none", [nothing] * 2) for one in mixed], drawn_model))
    assert [inferred.beside for _, inferred in found] == [2, 2]


def test_no_frame_sees_what_comes_later(recording, drawn_model):
    whole = recording(seconds=3)
    calibrations = [Calibration.none()] * 2
    start = infer(whole.first(1.0), drawn_model, calibrations)
    both = infer(whole, drawn_model, calibrations)
    np.testing.assert_array_equal(both.loc[:, : start.loc.shape[1]], start.loc)


def test_who_is_not_calibrated_is_soon_seen_against_their_own_rest(recording, drawn_model):
    seen = recording(seconds=14)
    nobody, statistics = Calibration.none(), drawn_model.statistics
    plain = np.stack([features_of(one) for one in seen.wearers], axis=1)
    own = [Calibration.unpaired(plain[:, row]) for row in (0, 1)]
    calibrations = [nobody, own[1]]
    found = infer(seen, drawn_model, calibrations).features
    expected = seen_by(plain, calibrations, statistics)
    # Who is calibrated is believed: their rest stays what it is known to be.
    np.testing.assert_allclose(found[:, 1], expected[:, 1], atol=1e-5)
    frames_s = seen.truth.time_ns / 1e9
    early = frames_s - frames_s[0] < 5.5
    np.testing.assert_allclose(found[early, 0], expected[early, 0], atol=1e-5)
    settled = seen_by(plain, own, statistics)[-1, 0, 0]
    apart = [np.abs(one - settled).sum() for one in (found[-1, 0, 0], expected[-1, 0, 0])]
    assert apart[0] < 0.4 * apart[1]
