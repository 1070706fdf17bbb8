"""What a report measures: which parts, and what one part gives."""

import json
import subprocess
import sys

import pytest

from vrface.model import pretrained
from vrface.training.report import jobs as parts
from vrface.training.report.jobs import (
    ABLATED,
    FIRST_SEED,
    FOCUS,
    HEADSETS,
    TIERS,
    UNHEARD,
    Job,
    jobs,
    measure,
    tasks,
)
from vrface.training.report.options import Options
from vrface.training.rivals.field import best_of


def test_every_wearer_wears_every_headset_once():
    found = jobs(Options(wearers=23))
    assert {job.kind for job in found} == {"simulated"}
    for name in HEADSETS:
        seeds = [seed for job in found if job.headset == name for seed in job.seeds]
        # Half of them where no aim is told of the headset.
        count = 23 if name in TIERS else 12
        assert seeds == list(range(FIRST_SEED, FIRST_SEED + count))
    assert len({job.name for job in found}) == len(found)
    assert list(tasks(Options(wearers=23))) == [job.name for job in found]


def test_real_faces_come_first_and_only_where_there_are_any(data, tmp_path):
    found = jobs(Options(data=data, wearers=1))
    worn = [name for name in (*HEADSETS, ABLATED) if name not in UNHEARD]
    real = [(job.kind, job.headset) for job in found[: len(worn)]]
    assert real == [("real", name) for name in worn]
    assert {job.kind for job in found[len(worn) :]} == {"simulated"}
    (tmp_path / "empty").mkdir()
    none = jobs(Options(data=tmp_path / "empty", wearers=1))
    assert {job.kind for job in none} == {"simulated"}


def test_without_gaze_the_same_shapes_are_hidden_and_the_bar_is_that_of_the_tier():
    whole, without = (Job("real", name).profile for name in (FOCUS, ABLATED))
    assert {stream.name for stream in whole.streams} - {s.name for s in without.streams} == {"gaze"}
    gained = set(without.occludes) - set(whole.occludes)
    assert gained
    assert all(name.startswith("eyeLook") for name in gained)
    config = {"best_rival": {"unpaired": {"": "ridge", FOCUS: "pool"}}}
    assert best_of(config, without.name, "unpaired") == "pool"
    assert " " not in Job("real", ABLATED).name
    assert Job("real", ABLATED).modes == ("unpaired", "paired")
    assert Job("real", FOCUS).modes == ("none", "unpaired", "paired")


def test_a_part_gives_every_mode_as_strict_json(monkeypatch, drawn_model):
    monkeypatch.setattr(parts, "SCORED_S", 4.0)
    monkeypatch.setattr(pretrained, "load", lambda name: drawn_model)
    said: list[float] = []
    found = measure(
        Job("simulated", "mouth_only", (FIRST_SEED,)), Options(seconds=2.0), said.append
    )
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert list(found["reports"]) == ["none", "unpaired", "paired"]
    assert [take["name"] for take in found["reports"]["paired"]["takes"]] == [
        f"simulated-{FIRST_SEED}-0"
    ]
    assert found["model"]["lacks"] == ["knn", "gbt", "gru", "tcn"]
    assert found["stretches"] == []
    assert said == sorted(said)
    assert said[-1] == pytest.approx(1.0)


def test_what_measures_draws_nothing():
    asked = "import sys, vrface.training.report.jobs; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
