import json

import numpy as np

from vrface.simulation.donning import Donning
from vrface.simulation.simulators.registry import FAMILIES

KINDS = {"foam": ("a", "b", "c"), "gaze": ("only",), "emg": ("wet", "dry")}


def test_the_same_numbers_are_the_same_donning():
    assert Donning.drawn(5, 2) == Donning.drawn(5, 2)
    assert Donning.drawn(5, 2) != Donning.drawn(5, 1)
    assert Donning.drawn(5, 2) != Donning.drawn(6, 2)


def test_a_wearer_keeps_glasses_beard_skin_and_sensors_and_not_the_seat():
    donnings = [Donning.drawn(5, number) for number in range(20)]
    for name in ("glasses", "beard", "skin", "families"):
        assert all(getattr(one, name) == getattr(donnings[0], name) for one in donnings)
    assert len({one.offset_m for one in donnings}) == len({one.pressure for one in donnings}) == 20


def test_figures_lie_where_they_are_said_to():
    donnings = [Donning.drawn(wearer) for wearer in range(300)]
    assert np.abs([one.offset_m for one in donnings]).max() <= 0.003
    assert np.abs(np.rad2deg([one.tilt_rad for one in donnings])).max() <= 3
    assert 0.2 < np.mean([one.glasses for one in donnings]) < 0.4
    beards = np.array([one.beard for one in donnings])
    assert beards.min() == 0
    assert beards.max() <= 1
    assert 0.4 < (beards > 0).mean() < 0.6


def test_the_last_family_is_held_out_and_a_lone_one_serves_for_both():
    drawn = [Donning.drawn(wearer, families=KINDS).families for wearer in range(50)]
    assert {one["foam"] for one in drawn} == {"a", "b"}
    assert {one["emg"] for one in drawn} == {"wet"}
    held_out = Donning.drawn(1, families=KINDS, held_out=True)
    assert held_out.held_out
    assert held_out.families == {"foam": "c", "gaze": "only", "emg": "dry"}


def test_a_new_stream_changes_no_other_ones_family():
    some = {stream: FAMILIES[stream] for stream in ("foam", "imu")}
    for wearer in range(20):
        known = Donning.drawn(wearer, families=some).families
        assert known.items() <= Donning.drawn(wearer).families.items()


def test_all_of_it_is_json():
    entries = Donning.drawn(3, held_out=True).entries()
    assert json.loads(json.dumps(entries, allow_nan=False)) == entries
    assert entries["held_out"] is True
    assert entries["families"].keys() == FAMILIES.keys()
