"""Dialect `livelink`: a phone's ARKit face, sent by Epic's Live Link Face app over UDP.

It sees a whole face without a headset: for truth beside a headset's log, and for trying things out.
Packets are those of `vrface.wire.livelink`; one that says "no face in view" has no samples.
"""

from __future__ import annotations

from vrface.face.gaze import GAZE_CHANNELS
from vrface.face.schemes import scheme
from vrface.trackers import eyes
from vrface.trackers.dialect import Dialect, Named
from vrface.wire import livelink


def read(datagram: bytes) -> list[Named]:
    """The values of one packet by name: shapes of the scheme ``arkit``, and gaze.

    Raises:
        BadUse: if it is no packet.
    """
    weights = livelink.decode(datagram).weights
    if weights is None:
        return []
    gaze = livelink.gaze(livelink.eye_angles(weights))
    return [
        *zip(livelink.SHAPES, weights.tolist(), strict=False),
        *zip(GAZE_CHANNELS, gaze.tolist(), strict=True),
    ]


DIALECT = Dialect(
    name="livelink",
    port=livelink.PORT,
    headset="livelink_face",
    read=read,
    scheme=scheme("arkit"),
    channels=eyes.GAZE,
)
"""A phone; it is another machine: see `UdpTracker`'s `host` and `insecure_lan`."""
