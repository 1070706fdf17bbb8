"""The page: every figure says what it is of, every plot is there, what is missing is named."""

import re
from dataclasses import replace

from tests.training.report import finished_jobs
from tests.training.report.rows import rows_of, tables_of
from vrface.training.report import page
from vrface.training.report.findings import read
from vrface.training.report.options import Options


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


def test_no_part_holds_both_kinds_of_evidence(findings):
    parts = [part for part in page.text(findings).split("\n## ") if " faces, simulated" in part]
    assert len(parts[-2:]) == 2
    for part in parts[-2:]:
        kind = part.split()[0]
        captions = re.findall(r"(?m)^\*(\w+) face, simulated", part)
        assert captions
        assert set(captions) == {kind}


def test_tables_have_as_many_cells_in_every_row(findings):
    found = tables_of(page.text(findings))
    assert len(found) > 40
    for table in found:
        assert len({len(row) for row in rows_of(table)}) == 1, table


def test_the_page_shows_every_plot_that_is_drawn_and_no_other(findings, tmp_path):
    pictures = tmp_path / "docs/report"
    pictures.mkdir(parents=True)
    for name in ("stretch-of-yesterday.png", "somebody-elses.png"):
        (pictures / name).write_bytes(b"")
    written = page.write(findings, tmp_path / "docs")
    shown = set(re.findall(r"\]\(report/(.*?\.png)\)", written.read_text()))
    drawn = {path.name for path in pictures.iterdir()}
    assert drawn == shown | {"somebody-elses.png"}
    assert len(shown) == 9


def test_every_part_that_was_asked_for_is_there(findings):
    text = page.text(findings)
    for heading in (
        "## The project's own aims",
        "### Without gaze",
        "### Person by person",
        "### What is measured, real faces",
        "### What is measured, simulated faces",
    ):
        assert f"\n{heading}\n" in text
    assert text.count("R2: model") == 2


def test_it_says_who_taught_whom_and_who_chose_b(findings):
    text = page.text(findings)
    assert "learned from synthetic wearers only" in text
    assert "the very family of wearers that the model and the rivals learned from" in text
    assert "chosen on 9 wearers of the training" in text
    assert "| learned rivals | gru; the checkpoint lacks knn, gbt and tcn: no row of" in text
    assert "scored on the same frames" in text


def test_a_model_that_met_real_people_is_not_said_to_know_synthetic_ones_only(tmp_path, data):
    options = Options(data=data, wearers=1)
    finished_jobs.results(tmp_path / "kept", options)
    found = read(tmp_path / "kept", options, finished_jobs.ABOUT)
    text = page.text(replace(found, known={**found.known, "synthetic": False}))
    assert "synthetic wearers only" not in text
    assert "the very family" not in text


def test_only_rivals_that_are_there_are_explained(findings):
    text = page.text(findings)
    assert "- **pool**: ridge and climatology, mixed." in text
    assert "- **knn**" not in text


def test_the_source_of_the_takes_is_named(findings):
    text = page.text(findings)
    assert "alexdjulin" in text
    assert "LiveLinkFace-CSV-Retarget-For-Motionbuilder" in text
    assert "MIT" in text


def test_real_faces_that_are_not_there_are_named(tmp_path):
    (tmp_path / "empty").mkdir()
    for options, why in (
        (Options(wearers=1), "no folder of recordings was given (`VRFACE_DATA`)"),
        (Options(data=tmp_path / "empty", wearers=1), "has no `arkit/PERSON/TAKE.csv`"),
    ):
        finished_jobs.results(tmp_path / "kept", options)
        found = read(tmp_path / "kept", options, finished_jobs.ABOUT)
        text = page.text(found)
        assert f"On real faces** nothing was measured: {found.missing('real')}." in text
        assert why in text
        assert "| real faces, simulated sensors | not filled: " in text
        assert not any("real" in name or "stretch" in name for name in page.plots_of(found))


def test_one_person_with_undefined_figures_still_makes_a_page(bare, tmp_path):
    written = page.write(bare, tmp_path / "docs").read_text()
    rows = rows_of(written)
    assert ["`mouth_only`", "unpaired", "26.0", "-", "-", "3 of 6", "24.0 (pool)"] in rows
    assert "there is no B to compare with" in written
    assert "with `rig/ICT-FaceKit` in it was given" in written
    assert "No take is long enough for one." in written
    assert "None" not in written
    assert "nan" not in written
