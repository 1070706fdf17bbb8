"""Evaluation sensors version 1 is frozen: what it made of a face, it makes of it for ever."""

import csv
import io

import numpy as np
import pytest

from tests.golden.sensors.regenerate import FOLDER, HEADSETS, golden
from vrface.simulation.occlusion.wear import SENSORS_VERSION

STREAMS = {"mouth_tracker", "upper_face", "lids", "gaze", "gaze_combined"}
"""What version 1 simulates; every other stream is silent in it, and may come to speak."""


def rows(text: str) -> list[dict[str, str]]:
    return [row for row in csv.DictReader(io.StringIO(text)) if row["stream"] in STREAMS]


@pytest.mark.parametrize("name", HEADSETS)
def test_sensors_sense_what_they_sensed_when_they_were_frozen(name):
    assert SENSORS_VERSION == 1
    frozen, now = rows((FOLDER / f"{name}.csv").read_text(encoding="utf-8")), rows(golden(name))
    exact = ("stream", "samples", "sample_time_ns", "arrival_ns", "channel")
    assert [[row[key] for key in exact] for row in now] == [
        [row[key] for key in exact] for row in frozen
    ]
    sensed, expected = ([float(row["value"] or "nan") for row in one] for one in (now, frozen))
    # Another machine's arithmetic may differ in the last digits that are written.
    np.testing.assert_allclose(sensed, expected, atol=2e-4)


def test_every_stream_that_is_simulated_is_among_them():
    heard = {row["stream"] for name in HEADSETS for row in rows(golden(name)) if row["value"]}
    assert heard == STREAMS
