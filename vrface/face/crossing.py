"""`Crossing`: what a face of one standard is in another, passing through us."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.expression import Source
from vrface.face.schemes import Scheme


@dataclass(frozen=True)
class Crossing:
    """From one scheme to another.

    Attributes:
        made: For each shape of the second: the shapes of the first that it is made of, and how much
            of each; empty where it is absent.
        source: For each shape of the second: what its value is worth.
        lost: Shapes of the first that no shape of the second is made of.
    """

    made: dict[str, dict[str, float]]
    source: dict[str, Source]
    lost: tuple[str, ...]


def crossing(first: Scheme, second: Scheme, given: Iterable[str] | None = None) -> Crossing:
    """What is made of a face of `first` in `second`.

    Args:
        first: What is read.
        second: What is written.
        given: The shapes of `first` that the sender has; by default all.
    """
    sent = set(first.shapes if given is None else given)
    known = {name: parts for name, parts in first.made_of.items() if parts.keys() <= sent}
    names = (*BLENDSHAPES, *first.extras)
    there = np.array([name in known for name in names])
    source = second.write_source(np.where(there, first.source, np.uint8(0)), first.extras)
    made: dict[str, dict[str, float]] = {}
    for row in second.rows:
        way = next((way for way in row.ways if all(term.name in known for term in way)), ())
        parts: defaultdict[str, float] = defaultdict(float)
        for term in way:
            for shape, share in known[term.name].items():
                parts[shape] += term.share * share
        made[row.shape] = {shape: share for shape, share in parts.items() if share}
    used = {shape for parts in made.values() for shape in parts}
    return Crossing(
        made=made,
        source={shape: Source(kind) for shape, kind in zip(second.shapes, source, strict=True)},
        lost=tuple(shape for shape in first.shapes if shape in sent - used),
    )
