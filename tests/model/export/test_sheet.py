"""The sheet suffices: an engine that reads nothing else makes the same features from samples."""

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.model.export.networks import config_of, model
from vrface.model.calibration import Calibration
from vrface.model.export.sheet import sheet
from vrface.model.features import Features, Levels, against
from vrface.sensors.align import Align
from vrface.sensors.frame import Sample, SensorFrame, columns
from vrface.sensors.headset import headset

MODEL = model()
TOLD = sheet(config_of(MODEL), MODEL.statistics, MODEL.digest, 1)
LIMITS = TOLD["limits"]


POSE = [entry["channel"] for entry in TOLD["pose"]["channels"]]


class Engine:
    """Another engine's half: `TOLD` in plain Python, one channel after the other.

    Of its headset it knows the names of streams and channels, and where sensors sit if somebody
    says so.
    """

    def __init__(self, profile):
        self.streams = [(stream.name, stream.channels) for stream in profile.streams]
        self.names = [name for name, _ in self.streams]
        self.places = {s.name: [pose[:3] for pose in s.positions] for s in profile.streams}
        self.ranges = {
            ("head_pose", entry["channel"]): (entry["low"], entry["high"])
            for entry in TOLD["pose"]["channels"]
        } | {
            (slot["stream"], slot["channel"]): (slot["low"], slot["high"])
            for slot in TOLD["slots"]
            if slot["kind"] != "head"
        }
        self.last: dict[tuple[str, str], list[tuple[float, float]]] = {}

    def take(self, stream, seconds, values):
        name, channels = self.streams[stream]
        for channel, value in zip(channels, values, strict=True):
            if (name, channel) not in self.ranges:
                continue  # no slot is of it
            low, high = self.ranges[name, channel]
            margin = LIMITS["range_tolerance"] * (high - low)
            if low - margin <= value <= high + margin:  # NaN is not
                value = min(max(value, low), high)
                self.last[name, channel] = [(seconds, value), *self.last.get((name, channel), [])][
                    :2
                ]

    def read(self, key, now):
        """Value, difference, present and age."""
        kept = self.last.get(key, [])
        if not kept:
            return 0.0, 0.0, False, math.inf
        age, difference = now - kept[0][0], 0.0
        if len(kept) == 2:
            gap = max(kept[0][0] - kept[1][0], LIMITS["shortest_gap_s"])
            difference = (kept[0][1] - kept[1][1]) / gap
        return kept[0][1], difference, age <= LIMITS["present_s"], age

    def features(self, now, rest, gain):
        made = np.zeros((4, len(TOLD["slots"])))
        heads = self.head(now)
        for place, slot in enumerate(TOLD["slots"]):
            if slot["kind"] == "head":
                value, difference, present, age = heads[slot["channel"]]
            else:
                value, difference, present, age = self.read(self.key(slot), now)
            if slot["kind"] == "effort":
                volts = max(value, 0.0)
                difference /= volts + LIMITS["emg_rest_v"]
                value = math.log1p(volts / LIMITS["emg_rest_v"])
            if present:
                value = cut(value * slot["multiply"], "value")
                difference = cut(difference * slot["multiply"], "difference")
                made[0, place] = cut((value - rest[place]) * gain[place], "value")
                made[1, place] = cut(difference * gain[place], "difference")
            made[2, place] = present
            made[3, place] = min(age, LIMITS["age_s"])
        return made

    def key(self, slot):
        """The stream and channel that fill a slot."""
        if "else" in slot and slot["stream"] not in self.names:
            return tuple(slot["else"])
        return slot["stream"], slot["channel"]

    def positions(self):
        first, ring = TOLD["positions"]["first_slot"], TOLD["positions"]["ring_m"]
        made = np.zeros((len(TOLD["slots"]) - first, 3))
        for place, slot in enumerate(TOLD["slots"][first:]):
            channels = dict(self.streams).get(slot["stream"], ())
            if slot["channel"] in channels:
                n, count = int(slot["channel"]), len(channels)
                angle = 2 * math.pi * (n + 0.5) / count
                around = ring[0] * math.cos(angle), ring[1] * math.sin(angle), ring[2]
                told = self.places[slot["stream"]]
                made[place] = told[n] if told else around
        return made

    def head(self, now):
        value, change, present, age = zip(
            *(self.read(("head_pose", name), now) for name in POSE), strict=True
        )
        length = math.hypot(*value[3:])
        there, old = all(present) and length > 0.5, max(age)
        q = np.array(value[3:]) / max(length, 1e-6)
        turned = _matrix(q).T  # by the inverse
        up, move = turned @ (0.0, 1.0, 0.0), turned @ np.array(change[:3])
        moved = 2.0 * _product(q * (-1, -1, -1, 1), np.array(change[3:]) / max(length, 1e-6))
        crossed = moved[3] > max(float(np.linalg.norm(moved[:3])), 1.0)
        rate = -moved[:3] if crossed else moved[:3]
        found = (-up[2], -up[0], *rate, *move)
        slots = [slot["channel"] for slot in TOLD["slots"] if slot["kind"] == "head"]
        return {name: (one, 0.0, there, old) for name, one in zip(slots, found, strict=True)}


def cut(value, limit):
    return min(max(value, -LIMITS[limit]), LIMITS[limit])


def _matrix(q):
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _product(a, b):
    vector = a[3] * b[:3] + b[3] * a[:3] + np.cross(a[:3], b[:3])
    return np.array([*vector, a[3] * b[3] - a[:3] @ b[:3]])


def samples(rng, profile, now_ns):
    """What arrives before one instant: streams that pause, values out of range, none at all."""
    for number, stream in enumerate(profile.streams):
        for since_ms in sorted(rng.uniform(0.5, 9.5, rng.integers(0, 3)), reverse=True):
            low, high = np.array([(entry.low, entry.high) for entry in stream.registered]).T
            if stream.name == "head_pose":
                low, high = np.repeat(-0.9, 7), np.repeat(0.9, 7)
            values = low + (high - low) * rng.uniform(-0.08, 1.08, len(low))
            values[rng.random(len(low)) < 0.05] = np.nan
            yield Sample(number, now_ns - int(since_ms * 1e6), values.astype(np.float32))


@pytest.mark.parametrize(
    "name", ["everything", "emg_8", "vive_pro_eye_lip", "foam_16", "steam_frame_steamlink"]
)
def test_features_from_the_sheet_alone_are_the_features(name):
    rng, profile = np.random.default_rng(7), headset(name)
    align, ours, engine = Align(profile, 1), Features(profile), Engine(profile)
    levels = Calibration.none().levels(MODEL.statistics)
    rest = [slot["rest"] for slot in TOLD["slots"]]
    gain = [
        1.0 / max(slot["spread"], LIMITS["spread_floor"]) if slot["skin"] else 1.0
        for slot in TOLD["slots"]
    ]
    present = 0.0
    for frame in range(1, 40):
        now_ns = frame * 11_000_000
        silent = frame % 20 > 5  # long enough for values to grow old
        arrived = () if silent else tuple(samples(rng, profile, now_ns))
        align.push(columns([(0, SensorFrame(frame, now_ns, arrived))], align.widths))
        for sample in arrived:
            engine.take(sample.stream, sample.sample_time_ns / 1e9, sample.values.tolist())
        levels_of = Levels(*(part[None] for part in levels))
        expected = against(ours(align.at(np.array([now_ns]))), levels_of)
        made = engine.features(now_ns / 1e9, rest, gain)
        np.testing.assert_allclose(made, expected[0], rtol=1e-4, atol=1e-4)
        present += made[2].sum()
    assert present > 0
    np.testing.assert_allclose(engine.positions(), ours.positions, atol=1e-6)


@pytest.mark.parametrize("name", ["everything", "emg_8"])
def test_where_nobody_says_where_sensors_sit_the_sheet_does(name):
    told = headset(name)
    untold = [replace(stream, positions=()) for stream in told.streams]
    profile = replace(told, streams=tuple(untold))
    positions = Features(profile).positions
    assert not np.allclose(positions, Features(told).positions, atol=1e-3)
    np.testing.assert_allclose(Engine(profile).positions(), positions, atol=1e-6)


def test_one_gaze_for_both_eyes_fills_the_slots_of_each():
    slots = [slot for slot in TOLD["slots"] if "else" in slot]
    assert [(slot["channel"], *slot["else"]) for slot in slots] == [
        (f"{side}_{angle}", "gaze_combined", angle)
        for side in ("left", "right")
        for angle in ("yaw", "pitch")
    ]
    assert {slot["stream"] for slot in slots} == {"gaze"}


def test_slots_that_training_did_not_hear_are_marked():
    config = replace(config_of(MODEL), slots=(0, 5, 9))
    told = sheet(config, MODEL.statistics, MODEL.digest, 1)
    assert [n for n, slot in enumerate(told["slots"]) if slot["heard"]] == [0, 5, 9]
