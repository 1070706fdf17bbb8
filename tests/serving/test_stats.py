from vrface.serving.stats import LAST, Durations, Stats


def test_percentiles_are_of_the_last_durations_in_milliseconds():
    durations = Durations()
    assert durations.percentile(50) == 0.0
    for _ in range(LAST):
        durations.add(9_000_000)
    for duration_us in range(1, LAST + 1):
        durations.add(duration_us)
    assert abs(durations.percentile(50) - LAST / 2000) < 0.01
    assert durations.percentile(100) == LAST / 1000


def test_a_duration_of_hours_is_counted_as_the_longest():
    durations = Durations()
    durations.add(10**12)
    assert durations.percentile(99) == 0xFFFFFFFF / 1000


def test_the_report_is_one_line():
    assert "\n" not in str(Stats(opened=3, faces=7))
    assert "7 faces" in str(Stats(opened=3, faces=7))
