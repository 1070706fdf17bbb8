from itertools import chain

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcap.writer import Writer

from tests.log.sinks import MemorySink
from vrface.errors import LogError
from vrface.log import Entry, LogHeader, LogReader, LogWriter
from vrface.log.header import PROFILE, RECORD, sealed
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import headset
from vrface.trust.permission import Permission

HEADER = LogHeader(headset("mouth_only"), "wearer-1", "donning-1", "monotonic")
LOCAL = Permission.local()


def small_log() -> bytes:
    sink = MemorySink()
    with LogWriter(sink, HEADER, LOCAL, sync_every_ns=10) as log:
        for k in range(40):
            log.sensors(SensorFrame(k, k), k)
    return bytes(sink.data)


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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bit=st.integers(0, len(LOG) * 8 - 1))
def test_a_flipped_bit_is_an_error(tmp_path, bit):
    path = tmp_path / "flipped.mcap"
    altered = bytearray(LOG)
    altered[bit // 8] ^= 1 << bit % 8
    path.write_bytes(altered)
    with pytest.raises(LogError):
        read(path)


def test_bytes_behind_the_end_are_an_error(tmp_path):
    path = tmp_path / "longer.mcap"
    for more in (b"\0", LOG):
        path.write_bytes(LOG + more)
        with pytest.raises(LogError, match="last word"):
            read(path)


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


@pytest.mark.parametrize("profile", ["ros2", PROFILE])
def test_an_mcap_file_of_somebody_else_is_refused(tmp_path, profile):
    path = tmp_path / "a.mcap"
    write_mcap(path, profile, None)
    with pytest.raises(LogError, match=r"no sensor log.*vrface\.log") as caught:
        LogReader(path, LOCAL)
    assert caught.value.advice


def test_a_newer_major_version_is_refused_and_a_newer_minor_one_is_read(tmp_path):
    for version in ("1.7", "2", "2.0"):
        path = tmp_path / f"{version}.mcap"
        metadata = HEADER.to_metadata() | {"log_version": version, "more": "x"}
        write_mcap(path, PROFILE, sealed(metadata))
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
        ("log_version", "0.9"),
        ("log_version", "9" * 99),
        ("headset", "{"),
        ("headset", "[]"),
        ("headset", '{"name": "x"}'),
        ("headset", "[" * 100_000),
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
    write_mcap(path, PROFILE, sealed(metadata))
    with pytest.raises(LogError, match=r"vrface\.log.*(makes no sense|lacks)") as caught:
        LogReader(path, LOCAL)
    assert caught.value.advice


def test_a_header_that_was_altered_is_refused_with_or_without_its_checksum(tmp_path):
    metadata = HEADER.to_metadata()
    for altered in (
        metadata | {"wearer": "wearer-2"},
        metadata | {"more": "x"},
        {name: value for name, value in metadata.items() if name != "donning"},
        {name: value for name, value in metadata.items() if name != "checksum"},
        metadata | {"checksum": metadata["checksum"].upper() + "0"},
    ):
        path = tmp_path / "altered.mcap"
        write_mcap(path, PROFILE, altered)
        with pytest.raises(LogError, match="altered") as caught:
            LogReader(path, LOCAL)
        assert "nothing in this log can be trusted" in caught.value.advice


def test_topics_and_records_of_a_later_version_are_passed_over(tmp_path):
    path = tmp_path / "later.mcap"
    later = {"log_version": "1.3", "eye_color": "green", "topics": "/later /sensors"}
    metadata = sealed(HEADER.to_metadata() | later)
    writer = Writer(str(path), enable_data_crcs=True)
    writer.start(PROFILE, "a later vrface")
    writer.add_metadata(RECORD, metadata)
    writer.add_metadata("something else", {"a": "b"})
    writer.add_attachment(0, 0, "picture", "image/png", b"..")
    first = int(metadata["checksum"], 16)
    channels = [writer.register_channel(topic, "protobuf", 0) for topic in ("/later", "/sensors")]
    for k in range(4):
        for channel in channels:
            data = SensorFrame(k, k)
            message = Entry.sensors(data, k).data if channel == channels[1] else b"\xff\xff"
            writer.add_message(channel, k, message, k, (first + k) % 2**32)
    writer.finish()
    reader = LogReader(path, LOCAL)
    assert reader.metadata["eye_color"] == "green"
    assert [frame.sequence for frame in reader.frames()] == [0, 1, 2, 3]
    assert {entry.topic for entry in reader.entries()} == {"/sensors"}


@pytest.mark.parametrize("numbers", [(0, 2), (0, 0), (1, 2), (1, 0)])
def test_what_is_missing_or_doubled_is_found_by_number_though_each_checksum_is_right(
    tmp_path, numbers
):
    path = tmp_path / "a.mcap"
    metadata = HEADER.to_metadata()
    writer = Writer(str(path))
    writer.start(PROFILE, "x")
    writer.add_metadata(RECORD, metadata)
    channel = writer.register_channel("/sensors", "protobuf", 0)
    for number in numbers:
        sequence = (int(metadata["checksum"], 16) + number) % 2**32
        writer.add_message(channel, 0, Entry.sensors(SensorFrame(1, 1), 0).data, 0, sequence)
    writer.finish()
    with pytest.raises(LogError, match="missing from it, or stands there twice"):
        read(path)


def test_a_message_outside_of_the_chunks_is_refused_for_it_has_no_checksum(tmp_path):
    path = tmp_path / "a.mcap"
    writer = Writer(str(path), use_chunking=False)
    writer.start(PROFILE, "x")
    writer.add_metadata(RECORD, HEADER.to_metadata())
    channel = writer.register_channel("/sensors", "protobuf", 0)
    writer.add_message(channel, 0, b"", 0, 0)
    writer.finish()
    with pytest.raises(LogError, match="outside of the chunks"):
        read(path)


def test_chunks_are_what_was_synced_together(tmp_path):
    path = tmp_path / "a.mcap"
    path.write_bytes(LOG)
    chunks = [[entry.log_time_ns for entry in chunk] for chunk in LogReader(path).chunks()]
    assert list(chain(*chunks)) == SEQUENCES
    assert len(chunks) > 3
    assert all(chunk[-1] - chunk[0] <= 10 for chunk in chunks)


def test_a_torn_log_names_the_way_to_what_is_intact(tmp_path):
    path = tmp_path / "cut.mcap"
    path.write_bytes(LOG[: len(LOG) // 2])
    with pytest.raises(LogError, match="ends too early") as caught:
        read(path)
    assert f"vrface doctor {path} --recover OUT.mcap" in caught.value.advice
    path.write_bytes(LOG[:60])  # without its header there is none
    with pytest.raises(LogError) as caught:
        read(path)
    assert "vrface doctor" not in caught.value.advice
    assert "nothing in it can be trusted" in caught.value.advice


def test_a_log_whose_writer_was_killed_before_it_had_its_name_is_found(tmp_path):
    (tmp_path / ".take [1].mcap.4711.part").write_bytes(LOG)
    with pytest.raises(LogError, match="cannot read") as caught:
        LogReader(tmp_path / "take [1].mcap")
    assert ".take [1].mcap.4711.part --recover" in caught.value.advice
