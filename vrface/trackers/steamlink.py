"""Dialect `steamlink`: the face and gaze that Steam Link sends over OSC.

In its settings on the headset: share eye and face tracking, OSC output port "Custom" (9015;
older versions send to 9000). A face is the 70 weights of XR_FB_face_tracking2, one message each, in
a few bundles that are cut as the network likes. Addresses: ykeara/LinkFT (docs/SteamLinkSpec.md)
and danwillm/VRCFT-SteamLink (README.md).

Not read, and why: the lids among ``/avatar/parameters/`` and ``/tracking/eye/EyesClosedAmount``,
which are 0 for ever on a Steam Frame (hakumaguro/vrcft-steam-frame), so lids come from the face's
weights alone; and ``/avatar/parameters/{Left,Right}Eye{X,Y}``, whose scale and signs nobody
published. So each eye's gaze is that of the face's weights, and where these are silent or all zero
the one gaze of both eyes.
"""

from __future__ import annotations

from vrface.face.gaze import gaze_of_direction
from vrface.face.schemes import scheme
from vrface.trackers import eyes, osc
from vrface.trackers.dialect import Dialect, Named

_WEIGHT = "/sl/xrfb/facew/"
_GAZE_POINT = "/sl/eyetrackedgazepoint"

# Steam Link's own spelling of some tongue shapes; some versions send ToungeOut.
_SPELLED = {
    "FrontDorsalPalate": "TONGUE_FRONT_DORSAL_PALATE",
    "MidDorsalPalate": "TONGUE_MID_DORSAL_PALATE",
    "BackDorsalVelar": "TONGUE_BACK_DORSAL_VELAR",
    "ToungeOut": "TONGUE_OUT",
}

# Versions differ in upper and lower case, LipSuckLB and LipSuckLb: case does not count.
_NAMES: dict[str, str] = {
    **{f"{_WEIGHT}{s.replace('_', '')}".lower(): s for s in scheme("fb2").shapes},
    **{f"{_WEIGHT}{spelled}".lower(): shape for spelled, shape in _SPELLED.items()},
    "/sl/xrfb/facec/lowerface": "lower confidence",
    "/sl/xrfb/facec/upperface": "upper confidence",
}

# The point goes before VRChat's vector: it is what other receivers read, and its axes are sure.
_CHANNELS = {
    channel: tuple(
        said
        for name in names
        for said in ((f"point {name}", name) if name in ("yaw", "pitch") else (name,))
    )
    for channel, names in eyes.GAZE.items()
}


def read(datagram: bytes) -> list[Named]:
    """The values of one datagram by name: shapes of the scheme ``fb2``, confidences, gaze.

    Raises:
        BadUse: if it is not OSC.
    """
    heard: list[Named] = []
    for address, numbers in osc.read(datagram):
        lower = address.lower()
        if lower in _NAMES and len(numbers) == 1:
            heard.append((_NAMES[lower], numbers[0]))
        elif lower == _GAZE_POINT and len(numbers) == 3:
            yaw, pitch = gaze_of_direction(numbers).tolist()  # axes are OpenXR's, as ours
            heard += [("point yaw", yaw), ("point pitch", pitch)]
        else:
            heard += eyes.read(address, numbers)
    return heard


DIALECT = Dialect(
    name="steamlink",
    port=9015,
    headset="quest_pro",
    read=read,
    scheme=scheme("fb2"),
    channels=_CHANNELS,
    confidence={
        "mouth_tracker": "lower confidence",
        "upper_face": "upper confidence",
        "lids": "upper confidence",
    },
)
"""To the port that Steam Link calls "Custom"."""
