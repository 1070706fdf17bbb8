import json
from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.wearing import VIVE, performance
from vrface.errors import BadUse
from vrface.face.gaze import EYE_LOOK_INDICES, eye_look_from_gaze
from vrface.rig.rig import Rig
from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.simulate import SIMULATION_VERSION, simulate
from vrface.simulation.simulators.registry import SIMULATORS

DONNING = Donning.drawn(7)


def same(one, other):
    return all(
        left.values.tobytes() == right.values.tobytes()
        and left.sample_time_ns.tobytes() == right.sample_time_ns.tobytes()
        and left.arrival_ns.tobytes() == right.arrival_ns.tobytes()
        for left, right in zip(one.streams, other.streams, strict=True)
    )


@pytest.fixture(scope="module")
def paired():
    return simulate(performance(), VIVE, DONNING)


def test_the_same_is_simulated_to_the_same_bytes_and_another_donning_is_not(paired):
    assert same(paired, simulate(performance(), VIVE, DONNING))
    other = simulate(performance(), VIVE, Donning.drawn(7, 1))
    assert not same(paired, other)
    np.testing.assert_array_equal(paired.truth.weights, other.truth.weights)


def test_all_say_that_nobody_is_behind_it(paired):
    assert not paired.real_face
    assert not paired.real_sensors
    assert paired.truth.simulated
    assert paired.wearer == performance().wearer.person
    assert paired.name == paired.donning == f"{paired.wearer}-0"


@pytest.mark.parametrize("rate_hz", [50.0, 60.0, 90.0, 144.0, 240.0])
def test_a_frame_is_a_face_of_the_performance(rate_hz):
    one = simulate(performance(), VIVE, DONNING, rate_hz=rate_hz)
    assert len(one.frame_time_ns) == round(20 * rate_hz)
    at = performance().at(one.frame_time_ns / 1e9)
    others = np.setdiff1d(np.arange(at.weights.shape[1]), EYE_LOOK_INDICES)
    np.testing.assert_allclose(one.truth.weights[:, others], at.weights[:, others], atol=1e-5)
    looks = one.truth.weights[:, EYE_LOOK_INDICES]
    np.testing.assert_array_equal(looks, eye_look_from_gaze(one.truth.gaze))


def test_every_stream_is_heard_and_nearly_all_of_it(paired):
    for stream, samples in zip(VIVE.streams, paired.streams, strict=True):
        assert 0.85 < len(samples.values) / (20 * stream.rate_hz) < 1
        assert np.isfinite(samples.values).any()


def test_no_stream_changes_another(paired):
    for name in ("mouth_tracker", "gaze", "lids"):
        alone = simulate(performance(), VIVE, DONNING, streams={name})
        for stream, samples, among in zip(VIVE.streams, alone.streams, paired.streams, strict=True):
            if stream.name == name:
                assert samples.values.tobytes() == among.values.tobytes()
            else:
                assert len(samples.values) == 0


def test_a_stream_that_nobody_simulates_is_silent():
    lids = VIVE.streams[VIVE.stream_index("lids")]
    whiskers = replace(lids, name="whiskers", channels=("0",))
    assert "whiskers" not in SIMULATORS
    one = simulate(performance(), replace(VIVE, streams=(lids, whiskers)), DONNING)
    assert [len(samples.values) > 0 for samples in one.streams] == [True, False]
    assert one.streams[1].values.shape == (0, 1)


def test_a_head_is_built_for_sensors_on_the_skin_alone(monkeypatch):
    def built(seed):
        raise AssertionError(f"the head of {seed} was built")

    monkeypatch.setattr(Rig, "drawn", built)
    simulate(performance(), VIVE, DONNING)
    with pytest.raises(AssertionError, match="head of 7"):
        simulate(performance(), headset("everything"), DONNING)


def test_provenance_says_who_does_what_in_which_sensors(paired):
    told = json.loads(paired.provenance)
    assert told["simulation"] == SIMULATION_VERSION
    assert told["wearer"]["seed"] == 7
    assert told["wearer"]["person"] == paired.wearer
    assert told["wearer"]["eyes"]["blinks_resting"] > 0
    assert told["performance"] == {"seed": 7, "seconds": 20.0}
    assert told["headset"] == {"name": VIVE.name, "version": VIVE.version}
    assert told["donning"] == DONNING.entries()
    assert told["rate_hz"] == 60.0


def test_provenance_tells_any_two_apart(paired):
    others = [
        simulate(performance(seed=8), VIVE, DONNING),
        simulate(performance(seconds=60.0), VIVE, DONNING),
        simulate(performance(), headset("mouth_only"), DONNING),
        simulate(performance(), VIVE, Donning.drawn(7, 1)),
        simulate(performance(), VIVE, Donning.drawn(7, held_out=True)),
        simulate(performance(), VIVE, DONNING, rate_hz=90.0),
    ]
    assert len({one.provenance for one in [paired, *others]}) == 7


@pytest.mark.parametrize("rate_hz", [0.0, -60.0, 0.01])
def test_a_rate_without_frames_is_refused(rate_hz):
    with pytest.raises(BadUse, match="Hz"):
        simulate(performance(), VIVE, DONNING, rate_hz=rate_hz)
