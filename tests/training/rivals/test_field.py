"""The field: who takes part, in which order, how corrected, and who is called the best."""

import numpy as np
import pytest

from tests.training.rivals.small_cases import arrays, case, drawn, seen
from vrface.face.blendshapes import COUNT
from vrface.model import checkpoint
from vrface.model.checkpoint import RIVALS
from vrface.training.rivals import field
from vrface.training.rivals.field import CONTENDERS, LEARNED, LIGHT, best_of, laws_of
from vrface.training.rivals.law import Law
from vrface.training.rivals.rival import Rival

UNCALIBRATED = ["neutral", "climatology", "copy_rule", "ridge", "pool"]


def paired():
    return case("paired", seen(drawn(np.full((300, COUNT), 0.3), 0.02)), wearers=1)


@pytest.mark.parametrize("mode", ["none", "unpaired"])
def test_without_truth_those_take_part_that_need_none(mode):
    assert list(laws_of(arrays(), case(mode))) == UNCALIBRATED


def test_with_truth_all_take_part_in_their_order():
    assert list(laws_of(arrays(), paired())) == [
        "neutral",
        "climatology",
        "calibration_climatology",
        "copy_rule",
        "copy_rule_offset",
        "hold_last",
        "ridge",
        "ridge_offset",
        "ridge_user",
        "pool",
        "pool_user",
    ]
    assert set(CONTENDERS) == set(laws_of(arrays(), paired())) > set(UNCALIBRATED)


def test_every_law_is_one_of_each_shape_of_every_frame():
    given = paired()
    for law in laws_of(arrays(), given).values():
        one = law.of(0, 40, np.arange(COUNT))
        crps = one.crps(np.full((40, COUNT), 0.3, np.float32))
        assert crps.shape == (40, COUNT)
        assert np.isfinite(crps).all()


def test_a_learned_rival_takes_part_where_the_checkpoint_has_it(monkeypatch):
    def half(arrays, case):
        return Law(arrays["knn.loc"].reshape(1, 1, COUNT), np.ones((1, 1, COUNT), np.float32))

    monkeypatch.setattr(field, "LEARNED", (Rival("knn", half, learned=True), *LEARNED[1:]))
    learned = {
        "knn.loc": np.full(COUNT, 0.5, np.float32),
        "knn.line": np.tile(np.array([[-0.2], [2.0]], np.float32), (3, 1, COUNT)),
        "knn.factors": np.full(RIVALS["ridge_factors"], 0.2, np.float32),
    }
    laws = laws_of(arrays(**learned), case())
    assert list(laws) == [*UNCALIBRATED, "knn"]
    law = laws["knn"]
    assert isinstance(law, Law)
    assert law.loc[0, 0, 3] == pytest.approx(0.8)
    assert law.scale == pytest.approx(0.2)


def test_the_correction_of_the_mode_is_on_every_law():
    wide, moved = arrays()["climatology_factors"], arrays()["climatology_line"]
    wide[1], moved[1, 0] = 3.0, 0.1
    given = arrays(climatology_factors=wide, climatology_line=moved)
    none, unpaired = (laws_of(given, case(mode))["climatology"] for mode in ("none", "unpaired"))
    assert isinstance(none, Law)
    assert isinstance(unpaired, Law)
    assert unpaired.loc == pytest.approx(none.loc + 0.1)
    assert unpaired.scale == pytest.approx(3.0 * none.scale)


def test_a_checkpoint_and_the_field_name_the_same_rivals():
    assert [rival.name for rival in LIGHT] == list(checkpoint.LIGHT_RIVALS)
    assert [rival.name for rival in LEARNED] == list(checkpoint.LEARNED_RIVALS)
    assert {rival.named(part) for rival in LIGHT for part in ("line", "factors")} <= set(RIVALS)
    assert [rival.named("line") for rival in LEARNED] == [
        "knn.line",
        "gbt.line",
        "gru.line",
        "tcn.line",
    ]
    assert (*checkpoint.LIGHT_RIVALS, "pool", "pool_user") == CONTENDERS


BEST = {
    "best_rival": {"paired": {"vive_pro_eye_lip": "ridge_user", "mouth_only": "pool", "": "ridge"}}
}


@pytest.mark.parametrize(
    ("headset", "expected"),
    [
        ("vive_pro_eye_lip", "ridge_user"),
        ("mouth_only", "pool"),
        ("vive_pro_eye_lip as mouth_only", "pool"),
        ("of_another_maker", "ridge"),
    ],
)
def test_the_best_is_that_of_the_headset_or_the_tier_else_of_all(headset, expected):
    assert best_of(BEST, headset, "paired") == expected


@pytest.mark.parametrize(
    "config",
    [{}, {"best_rival": None}, {"best_rival": "ridge"}, {"best_rival": {"none": {"": "nobody"}}}],
)
def test_where_nothing_is_known_there_is_no_best(config):
    assert best_of(config, "vive_pro_eye_lip", "none") is None
    assert best_of(BEST, "vive_pro_eye_lip", "none") is None
