"""Laws of whole recordings at once, for any network.

A network that is unrolled says what it says step by step, so an ablation need not run the frame
path for each of its networks: sensors are made into features once, and every network looks at them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import jax
import numpy as np
from numpy.typing import NDArray

from vrface.model.architecture import Params
from vrface.model.calibration import Calibration, Mode
from vrface.model.features import SLOTS, against
from vrface.model.known import Known, summaries
from vrface.model.layers import Unrolled, touched
from vrface.model.model import Model
from vrface.model.network import TRACED, NetworkArchitecture
from vrface.sensors.headset import HeadsetProfile
from vrface.simulation.donning import Donning
from vrface.simulation.performance import perform
from vrface.simulation.simulate import simulate
from vrface.simulation.wearer import Wearer
from vrface.training.calibrate import GAP_S, calibrates_itself, calibration_source
from vrface.training.lessons import Lesson, lesson_of
from vrface.training.logs import HEARD
from vrface.training.recording import Recording
from vrface.training.rest import face_rest
from vrface.training.rivals.law import Law
from vrface.training.sequences import features_of
from vrface.training.tiers import without_extras


@dataclass(frozen=True, eq=False)
class Case:
    """A recording as networks are judged on it.

    Attributes:
        recording: Of W wearers.
        lessons: Of each wearer, undisturbed.
        rest: [54] the person's resting face, which truth is relative to.
        from_frame: The first frame that is scored.
        source: Index of the case whose first seconds calibrate it; None = nothing can.
    """

    recording: Recording
    lessons: Sequence[Lesson]
    rest: NDArray[np.float32]
    from_frame: int
    source: int | None


def simulated(
    profile: HeadsetProfile,
    seeds: Sequence[int],
    seconds: float,
    *,
    held_out: bool = False,
    rate_hz: float = 60.0,
    tell: Callable[[int], None] = lambda done: None,
) -> list[Recording]:
    """Simulated wearers of one headset.

    Args:
        profile: The headset.
        seeds: Of the wearers.
        seconds: Of each recording.
        held_out: Whether its sensors are of the families that nothing is trained on.
        rate_hz: Frames a second.
        tell: Told how many are done.
    """
    recordings = []
    for seed in seeds:
        performance = perform(Wearer.drawn(seed), seed=seed, seconds=seconds)
        donning = Donning.drawn(seed, held_out=held_out)
        paired = simulate(performance, profile, donning, rate_hz=rate_hz, streams=HEARD)
        recordings.append(Recording(paired.name, paired.wearer, (paired,)))
        tell(len(recordings))
    return recordings


def cases(recordings: Sequence[Recording], seconds: float) -> list[Case]:
    """Recordings through one headset, ready to be judged as protocol 1 has it.

    Args:
        recordings: All of them: rests are a person's over all takes, and a sibling may calibrate.
        seconds: The most that calibrates; no less is cut off what is scored.
    """
    rests = {
        person: face_rest([one.truth for one in recordings if one.person == person])
        for person in {one.person for one in recordings}
    }
    found = []
    for one in recordings:
        rest = rests[one.person]
        own = [
            lesson_of(wearer, features_of(wearer), rest)
            for wearer in map(without_extras, one.wearers)
        ]
        source = calibration_source(one, recordings, seconds)
        begins = seconds + GAP_S if calibrates_itself(one, seconds) else 0.0
        found.append(
            Case(
                recording=one,
                lessons=own,
                rest=rest,
                from_frame=int(np.searchsorted(own[0].time_s, begins)),
                source=next((n for n, other in enumerate(recordings) if other is source), None),
            )
        )
    return found


def without(lesson: Lesson, streams: Sequence[str]) -> Lesson:
    """A lesson as if some streams were not there."""
    kept = np.array([SLOTS[slot][0] not in streams for slot in lesson.slots], np.bool_)
    return replace(lesson, slots=lesson.slots[kept], planes=lesson.planes[:, :, kept])


def calibration(model: Model, source: Lesson | None, mode: Mode, seconds: float) -> Calibration:
    """What the first seconds of a recording tell of its wearer, and teach a model.

    Args:
        model: Which is taught, where it can be.
        source: Whose seconds; None = there are none.
        mode: What may be used.
        seconds: How many.
    """
    if source is None or mode == "none":
        return Calibration.none()
    frames = slice(0, int(np.searchsorted(source.time_s, seconds)))
    features = source.features(frames)
    if mode == "unpaired":
        return Calibration.unpaired(features)
    weights = source.weights[frames]
    known = Calibration.paired(features, weights, source.time_s[frames])
    return model.taught(known, features, source.dt[frames], weights, source.positions)


def law(model: Model, lesson: Lesson, known: Calibration) -> Law:
    """The laws of one wearer's rest-relative weights, [1, frames, 54].

    Args:
        model: Whose architecture unrolls.
        lesson: Of the wearer.
        known: Of the wearer.
    """
    frames = len(lesson.dt)
    more = (0, -frames % TRACED)  # so that recordings of any length compile few times
    seen = against(lesson.features(slice(None)), known.levels(model.statistics))
    loc, scale = _unrolled(
        model.architecture,
        model.params,
        np.pad(seen, (more, (0, 0), (0, 0)))[None],
        np.pad(lesson.dt, more)[None],
        summaries([known], model.statistics),
        lesson.positions[None],
        model.known([known], lesson.positions),
    )
    return Law(np.asarray(loc)[None, :frames], np.asarray(scale)[None, :frames])


@partial(jax.jit, static_argnums=0)
def _unrolled(
    architecture: NetworkArchitecture,
    params: Params,
    features: jax.Array,
    dt: jax.Array,
    summary: jax.Array,
    positions: jax.Array,
    known: Known,
) -> tuple[jax.Array, jax.Array]:
    """Location and scale of one wearer at every frame, [frames, 54]."""
    said = Unrolled(*architecture.unroll(params, features, dt, summary, positions))

    def frame(said: Unrolled) -> tuple[jax.Array, jax.Array]:
        return touched(Unrolled(*(part[None] for part in said)), known)

    loc, scale = jax.vmap(frame)(Unrolled(*(part[0] for part in said)))
    return loc[:, 0], scale[:, 0]
