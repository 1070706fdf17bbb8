"""docs/trackers.md: what it shows runs, and what it lists is what there is."""

import re
from pathlib import Path

import typer

from vrface.cli.main import app
from vrface.sensors import Sample, headset
from vrface.trackers import TRACKERS, open_tracker
from vrface.trackers.livelink import DIALECT
from vrface.trackers.udp import UdpTracker

PAGE = (Path(__file__).parents[2] / "docs/trackers.md").read_text("utf-8")
PRETEND_PHONE, FROM_PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.S)


def test_the_table_lists_every_tracker_with_its_headset_and_port():
    rows = re.findall(r"(?m)^\| `(\w+)` \| .* \| (?:`(\w+)`|[\w' ]+) \| (\d*) *\|$", PAGE)
    assert [name for name, _, _ in rows] == list(TRACKERS)
    for name, worn, port in rows:
        if name in ("replay", "openxr"):  # a log's headset, a runtime's
            continue
        tracker = open_tracker(name, port=0)
        assert tracker.headset == headset(worn)
        assert port == (str(tracker.dialect.port) if isinstance(tracker, UdpTracker) else "")
        tracker.close()


def test_the_pretended_phone_sends_a_face(monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    tracker = UdpTracker(DIALECT, port=0)
    code = PRETEND_PHONE.replace("11111", str(tracker.address.port)).replace("600", "20")
    exec(code, {})
    samples: list[Sample] = []
    for frame in tracker.frames():
        samples += frame.samples
        if (tracker.datagrams == 20 and samples) or frame.sequence > 2000:
            break
    tracker.close()
    assert (tracker.datagrams, tracker.bad) == (20, 0)
    assert samples


def test_the_loop_over_frames_ends(capsys):
    exec(FROM_PYTHON.replace(">= 90", ">= 3"), {})
    said, *lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"send to 127\.0\.0\.1:\d+", said)
    assert lines
    assert all(line.endswith(" 0 0 0 0") for line in lines)


def options_of(verb: str) -> set[str]:
    commands = getattr(typer.main.get_command(app), "commands", {})
    return {option for each in commands[verb].params for option in each.opts}


def test_options_it_names_are_there():
    commands = re.findall(r"(?m)^vrface (serve|record) (.*?)(?:#.*)?$", PAGE)
    assert {verb for verb, _ in commands} == {"serve", "record"}
    for verb, line in commands:
        named = re.findall(r"(?<!\S)--?[a-z][a-z-]*", line)
        assert named
        assert set(named) <= options_of(verb), line
    named_in_text = set(re.findall(r"`(--[a-z-]+)", PAGE))
    assert {"--tracker", "--headset", "--tracker-host", "--insecure-lan"} <= named_in_text
    for verb in ("serve", "record"):
        assert named_in_text <= options_of(verb)
