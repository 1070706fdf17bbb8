"""What the report's plots share: colours, and how they are written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from vrface.render.plots import INFERRED, TRUTH
from vrface.render.style import STYLE

__all__ = ["CEILING", "INFERRED", "NEUTRAL", "RIVAL", "TRUTH", "B", "drawn"]

B = "#1f6fb5"
CEILING = "#2a9d8f"
NEUTRAL = "#777777"
RIVAL = "#b9bcc2"


@contextmanager
def drawn(path: Path, caption: str, size: tuple[float, float]) -> Iterator[Figure]:
    """A figure in the house's look, written as PNG at the end; 90 dots an inch.

    Args:
        path: Where to; its folder must exist.
        caption: One line on top: whose face, which sensors, seeds, checkpoint.
        size: Inches.
    """
    with mpl.rc_context(STYLE):
        made = Figure(figsize=size, dpi=90, layout="constrained")
        made.suptitle(caption, size=9, x=0.01, ha="left", color="#444444")
        yield made
        made.savefig(path, pil_kwargs={"optimize": True})
