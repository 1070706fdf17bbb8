"""Brows and voices, counted and heard."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from vrface.errors import BadUse
from vrface.face.blendshapes import indices
from vrface.simulation.behaviour.plan import POSE, TALK
from vrface.simulation.performance import Voice, perform
from vrface.simulation.wearer import Wearer
from vrface.training.realism.sessions import conversing, talked
from vrface.training.realism.voice import findings, raises

INNER = indices(["browInnerUpLeft", "browInnerUpRight"])


def talking(raise_s, accents_s, *, speaking=True, activity=TALK, seconds=40.0):
    """A still face that raises its brows at `raise_s`, with a voice that rises at `accents_s`."""
    base = perform(Wearer.drawn(1), seed=1, seconds=seconds)
    time_s = base.time_s
    weights = np.tile(base.wearer.rest, (len(time_s), 1))
    for start in raise_s:
        weights[:, INNER] += 0.4 * ((time_s > start) & (time_s < start + 1))[:, None]
    semitones = sum(
        4.0 * np.clip((time_s - a) / 0.15, 0, 1) * (time_s < a + 0.5) for a in accents_s
    )
    f0_hz = np.where(speaking, 120.0 * 2 ** (semitones / 12), np.nan) + 0 * time_s
    return replace(
        base,
        weights=weights.astype(np.float32),
        voice=Voice(
            f0_hz=f0_hz.astype(np.float32),
            loudness=np.full(len(time_s), float(speaking), np.float32),
            visemes=base.voice.visemes,
        ),
        activity=np.full(len(time_s), activity),
    )


def test_raises_with_the_voice_are_told_from_others():
    found = raises(talking((10.0, 20.0, 30.0), (9.8, 25.0)))
    assert (found.all, found.speaking, found.with_pitch) == (3, 3, 1)
    assert found.talked_s == pytest.approx(40.0, abs=0.1)
    assert 0.5 < found.rising_s < 3.0


def test_who_is_silent_raises_brows_without_a_voice():
    found = raises(talking((10.0, 20.0), (9.8, 19.8), speaking=False))
    assert (found.all, found.speaking, found.with_pitch) == (2, 0, 0)


def test_posed_faces_are_no_conversation():
    assert raises(talking((10.0,), (9.8,), activity=POSE)).all == 0


def test_a_microphone_tells_of_the_jaw_and_hardly_of_the_brows():
    brows, jaw, *_ = findings(range(9204, 9211))
    assert brows.simulated is not None
    assert jaw.simulated is not None
    assert brows.inside
    assert abs(brows.simulated) < 0.15  # `inside` reaches from -.2 to .44
    assert jaw.simulated > brows.simulated + 0.3


def test_who_never_talks_is_no_company():
    silent = next(seed for seed in count(9200) if not talked(session(seed)).any())
    with pytest.raises(BadUse, match="none of 1"):
        conversing([silent], 20.0)


def session(seed):
    return perform(Wearer.drawn(seed), seed=seed, seconds=20.0)
