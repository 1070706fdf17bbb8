"""The sheet beside an exported network: what another engine must know to feed it.

Numbers come from where this package takes them itself; `docs/export.md` says the same in prose.
"""

from __future__ import annotations

from typing import Any

from vrface.face.blendshapes import BLENDSHAPES, SET_NAME, SET_VERSION
from vrface.model import features, head_motion
from vrface.model.calibration.calibration import Arrays
from vrface.model.calibration.summary import CHANGE_S, FACE_QUANTILES, LEAST, QUANTILES
from vrface.model.config import NetworkConfig
from vrface.model.features import FEATURES_VERSION, IS_EMG, IS_SKIN, NAMED, PLANES, SLOTS, UNIT
from vrface.sensors import align
from vrface.sensors.channels import Channel, channel, channels_of

SHEET_VERSION = 1

HEAD_UNITS = ("1", "1", "rad/s", "rad/s", "rad/s", "m/s", "m/s", "m/s")
"""Of `head_motion.NAMES`, before they are multiplied."""

AXES = "x to the wearer's right, y up, z back"
"""Of a head, and of where it is."""

HOW = (
    "value: the newest sample of the channel at or before the instant, clipped to [low, high]; one "
    "that is further outside than limits.range_tolerance of the range, or is NaN, does not count",
    "else: [stream, channel] that fills the slot where the headset has no stream of the slot's; "
    "its range is that of its own slot",
    "difference: the value minus the one before it, over the seconds between them, of which at "
    "least limits.shortest_gap_s; 0 where there is none before",
    "age: seconds from the value to the instant; present: 1 if it is at most limits.present_s, "
    "else 0",
    "kind effort: difference / (max(value, 0) + limits.emg_rest_v), then value = "
    "ln(1 + max(value, 0) / limits.emg_rest_v)",
    "kind head: of a whole pose, all of pose.channels in their ranges: p = (x, y, z), q = (qx, qy, "
    "qz, qw); q and dq/dt divided by the length of q, absent where that is at most 0.5; up = (0, "
    "1, 0) turned by the inverse of q; pitch = -up.z, roll = -up.x; turn = (x, y, z) of m = 2 q^-1 "
    "dq/dt, negated if m.w is above 1 and above their length: the device went over to -q; move = "
    "dp/dt turned by q^-1; differences are 0, the age is the oldest of the seven channels', "
    "present if all seven are",
    "v = clip(value * multiply, +-limits.value), d = clip(difference * multiply, "
    "+-limits.difference): what calibrations are made of",
    "plane 0: clip((v - rest) * gain, +-limits.value); plane 1: clip(d * gain, "
    "+-limits.difference); plane 2: present; plane 3: min(age, limits.age_s)",
    "planes 0 and 1 of an absent slot are 0; a slot without a sensor is absent, limits.age_s old",
    "rest and gain come from the wearer's graph; gain is 1 but for skin sensors",
    "dt: seconds since the instant before, at most limits.dt_s; 0 at the first",
    "memory: new_memory of the step before; zeros at the first, and when another wearer comes",
    "positions, of the wearer's graph: x, y, z in metres from the head, in pose.axes, of each skin "
    "slot's sensor; of a stream whose N sensors sit nobody says where, sensor n = 0..N-1 is on a "
    "ring: a = 2 pi (n + 0.5) / N, (ring_m[0] cos a, ring_m[1] sin a, ring_m[2]); 0, 0, 0 of slots "
    "without a sensor",
    "weight = face_rest + (1 - face_rest) * mean; its spread is (1 - face_rest) * stddev",
)


def sheet(
    config: NetworkConfig, statistics: Arrays, checkpoint: bytes, wearers: int
) -> dict[str, Any]:
    """All of it, as JSON.

    Args:
        config: Size of the network, and what it listens to.
        statistics: Of its checkpoint.
        checkpoint: Digest of it.
        wearers: Rows of the graphs.
    """
    return {
        "sheet_version": SHEET_VERSION,
        "checkpoint": checkpoint.hex(),
        "features_version": FEATURES_VERSION,
        "wearers": wearers,
        "blendshapes": {"set": SET_NAME, "version": SET_VERSION, "names": list(BLENDSHAPES)},
        "how": list(HOW),
        "planes": list(PLANES),
        "limits": _limits(),
        "slots": [_slot(place, config, statistics) for place in range(len(SLOTS))],
        "pose": {"axes": AXES, "channels": [_ranged(entry) for entry in channels_of("head_pose")]},
        "positions": {
            "unit": "m",
            "space": "head",
            "first_slot": len(NAMED),
            "ring_m": list(features.RING_M),
        },
        "calibration": {
            "sensor_quantiles": list(QUANTILES),
            "face_quantiles": list(FACE_QUANTILES),
            "face_change_s": CHANGE_S,
            "least_values": LEAST,
        },
        "population": {
            "face_rest": _numbers(statistics["face_rest"]),
            "climatology_stddev": _numbers(statistics["climatology_stddev"]),
        },
    }


def _limits() -> dict[str, float]:
    return {
        "value": features.MAX_VALUE,
        "difference": features.MAX_DIFFERENCE,
        "age_s": features.MAX_AGE_S,
        "present_s": align.MAX_AGE_S,
        "dt_s": align.LONGEST_S,
        "shortest_gap_s": align.SHORTEST_GAP_S,
        "range_tolerance": align.RANGE_TOLERANCE,
        "emg_rest_v": features.EMG_REST_V,
        "spread_floor": features.SPREAD_FLOOR,
    }


def _slot(place: int, config: NetworkConfig, statistics: Arrays) -> dict[str, Any]:
    """One slot: which quantity it holds and how, and what the training wearers read there."""
    stream, name = SLOTS[place]
    told: dict[str, Any] = {
        "stream": stream,
        "channel": name,
        "heard": place in config.slots,
        "rest": _number(statistics["sensor_rest"][place]),
        "spread": _number(statistics["sensor_spread"][place]),
        "skin": bool(IS_SKIN[place]),
    }
    if stream == "head_pose":
        number = head_motion.NAMES.index(name)
        multiply = _number(head_motion.UNIT[number])
        return told | {"kind": "head", "unit": HEAD_UNITS[number], "multiply": multiply}
    if stream == "gaze":
        told["else"] = ["gaze_combined", name.partition("_")[2]]
    ranged = _ranged(channel(stream, name)) | {"channel": name}
    kind = "effort" if IS_EMG[place] else "value"
    return told | ranged | {"kind": kind, "multiply": _number(UNIT[place])}


def _ranged(entry: Channel) -> dict[str, Any]:
    return {"channel": entry.name, "unit": entry.unit, "low": entry.low, "high": entry.high}


def _numbers(values: Any) -> list[float]:
    return [_number(value) for value in values]


def _number(value: Any) -> float:
    """A float32 in as few digits as give it back."""
    return float(str(value))
