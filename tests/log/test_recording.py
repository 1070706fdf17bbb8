from dataclasses import replace

import numpy as np
import pytest

from vrface.errors import BadUse, LogError, Refused
from vrface.face.blendshapes import COUNT
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.log import (
    FileSink,
    LogHeader,
    LogReader,
    LogWriter,
    read_paired,
    write_paired,
    write_take,
)
from vrface.log.header import sealed
from vrface.log.recording import read_sensors, write_sensors
from vrface.log.records import LARGEST_OTHER
from vrface.sensors.frame import Sample, SensorFrame
from vrface.sensors.headset import headset
from vrface.sensors.paired import Paired
from vrface.sensors.recording import SensorRecording, StreamSamples
from vrface.trust.permission import Permission

LOCAL = Permission.local()
MS = 1_000_000
FRAMES = 50


def take(seed: int = 0) -> Take:
    rng = np.random.default_rng(seed)
    weights = rng.random((FRAMES, COUNT), dtype=np.float32)
    gaze = rng.normal(size=(FRAMES, 4)).astype(np.float32)
    weights[10:13], gaze[10:14] = np.nan, np.nan
    source = np.full(COUNT, Source.MEASURED, dtype=np.uint8)
    source[[3, 7]] = Source.COPIED, Source.ABSENT
    weights[:, 7] = np.nan
    times = np.arange(FRAMES, dtype=np.int64) * 16_666_667
    return Take("take-1", "wearer-1", times, weights, gaze, source, simulated=True)


def paired(seed: int = 0, **changes) -> Paired:
    rng = np.random.default_rng(seed)
    profile = headset("vive_pro_eye_lip")
    truth = take(seed)
    streams = []
    for stream in profile.streams:
        count = 0 if stream.name == "lids" else 90
        sensed = np.sort(rng.integers(0, FRAMES * 16 * MS, count))
        values = rng.normal(size=(count, len(stream.channels))).astype(np.float32)
        values[rng.random(values.shape) < 0.1] = np.nan
        streams.append(StreamSamples(sensed, sensed + stream.latency_us * 1000, values))
    return replace(
        Paired(
            name="take-1",
            wearer="wearer-1",
            donning="donning-1",
            headset=profile,
            frame_time_ns=truth.time_ns,
            streams=tuple(streams),
            truth=truth,
            real_face=False,
            real_sensors=False,
        ),
        **changes,
    )


def assert_same_take(one: Take, other: Take) -> None:
    assert (one.name, one.person, one.simulated) == (other.name, other.person, other.simulated)
    for field in ("time_ns", "weights", "gaze", "source"):
        np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


def test_a_paired_recording_comes_back_frame_by_frame(tmp_path):
    path = tmp_path / "a.mcap"
    written = paired()
    write_paired(path, written, LOCAL, simulation="evaluation sensors 1")
    read = read_paired(path, LOCAL)

    for field in ("name", "wearer", "donning", "headset", "real_face", "real_sensors"):
        assert getattr(read, field) == getattr(written, field)
    assert_same_take(read.truth, written.truth)
    for one, other in zip(read.frames(), written.frames(), strict=True):
        assert (one.sequence, one.frame_time_ns) == (other.sequence, other.frame_time_ns)
        for left, right in zip(one.samples, other.samples, strict=True):
            assert (left.stream, left.sample_time_ns) == (right.stream, right.sample_time_ns)
            assert left.values.tobytes() == right.values.tobytes()
    assert LogReader(path, LOCAL).header.simulation == "evaluation sensors 1"


def test_samples_arrive_with_the_frame_that_brought_them(tmp_path):
    path = tmp_path / "a.mcap"
    written = paired()
    write_paired(path, written, LOCAL)
    for one, other in zip(read_paired(path, LOCAL).streams, written.streams, strict=True):
        kept = other.arrival_ns <= written.frame_time_ns[-1]
        frame = np.searchsorted(written.frame_time_ns, other.arrival_ns[kept])
        np.testing.assert_array_equal(one.arrival_ns, written.frame_time_ns[frame])
        np.testing.assert_array_equal(one.sample_time_ns, other.sample_time_ns[kept])


def test_the_same_recording_makes_the_same_bytes_and_a_reread_one_too(tmp_path):
    paths = [tmp_path / f"{name}.mcap" for name in "abc"]
    write_paired(paths[0], paired(), LOCAL)
    write_paired(paths[1], paired(), LOCAL)
    write_paired(paths[2], read_paired(paths[0], LOCAL), LOCAL)
    assert len({path.read_bytes() for path in paths}) == 1
    write_paired(tmp_path / "d.mcap", paired(seed=1), LOCAL)
    assert (tmp_path / "d.mcap").read_bytes() != paths[0].read_bytes()


def test_what_can_be_made_again_has_no_identity_of_its_own(tmp_path):
    write_paired(tmp_path / "a.mcap", paired(), LOCAL)
    write_take(tmp_path / "b.mcap", take(), LOCAL)
    for name in "ab":
        metadata = LogReader(tmp_path / f"{name}.mcap").metadata
        assert "log_id" not in metadata


def test_a_recording_of_any_length_is_read_some_frames_at_a_time(tmp_path, monkeypatch):
    path = tmp_path / "a.mcap"
    write_paired(path, paired(), LOCAL)
    at_once = read_paired(path, LOCAL)
    for module in ("reader", "recording"):
        monkeypatch.setattr(f"vrface.log.{module}.AT_ONCE", 7)
    in_parts = read_paired(path, LOCAL)
    assert_same_take(in_parts.truth, at_once.truth)
    np.testing.assert_array_equal(in_parts.frame_time_ns, at_once.frame_time_ns)
    for one, other in zip(in_parts.streams, at_once.streams, strict=True):
        for field in ("sample_time_ns", "arrival_ns", "values"):
            np.testing.assert_array_equal(getattr(one, field), getattr(other, field))


def test_real_sensors_are_said_to_be_real(tmp_path):
    path = tmp_path / "a.mcap"
    write_paired(path, paired(real_sensors=True), LOCAL)
    assert LogReader(path, LOCAL).header.simulation == "real"
    assert read_paired(path, LOCAL).real_sensors


def test_where_it_comes_from_is_kept_and_a_log_that_does_not_say_is_as_it_was(tmp_path):
    told = '{"wearer": {"seed": 7, "person": "caf\u00e9"}}'
    for name, provenance in (("a", told), ("b", "")):
        write_paired(tmp_path / f"{name}.mcap", paired(provenance=provenance), LOCAL)
        assert read_paired(tmp_path / f"{name}.mcap", LOCAL).provenance == provenance
        assert read_sensors(tmp_path / f"{name}.mcap", LOCAL).provenance == provenance
    assert "provenance" not in LogReader(tmp_path / "b.mcap").metadata
    altered = LogReader(tmp_path / "a.mcap").metadata | {"provenance": "{}"}
    with pytest.raises(LogError, match="checksum"):
        LogHeader.from_metadata(altered, "a")


@pytest.mark.parametrize(
    ("entry", "value"),
    [
        ("seed", "-1"),
        ("seed", str(2**64)),
        ("seed", "x"),
        ("style", "loud"),
        ("smoothing", "loud"),
        ("smoothing", "brow=0:1"),
    ],
)
def test_what_no_session_shows_makes_no_sense(tmp_path, entry, value):
    write_paired(tmp_path / "a.mcap", paired(), LOCAL)
    told = sealed(LogReader(tmp_path / "a.mcap").metadata | {entry: value})
    with pytest.raises(LogError, match="makes no sense"):
        LogHeader.from_metadata(told, "a")


def test_a_provenance_that_no_reader_would_accept_is_refused(tmp_path):
    path = tmp_path / "a.mcap"
    with pytest.raises(BadUse, match="header of the log"):
        write_paired(path, paired(provenance="x" * LARGEST_OTHER), LOCAL)
    assert list(tmp_path.iterdir()) == []


def test_a_take_comes_back_alone(tmp_path):
    path = tmp_path / "a.mcap"
    write_take(path, take(), LOCAL)
    reader = LogReader(path, LOCAL)
    assert_same_take(reader.take(), take())
    assert [face.valid for face in reader.faces()] == take().tracked.tolist()
    assert reader.header.headset is None
    with pytest.raises(LogError, match="0 sensor frames"):
        read_paired(path, LOCAL)


def test_a_log_without_faces_is_no_paired_log(tmp_path):
    path = tmp_path / "a.mcap"
    header = LogHeader(headset("mouth_only"), "w", "d", "monotonic")
    with LogWriter(FileSink(path), header, LOCAL) as log:
        log.sensors(SensorFrame(1, 0), 0)
    with pytest.raises(LogError, match="0 true faces") as caught:
        read_paired(path, LOCAL)
    assert caught.value.advice


def test_samples_that_do_not_fit_are_left_out_and_future_ones_wait(tmp_path):
    path = tmp_path / "a.mcap"
    profile = headset("mouth_only")
    good = np.full(len(profile.streams[0].channels), 0.5, np.float32)
    truth = take()
    with LogWriter(
        FileSink(path), LogHeader(profile, "w", "d", "monotonic", real_face=False), LOCAL
    ) as log:
        for k, time_ns in enumerate(truth.time_ns.tolist()):
            samples = (
                Sample(0, time_ns + 20 * MS, good * (k % 2)),  # sensed after its own frame
                Sample(0, time_ns, good[:3]),
                Sample(5, time_ns, good),
            )
            log.sensors(SensorFrame(k, time_ns, samples), time_ns)
        face_log = tmp_path / "face.mcap"
        write_take(face_log, truth, LOCAL)
        for face in LogReader(face_log, LOCAL).faces():
            log.face(face, face.frame_time_ns)
    read = read_paired(path, LOCAL)
    (stream,) = read.streams
    assert len(stream.values) == FRAMES
    assert (stream.arrival_ns >= stream.sample_time_ns).all()
    frames = list(read.frames())
    assert [len(frame.samples) for frame in frames[:3]] == [0, 0, 1]
    assert all(s.sample_time_ns <= f.frame_time_ns for f in frames for s in f.samples)


def test_a_refused_recording_leaves_no_file(tmp_path):
    stranger = Permission(kind="hearsay", identifier="x")
    path = tmp_path / "a.mcap"
    with pytest.raises(Refused):
        write_paired(path, paired(), stranger)
    with pytest.raises(Refused):
        write_take(path, take(), stranger)
    assert not path.exists()


def test_negative_times_are_bad_use(tmp_path):
    early = replace(take(), time_ns=take().time_ns - 5)
    with pytest.raises(BadUse, match="out of range"):
        write_take(tmp_path / "a.mcap", early, LOCAL)


def test_what_was_sensed_is_read_without_the_truth(tmp_path):
    path = tmp_path / "a.mcap"
    written = paired()
    write_paired(path, written, LOCAL)
    truth, sensed = read_paired(path, LOCAL), read_sensors(path, LOCAL)
    assert type(sensed) is SensorRecording
    for one, other in zip(sensed.streams, truth.streams, strict=True):
        for part in ("sample_time_ns", "arrival_ns", "values"):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))

    alone = tmp_path / "b.mcap"
    write_sensors(alone, sensed, LOCAL, simulation="evaluation sensors 1")
    log = LogReader(alone, LOCAL)
    assert list(log.faces()) == []
    assert (log.header.simulation, log.header.real_face) == ("evaluation sensors 1", False)
    for frame, same in zip(read_sensors(alone, LOCAL).frames(), written.frames(), strict=True):
        assert frame.frame_time_ns == same.frame_time_ns
        values, again = ([s.values.tobytes() for s in each.samples] for each in (frame, same))
        assert values == again
    with pytest.raises(LogError, match="0 true faces"):
        read_paired(alone, LOCAL)


def test_a_log_of_faces_alone_senses_nothing(tmp_path):
    write_take(tmp_path / "a.mcap", take(), LOCAL)
    with pytest.raises(LogError, match="faces alone"):
        read_sensors(tmp_path / "a.mcap", LOCAL)


def test_frames_that_go_back_in_time_are_no_recording(tmp_path):
    header = LogHeader(headset("mouth_only"), "w", "d", "monotonic")
    with LogWriter(FileSink(tmp_path / "a.mcap"), header, LOCAL) as log:
        for sequence, time_ns in enumerate((10, 20, 20)):
            log.sensors(SensorFrame(sequence, time_ns), time_ns)
    with pytest.raises(LogError, match="not in order"):
        read_sensors(tmp_path / "a.mcap", LOCAL)
