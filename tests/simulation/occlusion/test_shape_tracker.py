"""Shapes of mouth and brows, and extras, as a simulated tracker senses them."""

from dataclasses import replace

import numpy as np
import pytest

from tests.simulation.occlusion.sensing import TIER, VIVE, face, same, sensed, stream
from vrface.face.blendshapes import COUNT
from vrface.face.schemes import scheme
from vrface.sensors.headset import headset
from vrface.simulation import wear
from vrface.simulation.occlusion.shape_tracker import GAIN, NOISE_TIME_CONSTANT_S


def test_the_mouth_has_a_gain_of_its_own_in_every_channel():
    gains = (
        np.concatenate(
            [
                stream(wear(face(30), TIER, seed=s), "mouth_tracker")[1].values.mean(0)
                for s in range(20)
            ]
        )
        / 0.5
    )
    assert gains.min() == pytest.approx(GAIN[0], abs=0.02)
    assert gains.max() == pytest.approx(GAIN[1], abs=0.02)
    assert gains.std() == pytest.approx((GAIN[1] - GAIN[0]) / np.sqrt(12), rel=0.1)


def test_one_donning_keeps_its_gains_over_takes():
    first, second = face(60), replace(face(60), name="another")
    a, b = (stream(wear(t, TIER, seed=7), "mouth_tracker")[1].values for t in (first, second))
    np.testing.assert_allclose(a.mean(0), b.mean(0), atol=0.01)
    assert not np.array_equal(a[:100], b[:100])


def test_the_noise_of_the_mouth_is_autoregressive():
    profile, samples = stream(wear(face(600), TIER, seed=0), "mouth_tracker")
    noise = samples.values - samples.values.mean(0)
    assert noise.std(0).mean() == pytest.approx(0.02, rel=0.05)
    steps = np.round(np.diff(samples.sample_time_ns) * profile.rate_hz / 1e9) == 1
    memory = (noise[1:] * noise[:-1])[steps].mean() / noise.var()
    assert memory == pytest.approx(np.exp(-1 / (60 * NOISE_TIME_CONSTANT_S)), abs=0.02)
    assert noise[:20].std() == pytest.approx(0.02, rel=0.3)  # from the first sample on


def test_brows_are_sensed_as_the_mouth_is():
    take = face(120, browDownLeft=0.3)
    for name in ("browDownLeft", "noseSneerRight"):
        values = sensed(wear(take, headset("quest_pro"), seed=3), "upper_face", name)
        truth = 0.3 if name == "browDownLeft" else 0.5
        assert GAIN[0] - 0.02 <= values.mean() / truth <= GAIN[1] + 0.02
        assert values.std() == pytest.approx(0.02, rel=0.1)


def test_extras_are_what_the_scheme_makes_of_the_face():
    """Parts of one of the 54 move as it does; what no face here has is at rest."""
    quiet = replace(VIVE, streams=tuple(replace(its, noise=0.0) for its in VIVE.streams))
    take = face(mouthFunnel=0.8, mouthLeft=0.4, tongueOut=0.0)
    worn = wear(take, quiet, seed=0)
    sensed_here = {n: sensed(worn, "mouth_tracker", n) for n in VIVE.extras}
    own = scheme("htc")
    (passed,) = own.read(own.write(take.weights[:1]))
    for name, expected in zip(VIVE.extras, passed[COUNT:], strict=True):
        if np.isnan(expected):  # nothing to write it from
            expected = 0.0
        low, high = (expected * end for end in GAIN)
        assert ((sensed_here[name] >= low - 1e-6) & (sensed_here[name] <= high + 1e-6)).all(), name
    assert sensed_here["lipFunnelUpper"][0] > 0.6
    assert (sensed_here["tongueRoll"] == 0).all()


def test_extras_have_gains_and_noise_of_their_own():
    first, second = (wear(face(60), VIVE, seed=7), wear(face(60), VIVE, seed=8))
    upper, lower = (sensed(first, "mouth_tracker", f"lipFunnel{lip}") for lip in ("Upper", "Lower"))
    assert abs(np.corrcoef(upper, lower)[0, 1]) < 0.3
    assert upper.std() == pytest.approx(0.02, rel=0.2)
    again = sensed(second, "mouth_tracker", "lipFunnelUpper")
    assert abs(again.mean() - upper.mean()) > 1e-3
    assert same(first, wear(face(60), VIVE, seed=7))
