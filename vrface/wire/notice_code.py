"""What a notice of the wire can be about."""

from __future__ import annotations

from enum import IntEnum


class Code(IntEnum):
    """What a notice is about; the numbers are those of the wire's ``NoticeCode``."""

    STYLE = 1
    CALIBRATION = 2
    CUE = 3
    RECORDING = 4
    RESUME = 5
    CONSENT = 6
    UNKNOWN_REQUEST = 7
    FRAME_ORDER = 8
    FRAME_TIME = 9
    SAMPLE = 10
    CALIBRATION_MODEL = 11
    CALIBRATION_HEADSET = 12
    FRAME_RATE = 13
