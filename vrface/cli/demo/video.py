"""The video of a run: the true face, what the headset saw of it, and the one that was inferred."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import COUNT

if TYPE_CHECKING:
    from vrface.cli.demo.round_trip import RoundTrip
    from vrface.rig.figure import Figure
    from vrface.sensors.paired import Paired

RATE_HZ = 30.0

_CODEC = "vp8"  # drawn and written about as fast as it plays; VP9 takes three times as long


def draw_video(
    path: Path,
    figure: Figure,
    paired: Paired,
    trip: RoundTrip,
    rows: slice,
    by: str,
    progress: Callable[[int, int], object],
) -> None:
    """Draw a stretch of a run, three faces side by side.

    Args:
        path: The video (.webm).
        figure: Whose face.
        paired: What was sensed, and the face behind it.
        trip: The faces that came over the wire.
        rows: Which frames of both.
        by: Who inferred, in words.
        progress: Told how many frames are drawn, and of how many.

    Raises:
        DependencyError: if Panda3D is not installed, or OpenCV has no encoder.
        VrfaceError: if it cannot be written.
    """
    from vrface.render.face_video import face_video
    from vrface.render.faces import Faces
    from vrface.render.panels import inferred_panels, tracks_of, truth_panel

    def faces(
        weights: NDArray[np.float32], gaze: NDArray[np.float32], source: NDArray[np.uint8]
    ) -> Faces:
        return Faces(
            time_ns=paired.frame_time_ns[rows],
            weights=weights[rows, :COUNT],
            gaze=gaze[rows],
            source=source[rows, :COUNT],
        )

    truth, worth = paired.truth, np.broadcast_to(paired.truth.source, paired.truth.weights.shape)
    panels = [
        truth_panel(figure, faces(truth.weights, truth.gaze, worth), real_face=paired.real_face),
        *inferred_panels(
            figure,
            faces(trip.weights, trip.gaze, trip.source),
            paired.headset,
            real_sensors=paired.real_sensors,
            by=by,
        ),
    ]
    instants = panels[0].faces.instants(RATE_HZ)
    face_video(
        path,
        tracks_of(panels, instants),
        RATE_HZ,
        [panel.label for panel in panels],
        progress=lambda frames: progress(frames, len(instants)),
        codec=_CODEC,
        private=paired.real_face,
    )
