from dataclasses import replace

import numpy as np
import pytest

from tests.training.metrics import plain
from tests.training.metrics.faces import about
from vrface.errors import VrfaceError
from vrface.face.blendshapes import COUNT, EYE_LOOK, index, indices
from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.sensors.headset import headset
from vrface.training.averages import METRICS
from vrface.training.recording import infer
from vrface.training.rest import face_rest, relative
from vrface.training.rivals.law import Law, Pool
from vrface.training.score import Scorer, groups_of

SEED = 4  # about half the time this face moves, half it rests

NEUTRAL = Law(np.zeros((1, 1, COUNT), np.float32), np.full((1, 1, COUNT), 0.02, np.float32))


@pytest.fixture(scope="module")
def seen(recording):
    return recording(seed=SEED, seconds=12)


@pytest.fixture(scope="module")
def make_scorer(neutral_model):
    def make(recording, from_frame=0, known=neutral_model.statistics["face_rest"]):
        rest = face_rest([recording.truth])
        return Scorer(recording, known, rest, from_frame, NEUTRAL, seed=0)

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
    hidden = scorer.score(around(truth)).groups()["hidden"]
    assert tuple(hidden) == METRICS
    assert hidden["mae"] < 0.003
    assert hidden["crps"] < 0.003
    assert hidden["r2"] > 0.99
    assert hidden["active_skill"] > 0.95
    assert hidden["still_excess"] < 0
    assert hidden["lag_ms"] == pytest.approx(0, abs=1)


def test_the_neutral_rival_has_no_skill_and_no_excess(seen, make_scorer):
    hidden = make_scorer(seen).score(NEUTRAL).groups()["hidden"]
    assert hidden["active_skill"] == 0
    assert hidden["still_excess"] == 0
    assert hidden["sd_ratio"] == pytest.approx(0, abs=1e-6)
    assert hidden["lag_ms"] is None


def test_the_raw_score_depends_on_the_rest_that_is_known(seen, make_scorer):
    rest = face_rest([seen.truth])
    truth = relative(seen.truth.weights, rest)
    wrong = np.minimum(rest + 0.2, 0.9)
    right_score = make_scorer(seen, known=rest).score(around(truth)).groups()["brow"]
    wrong_score = make_scorer(seen, known=wrong).score(around(truth)).groups()["brow"]
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
    assert scorer.score(Law(bad_loc, good.scale)).groups() == scorer.score(good).groups()


def test_gaze_is_scored_against_raw_weights(recording, make_scorer):
    gazing = recording(seconds=6, name="mouth_only")
    truth = gazing.truth.weights
    law = around(relative(truth, np.full(COUNT, 0.03, np.float32)), scale=0.01)
    scorer = make_scorer(gazing)
    gaze = scorer.score(law).groups()["gaze"]
    assert gaze["crps"] == gaze["crps_raw"]
    assert set(scorer.score(law).channels()) > set(EYE_LOOK)


def test_wearers_are_averaged(seen, make_scorer):
    scorer = make_scorer(seen)
    truth = relative(seen.truth.weights, face_rest([seen.truth]))
    perfect, neutral = around(truth), np.zeros_like(truth)[None]
    both = Law(np.concatenate([perfect.loc, neutral]), perfect.scale)
    apart = [
        scorer.score(Law(loc, perfect.scale)).groups()["hidden"]["crps"]
        for loc in (perfect.loc, neutral)
    ]
    assert scorer.score(both).groups()["hidden"]["crps"] == pytest.approx(np.mean(apart))


def test_measured_shapes_are_scored_as_shown_where_they_are_measured(
    seen, make_scorer, neutral_model
):
    inferred = infer(seen, neutral_model, [Calibration.none()] * 2)
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


def test_a_group_is_scored_as_the_formulas_say(seen, make_scorer, neutral_model):
    scorer = make_scorer(seen, from_frame=60)
    rng = np.random.default_rng(0)
    loc = rng.random((1, len(scorer.truth), COUNT)).astype(np.float32)
    law = Law(loc, np.full_like(loc, 0.1))
    found = scorer.score(law).groups()["brow"]
    brow = [scorer.names.index(name) for name in scorer.groups["brow"]]
    own = scorer.law(law, 0)
    known_rest = Calibration.none().face_rest(neutral_model.statistics)
    raw = law.through(known_rest).of(0, len(loc[0]), scorer.shapes)
    uniform = np.random.default_rng(0).random(scorer.truth.shape)
    truth, mean, *scores = (
        part[:, brow]
        for part in (
            scorer.truth,
            own.mean(),
            own.crps(scorer.truth),
            raw.crps(scorer.raw),
            scorer.neutral_crps,
            own.pit(scorer.truth, uniform),
        )
    )
    expected = plain.face_metrics(truth, mean, seen.period_s)
    expected |= plain.law_metrics(scorer.active, *scores)
    assert found == about(expected)


def test_reliability_is_flat_for_a_law_that_is_right_and_not_for_a_narrow_one(seen, make_scorer):
    rng = np.random.default_rng(0)
    scorer = make_scorer(seen)
    noise = rng.logistic(size=(1, len(scorer.truth), COUNT)).astype(np.float32)
    truth = relative(seen.truth.weights, face_rest([seen.truth]))
    scales = np.full(noise.shape, 0.02, np.float32)
    loc = np.nan_to_num(truth)[None] + np.float32(0.02) * noise
    shares = scorer.score(Law(loc, scales)).reliability()["hidden"]
    narrow = scorer.score(Law(loc, scales / np.float32(5))).reliability()["hidden"]
    assert len(shares) == 20
    assert sum(shares) == pytest.approx(1)
    assert narrow[0] + narrow[-1] > 2 * (shares[0] + shares[-1])
    coverage = scorer.score(Law(loc, scales)).groups()["hidden"]["coverage90"]
    assert coverage == pytest.approx(sum(shares[1:-1]))


@pytest.mark.parametrize(
    ("loc", "scale"), [(np.nan, 0.1), (np.inf, 0.1), (0.5, 0.0), (0.5, np.nan)]
)
def test_what_is_no_law_is_refused_where_truth_is_known(seen, make_scorer, loc, scale):
    scorer = make_scorer(seen, from_frame=60)
    truth = relative(seen.truth.weights, face_rest([seen.truth]))
    law = around(truth, scale=0.05)
    brow = index("browInnerUpLeft")
    law.loc[0, 59, brow], law.scale[0, 59, brow] = loc, scale
    scorer.check("mine", law)
    law.loc[0, 99, brow], law.scale[0, 99, brow] = loc, scale
    with pytest.raises(VrfaceError, match="mine gives what is no law in 1 frames of"):
        scorer.check("mine", law)
    with pytest.raises(VrfaceError, match="no law"):
        scorer.check("a pool", Pool(NEUTRAL, law, np.full(COUNT, 0.5, np.float32)))


def test_a_pool_is_scored_as_a_law_is(seen, make_scorer):
    truth = relative(seen.truth.weights, face_rest([seen.truth]))
    law = around(truth, scale=0.05)
    pooled = Pool(law, law, np.full(COUNT, 0.5, np.float32))
    scorer = make_scorer(seen)
    alone, both = (scorer.score(one).groups()["hidden"] for one in (law, pooled))
    assert both == pytest.approx(alone, rel=1e-3)


def test_a_law_that_is_alike_for_all_is_scored_as_one_of_each(seen, make_scorer):
    scorer = make_scorer(seen)
    each = Law(np.repeat(NEUTRAL.loc, 2, axis=0), NEUTRAL.scale)
    assert scorer.score(each).groups() == scorer.score(NEUTRAL).groups()
