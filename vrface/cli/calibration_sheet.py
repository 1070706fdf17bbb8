"""What a calibration came to, for people: what was seen, what was too quiet, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vrface.cli.output import console, table
from vrface.session.observation import advice

if TYPE_CHECKING:
    from vrface.model.calibration import Calibration
    from vrface.model.calibration.fit import Misfit
    from vrface.session.observation import Heard

_MODES = {
    "none": "of nothing",
    "unpaired": "unpaired: how the sensors rest and move",
    "paired": "paired: the sensors, and the face behind them",
}


def summary_of(path: Path, made: Calibration, heard: Mapping[str, Heard]) -> dict[str, Any]:
    """The summary, ready for JSON. No figure of the face is in it."""
    return {
        "calibration": str(path),
        "wearer": made.about.wearer,
        "donning": made.about.donning,
        "headset": made.about.headset,
        "mode": made.mode,
        "seconds": made.about.seconds,
        "model_digest": made.touch.model.hex() if made.touch else None,
        "streams": {
            name: {**one._asdict(), "sparse": one.sparse, "quiet": one.quiet}
            for name, one in heard.items()
        },
        "advice": list(advice(heard)),
    }


def about_of(made: Calibration) -> dict[str, str]:
    """What a calibration says of itself, by label, for people. No figure of the face is in it."""
    about = made.about
    facts = {
        "wearer": f"{about.wearer or 'unnamed'} in {about.headset or 'a headset nobody tells'}",
        "calibrated": f"{about.seconds:.1f} s, {_MODES[made.mode]}",
    }
    if made.touch is not None:
        facts["model"] = f"digest {made.touch.model.hex()[:16]}"
    return facts


def used_of(known: Calibration | None, misfits: Sequence[Misfit]) -> str:
    """What of a calibration counts, in words: `known` is what `fitted` leaves of it."""
    from vrface.model.calibration.fit import OTHER_HEADSET, OTHER_MODEL

    if known is None:
        return "none"
    if OTHER_HEADSET in misfits:
        return "paired, the face alone" if np.isfinite(known.face).any() else "none"
    return f"{known.mode}, without what it taught" if OTHER_MODEL in misfits else known.mode


def print_sheet(summary: Mapping[str, Any], made: Calibration) -> None:
    """Print the summary of a calibration that was made."""
    about = table("", "")
    about.show_header = False
    for name, value in about_of(made).items():
        about.add_row(name, value)
    streams = table("stream", "heard", "moved", "channels that moved")
    for name, one in summary["streams"].items():
        streams.add_row(
            name, f"{one['share']:.0%}", f"{one['moved']:.2f}", f"{one['channels']} of {one['of']}"
        )
    out = console()
    out.print(about)
    out.print(streams)
    for line in summary["advice"]:
        out.print(line)
    path = summary["calibration"]
    print(f"{path}: written; only you can read it. Use it with --calibration {path}")
