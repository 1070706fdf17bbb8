"""The benchmark of the OpenXR layer: its program reads faces, and all is counted."""

import json
from contextlib import contextmanager

import pytest

from benchmarks import openxr_layer
from tests.bindings.openxr_layer.conftest import SAMPLE_AGE_NS, Service, live, shown


@contextmanager
def serving(run, seed):
    """A wearer's face over and over, from a thread of this process."""
    with (
        Service(run / "vrface/faces") as service,
        shown(service, [live(seed)], 0.005, period_us=10**6),
    ):
        yield


@pytest.fixture
def fake(compiler, monkeypatch):
    for name in ("g++", "make"):
        compiler(name)
    monkeypatch.setattr("benchmarks.measure.pin", lambda: None)  # it would pin the other tests too
    monkeypatch.setattr(openxr_layer, "serving", serving)


def test_the_report_holds_what_is_printed(fake, tmp_path, capsys):
    report = tmp_path / "report.json"
    openxr_layer.main(["--frames", "20", "--json", str(report)])
    table, told = capsys.readouterr().out, json.loads(report.read_text())
    assert list(told["us"]) == list(openxr_layer.CALLS)
    for name, found in told["us"].items():
        assert f"| {name} | {found['p10']:.1f} {found['p50']:.1f}" in table
    assert told["faces"] > 0.5
    assert told["age_ms"]["p10"] >= SAMPLE_AGE_NS / 1e6


def test_every_line_is_a_figure_of_its_kind():
    found = openxr_layer.figures("fb2 1500\nage 2000000\nfb2 2500\n")
    assert {kind: list(values) for kind, values in found.items()} == {
        "fb2": [1.5, 2.5],
        "age": [2000.0],
    }
