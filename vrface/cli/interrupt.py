"""`Interrupt`: Ctrl-C as something asked for, which the work looks at between two steps.

An exception out of a signal handler may come up inside a library's callback, which prints it and
goes on; a run of hours would then not have heard.
"""

from __future__ import annotations

import signal
import threading
from types import FrameType
from typing import Any


class Interrupt:
    """While it is open, the first signal is only remembered, and the second one raises.

    Args:
        signals: Which; by default Ctrl-C alone.

    Attributes:
        asked: Whether one came.
    """

    def __init__(self, *signals: signal.Signals) -> None:
        self.asked = False
        self._signals = signals or (signal.SIGINT,)
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Interrupt:
        if threading.current_thread() is threading.main_thread():
            self._before = {one: signal.signal(one, self._heard) for one in self._signals}
        return self

    def __exit__(self, *_: object) -> None:
        for one, handler in self._before.items():
            signal.signal(one, handler)

    def check(self) -> None:
        """Raise KeyboardInterrupt if one came."""
        if self.asked:
            raise KeyboardInterrupt

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self.check()
        self.asked = True
