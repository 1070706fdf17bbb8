"""The notices a server gives: each code's meaning, and what a client can do about it.

A notice never ends a session. The numbers are part of the wire: they never change their meaning.
"""

from __future__ import annotations

from typing import cast

from vrface.model.calibration.fit import OTHER_HEADSET, OTHER_MODEL, Misfit
from vrface.wire.messages import session_pb2
from vrface.wire.notice_code import Code

_TEXTS: dict[Code, tuple[str, str]] = {
    Code.STYLE: (
        "this server does not know the style asked for; this session shows the expected face.",
        "Open with STYLE_EXPECTED or STYLE_LIVELY.",
    ),
    Code.CALIBRATION: (
        "a step of a calibration that was never begun was ignored.",
        "Send STEP_BEGIN first, a STEP_PROMPT for each thing the wearer is asked to do, STEP_END.",
    ),
    Code.CALIBRATION_MODEL: OTHER_MODEL,
    Code.CALIBRATION_HEADSET: OTHER_HEADSET,
    Code.CUE: ("cues are not available yet; this one was ignored.", "Leave Cue out."),
    Code.RECORDING: (
        "recording on the server is not available yet; nothing is being recorded.",
        "Record in the client with vrface.log.",
    ),
    Code.RESUME: (
        "the resume token is none of this server's, or of another session; this one starts anew.",
        "Say it with the same headset, model, style, seed and calibration, to a server of the "
        "same --seal-key.",
    ),
    Code.CONSENT: (
        "this server knows no consent tokens; whoever started it permitted its use.",
        "Leave consent tokens out.",
    ),
    Code.UNKNOWN_REQUEST: (
        "a request without a message this version knows was ignored.",
        "Compare GetServerInfo.protocol with your own.",
    ),
    Code.FRAME_ORDER: (
        "a frame whose sequence was not above the last one's was ignored, with its samples.",
        "Count frames up from 1; this is said once a session.",
    ),
    Code.FRAME_TIME: (
        "a frame time more than 50 ms ahead of its samples was moved back to that.",
        "Use one clock for frame_time_ns and sample_time_ns; this is said once a session.",
    ),
    Code.SAMPLE: (
        "a sample of a stream the headset lacks, or of another width, was left out.",
        "Send one value for each channel of the profile; this is said once a session.",
    ),
    Code.FRAME_RATE: (
        "frames came faster than this server takes them; of those that wait the newest counts.",
        "Send one for each frame that is displayed; this is said once a session.",
    ),
}


def of_misfit(misfit: Misfit) -> Code:
    """What says that part of a calibration is left aside."""
    return next(code for code, words in _TEXTS.items() if words == misfit)


def notice(code: Code) -> session_pb2.Notice:
    """The message of a notice."""
    text, advice = _TEXTS[code]
    sent = cast(session_pb2.NoticeCode, int(code))
    return session_pb2.Notice(code=sent, text=text, advice=advice)
