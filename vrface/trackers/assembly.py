"""`Assembly`: values that arrive by name, in whatever packets, become samples of a headset.

What counts is the newest value of each name and when it came, never the packet it came in: senders
split a face over packets as they like, and packets are lost, doubled and overtaken.

- A sample holds the channels heard since the sample before, NaN elsewhere. So a name that stops is
  in no sample, and `align` finds its channel absent after 100 ms; others do not keep it alive.
- A channel made of several names (a funnel of four quarters) is in a sample when one of them was
  heard, with the newest value of each; if one has not come for `STANDS_NS`, it has no value.
- Some senders leave out what has not changed (`Dialect.changes_alone`): there a value stands, and
  counts as heard, whenever anything comes from the same sender.
- A sample is dated back by the stream's latency from when its newest value arrived: the instant
  sensed, as far as the headset profile knows. Where values come with the instant sensed
  (`Vocabulary.dated`), that counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import BadUse
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, indices
from vrface.face.gaze import EYE_LOOK_INDICES, GAZE_CHANNELS, eye_look_of, gaze_from_eye_look
from vrface.face.schemes import Scheme
from vrface.sensors.align import MAX_AGE_S, RANGE_TOLERANCE
from vrface.sensors.frame import Sample
from vrface.sensors.headset import HeadsetProfile, measured_by_channel
from vrface.trackers.dialect import Named
from vrface.trackers.vocabulary import Vocabulary

Indices = list[int] | NDArray[np.intp]
Numbers = list[float] | NDArray[np.float32]

STANDS_NS = round(MAX_AGE_S * 1e9)
"""How long a value counts after it came: as long as `align` would let it."""

_NEVER = -(2**62)
_NOTHING = -1
_BLINKS = indices(["eyeBlinkLeft", "eyeBlinkRight"])

_EYES = ("left_", "right_")
# [2, 8] which of the eyeLook shapes are of the left eye, and of the right one.
_LOOKS_OF_EYE = np.array([[name.endswith(eye) for name in EYE_LOOK] for eye in ("Left", "Right")])

# Channels that derive from shapes, by which: lids that are not closed, and the gaze of eyeLook.
_DERIVED: dict[str, tuple[str, ...]] = {
    "openness_left": ("eyeBlinkLeft",),
    "openness_right": ("eyeBlinkRight",),
    **{name: eye_look_of(name) for name in GAZE_CHANNELS},
}


class Assembly:
    """The newest value of each name, and the samples they make.

    A shape of the vocabulary's scheme gives its channel before any other name does. An eye's gaze
    is its own angles, else its own eyeLook shapes, else the one gaze of both eyes.

    Args:
        headset: Whose streams; what it has no channel for is left out.
        vocabulary: What is said.

    Raises:
        BadUse: if none of the headset's channels can be filled.
    """

    def __init__(self, headset: HeadsetProfile, vocabulary: Vocabulary) -> None:
        shapes = vocabulary.scheme.shapes
        besides = (name for names in vocabulary.channels.values() for name in names)
        names = tuple(dict.fromkeys((*shapes, *besides, *vocabulary.confidence.values())))
        self._vocabulary = vocabulary
        self._shapes = len(shapes)
        self._place = {name: place for place, name in enumerate(names)}
        self._value = np.zeros(len(names))
        self._arrived_ns = np.full(len(names), _NEVER)
        self._fresh = np.zeros(len(names), dtype=np.bool_)
        self._sender = np.zeros(len(names), dtype=np.int64)
        self._made_of = _made_of(vocabulary.scheme, len(names))
        self._eyes = self._confidence_of("lids")  # that of the region where eyeLook shapes are
        self._choices = self._channels(headset)
        if (self._choices == _NOTHING).all():
            raise BadUse(
                f"headset {headset.name!r} has no channel that this tracker could fill.",
                "Choose a headset with a mouth tracker, gaze or lids.",
            )
        self._parts = tuple(self._split(headset))

    def hear(self, named: Iterable[Named], arrived_ns: int, sender: int = 0) -> int:
        """Take in what one packet says; of a name said twice the last word counts.

        Args:
            named: Names and values; a name that nobody listens to is left out.
            arrived_ns: When, on the session's clock; never before the packet before.
            sender: Who sent it.

        Returns:
            How many of the values somebody listens to.
        """
        known = [(self._place[name], value) for name, value in named if name in self._place]
        if not known:
            return 0
        places = [place for place, _ in known]
        self.put(places, [value for _, value in known], arrived_ns)
        self._sender[places] = sender
        if self._vocabulary.changes_alone:
            same = (self._sender == sender) & (self._arrived_ns != _NEVER)
            self._arrived_ns[same] = arrived_ns
            self._fresh |= same
        return len(known)

    def places(self, names: Iterable[str]) -> NDArray[np.intp]:
        """Where the values of some of the vocabulary's names are `put`."""
        return np.array([self._place[name] for name in names], dtype=np.intp)

    def put(self, places: Indices, values: Numbers, time_ns: int) -> None:
        """Take in values for which places are known already.

        Args:
            places: Of their names, as `places` gives them.
            values: As many, in that order.
            time_ns: As `arrived_ns` of `hear`; of a dated vocabulary, when they were sensed.
        """
        self._value[places] = values
        self._arrived_ns[places] = time_ns
        self._fresh[places] = True

    def take(self, now_ns: int) -> tuple[Sample, ...]:
        """The samples of what was heard since the last call, one for each stream that has any.

        Args:
            now_ns: On the session's clock.
        """
        if not self._fresh.any():
            return ()
        stands = now_ns - self._arrived_ns <= STANDS_NS
        made = self._quantities(stands)
        heard: NDArray[np.bool_] = np.any(self._made_of & self._fresh, axis=1)
        best = (~np.isnan(made[self._choices])).argmax(axis=0)
        chosen = self._choices[best, np.arange(len(best))]
        values = np.where(heard[chosen], made[chosen], np.float32(np.nan))
        samples = tuple(self._samples(values, chosen, stands))
        self._fresh[:] = False
        return samples

    def _quantities(self, stands: NDArray[np.bool_]) -> NDArray[np.float32]:
        """What channels choose from: shapes, what derives from them, other names, and nothing."""
        sane = (self._value >= -RANGE_TOLERANCE) & (self._value <= 1.0 + RANGE_TOLERANCE)
        sane[self._shapes :] = True  # their ranges are the channels': `align` looks at those
        with np.errstate(over="ignore"):  # too large for 32 bits is out of every range
            named = np.where(stands & sane, self._value, np.nan).astype(np.float32)
        face = self._vocabulary.scheme.read(named[: self._shapes])
        looks = face[EYE_LOOK_INDICES]
        gaze = gaze_from_eye_look(looks)
        # All zeros are what OpenXR runtimes give for an eye without a gaze, not a gaze ahead.
        silent = ~(_LOOKS_OF_EYE & (looks != 0.0)).any(axis=1)
        gaze[silent.repeat(2)] = np.nan  # yaw and pitch of each
        if self._lost(self._eyes, stands):
            gaze = np.full_like(gaze, np.nan)
        others = named[self._shapes :]
        return np.concatenate([face, 1.0 - face[_BLINKS], gaze, others, [np.float32(np.nan)]])

    def _samples(
        self, values: NDArray[np.float32], chosen: NDArray[np.intp], stands: NDArray[np.bool_]
    ) -> Iterator[Sample]:
        for part in self._parts:
            mine = values[part.channels]
            # A face that OpenXR runtimes lost is neutral or frozen; its confidence alone tells.
            if self._lost(part.confidence, stands) or np.isnan(mine).all():
                continue
            names = np.any(self._made_of[chosen[part.channels]], axis=0) & self._fresh
            arrived_ns = int(self._arrived_ns[names].max())
            confidence = self._confidence(part.confidence, stands)
            yield Sample(part.stream, arrived_ns - part.latency_ns, mine, confidence)

    def _confidence(self, place: int | None, stands: NDArray[np.bool_]) -> float | None:
        if place is None or not stands[place]:
            return None
        value = float(self._value[place])
        return value if 0.0 <= value <= 1.0 else None

    def _lost(self, place: int | None, stands: NDArray[np.bool_]) -> bool:
        return self._confidence(place, stands) == 0.0

    def _channels(self, headset: HeadsetProfile) -> NDArray[np.intp]:
        """[most, channels] the quantities that can give each channel, best first."""
        scheme = self._vocabulary.scheme
        shapes = (*BLENDSHAPES, *scheme.extras)
        derived = {name: len(shapes) + place for place, name in enumerate(_DERIVED)}
        others = len(shapes) + len(_DERIVED) - self._shapes
        choices = []
        for stream in headset.streams:
            for name in stream.channels:
                shape = measured_by_channel(stream.name, name)
                besides = self._vocabulary.channels.get(f"{stream.name}.{name}", ())
                can = [others + self._place[known] for known in besides]
                if name in derived and stream.name in ("lids", "gaze"):
                    own = sum(known.startswith(_EYES) for known in besides)
                    can.insert(0 if stream.name == "lids" else own, derived[name])
                elif shape in shapes:
                    can.insert(0, shapes.index(shape))
                choices.append([place for place in can if self._made_of[place].any()])
        most = max(map(len, choices))
        padded = [each + [_NOTHING] * (most - len(each)) for each in choices]
        return np.array(padded, dtype=np.intp).T

    def _confidence_of(self, stream: str) -> int | None:
        return self._place.get(self._vocabulary.confidence.get(stream, ""))

    def _split(self, headset: HeadsetProfile) -> Iterator[_Part]:
        start = 0
        for number, stream in enumerate(headset.streams):
            channels = slice(start, start + len(stream.channels))
            start = channels.stop
            yield _Part(
                stream=number,
                channels=channels,
                latency_ns=0 if self._vocabulary.dated else stream.latency_us * 1000,
                confidence=self._confidence_of(stream.name),
            )


@dataclass(frozen=True, eq=False)
class _Part:
    """One stream: its channels among all, how old its values are, its confidence's place."""

    stream: int
    channels: slice
    latency_ns: int
    confidence: int | None


def _made_of(scheme: Scheme, names: int) -> NDArray[np.bool_]:
    """[quantities, names] which names go into a quantity."""
    count = len(scheme.shapes)
    weights = (*BLENDSHAPES, *scheme.extras)
    parts = [scheme.made_of.get(weight, ()) for weight in weights]
    of_shapes = np.array([[shape in known for shape in scheme.shapes] for known in parts])
    of_derived = [of_shapes[indices(shapes)].any(axis=0) for shapes in _DERIVED.values()]
    others = np.eye(names - count, dtype=np.bool_)
    made_of = np.zeros((len(of_shapes) + len(_DERIVED) + len(others) + 1, names), dtype=np.bool_)
    made_of[: len(of_shapes) + len(_DERIVED), :count] = [*of_shapes, *of_derived]
    made_of[-1 - len(others) : -1, count:] = others
    return made_of
