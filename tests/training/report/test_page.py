"""The page, its verdict and its plots, from results made by hand."""

import re

import pytest

from tests.training.report import made
from vrface.errors import VrfaceError
from vrface.training.averages import summary
from vrface.training.report import page
from vrface.training.report.findings import BEST, OURS, Evaluation, figure, read
from vrface.training.report.jobs import HEADSETS, Options
from vrface.training.report.verdict import summary_line, verdict


@pytest.fixture
def data(tmp_path):
    (tmp_path / "data/arkit/anna").mkdir(parents=True)
    (tmp_path / "data/arkit/anna/take.csv").write_text("a face")
    return tmp_path / "data"


@pytest.fixture
def findings(tmp_path, data):
    options = Options(data=data, wearers=12)
    made.results(tmp_path / "kept", options)
    return read(tmp_path / "kept", options, made.ABOUT)


def evaluation(crps, **others):
    takes = [made.take(f"take-{n}", f"person-{n}", crps, **others) for n in range(2)]
    return Evaluation(takes, summary(takes))


def rows_of(text):
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def tables_of(text):
    return [part for part in re.split(r"\n\n", text) if part.startswith("|")]


def test_parts_of_one_headset_are_joined_before_they_are_averaged(findings):
    for modes in findings.simulated.values():
        assert list(modes) == ["none", "unpaired", "paired"]
        for one in modes.values():
            assert one.summary["persons"] == len(one.takes) == 12
            assert one.summary["against"][BEST]["high"] is not None
    assert list(findings.real) == list(findings.simulated) == list(HEADSETS)


def test_results_of_another_checkpoint_are_refused(tmp_path):
    options = Options(wearers=1)
    made.results(tmp_path, options)
    with pytest.raises(VrfaceError, match="of another checkpoint"):
        read(tmp_path, options, made.ABOUT | {"digest": "fedcba"})


def test_a_finding_knows_rank_and_gap():
    one = evaluation(0.026)
    assert one.best == "pool"
    assert one.beside_best == pytest.approx(0.026 / 0.024)
    assert one.rank == (3, 6)  # behind ridge and pool; B is one of the five rivals
    assert one.closed == pytest.approx(-2 / 9)
    assert evaluation(0.02).closed == pytest.approx(4 / 9)
    assert one.beyond_chance is None  # two persons give no interval


def test_every_figure_says_what_it_is_of(findings):
    text = page.text(findings)
    for caption in re.findall(r"(?m)^\*(?:Real|Simulated) face.*\*$", text):
        assert "simulated sensors; " in caption
        assert "protocol 1; checkpoint 01234567; " in caption
        assert re.search(r"calibration", caption)
    blocks = text[text.index("## The verdict") :].split("\n\n")
    for place, block in enumerate(blocks):
        if block.startswith(("|", "![")):
            after = next(b for b in blocks[place + 1 :] if not b.startswith("|"))
            assert after.startswith("*")
            assert "face, simulated sensors" in after


def test_no_table_holds_both_kinds_of_evidence(findings):
    for part in page.text(findings).split("\n## ")[4:]:
        kind = part.split()[0]
        captions = re.findall(r"(?m)^\*(\w+) face, simulated", part)
        assert captions
        assert set(captions) == {kind}


def test_tables_hold_the_figures_that_were_measured(findings):
    rows = rows_of(page.text(findings))
    assert ["**this model**", "26.0", "39.0", "26.0", "39.0", "26.0", "39.0"] in rows
    assert ["ridge user", "-", "-", "-", "-", "21.0", "31.5"] in rows
    assert ["calibrated", "paired", "paired"] in rows
    assert ["`mouth_only`", "unpaired", "26.0", "24.0 (pool)", "1.08", "3 of 6"] in rows
    assert [
        "**B** (pool)",
        "0.75 (0.75 to 0.75)",
        "0.75 (0.75 to 0.75)",
        "0.75 (0.75 to 0.75)",
    ] in (rows)


def test_tables_have_as_many_cells_in_every_row(findings):
    found = tables_of(page.text(findings))
    assert len(found) > 30
    for table in found:
        assert len({len(row) for row in rows_of(table)}) == 1, table


def test_the_page_shows_every_plot_that_is_drawn_and_no_other(findings, tmp_path):
    (tmp_path / "docs/report").mkdir(parents=True)
    (tmp_path / "docs/report/old.png").write_bytes(b"")
    written = page.write(findings, tmp_path / "docs")
    shown = set(re.findall(r"\]\(report/(.*?\.png)\)", written.read_text()))
    drawn = {path.name for path in (tmp_path / "docs/report").iterdir()}
    assert shown == drawn
    assert len(drawn) == 9
    for path in (tmp_path / "docs/report").iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
        assert path.stat().st_size < 120_000


def test_the_source_of_the_takes_is_named(findings):
    text = page.text(findings)
    assert "alexdjulin" in text
    assert "LiveLinkFace-CSV-Retarget-For-Motionbuilder" in text
    assert "MIT" in text


def test_the_verdict_tells_defeat_and_victory(findings):
    real, simulated = (verdict(findings, kind) for kind in ("real", "simulated"))
    assert "better than B in 0 of 8 cases" in real
    assert "8 % more error (`mouth_only` unpaired) to 33 % more" in real
    assert "first in 0 of 8 cases" in real
    assert "Beyond chance" not in real
    assert "better than B in 8 of 8 cases" in simulated
    assert "Beyond chance it is better in 8 of them and worse in 0" in simulated
    assert summary_line(findings) == (
        "real faces: better than B in 0 of 8; simulated faces: better than B in 8 of 8"
    )


def test_evidence_that_is_not_there_is_named(tmp_path, data):
    (tmp_path / "kept").mkdir()
    (tmp_path / "empty").mkdir()
    for options, why in (
        (Options(wearers=0), "no folder of recordings was given (`VRFACE_DATA`)"),
        (Options(data=tmp_path / "empty", wearers=0), "has no `arkit/PERSON/TAKE.csv`"),
    ):
        found = read(tmp_path / "kept", options, made.ABOUT)
        text = page.text(found)
        assert f"On real faces** nothing was measured: {found.missing('real')}." in text
        assert why in text
        assert text.count("Not filled: ") == 2
        assert summary_line(found) == "real faces: not measured; simulated faces: not measured"
        assert page.plots_of(found) == {}


def test_one_person_with_undefined_figures_still_makes_a_page(tmp_path, data):
    options = Options(data=data, wearers=0)
    made.results(tmp_path / "kept", options, people=1, bare=True)
    found = read(tmp_path / "kept", options, made.ABOUT)
    written = page.write(found, tmp_path / "docs").read_text()
    rows = rows_of(written)
    assert ["`mouth_only`", "unpaired", "26.0", "-", "-", "3 of 6"] in rows
    assert "there is no B to compare with" in written
    assert "with `rig/ICT-FaceKit` in it was given" in written
    assert "No take is long enough for one." in written
    assert "None" not in written
    assert "nan" not in written


def test_a_figure_that_is_nowhere_is_none():
    assert figure({"a": {"b": 1}}, "a", "b") == 1.0
    assert figure({"a": {"b": None}}, "a", "b") is None
    assert figure({"a": None}, "a", "b") is None
    assert figure({}, "a", "b") is None


def test_methods_name_the_model_then_b_then_rivals_then_ceilings():
    names = list(evaluation(0.02, mode="paired").methods())
    assert names[:2] == [OURS, BEST]
    assert names[-1] == "personal"
    assert names.count("pool") == 1
