from dataclasses import replace

import numpy as np
import pytest

from vrface.face.blendshapes import COUNT, indices
from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.training.drops import Drops
from vrface.training.metrics.geometry import ReferenceRig
from vrface.training.recording import Trial, inferences
from vrface.training.rest import face_rest
from vrface.training.rivals.law import Law
from vrface.training.score import Scorer
from vrface.training.shown import LIDS, Shown

NEUTRAL = Law(np.zeros((1, 1, COUNT), np.float32), np.full((1, 1, COUNT), 0.02, np.float32))


@pytest.fixture(scope="module")
def shown(recording, neutral_model):
    """A face at rest, shown with its lids open, under drops."""
    whole = recording(seconds=25)
    drops = Drops.after(whole.truth.time_ns, 0)
    calibrations = [Calibration.none()] * 2
    trial = Trial(whole, "none", calibrations, drops.silence(whole.wearers[0]))
    ((_, inferred),) = inferences([trial], neutral_model)
    rest = face_rest([whole.truth])
    return Shown(whole, inferred, Scorer(whole, rest, rest, 0, NEUTRAL, 0), rest, rest)


def showing(shown, weights):
    """The same with the weights of both wearers replaced."""
    weights = np.broadcast_to(weights, (2, len(shown.recording.truth.time_ns), COUNT))
    silenced = replace(shown.inferred.silenced, weights=weights[:1])
    return replace(shown, inferred=replace(shown.inferred, weights=weights, silenced=silenced))


def drops_of(shown):
    time_ns = shown.recording.truth.time_ns
    return Drops.after(time_ns, 0).frames(time_ns)


def test_the_true_face_has_every_event_and_no_other(shown):
    events = showing(shown, shown.recording.truth.weights).events()
    blinks, raises = events["blinks"], events["brow_raises"]
    assert blinks["truth_per_minute"] == blinks["shown_per_minute"] > 0
    assert (blinks["f1_50ms"], blinks["false_per_minute"], blinks["onset_error_ms"]) == (1, 0, 0)
    assert blinks["measured"] is True
    assert raises["truth_per_minute"] == raises["shown_per_minute"]
    assert raises["beyond_truth_per_minute"] == 0


def test_shown_lids_stand_beside_what_their_sensor_said_last(shown):
    truth = shown.recording.truth.weights
    whole = showing(shown, truth)
    source = np.full_like(shown.inferred.source, Source.MEASURED)
    blinks = replace(whole, inferred=replace(whole.inferred, source=source)).events()["blinks"]
    assert blinks["r2"] == blinks["copied_r2"] == pytest.approx(1.0)
    source[:, 1::2] = Source.HELD
    blinks = replace(whole, inferred=replace(whole.inferred, source=source)).events()["blinks"]
    assert blinks["r2"] == pytest.approx(1.0)
    assert 0.5 < blinks["copied_r2"] < 0.999
    source[:] = Source.MEASURED
    source[:, 1::2, LIDS[0]] = Source.HELD
    one = replace(whole, inferred=replace(whole.inferred, source=source)).events()["blinks"]
    assert blinks["copied_r2"] < one["copied_r2"] < 0.9999  # the other lid is as fresh as ever
    source[:] = Source.INFERRED
    blinks = replace(whole, inferred=replace(whole.inferred, source=source)).events()["blinks"]
    assert blinks["copied_r2"] < 0.0  # what was never sensed rests


def test_a_still_face_has_none(shown):
    events = showing(shown, shown.rest).events()
    assert events["blinks"]["shown_per_minute"] == events["blinks"]["f1_100ms"] == 0
    assert events["brow_raises"]["shown_per_minute"] == 0


def test_a_brow_beyond_the_truth_is_told(shown):
    weights = np.array(np.broadcast_to(shown.rest, shown.recording.truth.weights.shape))
    for start in range(60, len(weights) - 120, 120):
        weights[start : start + 30, indices(["browInnerUpLeft"])] = 0.8
    assert showing(shown, weights).events()["brow_raises"]["beyond_truth_per_minute"] > 5


def test_lids_that_no_truth_knows_have_no_events(shown):
    source = shown.recording.truth.source.copy()
    source[indices(["eyeBlinkLeft"])] = Source.ABSENT
    truth = replace(shown.recording.truth, source=source)
    wearers = tuple(replace(one, truth=truth) for one in shown.recording.wearers)
    unknown = replace(shown, recording=replace(shown.recording, wearers=wearers))
    assert unknown.events()["blinks"]["shown_per_minute"] is None


def test_figures_are_averaged_over_the_wearers(shown):
    truth = shown.recording.truth.weights
    still = np.broadcast_to(shown.rest, truth.shape)
    both = np.stack([truth, still])
    half = replace(shown, inferred=replace(shown.inferred, weights=both)).events()["blinks"]
    whole = showing(shown, truth).events()["blinks"]
    assert half["shown_per_minute"] == pytest.approx(whole["shown_per_minute"] / 2)
    assert half["f1_100ms"] == pytest.approx(0.5)


def test_the_true_face_is_as_lively_as_itself(shown):
    alive = showing(shown, shown.recording.truth.weights).liveliness()
    dead = showing(shown, shown.rest).liveliness()
    sides = alive["sides"]
    assert sides["shown_correlation"] == pytest.approx(sides["truth_correlation"])
    assert dead["sides"]["shown_correlation"] is None
    assert set(alive["windows"]) == {"frechet", "floor", "multiple"}


def test_a_face_that_does_not_listen_does_not_notice_a_drop(shown):
    found = shown.recovery(drops_of(shown))
    assert (found["drop_s"], found["drops"]) == (1.0, len(drops_of(shown)))
    assert (found["drops"], found["came_off"], found["recovery_ms"]) == (2, 0, None)
    assert found["crps"] == pytest.approx(found["crps_dropped"])


def test_a_face_that_comes_back_late_is_told(shown):
    (start, stop), *_ = drops = drops_of(shown)
    weights = shown.inferred.weights[:1].copy()
    weights[:, start : stop + 30, :COUNT] = 1.0
    silenced = replace(shown.inferred.silenced, weights=weights)
    late = replace(shown, inferred=replace(shown.inferred, silenced=silenced))
    assert late.recovery(drops[:1])["recovery_ms"] == pytest.approx(500, abs=20)
    assert late.recovery(drops[:1])["mae_dropped"] > 0.5


def test_a_face_that_is_absent_counts_as_the_rest_it_eased_to(shown):
    (start, stop), *_ = drops = drops_of(shown)
    absent, resting = (shown.inferred.weights[:1].copy() for _ in range(2))
    absent[:, start + 20 : stop, :COUNT] = np.nan
    resting[:, start + 20 : stop, :COUNT] = shown.known_rest
    found, expected = (
        replace(
            shown,
            inferred=replace(
                shown.inferred, silenced=replace(shown.inferred.silenced, weights=weights)
            ),
        ).recovery(drops[:1])
        for weights in (absent, resting)
    )
    assert found == expected
    assert np.isfinite(found["mae_dropped"])


def test_a_face_whose_own_sensors_were_silent_counts_as_that_rest_too(shown):
    (start, stop), *_ = drops = drops_of(shown)
    absent = shown.inferred.weights.copy()
    absent[:, stop : stop + 60, :COUNT] = np.nan  # undisturbed, it was lost after the drop
    weights = shown.inferred.weights[:1].copy()
    weights[:, start : stop + 30, :COUNT] = 1.0
    silenced = replace(shown.inferred.silenced, weights=weights)
    lost = replace(shown, inferred=replace(shown.inferred, weights=absent, silenced=silenced))
    found = lost.recovery(drops[:1])
    assert found["came_off"] == 1
    assert all(np.isfinite(found[name]) for name in ("recovery_ms", "overshoot", "mae_dropped"))


def test_without_a_silenced_wearer_there_is_no_recovery(shown):
    assert replace(shown, inferred=replace(shown.inferred, silenced=None)).recovery([]) == {}


def test_frames_before_the_first_face_are_not_looked_at(shown):
    weights = shown.recording.truth.weights.copy()
    weights[:30] = np.nan
    late = showing(shown, weights)
    fields = np.full((COUNT, 4, 3), 5.0, np.float32)
    assert late.millimetres(ReferenceRig(fields))["vertex_error"] == pytest.approx(0, abs=1e-4)
    assert late.events()["blinks"]["false_per_minute"] == 0
    assert late.recovery(drops_of(shown))["mae_dropped"] == pytest.approx(0, abs=1e-6)


def test_the_rest_is_as_far_off_on_the_rig_as_the_neutral_face(shown):
    fields = np.full((COUNT, 4, 3), 5.0, np.float32)
    found = showing(shown, shown.rest).millimetres(ReferenceRig(fields))
    assert found["vertex_error"] == pytest.approx(found["neutral_error"], rel=1e-4)
