"""Every importer together: found by looking, refused in words, described."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.log.importers import test_ier, test_pupil
from tests.log.importers.recordings import survives
from vrface.errors import Refused, TakeError, UnknownName
from vrface.face.blendshapes import index
from vrface.log import LogReader
from vrface.log.importers import FORMATS, describe, read_any, read_take
from vrface.log.importers.sensors import HEADSETS, headset_of, sensed
from vrface.log.recording import read_sensors, write_sensors
from vrface.sensors.recording import SensorRecording
from vrface.trust.permission import Permission

LOCAL = Permission.local()


def test_headsets_of_the_importers_cite_every_figure():
    for name in HEADSETS:
        profile = headset_of(name)
        assert profile.name == name
        for stream in profile.streams:
            for figure in ("channels", "rate_hz", "latency_us", "noise"):
                assert getattr(stream.sources, figure)


def test_the_page_of_formats_lists_every_format_and_its_example_reads(tmp_path):
    page = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")
    listed = page.split("| `--format` |")[1].partition("\n\n")[0]
    assert re.findall(r"^\| `(\w+)` \| ", listed, re.M) == list(FORMATS)
    assert all(f"`{name}`" in page for name in HEADSETS)
    (example,) = re.findall(r"```\n(# vrface csv.*?)```", page, re.S)
    path = tmp_path / "a.csv"
    path.write_text(example)
    take = read_any(path).take
    assert take.person == "p1"
    np.testing.assert_allclose(take.weights[:, index("jawOpen")], [0.12, 0.13], rtol=1e-6)
    np.testing.assert_allclose(take.gaze[0], [-0.05, 0.01, -0.06, 0.01], rtol=1e-6)


def test_what_nobody_knows_is_refused_with_what_is_known(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("some,other,table\n1,2,3\n")
    with pytest.raises(TakeError, match="some,other,table") as caught:
        read_any(path)
    assert all(name in caught.value.advice for name in FORMATS)
    path.write_bytes(b"")
    with pytest.raises(TakeError, match="is empty"):
        read_any(path)
    with pytest.raises(TakeError, match="there is no recording"):
        read_any(tmp_path / "none.csv")
    with pytest.raises(UnknownName, match="Did you mean 'sranipal'"):
        read_any(path, format="sranipall")


@pytest.mark.parametrize("lead", ["", "# noted\n", "\n", "\n#\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
def test_what_can_be_read_is_found_by_looking(tmp_path, lead, end, encoding):
    whole = test_ier.log(tmp_path / "a.csv").read_text("utf-8")
    path = tmp_path / "b.csv"
    path.write_bytes((lead + whole).replace("\n", end).encode(encoding))
    assert len(read_any(path, format="ier").sensors.frame_time_ns) == 3
    assert read_any(path).format == "ier"


def test_a_name_that_is_no_text_is_written_with_backslashes(tmp_path):
    folder = tmp_path / "p\udcfe"
    folder.mkdir()
    recording = read_any(test_ier.log(folder / "x\udcff.csv")).sensors
    assert (recording.name, recording.wearer) == (r"x\udcff", r"p\udcfe")
    write_sensors(tmp_path / "a.mcap", recording, LOCAL)
    assert read_sensors(tmp_path / "a.mcap", LOCAL).name == r"x\udcff"


def test_a_folder_that_is_named_by_a_dot_has_its_own_name(tmp_path, monkeypatch):
    folder = test_pupil.export(tmp_path / "who" / "r.1", [test_pupil.gaze(1), test_pupil.gaze(2)])
    monkeypatch.chdir(folder)
    recording = read_any(".").sensors
    assert (recording.name, recording.wearer) == ("r.1", "who")


def test_a_sensor_log_is_no_face(tmp_path):
    path = test_ier.log(tmp_path / "a.csv")
    with pytest.raises(TakeError, match="what a headset sensed"):
        read_take(path)


def test_every_door_asks_for_permission(tmp_path):
    path = test_ier.log(tmp_path / "a.csv")
    stranger = Permission(kind="hearsay", identifier="x")
    for read in (read_any, read_take):
        with pytest.raises(Refused):
            read(path, None, stranger)
    with pytest.raises(Refused):
        write_sensors(tmp_path / "a.mcap", read_any(path).sensors, stranger)
    assert not (tmp_path / "a.mcap").exists()


def test_a_description_tells_streams_rates_gaps_and_losses(tmp_path):
    facts = dict(describe(read_any(test_ier.log(tmp_path / "a.csv"), "p7")))
    assert facts["format"] == "ier"
    assert (facts["person"], facts["headset"], facts["frames"]) == ("p7", "ier_2023", "3")
    assert facts["gaps"] == "1 of more than 0.1 s"
    assert facts["pupils"] == "3 samples, 100.0 Hz, 50.0% lost"


def test_a_stream_without_a_value_is_one_the_headset_lacks():
    time = np.arange(3, dtype=np.int64) * 10**7
    lids, nothing = np.ones((3, 2)), np.full((3, 2), np.nan)
    recording = sensed("a", "p", "ier_2023", {"lids": (time, lids), "pupils": (time, nothing)})
    assert [stream.name for stream in recording.headset.streams] == ["lids"]
    with pytest.raises(TakeError, match="no value"):
        sensed("a", "p", "ier_2023", {"lids": (time, nothing)})
    with pytest.raises(TakeError, match="1 instant"):
        sensed("a", "p", "ier_2023", {"lids": (time[:1], lids[:1])})


def test_a_value_out_of_its_range_is_no_value():
    time = np.arange(4, dtype=np.int64)
    lids = np.array([[0.5, 1.5], [-0.1, 1.0], [1e300, 0.0], [np.inf, 0.2]])
    recording = sensed("a", "p", "ier_2023", {"lids": (time, lids)})
    known = np.isfinite(recording.streams[0].values)
    assert known.tolist() == [[True, False], [False, True], [False, True], [False, True]]


def test_what_is_imported_comes_back_from_its_log(tmp_path):
    recording = read_any(test_ier.log(tmp_path / "a.csv"), "p1").sensors
    path = tmp_path / "a.mcap"
    write_sensors(path, recording, LOCAL)
    again = read_sensors(path, LOCAL)
    assert isinstance(again, SensorRecording)
    for name in ("name", "wearer", "donning", "headset", "real_sensors"):
        assert getattr(again, name) == getattr(recording, name)
    np.testing.assert_array_equal(again.frame_time_ns, recording.frame_time_ns)
    for one, other in zip(again.streams, recording.streams, strict=True):
        for part in ("sample_time_ns", "arrival_ns", "values"):
            np.testing.assert_array_equal(getattr(one, part), getattr(other, part))
    log = LogReader(path, LOCAL)
    assert list(log.faces()) == []
    assert (log.header.simulation, log.header.real_face) == ("real", True)


@settings(max_examples=40)
@given(
    st.binary(max_size=300)
    | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from(["auto", *FORMATS]),
)
def test_any_bytes_are_read_or_refused_by_every_importer(tmp_path_factory, junk, format):
    path = tmp_path_factory.mktemp("junk") / "gaze.csv"
    path.write_bytes(junk)
    survives(path, format)
