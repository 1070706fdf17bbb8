import pytest

from vrface.errors import UnknownName
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.extras import EXTRAS, in_order
from vrface.sensors.channels import NUMBERED_LIMITS, channel, channels_of, stream_names

STREAMS = (
    "mouth_tracker",
    "upper_face",
    "gaze",
    "gaze_combined",
    "lids",
    "pupils",
    "head_pose",
    "imu",
    "audio_features",
    "foam",
    "strain",
    "emg",
)


def test_registry_has_the_streams_of_the_wire():
    assert set(STREAMS) <= set(stream_names())


def test_every_range_is_a_range():
    for stream in stream_names():
        for entry in channels_of(stream):
            assert entry.low < entry.high, entry
            assert entry.unit
            assert entry.stream == stream


@pytest.mark.parametrize("stream", ["mouth_tracker", "upper_face"])
def test_face_channels_are_blendshapes_and_extras(stream):
    names = [entry.name for entry in channels_of(stream)]
    assert set(names) <= {*BLENDSHAPES, *EXTRAS}
    assert len(names) == len(set(names))


def test_every_extra_is_a_channel_of_one_stream_in_the_order_of_its_registry():
    lower = [entry.name for entry in channels_of("mouth_tracker") if entry.name in EXTRAS]
    upper = [entry.name for entry in channels_of("upper_face") if entry.name in EXTRAS]
    assert not set(lower) & set(upper)
    assert sorted(lower + upper, key=EXTRAS.index) == list(EXTRAS)
    assert list(in_order(lower)) == lower
    assert upper == [name for name in EXTRAS if name.startswith("brow")]
    for name in EXTRAS:
        entry = channel("upper_face" if name in upper else "mouth_tracker", name)
        assert (entry.unit, entry.low, entry.high) == ("1", 0.0, 1.0)


def test_gaze_is_in_radians_and_in_the_head():
    assert channel("gaze", "left_yaw").unit == "rad"
    assert channel("gaze", "left_yaw").space == "head"


@pytest.mark.parametrize("stream", NUMBERED_LIMITS)
def test_numbered_channels_end_at_their_limit(stream):
    last = NUMBERED_LIMITS[stream] - 1
    assert channel(stream, str(last)).name == "*"
    with pytest.raises(UnknownName):
        channel(stream, str(last + 1))


def test_unknown_names_come_with_the_nearest():
    with pytest.raises(UnknownName, match="'mouth_tracker'"):
        channel("mouth_traker", "jawOpen")
    with pytest.raises(UnknownName, match="'jawOpen'"):
        channel("mouth_tracker", "jawopen")
    with pytest.raises(UnknownName):
        channels_of("smell")
