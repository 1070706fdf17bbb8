"""The model card: what the model learned from, how good it is, what it is not for."""

from dataclasses import replace

import pytest

from tests.training.reports import report
from tests.words import words
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take
from vrface.training.card import card
from vrface.training.config import SimulatedWearers, TrainConfig, preset


@pytest.fixture(scope="module")
def paireds():
    """Ten wearers of two headsets, three seconds each; one is held out."""
    names = ("eyes_and_mouth", "vive_pro_eye_lip")
    return [
        wear(synthetic_take(seed=seed, seconds=3.0), headset(names[seed % 2]), seed=seed)
        for seed in range(10)
    ]


def test_it_says_what_it_learned_from_and_is_not_for(paireds):
    config = TrainConfig(simulated=SimulatedWearers(wearers=10, seconds=3.0))
    text = words(card(report(), config, paireds))
    assert text.startswith("# Network trained on 9 synthetic wearers ")
    assert "from its mouth tracker and lids, each" in text
    assert "Learned from: 9 recordings, 27 s, " in text
    assert "through `eyes_and_mouth`" in text
    assert "through `vive_pro_eye_lip`" in text
    assert "simulated from the seeds 0 to 9 (simulation version 1)" in text
    assert "; wearers held out: 1. " in text
    assert "No real face was used; all sensors are simulated." in text
    assert "612,345 parameters" in text
    assert "Not for: judging what a person feels, medical use, identifying anyone." in text


def test_it_shows_the_held_out_figures_with_the_rivals(paireds):
    text = card(report(), TrainConfig(), paireds)
    assert "`vive_pro_eye_lip` (simulated face, simulated sensors), 6 wearers" in text
    assert "| this model | 20.1 | 14.8 | 14.2 |" in text
    assert "| ridge user | - | - | 13.9 |" in text
    assert "No held-out recording" in card(report() | {"headsets": []}, TrainConfig(), paireds)


def test_it_tells_how_to_make_it_again(paireds):
    shipped = card(report(), preset("tiny_cpu"), paireds)
    assert "`vrface train --preset tiny_cpu -o OUTPUT`." in shipped
    own = words(card(report(), TrainConfig(seed=9), paireds))
    assert "`vrface train RECIPE -o OUTPUT`, with a recipe that gives the `training`" in own


def test_rivals_are_named_beside_the_preset_that_they_were_fitted_with(paireds):
    config = replace(preset("tiny_cpu"), rivals=("gru",))
    text = words(card(report(), config, paireds, from_logs=True))
    assert (
        "`vrface train RECIPE --logs FOLDER -o OUTPUT`, with a recipe that gives "
        '`replace(preset("tiny_cpu"), rivals=("gru",))`. '
        "The network alone: `--preset tiny_cpu`."
    ) in text


def test_logs_are_no_seeds(paireds):
    text = words(card(report(), preset("tiny_cpu"), paireds, from_logs=True))
    assert "simulated from the seeds" not in text
    assert "`vrface train --preset tiny_cpu --logs FOLDER -o OUTPUT`" in text


def test_real_faces_are_counted_and_nothing_synthetic_is_said_of_them(paireds):
    mixed = [replace(log, real_face=True, real_sensors=n < 5) for n, log in enumerate(paireds)]
    text = words(card(report(), TrainConfig(), mixed, from_logs=True))
    assert text.startswith("# Network trained on recordings of 9 people ")
    assert "9 of them show a real face; " in text
    assert "have real sensors." in text
    assert "synthetic" not in text
    assert "of others it promises nothing" in text


def test_the_same_run_gives_the_same_card_wherever_it_lies(paireds):
    elsewhere = report()
    elsewhere["model"]["name"] = "another folder"
    assert card(report(), TrainConfig(), paireds) == card(elsewhere, TrainConfig(), paireds)
