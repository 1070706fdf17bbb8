"""`Panel`: one face of a video beside others: what it shows, and who shows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.render.face_video import Track
from vrface.render.faces import Faces
from vrface.render.seen import as_seen
from vrface.rig.figure import Figure
from vrface.sensors.headset import HeadsetProfile


class Panel(NamedTuple):
    """One face.

    Attributes:
        label: What stands under it; what follows a line break is small.
        figure: Who.
        faces: What they do.
    """

    label: str
    figure: Figure
    faces: Faces


def truth_panel(figure: Figure, truth: Faces, *, real_face: bool) -> Panel:
    """The face as it was."""
    return Panel(f"truth\n{'real' if real_face else 'simulated'} face", figure, truth)


def inferred_panels(
    figure: Figure, inferred: Faces, headset: HeadsetProfile, *, real_sensors: bool, by: str
) -> list[Panel]:
    """What the headset saw of a face, the rest grey; and the face that was made of it.

    Args:
        figure: Who.
        inferred: The faces, with what each weight is worth.
        headset: What was worn.
        real_sensors: Whether a device made the samples.
        by: Who inferred, in words.
    """
    sensors = "real" if real_sensors else "simulated"
    seen = f"what the headset saw\n{headset.name}, {sensors} sensors"
    return [
        Panel(seen, as_seen(figure, headset.measures), inferred.seen()),
        Panel(f"reconstructed\n{by}", figure, inferred),
    ]


def tracks_of(panels: Sequence[Panel], time_ns: NDArray[np.int64]) -> list[Track]:
    """What each panel's figure does at a video's instants [frames]."""
    return [(panel.figure, *panel.faces.at(time_ns)) for panel in panels]
