"""Programs that send faces, as far as a test needs them: OSC written by python-osc, not by us."""

from __future__ import annotations

import socket
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from vrface.face.schemes import scheme
from vrface.wire.address import Address

FB2 = scheme("fb2").shapes


def message(address: str, *numbers: float, kind: str = "f") -> OscMessage:
    builder = OscMessageBuilder(address)
    for number in numbers:
        builder.add_arg(number, kind)
    return builder.build()


def bundle(messages: Iterable[OscMessage]) -> bytes:
    builder = OscBundleBuilder(IMMEDIATELY)
    for content in messages:
        builder.add_content(content)
    return builder.build().dgram


def steamlink_address(shape: str) -> str:
    """`LIP_FUNNELER_LB` -> `/sl/xrfb/facew/LipFunnelerLB`."""
    parts = (part if len(part) <= 2 else part.capitalize() for part in shape.split("_"))
    return "/sl/xrfb/facew/" + "".join(parts)


def steamlink_face(
    weights: Mapping[str, float], lower: float = 1.0, upper: float = 1.0
) -> list[OscMessage]:
    """The messages of one face, in the order in which Steam Link sends them."""
    return [
        message("/sl/xrfb/facec/LowerFace", lower),
        message("/sl/xrfb/facec/UpperFace", upper),
        *(message(steamlink_address(shape), weight) for shape, weight in weights.items()),
    ]


def split(messages: Sequence[OscMessage], sizes: Iterable[int]) -> list[bytes]:
    """Bundles of these sizes, and of what is left."""
    bundles, start = [], 0
    for size in (*sizes, len(messages)):
        if start < len(messages):
            bundles.append(bundle(messages[start : start + size]))
        start += size
    return bundles


def send(address: Address, datagrams: Iterable[bytes]) -> None:
    """From a port of its own each time it is called."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for datagram in datagrams:
            sender.sendto(datagram, (address.host, address.port))


def random_face(rng: np.random.Generator) -> dict[str, float]:
    """Weights of the 70 shapes, as 32 bits hold them; an eye looks one way at a time."""
    values = dict(zip(FB2, rng.random(len(FB2), np.float32).tolist(), strict=True))
    for one, other in (("LEFT", "RIGHT"), ("UP", "DOWN")):
        for side in "LR":
            values[f"EYES_LOOK_{one if rng.random() < 0.5 else other}_{side}"] = 0.0
    return values
