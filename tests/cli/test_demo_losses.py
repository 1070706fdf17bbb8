"""demo --lose: which streams fall silent, and when."""

import numpy as np
import pytest

from vrface.cli.demo.losses import LOST_S, Loss, Losses
from vrface.errors import BadUse, UnknownName
from vrface.sensors.headset import headset
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take

VIVE = headset("vive_pro_eye_lip")


@pytest.mark.parametrize(
    ("text", "losses"),
    [
        ("", ()),
        ("gaze@5s", (Loss("gaze", 5.0, 5.0 + LOST_S),)),
        ("gaze@5", (Loss("gaze", 5.0, 5.0 + LOST_S),)),
        ("lids@1.5s-2s", (Loss("lids", 1.5, 2.0),)),
        (
            "gaze@5s, mouth_tracker@8s-12s",
            (Loss("gaze", 5.0, 8.0), Loss("mouth_tracker", 8.0, 12.0)),
        ),
    ],
)
def test_losses_are_read_as_people_write_them(text, losses):
    assert Losses.of(text, VIVE, 45.0).losses == losses


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("gaze", "cannot be read"),
        ("gaze@soon", "cannot be read"),
        ("gaze@-1s", "cannot be read"),
        ("gaze@5s-4s", "ends before it begins"),
        ("gaze@45s", "begins after the run"),
    ],
)
def test_what_cannot_be_is_refused_with_advice(text, words):
    with pytest.raises(BadUse, match=words):
        Losses.of(text, VIVE, 45.0)


def test_a_stream_that_the_headset_lacks_is_refused_by_name():
    with pytest.raises(UnknownName, match="foam"):
        Losses.of("foam@1s", VIVE, 45.0)


def test_a_lost_stream_is_silent_for_that_long_and_no_other_is():
    paired = wear(synthetic_take(seed=3, seconds=6.0), VIVE, seed=0)
    silenced = Losses.of("gaze@1s-2s,gaze@3s-4s", VIVE, 6.0).silence(paired)
    for stream, before, after in zip(VIVE.streams, paired.streams, silenced.streams, strict=True):
        seconds = (after.arrival_ns - paired.frame_time_ns[0]) / 1e9
        inside = ((seconds >= 1) & (seconds < 2)) | ((seconds >= 3) & (seconds < 4))
        assert not inside.any() or stream.name != "gaze"
        outside = len(before.arrival_ns) - len(after.arrival_ns)
        assert (outside > 0) == (stream.name == "gaze")
    assert np.array_equal(silenced.truth.weights, paired.truth.weights, equal_nan=True)
