import pytest

from vrface.errors import BadUse, UnknownName
from vrface.model.checkpoint import LEARNED_RIVALS
from vrface.training.config import PRESETS, SimulatedWearers, TrainConfig, preset
from vrface.training.disturb import Disturbances


def test_every_preset_fits_together():
    for name in PRESETS:
        config = preset(name)
        assert 0 < config.unscored < config.frames
        assert config.simulated.first_seed + config.simulated.wearers <= 10_000, "test seeds"
        assert config.simulated.seconds > config.frames / config.disturbances.rate_hz[0]
        chances = sum(chance for _, chance in config.disturbances.tiers)
        assert chances + config.disturbances.subset <= 1


def test_an_unknown_preset_is_told_the_nearest():
    with pytest.raises(UnknownName, match="tiny_cpu"):
        preset("tinycpu")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("steps", 0),
        ("windows", 0),
        ("unscored", 512),
        ("held_out", 1.0),
        ("steps", "many"),
        ("frames", 1),
        ("unpaired", 1.5),
        ("paired", -0.1),
        ("paired", 0.7),  # with the usual chance of unpaired more than 1
        ("measured", 1.5),
        ("mirror", -0.1),
        ("learning_rate", 0.0),
        ("learning_rate", float("nan")),
        ("average", 1.0),
        ("save_every", 0),
        ("seed", -1),
        ("rivals", ("knn", "knn")),
        ("rivals", "knn"),
        ("rivals", ["knn"]),
    ],
)
def test_a_setting_out_of_range_is_refused(field, value):
    with pytest.raises(BadUse, match=field):
        TrainConfig(**{field: value})


def test_an_unknown_rival_is_told_the_nearest():
    with pytest.raises(UnknownName, match="knn"):
        TrainConfig(rivals=("gbt", "kn"))
    assert TrainConfig(rivals=LEARNED_RIVALS).rivals == LEARNED_RIVALS


@pytest.mark.parametrize(
    ("kind", "field", "value"),
    [
        (SimulatedWearers, "wearers", 0),
        (SimulatedWearers, "seconds", 0.5),
        (SimulatedWearers, "headsets", ()),
        (Disturbances, "rate_hz", (0.0, 144.0)),
        (Disturbances, "rate_hz", (144.0, 50.0)),
        (Disturbances, "silence_s", (0.0, 1.0)),
        (Disturbances, "dead", 1.1),
        (Disturbances, "tiers", (("mouth_only", 0.95),)),
        (Disturbances, "gain", float("nan")),
    ],
)
def test_what_is_in_a_run_is_checked_too(kind, field, value):
    with pytest.raises(BadUse, match=field):
        kind(**{field: value})


def test_wearers_that_are_kept_for_tests_never_train():
    assert SimulatedWearers(wearers=100, first_seed=9_900)
    with pytest.raises(BadUse, match="seed 10000 are for tests"):
        SimulatedWearers(wearers=101, first_seed=9_900)
