"""What a report measures: which parts, under which key, and what one part gives."""

import json

import pytest

from vrface.errors import BadUse
from vrface.model import pretrained
from vrface.training.report import jobs as parts
from vrface.training.report.jobs import (
    FIRST_SEED,
    HEADSETS,
    Job,
    Options,
    jobs,
    key,
    measure,
    recorded,
    rig_of,
    tasks,
)

DIGEST = b"1234"


@pytest.fixture
def data(tmp_path):
    """A folder with what looks like two takes."""
    for person in ("anna", "bert"):
        (tmp_path / "arkit" / person).mkdir(parents=True)
        (tmp_path / "arkit" / person / "take.csv").write_text(person)
    return tmp_path


def test_every_wearer_wears_every_headset_once():
    found = jobs(Options(wearers=23))
    assert {job.kind for job in found} == {"simulated"}
    for name in HEADSETS:
        seeds = [seed for job in found if job.headset == name for seed in job.seeds]
        assert seeds == list(range(FIRST_SEED, FIRST_SEED + 23))
    assert len({job.name for job in found}) == len(found)
    assert list(tasks(Options(wearers=23))) == [job.name for job in found]


def test_real_faces_come_first_and_only_where_there_are_any(data, tmp_path):
    found = jobs(Options(data=data, wearers=0))
    assert [(job.kind, job.headset) for job in found] == [("real", name) for name in HEADSETS]
    assert [path.parent.name for path in recorded(data)] == ["anna", "bert"]
    (tmp_path / "empty").mkdir()
    assert jobs(Options(data=tmp_path / "empty", wearers=0)) == []


def test_the_key_follows_everything_that_a_figure_depends_on(data, monkeypatch):
    options = Options(data=data)
    first = key(options, DIGEST)
    assert key(Options(data=data, wearers=3), DIGEST) == first  # the same parts, fewer of them
    others = {
        key(options, b"5678"),
        key(Options(data=data, seed=1), DIGEST),
        key(Options(data=data, seconds=20.0), DIGEST),
        key(Options(), DIGEST),
    }
    (data / "arkit" / "anna" / "take.csv").write_text("another face")
    others.add(key(options, DIGEST))
    (data / "rig" / "ICT-FaceKit").mkdir(parents=True)
    others.add(key(options, DIGEST))
    monkeypatch.setattr(parts, "PROTOCOL", "another")
    others.add(key(options, DIGEST))
    assert len(others | {first}) == 8


def test_the_rig_is_found_beside_the_takes(data):
    assert rig_of(Options(data=data)) is None
    assert rig_of(Options()) is None
    (data / "rig" / "ICT-FaceKit").mkdir(parents=True)
    assert rig_of(Options(data=data)) == data / "rig" / "ICT-FaceKit"


@pytest.mark.parametrize("wrong", [{"wearers": -1}, {"seed": -1}])
def test_figures_out_of_range_are_refused(wrong):
    with pytest.raises(BadUse, match="neither is below 0"):
        Options(**wrong)


def test_a_data_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadUse, match="is no folder"):
        Options(data=tmp_path / "nowhere")


def test_a_part_gives_every_mode_as_strict_json(monkeypatch, drawn_model):
    monkeypatch.setattr(parts, "WEARER_S", 6.0)
    monkeypatch.setattr(pretrained, "load", lambda name: drawn_model)
    said: list[float] = []
    found = measure(
        Job("simulated", "mouth_only", (FIRST_SEED,)), Options(seconds=2.0), said.append
    )
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found["reports"]) == ["none", "unpaired", "paired"]
    assert [take["name"] for take in found["reports"]["paired"]["takes"]] == [
        f"synthetic-{FIRST_SEED}"
    ]
    assert found["stretches"] == []
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)
