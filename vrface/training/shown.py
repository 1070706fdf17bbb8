"""What a viewer sees of a shown face: events, liveliness, recovery after a drop, millimetres.

All weights are relative to the person's rest over all their takes, truth and shown face alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, COUNT, EYE_LOOK, indices
from vrface.face.expression import Source
from vrface.training.averages import METRICS, Groups, average, mean_of
from vrface.training.drops import DROP_S
from vrface.training.metrics.arrays import Floats, mean
from vrface.training.metrics.events import (
    RAISE_ONSET,
    RAISE_RELEASE,
    blinks,
    brow_raises,
    held,
)
from vrface.training.metrics.geometry import ReferenceRig
from vrface.training.metrics.liveliness import sides, windows
from vrface.training.metrics.movement import Truth
from vrface.training.metrics.recovery import recovery
from vrface.training.recording import Inferred, Recording
from vrface.training.rest import relative
from vrface.training.rivals.law import Law
from vrface.training.score import Scorer

FACE = np.flatnonzero(~np.isin(BLENDSHAPES, EYE_LOOK))
"""The shapes that are all there once a face is shown; eyes may be lost on their own."""

Section = dict[str, Any]

LIDS = indices(("eyeBlinkLeft", "eyeBlinkRight"))
RAISED = tuple(name for name in BLENDSHAPES if name.startswith(("browInnerUp", "browOuterUp")))


@dataclass(frozen=True, eq=False)
class Shown:
    """A recording as it was shown, to be looked at in the frames that are scored.

    Attributes:
        recording: W wearers.
        inferred: What was made of it.
        scorer: Of the same recording; it knows which shapes are hidden.
        rest: [54] of the person.
        known_rest: [54] the rest that the calibration knows: a face that nothing is heard of eases
            to it and is then absent, so absent weights are looked at as this rest.
    """

    recording: Recording
    inferred: Inferred
    scorer: Scorer
    rest: NDArray[np.float32]
    known_rest: NDArray[np.float32]

    def events(self) -> Section:
        """Blinks and brow raises, averaged over the wearers."""
        own = self.recording.truth.source == Source.MEASURED
        truth = np.where(own, self._truth(), np.float32(np.nan))
        brows = indices([name for name in RAISED if own[BLENDSHAPES.index(name)]])
        measured = {BLENDSHAPES[lid] for lid in LIDS} <= {*self.recording.headset.measures}
        period_s, faces = self.recording.period_s, [self._face(w) for w in self._wearers]
        of_lids = mean_of([blinks(truth[:, LIDS], face[:, LIDS], period_s) for face in faces])
        copied = [self._copied(w) for w in self._wearers] if measured else []
        explained = {
            "r2": self._explained(truth[:, LIDS], [face[:, LIDS] for face in faces]),
            "copied_r2": self._explained(truth[:, LIDS], copied),
        }
        return {
            "blinks": of_lids | explained | {"measured": measured},
            "brow_raises": mean_of(
                [brow_raises(truth[:, brows], face[:, brows], period_s) for face in faces]
            ),
        }

    def liveliness(self) -> Section:
        """How alike the sides of the hidden face move, and windows of its motion.

        Sides are averaged over the wearers. Windows are the first wearer's: they hardly differ
        from one sensor seed to another, and cost more than all other metrics together.
        """
        names, truth = self._hidden_names, self._truth()[:, self._hidden]
        by_wearer = [sides(names, truth, self._face(w)[:, self._hidden]) for w in self._wearers]
        first = self._face(0)[:, self._hidden]
        return {
            "sides": mean_of(by_wearer),
            "windows": dict(windows(truth, first, self.recording.period_s)),
        }

    def movement(self) -> Groups:
        """Metrics of the hidden groups of the face as shown, not of its laws.

        Averaged over the wearers; figures of a law are None.
        """
        shown = np.asarray(np.isfinite(self._truth()[:, FACE]).any(axis=1))[:, None]
        names, scorer = self.scorer.names, self.scorer
        truth = Truth.of(np.where(shown, scorer.truth, np.nan), self.recording.period_s)
        faces = [
            truth.against(
                relative(self.inferred.weights[w][:, :COUNT], self.known_rest)[:, scorer.shapes]
            )
            for w in self._wearers
        ]
        return {
            group: average(
                [
                    dict.fromkeys(METRICS) | face.metrics(np.array([names.index(n) for n in own]))
                    for face in faces
                ]
            )
            for group, own in scorer.groups.items()
            if group not in ("gaze", "measured")
        }

    def still_raises(self) -> float | None:
        """Brow raises a minute of still frames that begin in them, averaged over the wearers.

        None where nothing is known of brows, or no frame is still.
        """
        truth, brows = self._truth(), indices(RAISED)
        brows = brows[np.isfinite(truth[:, brows]).any(axis=0)]
        known = np.asarray(np.isfinite(truth[:, brows]).all(axis=1))
        still = known & ~self.scorer.active
        if not brows.size or not still.any():
            return None
        minutes = float(still.sum()) * self.recording.period_s / 60.0
        raised = [self._raises(self._face(w)[:, brows], known) for w in self._wearers]
        return float(np.mean([still[first].sum() for first in raised])) / minutes

    def recovery(self, drops: Sequence[tuple[int, int]]) -> Section:
        """What sensor drops did to the hidden face of the first wearer.

        Args:
            drops: First frame without sensors and first with them again, of each.
        """
        silenced = self.inferred.silenced
        if silenced is None:
            return {}
        truth, hidden = self._truth()[:, self._hidden], self._hidden
        undisturbed = self._eased(self.inferred.weights[0])[:, hidden]
        disturbed = self._eased(silenced.weights[0])[:, hidden]
        found = recovery(truth, undisturbed, disturbed, drops, self.recording.period_s)
        inside = np.zeros(len(truth), np.bool_)
        for start, stop in drops:
            inside[start:stop] = True
        names = ("came_off", "recovery_ms", "overshoot", "hold_last_mae", "mae_dropped")
        return {
            "drop_s": DROP_S,
            "drops": len(drops),
            **{name: found[name] for name in names},
            "crps": self._crps(self.inferred, inside),
            "crps_dropped": self._crps(silenced, inside),
        }

    def millimetres(self, rig: ReferenceRig) -> Section:
        """How far the hidden face of the first wearer is off on a rig."""
        names, hidden = self._hidden_names, self._hidden
        truth, shown = self._truth()[:, hidden], self._face(0)[:, hidden]
        return dict(rig.errors(names, truth, shown, self.rest[hidden]))

    def _copied(self, wearer: int) -> NDArray[np.float32]:
        """[frames, 2] the lids as their sensor said last; the known rest before it has."""
        shown = self.inferred.weights[wearer]
        told = (Source.MEASURED, Source.COPIED)
        seen = np.isin(self.inferred.source[wearer][:, :COUNT], told)
        last = np.maximum.accumulate(np.where(seen, np.arange(len(seen))[:, None], -1), axis=0)
        copied = np.take_along_axis(shown[:, :COUNT], np.maximum(last, 0), axis=0)
        return self._eased(np.where(last < 0, np.float32(np.nan), copied))[:, LIDS]

    def _explained(self, truth: Floats, faces: Sequence[Floats]) -> float | None:
        """Share of the truth's variance that faces explain, averaged over them."""
        own = Truth.of(truth, self.recording.period_s)
        every = np.arange(truth.shape[1])
        explained: float | None = mean_of(
            [own.against(face).metrics(every)["r2"] for face in faces]
        )
        return explained

    def _raises(self, brows: Floats, known: NDArray[np.bool_]) -> NDArray[np.intp]:
        """First frames of the brow raises of a face."""
        highest = np.where(known, brows.max(axis=1), np.nan)
        return held(highest, RAISE_ONSET, RAISE_RELEASE)[:, 0]

    @property
    def _wearers(self) -> range:
        return range(len(self.inferred.weights))

    @property
    def _hidden_names(self) -> tuple[str, ...]:
        return self.scorer.groups["hidden"]

    @property
    def _hidden(self) -> NDArray[np.intp]:
        return indices(self._hidden_names)

    def _truth(self) -> NDArray[np.float32]:
        """[frames, 54]; NaN in frames that are not scored, or before the first face is shown."""
        shown = np.isfinite(self.inferred.weights[:, :, FACE]).all(axis=(0, 2))
        scored = (self.scorer.scored & shown)[:, None]
        return self._relative(np.where(scored, self.recording.truth.weights, np.float32(np.nan)))

    def _face(self, wearer: int) -> NDArray[np.float32]:
        """[frames, 54] as it was shown to a viewer."""
        return self._relative(self.inferred.weights[wearer])

    def _eased(self, weights: Floats) -> NDArray[np.float32]:
        """[frames, 54] a shown face relative to the rest, at the known rest where it is absent.

        Sensors of a simulated or logged headset fall silent by themselves too.
        """
        here = weights[:, :COUNT]
        return self._relative(np.where(np.isnan(here), self.known_rest, here))

    def _relative(self, weights: Floats) -> NDArray[np.float32]:
        return relative(weights[:, :COUNT], self.rest)

    def _crps(self, inferred: Inferred, inside: NDArray[np.bool_]) -> float | None:
        """Mean CRPS of the hidden shapes of the first wearer in some frames."""
        law = self.scorer.law(Law(inferred.loc, inferred.scale), 0)
        hidden = len(self._hidden_names)  # gaze comes behind it
        return mean(law.crps(self.scorer.truth)[inside, :hidden])
