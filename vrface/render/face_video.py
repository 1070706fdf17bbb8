"""`face_video`: faces that move side by side, as a WebM video."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse, DependencyError, UnknownName, VrfaceError
from vrface.render.labels import label_strip
from vrface.render.stage import LARGEST, Stage
from vrface.render.whole import whole
from vrface.rig.figure import Figure

Track = tuple[Figure, NDArray[np.float32], NDArray[np.float32]]
"""A figure, its weights [frames, 54 or more] in [0, 1] and its gaze [frames, 4] in radians.

NaN is at rest and straight ahead; of a row of weights that are all NaN nothing is known.
"""

SIZE = (960, 480)
"""Width and height in pixels, where nothing else is asked for."""

CODECS: dict[str, int] = {
    "vp9": cv2.VideoWriter.fourcc(*"VP90"),
    "vp8": cv2.VideoWriter.fourcc(*"VP80"),
}
"""What a WebM may hold: VP9 is 10 to 20 % smaller, VP8 is written eight times as fast."""

_STRIP = 0.115
"""Share of the height that labels have."""


def face_video(
    path: Path,
    tracks: Sequence[Track],
    rate_hz: float,
    labels: Sequence[str],
    size: tuple[int, int] = SIZE,
    progress: Callable[[int], object] = lambda frames: None,
    codec: str = "vp9",
    *,
    private: bool = False,
) -> None:
    """Write a video, which is there as a whole or not at all.

    Args:
        path: Where to (.webm); a file that is there is replaced at the end.
        tracks: From left to right, all equally long.
        rate_hz: Frames a second.
        labels: One under each figure; what follows a line break stands below, small.
        size: Width and height in pixels, both even.
        progress: Told how many frames are written; what it raises ends the video.
        codec: One of `CODECS`.
        private: Whether a real face's movements are in it: then only the owner may read it.

    Raises:
        BadUse: if there are no frames, tracks and labels do not go together, the path is no
            ``.webm``, or the size, rate or codec makes no video.
        DependencyError: if Panda3D is not installed, or OpenCV has no encoder.
        VrfaceError: if the video cannot be written.
    """
    check(path, rate_hz, size, codec)
    frames = _length(tracks, labels)
    width, height = size
    strip = label_strip(labels, width, round(_STRIP * height))
    picture = np.empty((height, width, 3), dtype=np.uint8)
    picture[-len(strip) :] = strip
    with (
        Stage([figure for figure, _, _ in tracks], width, height - len(strip)) as stage,
        whole(path, private=private) as part,
    ):
        with _writer(part, CODECS[codec], rate_hz, size) as video:
            for frame in range(frames):
                faces = [(weights[frame], gaze[frame]) for _, weights, gaze in tracks]
                picture[: -len(strip)] = stage.draw(faces)
                video.write(picture)
                progress(frame + 1)
        _check_written(part, path, frames)


def check(path: Path, rate_hz: float, size: tuple[int, int], codec: str) -> None:
    """See that a video can be as it is asked for, before the work that it is to show.

    Raises:
        BadUse: if not, as `face_video` does.
    """
    if path.suffix.lower() != ".webm":
        raise BadUse(f"{path} is no name of a video.", "Give one that ends in .webm.")
    if not all(32 <= side <= LARGEST and side % 2 == 0 for side in size):
        raise BadUse(
            f"a video of {size[0]} x {size[1]} pixels cannot be made.",
            f"Width and height: even, 32 to {LARGEST}.",
        )
    if not 1 <= rate_hz <= 240:
        raise BadUse(f"{rate_hz:g} frames a second make no video.", "Give 1 to 240.")
    if codec not in CODECS:
        raise UnknownName("codec", codec, CODECS)


def _length(tracks: Sequence[Track], labels: Sequence[str]) -> int:
    """How many frames all tracks have."""
    lengths = sorted({len(values) for _, *both in tracks for values in both})
    if len(lengths) != 1 or not lengths[0] or len(labels) != len(tracks):
        raise BadUse(
            f"{len(tracks)} tracks of {lengths} frames under {len(labels)} labels.",
            "Give tracks of one length, with a label each.",
        )
    return lengths[0]


@contextmanager
def _writer(
    part: Path, codec: int, rate_hz: float, size: tuple[int, int]
) -> Iterator[cv2.VideoWriter]:
    """What writes frames [height, width, 3] into `part`; closed at the end, however that comes.

    Raises:
        DependencyError: if OpenCV has no encoder.
    """
    with _unheard():
        video = cv2.VideoWriter(os.fspath(part), cv2.CAP_FFMPEG, codec, rate_hz, size)
    try:
        if not video.isOpened():
            raise DependencyError(
                "this OpenCV cannot write a WebM video.",
                "Install opencv-python-headless 5, as vrface asks for, or try another codec.",
            )
        yield video
    finally:
        with _unheard():  # the last frames reach the disk here, or do not
            video.release()


def _check_written(part: Path, path: Path, frames: int) -> None:
    """See that a video holds what was written: OpenCV does not say when a disk is full.

    Raises:
        VrfaceError: if it does not.
    """
    found = 0
    with _unheard():
        video = cv2.VideoCapture(os.fspath(part), cv2.CAP_FFMPEG)
        while video.grab():
            found += 1
        video.release()
    if found != frames:
        raise VrfaceError(
            f"cannot write {path}: {found} of {frames} frames reached the disk.",
            "Nothing is kept of it. Free some space.",
        )


@contextmanager
def _unheard() -> Iterator[None]:
    """Keep what C code prints off stderr: OpenCV finds WebM's tags odd, and writes them right."""
    kept, null = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(null)
