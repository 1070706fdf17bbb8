"""`Scorer`: the metrics of any law of one recording, by group and by channel.

Hidden shapes are scored relative to the wearer's rest, gaze and measured shapes as they are. What
is scored of a shape is decided once, here, for the model and all rivals alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vrface.errors import VrfaceError
from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, GROUPS, group_of, indices
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.sensors.headset import HeadsetProfile
from vrface.training.averages import METRICS, Groups, average
from vrface.training.metrics.arrays import Bools, Figures, Places
from vrface.training.metrics.laws import LawSums, reliability
from vrface.training.metrics.movement import Face, Truth
from vrface.training.recording import Inferred, Recording
from vrface.training.rest import relative
from vrface.training.rivals.law import Law, Pool, Predictive

ACTIVE = 0.2
"""A frame is active when a hidden shape that is no blink is further than this off its rest."""


def groups_of(headset: HeadsetProfile, truth: Take) -> dict[str, tuple[str, ...]]:
    """What is scored of a take through a headset: group -> shapes, groups without any left out.

    ``hidden`` is what the headset occludes without the eight eyeLook shapes; lid, brow, cheek,
    nose and mouth partition it; ``gaze`` is the eyeLook shapes where they are occluded;
    ``measured`` is what the headset measures. A shape whose truth is copied or absent is in none.
    """
    own = [n for n, s in zip(BLENDSHAPES, truth.source, strict=True) if s == Source.MEASURED]
    occluded = [name for name in own if name in headset.occludes]
    hidden = [name for name in occluded if name not in EYE_LOOK]
    groups = {"hidden": hidden}
    groups |= {g: [name for name in occluded if group_of(name) == g] for g in GROUPS}
    groups["measured"] = [name for name in own if name in headset.measures]
    return {group: tuple(names) for group, names in groups.items() if names}


class Scorer:
    """Scores laws against the truth of one recording.

    Args:
        recording: What is scored.
        known_rest: [54] the resting face that the calibration knows: a law is mapped to raw
            weights by it.
        rest: [54] the person's resting face, which truth is relative to.
        from_frame: Frames before this one are not scored (calibration).
        neutral: The neutral rival, which skill is counted from.
        seed: Of the randomised PIT.

    Attributes:
        groups: As `groups_of` gives them.
        names: The shapes that laws are scored of: hidden ones, then gaze.
        shapes: Their places among the 54.
        is_gaze: [shapes] which are gaze.
        scored: [frames] which frames are scored.
        active: [frames] which of them are active.
        truth: [frames, shapes] as it is scored; NaN in frames that are not.
        raw: [frames, shapes] as it was recorded; NaN in frames that are not scored.
        neutral_crps: [frames, shapes] of the neutral rival.
    """

    def __init__(
        self,
        recording: Recording,
        known_rest: NDArray[np.float32],
        rest: NDArray[np.float32],
        from_frame: int,
        neutral: Predictive,
        seed: int,
    ) -> None:
        truth = recording.truth
        self._take = recording.key
        self.groups = groups_of(recording.headset, truth)
        self.scored = truth.tracked & (np.arange(len(truth.time_ns)) >= from_frame)
        self._period_s = recording.period_s
        self._all_raw = np.where(self.scored[:, None], truth.weights, np.float32(np.nan))

        self.names = (*self.groups.get("hidden", ()), *self.groups.get("gaze", ()))
        self.shapes = indices(self.names)
        self.is_gaze = np.isin(self.names, EYE_LOOK)
        self._known_rest = known_rest[self.shapes]
        # Gaze has no rest to be relative to: its law is scored raw.
        self._as_scored = np.where(self.is_gaze, self._known_rest, np.float32(0.0))
        self.raw = self._all_raw[:, self.shapes]
        self.truth = np.where(self.is_gaze, self.raw, relative(self.raw, rest[self.shapes]))
        moving = [name not in EYE_LOOK and not name.startswith("eyeBlink") for name in self.names]
        self.active: Bools = np.any(self.truth[:, moving] > ACTIVE, axis=1)
        self._uniform = np.random.default_rng(seed).random(self.truth.shape)
        self._sums = Truth.of(self.truth, self._period_s)
        self.neutral_crps = self.law(neutral, 0).crps(self.truth)

    def check(self, whose: str, law: Predictive) -> None:
        """Refuse what is no law in a frame whose truth is known.

        Args:
            whose: The name of the model or rival.
            law: Of all 54 weights.

        Raises:
            VrfaceError: if it is not finite there, or a scale is not above 0.
        """
        known = np.isfinite(self.truth)
        for wearer in range(_wearers(law)):
            wrong = int((~_is_law(self._of(law, wearer)) & known).any(axis=1).sum())
            if wrong:
                raise VrfaceError(
                    f"{whose} gives what is no law in {wrong} frames of {self._take!r}.",
                    "A law has a finite location and a scale above 0.",
                )

    def law(self, law: Predictive, wearer: int) -> Predictive:
        """One wearer's law of the weights as they are scored; its arrays are [frames, shapes]."""
        return self._of(law, wearer).through(self._as_scored)

    def score(self, law: Predictive, known_rest: NDArray[np.float32] | None = None) -> Scored:
        """Everything that a law is judged by.

        Args:
            law: Of all 54 weights, relative to the rest.
            known_rest: [54] what maps it to raw weights; None = what the calibration knows.
        """
        rest = self._known_rest if known_rest is None else known_rest[self.shapes]
        sums = tuple(self._against_truth(law, rest, wearer) for wearer in range(_wearers(law)))
        places = {
            group: np.array([self.names.index(name) for name in names])
            for group, names in self.groups.items()
            if group != "measured"
        }
        return Scored(self.names, places, sums)

    def measured(self, inferred: Inferred) -> Groups:
        """Metrics of the ``measured`` group: shown weights against raw truth, where measured."""
        if "measured" not in self.groups:
            return {}
        shapes = indices(self.groups["measured"])
        by_wearer = []
        for weights, source in zip(inferred.weights, inferred.source, strict=True):
            seen = source[:, shapes] == Source.MEASURED
            truth = np.where(seen, self._all_raw[:, shapes], np.float32(np.nan))
            face = Truth.of(truth, self._period_s).against(weights[:, shapes])
            found = face.metrics(np.arange(len(shapes)))
            by_wearer.append({name: found.get(name) for name in METRICS})
        return {"measured": average(by_wearer)}

    def _of(self, law: Predictive, wearer: int) -> Predictive:
        return law.of(wearer, len(self.truth), self.shapes)

    def _against_truth(
        self, law: Predictive, rest: NDArray[np.float32], wearer: int
    ) -> tuple[Face, LawSums]:
        own = self.law(law, wearer)
        raw = self._of(law, wearer).through(rest)
        return self._sums.against(own.mean()), LawSums.of(
            np.isfinite(self.truth),
            self.active,
            crps=own.crps(self.truth),
            crps_raw=raw.crps(self.raw),
            neutral=self.neutral_crps,
            pit=own.pit(self.truth, self._uniform),
        )


@dataclass(frozen=True, eq=False)
class Scored:
    """What a law is judged by.

    Attributes:
        names: The shapes.
        places: The places in `names` of each group's.
        sums: Of each wearer: the face that is the law's mean, and the law.
    """

    names: tuple[str, ...]
    places: Mapping[str, Places]
    sums: tuple[tuple[Face, LawSums], ...]

    def groups(self) -> Groups:
        """Metrics of each group but ``measured``, averaged over the wearers."""
        return {group: self._metrics(places) for group, places in self.places.items()}

    def channels(self) -> Groups:
        """Metrics of each hidden or gaze shape, averaged over the wearers."""
        return {name: self._metrics(np.array([place])) for place, name in enumerate(self.names)}

    def reliability(self) -> dict[str, list[float] | None]:
        """Of each group, the share of the truth in each part of the law (`metrics.laws`)."""
        parts = np.sum([law.parts for _, law in self.sums], axis=0)
        return {group: reliability(parts[:, places]) for group, places in self.places.items()}

    def _metrics(self, places: Places) -> Figures:
        return average([face.metrics(places) | law.metrics(places) for face, law in self.sums])


def _laws(law: Predictive) -> tuple[Law, ...]:
    """A law, or those that are pooled."""
    return (law,) if isinstance(law, Law) else (law.first, law.second)


def _wearers(law: Predictive) -> int:
    """Of how many wearers a law speaks apart."""
    return max(len(part) for one in _laws(law) for part in one)


def _is_law(law: Predictive) -> Bools:
    """[frames, shapes] of one wearer's law: whether it is one."""
    share = law.share if isinstance(law, Pool) else np.float32(0.0)
    right = np.isfinite(share)
    for one in _laws(law):
        right = right & np.isfinite(one.loc) & np.isfinite(one.scale) & (one.scale > 0)
    return np.asarray(right)
