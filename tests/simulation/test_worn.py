from typing import cast

from tests.simulation.wearing import VIVE, performance, worn
from vrface.rig.rig import Rig
from vrface.simulation.donning import Donning
from vrface.simulation.worn import Worn


def drawn(generator):
    return generator.random(4).tolist()


def test_what_a_donning_keeps_does_not_change_with_the_performance():
    assert drawn(worn(seed=7).donned("foam")) == drawn(worn(seed=8).donned("foam"))
    assert drawn(worn(seed=7).noise("foam")) != drawn(worn(seed=8).noise("foam"))
    assert drawn(worn().noise("foam")) == drawn(worn().noise("foam"))


def test_wearers_donnings_and_streams_are_drawn_apart():
    draws = [
        drawn(one.donned(stream))
        for one in (worn(), worn(wearer=8), worn(number=1))
        for stream in ("foam", "strain")
    ]
    assert len({tuple(draw) for draw in draws}) == 6


def test_noise_is_never_the_draw_of_gains_again_whatever_the_seed():
    for seed in (0, 1):
        one = worn(seed=seed)
        assert drawn(one.noise("foam")) != drawn(one.donned("foam"))


def test_the_head_is_built_when_a_sensor_asks_and_once(monkeypatch):
    asked = []

    def built(seed):
        asked.append(seed)
        return object()

    monkeypatch.setattr(Rig, "drawn", built)
    one = worn(wearer=9)
    assert asked == []
    assert one.rig is one.rig
    assert asked == [9]
    given = cast(Rig, object())
    assert Worn(performance(), VIVE, Donning.drawn(7), given).rig is given
    assert asked == [9]


def test_families_are_the_donnings():
    one = worn()
    assert one.family("gaze") == one.donning.families["gaze"]
