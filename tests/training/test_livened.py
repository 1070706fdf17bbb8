"""The lively stream made beside the expected one is what a lively pipeline shows."""

import numpy as np

from vrface.face.expression import Source
from vrface.model.calibration import Calibration
from vrface.outputs.blending import BLEND_S
from vrface.sensors.paired import column_frames
from vrface.session.pipeline import Pipeline
from vrface.training.recording import infer


def test_it_is_what_a_lively_pipeline_shows(recording, neutral_model):
    whole = recording(seconds=4)
    calibrations = [Calibration.none()] * len(whole.wearers)
    inferred = infer(whole, neutral_model, calibrations, lively_seed=7)
    made = inferred.lively
    assert made is not None
    seeds = [7 + wearer for wearer in range(len(whole.wearers))]
    pipeline = Pipeline(
        whole.headset, neutral_model, len(seeds), calibrations, style="lively", seeds=seeds
    )
    for number, (frame_time_ns, samples) in enumerate(column_frames(whole.wearers)):
        pipeline.push_columns(samples)
        faces = pipeline.step(np.full(len(seeds), number + 1), frame_time_ns)
        np.testing.assert_array_equal(faces.source, made.source[:, number])
        np.testing.assert_allclose(faces.weights, made.weights[:, number], atol=1e-6)
    assert (made.source == Source.GENERATED).any()
    # What is seen again comes from what was shown before, and that differs.
    settled = made.source == Source.MEASURED
    for _ in range(round(2 * BLEND_S / inferred.dt.max())):
        settled[:, 1:] &= settled[:, :-1].copy()
    assert settled.any()
    np.testing.assert_array_equal(made.weights[settled], inferred.weights[settled])
