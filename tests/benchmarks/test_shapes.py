"""Errors by shape: those that move alone, compared wearer by wearer."""

import numpy as np
import pytest

from benchmarks import shapes, traces
from vrface.face.blendshapes import COUNT, EYE_LOOK
from vrface.sensors.headset import headset
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.recording import Recording
from vrface.training.rivals.law import Law
from vrface.training.score import Scorer


def test_a_ratio_is_a_geometric_mean_over_those_in_whom_the_shape_moves():
    ours = [{"jawOpen": 0.02, "browDownLeft": 0.04}, {"jawOpen": 0.08}] * 3
    theirs = [{"jawOpen": 0.01, "browDownLeft": 0.04}, {"jawOpen": 0.01}] * 3
    worst, other = shapes.ratios(ours, theirs)
    assert worst.shape == "jawOpen"
    assert worst.ratio == pytest.approx(4.0)
    assert worst.low is not None
    assert worst.high is not None
    assert worst.low < 4.0 < worst.high
    assert other == ("browDownLeft", 1.0, None, None, 3)  # too few for an interval


def test_a_shape_that_moves_in_few_is_left_out():
    ours = [{"jawOpen": 0.02, "tongueOut": 0.9}, {"jawOpen": 0.02}, {"jawOpen": 0.02}]
    theirs = [{"jawOpen": 0.01, "tongueOut": 0.1}, {"jawOpen": 0.01}, {"jawOpen": 0.01}]
    assert [one.shape for one in shapes.ratios(ours, theirs)] == ["jawOpen"]
    assert not shapes.ratios([{}], [{}])


def test_only_hidden_shapes_that_move_have_errors():
    performance = perform(Wearer.drawn(9100), seed=9100, seconds=10.0)
    paired = simulate(performance, headset("mouth_only"), Donning.drawn(9100))
    recording = Recording("one", "one", (paired,))
    (case,) = traces.cases([recording], 2.0)
    law = Law(np.zeros((1, 1, COUNT), np.float32), np.full((1, 1, COUNT), 0.1, np.float32))
    scorer = Scorer(recording, case.rest, case.rest, 0, law, seed=0)
    found = shapes.errors(scorer, scorer.score(law))
    moves = dict(zip(scorer.names, np.nanstd(scorer.truth, axis=0) >= 0.05, strict=True))
    assert set(found) == {name for name in scorer.groups["hidden"] if moves[name]}
    assert 0 < len(found) < len(scorer.groups["hidden"])
    assert not set(found) & set(EYE_LOOK)
    name = next(iter(found))
    place = scorer.names.index(name)
    assert found[name] == pytest.approx(float(scorer.neutral_crps[:, place].mean()), rel=1e-4)
