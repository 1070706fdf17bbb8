"""The sheet of an OpenXR runtime: what it offers, and what that means for the face."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vrface.cli.headset_sheet import shapes_of
from vrface.cli.output import console, table

if TYPE_CHECKING:
    from vrface.trackers.openxr.offer import Offer


def print_sheet(offer: Offer) -> None:
    """Print what a runtime offers."""
    from vrface.trackers.openxr.offer import SENSES
    from vrface.trackers.openxr.profile import headset_of

    out = console()
    out.print(f"{offer.runtime} {offer.version}", style="bold")
    out.print(f"headset: {offer.system or 'none now, so nobody can say what is sensed'}")
    senses = table("sense", "extension", "runtime", "headset")
    for name, kind in SENSES.items():
        has = not kind.extension or kind.extension in offer.extensions
        confirmed = "senses it" if name in offer.senses else "does not"
        senses.add_row(
            kind.words,
            kind.extension or "OpenXR itself",
            "has it" if has else "lacks it",
            confirmed if has and offer.system else "",
        )
    out.print(senses)
    if offer.system:
        profile = headset_of(offer)
        streams = table("stream", "channels")
        for stream in profile.streams:
            streams.add_row(stream.name, str(len(stream.channels)))
        out.print(streams)
        out.print(shapes_of(profile))
    for line in _words(offer):
        out.print(line)


def summary_of(offer: Offer) -> dict[str, Any]:
    """The same for programs."""
    from vrface.trackers.openxr.offer import EXTENSIONS
    from vrface.trackers.openxr.profile import headset_of

    profile = headset_of(offer) if offer.system else None
    return {
        "runtime": offer.runtime,
        "version": offer.version,
        "system": offer.system or None,
        "headless": offer.headless,
        "extensions": [name for name in EXTENSIONS if name in offer.extensions],
        "senses": list(offer.senses),
        "audio_only": offer.audio_only,
        "headset": profile and profile.name,
        "streams": profile and {each.name: list(each.channels) for each in profile.streams},
        "measures": profile and list(profile.measures),
        "extras": profile and list(profile.extras),
        "occludes": profile and list(profile.occludes),
    }


def _words(offer: Offer) -> list[str]:
    """What it comes to, in sentences."""
    from vrface.trackers.openxr.offer import HEADLESS
    from vrface.trackers.openxr.profile import headset_of

    said = []
    if offer.audio_only:
        said.append("Its XR_FB_face_tracking2 guesses a face from sound alone: that is not read.")
    if not offer.headless:
        said.append(f"It cannot be read beside a game: it lacks {HEADLESS}.")
    elif offer.system:
        profile = headset_of(offer)
        hidden = len(profile.occludes)
        inferred = f"{hidden} of 54 shapes are inferred" if hidden else "nothing is inferred"
        said.append(
            f"`vrface serve --tracker openxr` reads it as headset {profile.name}: "
            f"{len(profile.measures)} measured, {inferred}."
        )
    return said
