"""The page: what lies outside is said, what is missing is named, nothing is undefined in it."""

import re
from dataclasses import replace

import pytest

from vrface.training.realism.behaviour import Apart
from vrface.training.realism.finding import Finding
from vrface.training.realism.page import Facts, simulators_page
from vrface.training.realism.plots import draw_findings
from vrface.training.realism.simulators import draw

FACTS = Facts(
    command="make report",
    machine="a machine",
    wearers=40,
    seed=10_000,
    seconds=90.0,
    takes=("alex/one", "talk/two"),
    version=1,
    families={"foam": ("square_white", "square_slow", "lobe_shot")},
    sensor_wearers={"EMG": range(9000, 9012)},
    apart={"one": Apart((1.0, 2.0, 9.0), (3.0,)), "two": Apart((4.0, 8.0), (0.5,))},
)

INSIDE = Finding("blinks a minute", 17.0, 8.0, 21.0, "Doughty 2001", (9.0, 25.0))
LOW = Finding("height", 0.1, 0.4, 0.8, "5 takes", (0.05, 0.2))
HIGH = Finding("EMG, ridge", 0.9, 0.48, 0.62, "Abey et al. 2026")
NOBODY = Finding("strain, ridge", 0.4, 0.0, 1.0, "no figure published")
UNDEFINED = Finding("winks", None, 0.0, 1.0, "5 takes")

GROUPS = {"Blinks": [INSIDE, LOW, UNDEFINED], "Eyes": [], "EMG": [HIGH, NOBODY]}


def test_the_verdict_counts_what_lies_inside_and_names_what_does_not():
    text = simulators_page(GROUPS, FACTS)
    assert "**1 of 3 figures of behaviour lie inside** (33 %)." in text
    assert "**0 of 1 figures of the sensors lie inside** (0 %)." in text
    assert "| Blinks | 3 | 1 | height (too low); winks (not defined) |" in text
    assert "Outside: EMG, ridge (too high)." in text


def test_a_row_says_simulated_spread_range_and_source():
    text = simulators_page(GROUPS, FACTS)
    assert "| blinks a minute | 17 | 9 to 25 | 8 to 21 | inside | Doughty 2001 |" in text
    assert "| height | 0.1 | 0.05 to 0.2 | 0.4 to 0.8 | **too low** | 5 takes |" in text
    assert "| winks | - | - | 0 to 1 | **not defined** | 5 takes |" in text


def test_what_nobody_published_is_told_and_not_counted():
    text = simulators_page({"Strain": [NOBODY]}, FACTS)
    assert "| strain, ridge | 0.4 | - | - | - | no figure published |" in text
    assert "| Strain | 0 | 0 | none |" in text
    assert "Nothing of this was published" in text


def test_a_group_that_was_not_measured_is_named_with_why():
    text = simulators_page(GROUPS, replace(FACTS, missing={"Voice": "no recordings of voices"}))
    assert "Not filled: Voice: no recordings of voices." in text
    assert "### Eyes" not in text


def test_without_anything_measured_every_part_says_so():
    text = simulators_page({}, replace(FACTS, takes=(), families={}, apart={}))
    for heading in ("Behaviour", "Windows", "Sensors", "Families"):
        part = text[text.index(f"\n## {heading}") :].split("\n## ")[1]
        assert "Not filled: " in part, heading
    assert "none were given" in text


def test_every_table_says_which_wearers_it_is_of_and_has_whole_rows():
    text = simulators_page(GROUPS, FACTS)
    captions = re.findall(r"(?m)^\|.*\|\n\n\*Simulation version 1(.*)\.\*$", text)
    assert captions.count("; wearer seeds 10000 to 10039") == 2
    assert captions.count("; wearer seeds 9000 to 9011") == 1
    for table in re.findall(r"(?m)(?:^\|.*\|\n)+", text):
        assert len({line.count("|") for line in table.splitlines()}) == 1, table
    assert not re.search(r"(?i)\bnan\b", text)
    assert "None" not in text


def test_windows_are_told_beside_other_real_takes():
    text = simulators_page(GROUPS, FACTS)
    assert "| one | 2 | 1 to 9 | 3 |" in text
    assert "than the furthest real take for 1 of 2 takes." in text


def test_held_out_families_are_there():
    text = simulators_page(GROUPS, FACTS)
    assert "| foam | square white and square slow | lobe shot |" in text


def test_a_plot_is_drawn_of_each_kind_and_that_of_yesterday_goes(tmp_path):
    draw(GROUPS, "a caption", tmp_path / "simulators")
    assert sorted(p.name for p in (tmp_path / "simulators").iterdir()) == [
        "behaviour.png",
        "sensors.png",
    ]
    draw({"EMG": [HIGH]}, "a caption", tmp_path / "simulators")
    assert [p.name for p in (tmp_path / "simulators").iterdir()] == ["sensors.png"]


@pytest.mark.parametrize("one", [INSIDE, LOW, HIGH, NOBODY, UNDEFINED, HIGH._replace(low=0.62)])
def test_every_kind_of_finding_can_be_drawn(one, tmp_path):
    draw_findings({"A": [one]}, "a caption", tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 1000
