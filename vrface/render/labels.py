"""Words under pictures, in the letters that the house's plots have."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

import matplotlib as mpl
import numpy as np
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from vrface.render.stage import BACKGROUND
from vrface.render.style import STYLE

INK, SOFT = "#16181d", "#5c6370"
_DPI = 100
_POINTS = 72 / _DPI
"""Of one pixel."""


def label_strip(labels: Sequence[str], width: int, height: int) -> NDArray[np.uint8]:
    """Labels side by side, each in the middle of its share of the width.

    Args:
        labels: From left to right; what follows a line break stands below, small.
        width: Pixels.
        height: Pixels; letters are as large as it and the shares of the width allow.

    Returns:
        [height, width, 3] in the order blue, green, red, as `Stage.draw` has it.
    """
    with mpl.rc_context(STYLE):
        inches = (width / _DPI, height / _DPI)
        figure = Figure(figsize=inches, dpi=_DPI, facecolor=BACKGROUND)
        lines = max((label.count("\n") + 1 for label in labels), default=1)
        share = width / max(len(labels), 1)
        for place, label in enumerate(labels):
            title, _, detail = label.partition("\n")
            at = (place + 0.5) / max(len(labels), 1)
            size = height * (0.30 if lines > 1 else 0.42) * _POINTS
            y = 0.66 if lines > 1 else 0.5
            texts = [figure.text(at, y, title, size=size, weight="bold", color=INK)]
            texts.append(figure.text(at, 0.26, detail, size=0.8 * size, color=SOFT))
            for text in texts:
                _fit(text, 0.94 * share)
        drawn = BytesIO()
        figure.savefig(drawn, format="rgba")
    rgba = np.frombuffer(drawn.getvalue(), dtype=np.uint8)
    return np.ascontiguousarray(rgba.reshape(height, width, 4)[:, :, 2::-1])


def _fit(text: Text, width: float) -> None:
    """Centre a text, and make it smaller if it is wider than so many pixels."""
    text.set(ha="center", va="center", parse_math=False)
    # Small letters are hinted wider: one step may not do.
    while (wide := text.get_window_extent().width) > width and float(text.get_fontsize()) > 1.0:
        text.set_fontsize(float(text.get_fontsize()) * min(width / wide, 0.97))
