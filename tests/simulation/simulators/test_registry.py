import pytest

from vrface.sensors.channels import stream_names
from vrface.simulation.simulators.registry import FAMILIES, SIMULATORS


@pytest.mark.parametrize("stream", SIMULATORS)
def test_every_simulated_stream_is_registered_and_has_a_family_to_hold_out(stream):
    assert stream in stream_names()
    assert len(set(FAMILIES[stream])) == len(FAMILIES[stream]) >= 2


def test_every_stream_there_is_is_simulated():
    assert set(SIMULATORS) == set(stream_names())
