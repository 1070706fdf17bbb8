"""Any channel may be removed, frozen, delayed or poisoned at any time, and the face comes back.

Every fault has a wearer of its own in one pipeline, beside one whose headset is well: they all live
through the same seconds.
"""

from dataclasses import replace

import numpy as np
import pytest

from vrface.face.expression import Source, Status
from vrface.model import pretrained
from vrface.model.network import NetworkArchitecture
from vrface.sensors.headset import headset
from vrface.sensors.paired import column_frames
from vrface.sensors.recording import StreamSamples
from vrface.session.pipeline import Pipeline
from vrface.simulation.occlusion.wear import wear
from vrface.simulation.performance import synthetic_take

BEGIN_S, END_S, LENGTH_S, RATE_HZ = 1.5, 2.5, 4.5, 72.0
BACK_S = END_S + 1.0
SAME = 2e-3
"""Weights that are this close count as the same: the noise of a sensor is ten times that."""

POISONS = {"nan": np.nan, "inf": np.inf, "-inf": -np.inf, "huge": 1e30, "below": -5.0}


def removed(samples, inside, channels):
    values = samples.values.copy()
    values[np.ix_(inside, channels)] = np.nan
    return replace(samples, values=values)


def frozen(samples, inside, channels):
    values = samples.values.copy()
    values[np.ix_(inside, channels)] = values[np.flatnonzero(inside)[0], channels]
    return replace(samples, values=values)


def poisoned(samples, inside, channels, value):
    values = samples.values.copy()
    values[np.ix_(inside, channels)] = value
    return replace(samples, values=values)


def lost(samples, inside):
    kept = ~inside
    return StreamSamples(
        samples.sample_time_ns[kept], samples.arrival_ns[kept], samples.values[kept]
    )


def delayed(samples, inside, by_s):
    arrival_ns = samples.arrival_ns + np.where(inside, int(by_s * 1e9), 0)
    order = np.argsort(arrival_ns, kind="stable")
    return StreamSamples(samples.sample_time_ns[order], arrival_ns[order], samples.values[order])


def faults(paired):
    """(name, recording with that fault) of every channel and every stream."""
    for number, (stream, samples) in enumerate(
        zip(paired.headset.streams, paired.streams, strict=True)
    ):
        since_s = (samples.sample_time_ns - paired.frame_time_ns[0]) / 1e9
        inside = (since_s >= BEGIN_S) & (since_s < END_S)

        def having(changed, n=number):
            return replace(paired, streams=(*paired.streams[:n], changed, *paired.streams[n + 1 :]))

        everything = np.arange(len(stream.channels))
        for name, channels in [
            (stream.name, everything),
            *[(f"{stream.name}/{c}", np.array([place])) for place, c in enumerate(stream.channels)],
        ]:
            yield f"{name} removed", having(removed(samples, inside, channels))
            yield f"{name} frozen", having(frozen(samples, inside, channels))
            yield f"{name} nan", having(poisoned(samples, inside, channels, np.nan))
        for kind, value in POISONS.items():
            yield f"{stream.name} {kind}", having(poisoned(samples, inside, everything, value))
        yield f"{stream.name} lost", having(lost(samples, inside))
        for by_s in (0.02, 0.08, 0.3, 0.9):
            yield f"{stream.name} {by_s} s late", having(delayed(samples, inside, by_s))
    everywhere = [(s.sample_time_ns - paired.frame_time_ns[0]) / 1e9 for s in paired.streams]
    insides = [(since_s >= BEGIN_S) & (since_s < END_S) for since_s in everywhere]
    yield (
        "everything lost",
        replace(
            paired,
            streams=tuple(
                lost(s, inside) for s, inside in zip(paired.streams, insides, strict=True)
            ),
        ),
    )


@pytest.fixture(scope="module", params=["default", "drawn"])
def model(request):
    """What ships, and a network whose memories nobody trained."""
    shipped = pretrained.load()
    if request.param == "default":
        return shipped
    assert isinstance(shipped.architecture, NetworkArchitecture)
    return replace(shipped, params=shipped.architecture.drawn(7))


@pytest.fixture(scope="module")
def lived(model):
    take = synthetic_take(seed=10_007, seconds=LENGTH_S + 0.5)
    paired = wear(take, headset("eyes_and_mouth"), seed=7, rate_hz=RATE_HZ)
    named = [("well", paired), *faults(paired)]
    pipeline = Pipeline(paired.headset, model, len(named))
    faces, carries = [], []
    for number, (frame_time_ns, samples) in enumerate(column_frames([p for _, p in named])):
        pipeline.push_columns(samples)
        faces.append(pipeline.step(np.full(len(named), number + 1), frame_time_ns))
        carries.append(np.isfinite(pipeline._stepper.memory.carry["memory"]).all())
    time_s = (paired.frame_time_ns - paired.frame_time_ns[0]) / 1e9
    return [name for name, _ in named], time_s, faces, carries


def test_every_face_is_finite_and_in_range(lived):
    names, _, faces, _ = lived
    for face in faces:
        there = face.source != Source.ABSENT
        assert np.isfinite(face.weights[there]).all()
        assert (face.weights[there] >= 0).all()
        assert (face.weights[there] <= 1).all()
        assert np.isfinite(face.stddev[there]).all()
        assert np.isfinite(face.loc).all()
        assert (face.scale > 0).all()
    assert len(names) > 100


def test_the_state_stays_finite(lived):
    assert all(lived[3])


def test_one_lost_channel_never_silences_a_face(lived):
    names, time_s, faces, _ = lived
    single = [n for n, name in enumerate(names) if name != "everything lost"]
    for now, face in zip(time_s, faces, strict=True):
        if now > 0.3:
            assert (face.status[single] == Status.TRACKING).all()


def test_within_a_second_the_face_is_that_of_a_run_that_saw_no_fault(lived):
    names, time_s, faces, _ = lived
    worst = np.zeros(len(names))
    for now, face in zip(time_s, faces, strict=True):
        if now >= BACK_S:
            same = np.abs(face.weights - face.weights[0]).max(axis=1)
            worst = np.maximum(worst, same)
            assert (face.source == face.source[0]).all()
    assert not {n: w for n, w in zip(names, worst, strict=True) if w > SAME}


def test_a_fault_is_seen_while_it_lasts(lived):
    """Else the test above would prove nothing."""
    names, time_s, faces, _ = lived
    during = [f for now, f in zip(time_s, faces, strict=True) if BEGIN_S + 0.3 < now < END_S]
    moved = np.max([np.abs(f.loc - f.loc[0]).max(axis=1) for f in during], axis=0)
    whole = [n for n, name in enumerate(names) if "/" not in name and name != "well"]
    late = [n for n in whole if "s late" in names[n]]
    assert (moved[[n for n in whole if n not in late]] > 1e-3).all()
