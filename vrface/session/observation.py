"""`Observation`: seconds of one wearer's sensor frames, and the calibration that they make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vrface.errors import CalibrationError
from vrface.sensors.align import LONGEST_S, Align
from vrface.sensors.channels import NUMBERED_LIMITS
from vrface.sensors.frame import SensorFrame
from vrface.sensors.headset import HeadsetProfile
from vrface.session.faults import bounded
from vrface.trust.permission import Permission

if TYPE_CHECKING:
    from vrface.model.calibration import About, Calibration
    from vrface.model.model import Model

LEAST_S = 2.0
"""The least that can calibrate: enough for most of it to be no blink."""

QUIET = 0.05
"""A stream none of whose channels goes this far from low to high, in slots' units, says little but
where it rests: noise alone makes .03 to .04 of a foam sensor's."""

SPARSE = 0.5
"""A stream that is heard in a smaller share of the frames than this is not well."""


class Heard(NamedTuple):
    """What was heard of one stream.

    Attributes:
        share: Of the frames in which it had any value, in [0, 1].
        moved: How far its liveliest channel went from low to high (5 % to 95 %), in slots' units: a
            blendshape's where an ordinary movement is of a blendshape's size.
        channels: How many of its channels went further than `QUIET`.
        of: How many channels it has that a model can hear.
    """

    share: float
    moved: float
    channels: int
    of: int

    @property
    def sparse(self) -> bool:
        """Whether it was silent for most of the time."""
        return self.share < SPARSE

    @property
    def quiet(self) -> bool:
        """Whether nothing of it moved."""
        return self.channels == 0


class Observation:
    """Watches one wearer, frame by frame, by the path that serving takes.

    Args:
        headset: Whose frames come in.
        permission: That this face may be processed.

    Raises:
        CalibrationError: if no model listens to any stream of the headset.
        Refused: if the permission does not allow it.
    """

    def __init__(
        self, headset: HeadsetProfile, permission: Permission = Permission.local()
    ) -> None:
        from vrface.model.features import Features

        permission.require("Observation")
        self.headset = headset
        self._align, self._features = Align(headset, 1), Features(headset)
        if not self._features.measured.any():
            raise CalibrationError(
                f"no model listens to any stream of headset {headset.name!r}.",
                "Calibrate a headset with other sensors: vrface info NAME shows them.",
            )
        self._rows: list[NDArray[np.float32]] = []
        self._stack: NDArray[np.float32] | None = None
        self._times_ns: list[int] = []
        self._still: list[bool] = []

    def add(self, frame: SensorFrame, still: bool = False) -> None:
        """Look at the next frame; of one that is no later than the last, at its samples alone.

        So a clock that goes back is waited for.

        Args:
            frame: What arrived.
            still: Whether the face is known to rest in it.
        """
        frame = bounded(frame)
        self._align.push_frames([(0, frame)])
        if self._times_ns and frame.frame_time_ns <= self._times_ns[-1]:
            return
        now = self._align.at(np.array([frame.frame_time_ns], dtype=np.int64))
        self._rows.append(self._features(now)[0])
        self._stack = None
        self._times_ns.append(frame.frame_time_ns)
        self._still.append(still)

    @property
    def frame_time_ns(self) -> NDArray[np.int64]:
        """[frames] the instants that were looked at."""
        return np.array(self._times_ns, dtype=np.int64)

    @property
    def seconds(self) -> float:
        """From the first frame to the end of the last, which lasts as long as others do."""
        periods = len(self._times_ns) - 1
        if periods < 1:
            return 0.0
        span_s = (self._times_ns[-1] - self._times_ns[0]) / 1e9
        return round(span_s * (periods + 1) / periods, 3)

    def calibration(self, about: About) -> Calibration:
        """What the sensors say. Where the face is known to rest, sensors rest at what they read.

        Args:
            about: Where it comes from; headset and seconds are filled in.

        Raises:
            CalibrationError: if less than `LEAST_S` were seen, or nothing was heard in them.
        """
        from vrface.model.calibration import Calibration
        from vrface.model.calibration.summary import REST, of_sensors

        features = self._enough()
        sensors = Calibration.unpaired(features).sensors
        rest = of_sensors(features[np.array(self._still)])[REST]
        sensors[REST] = np.where(np.isfinite(rest), rest, sensors[REST])
        face = Calibration.none().face
        return Calibration("unpaired", sensors, face, about=self._told(about))

    def paired(self, weights: NDArray[np.float32], model: Model, about: About) -> Calibration:
        """What the sensors and the face behind them say, and what that teaches a model.

        Args:
            weights: [frames, 54] the face at `frame_time_ns`, in [0, 1]; NaN = unknown.
            model: Which learns.
            about: As for `calibration`.

        Raises:
            CalibrationError: as for `calibration`.
        """
        from vrface.model.calibration import Calibration

        features, time_ns = self._enough(), self.frame_time_ns
        made = Calibration.paired(features, weights, (time_ns - time_ns[0]) / 1e9)
        dt, positions = seconds_between(time_ns), self._features.positions
        taught = model.taught(made, features, dt, weights, positions)
        return replace(taught, about=self._told(about))

    def heard(self) -> dict[str, Heard]:
        """What was heard of each stream that a model can listen to."""
        from vrface.model.calibration import Calibration
        from vrface.model.calibration.summary import QUANTILES
        from vrface.model.features import PLANES, SLOTS, filled

        features = self._stacked()
        present = features[:, PLANES.index("present")] > 0
        sensors = Calibration.unpaired(features).sensors
        moved = np.nan_to_num(sensors[len(QUANTILES) - 1] - sensors[0])
        fills: dict[str, set[int]] = {}
        for (stream, _), slots in filled(self.headset).items():
            own = [slot for slot in slots if SLOTS[slot][0] == stream]
            fills.setdefault(stream, set()).update(own or slots)
        found = {}
        for stream, filling in fills.items():
            if mine := sorted(filling):
                found[stream] = Heard(
                    share=float(present[:, mine].any(axis=1).mean()),
                    moved=float(moved[mine].max()),
                    channels=int((moved[mine] >= QUIET).sum()),
                    of=len(mine),
                )
        return found

    def _enough(self) -> NDArray[np.float32]:
        """[frames, 4, 256] what was seen, if that is enough."""
        if self.seconds < LEAST_S:
            raise CalibrationError(
                f"{self.seconds:.1f} s of sensor frames are too few to calibrate from.",
                f"Give {LEAST_S:g} s or more; 30 s are good.",
            )
        if not any(one.share > 0 for one in self.heard().values()):
            raise CalibrationError(
                f"no sensor of headset {self.headset.name!r} had a value.",
                "See that the headset is on, and that its tracker sends.",
            )
        return self._stacked()

    def _stacked(self) -> NDArray[np.float32]:
        """[frames, 4, 256] all that was seen, stacked once."""
        if self._stack is None:
            self._stack = np.stack(self._rows)
        return self._stack

    def _told(self, about: About) -> About:
        return about._replace(headset=self.headset.name, seconds=self.seconds)


def seconds_between(frame_time_ns: NDArray[np.int64]) -> NDArray[np.float32]:
    """[frames] seconds since the frame before, as the pipeline tells its model; 0 for the first."""
    since = np.diff(frame_time_ns, prepend=frame_time_ns[:1]) / 1e9
    return np.minimum(since, LONGEST_S).astype(np.float32)


def advice(heard: Mapping[str, Heard]) -> Iterator[str]:
    """What people can do about streams that say too little, one line for each."""
    from vrface.model.calibration.prompts import moving

    for name, one in heard.items():
        if one.share == 0:
            yield f"{name}: nothing was heard. See that its sensor is on and its tracker sends it."
        elif one.sparse:
            yield f"{name}: heard in {one.share:.0%} of the frames. See that it is not covered."
        elif one.quiet and (prompts := moving(name)):
            # Three are enough: whoever does them moves it.
            todo = " ".join(prompt.words for prompt in prompts[:3])
            seat = " If it stays quiet, seat the headset closer." if name in NUMBERED_LIMITS else ""
            yield f"{name}: too quiet to calibrate. Once more, with this: {todo}{seat}"
