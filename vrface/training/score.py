"""`Scorer`: the metrics of any law of one recording, by group and by channel.

Hidden shapes are scored relative to the wearer's rest, gaze and measured shapes as they are. What
is scored of a shape is decided once, here, for the model and all rivals alike.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.face.blendshapes import BLENDSHAPES, EYE_LOOK, GROUPS, group_of, indices
from vrface.face.expression import Source
from vrface.face.take import Take
from vrface.model import law as closed_form
from vrface.model.calibration import Calibration
from vrface.sensors.headset import HeadsetProfile
from vrface.training import metrics
from vrface.training.averages import METRICS, Metrics, average
from vrface.training.recording import Inferred, Recording
from vrface.training.rest import relative
from vrface.training.rivals import Law

Floats = NDArray[np.floating]

ACTIVE = 0.2
"""A frame is active when a hidden shape that is no blink is further than this off its rest."""

_BLOCK = 1 << 18
_crps = jax.jit(closed_form.crps)
_mean = jax.jit(closed_form.mean)


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


class _Scored(NamedTuple):
    """One wearer's law against the truth, each [frames, shapes]; NaN where not scored."""

    predicted: Floats
    crps: Floats
    crps_raw: Floats
    pit: Floats


class Scorer:
    """Scores laws against the truth of one recording.

    Args:
        recording: W wearers.
        calibrations: One for each wearer: the rest that the law is mapped to raw weights by.
        rest: [54] the person's resting face, which truth is relative to.
        from_frame: Frames before this one are not scored (calibration).
        neutral: The neutral rival, which skill is counted from.
        seed: Of the randomised PIT.

    Attributes:
        groups: As `groups_of` gives them.
        scored: [frames] which frames are scored.
    """

    def __init__(
        self,
        recording: Recording,
        calibrations: Sequence[Calibration],
        rest: NDArray[np.float32],
        from_frame: int,
        neutral: Law,
        seed: int,
    ) -> None:
        truth = recording.truth
        self.groups = groups_of(recording.headset, truth)
        self.scored = truth.tracked & (np.arange(len(truth.time_ns)) >= from_frame)
        self._period_s = recording.period_s
        self._all_raw = np.where(self.scored[:, None], truth.weights, np.float32(np.nan))

        self._names = (*self.groups.get("hidden", ()), *self.groups.get("gaze", ()))
        self._shapes = indices(self._names)
        self._is_gaze = np.isin(self._names, EYE_LOOK)
        self._known_rest = np.stack([c.face_rest[self._shapes] for c in calibrations])
        self._raw = self._all_raw[:, self._shapes]
        self._truth = np.where(self._is_gaze, self._raw, relative(self._raw, rest[self._shapes]))
        moving = [name not in EYE_LOOK and not name.startswith("eyeBlink") for name in self._names]
        self._active = np.any(self._truth[:, moving] > ACTIVE, axis=1)
        self._uniform = np.random.default_rng(seed).random(self._truth.shape)
        self._neutral = self._against_truth(neutral, 0).crps

    def groups_under(self, law: Law) -> dict[str, Metrics]:
        """Metrics of each group but ``measured`` under a law, averaged over the wearers."""
        scored = self._each_wearer(law)
        return {
            group: self._average(scored, names)
            for group, names in self.groups.items()
            if group != "measured"
        }

    def channels_under(self, law: Law) -> dict[str, Metrics]:
        """Metrics of each hidden or gaze shape under a law, averaged over the wearers."""
        scored = self._each_wearer(law)
        return {name: self._average(scored, (name,)) for name in self._names}

    def measured(self, inferred: Inferred) -> dict[str, Metrics]:
        """Metrics of the ``measured`` group: shown weights against raw truth, where measured."""
        if "measured" not in self.groups:
            return {}
        shapes = indices(self.groups["measured"])
        by_wearer = []
        for weights, source in zip(inferred.weights, inferred.source, strict=True):
            seen = source[:, shapes] == Source.MEASURED
            truth = np.where(seen, self._all_raw[:, shapes], np.float32(np.nan))
            by_wearer.append(
                dict.fromkeys(METRICS) | _of_face(truth, weights[:, shapes], self._period_s)
            )
        return {"measured": average(by_wearer)}

    def _each_wearer(self, law: Law) -> list[_Scored]:
        return [self._against_truth(law, w) for w in range(len(law.loc))]

    def _against_truth(self, law: Law, wearer: int) -> _Scored:
        shape = self._truth.shape
        rows = [part[min(wearer, len(part) - 1)][:, self._shapes] for part in law]
        loc, scale = (np.broadcast_to(part, shape) for part in rows)
        rest = self._known_rest[wearer]
        raw_loc, raw_scale = loc * (1.0 - rest) + rest, scale * (1.0 - rest)
        # Gaze has no rest to be relative to: its law is scored raw.
        loc = np.where(self._is_gaze, raw_loc, loc)
        scale = np.where(self._is_gaze, raw_scale, scale)
        return _Scored(
            predicted=_in_blocks(_mean, loc, scale),
            crps=_in_blocks(_crps, loc, scale, self._truth),
            crps_raw=_in_blocks(_crps, raw_loc, raw_scale, self._raw),
            pit=metrics.randomised_pit(loc, scale, self._truth, self._uniform),
        )

    def _average(self, by_wearer: Sequence[_Scored], names: Sequence[str]) -> Metrics:
        places = [self._names.index(name) for name in names]
        truth, neutral, active = self._truth[:, places], self._neutral[:, places], self._active
        scores = []
        for scored in by_wearer:
            predicted, crps, crps_raw, pit = (part[:, places] for part in scored)
            found = _of_face(truth, predicted, self._period_s) | {
                "crps": metrics.mean(crps),
                "crps_raw": metrics.mean(crps_raw),
                "active_skill": metrics.active_skill(crps, neutral, active),
                "still_excess": metrics.still_excess(crps, neutral, active),
                "coverage90": metrics.coverage90(pit),
            }
            scores.append({name: found[name] for name in METRICS})
        return average(scores)


def _of_face(truth: Floats, predicted: Floats, period_s: float) -> Metrics:
    """The metrics that need a face, not a law."""
    return {
        "mae": metrics.mae(truth, predicted),
        "rmse": metrics.rmse(truth, predicted),
        "r2": metrics.r2(truth, predicted),
        "ccc": metrics.ccc(truth, predicted),
        "sd_ratio": metrics.sd_ratio(truth, predicted),
        "velocity_ratio": metrics.velocity_ratio(truth, predicted),
        "lag_ms": metrics.lag_ms(truth, predicted, period_s),
    }


def _in_blocks(function: Callable[..., jax.Array], *arrays: Floats) -> NDArray[np.float32]:
    """An elementwise function of arrays of one shape, in blocks of one size: it compiles once."""
    flat = [np.ascontiguousarray(array, dtype=np.float32).ravel() for array in arrays]
    size = flat[0].size
    blocks = -(-size // _BLOCK)
    padded = [np.pad(array, (0, blocks * _BLOCK - size), constant_values=0.5) for array in flat]
    rows = [array.reshape(blocks, _BLOCK) for array in padded]
    out = np.concatenate([np.asarray(function(*block)) for block in zip(*rows, strict=True)])
    return out[:size].reshape(arrays[0].shape)
