"""`Mailbox`: one slot between a thread that receives and whoever reads the newest."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from vrface.errors import ServerError, VrfaceError

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Holds the newest item; one that nobody read in time is replaced, never queued.

    Attributes:
        newest: The last item that came; None before the first. Reading it never blocks.
        error: Why no more will come; None while more may.
    """

    def __init__(self) -> None:
        self.newest: Item | None = None
        self.error: VrfaceError | None = None
        self._changed = threading.Condition()

    def put(self, item: Item) -> None:
        """Replace the newest item."""
        with self._changed:
            self.newest = item
            self._changed.notify_all()

    def close(self, error: VrfaceError) -> None:
        """Say why no more will come; the first reason stands."""
        with self._changed:
            self.error = self.error or error
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[Item], bool], timeout_s: float | None = None) -> Item:
        """The newest item, once it is wanted.

        Raises:
            ServerError: after `timeout_s` seconds without it.
            VrfaceError: what the mailbox was closed with, once there is no such item.
        """

        def found() -> Item | None:
            return self.newest if self.newest is not None and wanted(self.newest) else None

        with self._changed:
            self._changed.wait_for(lambda: found() is not None or self.error, timeout_s)
            item = found()
        if item is not None:
            return item
        if self.error is not None:
            raise self.error
        raise ServerError(f"the server has not answered for {timeout_s:g} s.", "Is it overloaded?")
