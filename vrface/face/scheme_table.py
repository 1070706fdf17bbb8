"""The table of a scheme: one line for each shape of a standard, in the standard's own index order.

Comments start with ``#``; the first says which standard it is. The columns:

- ``shape``: its name there.
- ``into``: what a value read goes into: canonical shapes and extras, each with its share.
  ``0.25 mouthFunnel + lipFunnelUpperLeft``: a quarter of the funnel, and an extra as it is.
  ``browInnerUpLeft + copy browInnerUpRight``: measured on the left, repeated on the right.
- ``from``: how the shape is written: ways, best first, parted by ``|``; the first whose shapes are
  all there is taken. ``lipPuckerLeft | 0.5 lipPuckerUpperLeft + 0.5 lipPuckerLowerLeft | copy
  mouthPucker``. ``copy`` says that one value stands for several shapes.
- ``fate``: what becomes of it when it is read (`Fate`); it must agree with ``into``.
- ``note``: for people.

A share is a number above 0, 1 where it is not said; terms are added (``+``) or taken off (``-``).
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES
from vrface.face.extras import EXTRAS, MOST_EXTRAS

COLUMNS: tuple[str, ...] = ("shape", "into", "from", "fate", "note")
"""The columns of a table, in this order."""

MOST_SHARE = 100.0
"""The largest share of a term."""

KNOWN: tuple[str, ...] = (*BLENDSHAPES, *EXTRAS)
"""What a term may name: the 54, then every extra anybody knows."""

_TERM = re.compile(
    r"\s*(?P<sign>[+-]?)\s*(?P<copy>copy\s+)?(?P<share>[0-9.]+\s+)?(?P<name>[A-Za-z]\w*)\s*",
    re.ASCII,
)
_ADVICE = "A table's grammar is told in vrface/face/scheme_table.py."


class Fate(StrEnum):
    """What becomes of a shape's value when it is read."""

    MEASURED = "measured"
    """It is one canonical shape's value, one to one."""
    MERGED = "merged"
    """It goes into a canonical shape together with others; an extra may keep it as it was."""
    COPIED = "copied"
    """It is one shape's value, and others repeat it."""
    EXTRA = "extra"
    """No canonical shape holds it: it is kept under its own name."""
    LOST = "lost"
    """Nothing holds it."""


@dataclass(frozen=True)
class Term:
    """A share of one canonical shape or extra.

    Attributes:
        name: One of `KNOWN`.
        share: How much of it, below 0 where it is taken off.
        copied: Whether it only repeats a value that stands for another shape.
    """

    name: str
    share: float
    copied: bool


@dataclass(frozen=True)
class Row:
    """One shape of a standard.

    Attributes:
        shape: Its name there.
        into: What a value read goes into; empty = lost.
        ways: How it is written, best first; empty = it cannot be.
        fate: What becomes of it when it is read.
        note: For people.
    """

    shape: str
    into: tuple[Term, ...]
    ways: tuple[tuple[Term, ...], ...]
    fate: Fate
    note: str


@dataclass(frozen=True)
class SchemeTable:
    """A standard's shapes in its own order.

    Attributes:
        summary: The table's first comment.
        rows: One a shape.
    """

    summary: str
    rows: tuple[Row, ...]


def parse(text: str, where: str) -> SchemeTable:
    """Read a table.

    Args:
        text: The CSV, comments and all.
        where: What error messages call it.

    Raises:
        BadUse: if it is no such table, with the line's shape and what is wrong with it.
        UnknownName: if it names a shape, an extra or a fate that nobody knows.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    comments = [line.lstrip("# ").strip() for line in lines if line.startswith("#")]
    try:
        header, *cells = csv.reader([line for line in lines if not line.startswith("#")])
    except (csv.Error, ValueError):
        raise BadUse(f"scheme {where} is no table of comma-separated values.", _ADVICE) from None
    if tuple(cell.strip() for cell in header) != COLUMNS:
        raise BadUse(
            f"scheme {where} has the columns {','.join(header)[:60]!r}.",
            f"They must be {','.join(COLUMNS)}.",
        )
    rows = tuple(_row(where, line) for line in cells)
    _check(where, rows)
    return SchemeTable(comments[0] if comments else "", rows)


def _row(where: str, cells: Sequence[str]) -> Row:
    shape = cells[0].strip()
    at = f"scheme {where}, shape {shape!r}"
    if not shape or len(cells) != len(COLUMNS):
        raise BadUse(f"{at} has {len(cells)} cells.", f"A line has {len(COLUMNS)}, a shape first.")
    _, into, ways, fate, note = (cell.strip() for cell in cells)
    fates = [str(known) for known in Fate]
    if fate not in fates:
        raise UnknownName(f"fate in {at}:", fate, fates)
    targets = terms_of(into, at) if into else ()
    return Row(
        shape=shape,
        into=targets,
        ways=tuple(_way(way, at) for way in ways.split("|")) if ways else (),
        fate=Fate(fate),
        note=note,
    )


def _way(text: str, at: str) -> tuple[Term, ...]:
    terms = terms_of(text, at)
    if len(terms) > 1 and any(term.copied for term in terms):
        raise BadUse(f"{at}: {text.strip()!r} copies more than one shape.", "A copy is one term.")
    return terms


def terms_of(text: str, at: str) -> tuple[Term, ...]:
    """The terms of a sum; `text_of` writes them again.

    Args:
        text: For example ``0.25 mouthFunnel + lipFunnelUpperLeft``.
        at: What error messages call the place.

    Raises:
        BadUse: if it is no sum, or has a name twice.
        UnknownName: if it names a shape or an extra that nobody knows.
    """
    terms: list[Term] = []
    place = 0
    while place < len(text) or not terms:
        found = _TERM.match(text, place)
        if found is None or (terms and not found["sign"]):
            raise BadUse(f"{at}: cannot read {text.strip()!r} from {text[place:]!r} on.", _ADVICE)
        share = _share(found["share"] or "1", at)
        if found["name"] not in KNOWN:
            raise UnknownName(f"blendshape or extra in {at}:", found["name"], KNOWN)
        if found["name"] in [term.name for term in terms]:
            raise BadUse(f"{at} names {found['name']} twice in {text.strip()!r}.")
        sign = -1.0 if found["sign"] == "-" else 1.0
        terms.append(Term(found["name"], sign * share, bool(found["copy"])))
        place = found.end()
    return tuple(terms)


def text_of(terms: Iterable[Term]) -> str:
    """A sum of terms as a table has it, what `terms_of` reads; empty without a term."""
    parts: list[str] = []
    for term in terms:
        sign = "- " if term.share < 0 else "+ " if parts else ""
        much = abs(term.share)
        share = "" if much == 1 else f"{np.format_float_positional(much, trim='-')} "
        parts.append(f"{sign}{'copy ' if term.copied else ''}{share}{term.name}")
    return " ".join(parts)


def _share(text: str, at: str) -> float:
    try:
        share = float(text)
    except ValueError:
        raise BadUse(f"{at}: {text.strip()!r} is no number.", _ADVICE) from None
    if not 0.0 < share <= MOST_SHARE:
        raise BadUse(f"{at}: a share of {text.strip()}.", f"It is in (0, {MOST_SHARE:g}].")
    return share


def _check(where: str, rows: Sequence[Row]) -> None:
    """Check what no line can tell alone: doubled shapes, extras, copies, fates."""
    if not rows:
        raise BadUse(f"scheme {where} has no shapes.", _ADVICE)
    (shape, times), *_ = Counter(row.shape for row in rows).most_common(1)
    if times > 1:
        raise BadUse(f"scheme {where} has the shape {shape!r} {times} times.")
    extras = {term.name for row in rows for term in row.into if term.name not in BLENDSHAPES}
    if len(extras) > MOST_EXTRAS:
        raise BadUse(
            f"scheme {where} reads into {len(extras)} extras.",
            f"A face carries at most {MOST_EXTRAS}: declare the others lost.",
        )
    fed = Counter(term.name for row in rows for term in row.into)
    for row in rows:
        for term in row.into:
            if term.copied and fed[term.name] > 1:
                raise BadUse(
                    f"scheme {where}: {term.name} is copied from {row.shape!r}, and another "
                    "shape goes into it."
                )
        fate = _fate_of(row.into, fed)
        if row.fate != fate:
            raise BadUse(
                f"scheme {where}, shape {row.shape!r}: what it goes into makes it {fate}, "
                f"but its fate says {row.fate}."
            )


def _fate_of(into: Sequence[Term], fed: Counter[str]) -> Fate:
    """The fate that goes with a shape's targets; `fed` = how many shapes go into each target."""
    canonical = [term for term in into if term.name in BLENDSHAPES]
    if not into:
        return Fate.LOST
    if any(term.copied for term in into):
        return Fate.COPIED
    if not canonical:
        return Fate.EXTRA
    alone = len(into) == 1 and into[0].share == 1.0 and fed[into[0].name] == 1
    return Fate.MEASURED if alone else Fate.MERGED
