"""Logs of IER_2023: times, openness and pupils."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers.recordings import damaged, samples_of, survives
from vrface.log.importers import read_any
from vrface.log.importers.ier import nanoseconds

HEADER = ";frame;timestamp;openness_L;openness_R;pupil_diam_L;pupil_diam_R;blink"
ROWS = (
    "0;0;2022-12-16 12:36:00.9618;1.0;0.5;4.25;4.5;\n"
    "1;1;2022-12-16 12:36:01.9728;0.0;0.25;-1.0;-1.0;0.31\n"
    "2;2;2022-12-16 12:36:01.9828;1.0;1.0;3.0;-1.0;\n"
)


def log(path, rows=ROWS):
    path.write_text(f"{HEADER}\n{rows}")
    return path


def test_openness_and_pupils_land_by_name_and_a_lost_pupil_is_no_value(tmp_path):
    recording = read_any(log(tmp_path / "a.csv")).sensors
    time, lids = samples_of(recording, "lids")
    _, pupils = samples_of(recording, "pupils")
    np.testing.assert_allclose(time, [0, 1.011, 1.021])
    np.testing.assert_array_equal(lids, [[1, 0.5], [0, 0.25], [1, 1]])
    np.testing.assert_array_equal(pupils, [[4.25, 4.5], [np.nan, np.nan], [3.0, np.nan]])
    assert recording.headset.measures == ("eyeBlinkLeft", "eyeBlinkRight")
    assert recording.wearer == tmp_path.name


def test_decimals_of_a_timestamp_are_a_fraction():
    first = nanoseconds("2022-12-16 12:36:00.0128")
    assert nanoseconds("2022-12-16 12:36:00.0618") - first == 49_000_000
    assert nanoseconds("2022-12-16 12:36:01.1040") - first == 1_091_200_000
    assert nanoseconds("2022-12-16 12:36:00") - first == -12_800_000
    assert nanoseconds("2022-12-17 00:00:00") - nanoseconds("2022-12-16 23:59:59.9") == 10**8
    assert nanoseconds("1970-01-01 00:00:00.000000001") == 1


@pytest.mark.parametrize(
    "timestamp", ["", "2022-13-16 12:36:00", "2022-12-16 25:36:00.1", "2022-12-16T12:36:00.1"]
)
def test_what_is_no_timestamp_is_none(timestamp):
    with pytest.raises(ValueError, match=r"month|^$|25:36|T12"):
        nanoseconds(timestamp)


@settings(max_examples=80)
@given(data=st.data())
def test_a_damaged_log_is_read_or_refused(tmp_path_factory, data):
    path = log(tmp_path_factory.mktemp("log") / "a.csv")
    path.write_bytes(data.draw(damaged(path.read_text())))
    survives(path, "ier")


@settings(max_examples=60)
@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, junk):
    path = tmp_path_factory.mktemp("log") / "a.csv"
    path.write_text(f"{HEADER}\n{junk}", "utf-8", "surrogatepass")
    survives(path, "ier")


def test_every_real_log_is_read_to_its_last_row(vrface_data):
    paths = sorted((vrface_data / "vr_eye" / "IER_2023").glob("P*/*.csv"))
    assert len(paths) == 80
    rows, minutes = 0, 0.0
    lost, lids_lost, lids_seen = [], [], []
    for path in paths:
        imported = read_any(path)
        recording = imported.sensors
        assert (imported.format, imported.notes) == ("ier", ())
        assert recording.wearer == path.parent.name
        time, lids = samples_of(recording, "lids")
        _, pupils = samples_of(recording, "pupils")
        assert len(time) == len(path.read_text().splitlines()) - 1
        steps = np.diff(time)
        assert np.median(steps) == pytest.approx(0.011, abs=0.0005)
        assert (steps > 0.1).sum() <= 3
        assert steps.max() < 1.5
        rows, minutes = rows + len(time), minutes + time[-1] / 60
        away = np.isnan(pupils).any(axis=1)
        lost.append(away.mean())
        lids_lost.append(lids[away].min(axis=1))
        lids_seen.append(lids[~away].min(axis=1))
    assert rows / minutes / 60 == pytest.approx(88.5, abs=1)
    assert 0.02 < np.mean(lost) < 0.12
    # A pupil is lost where a lid is down.
    assert np.mean(np.concatenate(lids_lost)) < 0.5
    assert np.mean(np.concatenate(lids_seen)) > 0.9
