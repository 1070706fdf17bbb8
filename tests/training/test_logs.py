import json
from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.face.extras import EXTRAS
from vrface.log import write_paired
from vrface.model.calibration import Calibration
from vrface.model.calibration.summary import QUANTILES, REST
from vrface.model.features import SLOTS, Features
from vrface.simulation.donning import Donning
from vrface.training.config import SimulatedWearers
from vrface.training.logs import (
    SPARSE,
    population,
    read_logs,
    simulated_logs,
    split,
    with_rests,
)
from vrface.training.rest import face_rest
from vrface.training.sequences import features_of
from vrface.trust.permission import Permission

LOCAL = Permission.local()
SIMULATED = SimulatedWearers(
    wearers=5, seconds=4.0, headsets=("eyes_and_mouth", "vive_pro_eye_lip")
)


def quiet(what, done, of):
    pass


@pytest.fixture(scope="module")
def paireds():
    return simulated_logs(SIMULATED, quiet)


def test_simulated_wearers_wear_the_headsets_in_turn(paireds):
    names = [paired.headset.name for paired in paireds]
    assert names == ["eyes_and_mouth", "vive_pro_eye_lip"] * 2 + ["eyes_and_mouth"]
    assert len({paired.wearer for paired in paireds}) == 5


def test_the_same_config_makes_the_same_wearers(paireds):
    for one, other in zip(paireds, simulated_logs(SIMULATED, quiet), strict=True):
        np.testing.assert_array_equal(one.truth.weights, other.truth.weights)
        np.testing.assert_array_equal(one.streams[0].values, other.streams[0].values)


def test_their_sensors_are_those_of_their_donning_and_the_model_hears_no_others():
    every = SimulatedWearers(wearers=1, seconds=4.0, headsets=("everything",), first_seed=3)
    (log,) = simulated_logs(every, quiet)
    told = json.loads(log.provenance)
    assert told["donning"] == Donning.drawn(3).entries()
    assert told["performance"] == {"seed": 3, "seconds": 4.0}
    heard = {stream for stream, _ in SLOTS}
    for stream, samples in zip(log.headset.streams, log.streams, strict=True):
        assert (len(samples.values) > 0) == (stream.name in heard)


def test_logs_are_read_by_name(paireds, tmp_path):
    for paired, name in zip(paireds[:2], ("b", "a"), strict=True):
        write_paired(tmp_path / f"{name}.mcap", paired, LOCAL)
    found = read_logs(tmp_path, LOCAL, quiet)
    assert [paired.wearer for paired in found] == [paireds[1].wearer, paireds[0].wearer]


def test_a_folder_without_logs_is_refused(tmp_path):
    with pytest.raises(BadUse, match=r"no log \(.mcap\)"):
        read_logs(tmp_path, LOCAL, quiet)


def test_rests_are_those_that_calibration_finds(paireds):
    for paired, log in zip(paireds, with_rests(paireds, quiet), strict=True):
        assert log.paired is paired
        own = Calibration.unpaired(features_of(paired)[::SPARSE])
        assert log.calibration.mode == "unpaired"
        np.testing.assert_array_equal(log.calibration.sensors, own.sensors)
        np.testing.assert_array_equal(log.face_rest, face_rest([paired.truth]))
        np.testing.assert_array_equal(log.heard, Features(paired.headset).measured)
        heard = {SLOTS[slot] for slot in np.flatnonzero(log.heard)}
        has = {(s.name, c) for s in paired.headset.streams for c in s.channels}
        assert heard == {(stream, name) for stream, name in has if name not in EXTRAS}


def test_two_logs_of_one_wearer_share_a_face_rest(paireds):
    both = [paireds[0], replace(paireds[2], wearer=paireds[0].wearer)]
    first, second = with_rests(both, quiet)
    np.testing.assert_array_equal(first.face_rest, second.face_rest)
    assert not np.array_equal(first.face_rest, face_rest([paireds[0].truth]))


def test_the_population_ignores_who_lacks_a_sensor(paireds):
    logs = with_rests(paireds, quiet)
    usual = population(logs)
    assert all(np.isfinite(array).all() for array in usual.values())
    dimple = SLOTS.index(("mouth_tracker", "mouthDimpleLeft"))  # the vive does not have it
    figures = np.stack([log.calibration.sensors[:, dimple] for log in logs])
    own = figures[np.isfinite(figures).all(axis=1)]
    assert len(own) == 3
    assert usual["sensor_rest"][dimple] == pytest.approx(own[:, REST].mean())
    spread = own[:, len(QUANTILES) - 1] - own[:, 0]
    assert usual["sensor_spread"][dimple] == pytest.approx(spread.mean())
    nobody = SLOTS.index(("emg", "3"))
    assert usual["sensor_rest"][nobody] == 0.0
    assert usual["sensor_spread"][nobody] == 1.0


def test_a_wearer_of_many_logs_counts_once_for_the_usual_face(paireds):
    logs = with_rests([*paireds[:2], replace(paireds[0], donning="again")], quiet)
    expected = (logs[0].face_rest + logs[1].face_rest) / 2
    np.testing.assert_allclose(population(logs)["face_rest"], expected, atol=1e-6)
    unknown = [replace(log, face_rest=np.full_like(log.face_rest, np.nan)) for log in logs]
    assert not population(unknown)["face_rest"].any()


def test_a_wearer_is_learned_from_or_held_out_never_both(paireds):
    twice = [*paireds, *[replace(paired, donning="again") for paired in paireds]]
    learned, held_out = split(twice, 0.4)
    assert {p.wearer for p in learned}.isdisjoint(p.wearer for p in held_out)
    assert len({p.wearer for p in held_out}) == 2
    assert len(learned) + len(held_out) == 10


def test_who_is_held_out_does_not_depend_on_order(paireds):
    one = {p.wearer for p in split(paireds, 0.4)[1]}
    assert one == {p.wearer for p in split(paireds[::-1], 0.4)[1]}


def test_two_wearers_are_too_few(paireds):
    with pytest.raises(BadUse, match="three wearers"):
        split(paireds[:2], 0.1)
    learned, held_out = split(paireds[:3], 0.9)
    assert (len(learned), len(held_out)) == (2, 1)
