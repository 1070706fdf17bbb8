"""The calibration file: what is known of one wearer, small enough to send when a session opens.

It is safetensors, with one entry of metadata: JSON that names every row and column, so that a file
outlives another order of slots or blendshapes. What this version has no place for is passed over;
what a file does not hold was not seen.

It shows how a face rests: only its owner may read it, and nothing of it goes into a log line.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from vrface.errors import CalibrationError
from vrface.face.blendshapes import BLENDSHAPES, COUNT
from vrface.model.calibration.calibration import MODES, About, Arrays, Calibration, Touch
from vrface.model.calibration.summary import FACE_QUANTILES, QUANTILES
from vrface.model.features import SLOTS

VERSION = 1
"""Of the layout; a file of a later one is refused."""

MOST_BYTES = 512 * 1024
"""The largest calibration: that of a network of 2048 states, far beyond what ships."""

MOST_FIGURE = 1e6
"""No sensor reads as much in its slot's unit; sums of such figures stay finite."""

MOST_MOVE = 1e4
"""A move of a location beyond this, for a state of 1, is nobody's."""

WIDEST = 10.0
"""A scale is multiplied by at most this, and divided by no more."""

FASTEST = 1e3
"""The most that a weight changes a second: from 0 to 1 within a millisecond."""

_KEY = "vrface_calibration"
_SLOTS = tuple("/".join(slot) for slot in SLOTS)
_ADVICE = "Make a new one: vrface calibrate."


def _shares(shares: Sequence[float]) -> tuple[str, ...]:
    return tuple(f"q{100 * share:g}" for share in shares)


_SENSOR_FIGURES = (*_shares(QUANTILES), "change")
_FACE_FIGURES = ("rest", *(f"moved_{name}" for name in _shares(FACE_QUANTILES)), "mean", "change")


class _Table(NamedTuple):
    """An array as the file holds it: rows and columns by name, and the range of each row.

    Where it is `whole`, a column that lacks any figure was not seen: what reads figures asks after
    one of them alone.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    ranges: tuple[tuple[float, float], ...]
    whole: bool = False


_TABLES = {
    "sensors": _Table(
        _SENSOR_FIGURES,
        _SLOTS,
        (*[(-MOST_FIGURE, MOST_FIGURE)] * len(QUANTILES), (0.0, MOST_FIGURE)),
        whole=True,
    ),
    "face": _Table(
        _FACE_FIGURES,
        BLENDSHAPES,
        (*[(0.0, 1.0)] * (len(_FACE_FIGURES) - 1), (0.0, FASTEST)),
    ),
}


def save(path: str | Path, calibration: Calibration) -> None:
    """Write a calibration, in one piece, for its owner's eyes only (mode 0600).

    Args:
        path: Where to; a file that is there is replaced.
        calibration: What to write.

    Raises:
        CalibrationError: if it cannot be written, or is none that `load` would take.
    """
    path, data = Path(path), packed(calibration)
    draft = None
    try:
        # A new file has mode 0600 from the start; the rename replaces an older one at once.
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.replace(draft, path)
    except OSError as error:
        if draft is not None:
            with suppress(OSError):
                os.unlink(draft)
        raise CalibrationError(
            f"cannot write the calibration {path}: {error.strerror}.", "Write it elsewhere."
        ) from None


def load(path: str | Path) -> Calibration:
    """Read a calibration.

    Args:
        path: Of the file.

    Raises:
        CalibrationError: if it is not there, damaged, foreign, too large or of a later version.
    """
    try:
        with Path(path).open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CalibrationError(
            f"cannot read the calibration {path}: {error.strerror}.", _ADVICE
        ) from None
    return unpacked(data, f"the calibration {path}")


def loaded(calibration: str | Path | Calibration) -> Calibration:
    """A calibration, or the one that the file at a path holds. Errors as for `load`."""
    return calibration if isinstance(calibration, Calibration) else load(calibration)


def packed(calibration: Calibration) -> bytes:
    """A calibration as the bytes of its file, as ``Open.calibration`` and a log carry them.

    The same calibration makes the same bytes.

    Raises:
        CalibrationError: if it is none that `unpacked` would take.
    """
    arrays: Arrays = {}
    about: dict[str, Any] = {"version": VERSION, "mode": calibration.mode}
    about |= calibration.about._asdict()
    for name, values in (("sensors", calibration.sensors), ("face", calibration.face)):
        table = _TABLES[name]
        seen = np.flatnonzero(np.isfinite(values).any(axis=0))
        arrays[name] = np.ascontiguousarray(values[:, seen], np.float32)
        about[name] = {"rows": table.rows, "columns": [table.columns[place] for place in seen]}
    if (touch := calibration.touch) is not None:
        moved = np.flatnonzero(touch.move.any(axis=0) | (touch.widen != 1.0))
        arrays["move"] = np.ascontiguousarray(touch.move[:, moved], np.float32)
        arrays["widen"] = np.ascontiguousarray(touch.widen[moved], np.float32)
        about["touch"] = {
            "model": touch.model.hex(),
            "columns": [BLENDSHAPES[place] for place in moved],
        }
    data: bytes = save_tensors(arrays, {_KEY: json.dumps(about, sort_keys=True)})
    unpacked(data, "this calibration")
    return data


def unpacked(data: bytes, what: str = "the calibration") -> Calibration:
    """The calibration that `packed` gave.

    Args:
        data: Its bytes, from anywhere.
        what: What messages call it.

    Raises:
        CalibrationError: if they are too many, or not those of a calibration of this version.
    """
    if len(data) > MOST_BYTES:
        raise CalibrationError(f"{what} has more than {MOST_BYTES} bytes.", _ADVICE)
    try:
        about = _about(data)
        arrays: Arrays = load_tensors(data)
        return _calibration(about, arrays)
    except _Wrong as wrong:
        message = f"{what} {wrong}."
    except (SafetensorError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
        # What a parser says of foreign bytes helps nobody, and may quote them.
        message = f"{what} is damaged, or no calibration at all ({len(data)} bytes)."
    raise CalibrationError(message, _ADVICE)


class _Wrong(Exception):
    """What of a calibration makes no sense, to follow its name."""


def _about(data: bytes) -> Mapping[str, Any]:
    """The entry of metadata, of a version that can be read."""
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    about = json.loads(header["__metadata__"][_KEY])
    version = about["version"]
    if type(version) is not int or version < 1:
        raise _Wrong("does not say its version")
    if version > VERSION:
        raise _Wrong(f"is of version {version}; this vrface reads up to {VERSION}")
    return dict(about)


def _calibration(about: Mapping[str, Any], arrays: Arrays) -> Calibration:
    if about["mode"] not in MODES:
        raise _Wrong(f"is of no known mode; known: {', '.join(MODES)}")
    seconds = about["seconds"]
    if type(seconds) not in (int, float) or not 0.0 <= seconds < math.inf:
        raise _Wrong("does not say how many seconds it is of")
    wearer, donning, headset = (about[name] for name in ("wearer", "donning", "headset"))
    if not all(isinstance(text, str) for text in (wearer, donning, headset)):
        raise _Wrong("does not say where it comes from")
    return Calibration(
        about["mode"],
        _figures("sensors", about["sensors"], arrays["sensors"]),
        _figures("face", about["face"], arrays["face"]),
        _touch(about["touch"], arrays) if "touch" in about else None,
        About(wearer, donning, headset, float(seconds)),
    )


def _figures(name: str, names: Mapping[str, Any], values: NDArray[Any]) -> NDArray[np.float32]:
    """An array in this version's order; NaN where the file has nothing."""
    table = _TABLES[name]
    _fits(name, values, (len(names["rows"]), len(names["columns"])))
    rows, columns = (_placed(names["rows"], table.rows), _placed(names["columns"], table.columns))
    made = np.full((len(table.rows), len(table.columns)), np.nan, np.float32)
    for row, from_row in rows.items():
        least, most = table.ranges[row]
        found = values[from_row, list(columns.values())]
        if not (np.isnan(found) | ((least <= found) & (found <= most))).all():
            raise _Wrong(f"holds a {table.rows[row]} of {name} out of [{least:g}, {most:g}]")
        made[row, list(columns)] = found
    if table.whole:
        made[:, np.isnan(made).any(axis=0)] = np.nan
    return made


def _touch(names: Mapping[str, Any], arrays: Arrays) -> Touch:
    model = bytes.fromhex(names["model"])
    if len(model) != 32:
        raise _Wrong("does not say whose laws it moves")
    move, widen = arrays["move"], arrays["widen"]
    count = len(names["columns"])
    _fits("move", move, (len(move), count))
    _fits("widen", widen, (count,))
    # What is not finite is no more within bounds than what is too large.
    if not (np.abs(move) <= MOST_MOVE).all():
        raise _Wrong(f"holds a move beyond {MOST_MOVE:g}")
    if not ((widen >= 1 / WIDEST) & (widen <= WIDEST)).all():
        raise _Wrong(f"holds a widening out of [{1 / WIDEST:g}, {WIDEST:g}]")
    places = _placed(names["columns"], BLENDSHAPES)
    whole = Touch(model, np.zeros((len(move), COUNT), np.float32), np.ones(COUNT, np.float32))
    whole.move[:, list(places)] = move[:, list(places.values())]
    whole.widen[list(places)] = widen[list(places.values())]
    return whole


def _fits(name: str, values: NDArray[Any], shape: tuple[int, ...]) -> None:
    if values.shape != shape or values.dtype != np.float32:
        raise _Wrong(f"holds {values.dtype} {values.shape} as {name}, its names say {shape}")


def _placed(names: Sequence[str], known: Sequence[str]) -> dict[int, int]:
    """Place here -> place in the file, of names that are known here."""
    if len(set(names)) != len(names):
        raise _Wrong("names something twice")
    here = {name: place for place, name in enumerate(known)}
    return {here[name]: place for place, name in enumerate(names) if name in here}
