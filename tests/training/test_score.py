from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT, EYE_LOOK, index, indices
from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.sensors.headset import headset
from vrface.training.averages import METRICS
from vrface.training.recording import infer
from vrface.training.rest import face_rest, relative
from vrface.training.rivals import Law
from vrface.training.score import Scorer, groups_of

NEUTRAL = Law(np.zeros((1, 1, COUNT), np.float32), np.full((1, 1, COUNT), 0.02, np.float32))


@pytest.fixture(scope="module")
def seen(recording):
    return recording(seconds=12)


@pytest.fixture(scope="module")
def make_scorer(neutral_model):
    def make(recording, from_frame=0, calibration=None):
        calibrations = [calibration or Calibration.none(neutral_model)] * len(recording.wearers)
        rest = face_rest([recording.truth])
        return Scorer(recording, calibrations, rest, from_frame, NEUTRAL, seed=0)

    return make


def around(truth, scale=0.004):
    """A law right at the truth, where that is known."""
    loc = np.nan_to_num(truth)[None].astype(np.float32)
    return Law(loc, np.full_like(loc, scale))


def test_groups_partition_what_is_hidden(seen):
    groups = groups_of(headset("vive_pro_eye_lip"), seen.truth)
    parts = [groups.get(name, ()) for name in ("lid", "brow", "cheek", "nose", "mouth")]
    assert sorted(sum(parts, ())) == sorted(groups["hidden"])
    assert "lid" not in groups
    assert "gaze" not in groups
    assert not set(groups["hidden"]) & set(groups["measured"])
    assert "eyeBlinkLeft" in groups["measured"]


def test_gaze_stands_alone_where_it_is_hidden(seen):
    groups = groups_of(headset("mouth_only"), seen.truth)
    assert set(groups["gaze"]) == set(EYE_LOOK)
    assert not set(groups["hidden"]) & set(EYE_LOOK)
    assert "eyeBlinkLeft" in groups["lid"]


def test_what_the_recorder_copied_or_lacked_is_not_scored(seen):
    source = seen.truth.source.copy()
    source[index("browInnerUpRight")] = Source.COPIED
    source[index("noseSneerLeft")] = Source.ABSENT
    groups = groups_of(headset("mouth_only"), replace(seen.truth, source=source))
    assert "browInnerUpRight" not in groups["brow"]
    assert "browInnerUpLeft" in groups["brow"]
    assert groups["nose"] == ("noseSneerRight",)


def test_the_truth_scores_perfectly(seen, make_scorer):
    scorer = make_scorer(seen)
    truth = relative(seen.truth.weights, face_rest([seen.truth]))
    hidden = scorer.groups_under(around(truth))["hidden"]
    assert tuple(hidden) == METRICS
    assert hidden["mae"] < 0.003
    assert hidden["crps"] < 0.003
    assert hidden["r2"] > 0.99
    assert hidden["active_skill"] > 0.95
    assert hidden["still_excess"] < 0
    assert hidden["lag_ms"] == pytest.approx(0, abs=1)


def test_the_neutral_rival_has_no_skill_and_no_excess(seen, make_scorer):
    hidden = make_scorer(seen).groups_under(NEUTRAL)["hidden"]
    assert hidden["active_skill"] == 0
    assert hidden["still_excess"] == 0
    assert hidden["sd_ratio"] == pytest.approx(0, abs=1e-6)
    assert hidden["lag_ms"] is None


def test_the_raw_score_depends_on_the_rest_that_is_known(seen, make_scorer, neutral_model):
    rest = face_rest([seen.truth])
    truth = relative(seen.truth.weights, rest)
    known = replace(Calibration.none(neutral_model), mode="paired", face_rest=rest)
    wrong = replace(known, face_rest=np.minimum(rest + 0.2, 0.9))
    right_score = make_scorer(seen, calibration=known).groups_under(around(truth))["brow"]
    wrong_score = make_scorer(seen, calibration=wrong).groups_under(around(truth))["brow"]
    assert right_score["crps"] == wrong_score["crps"]
    assert right_score["crps_raw"] < 0.02
    assert wrong_score["crps_raw"] > 0.1


def test_calibration_frames_and_lost_rows_are_not_scored(seen, make_scorer):
    truth = seen.truth
    weights = truth.weights.copy()
    weights[300:360] = np.nan
    lost = replace(truth, weights=weights)
    holed = replace(seen, wearers=tuple(replace(w, truth=lost) for w in seen.wearers))
    scorer = make_scorer(holed, from_frame=200)
    assert not scorer.scored[:200].any()
    assert not scorer.scored[300:360].any()
    assert scorer.scored.sum() == len(weights) - 260
    good = around(relative(weights, face_rest([lost])))
    bad_loc = good.loc.copy()
    bad_loc[:, :200] = 0.9
    bad_loc[:, 300:360] = 0.9
    assert scorer.groups_under(Law(bad_loc, good.scale)) == scorer.groups_under(good)


def test_gaze_is_scored_against_raw_weights(recording, make_scorer):
    gazing = recording(seconds=6, name="mouth_only")
    truth = gazing.truth.weights
    law = around(relative(truth, np.full(COUNT, 0.03, np.float32)), scale=0.01)
    scorer = make_scorer(gazing)
    gaze = scorer.groups_under(law)["gaze"]
    assert gaze["crps"] == gaze["crps_raw"]
    assert set(scorer.channels_under(law)) > set(EYE_LOOK)


def test_wearers_are_averaged(seen, make_scorer):
    scorer = make_scorer(seen)
    truth = relative(seen.truth.weights, face_rest([seen.truth]))
    perfect, neutral = around(truth), np.zeros_like(truth)[None]
    both = Law(np.concatenate([perfect.loc, neutral]), perfect.scale)
    apart = [
        scorer.groups_under(Law(loc, perfect.scale))["hidden"]["crps"]
        for loc in (perfect.loc, neutral)
    ]
    assert scorer.groups_under(both)["hidden"]["crps"] == pytest.approx(np.mean(apart))


def test_measured_shapes_are_scored_as_shown_where_they_are_measured(
    seen, make_scorer, neutral_model
):
    inferred = infer(seen, neutral_model, [Calibration.none(neutral_model)] * 2)
    scorer = make_scorer(seen)
    measured = scorer.measured(inferred)["measured"]
    assert measured["mae"] < 0.06
    assert measured["lag_ms"] > 5
    assert measured["crps"] is None
    shapes = indices(scorer.groups["measured"])
    dropped = inferred.source.copy()
    dropped[:, 100:, shapes[0]] = Source.INFERRED
    wild = inferred.weights.copy()
    wild[:, 100:, shapes[0]] = 1.0
    again = scorer.measured(replace(inferred, weights=wild, source=dropped))["measured"]
    assert again["mae"] == pytest.approx(measured["mae"], rel=0.1)
