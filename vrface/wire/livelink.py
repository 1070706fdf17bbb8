"""Live Link Face packets, version 6: an ARKit face as Epic's iPhone app sends it over UDP.

```
u8 version 6 | i32 n, device (UTF-8) | i32 n, subject (UTF-8) | i32 frame | f32 sub-frame
             | i32 frames a second: numerator | i32 denominator | u8 count | f32[count] values
```
All big endian; 306 bytes and the subject's name where the device is a UUID. A packet that ends
after the frame rate, or whose count is 0, says that no face is in view. Layout and order after
JimWest/PyLiveLinkFace, tbxMb/GodotLiveLinkFace (doc/proto.md) and think-biq/LLV. The app's newer
MetaHuman mode sends another packet, which is refused here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vrface.errors import BadUse
from vrface.face.gaze import known_gaze
from vrface.face.schemes import scheme

PORT = 11111
"""Where the app sends to unless told otherwise."""

VERSION = 6

SHAPES: tuple[str, ...] = scheme("arkit").shapes
"""The first 52 values: ARKit's shapes, in the packet's order."""

ANGLES: tuple[str, ...] = (
    *("HeadYaw", "HeadPitch", "HeadRoll"),
    *("LeftEyeYaw", "LeftEyePitch", "LeftEyeRoll"),
    *("RightEyeYaw", "RightEyePitch", "RightEyeRoll"),
)
"""The last nine values, radians."""

COUNT = len(SHAPES) + len(ANGLES)

EYE_ANGLES: tuple[str, ...] = ("LeftEyeYaw", "LeftEyePitch", "RightEyeYaw", "RightEyePitch")
"""The four angles that are gaze, in the order of `vrface.face.gaze.GAZE_CHANNELS`."""

# Yaw is ours already, > 0 to the wearer's right; pitch is > 0 when looking down, ours up.
_EYE_SIGNS = np.array([1.0, -1.0, 1.0, -1.0])
_EYE_PLACES = [len(SHAPES) + ANGLES.index(name) for name in EYE_ANGLES]

_TIME = struct.Struct(">ifii")
_VALUES = struct.Struct(f">{COUNT}f")
_LENGTH = struct.Struct(">i")

_ADVICE = "Set the app to Live Link (ARKit); its MetaHuman mode sends another format."


@dataclass(frozen=True, eq=False)
class Packet:
    """One packet.

    Attributes:
        device: Which phone, a UUID as text.
        subject: The name the user gave the phone.
        frame: Frames since midnight by the phone's timecode.
        sub_frame: What has passed of the frame, in [0, 1).
        rate: Frames a second as numerator and denominator.
        weights: [61] in the order of `SHAPES` and `ANGLES`, as sent; None = no face in view.
    """

    device: str
    subject: str
    frame: int
    sub_frame: float
    rate: tuple[int, int]
    weights: NDArray[np.float32] | None

    @property
    def seconds(self) -> float:
        """The timecode in seconds; NaN where the sender says no time or a rate that is none."""
        numerator, denominator = self.rate
        if numerator <= 0 or denominator <= 0:
            return float("nan")
        return (self.frame + self.sub_frame) * denominator / numerator


def decode(packet: bytes) -> Packet:
    """Read one packet. Values pass as they are, NaN and infinities too.

    Raises:
        BadUse: if these bytes are not exactly one packet of version 6.
    """
    found, end = _packet_at(packet, 0)
    if end != len(packet):
        raise _no_packet(f"{len(packet) - end} bytes follow its end")
    return found


def split(packets: bytes) -> Iterator[Packet]:
    """Packets that stand one behind the other, as ``nc -u -l 11111`` writes them.

    Yields:
        Each packet; no byte can be a count and a version at once, so ends are certain.

    Raises:
        BadUse: at the first byte that is of no packet; what came out before was whole.
    """
    at = 0
    while at < len(packets):
        packet, at = _packet_at(packets, at)
        yield packet


def encode(packet: Packet) -> bytes:
    """The bytes of a packet; where no face is in view, its count is 0.

    Raises:
        BadUse: if a number does not fit its field, or there are not 61 values.
    """
    values = packet.weights
    if values is not None and np.shape(values) != (COUNT,):
        raise BadUse(f"a Live Link packet holds {COUNT} values, got shape {np.shape(values)}.")
    try:
        body = b"" if values is None else _VALUES.pack(*np.asarray(values, np.float32).tolist())
        return b"".join(
            (
                bytes([VERSION]),
                *(part for text in (packet.device, packet.subject) for part in _text(text)),
                _TIME.pack(packet.frame, packet.sub_frame, *packet.rate),
                bytes([COUNT if body else 0]),
                body,
            )
        )
    except (struct.error, OverflowError, UnicodeEncodeError) as error:
        raise BadUse(f"no Live Link packet can hold this: {error}.") from None


def gaze(eye_angles: ArrayLike) -> NDArray[np.float32]:
    """Gaze of the four angles in `EYE_ANGLES`, in our convention: yaw > 0 right, pitch > 0 up.

    Args:
        eye_angles: [..., 4] radians, as Live Link Face sends and records them.

    Returns:
        [..., 4] radians in the order of `vrface.face.gaze.GAZE_CHANNELS`; NaN where an angle is
        more than a quarter turn or no number.
    """
    return known_gaze(np.asarray(eye_angles, dtype=np.float64) * _EYE_SIGNS)


def eye_angles(weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """The four `EYE_ANGLES` among a packet's values, [..., 61] -> [..., 4]."""
    return weights[..., _EYE_PLACES]


def _packet_at(data: bytes, start: int) -> tuple[Packet, int]:
    """The packet that starts there, and where it ends."""
    if data[start : start + 1] != bytes([VERSION]):
        raise _no_packet(f"it starts with {data[start : start + 4].hex(' ') or 'nothing'}")
    device, at = _text_at(data, start + 1)
    subject, at = _text_at(data, at)
    if len(data) < at + _TIME.size:
        raise _no_packet("it ends within its frame time")
    frame, sub_frame, *rate = _TIME.unpack_from(data, at)
    at += _TIME.size
    weights, at = _weights_at(data, at)
    return Packet(device, subject, frame, sub_frame, (rate[0], rate[1]), weights), at


def _text_at(data: bytes, at: int) -> tuple[str, int]:
    start = at + _LENGTH.size
    if start > len(data):
        raise _no_packet("it ends within a name")
    (length,) = _LENGTH.unpack_from(data, at)
    if not 0 <= length <= len(data) - start:
        raise _no_packet(f"a name in it is said to be {length} bytes long")
    try:
        return data[start : start + length].decode("utf-8"), start + length
    except UnicodeDecodeError:
        raise _no_packet("a name in it is not UTF-8") from None


def _weights_at(data: bytes, at: int) -> tuple[NDArray[np.float32] | None, int]:
    """The values behind a frame time; none where the packet, or all, ends there."""
    count = data[at] if at < len(data) else VERSION
    if count == VERSION:  # the next packet's first byte
        return None, at
    at += 1
    if count == 0:
        return None, at
    if count != COUNT or len(data) < at + _VALUES.size:
        raise _no_packet(f"it announces {count} values and {len(data) - at} bytes follow")
    weights = np.frombuffer(data, dtype=">f4", count=COUNT, offset=at)
    return weights.astype(np.float32), at + _VALUES.size


def _text(text: str) -> tuple[bytes, bytes]:
    data = text.encode("utf-8")
    return _LENGTH.pack(len(data)), data


def _no_packet(found: str) -> BadUse:
    return BadUse(f"no Live Link Face packet of version {VERSION}: {found}.", _ADVICE)
