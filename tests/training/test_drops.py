import numpy as np

from vrface.training.drops import Drops

SECOND = 1_000_000_000
TIMES = np.arange(0, 32 * SECOND, SECOND // 60)


def test_one_second_in_ten_is_silent_from_the_fifth_that_is_scored():
    drops = Drops.after(TIMES, from_frame=120)
    assert len(drops.start_ns) == 3
    np.testing.assert_allclose(drops.start_ns / 1e9, [7, 17, 27], atol=1e-3)
    assert (drops.end_ns - drops.start_ns == SECOND).all()


def test_a_drop_leaves_time_to_recover_before_the_end():
    def drops(times, from_frame=0):
        return len(Drops.after(times, from_frame).start_ns)

    assert drops(TIMES[: 60 * 7 - 2]) == 0
    assert drops(TIMES[: 60 * 7 + 2]) == 1
    assert drops(TIMES, from_frame=len(TIMES)) == 0


def test_frames_are_those_between_silence_and_return():
    drops = Drops.after(TIMES, from_frame=0)
    assert [stop - start for start, stop in drops.frames(TIMES)] == [60, 60, 60]
    inside = drops.holds(TIMES)
    assert inside.sum() == 180
    assert [inside[start] and not inside[stop] for start, stop in drops.frames(TIMES)] == [True] * 3


def test_nothing_arrives_in_a_drop_and_all_else_does(recording):
    paired = recording(seconds=12).wearers[0]
    drops = Drops.after(paired.frame_time_ns, 0)
    silenced = drops.silence(paired)
    for before, after in zip(paired.streams, silenced.streams, strict=True):
        assert not drops.holds(after.arrival_ns).any()
        lost = drops.holds(before.arrival_ns)
        assert lost.any()
        np.testing.assert_array_equal(after.values, before.values[~lost])


def test_without_drops_nothing_changes(recording):
    paired = recording(seconds=4).wearers[0]
    silenced = Drops.after(paired.frame_time_ns, 0).silence(paired)
    for before, after in zip(paired.streams, silenced.streams, strict=True):
        np.testing.assert_array_equal(before.values, after.values)
