from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.writer import Writer

from vrface.errors import LogError
from vrface.log import LogHeader, LogReader, LogWriter
from vrface.log.header import PROFILE, RECORD
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import headset
from vrface.trust.permission import Permission

HEADER = LogHeader(headset("mouth_only"), "wearer-1", "donning-1", "monotonic")
LOCAL = Permission.local()


class Memory:
    def __init__(self) -> None:
        self.data = b""

    def append(self, data: bytes) -> None:
        self.data += data

    def sync(self) -> None: ...

    def close(self) -> None: ...


def small_log() -> bytes:
    sink = Memory()
    with LogWriter(sink, HEADER, LOCAL, sync_every_ns=10) as log:
        for k in range(40):
            log.sensors(SensorFrame(k, k), k)
    return sink.data


LOG = small_log()
SEQUENCES = list(range(40))


def read(path) -> list[int]:
    return [frame.sequence for frame in LogReader(path, LOCAL).frames()]


def test_frames_come_in_the_order_written(tmp_path):
    path = tmp_path / "a.mcap"
    path.write_bytes(LOG)
    assert read(path) == SEQUENCES
    assert list(LogReader(path, LOCAL).faces()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(length=st.integers(0, len(LOG) - 1))
def test_a_log_cut_anywhere_is_an_error_with_advice(tmp_path, length):
    path = tmp_path / "cut.mcap"
    path.write_bytes(LOG[:length])
    with pytest.raises(LogError) as caught:
        read(path)
    assert caught.value.advice
    assert str(path) in caught.value.message


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bit=st.integers(0, len(LOG) * 8 - 1))
def test_a_flipped_bit_is_an_error_or_makes_no_difference(tmp_path, bit):
    path = tmp_path / "flipped.mcap"
    altered = bytearray(LOG)
    altered[bit // 8] ^= 1 << bit % 8
    path.write_bytes(altered)
    with suppress(LogError):
        assert read(path) == SEQUENCES


def test_what_was_intact_came_out_before_the_tear(tmp_path):
    path = tmp_path / "cut.mcap"
    path.write_bytes(LOG[: len(LOG) // 2])
    frames = LogReader(path, LOCAL).frames()
    assert next(frames).sequence == 0
    with pytest.raises(LogError, match="ends too early"):
        list(frames)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no MCAP file"),
        (b"Timecode,BlendShapeCount\n", "no MCAP file"),
        (LOG[:8], "ends too early"),
    ],
)
def test_what_is_no_log_says_so(tmp_path, content, word):
    path = tmp_path / "a.mcap"
    path.write_bytes(content)
    with pytest.raises(LogError, match=word):
        LogReader(path, LOCAL)


def test_a_missing_file_and_a_folder_say_so(tmp_path):
    for path in (tmp_path / "none.mcap", tmp_path):
        with pytest.raises(LogError, match="cannot read"):
            LogReader(path, LOCAL)


def write_mcap(path, profile: str, metadata: dict[str, str] | None) -> None:
    writer = Writer(str(path))
    writer.start(profile=profile, library="somebody else")
    if metadata is not None:
        writer.add_metadata(RECORD, metadata)
    writer.finish()


@pytest.mark.parametrize(
    ("profile", "metadata"), [("ros2", None), (PROFILE, None), ("ros2", HEADER.to_metadata())]
)
def test_an_mcap_file_of_somebody_else_is_refused(tmp_path, profile, metadata):
    path = tmp_path / "a.mcap"
    write_mcap(path, profile, metadata)
    with pytest.raises(LogError, match=r"no sensor log.*vrface\.log") as caught:
        LogReader(path, LOCAL)
    assert caught.value.advice


def test_a_newer_major_version_is_refused_and_a_newer_minor_one_is_read(tmp_path):
    for version in ("1.7", "2", "2.0"):
        path = tmp_path / f"{version}.mcap"
        write_mcap(path, PROFILE, {**HEADER.to_metadata(), "log_version": version, "more": "x"})
        if version == "1.7":
            assert LogReader(path, LOCAL).header == HEADER
            continue
        with pytest.raises(LogError, match="version 2") as caught:
            LogReader(path, LOCAL)
        assert "newer vrface" in caught.value.advice


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("log_version", "one"),
        ("headset", "{"),
        ("headset", "[]"),
        ("headset", '{"name": "x"}'),
        ("blendshapes", "browUp"),
        ("wearer", None),
    ],
)
def test_a_header_that_makes_no_sense_is_refused(tmp_path, entry, value):
    metadata = HEADER.to_metadata()
    if value is None:
        del metadata[entry]
    else:
        metadata[entry] = value
    path = tmp_path / "a.mcap"
    write_mcap(path, PROFILE, metadata)
    with pytest.raises(LogError, match=r"vrface\.log") as caught:
        LogReader(path, LOCAL)
    assert caught.value.advice
