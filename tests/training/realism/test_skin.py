import numpy as np
import pytest

from vrface.face.blendshapes import indices
from vrface.simulation.behaviour.actions import EMOTIONS
from vrface.simulation.wearer import Wearer
from vrface.training.realism.skin import (
    EYE_REGION,
    POSED,
    emg_findings,
    foam_findings,
    posed,
    strain_findings,
)
from vrface.training.realism.words import judged

FEW = (9000, 9003, 9005)


def named(findings, words):
    (found,) = [finding for finding in findings if words in finding.what]
    return found


def test_every_face_of_the_publication_is_posed():
    assert len(POSED) == 5
    assert set(POSED.values()) - {""} <= set(EMOTIONS)


def test_a_posed_face_is_held_and_let_go():
    wearer = Wearer.drawn(3)
    performance, held_s = posed(wearer, ["surprise", ""], seed=1, clenches=[0.0, 0.7])
    brow = indices(["browInnerUpLeft"])[0]

    def at(time_s):
        return performance.at(np.array([time_s]))

    for time_s in held_s[0] + [0.01, -0.01]:
        assert at(time_s).weights[0, brow] > wearer.rest[brow] + 0.2
    assert at(held_s[0, 1] + 0.8).weights[0, brow] == pytest.approx(wearer.rest[brow], abs=1e-6)
    middle = at(held_s[1].mean())
    np.testing.assert_allclose(middle.weights[0], wearer.rest, atol=1e-6)
    assert middle.clench == pytest.approx(0.7)


def test_no_two_trials_are_alike_and_a_seed_repeats():
    wearer = Wearer.drawn(3)
    performance, held_s = posed(wearer, ["anger"] * 3, seed=1)
    faces = performance.at(held_s.mean(axis=1)).weights
    assert np.abs(np.diff(faces, axis=0)).max(axis=1).min() > 0.03
    again, _ = posed(wearer, ["anger"] * 3, seed=1)
    np.testing.assert_array_equal(performance.weights, again.weights)


def test_envelopes_explain_a_face_about_as_well_as_published():
    findings = emg_findings(FEW)
    ridge = named(findings, "ridge")
    assert 0.4 < ridge.simulated < 0.7  # of all wearers: .48-.62
    assert ridge.spread[0] <= ridge.simulated <= ridge.spread[1]
    assert named(findings, "smile").simulated > named(findings, "clench").simulated > 2


def test_photo_reflective_sensors_tell_faces_apart_until_they_are_donned_anew():
    findings = foam_findings(FEW)
    same, other = named(findings, "same donning"), named(findings, "another donning: ")
    assert 0.7 < same.simulated <= 1
    assert other.simulated < same.simulated


def test_strain_has_no_published_figure_and_says_so():
    (finding,) = strain_findings(FEW[:1])
    assert "no figure" in finding.source
    assert not judged(finding)
    assert 0.3 < (finding.simulated or 0.0) < 0.9
    assert finding.spread == (finding.simulated, finding.simulated)
    assert len(EYE_REGION) == 16
