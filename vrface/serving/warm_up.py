"""`WarmUp`: a server's models are compiled for any number of wearers while the first are served."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from vrface.session.stepper import BATCHES, FIRST, SERVED, warm_up

if TYPE_CHECKING:
    from vrface.model.model import Model


class WarmUp:
    """Compiles the steps of some models.

    Args:
        models: Whose.
    """

    def __init__(self, models: Sequence[Model]) -> None:
        self._models, self._stopping = models, False
        # No daemon: an interpreter that ends amid a compile would crash.
        self._thread = threading.Thread(target=self._rest, name="vrface-warm-up")

    def start(self) -> None:
        """Compile what the first wearers need, and go on with the rest beside."""
        for model in self._models:
            for batch in FIRST:
                warm_up(model, batch)
        self._thread.start()

    def stop(self) -> None:
        """Begin to compile nothing more."""
        self._stopping = True

    def join(self) -> None:
        """Wait until what is being compiled is."""
        if self._thread.ident is not None:
            self._thread.join()

    def _rest(self) -> None:
        for batch in (one for one in BATCHES if one <= SERVED):
            for model in self._models:
                if not self._stopping:
                    warm_up(model, batch)
