"""Plots are small pictures with ink in them, whatever there is to draw."""

import numpy as np
import pytest
from matplotlib.image import imread

from tests.training.report import finished_jobs
from vrface.training.report.plots import (
    draw_activity,
    draw_groups,
    draw_overview,
    draw_reliability,
    draw_stretches,
)

MODE = "unpaired"


def looks_drawn(path):
    """Whether a picture is small, and has both paper and ink."""
    assert path.stat().st_size < 120_000
    grey = imread(path)[..., :3].mean(axis=2)
    return 0.005 < (grey < 0.7).mean() < 0.3


@pytest.mark.parametrize("kind", ["real", "simulated"])
def test_every_plot_of_averages_is_drawn(findings, tmp_path, kind):
    found = findings.of(kind)
    draw_overview(found, "a caption", tmp_path / "overview.png")
    draw_groups(found, MODE, "a caption", tmp_path / "groups.png")
    draw_activity(found, MODE, "a caption", tmp_path / "activity.png")
    draw_reliability(found, "a caption", tmp_path / "reliability.png")
    for name in ("overview", "groups", "activity", "reliability"):
        assert looks_drawn(tmp_path / f"{name}.png"), name


def test_where_hardly_anything_is_defined_plots_are_drawn_too(bare, tmp_path):
    draw_activity(bare.real, MODE, "a caption", tmp_path / "activity.png")
    draw_reliability(bare.real, "a caption", tmp_path / "reliability.png")
    assert looks_drawn(tmp_path / "activity.png")
    assert looks_drawn(tmp_path / "reliability.png")


def test_a_better_model_makes_another_picture(evaluation, tmp_path):
    for name, crps in (("good", 0.01), ("bad", 0.03)):
        found = {"mouth_only": {MODE: evaluation(crps)}}
        draw_groups(found, MODE, "a caption", tmp_path / f"{name}.png")
    assert not np.array_equal(imread(tmp_path / "good.png"), imread(tmp_path / "bad.png"))


def test_stretches_are_drawn_with_and_without_a_rival(tmp_path):
    both = [finished_jobs.stretch("anna", "take", kind) for kind in ("good", "bad")]
    draw_stretches(both, "a caption", tmp_path / "both.png")
    alone = finished_jobs.stretch("anna", "take", "bad") | {"rival": None}
    for shape in alone["shapes"]:
        shape["rival"] = None
    draw_stretches([alone], "a caption", tmp_path / "alone.png")
    for name in ("both.png", "alone.png"):
        assert looks_drawn(tmp_path / name)


def test_lines_of_real_faces_leave_a_picture_small(tmp_path):
    noise = np.random.default_rng(0).normal(0.0, 0.01, (3, 480)).cumsum(axis=1)
    both = [finished_jobs.stretch("anna", "take", kind) for kind in ("good", "bad")]
    for stretch in both:
        for shape in stretch["shapes"]:
            for line, name in zip(noise, ("mean", "high", "rival"), strict=True):
                shape[name] = (np.array(shape[name]) + line).tolist()
    draw_stretches(both, "a caption", tmp_path / "noisy.png")
    assert (tmp_path / "noisy.png").stat().st_size < 120_000
