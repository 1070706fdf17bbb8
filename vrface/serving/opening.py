"""From `Open` to what is asked for, and from what is granted to `Opened`."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING

from vrface.errors import BadUse, UnknownName
from vrface.face.blendshapes import BLENDSHAPES, SET_NAME, SET_VERSION
from vrface.face.expression import Style
from vrface.model.calibration import Calibration, file
from vrface.model.calibration.fit import fitted
from vrface.sensors.headset import SHIPPED, HeadsetProfile, headset
from vrface.serving.seat import Seat, Wish
from vrface.serving.status import OutOfOrder
from vrface.session import Session
from vrface.session.token import Kind
from vrface.wire.codec import headset_from_proto, headset_to_proto
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code
from vrface.wire.smoothing import smoothing_from_proto

if TYPE_CHECKING:
    from vrface.model.model import Model

PROTOCOL = 1
"""The version of the protocol that this server speaks."""

MAX_TRACK_BYTES = 64 * 1024
"""Largest message of a Track, beside the calibration in an Open."""


def wish_of(request: session_pb2.Open, models: Mapping[str, Model]) -> Wish:
    """What a client asks for.

    Args:
        request: As it came.
        models: What the server has; the first one answers to an empty name.

    Raises:
        OutOfOrder: if the client speaks another protocol.
        UnknownName: for a headset, stream, channel, blendshape or model that nobody knows.
        BadUse: for a headset profile that says impossible things, or none at all, and for a
            smoothing that does.
        CalibrationError: for a calibration that is damaged, or none.
    """
    if request.protocol != PROTOCOL:
        raise OutOfOrder(
            f"this server speaks protocol {PROTOCOL}, got {request.protocol}.",
            f"Set Open.protocol = {PROTOCOL}, with the .proto files of this version.",
        )
    name = request.model or next(iter(models))
    if name not in models:
        raise UnknownName("model", name, models)
    worn, model = _headset(request), models[name]
    known = file.unpacked(request.calibration) if request.calibration else Calibration.none()
    known, misfits = fitted(known, model, worn)
    style: Style = "lively" if request.style == session_pb2.STYLE_LIVELY else "expected"
    seed = request.seed or drawn_seed()
    kind = Kind.of(worn, model.digest, request.calibration, style, seed)
    calm = smoothing_from_proto(request.smoothing)
    return Wish(worn, model, style, seed, known, kind, misfits, calm)


def drawn_seed() -> int:
    """A seed for a session that came without one; never 0, which asks for one."""
    return secrets.randbits(63) | 1


def _headset(request: session_pb2.Open) -> HeadsetProfile:
    kind = request.WhichOneof("headset")
    if kind == "headset_profile":
        return headset_from_proto(request.headset_profile)
    if kind is None:
        raise BadUse(
            "Open has neither headset_name nor headset_profile.",
            f"Known names: {', '.join(SHIPPED)}; any other headset sends its profile.",
        )
    # Never a path: a client must not make the server open files.
    if request.headset_name not in SHIPPED:
        raise UnknownName("headset", request.headset_name, SHIPPED)
    return headset(request.headset_name)


def opened(session: Session | Seat, resumed: bool = False) -> session_pb2.Opened:
    """What the owner of a session is told first, with an id and a watch token drawn for it.

    Args:
        session: The session.
        resumed: Whether it goes on where another one left off.
    """
    return session_pb2.Opened(
        resumed=resumed,
        session_id=secrets.token_hex(16),
        blendshapes=blendshape_set(),
        extras=session.extras,
        expected_source=session.expected_source.tobytes(),
        model=session.model_name,
        model_digest=session.model_digest,
        seed=session.seed,
        unused_streams=session.unused_streams,
        missing_streams=session.missing_streams,
        watch_token=secrets.token_bytes(16),
        max_message_bytes=MAX_TRACK_BYTES,
        headset=headset_to_proto(session.headset),
    )


def blendshape_set() -> session_pb2.BlendshapeSet:
    """The canonical set, as the wire names it."""
    return session_pb2.BlendshapeSet(name=SET_NAME, version=SET_VERSION, names=BLENDSHAPES)


def not_granted(request: session_pb2.Open) -> list[Code]:
    """What an Open asks for that this version does not have: to be said, not passed over."""
    asked = {
        Code.STYLE: request.style not in session_pb2.Style.values(),
        Code.CONSENT: bool(request.consent_token),
    }
    return [code for code, wanted in asked.items() if wanted]
