"""`Sense`: one thing that a runtime senses, asked for anew each period."""

from __future__ import annotations

from ctypes import POINTER, byref, c_float
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from vrface.trackers.assembly import STANDS_NS
from vrface.trackers.openxr.connection import Connection
from vrface.trackers.openxr.instance import Unwilling


class Sense:
    """One thing that a runtime senses.

    Args:
        connection: Whose session it is asked of.

    Attributes:
        names: What its values are called.
        values: [names] the newest ones, in place; NaN = none.
        time: When they were sensed, on the runtime's clock; 0 = never.
        valid: Whether the last question was answered by a value whose time is about now.

    Raises:
        Lost: if there is no runtime any more.
        Unwilling: if the runtime refuses it.
    """

    names: ClassVar[tuple[str, ...]]

    def __init__(self, connection: Connection) -> None:
        self.values = np.full(len(self.names), np.nan, dtype=np.float32)
        self.time = 0
        self.valid = False
        self._connection, self._xr = connection, connection.xr

    def read(self, time: int) -> bool:
        """Ask for what is sensed at a time.

        Args:
            time: On the runtime's clock.

        Returns:
            Whether there is something that was not there before.

        Raises:
            Lost: if there is nothing to ask any more.
        """
        sensed = self._ask(time)
        self.valid = sensed is not None and abs(time - sensed) <= STANDS_NS
        if sensed is None or not self.valid or sensed <= self.time:
            return False
        self.time = sensed
        return True

    def _ask(self, time: int) -> int | None:
        """Bring `values` up to date: when they were sensed, None = there are none."""
        raise NotImplementedError

    def _made(self, create: str, about: Any, handle: Any) -> Any:
        """What one of the runtime's functions makes of the session."""
        made = handle()
        make = self._connection.instance.function(create)
        result = make(self._connection.handle, byref(about), byref(made))
        if not self._connection.check(result):
            raise Unwilling(f"{create} says {result}")
        return made

    @staticmethod
    def _numbers(values: NDArray[np.float32]) -> Any:
        """A pointer to an array that somebody else keeps, for the runtime to write there."""
        return values.ctypes.data_as(POINTER(c_float))
