import numpy as np

from vrface.sensors.frame import Sample, SensorFrame, columns


def sample(stream, time_ns, *values):
    return Sample(stream, time_ns, np.array(values, dtype=np.float32))


def test_columns_gather_by_stream_and_keep_the_order():
    frames = [
        (0, SensorFrame(1, 100, (sample(1, 90, 0.1), sample(0, 80, 1.0, 2.0), sample(1, 85, 0.2)))),
        (2, SensorFrame(1, 100, (sample(1, 95, 0.3),))),
    ]
    wide, narrow = columns(frames, widths=(2, 1))
    assert (wide.stream, narrow.stream) == (0, 1)
    np.testing.assert_array_equal(wide.row, [0])
    np.testing.assert_array_equal(wide.values, np.array([[1.0, 2.0]], dtype=np.float32))
    np.testing.assert_array_equal(narrow.row, [0, 0, 2])
    np.testing.assert_array_equal(narrow.sample_time_ns, [90, 85, 95])
    np.testing.assert_array_equal(narrow.values[:, 0], np.array([0.1, 0.2, 0.3], dtype=np.float32))


def test_samples_of_no_stream_or_another_width_are_no_values():
    wrong = (sample(7, 1, 0.0), sample(-1, 1, 0.0), sample(0, 1, 0.0, 0.0), sample(0, 1))
    late = sample(0, 2**63, 0.0)
    assert columns([(0, SensorFrame(1, 2, (*wrong, late)))], widths=(1,)) == []


def test_a_frame_without_samples_is_a_frame():
    assert SensorFrame(1, 2).samples == ()
    assert columns([(0, SensorFrame(1, 2))], widths=(1,)) == []
