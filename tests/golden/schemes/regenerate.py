"""Writes the golden table of every scheme that ships: `python -m tests.golden.schemes.regenerate`.

One seeded face each: what its values are read to, and what two of our faces are written as, one of
the 54 alone and one with every extra there is. An empty value is absent. A table that changes says
that a mapping changed: look at the difference before it is committed.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.extras import EXTRAS
from vrface.face.schemes import SCHEMES, scheme

FOLDER = Path(__file__).resolve().parent
SEED = 54


def face(count: int) -> NDArray[np.float32]:
    """A seeded face: `count` values in [0, 1] of two decimals, so that a table can be read."""
    return np.random.default_rng(SEED).integers(0, 101, count).astype(np.float32) / np.float32(100)


def golden(name: str) -> str:
    """The golden table of one scheme."""
    entry = scheme(name)
    given = face(len(entry.shapes))
    ours = face(len(BLENDSHAPES) + len(EXTRAS))
    blocks = {
        "given": (entry.shapes, given),
        "read": ((*BLENDSHAPES, *entry.extras), entry.read(given)),
        "written_of_54": (entry.shapes, entry.write(ours[: len(BLENDSHAPES)])),
        "written_of_all": (entry.shapes, entry.write(ours, EXTRAS)),
    }
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["block", "name", "value"])
    for block, (names, values) in blocks.items():
        for shape, value in zip(names, values.tolist(), strict=True):
            writer.writerow([block, shape, "" if np.isnan(value) else f"{value:.6f}"])
    return text.getvalue()


if __name__ == "__main__":
    for scheme_name in SCHEMES:
        (FOLDER / f"{scheme_name}.csv").write_text(golden(scheme_name), encoding="utf-8")
    print(f"{len(SCHEMES)} golden tables written to {FOLDER}")
