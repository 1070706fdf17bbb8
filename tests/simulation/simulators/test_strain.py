import numpy as np
import pytest

from tests.simulation.simulators.posing import EVERYTHING, posing, sensed, step, wear
from vrface.simulation.simulators.skin import made
from vrface.simulation.simulators.strain import FAMILIES, play

STRAIN = EVERYTHING.streams[EVERYTHING.stream_index("strain")]
BROWS = ["browInnerUpLeft", "browInnerUpRight", "browOuterUpLeft", "browOuterUpRight"]


def moved(shapes, wearer=1, **seat):
    """[gauges] mean strain that `shapes` add to the resting face, over the same noise."""
    posed, still = (
        sensed("strain", wear(performance, wearer=wearer, **seat))[1]
        for performance in (
            posing(shapes, step, wearer=wearer),
            posing([], step, wearer=wearer),
        )
    )
    return (posed - still)[-100:].mean(axis=0)


def test_play_is_the_recurrence():
    values = np.cumsum(np.random.default_rng(0).standard_normal((300, 3)), axis=0)
    expected = values.copy()
    for now in range(1, 300):
        expected[now] = np.clip(expected[now - 1], values[now] - 1.0, values[now] + 1.0)
    np.testing.assert_allclose(play(values, 2.0), expected)


def test_play_loses_small_motion_and_remembers_the_way_back():
    wave = np.sin(np.linspace(0, 4 * np.pi, 400))[:, None]
    assert np.ptp(play(0.04 * wave, 0.1)) < 1e-12
    looped = play(wave, 0.1)
    up, down = (
        looped[np.abs(wave[:, 0]) < 0.02, 0].max(),
        looped[np.abs(wave[:, 0]) < 0.02, 0].min(),
    )
    assert up - down > 0.05


def test_a_brow_raise_stretches_the_top_of_the_foam_and_not_the_cheeks():
    height = made(STRAIN, wear(posing([], step)))[:, 1]
    strain = np.mean([np.abs(moved(BROWS, wearer)) for wearer in range(1, 6)], axis=0)
    top, bottom = height > 0.5 * height.max(), height < 0.5 * height.min()
    assert strain[top].max() > 0.05
    assert strain[top].mean() > 4 * strain[bottom].mean()


def test_a_tight_strap_grips_more():
    loose, tight = (np.abs(moved(BROWS, pressure=pressure)).max() for pressure in (0.5, 2.0))
    assert tight > 1.3 * loose


@pytest.mark.parametrize("held_out", [False, True])
@pytest.mark.parametrize("number", range(3))
def test_strain_stays_in_range(number, held_out):
    values = sensed("strain", wear(posing(BROWS, step), number=number, held_out=held_out))[1]
    assert values.dtype == np.float32
    assert values.shape == (600, 8)
    assert np.isfinite(values).all()
    assert np.abs(values).max() <= 1.0


def test_the_same_donning_repeats_and_another_rests_elsewhere():
    performance = posing([], step)
    once, again = (sensed("strain", wear(performance))[1] for _ in range(2))
    assert once.tobytes() == again.tobytes()
    other = sensed("strain", wear(performance, number=1))[1]
    assert np.abs(once.mean(0) - other.mean(0)).max() > 0.05


def test_rubber_creeps_more_than_foil():
    worn = {
        held_out: wear(posing(BROWS, step, seconds=12.0), held_out=held_out)
        for held_out in (False, True)
    }
    assert worn[True].family("strain") == FAMILIES[-1] != worn[False].family("strain")
    creep = {}
    for held_out, one in worn.items():
        time_s, values = sensed("strain", one, 12.0)
        still = sensed("strain", wear(posing([], step, seconds=12.0), held_out=held_out), 12.0)[1]
        answer = values - still
        gauge = np.abs(answer[-50:].mean(axis=0)).argmax()
        soon = answer[(time_s > 3.2) & (time_s < 3.4), gauge].mean()
        creep[held_out] = 1 - soon / answer[-200:, gauge].mean()
    assert creep[True] > creep[False] + 0.1
