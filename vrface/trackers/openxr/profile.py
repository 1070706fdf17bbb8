"""The headset profile of what a runtime offers: one that ships if it fits, else one made for it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from vrface.face.blendshapes import EYE_LOOK
from vrface.face.gaze import GAZE_CHANNELS
from vrface.face.schemes import scheme
from vrface.sensors.channels import channels_of
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset, measured_by_channel
from vrface.trackers.openxr.faces import HEAD_CHANNELS, shapes_of
from vrface.trackers.openxr.offer import SENSES, Offer

NAME = "openxr"
"""What a profile is called that was made for a runtime's offer."""

_RATE_HZ = 72
_ASSUMED = {
    "rate_hz": "assumed: asked for once a displayed frame, 72 Hz",
    "latency_us": "assumed: evaluation sensors version 1",
    "noise": "assumed: evaluation sensors version 1",
}
# Latency in microseconds and noise of each stream: those that shipped profiles assume of OpenXR.
_FIGURES = {
    "mouth_tracker": (33000, 0.02),
    "upper_face": (33000, 0.02),
    "lids": (17000, 0.03),
    "gaze": (17000, 0.02),
    "gaze_combined": (17000, 0.02),
    "head_pose": (0, 0.001),
}


def headset_of(offer: Offer) -> HeadsetProfile:
    """What is worn, as far as a runtime tells.

    A shipped profile of the same scheme, if it sees the whole face and the runtime can fill all of
    it; else one of the streams that the runtime can fill: where something is inferred, whatever is
    sensed beside the face helps.
    """
    streams = dict(_streams(offer))
    for known in map(headset, SHIPPED):
        if known.scheme == offer.scheme and not known.occludes and _filled(known, streams):
            return known
    entries = {
        "name": NAME,
        "version": "1",
        "summary": f"{offer.system} by {offer.runtime}: {_told(offer)}",
        "source": f"what {offer.runtime} {offer.version} says of its system: {_told(offer)}",
        "streams": [_entries(offer, *stream) for stream in streams.items()],
    }
    return HeadsetProfile.from_entries(entries, offer.runtime, offer.scheme)


def _filled(profile: HeadsetProfile, streams: Mapping[str, Collection[str]]) -> bool:
    """Whether some streams' channels are all that a profile has."""
    return all(set(own.channels).issubset(streams.get(own.name, ())) for own in profile.streams)


def _streams(offer: Offer) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name and channels of each stream that an offer can fill."""
    shapes = _shapes(offer)
    mouth, lids = _known("mouth_tracker", shapes), _known("lids", shapes)
    elsewhere = {*mouth, *EYE_LOOK, *(measured_by_channel("lids", name) for name in lids)}
    upper = _known("upper_face", shapes - elsewhere)
    found = {"mouth_tracker": mouth, "upper_face": upper, "lids": lids}
    yield from ((name, channels) for name, channels in found.items() if channels)
    if "fb_gazes" in offer.senses or shapes.issuperset(EYE_LOOK):
        yield "gaze", GAZE_CHANNELS
    elif "eye_gaze" in offer.senses:
        yield "gaze_combined", ("yaw", "pitch")
    yield "head_pose", HEAD_CHANNELS


def _shapes(offer: Offer) -> set[str]:
    """The canonical shapes and extras of which everything that they are made of is sensed."""
    if not offer.scheme:
        return set()
    senses = (sense for sense in offer.senses if SENSES[sense].scheme == offer.scheme)
    sensed = {shape for sense in senses for shape in shapes_of(sense)}
    made_of = scheme(offer.scheme).made_of
    return {name for name, parts in made_of.items() if sensed.issuperset(parts)}


def _known(stream: str, shapes: set[str]) -> tuple[str, ...]:
    """The channels of a stream that measure one of some shapes, in the registry's order."""
    names = (channel.name for channel in channels_of(stream))
    return tuple(name for name in names if measured_by_channel(stream, name) in shapes)


def _entries(offer: Offer, stream: str, channels: tuple[str, ...]) -> dict[str, Any]:
    """A stream as a profile's file would tell of it."""
    latency_us, noise = _FIGURES[stream]
    return {
        "name": stream,
        "channels": channels,
        "rate_hz": _RATE_HZ,
        "latency_us": latency_us,
        "noise": noise,
        "sources": {"channels": _told(offer), **_ASSUMED},
    }


def _told(offer: Offer) -> str:
    """The extensions that stand behind an offer."""
    used = dict.fromkeys(SENSES[sense].extension for sense in offer.senses)
    return ", ".join(name for name in used if name) or "no extension of a face: the head alone"
