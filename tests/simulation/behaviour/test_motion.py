import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vrface.simulation.behaviour.motion import Events, smooth, staircase, waves

seconds = st.floats(0.05, 3)
event = st.tuples(st.integers(0, 2), st.floats(-1, 9), seconds, st.floats(0, 3), seconds, seconds)


def events(rows):
    track, *rest = np.array(rows, dtype=np.float64).reshape(-1, 6).T
    return Events(track.astype(np.intp), *rest)


def test_one_movement_rises_holds_and_falls():
    level = events([(1, 1.0, 0.5, 1.0, 0.25, 0.8)]).levels(np.arange(0, 4, 0.125), 2)
    assert (level[0] == 0).all()
    at = dict(zip(np.arange(0, 4, 0.125), level[1], strict=True))
    assert at[1.0] == at[2.75] == at[3.5] == 0
    assert np.isclose(at[1.25], 0.4)  # halfway up
    assert np.isclose(at[1.5], 0.8)
    assert np.isclose(at[2.5], 0.8)
    assert np.isclose(at[2.625], 0.4)  # halfway down


@given(st.lists(event, max_size=8), st.sampled_from([30.0, 90.0]))
def test_many_movements_are_the_sum_of_each(rows, rate_hz):
    time_s = np.arange(0, 8, 1 / rate_hz)
    together = events(rows).levels(time_s, 3)
    want = np.zeros_like(together)
    for track, start, attack, hold, release, height in rows:
        rise = (time_s - start) / attack
        fall = (start + attack + hold + release - time_s) / release
        want[track] += height * smooth(np.minimum(rise, fall))
    np.testing.assert_allclose(together, want, atol=1e-9)


@given(st.lists(event, min_size=1, max_size=8))
def test_joined_and_kept_undo_each_other(rows):
    whole = events(rows)
    odd = np.arange(len(rows)) % 2 == 1
    back = Events.joined([whole.kept(~odd), whole.kept(odd)])
    np.testing.assert_array_equal(np.sort(back.start_s), np.sort(whole.start_s))
    time_s = np.arange(0, 8, 0.1)
    np.testing.assert_allclose(back.levels(time_s, 3), whole.levels(time_s, 3), atol=1e-9)


def test_a_movement_may_swing():
    time_s = np.arange(0, 4, 0.01)
    one = events([(0, 1.0, 0.1, 1.8, 0.1, 0.5)])
    swing = one.levels(time_s, 1, np.array([2.0]))[0]
    assert np.sum(np.diff(np.sign(swing[(time_s > 1.001) & (time_s < 2.99)])) != 0) >= 7
    assert np.isclose(np.abs(swing).max(), 0.5, atol=0.01)
    np.testing.assert_array_equal(one.levels(time_s, 1, np.zeros(1)), np.zeros((1, 400)))


def test_within_keeps_what_begins_and_ends_inside():
    rows = [(0, start, 0.5, 0.0, 0.5, 1.0) for start in (0.2, 2.0, 8.5)]
    np.testing.assert_array_equal(events(rows).within(0.5, 9.0).start_s, [2.0])


def test_joining_nothing_is_nothing():
    assert len(Events.joined([]).start_s) == 0
    assert not Events.joined([]).levels(np.arange(5.0), 2).any()


@given(
    st.lists(st.tuples(st.floats(-1, 9), seconds, st.floats(-2, 2)), max_size=8),
    st.sampled_from([30.0, 90.0]),
)
def test_a_staircase_is_the_sum_of_its_steps(rows, rate_hz):
    time_s = np.arange(0, 8, 1 / rate_hz)
    start_s, length_s, step = np.array(sorted(rows), dtype=np.float64).reshape(-1, 3).T
    want = sum(
        (h * smooth((time_s - s) / n) for s, n, h in zip(start_s, length_s, step, strict=True)),
        np.zeros(len(time_s)),
    )
    np.testing.assert_allclose(staircase(start_s, length_s, step, time_s), want, atol=1e-9)


def test_waves_wander_by_one_within_their_band():
    time_s = np.arange(0, 2000, 0.05)
    wandering = waves(np.random.default_rng(0), time_s, 40, (0.1, 2.0), 16)
    assert np.isclose(wandering.std(axis=0).mean(), 1.0, atol=0.15)
    power = np.abs(np.fft.rfft(wandering, axis=0)) ** 2
    hertz = np.fft.rfftfreq(len(time_s), 0.05)
    assert power[(hertz > 0.09) & (hertz < 2.1)].sum() > 0.99 * power.sum()
