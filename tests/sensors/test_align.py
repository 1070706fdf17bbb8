import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vrface.sensors.align import DEPTH, MAX_AGE_S, RANGE_TOLERANCE, Align
from vrface.sensors.frame import Sample, SampleColumns, SensorFrame
from vrface.sensors.headset import headset

PROFILE = headset("openness_gaze_mouth")
LIDS = PROFILE.stream_index("lids")
WIDTHS = [len(stream.channels) for stream in PROFILE.streams]
FIRST = [sum(WIDTHS[:i]) for i in range(len(WIDTHS))]
MS = 1_000_000

int64 = st.integers(np.iinfo(np.int64).min, np.iinfo(np.int64).max)
near = st.integers(0, 200 * MS)
weights = st.floats(0, 1, width=32)
anything = st.floats(width=32)  # NaN and infinities included


def push(align, times, values, stream=LIDS, rows=None):
    """One value goes to every channel of the stream."""
    wide = np.repeat(np.array(values, dtype=np.float32)[:, None], WIDTHS[stream], axis=1)
    rows = np.zeros(len(times), dtype=np.intp) if rows is None else np.array(rows, dtype=np.intp)
    align.push([SampleColumns(stream, rows, np.array(times, dtype=np.int64), wide)])


def read(align, *time_ns):
    """Value, difference, present, age, newest of the first lid channel, one tuple a wearer."""
    a = align.at(np.array(time_ns, dtype=np.int64))
    at = FIRST[LIDS]
    parts = a.value[:, at], a.difference[:, at], a.present[:, at], a.age_s[:, at], a.sample_time_ns
    return list(zip(*(part.tolist() for part in parts), strict=True))


def one(*samples, at):
    align = Align(PROFILE, 1)
    if samples:
        push(align, *zip(*samples, strict=True))
    return read(align, at)[0]


def test_nothing_pushed_is_absent():
    value, difference, present, age, newest = one(at=5)
    assert (value, difference, present, age) == (0, 0, False, np.inf)
    assert newest == np.iinfo(np.int64).min


def test_value_age_and_difference_a_second():
    value, difference, present, age, newest = one((0, 0.25), (10 * MS, 0.5), at=25 * MS)
    assert (value, present, newest) == (0.5, True, 10 * MS)
    assert age == pytest.approx(0.015)
    assert difference == pytest.approx(25)


def test_a_sample_later_than_the_instant_waits_for_its_time():
    align = Align(PROFILE, 1)
    push(align, [0, 30 * MS], [0.2, 0.9])
    assert read(align, 20 * MS)[0][0] == pytest.approx(0.2)
    assert read(align, 30 * MS)[0][0] == pytest.approx(0.9)


def test_a_late_sample_fills_in_but_does_not_replace_a_newer_one():
    align = Align(PROFILE, 1)
    push(align, [20 * MS], [0.6])
    push(align, [10 * MS], [0.1])
    value, difference, *_ = read(align, 20 * MS)[0]
    assert value == pytest.approx(0.6)
    assert difference == pytest.approx(50)


def test_what_is_left_out_of_a_frame_is_told():
    def lids(time_ns, *values, stream=LIDS):
        return Sample(stream, time_ns, np.array(values, np.float32))

    align = Align(PROFILE, 1)
    told: list[Sample] = []
    right, wide, late = lids(1, 0.5, 0.5), lids(1, 0, 0, 0), lids(2**63, 0, 0)
    other = lids(1, 0.0, stream=9)
    align.push_frames([(0, SensorFrame(1, 2, (wide, right, late, other)))], told.append)
    assert told == [wide, late, other]
    assert read(align, 2)[0][0] == 0.5


def test_a_doubled_sample_counts_once():
    _, difference, *_ = one((0, 0.2), (10 * MS, 0.4), (10 * MS, 0.4), at=10 * MS)
    assert difference == pytest.approx(20)


def test_too_old_is_absent_yet_keeps_its_age():
    edge = round(MAX_AGE_S * 1e9)
    assert one((0, 0.5), at=edge)[2]
    value, _, present, age, _ = one((0, 0.5), at=edge + MS)
    assert not present
    assert value == 0.5
    assert age == pytest.approx(MAX_AGE_S + 0.001)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, 2.0, -1.0, 1 + 1.1 * RANGE_TOLERANCE])
def test_a_bad_value_is_no_value_and_the_one_before_stands(bad):
    value, _, _, age, _ = one((0, 0.5), (10 * MS, bad), at=10 * MS)
    assert value == 0.5
    assert age == pytest.approx(0.01)


def test_a_value_a_little_out_of_range_is_clipped():
    assert one((0, 1.0 + RANGE_TOLERANCE / 2), at=0)[0] == 1
    assert one((0, -RANGE_TOLERANCE / 2), at=0)[0] == 0


def test_one_bad_channel_leaves_the_others():
    align = Align(PROFILE, 1)
    values = np.array([[np.nan, 0.7]], dtype=np.float32)
    align.push([SampleColumns(LIDS, np.zeros(1, np.intp), np.zeros(1, np.int64), values)])
    aligned = align.at(np.zeros(1, np.int64))
    np.testing.assert_array_equal(aligned.present[0, FIRST[LIDS] :], [False, True])
    assert aligned.present.sum() == 1


def test_a_broken_clock_does_not_blind_a_stream_for_ever():
    align = Align(PROFILE, 1)
    push(align, [np.iinfo(np.int64).max - i for i in range(DEPTH)], [0.9] * DEPTH)
    assert not read(align, 0)[0][2]
    push(align, [5 * MS], [0.3])
    value, _, present, *_ = read(align, 10 * MS)[0]
    assert present
    assert value == pytest.approx(0.3)


def test_one_wearer_can_begin_anew_beside_another():
    align = Align(PROFILE, 2)
    blank = align.held.take(np.array([0]))
    push(align, [0, 0], [0.3, 0.4], rows=[0, 1])
    align.held.put(np.array([0]), blank)
    first, second = read(align, 0, 0)
    assert first == (0, 0, False, np.inf, np.iinfo(np.int64).min)
    assert second[0] == pytest.approx(0.4)


@pytest.mark.parametrize("rate_hz", [50, 60, 72, 90, 120, 144])
@pytest.mark.parametrize("sample_hz", [60, 120, 200])
def test_ages_are_right_at_any_rate(rate_hz, sample_hz):
    align = Align(PROFILE, 1)
    times = np.round(np.arange(sample_hz) * 1e9 / sample_hz).astype(np.int64)
    pushed = 0
    for frame_ns in np.round(np.arange(1, rate_hz) * 1e9 / rate_hz).astype(np.int64):
        arrived = int(np.searchsorted(times, frame_ns, side="right"))
        push(align, times[pushed:arrived], times[pushed:arrived] / 1e9)
        pushed = arrived
        value, difference, present, age, newest = read(align, frame_ns)[0]
        assert newest == times[arrived - 1]
        assert present
        assert age == pytest.approx((frame_ns - newest) / 1e9, abs=1e-7)
        assert 0 <= age < 1 / sample_hz
        assert value == pytest.approx(newest / 1e9, abs=1e-6)
        if arrived > 1:
            assert difference == pytest.approx(1, abs=1e-3)


samples_near = st.lists(st.tuples(near, weights), max_size=DEPTH, unique_by=lambda s: s[0])


@given(samples_near, st.lists(st.tuples(near, weights), max_size=4), near)
def test_the_future_changes_nothing(past, future, at):
    """While the ring holds all: what is sensed later than the instant is not looked at."""
    past = [sample for sample in past if sample[0] <= at][: DEPTH - 4]
    future = [(time + at + 1, value) for time, value in future]
    assert one(*past, *future, at=at) == one(*past, at=at)


@given(samples_near, st.randoms(use_true_random=False), near)
def test_arrival_order_changes_nothing(samples, random, at):
    shuffled = random.sample(samples, len(samples))
    assert one(*shuffled, at=at) == one(*samples, at=at)


@given(st.lists(st.tuples(near, weights), max_size=30, unique_by=lambda s: s[0]), st.data())
def test_more_samples_than_it_keeps_leave_the_newest(samples, data):
    shuffled = data.draw(st.permutations(samples))
    newest = sorted(samples)[-DEPTH:]
    assert one(*shuffled, at=200 * MS) == one(*newest, at=200 * MS)


@given(st.lists(st.tuples(int64, anything), max_size=20), st.lists(int64, min_size=1, max_size=3))
def test_nothing_bad_ever_comes_out(samples, instants):
    align = Align(PROFILE, 1)
    for stream in range(len(WIDTHS)):
        push(align, [s[0] for s in samples], [s[1] for s in samples], stream)
    low, high = (
        np.concatenate(
            [[getattr(c, end) for c in stream.registered] for stream in PROFILE.streams]
        ).astype(np.float32)
        for end in ("low", "high")
    )
    for instant in instants:
        aligned = align.at(np.array([instant]))
        ever = np.isfinite(aligned.age_s[0])
        assert np.isfinite(aligned.value).all()
        assert np.isfinite(aligned.difference).all()
        assert not np.isnan(aligned.age_s).any()
        assert (aligned.age_s >= 0).all()
        assert (aligned.present == (aligned.age_s <= np.float32(MAX_AGE_S))).all()
        assert ((aligned.value[0] >= low) & (aligned.value[0] <= high))[ever].all()
        assert aligned.sample_time_ns[0] <= instant


@given(
    st.lists(st.tuples(st.integers(0, 3), near, anything), max_size=40),
    st.lists(near, min_size=4, max_size=4),
    st.integers(0, 40),
)
def test_many_wearers_are_as_many_runs_of_one(samples, instants, cut):
    """And how samples are cut into pushes does not matter."""
    together = Align(PROFILE, 4)
    for part in (samples[:cut], samples[cut:]):
        if part:
            rows, times, values = zip(*part, strict=True)
            push(together, times, values, rows=rows)
    alone = [
        one(*[(time, value) for its, time, value in samples if its == row], at=instants[row])
        for row in range(4)
    ]
    assert read(together, *instants) == alone


def test_a_broken_clocks_samples_blind_nobody():
    align = Align(PROFILE, 1)
    push(align, [900 * MS + k for k in range(DEPTH)], [0.9] * DEPTH)
    read(align, 100 * MS)
    push(align, [105 * MS], [0.3])
    value, _, present, _, _ = read(align, 111 * MS)[0]
    assert present
    assert value == pytest.approx(0.3)
