"""The sheet of a headset: what it measures and hides, whose figures these are, what is used."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

from vrface.cli.output import console, table
from vrface.face.blendshapes import COUNT
from vrface.face.extras import EXTRAS

if TYPE_CHECKING:
    from vrface.sensors.headset import HeadsetProfile
    from vrface.sensors.stream import Stream

_HEADS = ("channels", "rate", "latency", "noise (sd)", "positions")

_NAMED = 12
"""Channels of one stream that are named where the model's inputs are told; more are counted."""

_NO_FACE = "nothing: it makes no face of this headset, whose own values alone go through"

_ANY_FACE = "nothing: what it infers for this headset is the same whatever the face does"

_NUMBERED = re.compile(r"(.*?)(\d+)")


def print_sheet(profile: HeadsetProfile) -> None:
    """Print everything about one headset."""
    out = console()
    out.print(f"{profile.name}, version {profile.version}", style="bold")
    out.print(profile.summary)
    figures = table("stream", *_HEADS)
    channels = table("stream", "channels")
    sources = table("stream", "figures", "from")
    for stream in profile.streams:
        figures.add_row(stream.name, *(f.value + "*" * f.assumed for f in stream.figures()))
        channels.add_row(stream.name, _channels(stream))
        for number, (names, source) in enumerate(_sources(stream)):
            sources.add_row("" if number else stream.name, ", ".join(names), source)
    out.print(figures)
    if any(stream.sources.assumed() for stream in profile.streams):
        out.print("* assumed: nobody published or measured it, as far as we know.")
    out.print(channels)
    out.print(shapes_of(profile))
    out.print(sources)
    out.print(_model_inputs(profile))
    scheme = profile.scheme or "canonical"
    out.print(f"Scheme: {scheme}. What it measures: {profile.source}.", style="dim")


def in_short(names: Iterable[str]) -> str:
    """Names in a row: two sides as ``browDownLeft/Right``, numbers as ``log_mel_00 to 39``."""
    given = list(names)
    words: list[str] = []
    for stem, run in groupby(_sides_joined(given), key=_stem):
        numbered = list(run)
        if stem is not None and len(numbered) > 2:
            words.append(f"{numbered[0]} to {numbered[-1].removeprefix(stem)}")
        else:
            words += numbered
    return ", ".join(words)


def _sides_joined(given: list[str]) -> list[str]:
    words = []
    for name in given:
        base = name.removesuffix("Left").removesuffix("Right")
        if name.endswith("Left") and f"{base}Right" in given:
            words.append(f"{name}/Right")
        elif not (name.endswith("Right") and f"{base}Left" in given):
            words.append(name)
    return words


def _stem(name: str) -> str | None:
    """What stands before a name's number; None where it does not end in one."""
    found = _NUMBERED.fullmatch(name)
    return found[1] if found else None


def _channels(stream: Stream) -> str:
    beyond = sum(name in EXTRAS for name in stream.channels)
    named = in_short(name for name in stream.channels if name not in EXTRAS)
    return f"{named}, and {beyond} extras" if beyond else named


def _sources(stream: Stream) -> list[tuple[list[str], str]]:
    """Where the figures of one stream come from, those of one source together."""
    together: dict[str, list[str]] = {}
    for figure in stream.figures():
        if figure.citation:
            together.setdefault(figure.citation, []).append(figure.name)
    return [(names, source) for source, names in together.items()]


def shapes_of(profile: HeadsetProfile) -> object:
    """A table of what a headset measures, what beyond the 54, and what it hides."""
    rows = table("", "shapes")
    rows.add_row(f"measures {len(profile.measures)}", _of_the_54(profile.measures))
    rows.add_row(f"extras {len(profile.extras)}", in_short(profile.extras) or "none")
    if profile.copies:
        rows.add_row(f"of these copied {len(profile.copies)}", in_short(profile.copies))
    rows.add_row(f"occludes {len(profile.occludes)}", _of_the_54(profile.occludes))
    return rows


def _of_the_54(names: tuple[str, ...]) -> str:
    return "all" if len(names) == COUNT else in_short(names) or "none"


def _model_inputs(profile: HeadsetProfile) -> object:
    """What the default model would listen to and this headset lacks, and the other way round."""
    from vrface.model.features import SLOTS, filled

    has = {channel: [SLOTS[n] for n in slots] for channel, slots in filled(profile).items()}
    told = {slot for slots in has.values() for slot in slots}
    heard = default_inputs()
    used = [slot for slot in heard if slot in told]
    missing = [slot for slot in heard if slot not in told]
    unused = [
        channel
        for channel, slots in has.items()
        if set(heard).isdisjoint(slots) and channel[1] not in EXTRAS
    ]
    rows = table("default model", "inputs")
    nothing = _ANY_FACE if told else _NO_FACE
    rows.add_row(f"hears {len(used)} of {len(heard)}", _by_stream(used) or nothing)
    rows.add_row(f"missing {len(missing)}", _by_stream(missing) or "none")
    rows.add_row(f"not used yet {len(unused)}", _by_stream(unused) or "none")
    return rows


def default_inputs() -> list[tuple[str, str]]:
    """(stream, channel) of everything that the default model listens to; JAX is not loaded."""
    from vrface.model.config import NetworkConfig
    from vrface.model.features import SLOTS
    from vrface.model.pretrained import DEFAULT, find

    config = json.loads((find(DEFAULT) / "config.json").read_text(encoding="utf-8"))
    return [SLOTS[slot] for slot in NetworkConfig.from_json(config["network"]).slots]


def _by_stream(slots: list[tuple[str, str]]) -> str:
    """For example ``gaze (left_yaw, left_pitch); mouth_tracker (30 channels)``."""
    parts = []
    for stream, group in groupby(slots, key=lambda slot: slot[0]):
        names = [name for _, name in group]
        short = in_short(names) if len(names) <= _NAMED else f"{len(names)} channels"
        parts.append(f"{stream} ({short})")
    return "; ".join(parts)
